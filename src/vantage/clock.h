/* vantage/clock.h -- two captures, two clocks: what lies between them.
 *
 * Each vantage keeps a sketch: of all its packets the CM_CLOCK_KEPT whose hash of what no
 * hop changes (addresses, ports, sequence numbers, identification, payload) is smallest.  So two vantages keep
 * the same ones of those both saw, whatever else they saw, in memory that does not grow.
 * A packet that is repeated with the same key is set aside.
 * Requests (from a log and from a capture) are matched in a sketch of their own.
 *
 * For packets seen by both, time there minus time here is offset + way for one direction and
 * offset - way for the other: the offset lies between the largest of the ones and the
 * smallest of the others.  With one direction only, one bound is known. */
#ifndef CM_VANTAGE_CLOCK_H
#define CM_VANTAGE_CLOCK_H

#include "base/result.h"
#include "capture/packet.h"
#include "capture/request.h"

#define CM_CLOCK_KEPT 65536u

struct cm_clock;
CM_RESULT cm_clock_new(struct cm_clock **out); /* CM_E_NOMEM */
void cm_clock_free(struct cm_clock *c);	       /* NULL is fine */
void cm_clock_packet(struct cm_clock *c, const struct cm_packet *p);
/* By client, host, target; only requests that are likely to be unique (a query) count. */
void cm_clock_request(struct cm_clock *c, const struct cm_request *r);

enum cm_offset_how {
	CM_OFFSET_UNKNOWN, /* nothing was seen by both */
	CM_OFFSET_ONE_WAY, /* one bound only: `least` or `most` is the other's limit */
	CM_OFFSET_BOTH_WAYS,
	CM_OFFSET_SECONDS  /* from requests in a log, which has seconds only, or both */
};

/* Time of ${there} minus time of ${here}. */
struct cm_offset {
	enum cm_offset_how how;
	int64_t least_ns, most_ns; /* it lies between */
	int64_t middle_ns;
	int64_t drift_ppb;  /* by how much ${there} runs faster; 0 if too few to tell */
	bool drifts;
	uint64_t matched;   /* packets or requests */
	uint64_t misfits;   /* matched, and far off the others */
};
struct cm_offset cm_clock_offset(const struct cm_clock *here, const struct cm_clock *there);

#endif
