#include <string.h>

#include "age/bech32.h"
#include "age/keys.h"
#include "codec/base64.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "crypto/x25519.h"

#define RECIPIENT "age"
#define IDENTITY "AGE-SECRET-KEY-"
#define SSH "ssh-ed25519 "
#define SSH_BASE64 68u /* characters; 51 bytes need no padding */

/* string "ssh-ed25519", and the length of the string that follows (RFC 8709) */
static const uint8_t ssh_head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
#define SSH_HEAD (sizeof(ssh_head) - 1)

static bool
begins(struct cm_span text, const char *with)
{
	return cm_span_eq(cm_span_part(text, 0, strlen(with)), cm_span_str(with));
}

const char *
cm_age_kind_word(enum cm_age_kind kind)
{
	return kind == CM_AGE_X25519 ? "X25519" : "ssh-ed25519";
}

enum cm_result
cm_age_recipient_of_ssh(const uint8_t public_key[32], struct cm_age_recipient *out, struct cm_err *err)
{
	struct cm_age_recipient r = { .kind = CM_AGE_SSH_ED25519 };
	uint8_t digest[CM_SHA256_LEN];
	enum cm_result rc = cm_ed25519_public_ok(public_key) ? cm_x25519_of_ed25519(public_key, r.point) : CM_E_REFUSED;

	if (rc == CM_E_REFUSED)
		return cm_err_set(err, rc, "an ssh-ed25519 key that is no proper one");
	if (rc != CM_OK)
		return rc;
	memcpy(r.blob, ssh_head, SSH_HEAD);
	memcpy(r.blob + SSH_HEAD, public_key, 32);
	cm_sha256(r.blob, sizeof(r.blob), digest);
	memcpy(r.tag, digest, sizeof(r.tag));
	*out = r;
	return CM_OK;
}

/* With any secret a point of small order gives zeros. */
static enum cm_result
check_point(const uint8_t point[32], struct cm_err *err)
{
	static const uint8_t any[32] = { 8 };
	uint8_t shared[32];
	enum cm_result r = cm_x25519(any, point, shared);

	return r == CM_E_REFUSED ? cm_err_set(err, r, "a recipient of small order: everybody could read it") : r;
}

