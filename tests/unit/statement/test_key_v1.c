/* A key ends, alone or with a successor; nothing else can be said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/key_v1.h"

static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

static struct cm_key_v1
sample(bool successor)
{
	struct cm_key_v1 k = { .key = hand_key(1).pub, .has_successor = successor, .reason = { .text = "a new machine" } };

	if (successor)
		k.successor = hand_key(2).pub;
	return k;
}

static void
body(void *arg, struct cm_jsonw *w)
{
	cm_key_v1_write(w, arg);
}

/* The text of a statement about a key. */
static char *
text_of(struct cm_key_v1 *k)
{
	struct cm_statement head = hand_head(CM_PREDICATE_KEY);
	struct cm_subject subject = cm_key_v1_subject(&k->key);
	struct cm_buf b = { 0 };
	char *out;

	head.subject = &subject;
	hand_text(&head, body, k, &b);
	out = strdup(cm_buf_cstr(&b));
	cm_buf_release(&b);
	return out;
}

static enum cm_result
read_text(const char *text, struct cm_key_v1 *out, struct cm_err *err)
{
	struct cm_statement_doc d = { 0 };
	enum cm_result r;

	*err = (struct cm_err) { 0 };
	r = cm_statement_read(cm_span_str(text), &arena, &d, err);
	if (r == CM_OK)
		r = cm_key_v1_read(&d, &arena, out, err);
	cm_statement_release(&d);
	return r;
}

static void
it_comes_back_as_it_was_written(void **state)
{
	struct cm_err err;

	(void)state;
	for (int successor = 0; successor < 2; successor++) {
		struct cm_key_v1 k = sample(successor), out;
		char *text = text_of(&k);

		assert_int_equal(read_text(text, &out, &err), CM_OK);
		assert_true(cm_ssh_public_same(&out.key, &k.key));
		assert_int_equal(out.has_successor, successor);
		if (successor)
			assert_true(cm_ssh_public_same(&out.successor, &k.successor));
		assert_string_equal(out.reason.text, "a new machine");
		free(text);
	}
}

static void
refused(const char *from, const char *to, const char *because)
{
	struct cm_key_v1 k = sample(true), out;
	char *good = text_of(&k), *bad = hand_swap(good, from, to);
	struct cm_err err;

	assert_int_not_equal(read_text(bad, &out, &err), CM_OK);
	if (strstr(err.text, because) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", because, err.text);
	free(good);
	free(bad);
}

static void
what_does_not_belong_is_refused(void **state)
{
	(void)state;
	refused("\"says\": \"succeeded\"", "\"says\": \"revoked\"", "successor");
	refused("\"says\": \"succeeded\"", "\"says\": \"lost\"", "says");
	refused("\"successor\"", "\"heir\"", "heir");
	refused("\"key\": \"ssh-ed25519 ", "\"key\": \"ssh-rsa ", "key");
	refused("\"key\": \"ssh-ed25519 ", "\"key\": \"ssh-ed25519", "key");
	refused("\"key\": \"ssh-ed25519 A", "\"key\": \"ssh-ed25519 B", "key");
	refused("\"comity-key\"", "\"comity-seal\"", "comity-seal");
	refused("\"reason\"", "\"why\"", "why");
	refused("key/v1", "custody/v1", "comity-key");
}

static void
the_subject_is_the_key(void **state)
{
	struct cm_key_v1 k = sample(false), out;
	struct cm_statement head = hand_head(CM_PREDICATE_KEY);
	struct cm_key other = hand_key(3);
	struct cm_subject subject = cm_key_v1_subject(&other.pub);
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	head.subject = &subject;
	hand_text(&head, body, &k, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &out, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "subject"));
	cm_buf_release(&b);
}

static void
a_key_is_not_its_own_successor(void **state)
{
	struct cm_key_v1 k = sample(true), out;
	struct cm_err err;
	char *text;

	(void)state;
	k.successor = k.key;
	text = text_of(&k);
	assert_int_equal(read_text(text, &out, &err), CM_E_MALFORMED);
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_comes_back_as_it_was_written),
		TEST(what_does_not_belong_is_refused),
		TEST(the_subject_is_the_key),
		TEST(a_key_is_not_its_own_successor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
