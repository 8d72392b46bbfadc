/* cli/dossier.h -- making a dossier out of a case; shared by investigate and disclose. */
#ifndef CM_CLI_DOSSIER_H
#define CM_CLI_DOSSIER_H

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/completes.h"
#include "cli/governing.h"
#include "cli/warning_lists.h"
#include "dossier/pack.h"
#include "store/case.h"

struct cm_dossier_wish {
	struct cm_case *c;
	const struct cm_signer *signer;
	struct cm_arena *arena;
	const struct cm_case_exhibit *exhibits; /* in the order of the capture's files */
	size_t n_exhibits;
	const uint8_t (*findings)[32]; /* statements, ascending by number */
	size_t n_findings;
	const uint8_t (*traffic)[32], (*chains)[32]; /* the same; a chain comes with all that it joins */
	size_t n_traffic, n_chains;
	const uint8_t (*assessments)[32]; /* the same; what is open of their rows is in `select' */
	size_t n_assessments;
	struct cm_select_in select; /* rows chosen by hand, hides, hosts */
	bool leak_ok, dry_run, no_confine;
	unsigned threads; /* 0: as many as there are processors */
	bool json;	 /* what is said of a dry run, or of the dossier, as one JSON object */
	bool say_compared; /* how much of each exhibit was compared with its seal */
	const char *to;	 /* or NULL */
	const char *purpose; /* or NULL; a charter asks for it */
	bool encrypt;	     /* to the recipient's key, also where the charter does not oblige to */
	const struct cm_warning_texts *warning; /* lists that are asked about what is named; or NULL */
	const char **written; /* out: the path in the end; or NULL */
	bool explain;	     /* each answer of the charter with its rules */
	const struct cm_command *command; /* for what is said of wrong use */
	struct cm_terms terms; /* what is stated where no charter governs */
	struct cm_governing *governing; /* the charter, ready; or NULL */
	bool no_completion; /* refuse what completes a picture (cli/completes.h) */
	const char *out; /* the dossier's path */
	bool replace;	 /* it may be there already */
	bool quiet;	 /* what is logged is not said */
	enum cm_exit *logged; /* out: CM_EXIT_OK, or it was written but could not be logged, as was said */
	/* Or NULL: what the caller has to do, once, and what it says before anything of the
	 * dossier is said; it runs while a child plans and opens.  Anything but CM_EXIT_OK
	 * ends the whole. */
	enum cm_exit (*meanwhile)(void *arg);
	void *meanwhile_arg;
};

/* Makes it, verifies it as a receiver would, and only then writes it.  What it shows and
 * what could not be redone from it is said on ctx->out; the path is not printed.
 * CM_EXIT_OK: it is there (or, for a dry run, all was said).  CM_EXIT_CANNOT: hidden
 * values would show (it says which and what to do), the exhibit is not what was sealed,
 * or something failed. */
enum cm_exit cm_cli_dossier(const struct cm_context *ctx, const struct cm_dossier_wish *wish);

/* Options of both commands, beside their own and 'o'. */
enum {
	CM_WISH_HIDE = CM_OPT + 64,
	CM_WISH_ALSO,
	CM_WISH_LEAK_OK,
	CM_WISH_WHOLE_HOST,
	CM_WISH_WHOLE_PAIR,
	CM_WISH_TIE_ALL,
	CM_WISH_FOR,
	CM_WISH_TO,
	CM_WISH_NO_CONFINE
};

/* cli/wish.c: takes one of these; false: it is none, or its argument is wrong, and it has been said. */
bool cm_cli_wish(const struct cm_args *a, int id, struct cm_dossier_wish *w);

/* cli/dossier_say.c: what a plan gives away, and where what is hidden shows through. */
void cm_dossier_say_plan(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out);

/* cli/dossier_json.c: the same of a plan, and what was made, as one JSON object.  False: there
 * was no memory for it, which has been said. */
struct cm_dossier_made {
	const char *path; /* as the user gave it */
	uint64_t bytes;
	uint8_t sha256[32];
	struct cm_case_stated stated;
	uint64_t leaks_accepted;
	const struct cm_completes *completes;
};
bool cm_dossier_json_plan(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out, const struct cm_completes *completes);
bool cm_dossier_json_made(const struct cm_context *ctx, const struct cm_dossier_made *made);

/* What the search for hidden values can not find, if there was one. */
void cm_dossier_say_parted(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out);
void cm_dossier_say_compared(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out);
void cm_dossier_say_leaks(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_leaks *leaks, bool refused);

#endif
