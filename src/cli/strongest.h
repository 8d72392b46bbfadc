/* cli/strongest.h -- which of very many findings are stated.
 *
 * A capture of a day of attacks has thousands; a dossier that nobody can read through
 * persuades nobody, and one of 2,000 findings is as large as a file of 4,096 entries can be.
 * So the strongest are stated: forged before stack-break before undecidable, then by
 * bits, then as they come.  The others are listed and counted all the same. */
#ifndef CM_CLI_STRONGEST_H
#define CM_CLI_STRONGEST_H

#include "base/arena.h"
#include "worker/survey.h"

#define CM_STATED_MAX 2000u
#define CM_STATED_USUAL 200u

struct cm_strong {
	const struct cm_incident *incident;
	size_t place; /* of the survey */
};

struct cm_strongest {
	const struct cm_strong *item; /* to be stated, in the survey's order */
	size_t n;
	size_t left; /* findings that are not among them */
};

/* At most ${most} of the incidents of ${s}; what was explained is none.  In the arena.
 * CM_E_NOMEM. */
CM_RESULT cm_strongest_of(
    const struct cm_survey *s, size_t most, struct cm_arena *arena, struct cm_strongest *out);

#endif
