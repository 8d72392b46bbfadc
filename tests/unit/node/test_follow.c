/* Logs that grow, lag, lie, fork, and are silent: what is a fork is proven, and nothing else is called one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "liar.h"
#include "node/follow.h"
#include "peer.h"

static struct liar liar;
static struct cm_mirror_files *mirror;
static struct cm_http_client *http;
static struct cm_arena arena;
static struct cm_followed last;
static char folder[80];
static unsigned limit_ms;
static uint64_t stop_at;

static struct cm_mirror_files *
opened(void)
{
	struct cm_mirror_files *m = NULL;
	struct cm_err err = { 0 };

	if (cm_mirror_files_open(cm_disk_here(), folder, cm_log_files_key(liar.log[0]), &m, &err) !=
	    CM_OK)
		fail_msg("%s", err.text);
	return m;
}

static int
set_up(void **state)
{
	struct cm_http_client_new in = { 0 };

	(void)state;
	liar_begin(&liar);
	snprintf(folder, sizeof(folder), "%s/mirror", liar.place);
	cm_arena_init(&arena, 0);
	limit_ms = 5000;
	stop_at = UINT64_MAX;
	mirror = opened();
	return cm_http_client_new(&in, &http, NULL) != CM_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_mirror_files_close(mirror);
	cm_http_client_free(http);
	cm_arena_fini(&arena);
	liar_end(&liar);
	return 0;
}

static bool
step(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	assert_true(done <= all);
	return done < stop_at;
}

static enum cm_result
try(struct cm_err *err)
{
	struct cm_follow in = { liar.url, cm_log_files_key(liar.log[0]), mirror, limit_ms, step,
		NULL };

	return cm_follow(http, &in, &arena, &last, err);
}

/* Anybody else sees it too, from the three texts alone. */
static void
assert_proven(const struct cm_fork *fork)
{
	struct cm_buf text = { 0 };
	struct cm_fork again;
	struct cm_forked k;
	struct cm_err err = { 0 };

	cm_fork_write(fork, &text);
	assert_int_equal(cm_fork_parse(cm_buf_span(&text), &again, &err), CM_OK);
	again.one = fork->one;
	again.two = fork->two;
	if (cm_fork_check(&again, &arena, &k, &err) != CM_OK)
		fail_msg("%s", err.text);
	cm_buf_release(&text);
}

static enum cm_follow_how
follow(void)
{
	struct cm_err err = { 0 };

	if (try(&err) != CM_OK)
		fail_msg("%s", err.text);
	assert_int_not_equal(strlen(last.text), 0);
	if (last.how == CM_FOLLOW_FORK)
		assert_proven(&last.fork);
	return last.how;
}

#define assert_follow(want) assert_string_equal(cm_follow_word(follow()), cm_follow_word(want))

/* The mirror is the log ${which} as it was at ${size}, to the last entry, also when it is read anew. */
static void
assert_mirrors(unsigned which, uint64_t size)
{
	const struct cm_checkpoint *head;
	struct cm_tile_source theirs = cm_log_files_source(liar.log[which]), ours;
	const struct cm_checkpoint *now = cm_log_files_head(liar.log[which]);
	struct cm_tiles *t = NULL, *u = NULL;
	struct cm_hashes hashes;
	struct cm_span a, b;
	uint8_t root[32];

	cm_mirror_files_close(mirror);
	mirror = opened();
	head = cm_mirror_files_head(mirror);
	ours = cm_mirror_files_source(mirror);
	assert_int_equal(head->size, size);
	assert_int_equal(cm_tiles_new(&theirs, now->size, now->root, &t), CM_OK);
	assert_int_equal(cm_tiles_new(&ours, head->size, head->root, &u), CM_OK);
	hashes = cm_tiles_hashes(t);
	assert_int_equal(cm_merkle_root(&hashes, size, root, NULL), CM_OK);
	assert_memory_equal(root, head->root, 32);
	for (uint64_t i = 0; i < size; i++) {
		assert_int_equal(cm_tiles_entry(t, i, &a, NULL), CM_OK);
		assert_int_equal(cm_tiles_entry(u, i, &b, NULL), CM_OK);
		assert_true(cm_span_eq(a, b));
	}
	cm_tiles_free(t);
	cm_tiles_free(u);
}

