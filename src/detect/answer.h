/* detect/answer.h -- where a small HTTP answer sends its reader, and what it is apart from names.
 *
 * Only what came in one packet with the answer's head is looked at, and of packets with more
 * than CM_ANSWER_SMALL bytes no more than the status and the last bytes: they are not small.
 * Untrusted input: total; each byte is looked at a few times; no allocation.  Private to
 * src/detect. */
#ifndef CM_DETECT_ANSWER_H
#define CM_DETECT_ANSWER_H

#include "detect/across.h"

#define CM_ANSWER_SMALL 1400u

/* What was asked for. */
struct cm_own {
	struct cm_span name; /* of the server, without port; empty: not known */
	struct cm_span path;
};

struct cm_answer {
	uint16_t status;
	bool whole; /* it is small, and ends in this packet */
	enum cm_points points; /* nowhere if it is not whole */
	struct cm_span to;     /* host it sends to; ptr NULL: not known */
	/* The same for the same answer from another server: of one that sends elsewhere made of
	 * status, type, place to go and body, without the name and path that were asked for;
	 * of others made of status and last bytes. */
	uint64_t template;
};

/* False: ${payload}, of a segment of ${len} bytes with or without ${fin}, does not begin an
 * answer.  ${seed} is that of the tables. */
bool cm_answer_read(struct cm_span payload, uint32_t len, bool fin, const struct cm_own *own,
    uint64_t seed, struct cm_answer *out);

/* A hash of what one owner of names has: the last two labels, or three where the last but
 * one is short and so is the last; letters folded.  An address is itself. */
uint64_t cm_site_of(struct cm_span name, uint64_t seed);

#endif
