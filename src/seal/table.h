/* seal/table.h -- commits to a table, and writes openings of it (FORMATS 1.1, 1.4).
 *
 * Both go once through the rows, in order; memory does not depend on how many there are.  Nothing here reads a file: rows come from a cm_cell_source
 * (seal/cut.h makes one of a capture, a log, records or a blob). */
#ifndef CM_SEAL_TABLE_H
#define CM_SEAL_TABLE_H

#include "base/sink.h"
#include "base/together.h"
#include "seal/index.h"
#include "seal/plan.h"
#include "seal/schema.h"
#include "seal/tile.h"

/* Reads all rows and puts rows and root into ${*out}; x and schema too; has_file is
 * false, statement zero.  ${index} gets the index (seal/index.h) and may be NULL.
 * CM_E_LIMIT: more than 2^40 rows.  CM_E_NOMEM, and what the source and the sink say. */
CM_RESULT cm_table_commit(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_cell_source source, const struct cm_sink *index, struct cm_seal *out,
    struct cm_err *err);

/* The commitment to the whole file's SHA-256 (`file`), and the key that opens it once all
 * is open. */
void cm_table_file_key(const struct cm_seal_secret *secret, uint8_t out[CM_HASH_LEN]);
void cm_table_file_of(
    const uint8_t key[CM_HASH_LEN], const uint8_t sha256[CM_HASH_LEN], uint8_t out[CM_HASH_LEN]);
void cm_table_file(const struct cm_seal_secret *secret, const uint8_t sha256[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN]);

/* Where an exhibit is not what was sealed: the first row that differs among those that were
 * compared, up to the last one if it could only be narrowed down to some rows.  And, also
 * where nothing differs, how many rows were compared: of the others nothing is known. */
struct cm_table_diff {
	bool differs;
	uint64_t first, last;
	uint64_t compared;
};

struct cm_table_open {
	const struct cm_seal *seal; /* as its statement says, statement digest included */
	const struct cm_seal_secret *secret;
	const struct cm_plan *plan;
	struct cm_cell_source source; /* from row 0 */
	struct cm_span index;         /* of the case folder; places may follow; may be empty */
	bool with_file;               /* give the key of the file's own digest as well */
	const struct cm_together *together; /* how two things are done at a time; or NULL */
	bool no_parts; /* the caller has looked: no row of which `mask` is opened is a part of a
			* datagram, so that they need not be looked at before they are read */
};

/* Writes the one opening for that plan.  Every row that is read is compared with the
 * seal.  Which rows are read: with `seek` and index those of the groups of 16 of which
 * some row is opened, and those of which `mask` is opened once more before; without, or
 * if one of the latter is a part of a datagram (plan.h), every row.  A row that is not
 * read may have changed, and so may what lies behind the last one if that is not read.
 * What was written is worthless unless CM_OK comes back.
 * CM_E_REFUSED: the plan breaks a rule (cm_plan_check), or the exhibit is not what was
 *   sealed: then ${diff}, which may be NULL, says where.
 * CM_E_USAGE: secret, index and seal do not belong together, or `with_file` where not all
 *   is open and named, or the seal has no `file`. */
CM_RESULT cm_table_open(const struct cm_table_open *in, const struct cm_sink *out,
    struct cm_table_diff *diff, struct cm_err *err);

#endif
