/* dossier/pairs.h -- were all rows between two hosts shown? (docs/formats.md 1.6, 3.6, 4)
 *
 * A capture's seal may have a table of pairs (seal/pairs.h), and a dossier the opening of some entries of
 * it, seal-K.pairs.  Here these are read and held against the rows that are shown; sender and receiver
 * do the same.  Memory: some 200 bytes a pair that is disputed or opened. */
#ifndef CM_DOSSIER_PAIRS_H
#define CM_DOSSIER_PAIRS_H

#include "dossier/load.h"
#include "seal/pairs.h"

#define CM_PAIRS_ENDING ".pairs" /* of seal-K.pairs */

/* Fills `pairs` of every exhibit: those between which a finding accuses packets, as far as their rows
 * show it, and those that ${zip} opens.  Again and again, as with cm_load_openings, which calls it.
 * CM_E_MALFORMED, CM_E_REFUSED with l->at: an opening that proves nothing, or a seal that counted other
 * rows than there are.  CM_E_NOMEM. */
CM_RESULT cm_load_pairs(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err);

/* The file that opens these of exhibit ${k} that ${list} has; empty: it has none of them.
 * What cm_pairs_open says. */
CM_RESULT cm_pairs_make(const struct cm_loaded *l, size_t k, const struct cm_pair_list *list,
    const struct cm_seal_secret *secret, struct cm_buf *out, struct cm_err *err);

/* ---- what it says of a finding ---- */

enum cm_complete {
	CM_COMPLETE_ALL,     /* all rows of the pair are shown, with headers */
	CM_COMPLETE_TIED,    /* all are known, of some no more than that they are of the pair */
	CM_COMPLETE_PART,    /* some stay shut */
	CM_COMPLETE_UNSAID,  /* the seal has a table, and the dossier does not open this pair of it */
	CM_COMPLETE_UNKNOWN  /* which pair it is does not show */
};
const char *cm_complete_word(enum cm_complete c); /* "all", "tied", "part", "unsaid", "unknown" */

struct cm_completeness {
	uint32_t seal;
	enum cm_complete how;
	const struct cm_shown_row *row;   /* one that is accused, or NULL */
	const struct cm_shown_pair *pair; /* NULL if unknown */
};

/* The pairs between which a finding accuses packets, each once; none of seals without a table.  Of more than
 * CM_COMPLETENESS_MAX the first ones. */
#define CM_COMPLETENESS_MAX 16u
size_t cm_completeness(
    const struct cm_dossier *d, const struct cm_finding *f, struct cm_completeness out[CM_COMPLETENESS_MAX]);

/* Appends that in words, without a full stop. */
void cm_words_completeness(struct cm_buf *out, const struct cm_dossier *d, const struct cm_completeness *c);

#endif
