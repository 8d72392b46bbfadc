#include <string.h>

#include "codec/base64.h"
#include "codec/sshwire.h"
#include "crypto/ed25519.h"
#include "statement/key.h"

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END "-----END OPENSSH PRIVATE KEY-----\n"
#define MAGIC "openssh-key-v1" /* its NUL counts */
#define LINE 70u
#define BLOCK 8u /* of the cipher `none` */

static void
wipe(struct cm_buf *b)
{
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->cap);
	cm_buf_release(b);
}

/* Makes room beforehand: a buffer that moves would leave a copy of the secret behind. */
static void
make_room(struct cm_buf *b, size_t len)
{
	if (cm_buf_grow(b, len) != NULL)
		b->len -= len;
}

enum cm_result
cm_key_of_seed(const uint8_t seed[32], struct cm_key *out)
{
	uint8_t point[32];
	enum cm_result r = cm_ed25519_public(seed, point);

	if (r != CM_OK)
		return r;
	out->pub = cm_ssh_public_of(point);
	memcpy(out->seed, seed, sizeof(out->seed));
	return CM_OK;
}

void
cm_key_wipe(struct cm_key *k)
{
	explicit_bzero(k, sizeof(*k));
}

/* The private section: two equal numbers, the key, its comment, padding 1, 2, 3... */
static enum cm_result
parse_private(
    struct cm_span s, const struct cm_ssh_public *pub, struct cm_key *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(s);
	uint32_t check = cm_cursor_u32(&c);
	bool same = check == cm_cursor_u32(&c), typed = cm_sshwire_is(&c, "ssh-ed25519");
	struct cm_span point = cm_sshwire_string(&c), secret = cm_sshwire_string(&c);
	size_t pad = 1;
	enum cm_result r;

	cm_sshwire_string(&c);
	if (c.bad || !same || !typed || point.len != 32 || secret.len != 64 || s.len % BLOCK != 0)
		return cm_err_set(err, CM_E_MALFORMED, "a private key that is damaged");
	for (; cm_cursor_left(&c) > 0; pad++)
		if (cm_cursor_u8(&c) != pad || pad >= BLOCK)
			return cm_err_set(err, CM_E_MALFORMED, "a private key that is damaged");
	r = cm_key_of_seed(secret.ptr, out);
	if (r != CM_OK)
		return r;
	if (!cm_ssh_public_same(&out->pub, pub) || memcmp(point.ptr, pub->point, 32) != 0 ||
	    memcmp(secret.ptr + 32, pub->point, 32) != 0)
		return cm_err_set(
		    err, CM_E_REFUSED, "a private key whose public half belongs to another one");
	return CM_OK;
}

static enum cm_result
parse_blob(struct cm_span blob, struct cm_key *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(blob);
	struct cm_span magic = cm_cursor_take(&c, sizeof(MAGIC));
	bool plain = cm_sshwire_is(&c, "none"), no_kdf = cm_sshwire_is(&c, "none");
	struct cm_span kdf = cm_sshwire_string(&c), public_blob, private_part;
	uint32_t count = cm_cursor_u32(&c);
	struct cm_ssh_public pub;
	enum cm_result r;

	public_blob = cm_sshwire_string(&c);
	private_part = cm_sshwire_string(&c);
	if (!cm_sshwire_done(&c) || !cm_span_eq(magic, cm_span_of(MAGIC, sizeof(MAGIC))) ||
	    count != 1)
		return cm_err_set(err, CM_E_MALFORMED, "not a private key of OpenSSH");
	if (!plain)
		return cm_err_set(err, CM_E_UNSUPPORTED, "the key has a passphrase");
	if (!no_kdf || kdf.len != 0)
		return cm_err_set(err, CM_E_MALFORMED, "not a private key of OpenSSH");
	r = cm_ssh_public_parse(public_blob, &pub, err);
	if (r != CM_OK)
		return r;
	if (pub.kind != CM_SSH_ED25519)
		return cm_err_set(err, CM_E_UNSUPPORTED, "the key is in hardware");
	return parse_private(private_part, &pub, out, err);
}

