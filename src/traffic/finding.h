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

struct cm_findings {
	struct cm_traffic_finding *at;
	size_t n, room;
	uint64_t not_listed;
	struct cm_arena arena;
};

/* Room for one more, zeroed; the one of fewest packets makes way if there is none and it has
 * fewer than ${packets}.  NULL: no room. */
struct cm_traffic_finding *cm_findings_more(struct cm_findings *f, uint64_t packets);

/* All watches, and all sources, judged; CM_E_NOMEM. */
CM_RESULT cm_floods_find(struct cm_targets *t, const struct cm_capture_seen *seen, struct cm_findings *out);
CM_RESULT cm_scans_find(struct cm_scanners *s, const struct cm_capture_seen *seen, struct cm_findings *out);

/* What one finding makes of another is dropped; the rest in order. */
void cm_findings_settle(struct cm_findings *f);

/* Equal bins out of bins of any width. */
CM_RESULT cm_series_make(const struct cm_bins *b, uint64_t thin, struct cm_arena *arena,
    const struct cm_traffic_series **out);

/* What the target made of it. */
struct cm_effect cm_effect_of(const struct cm_tally *t, const struct cm_traffic_finding *f);
struct cm_effect cm_effect_unknown(const char *unseen);

#endif
