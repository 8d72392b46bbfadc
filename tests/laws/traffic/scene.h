/* Traffic as packets without bytes: floods, scans, and what is neither. */
#ifndef TESTS_LAWS_TRAFFIC_SCENE_H
#define TESTS_LAWS_TRAFFIC_SCENE_H

#include "replay.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

struct scene {
	struct replay *out;
	uint64_t rnd;
	int64_t from_ns, to_ns; /* of what is added next */
	uint32_t per_s;		/* events in a second, evenly, with some disorder */
	uint32_t sources;	/* different ones; 0: any address */
	bool one_way;		/* nothing that the target sends */
};

uint64_t scene_rnd(struct scene *s);
struct cm_host scene_host(uint32_t address);
#define V 0xc0000201u /* 192.0.2.1 */

/* Whole connections of clients to ${server}: opened, answered, asked, closed. */
void scene_connections(struct scene *s, uint32_t server, uint16_t port);

enum scene_syn { SCENE_BARE, SCENE_LIKE_OS };
void scene_syn_flood(struct scene *s, uint32_t target, enum scene_syn look, bool answered);
void scene_reflection(struct scene *s, uint32_t target);
void scene_amplification(struct scene *s, uint32_t target, uint16_t port, uint32_t ip_len);
void scene_fragments(struct scene *s, uint32_t target);
/* ${port} 0: any */
void scene_udp_flood(struct scene *s, uint32_t target, uint16_t port, uint32_t ip_len);
void scene_icmp_flood(struct scene *s, uint32_t target);
void scene_ack_flood(struct scene *s, uint32_t target);
void scene_leases(struct scene *s, bool taken);

/* What SYNs are answered with. */
enum scene_answer { SCENE_SILENCE, SCENE_RESET, SCENE_ACCEPT };
struct scene_scan {
	uint32_t source, target; /* first one */
	uint32_t hosts, ports, first_port;
	enum scene_answer answer; /* of most; one in 50 is accepted */
	bool connect;		  /* as an operating system does it */
};
void scene_scan(struct scene *s, const struct scene_scan *c);
void scene_udp_scan(struct scene *s, const struct scene_scan *c);

/* Not floods, not scans. */
void scene_bulk(struct scene *s, uint32_t from, uint32_t to);	      /* one download */
void scene_video(struct scene *s, uint32_t to);			      /* UDP from one sender, one way */
void scene_resolver(struct scene *s, uint32_t resolver);	      /* asks many servers, is answered */
void scene_time_server(struct scene *s, uint32_t server);	      /* asked from port 123 and others */
void scene_health_checks(struct scene *s, uint32_t checker, uint32_t hosts); /* connect, close, again */
void scene_peers(struct scene *s, uint32_t peer);		      /* many ports of many hosts, half dead */
void scene_backscatter(struct scene *s, uint32_t victim);	      /* SYN-ACKs and RSTs to everywhere */
void scene_traceroute(struct scene *s, uint32_t source, uint32_t target);
void scene_sensors(struct scene *s, uint32_t collector);	      /* many, one port, lengths vary, one way */

/* Puts packets in order of time, and numbers them. */
void scene_done(struct scene *s);

#endif
