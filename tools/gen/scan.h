/* gen/scan.h -- scans, alone or beside something else. */
#ifndef GEN_SCAN_H
#define GEN_SCAN_H

#include "raw.h"

struct gen_scan;

struct gen_scan_kind {
	struct gen_plan plan;
	void (*probe)(struct gen_scan *x);
	bool one_target;
};

struct gen_scan {
	struct gen_world *w;
	const struct gen_scan_kind *kind;
	struct gen_host host; /* the scanner */
	uint32_t pps, seed;
	uint64_t i, n;
	uint16_t plant;
	bool slow;
};

/* n, pps and plant are set by whoever calls.  False: there is no such scan. */
bool gen_scan_begin(struct gen_scan *x, struct gen_world *w, const char *name, int64_t t);

/* The i-th port that is tried: the usual ones first. */
uint16_t gen_scan_port(uint64_t i);

/* A SYN that is answered by a reset. */
void gen_refused(struct gen_conn *c);

#endif
