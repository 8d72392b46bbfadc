#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "codec/base64.h"
#include "codec/utf8.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "log/cosignature.h"
#include "log/lines.h"
#include "log/note.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define DASH_LEN 4u
#define ID_LEN 4u

/* ---- names and keys ---- */

/* Is it white space (the property of Unicode), beside control characters? */
static bool
is_space(const uint8_t *p, size_t len)
{
	if (len == 1)
		return *p == ' ';
	if (len == 2) /* U+0085, U+00A0 */
		return p[0] == 0xc2 && (p[1] == 0x85 || p[1] == 0xa0);
	if (len != 3)
		return false;
	switch (p[0] << 16 | p[1] << 8 | p[2]) {
	case 0xe19a80: /* U+1680 */
	case 0xe280a8: /* U+2028 */
	case 0xe280a9: /* U+2029 */
	case 0xe280af: /* U+202F */
	case 0xe2819f: /* U+205F */
	case 0xe38080: /* U+3000 */
		return true;
	default: /* U+2000 to U+200A */
		return p[0] == 0xe2 && p[1] == 0x80 && p[2] <= 0x8a;
	}
}

/* As cm_note_name_ok, of any length: a line of a key that is not known may have it. */
static bool
name_spelt(struct cm_span name)
{
	size_t len;

	for (size_t at = 0; at < name.len; at += len) {
		const uint8_t *p = name.ptr + at;

		len = cm_utf8_len(cm_span_part(name, at, 4));
		if (len == 0 || *p < 0x20 || *p == '+' || is_space(p, len))
			return false;
	}
	return name.len > 0;
}

bool
cm_note_name_ok(struct cm_span name)
{
	return name.len <= CM_NOTE_NAME && name_spelt(name);
}

static uint32_t
key_id(struct cm_span name, enum cm_note_type type, const uint8_t key[32])
{
	const uint8_t between[2] = { '\n', (uint8_t)type };
	uint8_t digest[CM_SHA256_LEN];
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, name.ptr, name.len);
	cm_sha256_add(&h, between, sizeof(between));
	cm_sha256_add(&h, key, 32);
	cm_sha256_end(&h, digest);
	return cm_get32(digest);
}

enum cm_result
cm_vkey_of(struct cm_span name, enum cm_note_type type, const uint8_t key[32], struct cm_vkey *out,
    struct cm_err *err)
{
	struct cm_vkey v = { .type = (uint8_t)type };

	if (!cm_note_name_ok(name))
		return cm_err_set(err, CM_E_USAGE,
		    "a key's name is 1 to %u bytes of UTF-8, without white space and `+'",
		    CM_NOTE_NAME);
	if (type != CM_NOTE_ED25519 && type != CM_NOTE_COSIGNATURE)
		return cm_err_set(err, CM_E_USAGE, "no key of type 0x%02x is made here", type);
	if (!cm_ed25519_public_ok(key))
		return cm_err_set(err, CM_E_REFUSED,
		    "the key of %.*s is of small order or not canonically encoded", (int)name.len,
		    (const char *)name.ptr);
	memcpy(v.name, name.ptr, name.len);
	memcpy(v.key, key, sizeof(v.key));
	v.id = key_id(name, type, key);
	*out = v;
	return CM_OK;
}

/* The parts of NAME+HEX8+BASE64. */
struct vkey_parts {
	struct cm_span name, id, key;
	size_t id_at, key_at;
};

static bool
split_vkey(struct cm_span text, struct vkey_parts *out)
{
	const uint8_t *plus = text.len == 0 ? NULL : memchr(text.ptr, '+', text.len);

	if (plus == NULL)
		return false;
	out->name = cm_span_of(text.ptr, (size_t)(plus - text.ptr));
	out->id_at = out->name.len + 1;
	out->id = cm_span_part(text, out->id_at, 8);
	out->key_at = out->id_at + 9;
	out->key = cm_span_part(text, out->key_at, text.len);
	return out->id.len == 8 && text.len > out->key_at && text.ptr[out->key_at - 1] == '+';
}

/* Type and key, which are `key` in base64. */
static enum cm_result
read_key(const struct vkey_parts *p, uint8_t out[33], struct cm_err *err)
{
	uint8_t first[3];
	struct cm_span head = cm_span_part(p->key, 0, 4);

	if (!cm_base64_ok(p->key))
		return cm_err_at(err, CM_E_MALFORMED, p->key_at, "the key is not base64");
	if (cm_base64_decode_fixed(head, first, cm_base64_decoded_len(head)) != CM_OK)
		return cm_err_at(err, CM_E_MALFORMED, p->key_at, "the key is not base64");
	if (first[0] != CM_NOTE_ED25519 && first[0] != CM_NOTE_COSIGNATURE)
		return cm_err_at(err, CM_E_UNSUPPORTED, p->key_at,
		    "a key of type 0x%02x; 0x01 (Ed25519) or 0x04 (its cosignature) is needed",
		    first[0]);
	if (cm_base64_decode_fixed(p->key, out, 33) != CM_OK)
		return cm_err_at(
		    err, CM_E_MALFORMED, p->key_at, "an Ed25519 key that is not 32 bytes");
	return CM_OK;
}

