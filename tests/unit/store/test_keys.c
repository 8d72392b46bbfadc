/* A key that takes over: killed at any moment, the case has one key that works, the one that the
 * database names; and the old one states nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "made.h"
#include "os/private.h"
#include "statement/key_v1.h"
#include "statement/signers.h"

static struct made_place place;
static struct cm_case *c;
static struct cm_keyring old;
static struct cm_key_v1 end;
static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	end = (struct cm_key_v1) { 0 };
	if (made_begin(&place) != 0 || cm_case_open(place.folder, &c, NULL) != CM_OK)
		return -1;
	return cm_case_keyring(c, NULL, &old, NULL) == CM_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_keyring_close(&old);
	cm_case_close(c);
	c = NULL;
	cm_arena_fini(&arena);
	return made_end(&place);
}

static const char *
path_of(const char *name)
{
	return cm_arena_printf(&arena, "%s/%s", place.folder, name);
}

static bool
is_there(const char *name)
{
	return cm_path_exists(path_of(name));
}

static void
open_again(void)
{
	struct cm_err err = { 0 };

	cm_case_close(c);
	c = NULL;
	if (cm_case_open(place.folder, &c, &err) != CM_OK)
		fail_msg("%s", err.text);
}

static void
write_end(void *arg, struct cm_jsonw *w)
{
	cm_key_v1_write(w, arg);
}

static enum cm_result
next(struct cm_case *in, uint8_t n)
{
	uint8_t seed[32] = { 9, n };

	return cm_case_key_next(in, seed, n, &end.successor, NULL);
}

/* As `comity key rotate' does, to the moment before the files get their names. */
static void
rotate(const struct cm_signer *signer, uint8_t n)
{
	struct cm_subject subject;
	struct cm_case_draft d = { .type = CM_PREDICATE_KEY, .subject = &subject, .n_subject = 1,
		.made = 1795475200, .body = write_end, .arg = &end };
	struct cm_case_stated stated;

	end.key = signer->key;
	end.has_successor = true;
	subject = cm_key_v1_subject(&end.key);
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(next(c, n), CM_OK);
	assert_int_equal(cm_case_state(c, signer, &d, &stated, NULL), CM_OK);
	assert_int_equal(cm_case_key_take(c, &end.successor, NULL), CM_OK);
	assert_int_equal(cm_case_commit(c, NULL), CM_OK);
}

/* The key opens, is the one that the database and allowed_signers name, and states. */
static void
check_works(const struct cm_ssh_public *want)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf said = { 0 }, file = { 0 };
	struct cm_keyring now;
	struct cm_case_stated stated;

	cm_ssh_fingerprint(want, fingerprint);
	assert_string_equal(cm_case_self(c)->fingerprint, fingerprint);
	assert_int_equal(cm_case_keyring(c, NULL, &now, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&now.signer.key, want));
	assert_int_equal(made_state(c, &now.signer, &stated), CM_OK);
	cm_keyring_close(&now);
	assert_int_equal(cm_case_signers_line(c, &said, NULL), CM_OK);
	assert_int_equal(cm_whole_read(path_of("allowed_signers"), 4096, &file, NULL), CM_OK);
	assert_int_equal(said.len, file.len);
	assert_memory_equal(said.ptr, file.ptr, said.len);
	cm_buf_release(&said);
	cm_buf_release(&file);
}

static void
check_old(const char *name)
{
	struct cm_ssh_public key;
	struct cm_case_stated stated;

	assert_int_equal(cm_keyring_public(path_of(name), &key, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&key, &old.signer.key));
	assert_int_equal(made_state(c, &old.signer, &stated), CM_E_REFUSED);
	assert_false(is_there("key.next"));
	assert_false(is_there("key.next.pub"));
}

static void
the_new_key_works_and_the_old_one_states_nothing(void **state)
{
	(void)state;
	rotate(&old.signer, 1);
	assert_int_equal(cm_case_key_done(c, NULL), CM_OK);
	check_works(&end.successor);
	check_old("key.ended-1.pub");
	assert_true(is_there("key.ended-1"));
	open_again();
	check_works(&end.successor);
}

static void
a_change_that_was_not_made_leaves_the_old_key(void **state)
{
	struct cm_ssh_public first;

	(void)state;
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(next(c, 1), CM_OK);
	first = end.successor;
	open_again(); /* killed: nothing was committed */
	assert_true(is_there("key.next"));
	check_works(&old.signer.key);
	assert_int_equal(unlink(path_of("key.next.pub")), 0); /* killed between the halves */
	open_again();
	check_works(&old.signer.key);
	rotate(&old.signer, 2);
	assert_false(cm_ssh_public_same(&first, &end.successor));
	open_again();
	check_works(&end.successor);
	check_old("key.ended-1.pub");
}

static void
killed_between_any_two_names_the_new_key_works(void **state)
{
	static const char *const move[][2] = { { "key", "key.ended-1" }, { "key.pub", "key.ended-1.pub" },
		{ "key.next", "key" }, { "key.next.pub", "key.pub" } };
	size_t moves, i;

	(void)state;
	for (moves = 0; moves <= 4; moves++) {
		rotate(&old.signer, 1);
		assert_int_equal(made_state(c, &old.signer, &(struct cm_case_stated) { 0 }), CM_E_REFUSED);
		if (moves == 4) /* before the last name was given, allowed_signers had been written */
			assert_int_equal(cm_case_key_done(c, NULL), CM_OK);
		for (i = 0; moves < 4 && i < moves; i++)
			assert_int_equal(rename(path_of(move[i][0]), path_of(move[i][1])), 0);
		open_again();
		check_works(&end.successor);
		check_old("key.ended-1.pub");
		tear_down(NULL);
		assert_int_equal(set_up(NULL), 0);
	}
}