static enum cm_result
parse_x25519(struct cm_span text, struct cm_age_recipient *out, struct cm_err *err)
{
	struct cm_age_recipient k = { .kind = CM_AGE_X25519 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_bech32_decode(RECIPIENT, text, k.point, &why);

	if (r != CM_OK)
		return cm_err_set(err, r, "a recipient that can not be: %s", why.text);
	r = check_point(k.point, err);
	if (r == CM_OK)
		*out = k;
	return r;
}

static enum cm_result
parse_ssh(struct cm_span text, struct cm_age_recipient *out, struct cm_err *err)
{
	struct cm_span rest = cm_span_part(text, strlen(SSH), text.len), key = cm_span_part(rest, 0, SSH_BASE64);
	uint8_t blob[CM_AGE_SSH_BLOB];

	if (!begins(text, SSH) || (rest.len > SSH_BASE64 && rest.ptr[SSH_BASE64] != ' ') ||
	    cm_base64_decode_fixed(key, blob, sizeof(blob)) != CM_OK || memcmp(blob, ssh_head, SSH_HEAD) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "an ssh-ed25519 key that is damaged");
	return cm_age_recipient_of_ssh(blob + SSH_HEAD, out, err);
}

enum cm_result
cm_age_recipient_parse(struct cm_span text, struct cm_age_recipient *out, struct cm_err *err)
{
	if (begins(text, "ssh-ed25519"))
		return parse_ssh(text, out, err);
	if (begins(text, "ssh-") || begins(text, "sk-ssh-") || begins(text, "ecdsa-"))
		return cm_err_set(err, CM_E_UNSUPPORTED, "an SSH key of another type than ssh-ed25519");
	return parse_x25519(text, out, err);
}

void
cm_age_recipient_text(const struct cm_age_recipient *r, char out[CM_AGE_RECIPIENT_TEXT])
{
	if (r->kind == CM_AGE_X25519) {
		cm_bech32_encode(RECIPIENT, r->point, out);
		return;
	}
	memcpy(out, SSH, strlen(SSH));
	cm_base64_encode_fixed(cm_span_of(r->blob, sizeof(r->blob)), out + strlen(SSH));
}

enum cm_result
cm_age_identity_of_secret(const uint8_t secret[32], struct cm_age_identity *out)
{
	enum cm_result r;

	*out = (struct cm_age_identity) { .to = { .kind = CM_AGE_X25519 } };
	memcpy(out->secret, secret, sizeof(out->secret));
	r = cm_x25519_public(out->secret, out->to.point);
	if (r != CM_OK)
		cm_age_identity_wipe(out);
	return r;
}

enum cm_result
cm_age_identity_of_seed(const uint8_t seed[32], struct cm_age_identity *out)
{
	uint8_t point[32];
	enum cm_result r = cm_ed25519_public(seed, point);

	*out = (struct cm_age_identity) { 0 };
	if (r == CM_OK)
		r = cm_age_recipient_of_ssh(point, &out->to, NULL);
	if (r == CM_OK)
		r = cm_x25519_of_seed(seed, out->secret);
	if (r != CM_OK)
		cm_age_identity_wipe(out);
	return r;
}

void
cm_age_identity_text(const struct cm_age_identity *k, char out[CM_AGE_IDENTITY_TEXT])
{
	cm_bech32_encode(IDENTITY, k->secret, out);
}

static enum cm_result
parse_line(struct cm_span line, struct cm_age_identity *out, struct cm_err *err)
{
	uint8_t secret[32];
	enum cm_result r;

	if (!begins(line, IDENTITY "1") && begins(line, "AGE-"))
		return cm_err_set(err, CM_E_UNSUPPORTED, "an identity of a type that is not read here");
	r = cm_bech32_decode(IDENTITY, line, secret, err);
	if (r == CM_OK)
		r = cm_age_identity_of_secret(secret, out);
	explicit_bzero(secret, sizeof(secret));
	return r;
}

/* Takes the next line off ${*text}, without its end. */
static struct cm_span
take_line(struct cm_span *text)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->ptr) : text->len;
	struct cm_span line = cm_span_part(*text, 0, len);

	*text = cm_span_part(*text, len + 1, text->len);
	if (end != NULL && line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static enum cm_result
parse_all(struct cm_span text, struct cm_age_identities *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = CM_OK;
	unsigned number = 0;

	while (r == CM_OK && text.len > 0) {
		struct cm_span line = take_line(&text);

		number++;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (out->n == CM_AGE_IDENTITIES)
			return cm_err_set(err, CM_E_LIMIT, "more than %u identities", CM_AGE_IDENTITIES);
		r = parse_line(line, &out->item[out->n], &why);
		out->n += r == CM_OK;
	}
	if (r != CM_OK)
		return cm_err_set(err, r, "line %u: no identity of age: %s", number,
		    why.code != CM_OK ? why.text : cm_result_word(r));
	return out->n > 0 ? CM_OK : cm_err_set(err, CM_E_MALFORMED, "no identity stands in it");
}

enum cm_result
cm_age_identities_parse(struct cm_span file, struct cm_age_identities *out, struct cm_err *err)
{
	enum cm_result r;

	out->n = 0;
	if (file.len > CM_AGE_IDENTITIES_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "identities in more than %zu bytes", CM_AGE_IDENTITIES_BYTES);
	r = parse_all(file, out, err);
	if (r != CM_OK)
		cm_age_identities_wipe(out);
	return r;
}

void
cm_age_identity_wipe(struct cm_age_identity *k)
{
	explicit_bzero(k, sizeof(*k));
}

void
cm_age_identities_wipe(struct cm_age_identities *all)
{
	explicit_bzero(all, sizeof(*all));
}
