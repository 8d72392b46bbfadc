/* dossier/redo_chain.h -- chains, joined again from what is open (docs/formats.md 4.10). */
#ifndef CM_DOSSIER_REDO_CHAIN_H
#define CM_DOSSIER_REDO_CHAIN_H

#include "dossier/redo.h"

/* What came of the statements that chains join. */
struct cm_redo_chains_in {
	const struct cm_dossier *dossier;
	const struct cm_redone *findings, *traffic;
};

/* Each chain; ${out} has room for all of them.  CM_E_NOMEM. */
CM_RESULT cm_redo_chains(const struct cm_redo_chains_in *in, struct cm_arena *arena, struct cm_redone *out);

#endif
