#include <string.h>

#include "age/header.h"
#include "codec/base64.h"

#define PREFIX "age-encryption.org/"
#define VERSION PREFIX "v1"
#define ARROW "-> "
#define END "---"
#define COLUMNS 64u
#define KEY_BASE64 43u /* characters for 32 bytes */
#define TAG_BASE64 6u  /* for 4 */
#define ARGUMENTS 3u   /* of the types that are read here, at most */

struct reader {
	struct cm_span in;
	size_t at;
	struct cm_err *err;
};

bool
cm_age_header_is(struct cm_span head)
{
	return cm_span_eq(cm_span_part(head, 0, strlen(PREFIX)), cm_span_str(PREFIX));
}

static bool
begins(struct cm_span line, const char *with)
{
	return cm_span_eq(cm_span_part(line, 0, strlen(with)), cm_span_str(with));
}

/* Base64 without padding, of exactly ${len} bytes, at most 32.  Padding of its own would make it shorter. */
static bool
decode(struct cm_span text, uint8_t *out, size_t len)
{
	uint8_t padded[KEY_BASE64 + 3];
	size_t want = (len * 8 + 5) / 6;

	if (text.len != want)
		return false;
	memcpy(padded, text.ptr, want);
	memset(padded + want, '=', 3);
	return cm_base64_decode_fixed(cm_span_of(padded, (want + 3) / 4 * 4), out, len) == CM_OK;
}

/* Base64 without padding, up to a line of it. */
static bool
is_base64(struct cm_span text)
{
	uint8_t padded[COLUMNS + 3];

	if (text.len > COLUMNS || text.len % 4 == 1 ||
	    (text.len > 0 && memchr(text.ptr, '=', text.len) != NULL))
		return false;
	if (text.len > 0)
		memcpy(padded, text.ptr, text.len);
	memset(padded + text.len, '=', 3);
	return cm_base64_ok(cm_span_of(padded, (text.len + 3) / 4 * 4));
}

/* The next line, without its end. */
static enum cm_result
take_line(struct reader *r, struct cm_span *out)
{
	struct cm_span rest = cm_span_part(r->in, r->at, r->in.len);
	const uint8_t *end = rest.len > 0 ? memchr(rest.ptr, '\n', rest.len) : NULL;

	if (end == NULL && r->in.len >= CM_AGE_HEADER_BYTES)
		return cm_err_at(r->err, CM_E_LIMIT, r->at, "a header of more than %zu bytes", CM_AGE_HEADER_BYTES);
	if (end == NULL)
		return cm_err_at(r->err, CM_E_MALFORMED, r->in.len, "the file ends inside its header");
	*out = cm_span_of(rest.ptr, (size_t)(end - rest.ptr));
	r->at += out->len + 1;
	return CM_OK;
}

static enum cm_result
bad(const struct reader *r, size_t at, const char *what)
{
	return cm_err_at(r->err, CM_E_MALFORMED, at, "%s", what);
}

/* Splits at single spaces; words are of visible ASCII.  Gives how many, of which the first few are put
 * to ${word}; 0: not so. */
static size_t
split(struct cm_span line, struct cm_span word[ARGUMENTS])
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && line.ptr[i] != ' ') {
			if (line.ptr[i] < 0x21 || line.ptr[i] > 0x7e)
				return 0;
			continue;
		}
		if (i == from)
			return 0;
		if (n < ARGUMENTS)
			word[n] = cm_span_part(line, from, i - from);
		n++;
		from = i + 1;
	}
	return n;
}

static enum cm_result
read_arguments(
    const struct reader *r, struct cm_span line, struct cm_age_stanza *s)
{
	struct cm_span word[ARGUMENTS] = { { 0 } };
	size_t n = split(cm_span_part(line, strlen(ARROW), line.len), word);
	bool good = n > 0;

	if (!good)
		return bad(r, s->at, "a stanza begins with `-> ', then words with one space between them");
	s->type = CM_AGE_TYPE_OTHER;
	if (cm_span_eq(word[0], cm_span_str("scrypt")))
		return cm_err_at(r->err, CM_E_UNSUPPORTED, s->at,
		    "it is encrypted with a passphrase, which is not asked for here: `age -d' reads it");
	if (cm_span_eq(word[0], cm_span_str("X25519"))) {
		s->type = CM_AGE_TYPE_X25519;
		good = n == 2 && decode(word[1], s->share, sizeof(s->share));
	} else if (cm_span_eq(word[0], cm_span_str("ssh-ed25519"))) {
		s->type = CM_AGE_TYPE_SSH_ED25519;
		good = n == 3 && decode(word[1], s->tag, sizeof(s->tag)) &&
		       decode(word[2], s->share, sizeof(s->share));
	}
	return good ? CM_OK : bad(r, s->at, "the arguments of this stanza are not those of its type");
}

/* Lines of 64 characters, and a shorter one. */
static enum cm_result
read_body(struct reader *r, struct cm_age_stanza *s)
{
	size_t from = r->at, at;
	struct cm_span line;
	enum cm_result rc;

	do {
		at = r->at;
		rc = take_line(r, &line);
		if (rc != CM_OK)
			return rc;
		if (line.len > COLUMNS)
			return bad(r, at, "a line of more than 64 characters in a stanza");
		if (!is_base64(line))
			return bad(r, at, "base64 without padding was expected");
	} while (line.len == COLUMNS);
	if (s->type != CM_AGE_TYPE_OTHER && (at != from || !decode(line, s->body, sizeof(s->body))))
		return bad(r, from, "the body of this stanza is not of 32 bytes");
	return CM_OK;
}

