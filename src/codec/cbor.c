#include "codec/cbor.h"

/* RFC 8949, 3: additional information 24..27 says that the value follows in 1..8 bytes. */
enum { MAX_INLINE = 23, ONE_BYTE = 24, EIGHT_BYTES = 27 };

static bool
is_ours(unsigned type)
{
	return type <= CM_CBOR_MAP && type != 1;
}

static uint64_t
read_value(const uint8_t *p, size_t len)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < len; i++)
		v = v << 8 | p[i];
	return v;
}

/* The least value that needs ${len} bytes behind the first. */
static uint64_t
least(size_t len)
{
	return len == 1 ? MAX_INLINE + 1 : (uint64_t)1 << 8 * (len / 2);
}

enum cm_result
cm_cbor_head(struct cm_cbor *c, struct cm_cbor_head *out, struct cm_err *err)
{
	size_t left = c->in.len - c->at, len;
	const uint8_t *p;
	unsigned type, info;
	uint64_t value;

	if (left == 0)
		return cm_err_at(
		    err, CM_E_MALFORMED, c->at, "the bytes end where an item should be");
	p = c->in.ptr + c->at;
	type = p[0] >> 5;
	info = p[0] & 31;
	if (!is_ours(type) || info > EIGHT_BYTES)
		return cm_err_at(err, CM_E_MALFORMED, c->at,
		    "no item of this kind may stand here (byte 0x%02x)", p[0]);
	len = info < ONE_BYTE ? 0 : (size_t)1 << (info - ONE_BYTE);
	if (left - 1 < len)
		return cm_err_at(
		    err, CM_E_MALFORMED, c->at, "the bytes end inside the head of an item");
	value = len == 0 ? info : read_value(p + 1, len);
	if (len != 0 && value < least(len))
		return cm_err_at(err, CM_E_MALFORMED, c->at,
		    "a number is not in its shortest form: %llu in %zu bytes",
		    (unsigned long long)value, len);
	c->at += 1 + len;
	*out = (struct cm_cbor_head) { (enum cm_cbor_type)type, value };
	return CM_OK;
}

static const char *
type_word(enum cm_cbor_type type)
{
	switch (type) {
	case CM_CBOR_UINT:
		return "a number";
	case CM_CBOR_BYTES:
		return "a byte string";
	case CM_CBOR_TEXT:
		return "a text";
	case CM_CBOR_ARRAY:
		return "an array";
	default:
		return "a map";
	}
}

static enum cm_result
expect(struct cm_cbor *c, enum cm_cbor_type type, const char *what, struct cm_cbor_head *out,
    struct cm_err *err)
{
	struct cm_cbor try = *c;
	enum cm_result rc = cm_cbor_head(&try, out, err);

	if (rc != CM_OK)
		return rc;
	if (out->type != type)
		return cm_err_at(err, CM_E_MALFORMED, c->at, "expected %s: %s, found %s", what,
		    type_word(type), type_word(out->type));
	*c = try;
	return CM_OK;
}

static enum cm_result
expect_value(
    struct cm_cbor *c, enum cm_cbor_type type, const char *what, uint64_t *out, struct cm_err *err)
{
	struct cm_cbor_head head;
	enum cm_result rc = expect(c, type, what, &head, err);

	if (rc == CM_OK)
		*out = head.value;
	return rc;
}

enum cm_result
cm_cbor_uint(struct cm_cbor *c, const char *what, uint64_t *out, struct cm_err *err)
{
	return expect_value(c, CM_CBOR_UINT, what, out, err);
}

enum cm_result
cm_cbor_array(struct cm_cbor *c, const char *what, uint64_t *items, struct cm_err *err)
{
	return expect_value(c, CM_CBOR_ARRAY, what, items, err);
}

enum cm_result
cm_cbor_map(struct cm_cbor *c, const char *what, uint64_t *pairs, struct cm_err *err)
{
	return expect_value(c, CM_CBOR_MAP, what, pairs, err);
}

enum cm_result
cm_cbor_content(
    struct cm_cbor *c, const struct cm_cbor_head *head, struct cm_span *out, struct cm_err *err)
{
	if (head->value > c->in.len - c->at)
		return cm_err_at(err, CM_E_MALFORMED, c->at,
		    "a string of %llu bytes, of which %zu are there",
		    (unsigned long long)head->value, c->in.len - c->at);
	*out = cm_span_part(c->in, c->at, (size_t)head->value);
	c->at += (size_t)head->value;
	return CM_OK;
}

static enum cm_result
string(struct cm_cbor *c, enum cm_cbor_type type, const char *what, struct cm_span *out,
    struct cm_err *err)
{
	struct cm_cbor try = *c;
	struct cm_cbor_head head;
	enum cm_result rc = expect(&try, type, what, &head, err);

	if (rc != CM_OK)
		return rc;
	rc = cm_cbor_content(&try, &head, out, err);
	if (rc == CM_OK)
		*c = try;
	return rc;
}

enum cm_result
cm_cbor_bytes(struct cm_cbor *c, const char *what, struct cm_span *out, struct cm_err *err)
{
	return string(c, CM_CBOR_BYTES, what, out, err);
}

enum cm_result
cm_cbor_text(struct cm_cbor *c, const char *what, struct cm_span *out, struct cm_err *err)
{
	return string(c, CM_CBOR_TEXT, what, out, err);
}

bool
cm_cbor_at_end(const struct cm_cbor *c)
{
	return c->at == c->in.len;
}

void
cm_cbor_put_head(struct cm_buf *b, enum cm_cbor_type type, uint64_t value)
{
	uint8_t head[9];
	size_t len = 1;
	unsigned info = ONE_BYTE;

	if (value <= MAX_INLINE) {
		cm_buf_add_u8(b, (uint8_t)(type << 5 | value));
		return;
	}
	for (; len < 8 && value >> 8 * len != 0; len *= 2)
		info++;
	head[0] = (uint8_t)((unsigned)type << 5 | info);
	cm_put64(head + 1, value << (64 - 8 * len));
	cm_buf_add(b, head, 1 + len);
}

void
cm_cbor_put_bytes(struct cm_buf *b, struct cm_span s)
{
	cm_cbor_put_head(b, CM_CBOR_BYTES, s.len);
	cm_buf_add_span(b, s);
}

void
cm_cbor_put_text(struct cm_buf *b, const char *text)
{
	struct cm_span s = cm_span_str(text);

	cm_cbor_put_head(b, CM_CBOR_TEXT, s.len);
	cm_buf_add_span(b, s);
}
