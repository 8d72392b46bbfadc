/* cli/dossier_draft.h -- what the confined child made: the files of a dossier, and a draft of what it will state. */
#ifndef CM_CLI_DOSSIER_DRAFT_H
#define CM_CLI_DOSSIER_DRAFT_H

#include "base/arena.h"
#include "codec/zip.h"
#include "statement/disclosure.h"

struct cm_dossier_draft_in {
	struct cm_span files; /* the ZIP that the child wrote; it must live as long as what comes out */
	unsigned threads;     /* 0: as many as there are processors */
	struct cm_arena *arena;
};

struct cm_dossier_draft {
	struct cm_disclosure disclosure; /* with the list of files */
	struct cm_zip zip;		 /* of the dossier: all files but the disclosure and its signature */
	struct cm_zip_entry *entry;	 /* its list, with room for these two */
	uint8_t (*digest)[32];		 /* SHA-256 of each of its files, with room as well */
	struct cm_span map; /* what is open, for the ledger; not among the files */
};

/* CM_E_MALFORMED: the child's answer makes no sense.  CM_E_NOMEM. */
CM_RESULT cm_dossier_draft(const struct cm_dossier_draft_in *in, struct cm_dossier_draft *out, struct cm_err *err);

#endif
