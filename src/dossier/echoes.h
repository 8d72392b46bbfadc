/* dossier/echoes.h -- hidden values of records that stand again in cells about to be opened.
 *
 * Who hides the member `user` and opens the rest of a record does not want "login of alice"
 * in the rest.  Looked for are, as they are spelled, at every offset of an opened cell:
 *   the whole value of a hidden cell, without white space and quotes around it,
 *   and each string inside of it that is not the name of a member,
 * of 4 bytes and more; not the words true, false and null.  What is spelled otherwise (an
 * escape, another case, base64) or shorter is not found. */
#ifndef CM_DOSSIER_ECHOES_H
#define CM_DOSSIER_ECHOES_H

#include "base/buf.h"
#include "dossier/leaks.h"

#define CM_ECHO_MIN 4u
#define CM_ECHOES_BYTES ((size_t)1 << 30) /* of hidden values, in all */

/* Zero-initialise; ends with cm_echoes_release. */
struct cm_echoes {
	struct cm_buf bytes;
	struct cm_echo *item;
	size_t n, cap;
	uint8_t *filter; /* by the first bytes; made by cm_echoes_ready */
};

/* Adds a hidden cell: JSON text, or what a sealer took for it.  ${where} says which one
 * (seal, row and column).  CM_E_NOMEM; CM_E_LIMIT: more than CM_ECHOES_BYTES. */
CM_RESULT cm_echoes_hide(struct cm_echoes *e, struct cm_span cell, struct cm_leak where);

/* All are there; from now on they can be searched for.  CM_E_NOMEM. */
CM_RESULT cm_echoes_ready(struct cm_echoes *e);

/* Looks through one opened value and adds the places to ${found}: the longest one at each,
 * behind one another.  CM_E_NOMEM. */
CM_RESULT cm_echoes_search(
    const struct cm_echoes *e, struct cm_span value, struct cm_leak where, struct cm_leaks *found);

void cm_echoes_release(struct cm_echoes *e);

#endif
