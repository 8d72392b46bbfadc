/* statement/traffic_v1.h -- traffic/v1: what was counted of sealed rows (docs/formats.md 2.6).
 *
 * Like finding/v1 it holds row numbers and what headers say, never an address, a payload or
 * a name out of one.  What the drawn rows give stands apart from what is the sealer's
 * word on the whole capture. */
#ifndef CM_STATEMENT_TRAFFIC_V1_H
#define CM_STATEMENT_TRAFFIC_V1_H

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "detect/incident.h"
#include "traffic/traffic.h"

#define CM_TRAFFIC_SUPPORT_MAX 16384u

struct cm_traffic_range {
	bool any;
	uint64_t first, last; /* rows */
};

struct cm_traffic_v1 {
	uint8_t (*seals)[32];
	size_t n_seals;
	const char *detector;
	uint64_t version;
	uint8_t source[32];
	uint64_t memory;
	uint64_t thin;
	const struct cm_traffic_range *range; /* n_seals of them */
	struct cm_ids support;		      /* ids are (seal, row) */
	/* What the detector says of the support with `thin`; of it kind, verdict, port, proto,
	 * service, from, to, packets, bytes, peak, mean, and signs that thin count. */
	struct cm_traffic_finding drawn;
	/* What it says of the whole capture: the sealer's word. */
	struct cm_traffic_finding claimed;
};

extern const char *const cm_traffic_v1_members[];
void cm_traffic_v1_write(struct cm_jsonw *w, const struct cm_traffic_v1 *t);
CM_RESULT cm_traffic_v1_read(struct cm_json predicate, struct cm_arena *arena,
    struct cm_traffic_v1 *out, struct cm_err *err);

/* Is row ${row} of the exhibit whose seal statement has this digest drawn for ${thin}? */
bool cm_traffic_drawn(const uint8_t seal[32], uint64_t thin, uint64_t row);

#endif
