/* cli/age_keys.h -- the keys with which this party reads what is encrypted to it.
 *
 * The case has one of its own in the file `age' beside the statement key, as age-keygen writes it, mode 0600;
 * `comity key age' makes it.  What is encrypted to the statement key can be read too, if that lies in a file
 * without a passphrase: an agent signs, and does not decrypt. */
#ifndef CM_CLI_AGE_KEYS_H
#define CM_CLI_AGE_KEYS_H

#include "age/keys.h"
#include "cli/cli.h"
#include "store/case.h"

/* The case's own.  If it has none, one is made if ${make}, which ${*made} says, else CM_E_NOTFOUND.  Ends with
 * cm_age_identity_wipe. */
CM_RESULT cm_age_keys_own(
    struct cm_case *c, bool make, struct cm_age_identity *out, bool *made, struct cm_err *err);

/* Those in ${file}: identities of age, or a private key of OpenSSH.  CM_E_REFUSED: others can read it.
 * Ends with cm_age_identities_wipe. */
CM_RESULT cm_age_keys_of_file(const char *file, struct cm_age_identities *out, struct cm_err *err);

/* Those of the case here, also statement keys that have ended; none if there is no case, or if it can not be used, which is said.  ${*locked}: the
 * statement key is not among them, because of its passphrase or because it lies elsewhere. */
CM_RESULT cm_age_keys_here(
    const struct cm_context *ctx, struct cm_age_identities *out, bool *locked, struct cm_err *err);

#endif
