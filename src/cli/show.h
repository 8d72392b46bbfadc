/* cli/show.h -- the case as `comity show` has read it, and the two ways to print it. */
#ifndef CM_CLI_SHOW_H
#define CM_CLI_SHOW_H

#include "cli/cli.h"
#include "statement/sequence.h"
#include "store/case.h"

enum cm_show_part {
	CM_SHOW_EXHIBITS,
	CM_SHOW_FINDINGS,
	CM_SHOW_STATEMENTS,
	CM_SHOW_DISCLOSURES,
	CM_SHOW_CUSTODY
};
#define CM_SHOW_PARTS 5u
#define CM_SHOW_EVIDENCE 64u

struct cm_show {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_arena arena;
	struct cm_case_exhibits exhibits;
	struct cm_schema *schema; /* of each exhibit, as its seal says */
	struct cm_case_findings findings;
	struct cm_case_statements statements;
	struct cm_case_disclosures disclosures;
	struct cm_statement_doc *doc; /* of each statement */
	size_t n_docs;
	struct cm_sequence chain; /* items as in statements */
	unsigned parts;        /* bits 1 << enum cm_show_part */
	unsigned printed;      /* tables so far */
	const char *evidence[CM_SHOW_EVIDENCE]; /* types that were printed, each once */
	size_t n_evidence;
	bool all;              /* nothing was asked for by name */
};

/* Of the case ${s->c}, opened, into the arena ${s->arena}, begun.  Ends with cm_show_release in any case, which closes
 * the case, too. */
CM_RESULT cm_show_load(struct cm_show *s, struct cm_err *err);
void cm_show_release(struct cm_show *s);

CM_RESULT cm_show_text(struct cm_show *s, struct cm_err *err);
CM_RESULT cm_show_json(struct cm_show *s, struct cm_err *err);

#endif
