/* dossier/governed.h -- a disclosure under a charter: what is asked of it beside cells, and what the disclosure
 * states of that (docs/formats.md 2.4, `terms`).
 *
 * A statement is an object of the type of evidence that it is, marked as high as the highest exhibit it is
 * about; if one of the victim's names or addresses is spelled in its file, it is about the victim.  What is
 * counted is asked for as a count, besides.  The report is made of all that is allowed: it is asked for with the joined
 * attributes of that, once for each type. */
#ifndef CM_DOSSIER_GOVERNED_H
#define CM_DOSSIER_GOVERNED_H

#include "dossier/released.h"
#include "statement/terms.h"

#define CM_GOVERNED_FORM 6 /* C6, the form of statements: they can be computed again from what is opened */

struct cm_governed {
	struct cm_released released; /* and in it the release, the marks, the exhibits */
	size_t n_exhibits;
	struct cm_terms terms; /* as far as they are known before anything is asked */
	bool picture;	       /* out: the report may leave */
};

struct cm_governed_statement {
	const size_t *about; /* exhibits, by number */
	size_t n_about;
	size_t type; /* in the release's list; SIZE_MAX: not known */
	bool counts;
	struct cm_span json;
};

/* May it leave?  Asked and remembered. */
CM_RESULT cm_governed_may(struct cm_governed *g, const struct cm_governed_statement *s, bool *out);

/* All cells of an exhibit have been asked for: may the count of rows between two of its hosts leave?  It is made of
 * all of its addresses that are shown. */
bool cm_governed_count(struct cm_governed *g, size_t exhibit);

/* All cells and statements have been asked for: may the report leave? */
void cm_governed_picture(struct cm_governed *g);

/* The terms: the markings, the rules that allowed, the obligations, what is withheld and why.  CM_E_NOMEM. */
CM_RESULT cm_governed_terms(const struct cm_governed *g, struct cm_arena *arena, struct cm_terms *out, struct cm_err *err);

/* Why an answer hides: the name of the first rule that denies, "default", or NULL if it does not. */
const char *cm_governed_why(const struct cm_release *r, const struct cm_release_answer *a);

#endif