static void
a_log_is_mirrored_however_it_grows(void **state)
{
	static const size_t steps[] = { 1, 1, 253, 1, 1, 300, 2, 511, 1, 1300 };
	uint64_t size = 0;

	(void)state;
	assert_follow(CM_FOLLOW_GROWN);
	assert_int_equal(last.seen.size, 0);
	assert_follow(CM_FOLLOW_SAME);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		liar_grow(&liar, 0, steps[i]);
		assert_follow(CM_FOLLOW_GROWN);
		assert_int_equal(last.from, size);
		size += steps[i];
		assert_int_equal(last.seen.size, size);
		assert_mirrors(0, size);
		assert_follow(CM_FOLLOW_SAME);
	}
}

static void
only_new_bundles_are_asked_for(void **state)
{
	(void)state;
	liar_grow(&liar, 0, 2000);
	assert_follow(CM_FOLLOW_GROWN);
	liar.asked = 0;
	assert_follow(CM_FOLLOW_SAME);
	assert_int_equal(liar.asked, 1);
	liar_grow(&liar, 0, 20);
	liar.asked = 0;
	assert_follow(CM_FOLLOW_GROWN);
	assert_int_equal(liar.asked, 2);
}

/* Whoever mirrors a log can show it to others, who see the same. */
static void
a_mirror_can_be_served(void **state)
{
	(void)state;
	liar_grow(&liar, 0, 700);
	assert_follow(CM_FOLLOW_GROWN);
	liar_grow(&liar, 0, 70);
	assert_follow(CM_FOLLOW_GROWN);
	cm_log_site_free(liar.site[1]);
	assert_int_equal(
	    cm_log_site_new(&(struct cm_log_site_new) { .disk = cm_disk_here(), .folder = folder },
		&liar.site[1], NULL),
	    CM_OK);
	liar.shown = 1;
	assert_follow(CM_FOLLOW_SAME);
	cm_mirror_files_close(mirror);
	snprintf(folder, sizeof(folder), "%s/second", liar.place);
	mirror = opened();
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 770);
}

static void
two_roots_of_one_size_are_a_fork(void **state)
{
	(void)state;
	liar_grow_both(&liar, 300);
	liar_grow(&liar, 0, 5);
	liar_grow(&liar, 1, 5);
	assert_follow(CM_FOLLOW_GROWN);
	liar.shown = 1;
	assert_follow(CM_FOLLOW_FORK);
	assert_false(last.fork.has_root);
	assert_mirrors(0, 305);
	liar.shown = 0;
	assert_follow(CM_FOLLOW_SAME);
}

static void
another_history_that_is_longer_is_a_fork(void **state)
{
	(void)state;
	liar_grow_both(&liar, 300);
	liar_grow(&liar, 0, 50);
	liar_grow(&liar, 1, 1000);
	assert_follow(CM_FOLLOW_GROWN);
	liar.shown = 1;
	assert_follow(CM_FOLLOW_FORK);
	assert_true(last.fork.has_root);
	/* even if its entries are kept back, or are others */
	liar_lie(&liar, (struct liar_rule) { "tile/entries", LIAR_MISSING, 0, { 0 } });
	assert_follow(CM_FOLLOW_FORK);
	liar_lie(&liar, (struct liar_rule) { "tile/entries", LIAR_FLIP, 99, { 0 } });
	assert_follow(CM_FOLLOW_FORK);
	assert_mirrors(0, 350);
	liar_be_honest(&liar);
	liar.shown = 0;
	liar_grow(&liar, 0, 3);
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 353);
}

static void
another_history_that_is_shorter_is_a_fork(void **state)
{
	(void)state;
	liar_grow_both(&liar, 300);
	liar_grow(&liar, 0, 1000);
	liar_grow(&liar, 1, 50);
	assert_follow(CM_FOLLOW_GROWN);
	liar.shown = 1;
	liar_lie(&liar, (struct liar_rule) { "tile", LIAR_MISSING, 0, { 0 } });
	assert_follow(CM_FOLLOW_FORK);
	assert_true(last.fork.has_root);
	assert_mirrors(0, 1300);
}

static void
an_older_checkpoint_is_no_fork(void **state)
{
	(void)state;
	liar_grow_both(&liar, 300);
	liar_grow(&liar, 0, 50);
	assert_follow(CM_FOLLOW_GROWN);
	liar.shown = 1;
	assert_follow(CM_FOLLOW_OLDER);
	assert_int_equal(last.seen.size, 300);
	assert_mirrors(0, 350);
}