enum cm_result
cm_key_parse(struct cm_span file, struct cm_key *out, struct cm_err *err)
{
	size_t head = sizeof(BEGIN) - 1, tail = sizeof(END) - 1;
	struct cm_buf text = { .max = CM_KEY_FILE_MAX }, blob = { .max = CM_KEY_FILE_MAX };
	struct cm_key k = { 0 };
	enum cm_result r;

	if (file.len < head + tail || file.len > CM_KEY_FILE_MAX ||
	    !cm_span_eq(cm_span_part(file, 0, head), cm_span_str(BEGIN)) ||
	    !cm_span_eq(cm_span_part(file, file.len - tail, tail), cm_span_str(END)))
		return cm_err_set(err, CM_E_MALFORMED, "not a private key file of OpenSSH");
	make_room(&text, file.len);
	make_room(&blob, file.len);
	for (size_t i = head; i < file.len - tail; i++)
		if (file.ptr[i] != '\n')
			cm_buf_add_u8(&text, file.ptr[i]);
	r = cm_buf_ok(&text) ? cm_base64_decode(cm_buf_span(&text), &blob) : CM_E_NOMEM;
	if (r == CM_E_MALFORMED)
		cm_err_set(err, r, "a private key file that is not base64");
	if (r == CM_OK)
		r = parse_blob(cm_buf_span(&blob), &k, err);
	wipe(&text);
	wipe(&blob);
	if (r == CM_OK)
		*out = k;
	cm_key_wipe(&k);
	return r;
}

static void
put_private(const struct cm_key *k, uint32_t check, const char *comment, struct cm_buf *out)
{
	size_t start = out->len;

	cm_buf_add_u32(out, check);
	cm_buf_add_u32(out, check);
	cm_sshwire_put_str(out, "ssh-ed25519");
	cm_sshwire_put(out, cm_span_of(k->pub.point, 32));
	cm_buf_add_u32(out, 64);
	cm_buf_add(out, k->seed, 32);
	cm_buf_add(out, k->pub.point, 32);
	cm_sshwire_put_str(out, comment);
	for (uint8_t pad = 1; (out->len - start) % BLOCK != 0; pad++) {
		if (!cm_buf_ok(out))
			return;
		cm_buf_add_u8(out, pad);
	}
}

void
cm_key_write(const struct cm_key *k, uint32_t check, const char *comment, struct cm_buf *out)
{
	struct cm_buf inner = { 0 }, blob = { 0 }, text = { 0 };
	size_t room = CM_KEY_FILE_MAX + strlen(comment);

	make_room(&inner, room);
	make_room(&blob, room);
	make_room(&text, 2 * room);
	make_room(out, 3 * room);
	put_private(k, check, comment, &inner);
	cm_buf_add(&blob, MAGIC, sizeof(MAGIC));
	cm_sshwire_put_str(&blob, "none");
	cm_sshwire_put_str(&blob, "none");
	cm_sshwire_put_str(&blob, "");
	cm_buf_add_u32(&blob, 1);
	cm_sshwire_put(&blob, cm_ssh_public_blob(&k->pub));
	cm_sshwire_put(&blob, cm_buf_span(&inner));
	cm_base64_encode(cm_buf_span(&blob), &text);
	cm_buf_add_str(out, BEGIN);
	for (size_t at = 0; at < text.len; at += LINE) {
		cm_buf_add_span(out, cm_span_part(cm_buf_span(&text), at, LINE));
		cm_buf_add_u8(out, '\n');
	}
	cm_buf_add_str(out, END);
	out->failed |= inner.failed || blob.failed || text.failed;
	wipe(&inner);
	wipe(&blob);
	wipe(&text);
}

static enum cm_result
sign_with_seed(void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err)
{
	struct cm_key *k = arg;
	uint8_t signature[CM_ED25519_SIGNATURE];
	enum cm_result r = cm_ed25519_sign(k->seed, data, signature);

	if (r != CM_OK)
		return cm_err_set(err, r, "out of memory while signing");
	cm_sshwire_put_str(out, "ssh-ed25519");
	cm_sshwire_put(out, cm_span_of(signature, sizeof(signature)));
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

struct cm_signer
cm_key_signer(struct cm_key *k)
{
	return (struct cm_signer) { .key = k->pub, .sign = sign_with_seed, .arg = k };
}
