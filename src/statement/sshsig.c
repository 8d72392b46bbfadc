#include <string.h>

#include "codec/base64.h"
#include "codec/sshwire.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "crypto/sha512.h"
#include "statement/sshsig.h"

#define MAGIC "SSHSIG"
#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"
#define LINE 70u
#define ARMOUR_MAX 4096u

static const char *
hash_word(enum cm_sshsig_hash h)
{
	return h == CM_SSHSIG_SHA512 ? "sha512" : "sha256";
}

/* What the key signs is wrapped in its type. */
static void
put_signature(const struct cm_sshsig *s, struct cm_buf *out)
{
	cm_sshwire_put_str(out, cm_ssh_kind_word(s->key.kind));
	cm_sshwire_put(out, cm_span_of(s->signature, sizeof(s->signature)));
	if (s->key.kind == CM_SSH_SK_ED25519) {
		cm_buf_add_u8(out, s->flags);
		cm_buf_add_u32(out, s->counter);
	}
}

static void
put_blob(const struct cm_sshsig *s, struct cm_buf *out)
{
	struct cm_buf sig = { 0 };

	put_signature(s, &sig);
	cm_buf_add(out, MAGIC, 6);
	cm_buf_add_u32(out, 1);
	cm_sshwire_put(out, cm_ssh_public_blob(&s->key));
	cm_sshwire_put_str(out, CM_SSHSIG_NAMESPACE);
	cm_sshwire_put_str(out, "");
	cm_sshwire_put_str(out, hash_word(s->hash));
	cm_sshwire_put(out, cm_buf_span(&sig));
	out->failed |= sig.failed;
	cm_buf_release(&sig);
}

void
cm_sshsig_write(const struct cm_sshsig *s, struct cm_buf *out)
{
	struct cm_buf blob = { 0 }, text = { 0 };

	put_blob(s, &blob);
	cm_base64_encode(cm_buf_span(&blob), &text);
	cm_buf_add_str(out, BEGIN);
	for (size_t at = 0; at < text.len; at += LINE) {
		cm_buf_add_span(out, cm_span_part(cm_buf_span(&text), at, LINE));
		cm_buf_add_u8(out, '\n');
	}
	cm_buf_add_str(out, END);
	out->failed |= blob.failed || text.failed;
	cm_buf_release(&blob);
	cm_buf_release(&text);
}

enum cm_result
cm_sshsig_take(struct cm_sshsig *s, struct cm_span blob, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(blob);
	bool typed = cm_sshwire_is(&c, cm_ssh_kind_word(s->key.kind));
	struct cm_span sig = cm_sshwire_string(&c);
	uint32_t counter = 0;
	uint8_t flags = 0;

	if (s->key.kind == CM_SSH_SK_ED25519) {
		flags = cm_cursor_u8(&c);
		counter = cm_cursor_u32(&c);
	}
	if (!typed || !cm_sshwire_done(&c) || sig.len != sizeof(s->signature))
		return cm_err_set(err, CM_E_MALFORMED, "a signature that is not of its key's type");
	memcpy(s->signature, sig.ptr, sizeof(s->signature));
	s->flags = flags;
	s->counter = counter;
	return CM_OK;
}

/* The blob inside the armour. */
static enum cm_result
parse_blob(struct cm_span blob, struct cm_sshsig *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(blob);
	struct cm_span magic = cm_cursor_take(&c, 6), key, ns, reserved, hash, sig;
	uint32_t version = cm_cursor_u32(&c);
	enum cm_result r;

	key = cm_sshwire_string(&c);
	ns = cm_sshwire_string(&c);
	reserved = cm_sshwire_string(&c);
	hash = cm_sshwire_string(&c);
	sig = cm_sshwire_string(&c);
	if (!cm_sshwire_done(&c) || !cm_span_eq(magic, cm_span_str(MAGIC)) || version != 1)
		return cm_err_set(err, CM_E_MALFORMED, "not an SSH signature of version 1");
	if (!cm_span_eq(ns, cm_span_str(CM_SSHSIG_NAMESPACE)))
		return cm_err_set(err, CM_E_MALFORMED,
		    "an SSH signature for another namespace than " CM_SSHSIG_NAMESPACE);
	if (reserved.len != 0)
		return cm_err_set(err, CM_E_MALFORMED, "an SSH signature with reserved bytes");
	out->hash = CM_SSHSIG_SHA256;
	if (cm_span_eq(hash, cm_span_str("sha512")))
		out->hash = CM_SSHSIG_SHA512;
	if (!cm_span_eq(hash, cm_span_str(hash_word(out->hash))))
		return cm_err_set(err, CM_E_MALFORMED, "an SSH signature with an unknown hash");
	r = cm_ssh_public_parse(key, &out->key, err);
	return r != CM_OK ? r : cm_sshsig_take(out, sig, err);
}

/* Joins the lines between the two dashed ones and decodes them.  Lengths of lines and
 * whatever else is left open here is caught by writing it again. */
static enum cm_result
unarmour(struct cm_span armour, struct cm_buf *blob)
{
	size_t head = sizeof(BEGIN) - 1, tail = sizeof(END) - 1;
	struct cm_buf text = { .max = ARMOUR_MAX };
	enum cm_result r;

	if (armour.len < head + tail ||
	    !cm_span_eq(cm_span_part(armour, 0, head), cm_span_str(BEGIN)) ||
	    !cm_span_eq(cm_span_part(armour, armour.len - tail, tail), cm_span_str(END)))
		return CM_E_MALFORMED;
	for (size_t i = head; i < armour.len - tail; i++)
		if (armour.ptr[i] != '\n')
			cm_buf_add_u8(&text, armour.ptr[i]);
	r = cm_buf_ok(&text) ? cm_base64_decode(cm_buf_span(&text), blob) : CM_E_NOMEM;
	cm_buf_release(&text);
	return r;
}