static void
what_does_not_bear_out_the_checkpoint_is_not_kept(void **state)
{
	static const struct liar_rule lies[] = {
		{ "tile/entries", LIAR_FLIP, 80, { 0 } },
		{ "tile/entries/001", LIAR_FLIP, 8000, { 0 } },
		{ "tile/entries/001", LIAR_CUT, 1, { 0 } },
		{ "tile/entries/001", LIAR_CUT, 1000000, { 0 } },
		{ "tile/entries/002", LIAR_LONG, 1, { 0 } },
		{ "tile/entries/002", LIAR_LONG, 20 << 20, { 0 } },
		{ "tile/entries/003", LIAR_MISSING, 0, { 0 } },
	};

	(void)state;
	liar_grow(&liar, 0, 300);
	assert_follow(CM_FOLLOW_GROWN);
	liar_grow(&liar, 0, 600);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		liar_lie(&liar, lies[i]);
		assert_follow(CM_FOLLOW_BROKEN);
		assert_mirrors(0, 300);
	}
	liar_lie(&liar, (struct liar_rule) { "tile/entries/001", LIAR_STATUS, 500, { 0 } });
	assert_follow(CM_FOLLOW_UNANSWERED);
	liar_be_honest(&liar);
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 900);
	assert_int_equal(cm_mirror_files_claim(mirror).len, 0);
}

/* Whoever has the full one may drop the partial one. */
static void
a_partial_bundle_may_be_gone_for_the_full_one(void **state)
{
	struct cm_buf note = { 0 };

	(void)state;
	liar_grow(&liar, 0, 300);
	liar_note(&liar, 0, &note);
	liar_grow(&liar, 0, 300);
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_BYTES, 0, cm_buf_span(&note) });
	assert_follow(CM_FOLLOW_GROWN);
	assert_int_equal(last.seen.size, 300);
	assert_mirrors(0, 300);
	liar_be_honest(&liar);
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 600);
	cm_buf_release(&note);
}

static void
what_the_key_did_not_sign_counts_for_nothing(void **state)
{
	static const char *const notes[] = { "", "\n", "example.org/log\n0\n",
		"example.org/log\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
		"\xe2\x80\x94 example.org/log AAAAAAAA\n",
		"<html>not found</html>\n" };

	(void)state;
	liar_grow(&liar, 0, 3);
	assert_follow(CM_FOLLOW_GROWN);
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		liar_lie(&liar,
		    (struct liar_rule) { "checkpoint", LIAR_BYTES, 0, cm_span_str(notes[i]) });
		assert_follow(CM_FOLLOW_UNSIGNED);
	}
	for (size_t bit = 0; bit < 1600; bit += 7) {
		liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_FLIP, bit, { 0 } });
		assert_follow(CM_FOLLOW_UNSIGNED);
	}
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_LONG, 1 << 20, { 0 } });
	assert_follow(CM_FOLLOW_UNSIGNED);
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_MISSING, 0, { 0 } });
	assert_follow(CM_FOLLOW_UNSIGNED);
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_STATUS, 302, { 0 } });
	assert_follow(CM_FOLLOW_UNANSWERED);
	liar_be_honest(&liar);
	assert_follow(CM_FOLLOW_SAME);
	assert_mirrors(0, 3);
}

static void
who_is_slow_is_not_waited_for(void **state)
{
	int64_t begun = peer_now_ms();

	(void)state;
	limit_ms = 300;
	liar_grow(&liar, 0, 3);
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_SLOW, 900, { 0 } });
	assert_follow(CM_FOLLOW_UNANSWERED);
	liar_lie(&liar, (struct liar_rule) { "tile", LIAR_SLOW, 900, { 0 } });
	assert_follow(CM_FOLLOW_UNANSWERED);
	assert_true(peer_now_ms() - begun < 5000);
	assert_mirrors(0, 0);
	liar_be_honest(&liar);
	limit_ms = 5000;
	assert_follow(CM_FOLLOW_GROWN);
}

/* The log's own key may sign what no log has. */
static void
sizes_that_can_not_be_are_no_fork(void **state)
{
	static const uint64_t sizes[] = { 1000, (uint64_t)1 << 39, ((uint64_t)1 << 40) + 1,
		INT64_MAX };
	static const uint8_t root[32] = { 1 };

	(void)state;
	liar_grow(&liar, 0, 300);
	assert_follow(CM_FOLLOW_GROWN);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct cm_buf note = { 0 };

		liar_sign(sizes[i], root, &note);
		liar_lie(
		    &liar, (struct liar_rule) { "checkpoint", LIAR_BYTES, 0, cm_buf_span(&note) });
		assert_follow(CM_FOLLOW_BROKEN);
		cm_buf_release(&note);
	}
	liar_be_honest(&liar);
	assert_follow(CM_FOLLOW_SAME);
	assert_mirrors(0, 300);
}

