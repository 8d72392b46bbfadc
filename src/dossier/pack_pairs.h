/* dossier/pack_pairs.h -- how many rows the hosts of findings have, for a dossier that is made. */
#ifndef CM_DOSSIER_PACK_PAIRS_H
#define CM_DOSSIER_PACK_PAIRS_H

#include "dossier/pack.h"
#include "dossier/pairs.h"

/* Writes the opening of the pairs that findings accuse packets between, of exhibit ${k} of ${l}, whose opening is
 * loaded; nothing if there are none, or the seal has no table of pairs.  By the notes of the case; if it
 * has none, or not the right ones, every row is read: slower, no more.
 * What reading says; CM_E_REFUSED: the exhibit is not what was sealed.  CM_E_NOMEM. */
CM_RESULT cm_pack_pairs(const struct cm_loaded *l, size_t k, const struct cm_pack_exhibit *x, struct cm_buf *out,
    struct cm_err *err);

#endif
