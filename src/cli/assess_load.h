/* cli/assess_load.h -- a file with an assessment, for the parts of `comity assess`.
 *
 * The file may be anybody's.  So cm_assess_open reads bytes and nothing else; cm_assess_read, in a confined child,
 * makes an assessment of them: of a text; of rows (they begin with `{'), whose results are then claims; or of what a
 * dossier (a ZIP) shows of an assessment, after signatures and openings have been checked.  Whose keys those
 * are, `comity verify' says. */
#ifndef CM_CLI_ASSESS_LOAD_H
#define CM_CLI_ASSESS_LOAD_H

#include "assess/rows.h"
#include "assess/text.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "dossier/load.h"
#include "store/case.h"

#define CM_ASSESS_FILE ((size_t)256 << 20)   /* longest file, of a dossier */
#define CM_ASSESS_ROWS ((size_t)16 << 20)    /* longest file of rows */
#define CM_ASSESS_MEMORY ((size_t)512 << 20) /* of an arena */

struct cm_assess_file {
	const char *path;
	struct cm_buf text;
	struct cm_arena arena;
	struct cm_registry registry; /* as the charter of the case has it, if there is one, */
	bool weighed;		     /* and else from cm_assess_read on */
	/* from cm_assess_read on: */
	struct cm_assessment a;
	bool is_rows;
	struct cm_assess_places places; /* of a text */
	struct cm_assess_read rows;	/* of rows */
	struct cm_loaded held;		/* of a dossier: */
	const struct cm_shown_assessment *shown; /* or NULL */
};

/* Reads the file.  On false it has been said: return ${*code}.  Ends with cm_assess_close in any case. */
bool cm_assess_open(const struct cm_context *ctx, const char *path, struct cm_assess_file *out, enum cm_exit *code);
CM_RESULT cm_assess_read(struct cm_assess_file *f, struct cm_err *err);
void cm_assess_close(struct cm_assess_file *f);

/* The case folder, if there is one that can be opened; else CM_OK and NULL.  CM_E_NOMEM. */
CM_RESULT cm_assess_case(const struct cm_context *ctx, struct cm_case **out, struct cm_err *err);

/* A layer by its word.  On false it has been said. */
bool cm_assess_layer_option(const struct cm_args *a, enum cm_layer *out);

#endif