/* An empty tree has one root; whoever signs another one for it contradicts every other note. */
static void
an_empty_tree_with_a_root_is_a_fork(void **state)
{
	static const uint8_t root[32] = { 1 };
	struct cm_buf note = { 0 };

	(void)state;
	liar_sign(0, root, &note);
	liar_lie(&liar, (struct liar_rule) { "checkpoint", LIAR_BYTES, 0, cm_buf_span(&note) });
	assert_follow(CM_FOLLOW_BROKEN);
	liar_be_honest(&liar);
	liar_grow(&liar, 0, 3);
	assert_follow(CM_FOLLOW_FORK); /* by what was claimed before */
	assert_mirrors(0, 3);
	cm_buf_release(&note);
}

/* What was signed and not borne out is remembered, and proves the fork when the log has come so far. */
static void
a_claim_is_held_against_the_log_later(void **state)
{
	struct cm_buf note = { 0 };

	(void)state;
	liar_grow_both(&liar, 300);
	assert_follow(CM_FOLLOW_GROWN);
	liar_grow(&liar, 1, 50);
	liar.shown = 1;
	liar_lie(&liar, (struct liar_rule) { "tile", LIAR_MISSING, 0, { 0 } });
	assert_follow(CM_FOLLOW_BROKEN);
	liar.shown = 0;
	liar_be_honest(&liar);
	assert_follow(CM_FOLLOW_SAME);
	liar_grow(&liar, 0, 49);
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 349);
	liar_grow(&liar, 0, 100);
	assert_follow(CM_FOLLOW_FORK);
	assert_mirrors(0, 449);
	assert_follow(CM_FOLLOW_FORK);
	cm_buf_release(&note);
}

static void
two_claims_of_one_size_are_a_fork(void **state)
{
	(void)state;
	liar_grow(&liar, 0, 20);
	liar_grow(&liar, 1, 20);
	liar_lie(&liar, (struct liar_rule) { "tile", LIAR_MISSING, 0, { 0 } });
	assert_follow(CM_FOLLOW_BROKEN);
	assert_follow(CM_FOLLOW_BROKEN);
	liar.shown = 1;
	assert_follow(CM_FOLLOW_FORK);
	assert_mirrors(0, 0);
}

/* Checkpoints that came in receipts. */
static void
notes_from_elsewhere_are_held_against_the_mirror(void **state)
{
	const struct cm_vkey *key = cm_log_files_key(liar.log[0]);
	struct cm_buf note[4] = { { 0 } };
	static const enum cm_follow_how want[4] = { CM_FOLLOW_OLDER, CM_FOLLOW_FORK,
		CM_FOLLOW_BROKEN, CM_FOLLOW_UNSIGNED };
	struct cm_followed f;

	(void)state;
	liar_grow_both(&liar, 30);
	liar_note(&liar, 0, &note[0]);
	liar_grow(&liar, 1, 30);
	liar_note(&liar, 1, &note[1]);
	liar_grow(&liar, 0, 270);
	assert_follow(CM_FOLLOW_GROWN);
	liar_grow(&liar, 0, 1);
	liar_note(&liar, 0, &note[2]);
	cm_buf_add_str(&note[3], "rubbish");
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(
		    cm_follow_compare(mirror, key, cm_buf_span(&note[i]), &arena, &f, NULL), CM_OK);
		assert_int_equal(f.how, want[i]);
		if (f.how == CM_FOLLOW_FORK)
			assert_proven(&f.fork);
		cm_buf_release(&note[i]);
	}
}

static void
it_stops_when_told_to(void **state)
{
	(void)state;
	liar_grow(&liar, 0, 3000);
	stop_at = 600;
	assert_follow(CM_FOLLOW_STOPPED);
	assert_mirrors(0, 0);
	stop_at = UINT64_MAX;
	assert_follow(CM_FOLLOW_GROWN);
	assert_mirrors(0, 3000);
}

/* Flips a bit of a file of the mirror. */
static void
hurt(const char *name)
{
	char path[160];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r+");
	assert_non_null(f);
	c = fgetc(f);
	rewind(f);
	fputc(c ^ 1, f);
	fclose(f);
}