static void
keys_follow_one_another(void **state)
{
	struct cm_buf want = { 0 }, got = { 0 };
	struct cm_ssh_public second;
	struct cm_keyring now;

	(void)state;
	rotate(&old.signer, 1);
	open_again();
	second = end.successor;
	assert_int_equal(cm_case_keyring(c, NULL, &now, NULL), CM_OK);
	rotate(&now.signer, 2);
	cm_keyring_close(&now);
	open_again();
	check_works(&end.successor);
	check_old("key.ended-1.pub");
	assert_int_equal(cm_keyring_public(path_of("key.ended-2.pub"), &end.key, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&end.key, &second));
	cm_signers_line("CERT Alpha", &old.signer.key, &want);
	cm_signers_line("CERT Alpha", &second, &want);
	assert_int_equal(cm_case_former_lines(c, &got, NULL), CM_OK);
	assert_true(cm_span_eq(cm_buf_span(&got), cm_buf_span(&want)));
	cm_buf_release(&want);
	cm_buf_release(&got);
}

static void
a_key_whose_secret_is_elsewhere_is_followed_by_one_that_is_here(void **state)
{
	(void)state;
	assert_int_equal(unlink(path_of("key")), 0); /* it is in an agent */
	open_again();
	rotate(&old.signer, 1);
	open_again();
	check_works(&end.successor);
	check_old("key.ended-1.pub");
	assert_false(is_there("key.ended-1"));
}

/* One has committed and not yet renamed: its key.next is the only copy of the key that counts. */
static void
of_two_at_once_one_changes_the_key_and_the_other_destroys_nothing(void **state)
{
	struct cm_case *other = NULL;
	struct cm_ssh_public mine;

	(void)state;
	assert_int_equal(cm_case_open(place.folder, &other, NULL), CM_OK);
	rotate(&old.signer, 1);
	mine = end.successor;
	assert_int_equal(cm_case_begin(other, NULL), CM_OK);
	assert_int_equal(next(other, 2), CM_E_REFUSED);
	assert_int_equal(made_state(other, &old.signer, &(struct cm_case_stated) { 0 }), CM_E_REFUSED);
	cm_case_close(other);
	assert_int_equal(cm_case_open(place.folder, &other, NULL), CM_OK); /* which gives the names */
	assert_int_equal(cm_case_key_done(c, NULL), CM_OK);
	check_works(&mine);
	check_old("key.ended-1.pub");
	assert_false(is_there("key.ended-2.pub"));
	cm_case_close(other);
	assert_int_equal(next(c, 3), CM_E_USAGE); /* nothing was begun */
}

static void
of_a_key_that_has_ended_for_good_there_is_no_next_one(void **state)
{
	struct cm_subject subject;
	struct cm_case_draft d = { .type = CM_PREDICATE_KEY, .subject = &subject, .n_subject = 1,
		.made = 1795475200, .body = write_end, .arg = &end };
	struct cm_case_stated stated;

	(void)state;
	end.key = old.signer.key;
	subject = cm_key_v1_subject(&end.key);
	assert_int_equal(cm_case_state(c, &old.signer, &d, &stated, NULL), CM_OK);
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(next(c, 1), CM_E_REFUSED);
	assert_false(is_there("key.next"));
	cm_case_rollback(c);
	open_again();
	assert_int_equal(made_state(c, &old.signer, &stated), CM_E_REFUSED);
}

static void
an_end_that_gets_its_place_later_has_it_and_keeps_it(void **state)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_case_ended e = { .fingerprint = fingerprint, .origin = "" };
	struct cm_case_ended_texts texts = { cm_span_str("{}"), cm_span_str("sig"), cm_span_str("") };
	struct cm_case_ended_list list;

	(void)state;
	cm_ssh_fingerprint(&old.signer.key, fingerprint);
	assert_int_equal(cm_case_ended_add(c, &e, &texts, NULL), CM_OK);
	assert_int_equal(cm_case_ended(c, &arena, &list, NULL), CM_OK);
	assert_int_equal(list.n, 1);
	assert_false(list.item[0].logged);
	e.logged = true;
	e.origin = "log.example/alpha";
	e.place = 7;
	texts.receipt = cm_span_str("receipt");
	assert_int_equal(cm_case_ended_add(c, &e, &texts, NULL), CM_OK);
	e.place = 99; /* whoever ended it would like the line elsewhere */
	assert_int_equal(cm_case_ended_add(c, &e, &texts, NULL), CM_OK);
	e.logged = false;
	assert_int_equal(cm_case_ended_add(c, &e, &texts, NULL), CM_OK);
	assert_int_equal(cm_case_ended(c, &arena, &list, NULL), CM_OK);
	assert_int_equal(list.n, 1);
	assert_true(list.item[0].logged);
	assert_string_equal(list.item[0].origin, "log.example/alpha");
	assert_int_equal(list.item[0].place, 7);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_key_works_and_the_old_one_states_nothing),
		TEST(a_change_that_was_not_made_leaves_the_old_key),
		TEST(killed_between_any_two_names_the_new_key_works),
		TEST(keys_follow_one_another),
		TEST(a_key_whose_secret_is_elsewhere_is_followed_by_one_that_is_here),
		TEST(of_two_at_once_one_changes_the_key_and_the_other_destroys_nothing),
		TEST(of_a_key_that_has_ended_for_good_there_is_no_next_one),
		TEST(an_end_that_gets_its_place_later_has_it_and_keeps_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
