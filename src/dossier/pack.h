/* dossier/pack.h -- makes everything of a dossier but its last signature.
 *
 * Runs in the confined process of the sender, since it reads captures.  The last
 * statement, disclosure/v1, is signed outside: what it will say comes out as a
 * draft beside the other files. */
#ifndef CM_DOSSIER_PACK_H
#define CM_DOSSIER_PACK_H

#include "base/source.h"
#include "base/together.h"
#include "codec/zip.h"
#include "dossier/governed.h"
#include "dossier/mapped.h"
#include "dossier/model.h"
#include "dossier/plan.h"
#include "seal/table.h"

/* A statement's file and signature; receipt and time stamp of it may be empty. */
struct cm_pack_text {
	struct cm_span json, sig;
	struct cm_span receipt, stamp; /* carried, not looked at */
};

struct cm_pack_exhibit {
	struct cm_pack_text seal;
	struct cm_source source; /* the exhibit's bytes; stable */
	const char *name;	 /* for messages */
	const struct cm_seal_secret *secret;
	struct cm_span index; /* of the case folder, with places; may be empty */
	struct cm_span pairs; /* its notes of pairs (seal/pairs.h); may be empty */
};

struct cm_pack_in {
	const struct cm_pack_exhibit *exhibits; /* in the order of the capture's files */
	size_t n_exhibits;
	const struct cm_pack_text *findings; /* ascending by number */
	size_t n_findings;
	const struct cm_pack_text *traffic, *chains; /* the same; those that a chain joins are among them */
	size_t n_traffic, n_chains;
	const struct cm_pack_text *assessments;
	size_t n_assessments;
	const struct cm_pack_text *custody;
	size_t n_custody;
	struct cm_governed *governed; /* by a charter, whose files these are; or NULL */
	struct cm_span charter, charter_sigs;
	const struct cm_pack_text *consents; /* of the victim, that were relied on */
	size_t n_consents;
	struct cm_terms terms; /* what is stated where no charter governs */
	struct cm_select_in select; /* findings and sets in it are not read */
	bool leak_ok, dry_run;
	const struct cm_sink *files; /* gets a ZIP: all files but the disclosure, and CM_PACK_DRAFT;
				      * nothing in a dry run */
	const char *by, *made, *to; /* of the disclosure to be; to may be NULL */
	const char *tool_name, *tool_version;
	uint8_t tool_source[32];
	const struct cm_together *together; /* how two things are done at a time; or NULL */
};

/* Ends with cm_pack_release. */
struct cm_pack_out {
	struct cm_select_sum *sum; /* of each exhibit */
	const struct cm_shown_exhibit *exhibits; /* schemas and names of columns; in the arena */
	uint64_t *compared;	   /* of each exhibit: rows that were compared with the seal */
	struct cm_leaks leaks;
	struct cm_table_diff diff; /* where an exhibit is not what was sealed; */
	size_t diff_exhibit;	   /* which one */
	struct cm_map map;	   /* what it shows, for the ledger (ledger/map.h) */
};

/* The entry that holds the members of disclosure/v1, but `files`, as one JSON object. */
#define CM_PACK_DRAFT "draft.json"

/* The entry that holds out->map as bytes: for the case, not for the dossier. */
#define CM_PACK_MAP "map.cbor"

/* CM_E_REFUSED with out->leaks.n != 0: hidden values stand in cells that would be
 * opened, and nobody said leak_ok; out->diff.differs: the exhibit changed since it was
 * sealed.  With dry_run only sums and leaks are made, and leaks refuse nothing. */
CM_RESULT cm_pack(const struct cm_pack_in *in, struct cm_arena *arena, struct cm_pack_out *out,
    struct cm_err *err);
void cm_pack_release(struct cm_pack_out *out);

/* A sink into a buffer.  CM_E_NOMEM. */
struct cm_sink cm_sink_of_buf(struct cm_buf *b);

#endif
