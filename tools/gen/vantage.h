/* gen/vantage.h -- what lies between two captures. */
#ifndef GEN_VANTAGE_H
#define GEN_VANTAGE_H

#include "cannon.h"
#include "path.h"

/* What happens to a packet between the places: bits 4 and up of c->relay. */
enum gen_between {
	GEN_PASS,
	GEN_NAT,     /* the client's address and port are others behind it */
	GEN_CLAMP,   /* MSS 1460 becomes 1380, time stamps are taken out of the SYN */
	GEN_PROXY,   /* the server's numbers are shifted by a constant */
	GEN_SCRUB,   /* IP ids are drawn anew, DF is cleared */
	GEN_RECUT,   /* the second place's card joins segments */
	GEN_CHANGED, /* bytes of the answer are others at the first place */
	GEN_UNHEARD, /* the second capture has one direction only */
};

#define GEN_NAT_ADDR 0xc63364fau /* 198.51.100.250 */

struct gen_vantage {
	struct gen_sim *a, *b;
	struct gen_path path;
	struct gen_host client, server; /* as they are from A */
	int64_t gap_from, gap_to;       /* the second capture writes nothing then */
	uint32_t shift;                 /* of GEN_PROXY */
	uint32_t *tag_b;                /* of each tag of A; tags_cap of them */
	uint32_t tags_cap;
	uint8_t *joined; /* a segment that may grow, GEN_DGRAM_MAX */
	size_t joined_len;
	struct gen_shot joined_shot;
	struct cm_buf flows; /* JSON */
	const char *episode;
};

/* The hook of A's sim; its relay_ctx is a struct gen_vantage. */
void gen_between_carry(
    struct gen_sim *a, const struct gen_shot *shot, const uint8_t *dgram, size_t len);
/* Pushes what was kept back in hope of more. */
void gen_between_flush(struct gen_vantage *v);
uint16_t gen_nat_port(uint16_t port);

#endif
