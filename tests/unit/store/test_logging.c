/* Every statement of a case is in its log once, whatever breaks off between the two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "log/bundle.h"
#include "log/entry.h"
#include "log/tiles.h"
#include "made.h"
#include "store/logging.h"

static struct made_place place;
static struct cm_case *c;
static struct cm_log_files *l;
static struct cm_keyring keyring;
static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	l = NULL;
	cm_arena_init(&arena, 0);
	return made_begin(&place) == 0 && cm_case_open(place.folder, &c, NULL) == CM_OK &&
		       cm_case_keyring(c, NULL, &keyring, NULL) == CM_OK
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_log_files_close(l);
	cm_keyring_close(&keyring);
	cm_case_close(c);
	c = NULL;
	cm_arena_fini(&arena);
	return made_end(&place);
}

static void
open_log(const char *folder)
{
	struct cm_err err = { 0 };

	cm_log_files_close(l);
	l = NULL;
	if (cm_log_files_open(cm_disk_here(), folder, CM_LOG_APPEND, &l, &err) != CM_OK)
		fail_msg("%s", err.text);
}

static void
state_some(size_t n)
{
	struct cm_case_stated stated;

	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	while (n-- > 0)
		assert_int_equal(made_state(c, &keyring.signer, &stated), CM_OK);
	assert_int_equal(cm_case_commit(c, NULL), CM_OK);
}

/* How many were logged now. */
static size_t
log_all(void)
{
	struct cm_err err = { 0 };
	size_t n = 0;

	if (cm_logging_run(c, l, &n, &err) != CM_OK)
		fail_msg("%s", err.text);
	return n;
}

