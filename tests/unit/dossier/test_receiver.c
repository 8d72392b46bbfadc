/* What a receiver knows by himself draws lines that nobody's times can move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/receiver.h"
#include "statement/key.h"

#define KEY "SHA256:key"

/* A receipt at ${index} of a log. */
static struct cm_logged
receipt(enum cm_logged_how how, const char *origin, uint64_t index)
{
	return (struct cm_logged) { .how = how, .origin = origin, .index = index, .size = 100, .root = { 7 } };
}

static bool
counts(const struct cm_ended_key *ended, size_t n, struct cm_logged l)
{
	struct cm_receiver r = { .ended = { ended, n } };

	return cm_receiver_trouble(&r, KEY, &l) == NULL;
}

static void
a_key_that_has_not_ended_counts(void **state)
{
	const struct cm_ended_key other = { "SHA256:kez", false, NULL, 0 };
	enum cm_logged_how how;

	(void)state;
	for (how = CM_LOGGED_NOT; how <= CM_LOGGED_ENOUGH; how++) {
		assert_true(counts(NULL, 0, receipt(how, NULL, 0)));
		assert_true(counts(&other, 1, receipt(how, NULL, 0)));
	}
}

static void
what_an_ended_key_had_logged_before_counts(void **state)
{
	const struct cm_ended_key ended = { KEY, true, "log.example/a", 5 };
	uint64_t i;

	(void)state;
	for (i = 0; i < 9; i++) {
		assert_int_equal(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "log.example/a", i)), i < 5);
		assert_int_equal(counts(&ended, 1, receipt(CM_LOGGED_FEW, "log.example/a", i)), i < 5);
	}
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "log.example/a", UINT64_MAX)));
}

static void
places_in_other_logs_draw_no_line(void **state)
{
	const struct cm_ended_key ended = { KEY, true, "log.example/a", 5 };

	(void)state;
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "log.example/b", 0)));
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "log.example/", 0)));
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_UNKNOWN, "log.example/a", 0)));
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_NOT, NULL, 0)));
}

static void
of_a_key_whose_end_was_not_logged_nothing_counts(void **state)
{
	const struct cm_ended_key ended = { KEY, false, "", 0 }, odd = { KEY, false, "log.example/a", 9 };

	(void)state;
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "log.example/a", 0)));
	assert_false(counts(&ended, 1, receipt(CM_LOGGED_ENOUGH, "", 0)));
	assert_false(counts(&odd, 1, receipt(CM_LOGGED_ENOUGH, "log.example/a", 0)));
}

static void
of_several_ends_the_first_line_holds(void **state)
{
	const struct cm_ended_key ended[] = { { "SHA256:other", true, "log.example/a", 1 },
		{ KEY, true, "log.example/a", 8 }, { KEY, true, "log.example/a", 5 } };

	(void)state;
	assert_true(counts(ended, 3, receipt(CM_LOGGED_ENOUGH, "log.example/a", 4)));
	assert_false(counts(ended, 3, receipt(CM_LOGGED_ENOUGH, "log.example/a", 5)));
	assert_true(counts(ended, 2, receipt(CM_LOGGED_ENOUGH, "log.example/a", 7)));
}

static const struct cm_own_head heads[] = { { "log.example/mine", 3, { 3 }, 1000 },
	{ "log.example/mine", 9, { 9 }, 3000 }, { "log.example/mine", 6, { 6 }, 2000 },
	{ "log.example/mine", 4, { 4 }, 3000 } };

/* When the newest own checkpoint that it names was made; 0: it names none. */
static int64_t
not_earlier(const struct cm_after *after, size_t n)
{
	const struct cm_receiver r = { .head = heads, .n_heads = 4 };
	const struct cm_statement s = { .after = after, .n_after = n };
	const struct cm_own_head *h = cm_receiver_head(&r, &s);

	return h == NULL ? 0 : h->made;
}

static void
the_newest_own_checkpoint_that_is_named_bounds(void **state)
{
	const struct cm_after after[] = { { "log.example/other", 50, { 50 } }, { "log.example/mine", 3, { 3 } },
		{ "log.example/mine", 6, { 6 } }, { "log.example/mine", 9, { 9 } } };
	const struct cm_after falling[] = { { "log.example/mine", 6, { 6 } }, { "log.example/mine", 3, { 3 } } };

	(void)state;
	assert_int_equal(not_earlier(after, 0), 0);
	assert_int_equal(not_earlier(after, 1), 0);
	assert_int_equal(not_earlier(after, 2), 1000);
	assert_int_equal(not_earlier(after, 3), 2000);
	assert_int_equal(not_earlier(after, 4), 3000);
	assert_int_equal(not_earlier(falling, 2), 2000);
}

static void
a_checkpoint_that_was_never_made_here_bounds_nothing(void **state)
{
	const struct cm_after other[] = { { "log.example/mine", 6, { 9 } }, { "log.example/mine", 7, { 6 } },
		{ "log.example/minx", 6, { 6 } }, { "log.example/mine", 6, { [0] = 6, [31] = 1 } } };
	const struct cm_receiver nobody = { 0 };
	const struct cm_statement s = { .after = other, .n_after = 4 };

	(void)state;
	assert_int_equal(not_earlier(other, 4), 0);
	assert_null(cm_receiver_head(&nobody, &s));
}