static enum cm_result
read_stanza(struct reader *r, struct cm_age_stanza *s)
{
	struct cm_span line;
	enum cm_result rc;

	*s = (struct cm_age_stanza) { .at = r->at };
	rc = take_line(r, &line);
	if (rc == CM_OK && !begins(line, ARROW))
		rc = bad(r, s->at, "a stanza (`-> ') or the end of the header (`---') was expected");
	if (rc == CM_OK)
		rc = read_arguments(r, line, s);
	return rc == CM_OK ? read_body(r, s) : rc;
}

static enum cm_result
read_version(struct reader *r)
{
	struct cm_span line = { 0 };
	enum cm_result rc;

	if (!cm_age_header_is(r->in))
		return bad(r, 0, "not a file of age: `" VERSION "' was expected");
	rc = take_line(r, &line);
	if (rc == CM_OK && !cm_span_eq(line, cm_span_str(VERSION)))
		rc = cm_err_at(r->err, CM_E_UNSUPPORTED, strlen(PREFIX), "a version of age that is not read here; v1 is");
	return rc;
}

static bool
at_end(const struct reader *r)
{
	return begins(cm_span_part(r->in, r->at, strlen(END)), END);
}

static enum cm_result
read_end(struct reader *r, struct cm_age_header *h)
{
	size_t at = r->at, head = strlen(END " ");
	struct cm_span line;
	enum cm_result rc = take_line(r, &line);

	h->text = cm_span_part(r->in, 0, at + strlen(END));
	h->len = r->at;
	if (rc == CM_OK && (!begins(line, END " ") || !decode(cm_span_part(line, head, line.len), h->mac, 32)))
		rc = bad(r, at, "`--- ' and the base64 of 32 bytes were expected");
	return rc;
}

enum cm_result
cm_age_header_read(struct cm_span file, struct cm_age_header *out, struct cm_err *err)
{
	struct reader r = { cm_span_part(file, 0, CM_AGE_HEADER_BYTES), 0, err };
	struct cm_age_header h = { 0 };
	struct cm_age_stanza s;
	unsigned n = 0;
	enum cm_result rc = read_version(&r);

	for (; rc == CM_OK && (n == 0 || !at_end(&r)); n++) {
		if (n == CM_AGE_STANZAS)
			return cm_err_at(err, CM_E_LIMIT, r.at, "more than %u stanzas", CM_AGE_STANZAS);
		rc = read_stanza(&r, &s);
		h.n[s.type] += rc == CM_OK;
	}
	if (rc == CM_OK)
		rc = read_end(&r, &h);
	if (rc == CM_OK)
		*out = h;
	return rc;
}

bool
cm_age_header_next(const struct cm_age_header *h, size_t *at, struct cm_age_stanza *out)
{
	struct reader r = { h->text, *at == 0 ? strlen(VERSION "\n") : *at, NULL };

	if (at_end(&r) || read_stanza(&r, out) != CM_OK)
		return false;
	*at = r.at;
	return true;
}

void
cm_age_header_whom(const struct cm_age_header *h, struct cm_buf *out)
{
	static const char *const word[CM_AGE_TYPES] = { "X25519", "ssh-ed25519", "of other types" };
	unsigned all = h->n[0] + h->n[1] + h->n[2];
	const char *between = " (";

	cm_buf_printf(out, "%u recipient%s", all, all == 1 ? "" : "s");
	for (unsigned i = 0; i < CM_AGE_TYPES; i++) {
		if (h->n[i] == 0)
			continue;
		cm_buf_printf(out, "%s%u %s", between, h->n[i], word[i]);
		between = ", ";
	}
	cm_buf_add_str(out, ")");
}

/* ---- writing ---- */

/* Base64 without padding. */
static void
encode(const uint8_t *p, size_t len, struct cm_buf *out)
{
	char text[KEY_BASE64 + 2];

	cm_base64_encode_fixed(cm_span_of(p, len), text);
	cm_buf_add(out, text, (len * 8 + 5) / 6);
}

void
cm_age_header_begin(struct cm_buf *out)
{
	cm_buf_add_str(out, VERSION "\n");
}

void
cm_age_header_stanza(const struct cm_age_recipient *to, const struct cm_age_stanza *s, struct cm_buf *out)
{
	cm_buf_printf(out, ARROW "%s ", cm_age_kind_word(to->kind));
	if (to->kind == CM_AGE_SSH_ED25519) {
		encode(to->tag, sizeof(to->tag), out);
		cm_buf_add_u8(out, ' ');
	}
	encode(s->share, sizeof(s->share), out);
	cm_buf_add_u8(out, '\n');
	encode(s->body, sizeof(s->body), out);
	cm_buf_add_u8(out, '\n');
}

void
cm_age_header_end(struct cm_buf *out)
{
	cm_buf_add_str(out, END);
}

void
cm_age_header_mac(const uint8_t mac[32], struct cm_buf *out)
{
	cm_buf_add_u8(out, ' ');
	encode(mac, 32, out);
	cm_buf_add_u8(out, '\n');
}
