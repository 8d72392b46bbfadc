/* detect/exchanges.h -- requests to HTTP servers and how their answers began.
 *
 * A log in order of requests, for what is counted across flows (across.h).  Filled packet by
 * packet, for payloads are at hand then.  An answer belongs to the newest request between
 * the same ends that it acknowledges; a request answered twice, in different ways, has a
 * second entry, CM_EX_AGAIN.
 *
 * Bounded: CM_EXCHANGES_MAX entries with their texts, 17 MiB; 8 more while it is thinned.  When it is full, requests are thinned: of those
 * whose answer sends nowhere else every second, fourth, ... by order stays; and so, when
 * they take more than half, do the others.  Paths are kept to CM_EX_TEXT bytes, and names
 * longer than CM_EX_NAME not at all.  Nothing depends on the value of an address.  Private to src/detect. */
#ifndef CM_DETECT_EXCHANGES_H
#define CM_DETECT_EXCHANGES_H

#include "base/result.h"
#include "capture/packet.h"

#define CM_EXCHANGES_MAX 65536u
#define CM_EX_NAME 56u
#define CM_EX_TEXT 40u
#define CM_EX_LOW 32u

enum cm_ex_flag {
	CM_EX_FIRST = 1,    /* the first data of its connection; where its SYN is not known any more,
			       no request came before it */
	CM_EX_ANSWERED = 2,
	CM_EX_AGAIN = 4,    /* the request of an earlier entry, answered otherwise */
	CM_EX_TWICE = 8,    /* has such an entry */
	CM_EX_STAMPS = 16,  /* the request has timestamps that echo the server's */
	CM_EX_BARE = 32,    /* and the answer has none */
	CM_EX_REPEAT = 64   /* a request that was sent before: not in a chain, not counted */
};

struct cm_exchange {
	cm_packet_id request, answer; /* answer: if ANSWERED */
	int64_t t_ns;		      /* of the request */
	uint64_t ends;		      /* hash of both */
	uint64_t client_hash, server_hash;
	uint64_t address;	      /* hash of name and path without query */
	uint64_t template;	      /* of the answer */
	uint32_t nth;  /* from 0 in order of requests, also those sent again */
	uint32_t next; /* in its chain, from 1; 0: none */
	uint32_t query; /* hash */
	uint32_t seq, ack;
	uint16_t client_port, server_port;
	uint16_t status;
	uint8_t ttl;   /* of the request */
	uint8_t flags; /* enum cm_ex_flag */
	uint8_t points; /* enum cm_points */
	uint8_t name_len, path_len; /* name_len 0: not known, or longer than CM_EX_NAME */
	uint32_t text;		    /* where both stand in the log's text, name first */
	struct cm_host client, server;
};

/* Where answers of one kind send to. */
struct cm_ex_to {
	uint64_t template; /* 0: empty */
	uint8_t len;
	char text[CM_EX_NAME];
};

#define CM_EX_TO 1024u
#define CM_EX_RECENT 256u
#define CM_EX_CHAINS 16384u

/* Entries whose ends have a hash in common, newest first. */
struct cm_ex_chain {
	uint32_t first; /* from 1; 0: none */
	uint32_t hash;	/* high bits of its ends: a look at it is spared, mostly */
};

/* An answer that sends nowhere, and waits for its request to be looked up. */
struct cm_ex_answer {
	cm_packet_id id;
	uint64_t ends, template;
	uint32_t ack;
	uint16_t status;
	bool stamps;
};

#define CM_EX_WAIT 512u

/* A connection begins. */
struct cm_ex_syn {
	cm_packet_id id;
	uint64_t ends;
	uint32_t isn;
	uint32_t before; /* number of the one before in its chain, from 1; 0: none */
};

#define CM_EX_SYNS 8192u /* the newest ones */
#define CM_EX_SYN_CHAINS 16384u

struct cm_ex_syns {
	struct cm_ex_syn item[CM_EX_SYNS]; /* number n is at (n - 1) % CM_EX_SYNS */
	uint32_t chain[CM_EX_SYN_CHAINS];
	uint32_t n; /* ever; 0 again after 2^32 */
};

struct cm_exchanges {
	uint64_t seed;
	struct cm_exchange *item; /* in order of arrival */
	uint32_t n, room;
	char *text; /* of names and paths; what was written lately is not written again */
	uint32_t n_text, room_text;
	uint32_t recent[CM_EX_RECENT]; /* entries by address, from 1; 0: none */
	uint32_t linked; /* those before are in chains; of the others nothing was asked yet */
	struct cm_ex_chain *chain; /* CM_EX_CHAINS */
	struct cm_ex_syns *syns; /* or NULL */
	struct cm_ex_answer *wait; /* CM_EX_WAIT */
	uint32_t n_wait;
	uint32_t n_low;	 /* requests with a TTL of at most CM_EX_LOW, ever */
	uint32_t n_away; /* answers that send elsewhere, ever */
	struct cm_ex_to *to; /* CM_EX_TO */
	uint32_t n_to;
	uint32_t nth; /* of the next one */
	uint32_t every, every_away;
	uint64_t requests, answers; /* requests: without those sent again, once they are linked */
};

void cm_exchanges_init(struct cm_exchanges *x, uint64_t seed);
void cm_exchanges_release(struct cm_exchanges *x);

/* Of most packets there is no more to be known. */
static inline bool
cm_exchanges_wants(const struct cm_packet *p)
{
	if (p->proto != 6 || p->payload.len < 12)
		return p->proto == 6 && (p->flags & (CM_TCP_SYN | CM_TCP_ACK)) == CM_TCP_SYN;
	return (cm_get32(p->payload.ptr) & 0xe0e0e000) == 0x40404000; /* three capitals, or nearly */
}

/* Looks at a packet that is wanted.  CM_E_NOMEM. */
CM_RESULT cm_exchanges_packet(struct cm_exchanges *x, const struct cm_packet *p);

/* Brings requests and answers together that still wait for it: before the log is read.  Looking
 * up costs less for many at once.  CM_E_NOMEM. */
CM_RESULT cm_exchanges_settle(struct cm_exchanges *x);

/* Of the entries that count: the first one of its request, and not thinned out. */
static inline bool
cm_exchange_counts(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	return (e->flags & (CM_EX_AGAIN | CM_EX_REPEAT)) == 0 && e->nth % x->every == 0;
}

/* What was asked for; borrowed until the next packet. */
static inline struct cm_span
cm_exchange_name(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	return cm_span_of(x->text + e->text, e->name_len);
}

static inline struct cm_span
cm_exchange_path(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	return cm_span_of(x->text + e->text + e->name_len, e->path_len);
}

/* cm_site_of the name asked for. */
uint64_t cm_exchange_site(const struct cm_exchanges *x, const struct cm_exchange *e);

/* Where the answers of ${template} send to; ptr NULL: not known. */
struct cm_span cm_exchanges_to(const struct cm_exchanges *x, uint64_t template);

#endif
