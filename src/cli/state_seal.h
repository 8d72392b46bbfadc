/* cli/state_seal.h -- seal/v1 of what a confined child sealed; shared by investigate and seal. */
#ifndef CM_CLI_STATE_SEAL_H
#define CM_CLI_STATE_SEAL_H

#include "cli/bring.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "statement/seal_v1.h"
#include "worker/seal_exhibit.h"

/* Options of both commands. */
enum {
	CM_CLAIM_BY = CM_OPT + 96,
	CM_CLAIM_VANTAGE,
	CM_CLAIM_TOOL,
	CM_CLAIM_CLOCK,
	CM_CLAIM_DIGEST,
	CM_CLAIM_NO_PAIRS
};
/* Lines of a table of options. */
#define CM_CLAIM_OPTIONS \
	{ CM_CLAIM_BY, "collected-by", "TEXT", "who collected it, as claimed" }, \
	{ CM_CLAIM_VANTAGE, "vantage", "TEXT", "where it was collected" }, \
	{ CM_CLAIM_TOOL, "tool", "TEXT", "with what" }, \
	{ CM_CLAIM_CLOCK, "clock", "TEXT", "by which clock" }, \
	{ CM_CLAIM_DIGEST, "file-digest", NULL, "seal the SHA-256 of the whole file, too" }, \
	{ CM_CLAIM_NO_PAIRS, "no-pairs", NULL, "do not count, in the seal, the rows of every two hosts" }

/* What the user asked for. */
struct cm_seal_wish {
	struct cm_claim_text collected[CM_COLLECTED_N];
	bool file_digest, no_pairs;
};

/* Takes one of these options; false: it is none of them. */
bool cm_cli_claim(const struct cm_args *a, int id, struct cm_seal_wish *w);

/* What the child answers: members of an object, and back.  Columns are not in it. */
void cm_sealed_write(struct cm_jsonw *w, const struct cm_sealed *s);
CM_RESULT cm_sealed_read(struct cm_json v, struct cm_sealed *out, struct cm_err *err);

/* Said where a capture has too many pairs of hosts for a table of them. */
void cm_say_crowded(const struct cm_context *ctx, const char *name, const struct cm_sealed *s);

/* Signs and stores statements of one case. */
struct cm_stating {
	struct cm_case *c;
	const struct cm_signer *signer;
	uint8_t source[32]; /* of this program */
	const struct cm_seal_wish *wish;
};

/* A statement with time and nonce.  Errors as cm_case_state. */
CM_RESULT cm_state(const struct cm_stating *s, struct cm_case_draft *d, struct cm_case_stated *out,
    struct cm_err *err);

/* The seal of ${f}, its exhibit, and its index, inside of cm_case_begin.  ${sealed} has the
 * schema besides what the child answered. */
CM_RESULT cm_state_seal(const struct cm_stating *s, const struct cm_brought *f,
    const struct cm_sealed *sealed, struct cm_case_exhibit *out, struct cm_err *err);

#endif
