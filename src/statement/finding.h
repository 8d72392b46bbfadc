/* statement/finding.h -- finding/v1: what a detector said of sealed rows (docs/formats.md 2.2).
 *
 * A finding holds row numbers and what the detector concluded from headers;
 * never an address, a payload, or a digest of either.  Rows stand in struct
 * cm_ids as cm_packet_id_of(seal, row), seal being the place in the statement's
 * `seals`, from 0.  Reading is total and bounded: sets of at most
 * CM_FINDING_ROWS_MAX rows, ascending, each row below the seal's number of rows
 * is the caller's to check. */
#ifndef CM_STATEMENT_FINDING_H
#define CM_STATEMENT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "detect/engine.h"
#include "detect/incident.h"

#define CM_FINDING_ROWS_MAX (1u << 22)
#define CM_FINDING_CUES_MAX 4096
#define CM_FINDING_SEALS_MAX 256

struct cm_finding_cue {
	const char *name;
	int bits;
	const char *base_rate;
	enum cm_rests rests;
	uint8_t reads; /* enum cm_open */
	struct cm_ids rows;
};

struct cm_finding_alternative {
	const char *name;
	bool holds;
};

struct cm_finding {
	uint8_t (*seals)[32]; /* digests of the seal statement files */
	size_t n_seals;
	const char *detector;
	uint64_t version;
	uint8_t source[32]; /* source digest of the program that found it */
	const char *evidence; /* NULL: not said */
	uint64_t memory, window;
	int forged_bits, break_bits;
	enum cm_incident_type type;
	enum cm_verdict verdict;
	int bits;
	struct cm_ids forged, genuine, suspect;
	struct cm_ids support, support_host, against;
	const uint64_t *frames; /* one for each row of support */
	struct cm_ids trigger;	/* at most one */
	const struct cm_finding_cue *cues;
	size_t n_cues;
	struct cm_fingerprint fingerprint;
	const struct cm_finding_alternative *alternatives;
	size_t n_alternatives;
	const char *explained_by; /* NULL: none */
};

/* Members of a finding/v1 predicate besides the common ones; ends with NULL. */
extern const char *const cm_finding_members[];

/* Writes them into the object ${w} stands in.  The same finding, the same bytes. */
void cm_finding_write(struct cm_jsonw *w, const struct cm_finding *f);

/* Reads them out of ${predicate}; all memory from ${arena}, texts copied.
 * CM_E_MALFORMED with the member; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_finding_read(struct cm_json predicate, struct cm_arena *arena, struct cm_finding *out,
    struct cm_err *err);

/* Writes ${set} as a row set over ${n_seals} seals: [[8, 14], []]. */
void cm_rowset_write(struct cm_jsonw *w, const char *name, const struct cm_ids *set, size_t n_seals);

/* Reads the member ${name} of ${v}, a row set over ${n_seals} seals with at most ${max} rows.
 * CM_E_MALFORMED, CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_rowset_read(struct cm_json v, const char *name, size_t n_seals, size_t max,
    struct cm_arena *arena, struct cm_ids *out, struct cm_err *err);

#endif