static const struct cm_seen_checkpoint seen[] = { { "log.example/a", 99, { 7 }, { 0 } },
	{ "log.example/b", 100, { 8 }, { 0 } }, { "log.example/a", 100, { 7 }, { 0 } },
	{ "log.example/c", 100, { 9 }, { 0 } } };

static const struct cm_seen_checkpoint *
other(enum cm_logged_how how, const char *origin, uint8_t root)
{
	const struct cm_receiver r = { .seen = seen, .n_seen = 4 };
	struct cm_logged l = receipt(how, origin, 0);

	l.root[0] = root;
	return cm_receiver_other(&r, &l);
}

static void
two_roots_of_one_size_and_log_are_found(void **state)
{
	(void)state;
	assert_ptr_equal(other(CM_LOGGED_ENOUGH, "log.example/a", 6), &seen[2]);
	assert_ptr_equal(other(CM_LOGGED_FEW, "log.example/c", 7), &seen[3]);
	assert_null(other(CM_LOGGED_ENOUGH, "log.example/a", 7));  /* the same */
	assert_null(other(CM_LOGGED_ENOUGH, "log.example/d", 6));  /* of another log */
	assert_null(other(CM_LOGGED_UNKNOWN, "log.example/a", 6)); /* nobody checked its signature */
	assert_null(other(CM_LOGGED_NOT, NULL, 6));
}

#define LOG "log.example/a"

static struct cm_vkey
vkey(const char *name, enum cm_note_type type, uint8_t first)
{
	struct cm_key key;
	uint8_t seed[32] = { first };
	struct cm_vkey out;

	assert_int_equal(cm_key_of_seed(seed, &key), CM_OK);
	assert_int_equal(cm_vkey_of(cm_span_str(name), type, key.pub.point, &out, NULL), CM_OK);
	return out;
}

/* The end of a key at place 5 of LOG. */
static struct cm_ended_key
end_of(const struct cm_vkey *v, char fingerprint[CM_FINGERPRINT_LEN + 1])
{
	struct cm_ssh_public key = cm_ssh_public_of(v->key);

	cm_ssh_fingerprint(&key, fingerprint);
	return (struct cm_ended_key) { fingerprint, true, LOG, 5 };
}

static void
of_a_log_that_ended_earlier_places_count(void **state)
{
	struct cm_vkey log = vkey(LOG, CM_NOTE_ED25519, 1), other = vkey("log.example/b", CM_NOTE_ED25519, 2);
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_ended_key end = end_of(&log, fingerprint), elsewhere = end, pending = end;
	const struct cm_ended_keys none = { NULL, 0 }, one = { &end, 1 }, odd = { &elsewhere, 1 },
		not_yet = { &pending, 1 };
	uint64_t i;

	(void)state;
	elsewhere.origin = "log.example/b";
	pending.logged = false;
	for (i = 0; i < 9; i++) {
		assert_int_equal(cm_ended_log(&one, &log, i), i >= 5);
		assert_false(cm_ended_log(&one, &other, i));
		assert_false(cm_ended_log(&none, &log, i));
		assert_true(cm_ended_log(&odd, &log, i));
		assert_false(cm_ended_log(&not_yet, &log, i));
	}
}

static void
of_a_witness_that_ended_smaller_checkpoints_of_that_log_count(void **state)
{
	struct cm_policy_member m[3] = { { .name = "w" }, { .name = "u" }, { .name = "g", .is_group = true } };
	struct cm_policy p = { .member = m, .n_members = 3 };
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_checkpoint c = { .origin = LOG };
	struct cm_ended_key end;
	struct cm_ended_keys one = { &end, 1 };
	bool out[3];

	(void)state;
	m[0].key = vkey("w.example", CM_NOTE_COSIGNATURE, 3);
	m[1].key = vkey("u.example", CM_NOTE_COSIGNATURE, 4);
	end = end_of(&m[0].key, fingerprint);
	for (c.size = 0; c.size < 9; c.size++) {
		cm_ended_witnesses(&one, &p, &c, out);
		assert_int_equal(out[0], c.size > 5);
		assert_false(out[1]);
		assert_false(out[2]);
	}
	c = (struct cm_checkpoint) { .origin = "log.example/b", .size = 1 };
	cm_ended_witnesses(&one, &p, &c, out);
	assert_true(out[0]);
	one.n = 0;
	cm_ended_witnesses(&one, &p, &c, out);
	assert_false(out[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_has_not_ended_counts),
		cmocka_unit_test(what_an_ended_key_had_logged_before_counts),
		cmocka_unit_test(places_in_other_logs_draw_no_line),
		cmocka_unit_test(of_a_key_whose_end_was_not_logged_nothing_counts),
		cmocka_unit_test(of_several_ends_the_first_line_holds),
		cmocka_unit_test(the_newest_own_checkpoint_that_is_named_bounds),
		cmocka_unit_test(a_checkpoint_that_was_never_made_here_bounds_nothing),
		cmocka_unit_test(two_roots_of_one_size_and_log_are_found),
		cmocka_unit_test(of_a_log_that_ended_earlier_places_count),
		cmocka_unit_test(of_a_witness_that_ended_smaller_checkpoints_of_that_log_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
