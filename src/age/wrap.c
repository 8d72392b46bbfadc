#include <string.h>

#include "age/wrap.h"
#include "crypto/chacha.h"
#include "crypto/hkdf.h"
#include "crypto/x25519.h"

/* The key is used once, so the nonce need not differ. */
static const uint8_t nonce[CM_CHACHA_NONCE];

static const char *
label(enum cm_age_kind kind)
{
	return kind == CM_AGE_X25519 ? "age-encryption.org/v1/X25519" : "age-encryption.org/v1/ssh-ed25519";
}

/* What both sides compute: ${theirs} is the recipient's point to the one, the share to the other. */
static enum cm_result
share_secret(const struct cm_age_recipient *to, const uint8_t secret[32], const uint8_t theirs[32],
    uint8_t out[32])
{
	struct cm_hkdf in = { .salt = cm_span_of(to->blob, sizeof(to->blob)), .info = cm_span_str(label(to->kind)) };
	uint8_t tweak[32];
	enum cm_result r = cm_x25519(secret, theirs, out);

	if (r != CM_OK || to->kind == CM_AGE_X25519)
		return r;
	/* So that the secret is bound to the SSH key, of which two belong to one point. */
	cm_hkdf_sha256(&in, tweak);
	return cm_x25519(tweak, out, out);
}

static enum cm_result
wrap_key(const struct cm_age_recipient *to, const uint8_t secret[32], const uint8_t theirs[32],
    const uint8_t share[32], uint8_t out[32])
{
	uint8_t shared[32], salt[64];
	struct cm_hkdf in = { cm_span_of(shared, sizeof(shared)), cm_span_of(salt, sizeof(salt)),
		cm_span_str(label(to->kind)) };
	enum cm_result r = share_secret(to, secret, theirs, shared);

	memcpy(salt, share, 32);
	memcpy(salt + 32, to->point, 32);
	if (r == CM_OK)
		cm_hkdf_sha256(&in, out);
	explicit_bzero(shared, sizeof(shared));
	return r;
}

enum cm_result
cm_age_wrap(const struct cm_age_recipient *to, const uint8_t file_key[CM_AGE_FILE_KEY],
    const uint8_t ephemeral[32], struct cm_age_stanza *s)
{
	uint8_t key[32];
	enum cm_result r = cm_x25519_public(ephemeral, s->share);

	if (r == CM_OK)
		r = wrap_key(to, ephemeral, to->point, s->share, key);
	if (r == CM_OK)
		r = cm_chacha_seal(key, nonce, cm_span_of(file_key, CM_AGE_FILE_KEY), s->body);
	explicit_bzero(key, sizeof(key));
	return r;
}

static bool
is_for(const struct cm_age_identity *k, const struct cm_age_stanza *s)
{
	if (k->to.kind == CM_AGE_X25519)
		return s->type == CM_AGE_TYPE_X25519;
	return s->type == CM_AGE_TYPE_SSH_ED25519 && memcmp(s->tag, k->to.tag, sizeof(s->tag)) == 0;
}

enum cm_result
cm_age_unwrap(const struct cm_age_identity *k, const struct cm_age_stanza *s,
    uint8_t file_key[CM_AGE_FILE_KEY], struct cm_err *err)
{
	uint8_t key[32];
	enum cm_result r;

	if (!is_for(k, s))
		return CM_E_NOTFOUND;
	r = wrap_key(&k->to, k->secret, s->share, s->share, key);
	if (r == CM_E_REFUSED)
		return cm_err_at(err, r, s->at, "the share of this stanza is of small order");
	if (r == CM_OK)
		r = cm_chacha_open(key, nonce, cm_span_of(s->body, sizeof(s->body)), file_key);
	explicit_bzero(key, sizeof(key));
	/* Four bytes of a hash say so of other keys, too, though rarely. */
	return r == CM_E_REFUSED ? CM_E_NOTFOUND : r;
}
