/* gen/web.h -- what is said on top of TCP and UDP: HTTP/1.1, TLS-looking records, DNS. */
#ifndef GEN_WEB_H
#define GEN_WEB_H

#include "conn.h"

struct gen_http {
	const char *host;
	const char *path;
	size_t body;      /* bytes of the response's body */
	const char *text; /* the body itself; NULL: text-like bytes */
	uint16_t status;  /* 0: 200 */
	const char *location;
	const char *set_cookie; /* NULL: none */
	const char *server;     /* the software; NULL: some */
	const char *type;       /* NULL: text/html; charset=utf-8 */
	bool close;
};

/* The head alone, or head and body; returns bytes written, at most ${size}. */
size_t gen_http_request(struct gen_sim *s, const struct gen_http *h, char *out, size_t size);
size_t gen_http_response(struct gen_sim *s, const struct gen_http *h, char *out, size_t size);

/* Request, pause, response. */
void gen_http_exchange(struct gen_conn *c, const struct gen_http *h);
void gen_http_ask(struct gen_conn *c, const struct gen_http *h);
void gen_http_reply(struct gen_conn *c, const struct gen_http *h);

/* Hello both ways, then ${bytes} of application data that say nothing. */
void gen_tls_session(struct gen_conn *c, size_t bytes);

/* A whole ordinary connection from a client of its own, beginning now; small. */
void gen_ordinary(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

enum gen_dns_type { GEN_DNS_A = 1, GEN_DNS_AAAA = 28 };

struct gen_dns {
	uint16_t txid;
	const char *name;
	uint16_t qtype;
	bool edns;
	bool mixed_case;      /* 0x20 encoding, as the query had it */
	uint16_t answer_type; /* 0: as qtype */
	uint32_t addr[4];
	uint8_t n_addr;
	uint8_t rcode;
	uint32_t ttl;
	bool authoritative;
};

size_t gen_dns_query(const struct gen_dns *d, uint8_t *out); /* at most 512 bytes */
size_t gen_dns_answer(const struct gen_dns *d, uint8_t *out);

struct gen_udp {
	struct gen_sim *sim;
	struct gen_host *from, *to;
	uint16_t sport, dport;
	int64_t t;
	uint8_t ttl; /* 0: of the host */
	bool df;
	uint8_t id_how; /* enum gen_id_how; NEXT and PEER need the slots */
	uint16_t id;
	uint16_t *last_id, *peer_id;
	const uint8_t *data;
	size_t len;
	size_t mtu; /* 0: in one piece */
	bool to_client, overlap, lose_last, reverse;
	uint16_t plant;
	uint8_t relay;
	uint8_t link;
	uint32_t tag;
	const char *comment;
};

/* A question and its answer, beginning now. */
void gen_lookup(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

/* The same; the question is part of what was planted. */
void gen_lookup_planted(
    struct gen_sim *s, struct gen_host *client, struct gen_host *server, uint16_t plant);

void gen_udp_put(const struct gen_udp *u);
uint32_t gen_udp_mark(struct gen_udp *u, enum gen_kind kind, const char *note);

#endif