static enum cm_result
check_spelling(struct cm_span armour, const struct cm_sshsig *s, struct cm_err *err)
{
	struct cm_buf again = { 0 };
	enum cm_result r = CM_OK;

	cm_sshsig_write(s, &again);
	if (!cm_buf_ok(&again))
		r = CM_E_NOMEM;
	else if (!cm_span_eq(cm_buf_span(&again), armour))
		r = cm_err_set(err, CM_E_MALFORMED,
		    "an SSH signature whose armour is not written as ssh-keygen writes it");
	cm_buf_release(&again);
	return r;
}

enum cm_result
cm_sshsig_parse(struct cm_span armour, struct cm_sshsig *out, struct cm_err *err)
{
	struct cm_buf blob = { 0 };
	struct cm_sshsig s = { 0 };
	enum cm_result r;

	if (armour.len > ARMOUR_MAX)
		return cm_err_set(
		    err, CM_E_MALFORMED, "more than %u bytes of SSH signature", ARMOUR_MAX);
	r = unarmour(armour, &blob);
	if (r == CM_E_MALFORMED)
		cm_err_set(err, r, "not the armour of an SSH signature");
	if (r == CM_OK)
		r = parse_blob(cm_buf_span(&blob), &s, err);
	cm_buf_release(&blob);
	if (r == CM_OK)
		r = check_spelling(armour, &s, err);
	if (r != CM_OK)
		return r;
	*out = s;
	return CM_OK;
}

enum cm_result
cm_sshsig_preimage(enum cm_sshsig_hash hash, struct cm_span message, struct cm_buf *out)
{
	uint8_t digest[CM_SHA512_LEN];
	size_t len = hash == CM_SSHSIG_SHA512 ? CM_SHA512_LEN : CM_SHA256_LEN;

	if (hash == CM_SSHSIG_SHA256) {
		cm_sha256(message.ptr, message.len, digest);
	} else {
		enum cm_result r = cm_sha512(message, digest);

		if (r != CM_OK)
			return r;
	}
	cm_buf_add(out, MAGIC, 6);
	cm_sshwire_put_str(out, CM_SSHSIG_NAMESPACE);
	cm_sshwire_put_str(out, "");
	cm_sshwire_put_str(out, hash_word(hash));
	cm_sshwire_put(out, cm_span_of(digest, len));
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

/* PROTOCOL.u2f: a hardware key signs H(application) || flags || counter || H(message). */
static void
sk_wrap(const struct cm_sshsig *s, struct cm_span preimage, struct cm_buf *out)
{
	struct cm_cursor c = cm_cursor_of(cm_ssh_public_blob(&s->key));
	struct cm_span application;
	uint8_t digest[CM_SHA256_LEN];

	cm_sshwire_string(&c);
	cm_sshwire_string(&c);
	application = cm_sshwire_string(&c);
	cm_sha256(application.ptr, application.len, digest);
	cm_buf_add(out, digest, sizeof(digest));
	cm_buf_add_u8(out, s->flags);
	cm_buf_add_u32(out, s->counter);
	cm_sha256(preimage.ptr, preimage.len, digest);
	cm_buf_add(out, digest, sizeof(digest));
}

enum cm_result
cm_sshsig_verify(const struct cm_sshsig *s, struct cm_span message, struct cm_err *err)
{
	struct cm_buf preimage = { 0 }, wrapped = { 0 };
	struct cm_buf *text = &preimage;
	enum cm_result r = cm_sshsig_preimage(s->hash, message, &preimage);

	if (r == CM_OK && s->key.kind == CM_SSH_SK_ED25519) {
		sk_wrap(s, cm_buf_span(&preimage), &wrapped);
		text = &wrapped;
		r = cm_buf_ok(text) ? CM_OK : CM_E_NOMEM;
	}
	if (r == CM_OK)
		r = cm_ed25519_verify(s->key.point, cm_buf_span(text), s->signature);
	if (r == CM_E_REFUSED)
		cm_err_set(err, r, "the signature is not of this key over these bytes");
	cm_buf_release(&preimage);
	cm_buf_release(&wrapped);
	return r;
}

enum cm_result
cm_sshsig_sign(const struct cm_signer *signer, struct cm_span message, struct cm_buf *armour,
    struct cm_err *err)
{
	struct cm_sshsig s = { .key = signer->key, .hash = CM_SSHSIG_SHA512 };
	struct cm_buf preimage = { 0 }, blob = { 0 };
	enum cm_result r = cm_sshsig_preimage(s.hash, message, &preimage);

	if (r == CM_OK)
		r = signer->sign(signer->arg, cm_buf_span(&preimage), &blob, err);
	if (r == CM_OK)
		r = cm_sshsig_take(&s, cm_buf_span(&blob), err);
	if (r == CM_OK)
		r = cm_sshsig_verify(&s, message, err);
	if (r == CM_OK) {
		cm_sshsig_write(&s, armour);
		r = cm_buf_ok(armour) ? CM_OK : CM_E_NOMEM;
	}
	cm_buf_release(&preimage);
	cm_buf_release(&blob);
	return r;
}
