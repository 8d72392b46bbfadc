/* traffic/finding.h -- findings being made.  Private to src/traffic. */
#ifndef CM_TRAFFIC_FINDING_H
#define CM_TRAFFIC_FINDING_H

#include "base/arena.h"
#include "traffic/judge.h"
#include "traffic/scanners.h"

/* All that a capture showed as a whole. */
struct cm_capture_seen {
	int64_t from_ns, to_ns;
	uint64_t thin;
	uint64_t hosts;		   /* that got something */
	uint64_t all[CM_CLASSES]; /* packets */
};

/* More than are listed: some are dropped only when all are known. */
#define CM_FINDINGS_MADE 1024u

/* A finding, and what it gets when it stays. */
struct cm_made {
	struct cm_traffic_finding f;
	struct cm_sign_list signs;
	const struct cm_bin *bin; /* its counts over time; NULL: `one` */
	uint32_t n_bins;	  /* 0: f.signs and f.series are there */
	struct cm_bin one;
};

struct cm_findings {
	struct cm_made *at;
	size_t n, room, listed_max;
	uint64_t not_listed;
	struct cm_arena arena;
};

/* Room for one more, zeroed but for its packets; the one of fewest packets makes way if there is
 * none and it has fewer than ${packets}.  NULL: no room. */
struct cm_made *cm_findings_more(struct cm_findings *f, uint64_t packets);

/* All watches, and all sources, judged. */
void cm_floods_find(struct cm_targets *t, const struct cm_capture_seen *seen, struct cm_findings *out);
void cm_scans_find(struct cm_scanners *s, const struct cm_capture_seen *seen, struct cm_findings *out);

/* Does what this source tried look like a scan, and what speaks for it?  Signs go into ${l}, in any case. */
bool cm_scan_is(const struct cm_scanners *s, const struct cm_scanner *c, struct cm_sign_list *l);

/* What one finding makes of another is dropped; the rest in order, with signs and series.  CM_E_NOMEM. */
CM_RESULT cm_findings_settle(struct cm_findings *f, uint64_t thin);

/* Zeroes ${s}, but for equal bins from ${from_ns} to ${to_ns} >= it, of a multiple of ${grain_ns} each. */
void cm_series_begin(struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns, int64_t grain_ns);

/* Adds ${n} events of that time to one of the lists of ${s}, evenly; what lies outside of ${s} is left out. */
void cm_series_spread(const struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns, uint64_t *list, uint64_t n);

/* Equal bins out of bins of any width. */
CM_RESULT cm_series_make(const struct cm_bin *bin, uint32_t n, uint64_t thin, struct cm_arena *arena,
    const struct cm_traffic_series **out);

/* What the target made of it. */
struct cm_effect cm_effect_of(const struct cm_tally *t, const struct cm_traffic_finding *f);
struct cm_effect cm_effect_unknown(const char *unseen);

#endif
