/* statement/traffic_v1.h -- traffic/v1: what was counted of sealed rows (docs/formats.md 2.6).
 *
 * Like finding/v1 it holds row numbers and what headers say, never an address, a payload or
 * a name out of one.  What the drawn rows give stands apart from what is the sealer's
 * word on the whole capture.  Reading is total and bounded; all that is read belongs to the
 * arena handed in. */
#ifndef CM_STATEMENT_TRAFFIC_V1_H
#define CM_STATEMENT_TRAFFIC_V1_H

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "detect/incident.h"
#include "statement/draw.h"
#include "traffic/traffic.h"

#define CM_TRAFFIC_SUPPORT_MAX CM_DRAW_ROWS
#define CM_TRAFFIC_SIGNS_MAX 256

struct cm_traffic_range {
	bool any;
	uint64_t first, last; /* rows, both in it */
};

struct cm_traffic_v1 {
	uint8_t (*seals)[32]; /* digests of the seal statement files */
	size_t n_seals;
	const char *detector;
	uint64_t version;
	uint8_t source[32]; /* source digest of the program that counted */
	const char *evidence; /* NULL: not said */
	uint64_t memory;
	uint64_t thin;
	const struct cm_traffic_range *range; /* n_seals of them */
	struct cm_ids support;		      /* ids are (seal, row) */
	/* What the detector says of the support with `thin`; of it stand in the statement kind,
	 * verdict, port, proto, service, from, to, packets, bytes, peak, mean, and the signs: with
	 * thin > 1 only those that thin. */
	struct cm_traffic_finding drawn;
	/* What it says of the whole capture, the sealer's word; signs only that are not in `drawn`.
	 * Kind, verdict, port, proto and service are those of `drawn`. */
	struct cm_traffic_finding claimed;
};

/* Members of a traffic/v1 predicate besides the common ones; ends with NULL. */
extern const char *const cm_traffic_v1_members[];

/* Writes them into the object ${w} stands in.  The same, the same bytes.  Figures beyond
 * 2^53-1 and times before 1970 stand there as these. */
void cm_traffic_v1_write(struct cm_jsonw *w, const struct cm_traffic_v1 *t);

/* Reads them out of ${predicate}.  Of signs `says` is NULL and `thins` true in `drawn`, false in
 * `claimed`.  Rows lie in their range, but not all ranges in their table: the caller's to
 * check, as is the draw.  CM_E_MALFORMED with the member; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_traffic_v1_read(struct cm_json predicate, struct cm_arena *arena,
    struct cm_traffic_v1 *out, struct cm_err *err);

/* "2015-03-17T10:20:30.123456789Z"; earlier than 1970: 1970.  Room for 31 bytes. */
#define CM_TIME_NS_LEN 30
void cm_time_ns_format(int64_t t_ns, char out[CM_TIME_NS_LEN + 1]);
CM_RESULT cm_time_ns_parse(const char *text, int64_t *out); /* CM_E_MALFORMED */

/* Which sign of a list, ascending by name, has that name; NULL: none. */
const struct cm_traffic_sign *cm_traffic_sign_of(const struct cm_traffic_sign *sign, size_t n, const char *name);

#endif