/* The database as the crash left it: what ${sql} takes away. */
static void
without(const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;

	cm_case_close(c);
	snprintf(path, sizeof(path), "%s/case.db", place.folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(cm_case_open(place.folder, &c, NULL), CM_OK);
}

static struct cm_span
entry_text(struct cm_tiles *tiles, uint64_t place_of)
{
	struct cm_span text;

	assert_int_equal(cm_tiles_entry(tiles, place_of, &text, NULL), CM_OK);
	return text;
}

/* Each statement has a place, the entry there is of it, and the log has ${others} besides. */
static void
check_each_once(size_t others)
{
	const struct cm_checkpoint *head = cm_log_files_head(l);
	struct cm_tile_source source = cm_log_files_source(l);
	struct cm_tiles *tiles = NULL;
	struct cm_case_statements all;
	size_t i;

	assert_int_equal(cm_case_statements(c, &arena, &all, NULL), CM_OK);
	assert_int_equal(head->size, all.n + others);
	assert_int_equal(cm_tiles_new(&source, head->size, head->root, &tiles), CM_OK);
	for (i = 0; i < all.n; i++) {
		struct cm_buf json = { 0 }, sig = { 0 };
		struct cm_entry e;
		uint8_t digest[32];
		uint64_t at = 0;

		assert_int_equal(cm_case_statement_text(c, all.item[i].digest, &json, &sig, NULL), CM_OK);
		cm_entry_digest(cm_buf_span(&json), cm_buf_span(&sig), digest);
		assert_int_equal(cm_case_logged_at(c, all.item[i].digest, &at, NULL), CM_OK);
		assert_int_equal(cm_entry_parse(entry_text(tiles, at), &e, NULL), CM_OK);
		assert_memory_equal(e.digest, digest, 32);
		assert_string_equal(e.key, all.item[i].by);
		cm_buf_release(&json);
		cm_buf_release(&sig);
	}
	cm_tiles_free(tiles);
}

static void
what_is_stated_is_logged_in_its_order(void **state)
{
	struct cm_case_statements all;
	uint64_t at = 0;
	size_t i;

	(void)state;
	open_log(place.log);
	assert_int_equal(log_all(), 0);
	state_some(3);
	assert_int_equal(log_all(), 3);
	assert_int_equal(log_all(), 0);
	state_some(1);
	assert_int_equal(log_all(), 1);
	check_each_once(0);
	assert_int_equal(cm_case_statements(c, &arena, &all, NULL), CM_OK);
	for (i = 0; i < all.n; i++) {
		assert_int_equal(cm_case_logged_at(c, all.item[i].digest, &at, NULL), CM_OK);
		assert_int_equal(at, i);
	}
}

static void
places_that_a_crash_took_are_found_again(void **state)
{
	static const char *const taken[] = { "DELETE FROM logged", "DELETE FROM logged WHERE place >= 2",
		"DELETE FROM logged WHERE place = 4" };
	size_t i;

	(void)state;
	open_log(place.log);
	state_some(5);
	assert_int_equal(log_all(), 5);
	for (i = 0; i < 3; i++) {
		without(taken[i]);
		open_log(place.log);
		assert_int_equal(log_all(), 0);
		check_each_once(0);
	}
	without(taken[1]);
	state_some(2); /* and more was stated since */
	open_log(place.log);
	assert_int_equal(log_all(), 2);
	check_each_once(0);
}

static void
entries_of_nobody_are_left_alone(void **state)
{
	struct cm_span entry[3] = { cm_span_str("something"), cm_span_str(""), { 0 } };
	struct cm_entry other = { .key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	struct cm_buf text = { 0 };
	uint64_t first;

	(void)state;
	cm_entry_write(&other, &text);
	entry[2] = cm_buf_span(&text);
	open_log(place.log);
	state_some(2);
	assert_int_equal(log_all(), 2);
	assert_int_equal(cm_log_files_append(l, entry, 3, &first, NULL), CM_OK);
	cm_buf_release(&text);
	state_some(2);
	assert_int_equal(log_all(), 2);
	check_each_once(3);
	without("DELETE FROM logged");
	open_log(place.log);
	assert_int_equal(log_all(), 0);
	check_each_once(3);
}

static void
an_older_copy_of_the_log_does_not_grow(void **state)
{
	char copy[128], aside[128];
	struct cm_err err = { 0 };
	size_t n = 0;

	(void)state;
	snprintf(copy, sizeof(copy), "%s/copy", place.top);
	snprintf(aside, sizeof(aside), "%s/aside", place.top);
	state_some(2);
	open_log(place.log);
	assert_int_equal(log_all(), 2);
	cm_log_files_close(l);
	l = NULL;
	made_copy(place.log, copy);
	state_some(2);
	open_log(place.log);
	assert_int_equal(log_all(), 2);
	cm_log_files_close(l);
	l = NULL;
	assert_int_equal(rename(place.log, aside), 0);
	assert_int_equal(rename(copy, place.log), 0);
	/* on purpose, as with --resume: but the case knows of more */
	assert_int_equal(cm_log_files_open(cm_disk_here(), place.log, CM_LOG_RESEAT, &l, NULL), CM_OK);
	state_some(1);
	assert_int_equal(cm_logging_run(c, l, &n, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "older copy"));
	assert_int_equal(cm_log_files_head(l)->size, 2);
	/* the newest one put back is welcome */
	open_log(aside);
	assert_int_equal(log_all(), 1);
	check_each_once(0);
}

static void
a_log_that_is_lost_is_followed_by_one_that_gets_everything(void **state)
{
	char second[128];
	uint8_t seed[32] = { 7 };
	struct cm_log_new fresh = { .folder = second, .origin = "log.example/second", .seed = seed, .check = 4 };
	size_t n = 0;

	(void)state;
	snprintf(second, sizeof(second), "%s/second", place.folder);
	state_some(3);
	open_log(place.log);
	assert_int_equal(log_all(), 3);
	assert_int_equal(cm_log_files_create(cm_disk_here(), &fresh, NULL), CM_OK);
	open_log(second);
	assert_int_equal(cm_logging_run(c, l, &n, NULL), CM_E_REFUSED);
	assert_int_equal(cm_case_logged_forget(c, NULL), CM_OK);
	state_some(1);
	assert_int_equal(log_all(), 4);
	check_each_once(0);
	/* forgotten for nothing: the log was there all the time */
	assert_int_equal(cm_case_logged_forget(c, NULL), CM_OK);
	assert_int_equal(log_all(), 0);
	check_each_once(0);
}

static void
two_thousand_statements_are_logged_at_once(void **state)
{
	struct cm_log_fsck f;

	(void)state;
	state_some(2000);
	open_log(place.log);
	assert_int_equal(log_all(), 2000);
	check_each_once(0);
	assert_int_equal(cm_log_files_fsck(cm_disk_here(), place.log, &arena, NULL, NULL, &f, NULL), CM_OK);
	assert_int_equal(f.bad, 0);
	assert_int_equal(f.entries, 2000);
	without("DELETE FROM logged WHERE place >= 700");
	open_log(place.log);
	assert_int_equal(log_all(), 0);
	check_each_once(0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_stated_is_logged_in_its_order),
		TEST(places_that_a_crash_took_are_found_again),
		TEST(entries_of_nobody_are_left_alone),
		TEST(an_older_copy_of_the_log_does_not_grow),
		TEST(a_log_that_is_lost_is_followed_by_one_that_gets_everything),
		TEST(two_thousand_statements_are_logged_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
