#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"

struct cm_key
hand_key(uint8_t first)
{
	uint8_t seed[32] = { first };
	struct cm_key k;

	assert_int_equal(cm_key_of_seed(seed, &k), CM_OK);
	return k;
}

struct cm_statement
hand_head(enum cm_predicate type)
{
	static const struct cm_subject subject = { { 0xaa }, { 0xbb } };
	static const struct cm_after after = { "log.example/1", 12, { 3 } };
	struct cm_key k = hand_key(1);
	struct cm_statement s = { .type = type,
		.subject = &subject,
		.n_subject = 1,
		.nonce = { 1, 2 },
		.made = 1795475200,
		.number = 2,
		.previous = { 7 },
		.has_case = true,
		.case_id = { 8 },
		.to = "the other side",
		.has_supersedes = true,
		.supersedes = { 9 },
		.after = &after,
		.n_after = 1 };

	cm_ssh_fingerprint(&k.pub, s.by);
	return s;
}

void
hand_text(const struct cm_statement *s, void (*body)(void *, struct cm_jsonw *), void *arg,
    struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 2);

	cm_statement_begin(&w, s);
	if (body != NULL)
		body(arg, &w);
	cm_statement_end(&w);
	assert_non_null(cm_buf_cstr(out));
}

enum cm_result
hand_read(const char *text, hand_reader *read, struct cm_arena *a, void *out, struct cm_err *err)
{
	struct cm_statement_doc d = { 0 };
	enum cm_result r;

	*err = (struct cm_err) { 0 };
	r = cm_statement_read(cm_span_str(text), a, &d, err);
	if (r == CM_OK)
		r = read(&d, a, out, err);
	cm_statement_release(&d);
	return r;
}

char *
hand_swap(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t head, room = strlen(text) + strlen(to) + 1;
	char *out = malloc(room);

	if (at == NULL)
		fail_msg("no \"%s\" in %s", from, text);
	assert_non_null(out);
	head = (size_t)(at - text);
	memcpy(out, text, head);
	strcpy(out + head, to);
	strcat(out, at + strlen(from));
	return out;
}
