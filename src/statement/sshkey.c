#include <string.h>

#include "codec/base64.h"
#include "codec/sshwire.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "statement/sshkey.h"

const char *
cm_ssh_kind_word(enum cm_ssh_kind kind)
{
	return kind == CM_SSH_ED25519 ? "ssh-ed25519" : "sk-ssh-ed25519@openssh.com";
}

static bool
kind_of(struct cm_span word, enum cm_ssh_kind *out)
{
	*out = CM_SSH_ED25519;
	if (cm_span_eq(word, cm_span_str("ssh-ed25519")))
		return true;
	*out = CM_SSH_SK_ED25519;
	return cm_span_eq(word, cm_span_str("sk-ssh-ed25519@openssh.com"));
}

enum cm_result
cm_ssh_public_parse(struct cm_span blob, struct cm_ssh_public *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(blob);
	struct cm_span word = cm_sshwire_string(&c), point;
	struct cm_ssh_public k = { .blob_len = blob.len };

	if (c.bad)
		return cm_err_set(err, CM_E_MALFORMED, "not an SSH public key");
	if (!kind_of(word, &k.kind))
		return cm_err_set(err, CM_E_UNSUPPORTED,
		    "a key of type %.*s; ssh-ed25519 or sk-ssh-ed25519@openssh.com is needed",
		    (int)(word.len > 40 ? 40 : word.len), (const char *)word.ptr);
	point = cm_sshwire_string(&c);
	if (k.kind == CM_SSH_SK_ED25519)
		cm_sshwire_string(&c);
	if (!cm_sshwire_done(&c) || point.len != sizeof(k.point))
		return cm_err_set(err, CM_E_MALFORMED, "an SSH public key of another form");
	if (blob.len > sizeof(k.blob))
		return cm_err_set(err, CM_E_LIMIT, "an SSH public key of %zu bytes", blob.len);
	memcpy(k.point, point.ptr, sizeof(k.point));
	memcpy(k.blob, blob.ptr, blob.len);
	if (!cm_ed25519_public_ok(k.point))
		return cm_err_set(
		    err, CM_E_REFUSED, "an Ed25519 key of small order or not canonically encoded");
	*out = k;
	return CM_OK;
}

struct cm_ssh_public
cm_ssh_public_of(const uint8_t point[32])
{
	static const uint8_t head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	struct cm_ssh_public k = { .kind = CM_SSH_ED25519, .blob_len = sizeof(head) - 1 + 32 };

	memcpy(k.point, point, 32);
	memcpy(k.blob, head, sizeof(head) - 1);
	memcpy(k.blob + sizeof(head) - 1, point, 32);
	return k;
}

bool
cm_ssh_public_same(const struct cm_ssh_public *a, const struct cm_ssh_public *b)
{
	return cm_span_eq(cm_ssh_public_blob(a), cm_ssh_public_blob(b));
}

struct cm_span
cm_ssh_public_blob(const struct cm_ssh_public *k)
{
	return cm_span_of(k->blob, k->blob_len);
}

void
cm_ssh_fingerprint(const struct cm_ssh_public *k, char out[CM_FINGERPRINT_LEN + 1])
{
	uint8_t digest[CM_SHA256_LEN];
	char text[45];

	cm_sha256(k->blob, k->blob_len, digest);
	memcpy(out, "SHA256:", 7);
	cm_base64_encode_fixed(cm_span_of(digest, sizeof(digest)), text);
	memcpy(out + 7, text, 43);
	out[CM_FINGERPRINT_LEN] = '\0';
}

bool
cm_ssh_fingerprint_ok(const char *text)
{
	uint8_t padded[44];

	if (strlen(text) != CM_FINGERPRINT_LEN || memcmp(text, "SHA256:", 7) != 0)
		return false;
	memcpy(padded, text + 7, 43);
	padded[43] = '=';
	return cm_base64_ok(cm_span_of(padded, sizeof(padded)));
}

void
cm_ssh_public_text(const struct cm_ssh_public *k, struct cm_buf *out)
{
	cm_buf_add_str(out, cm_ssh_kind_word(k->kind));
	cm_buf_add_u8(out, ' ');
	cm_base64_encode(cm_ssh_public_blob(k), out);
}

enum cm_result
cm_ssh_public_from_text(
    struct cm_span type, struct cm_span base64, struct cm_ssh_public *out, struct cm_err *err)
{
	struct cm_buf blob = { .max = CM_SSH_BLOB_MAX * 8 };
	struct cm_ssh_public k;
	enum cm_ssh_kind kind;
	enum cm_result r;

	if (!kind_of(type, &kind))
		return cm_err_set(err, CM_E_UNSUPPORTED, "a key type that is not read here");
	r = cm_base64_decode(base64, &blob);
	if (r != CM_OK)
		cm_err_set(err, r, "a key that is not base64");
	if (r == CM_OK)
		r = cm_ssh_public_parse(cm_buf_span(&blob), &k, err);
	cm_buf_release(&blob);
	if (r != CM_OK)
		return r;
	if (k.kind != kind)
		return cm_err_set(
		    err, CM_E_MALFORMED, "a key that is not of the type written before it");
	*out = k;
	return CM_OK;
}
