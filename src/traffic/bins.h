/* traffic/bins.h -- counts over time, in a fixed number of bins of any width.
 *
 * A bin is opened where the last one is CM_BIN_GRAIN wide; when there are too many,
 * neighbours of similar rate and few packets become one.  So a quiet hour takes one or two
 * bins, and a loud second keeps many.  Packets out of order stay in
 * the last bin; times are within +/- 2^61 ns.  Private to src/traffic. */
#ifndef CM_TRAFFIC_BINS_H
#define CM_TRAFFIC_BINS_H

#include "capture/packet.h"

#define CM_BINS 96u
#define CM_BINS_KEPT 64u
#define CM_BIN_GRAIN INT64_C(50000000)    /* ns */
#define CM_BIN_BACK INT64_C(10000000000) /* ns: so far back is no disorder of packets */

struct cm_bin {
	int64_t from_ns, to_ns; /* of the first and last packet */
	cm_packet_id first, last; /* of those counted in `in`; 0: none */
	uint64_t bytes;		  /* of `in` */
	uint32_t in;	  /* to the target, of the kind */
	uint32_t a, b, c; /* what speaks for or against it; see traffic/class.h */
	uint32_t rest;	  /* to the target, all else */
	uint32_t out;	  /* from the target */
	uint32_t opened, answered; /* SYNs to it, SYN-ACKs from it */
};

struct cm_bins {
	struct cm_bin bin[CM_BINS];
	uint32_t n;
};

/* Opens a bin at ${t_ns}; makes room for it. */
struct cm_bin *cm_bins_open(struct cm_bins *b, int64_t t_ns);

/* Makes one of neighbours until ${n} are left, and as long as some hold few packets. */
void cm_bins_shrink(struct cm_bins *b, uint32_t n);

/* How long it lasted, at least CM_BIN_GRAIN. */
int64_t cm_bin_ns(const struct cm_bin *b);

/* The same; of a bin with few packets, until the next one: one packet by itself has no rate. */
int64_t cm_bins_ns(const struct cm_bins *b, uint32_t i);

/* Packets in a second, of ${in} in ${ns} > 0. */
uint64_t cm_per_second(uint64_t in, int64_t ns);

static inline struct cm_bin *
cm_bins_at(struct cm_bins *b, int64_t t_ns)
{
	struct cm_bin *last = &b->bin[b->n == 0 ? 0 : b->n - 1];

	if (b->n == 0 || t_ns - last->from_ns >= CM_BIN_GRAIN || last->from_ns - t_ns > CM_BIN_BACK)
		return cm_bins_open(b, t_ns);
	if (t_ns > last->to_ns)
		last->to_ns = t_ns;
	return last;
}

#endif
