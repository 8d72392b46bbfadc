/* cli/governing.h -- the charter in force, made ready to be asked about a disclosure.
 *
 * Reads charter, consents, approvals and marks of the case, says who discloses to whom and what for, and
 * asks for every statement that was chosen.  What it hands on to dossier/pack asks for the cells. */
#ifndef CM_CLI_GOVERNING_H
#define CM_CLI_GOVERNING_H

#include "charter/weighed.h"
#include "cli/cli.h"
#include "cli/dossier_terms.h"
#include "dossier/pack.h"
#include "registry/registry.h"
#include "store/case.h"
#include "store/team.h"

struct cm_dossier_wish;

struct cm_governing {
	struct cm_governed governed; /* asked by cells */
	const char *title;	     /* of the charter */
	const struct cm_member *self, *to; /* to NULL: the public */
	struct cm_span charter, sigs;
	const struct cm_pack_text *consents;
	size_t n_consents;
	/* what the above points to: */
	struct cm_team team;
	struct cm_charter says;
	struct cm_registry registry;
	struct cm_marks marks;
	struct cm_release_in in;
	struct cm_release *release;
	struct cm_released_exhibit *exhibit;
};

enum cm_governing_end {
	CM_GOVERNING_NONE, /* no charter is in force in this case */
	CM_GOVERNING_READY,
	CM_GOVERNING_NO /* it has been said why not; ${*code} is how to end */
};

/* ${wish} says what was chosen, to whom and what for; its lists lose the statements that may not leave.  Ends
 * with cm_governing_end. */
enum cm_governing_end cm_governing_begin(
    const struct cm_context *ctx, struct cm_dossier_wish *wish, struct cm_governing *out, enum cm_exit *code);
void cm_governing_fini(struct cm_governing *g);

/* Is the case still what it was when this was asked: the same charter, consents, members, or still none?  To be called where
 * nobody else can change it any more (cm_case_begin).  CM_E_REFUSED: another process has brought something in. */
CM_RESULT cm_governing_still(const struct cm_dossier_wish *wish, struct cm_err *err);

/* May a statement of the case leave?  For those that come along unasked. */
CM_RESULT cm_governing_may(
    struct cm_governing *g, const struct cm_dossier_wish *wish, struct cm_span json, bool *out, struct cm_err *err);

#endif