enum cm_result
cm_vkey_parse(struct cm_span text, struct cm_vkey *out, struct cm_err *err)
{
	struct vkey_parts p = { 0 };
	struct cm_vkey v;
	uint8_t key[33], id[ID_LEN];
	enum cm_result r;

	if (!split_vkey(text, &p) || !name_spelt(p.name))
		return cm_err_set(err, CM_E_MALFORMED, "not a key of the form NAME+HEX8+BASE64");
	if (p.name.len > CM_NOTE_NAME)
		return cm_err_set(
		    err, CM_E_LIMIT, "a name of %zu bytes; at most %u", p.name.len, CM_NOTE_NAME);
	if (cm_hex_decode(p.id, id, sizeof(id)) != CM_OK)
		return cm_err_at(err, CM_E_MALFORMED, p.id_at,
		    "the key's id is not 8 lower-case hexadecimal digits");
	r = read_key(&p, key, err);
	if (r == CM_OK)
		r = cm_vkey_of(p.name, (enum cm_note_type)key[0], key + 1, &v, err);
	if (r != CM_OK)
		return r;
	if (v.id != cm_get32(id))
		return cm_err_at(err, CM_E_MALFORMED, p.id_at,
		    "the key's id is %08" PRIx32 ", not %08" PRIx32
		    " as written: was it copied whole?",
		    v.id, cm_get32(id));
	*out = v;
	return CM_OK;
}

void
cm_vkey_write(const struct cm_vkey *v, struct cm_buf *out)
{
	uint8_t key[33] = { v->type };

	memcpy(key + 1, v->key, sizeof(v->key));
	cm_buf_printf(out, "%s+%08" PRIx32 "+", v->name, v->id);
	cm_base64_encode(cm_span_of(key, sizeof(key)), out);
}

/* ---- reading ---- */

/* Splits "— NAME BASE64", which came without its newline. */
static bool
split_line(struct cm_span line, struct cm_span *name, struct cm_span *base64)
{
	const uint8_t *space;
	struct cm_span in = cm_span_part(line, DASH_LEN, line.len);

	if (in.len == 0 || memcmp(line.ptr, DASH, DASH_LEN) != 0)
		return false;
	space = memchr(in.ptr, ' ', in.len);
	if (space == NULL)
		return false;
	*name = cm_span_of(in.ptr, (size_t)(space - in.ptr));
	*base64 = cm_span_part(in, name->len + 1, in.len);
	return name_spelt(*name) && cm_base64_ok(*base64) &&
	       cm_base64_decoded_len(*base64) > ID_LEN;
}

/* Reads the next signature line; ${arena} may be NULL if its bytes are of no interest. */
static enum cm_result
read_line(
    struct cm_lines *l, struct cm_arena *arena, struct cm_note_signature *out, struct cm_err *err)
{
	size_t at = l->at, len;
	struct cm_span line, base64;
	enum cm_result r = cm_lines_next(l, "a signature line", &line, err);
	uint8_t *bytes;

	if (r != CM_OK)
		return r;
	if (!split_line(line, &out->name, &base64))
		return cm_err_at(err, CM_E_MALFORMED, at,
		    "not a signature line: a dash (U+2014), a name, the signature in base64");
	out->line = cm_span_of(line.ptr, line.len + 1);
	if (arena == NULL)
		return CM_OK;
	len = cm_base64_decoded_len(base64);
	bytes = cm_arena_alloc(arena, len);
	if (bytes == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (cm_base64_decode_fixed(base64, bytes, len) != CM_OK)
		return cm_err_at(err, CM_E_MALFORMED, at, "a signature that is not base64");
	out->id = cm_get32(bytes);
	out->bytes = cm_span_of(bytes + ID_LEN, len - ID_LEN);
	return CM_OK;
}

/* How many lines begin at ${at} or behind it. */
static size_t
count_lines(struct cm_span bytes, size_t at)
{
	size_t n = 0;

	for (size_t begin = at; at < bytes.len; at++)
		n += at == begin || bytes.ptr[at - 1] == '\n';
	return n;
}

/* Where the signatures begin: behind the last empty line.  0: nowhere. */
static size_t
find_signatures(struct cm_span bytes)
{
	for (size_t at = bytes.len; at >= 2; at--)
		if (bytes.ptr[at - 1] == '\n' && bytes.ptr[at - 2] == '\n')
			return at;
	return 0;
}

static enum cm_result
read_signatures(struct cm_lines *l, struct cm_arena *arena, struct cm_note *out, struct cm_err *err)
{
	size_t n = count_lines(l->in, l->at);
	struct cm_note_signature *list;
	enum cm_result r;

	if (n == 0)
		return cm_err_at(err, CM_E_MALFORMED, l->at, "a note without a signature");
	if (n > CM_NOTE_SIGNATURES)
		return cm_err_at(err, CM_E_LIMIT, l->at, "a note with %zu signatures; at most %u",
		    n, CM_NOTE_SIGNATURES);
	list = cm_arena_array(arena, n, sizeof(*list));
	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		r = read_line(l, arena, &list[i], err);
		if (r != CM_OK)
			return r;
	}
	out->signature = list;
	out->n = n;
	return CM_OK;
}

