/* cli/dossier_encrypt.h -- a dossier for the eyes of its recipient only, as the charter obliges to or the user asks. */
#ifndef CM_CLI_DOSSIER_ENCRYPT_H
#define CM_CLI_DOSSIER_ENCRYPT_H

#include "age/keys.h"
#include "cli/dossier.h"

struct cm_dossier_eyes {
	bool only; /* it has to be encrypted */
	struct cm_age_recipient to;
};

/* Asks it of what the disclosure will state.  CM_E_REFUSED: it has to be, and the recipient has no key for that in
 * the charter. */
CM_RESULT cm_dossier_eyes(const struct cm_dossier_wish *w, const struct cm_disclosure *d, struct cm_dossier_eyes *out,
    struct cm_err *err);

/* Encrypts the dossier at ${path}, which is whole, as PATH.age, and removes it.  The new path, in the arena of the
 * wish; NULL: it could not, which has been said, and the dossier is gone. */
const char *cm_dossier_encrypt(
    const struct cm_context *ctx, const struct cm_dossier_wish *w, const struct cm_dossier_eyes *eyes);

#endif
