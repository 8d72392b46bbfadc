/* Laws of encrypted files: what was encrypted comes back, to its recipients only, and nothing else comes out of a
 * file that was changed, cut or lengthened. */
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "made.h"

enum { KEYS = 6, TO = 4 };

/* Some keys, of which the first ${n} are recipients; a text; the file. */
struct scene {
	struct cm_age_identity key[KEYS];
	struct cm_age_recipient to[TO];
	size_t n;
	struct cm_buf text, file;
};

/* Sizes around whole chunks are the ones to try. */
static size_t
some_size(struct gen *g)
{
	size_t chunks = gen_below(g, 3), size = chunks * CM_AGE_CHUNK;

	switch (gen_below(g, 3)) {
	case 0:
		return size + gen_below(g, 3);
	case 1:
		return size == 0 ? 0 : size - gen_below(g, 3);
	default:
		return gen_upto(g, g->size * 40);
	}
}

static struct scene
made(struct gen *g)
{
	struct scene s = { .n = 1 + gen_below(g, TO) };
	size_t size = some_size(g);
	uint8_t first = (uint8_t)gen_u64(g), *p;

	for (uint8_t i = 0; i < KEYS; i++) {
		s.key[i] = gen_one_in(g, 2) ? made_x25519((uint8_t)(first + i)) : made_ssh((uint8_t)(first + i));
		if (i < s.n)
			s.to[i] = s.key[i].to;
	}
	p = size > 0 ? cm_buf_grow(&s.text, size) : NULL;
	if (p != NULL)
		gen_bytes(g, p, size);
	if (made_file(cm_buf_span(&s.text), s.to, s.n, (uint8_t)gen_u64(g), &s.file) != CM_OK)
		abort();
	return s;
}

static void
release(struct scene *s)
{
	cm_buf_release(&s->text);
	cm_buf_release(&s->file);
}

static bool
what_was_encrypted_comes_back(struct gen *g)
{
	struct scene s = made(g);
	struct cm_buf got = { 0 };
	struct cm_err err = { 0 };
	size_t who = gen_below(g, s.n);
	bool ok = made_open(cm_buf_span(&s.file), &s.key[who], 1, &got, &err) == CM_OK &&
		  cm_span_eq(cm_buf_span(&got), cm_buf_span(&s.text));

	if (!ok)
		(void)gen_fail(g, "%zu bytes, %zu recipients: %s", s.text.len, s.n, err.text);
	cm_buf_release(&got);
	release(&s);
	return ok;
}

static bool
a_wrong_key_gives_no_byte(struct gen *g)
{
	struct scene s = made(g);
	struct cm_buf got = { 0 };
	struct cm_err err = { 0 };
	enum cm_result r = made_open(cm_buf_span(&s.file), &s.key[s.n], KEYS - s.n, &got, &err);
	bool ok = r == CM_E_NOTFOUND && got.len == 0 && strstr(err.text, "recipient") != NULL;

	if (!ok)
		(void)gen_fail(g, "%zu bytes came out: %s", got.len, err.text);
	cm_buf_release(&got);
	release(&s);
	return ok;
}

/* Changes the file somehow. */
static void
spoil(struct gen *g, struct cm_buf *file)
{
	size_t at = gen_below(g, file->len), tail = 1 + gen_below(g, 40);

	switch (gen_below(g, 4)) {
	case 0:
		file->ptr[at] ^= (uint8_t)(1u << gen_below(g, 8));
		break;
	case 1:
		file->len = at;
		break;
	case 2:
		gen_bytes(g, cm_buf_grow(file, tail), tail);
		break;
	default:
		tail = tail < file->len - at ? tail : file->len - at;
		memmove(file->ptr + at, file->ptr + at + tail, file->len - at - tail);
		file->len -= tail;
	}
}

/* Whatever was done to it, what comes out before that is seen is how the text begins. */
static bool
a_changed_file_is_refused(struct gen *g)
{
	struct scene s = made(g);
	struct cm_buf got = { 0 };
	struct cm_err err = { 0 };
	enum cm_result r;
	bool ok;

	spoil(g, &s.file);
	r = made_open(cm_buf_span(&s.file), s.key, s.n, &got, &err);
	/* Whole chunks only, and at least one less. */
	ok = r != CM_OK && err.text[0] != '\0' && got.len <= s.text.len && got.len % CM_AGE_CHUNK == 0 &&
	     (got.len == 0 || memcmp(got.ptr, s.text.ptr, got.len) == 0);
	if (!ok)
		(void)gen_fail(g, "%zu of %zu bytes came out: %s", got.len, s.text.len, err.text);
	cm_buf_release(&got);
	release(&s);
	return ok;
}

static bool
its_length_is_known_before(struct gen *g)
{
	struct scene s = made(g);
	struct cm_age_header h;
	bool ok = cm_age_header_read(cm_buf_span(&s.file), &h, NULL) == CM_OK &&
		  s.file.len == h.len + cm_age_payload_len(s.text.len);

	release(&s);
	return ok || gen_fail(g, "a file of another length");
}

int
main(void)
{
	static const struct law laws[] = {
		{ "what was encrypted comes back", what_was_encrypted_comes_back, 300, 1000 },
		{ "a wrong key gives no byte", a_wrong_key_gives_no_byte, 150, 1000 },
		{ "a changed file is refused", a_changed_file_is_refused, 400, 1000 },
		{ "the length of the file is known before", its_length_is_known_before, 100, 1000 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
