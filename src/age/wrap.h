/* age/wrap.h -- a file key for one recipient, and back (C2SP age, "X25519 recipient stanza"; for SSH keys
 * what age does, which docs/formats.md writes down). */
#ifndef CM_AGE_WRAP_H
#define CM_AGE_WRAP_H

#include "age/header.h"
#include "age/keys.h"

/* Fills the share and the body of ${s}.  ${ephemeral}: 32 random bytes, for this stanza only.
 * CM_E_REFUSED: the recipient's point is of small order.  CM_E_NOMEM. */
CM_RESULT cm_age_wrap(const struct cm_age_recipient *to, const uint8_t file_key[CM_AGE_FILE_KEY],
    const uint8_t ephemeral[32], struct cm_age_stanza *s);

/* CM_E_NOTFOUND: not for this identity.  CM_E_REFUSED: a share that shares no secret, which no honest
 * sender makes.  CM_E_NOMEM. */
CM_RESULT cm_age_unwrap(const struct cm_age_identity *k, const struct cm_age_stanza *s,
    uint8_t file_key[CM_AGE_FILE_KEY], struct cm_err *err);

#endif
