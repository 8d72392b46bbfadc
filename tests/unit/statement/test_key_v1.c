/* A key ends, alone or with a successor; nothing else can be said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "log/checkpoint.h"
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

/* A log or witness, whose statement hand_key(1) signs. */
static struct cm_key_v1
role_sample(enum cm_key_role role, bool successor)
{
	struct cm_key_v1 k = sample(successor);
	struct cm_key ends = hand_key(5);
	struct cm_statement head = hand_head(CM_PREDICATE_KEY);
	struct cm_buf message = { 0 };

	k.role = role;
	k.key = ends.pub;
	k.name = "example.org/old";
	k.successor_name = successor ? "example.org/new" : NULL;
	cm_key_v1_consent(&k.key, head.by, &message);
	if (role == CM_KEY_WITNESS)
		assert_int_equal(cm_ed25519_sign(ends.seed, cm_buf_span(&message), k.agreed), CM_OK);
	cm_buf_release(&message);
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
read_members(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_key_v1_read(d, a, out, err);
}

static enum cm_result
read_text(const char *text, struct cm_key_v1 *out, struct cm_err *err)
{
	return hand_read(text, read_members, &arena, out, err);
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

static void
logs_and_witnesses_end_too(void **state)
{
	struct cm_err err;
	struct cm_vkey v;

	(void)state;
	for (int i = 0; i < 4; i++) {
		enum cm_key_role role = i < 2 ? CM_KEY_LOG : CM_KEY_WITNESS;
		struct cm_key_v1 k = role_sample(role, i % 2), out;
		char *text = text_of(&k);

		assert_int_equal(read_text(text, &out, &err), CM_OK);
		assert_int_equal(out.role, role);
		assert_string_equal(out.name, "example.org/old");
		assert_int_equal(cm_key_v1_vkey(&out, false, &v, NULL), CM_OK);
		assert_int_equal(v.type, role == CM_KEY_LOG ? 1 : 4);
		assert_memory_equal(v.key, k.key.point, 32);
		if (i % 2) {
			assert_string_equal(out.successor_name, "example.org/new");
			assert_int_equal(cm_key_v1_vkey(&out, true, &v, NULL), CM_OK);
			assert_string_equal(v.name, "example.org/new");
			assert_memory_equal(v.key, k.successor.point, 32);
		}
		free(text);
	}
}

/* Of a role, changed so. */
static void
role_refused(enum cm_key_role role, const char *from, const char *to, enum cm_result want, const char *because)
{
	struct cm_key_v1 k = role_sample(role, true), out;
	char *good = text_of(&k), *bad = hand_swap(good, from, to);
	struct cm_err err;

	assert_int_equal(read_text(bad, &out, &err), want);
	if (strstr(err.text, because) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", because, err.text);
	free(good);
	free(bad);
}

static void
what_does_not_belong_to_a_role_is_refused(void **state)
{
	(void)state;
	role_refused(CM_KEY_LOG, "\"log\"", "\"follower\"", CM_E_MALFORMED, "role");
	role_refused(CM_KEY_LOG, "\"log\"", "\"witness\"", CM_E_MALFORMED, "agreed");
	role_refused(CM_KEY_WITNESS, "\"witness\"", "\"log\"", CM_E_MALFORMED, "agreed");
	role_refused(CM_KEY_LOG, "\"role\": \"log\",", "", CM_E_MALFORMED, "name");
	role_refused(CM_KEY_LOG, "\"name\": \"example.org/old\",", "", CM_E_MALFORMED, "name");
	role_refused(CM_KEY_LOG, "\"successor_name\": \"example.org/new\",", "", CM_E_MALFORMED, "successor_name");
	role_refused(CM_KEY_LOG, "example.org/old", "example.org/o ld", CM_E_MALFORMED, "name");
	role_refused(CM_KEY_LOG, "example.org/old", "example.org/new", CM_E_MALFORMED, "itself");
}

static void
who_has_not_the_witness_key_does_not_end_it(void **state)
{
	struct cm_key_v1 k = role_sample(CM_KEY_WITNESS, true), out;
	struct cm_statement head = hand_head(CM_PREDICATE_KEY);
	struct cm_key stranger = hand_key(6), owner = hand_key(5);
	struct cm_buf message = { 0 };
	struct cm_err err;
	char *text;

	(void)state;
	cm_key_v1_consent(&k.key, head.by, &message);
	assert_int_equal(cm_ed25519_sign(stranger.seed, cm_buf_span(&message), k.agreed), CM_OK);
	text = text_of(&k);
	assert_int_equal(read_text(text, &out, &err), CM_E_REFUSED);
	free(text);
	/* Consent to somebody else's statement. */
	cm_buf_clear(&message);
	cm_key_v1_consent(&k.key, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &message);
	assert_int_equal(cm_ed25519_sign(owner.seed, cm_buf_span(&message), k.agreed), CM_OK);
	text = text_of(&k);
	assert_int_equal(read_text(text, &out, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "agreed"));
	free(text);
	cm_buf_release(&message);
}

static void
consent_is_no_cosignature_and_no_checkpoint(void **state)
{
	struct cm_ssh_public key = hand_key(5).pub;
	struct cm_buf message = { 0 };
	struct cm_checkpoint c;

	(void)state;
	cm_key_v1_consent(&key, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &message);
	assert_memory_equal(message.ptr, "comity key/v1 witness ends\n", 27);
	assert_int_not_equal(cm_checkpoint_parse(cm_buf_span(&message), &c, NULL), CM_OK);
	cm_buf_release(&message);
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
		TEST(logs_and_witnesses_end_too),
		TEST(what_does_not_belong_to_a_role_is_refused),
		TEST(who_has_not_the_witness_key_does_not_end_it),
		TEST(consent_is_no_cosignature_and_no_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
