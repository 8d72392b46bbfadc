/* vantage/clock.h -- two captures, two clocks: what lies between them.
 *
 * Each vantage keeps a sketch: of all its packets the CM_CLOCK_KEPT whose hash of what no
 * hop changes is smallest.  So two vantages keep the same ones of those both saw, whatever else they
 * saw, in whatever order, in memory that does not grow.  Hashed are, of TCP, sequence numbers, flags, length and
 * the first 32 bytes of the payload (the SYN's time stamp, too); of UDP and others length and those
 * bytes.  Addresses, ports and identification are left out: a NAT changes them.  A second sketch
 * is of payloads alone, for what renumbers; it is asked if the first knows nothing, and believed if four or
 * more, and more than half, say the same time: others are alike by chance.
 * A packet that comes twice with the same key at one place (sent again, captured twice) is set aside.
 *
 * The hash is public, so whoever sends packets can make some that are kept.  At most CM_CLOCK_PER_FLOW
 * packets of one flow are; who floods one place with flows made for it can make the offset unknown, not wrong.
 *
 * For packets seen by both, time there minus time here is offset + way for one direction and
 * offset - way for the other: the offset lies between the largest of the ones and the
 * smallest of the others.  With one direction only, one bound is known.  Which direction a packet goes,
 * its TTL says; or, where no hop lies between, that an answer is late where its question was early.
 *
 * A forged or replayed packet moves nothing: what is further from the median than 8 times the usual
 * (and a quarter of a second) is a misfit and left out; of the n others of a direction the bound is the
 * (3 + n/32)-th from the end, which is a little wider than the truth and never narrower, unless more than
 * 2 + n/32 of them lie.  (Of one or two packets the widest counts.)
 *
 * Requests (from a log and from a capture) are in a sketch of their own, by client and target, if the
 * target has a query of 8 bytes or more, CM_CLOCK_PER_CLIENT of one client; names of hosts are in few logs and are left out.  Logs have whole seconds,
 * rounded down, and some write when the answer is done: the interval is a second to both sides of the
 * earliest, supposing that no request takes longer than that.  Asked if packets know nothing. */
#ifndef CM_VANTAGE_CLOCK_H
#define CM_VANTAGE_CLOCK_H

#include "base/result.h"
#include "capture/packet.h"
#include "capture/request.h"

#define CM_CLOCK_KEPT 65536u
#define CM_CLOCK_PER_FLOW 8u
#define CM_CLOCK_PER_CLIENT 64u /* requests */

struct cm_clock;
CM_RESULT cm_clock_new(struct cm_clock **out); /* CM_E_NOMEM */
void cm_clock_free(struct cm_clock *c);	       /* NULL is fine */
void cm_clock_packet(struct cm_clock *c, const struct cm_packet *p);
void cm_clock_request(struct cm_clock *c, const struct cm_request *r);

enum cm_offset_how {
	CM_OFFSET_UNKNOWN, /* nothing was seen by both */
	CM_OFFSET_ONE_WAY, /* one bound only; the other is INT64_MIN or INT64_MAX (both, if nothing says the
			      direction) */
	CM_OFFSET_BOTH_WAYS,
	CM_OFFSET_SECONDS  /* from requests in a log, which has seconds only, or both */
};

/* Time of ${there} minus time of ${here}. */
struct cm_offset {
	enum cm_offset_how how;
	int64_t least_ns, most_ns; /* it lies between */
	int64_t middle_ns;  /* between them; of ONE_WAY the bound there is, or the median */
	int64_t at_ns;	    /* when, by the clock ${here}: before and after, drift adds up */
	int64_t drift_ppb;  /* by how much ${there} runs faster; 0 if too few to tell */
	bool drifts;
	bool starved;	    /* there was no memory for all of it: take it for unknown */
	uint64_t matched;   /* packets or requests */
	uint64_t misfits;   /* matched, and far off the others */
};
struct cm_offset cm_clock_offset(const struct cm_clock *here, const struct cm_clock *there);

/* The offset at time ${t_ns} ${here}: middle and drift. */
int64_t cm_offset_when(const struct cm_offset *o, int64_t t_ns);

#endif