enum cm_result
cm_note_parse(struct cm_span bytes, struct cm_arena *arena, struct cm_note *out, struct cm_err *err)
{
	struct cm_lines l = { .in = bytes };
	struct cm_note n = { 0 };
	enum cm_result r;

	if (bytes.len > CM_NOTE_BYTES)
		return cm_err_set(
		    err, CM_E_LIMIT, "a note of %zu bytes; at most %zu", bytes.len, CM_NOTE_BYTES);
	r = cm_text_check(bytes, err);
	if (r != CM_OK)
		return r;
	l.at = find_signatures(bytes);
	if (l.at == 0)
		return cm_err_at(err, CM_E_MALFORMED, bytes.len,
		    "a note without an empty line before its signatures");
	n.text = cm_span_of(bytes.ptr, l.at - 1);
	r = read_signatures(&l, arena, &n, err);
	if (r == CM_OK)
		*out = n;
	return r;
}

bool
cm_note_lines_ok(struct cm_span lines)
{
	struct cm_lines l = { .in = lines };
	struct cm_note_signature s;
	size_t n = 0;

	for (; l.at < lines.len; n++)
		if (n == CM_NOTE_SIGNATURES || read_line(&l, NULL, &s, NULL) != CM_OK)
			return false;
	return n > 0;
}

/* ---- signatures ---- */

bool
cm_note_is_of(const struct cm_note_signature *s, const struct cm_vkey *key)
{
	return s->id == key->id && cm_span_eq(s->name, cm_span_str(key->name));
}

enum cm_result
cm_note_verify(const struct cm_note *n, const struct cm_vkey *key, struct cm_err *err)
{
	bool found = false;
	enum cm_result r;

	if (key->type != CM_NOTE_ED25519)
		return cm_err_set(err, CM_E_USAGE, "%s is no key of type Ed25519", key->name);
	for (size_t i = 0; i < n->n; i++) {
		const struct cm_note_signature *s = &n->signature[i];

		if (!cm_note_is_of(s, key))
			continue;
		r = s->bytes.len == CM_ED25519_SIGNATURE
			? cm_ed25519_verify(key->key, n->text, s->bytes.ptr)
			: CM_E_REFUSED;
		if (r != CM_OK)
			return cm_err_set(err, r,
			    r == CM_E_REFUSED ? "the signature of %s does not hold"
					      : "the signature of %s: out of memory",
			    key->name);
		found = true;
	}
	if (!found)
		return cm_err_set(
		    err, CM_E_NOTFOUND, "no signature of %s+%08" PRIx32, key->name, key->id);
	return CM_OK;
}

static enum cm_result
text_ok(struct cm_span text, struct cm_err *err)
{
	if (text.len == 0 || text.len > CM_NOTE_BYTES || text.ptr[text.len - 1] != '\n' ||
	    cm_text_check(text, NULL) != CM_OK)
		return cm_err_set(err, CM_E_USAGE,
		    "the text of a note is UTF-8 without control characters, and ends with a "
		    "newline");
	return CM_OK;
}

enum cm_result
cm_note_sign(struct cm_span text, const struct cm_vkey *key, const uint8_t seed[32],
    struct cm_buf *out, struct cm_err *err)
{
	static const char other[] = CM_COSIGNATURE_HEAD;
	uint8_t signature[CM_ED25519_SIGNATURE];
	enum cm_result r = text_ok(text, err);

	if (r != CM_OK)
		return r;
	if (key->type != CM_NOTE_ED25519)
		return cm_err_set(err, CM_E_USAGE, "%s is no key of type Ed25519", key->name);
	if (text.len >= sizeof(other) - 1 && memcmp(text.ptr, other, sizeof(other) - 1) == 0)
		return cm_err_set(err, CM_E_REFUSED,
		    "a text that begins like the message of a cosignature is not signed");
	if (cm_ed25519_sign(seed, text, signature) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_note_put_line(key, cm_span_of(signature, sizeof(signature)), out);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

void
cm_note_put_line(const struct cm_vkey *key, struct cm_span signature, struct cm_buf *out)
{
	struct cm_buf bytes = { 0 };

	cm_buf_add_u32(&bytes, key->id);
	cm_buf_add_span(&bytes, signature);
	if (cm_buf_ok(&bytes)) {
		cm_buf_printf(out, DASH "%s ", key->name);
		cm_base64_encode(cm_buf_span(&bytes), out);
		cm_buf_add_u8(out, '\n');
	} else {
		out->failed = true;
	}
	cm_buf_release(&bytes);
}