/* Our own damage accuses nobody. */
static void
a_damaged_mirror_is_our_own_fault(void **state)
{
	struct cm_err err = { 0 };

	(void)state;
	liar_grow_both(&liar, 200);
	liar_grow(&liar, 0, 150);
	assert_follow(CM_FOLLOW_GROWN);
	hurt("tile/0/000");
	liar.shown = 1;
	assert_int_equal(try(&err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "damaged"));
	liar.shown = 0;
	hurt("tile/0/001.p/94");
	cm_mirror_files_close(mirror);
	mirror = opened();
	liar_grow(&liar, 0, 1);
	err = (struct cm_err) { 0 };
	assert_int_equal(try(&err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "damaged"));
}

static void
one_mirror_is_of_one_key(void **state)
{
	struct cm_vkey other = *cm_log_files_key(liar.log[0]);
	struct cm_mirror_files *m = NULL;
	struct cm_err err = { 0 };

	(void)state;
	other.key[0] ^= 1;
	assert_int_equal(
	    cm_mirror_files_open(cm_disk_here(), folder, &other, &m, &err), CM_E_USAGE);
	assert_follow(CM_FOLLOW_GROWN);
	cm_mirror_files_close(mirror);
	mirror = NULL;
	err = (struct cm_err) { 0 };
	assert_int_equal(
	    cm_mirror_files_open(cm_disk_here(), folder, &other, &m, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "another key"));
}

static uint64_t
random_of(uint64_t *s, uint64_t n)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (*s >> 33) % n;
}

/* Whatever is served of an honest log, it is never called a fork, and the mirror stays true. */
static void
no_lie_makes_a_fork_of_an_honest_log(void **state)
{
	static const char *const paths[] = { "checkpoint", "tile", "tile/entries", "tile/0",
		"tile/1", "tile/entries/000", "tile/entries/001", "tile/0/002" };
	static const enum liar_how how[] = { LIAR_MISSING, LIAR_STATUS, LIAR_CUT, LIAR_FLIP,
		LIAR_LONG };
	uint64_t s = 5, size = 0;
	unsigned kept = 0, broken = 0;

	(void)state;
	for (unsigned i = 0; i < 150; i++) {
		size_t n = (size_t)random_of(&s, 4);

		liar_grow(&liar, 0, (size_t)random_of(&s, 60));
		for (size_t k = 0; k < n; k++)
			liar.rule[k] = (struct liar_rule) { paths[random_of(&s, 8)],
				how[random_of(&s, 5)], 1 + (size_t)random_of(&s, 600), { 0 } };
		liar.rule[n].path = NULL;
		for (size_t k = 0; k < n; k++)
			if (liar.rule[k].how == LIAR_STATUS)
				liar.rule[k].arg = 500;
		assert_int_not_equal(follow(), CM_FOLLOW_FORK);
		kept += last.how == CM_FOLLOW_GROWN;
		broken += last.how == CM_FOLLOW_BROKEN;
		assert_true(cm_mirror_files_head(mirror)->size >= size);
		size = cm_mirror_files_head(mirror)->size;
	}
	assert_in_range(kept, 20, 130);
	assert_in_range(broken, 10, 130);
	liar_be_honest(&liar);
	assert_int_not_equal(follow(), CM_FOLLOW_FORK);
	assert_mirrors(0, cm_log_files_head(liar.log[0])->size);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_is_mirrored_however_it_grows),
		TEST(only_new_bundles_are_asked_for),
		TEST(a_mirror_can_be_served),
		TEST(two_roots_of_one_size_are_a_fork),
		TEST(another_history_that_is_longer_is_a_fork),
		TEST(another_history_that_is_shorter_is_a_fork),
		TEST(an_older_checkpoint_is_no_fork),
		TEST(what_does_not_bear_out_the_checkpoint_is_not_kept),
		TEST(a_partial_bundle_may_be_gone_for_the_full_one),
		TEST(what_the_key_did_not_sign_counts_for_nothing),
		TEST(who_is_slow_is_not_waited_for),
		TEST(sizes_that_can_not_be_are_no_fork),
		TEST(an_empty_tree_with_a_root_is_a_fork),
		TEST(a_claim_is_held_against_the_log_later),
		TEST(two_claims_of_one_size_are_a_fork),
		TEST(notes_from_elsewhere_are_held_against_the_mirror),
		TEST(it_stops_when_told_to),
		TEST(a_damaged_mirror_is_our_own_fault),
		TEST(one_mirror_is_of_one_key),
		TEST(no_lie_makes_a_fork_of_an_honest_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
