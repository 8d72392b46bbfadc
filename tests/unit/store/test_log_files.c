#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/ed25519.h"
#include "log/cosignature.h"
#include "store/log_files.h"

static char place[64], folder[80];
static const struct cm_disk *d;

static int
set_up(void **state)
{
	(void)state;
	strcpy(place, "/tmp/comity-log-XXXXXX");
	d = cm_disk_here();
	if (mkdtemp(place) == NULL)
		return 1;
	snprintf(folder, sizeof(folder), "%s/log", place);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return cm_disk_clear(d, place, 12, NULL) != CM_OK;
}

static enum cm_result
create(struct cm_err *err)
{
	static const uint8_t seed[32] = { 7 };
	struct cm_log_new in = { folder, "example.org/log", seed, 5 };

	return cm_log_files_create(d, &in, err);
}

static struct cm_log_files *
opened(enum cm_log_open how)
{
	struct cm_log_files *l = NULL;
	struct cm_err err = { 0 };

	if (cm_log_files_open(d, folder, how, &l, &err) != CM_OK)
		fail_msg("%s", err.text);
	return l;
}

/* Entry ${i} of all logs of these tests. */
static struct cm_span
entry(uint64_t i, char room[40])
{
	int n = snprintf(room, 40, "entry %llu", (unsigned long long)i);

	return cm_span_of(room, i % 7 == 3 ? 0 : (size_t)n);
}

static void
append(struct cm_log_files *l, size_t n)
{
	static char room[2000][40];
	static struct cm_span e[2000];
	uint64_t size = cm_log_files_head(l)->size, first = 0;
	struct cm_err err = { 0 };

	for (size_t i = 0; i < n; i++)
		e[i] = entry(size + i, room[i]);
	if (cm_log_files_append(l, e, n, &first, &err) != CM_OK)
		fail_msg("%s", err.text);
	assert_int_equal(first, size);
	assert_int_equal(cm_log_files_head(l)->size, size + n);
}

static void
assert_entries(struct cm_log_files *l)
{
	const struct cm_checkpoint *c = cm_log_files_head(l);
	struct cm_tile_source source = cm_log_files_source(l);
	struct cm_tiles *t = NULL;
	struct cm_span e;
	char room[40];

	assert_int_equal(cm_tiles_new(&source, c->size, c->root, &t), CM_OK);
	for (uint64_t i = 0; i < c->size; i++) {
		assert_int_equal(cm_tiles_entry(t, i, &e, NULL), CM_OK);
		assert_true(cm_span_eq(e, entry(i, room)));
	}
	cm_tiles_free(t);
}

static void
assert_sound(uint64_t size)
{
	struct cm_log_fsck f = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };

	cm_arena_init(&arena, 0);
	if (cm_log_files_fsck(d, folder, &arena, NULL, NULL, &f, &err) != CM_OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < f.n_found; i++)
		print_message("%s\n", f.found[i]);
	assert_int_equal(f.bad, 0);
	assert_int_equal(f.n_found, 0);
	assert_int_equal(f.size, size);
	cm_arena_fini(&arena);
}

static void
a_new_log_is_empty_and_signed(void **state)
{
	struct cm_log_files *l;
	struct cm_buf note = { 0 };
	struct cm_err err = { 0 };
	struct stat st;
	char path[120];

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	assert_int_equal(create(&err), CM_E_USAGE);
	assert_non_null(strstr(err.text, "exists already"));
	l = opened(CM_LOG_READ);
	assert_string_equal(cm_log_files_key(l)->name, "example.org/log");
	assert_int_equal(cm_log_files_head(l)->size, 0);
	assert_int_equal(cm_log_files_published(l, &note, NULL), CM_OK);
	assert_memory_equal(
	    note.ptr, "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", 63);
	cm_buf_release(&note);
	cm_log_files_close(l);
	snprintf(path, sizeof(path), "%s/key", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_sound(0);
}

static void
entries_are_there_however_they_came(void **state)
{
	static const size_t steps[] = { 1, 1, 3, 250, 1, 1, 255, 256, 257, 0, 512, 700 };
	struct cm_log_files *l, *reader;
	uint64_t size = 0;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		append(l, steps[i]);
		size += steps[i];
		if (i % 3 == 2) {
			cm_log_files_close(l);
			l = opened(CM_LOG_APPEND);
		}
		reader = opened(CM_LOG_READ);
		assert_int_equal(cm_log_files_head(reader)->size, size);
		assert_entries(reader);
		cm_log_files_close(reader);
		assert_sound(size);
	}
	assert_entries(l);
	cm_log_files_close(l);
}

static void
a_second_writer_is_refused_and_readers_are_not(void **state)
{
	struct cm_log_files *l, *reader;
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	append(l, 3);
	child = fork();
	if (child == 0) {
		struct cm_log_files *other = NULL;
		struct cm_err err = { 0 };

		/* What the parent has open is this process's too, but not the lock's other opening. */
		if (cm_log_files_open(d, folder, CM_LOG_APPEND, &other, &err) != CM_E_USAGE ||
		    strstr(err.text, "another process") == NULL)
			_exit(1);
		_exit(0);
	}
	reader = opened(CM_LOG_READ);
	assert_entries(reader);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	cm_log_files_close(l);
	cm_log_files_close(reader);
}

/* Each of four processes appends ten times, as soon as it can. */
static void
writers_take_turns(void **state)
{
	struct cm_log_files *l;
	int status;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	for (int i = 0; i < 4; i++) {
		if (fork() != 0)
			continue;
		for (int k = 0; k < 10; k++) {
			enum cm_result r = CM_E_USAGE;
			uint64_t first;
			char room[40];
			struct cm_span e;

			l = NULL;
			while (r == CM_E_USAGE)
				r = cm_log_files_open(d, folder, CM_LOG_APPEND, &l, NULL);
			if (r != CM_OK)
				_exit(1);
			e = entry(cm_log_files_head(l)->size, room);
			if (cm_log_files_append(l, &e, 1, &first, NULL) != CM_OK)
				_exit(2);
			cm_log_files_close(l);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	l = opened(CM_LOG_READ);
	assert_int_equal(cm_log_files_head(l)->size, 40);
	assert_entries(l);
	cm_log_files_close(l);
	assert_sound(40);
}

static void
shell(const char *command)
{
	char line[400];

	snprintf(line, sizeof(line), "cd %s && %s", place, command);
	assert_int_equal(system(line), 0);
}

static void
assert_refused(enum cm_log_open how, const char *says)
{
	struct cm_log_files *l = NULL;
	struct cm_err err = { 0 };

	assert_int_equal(cm_log_files_open(d, folder, how, &l, &err), CM_E_REFUSED);
	if (strstr(err.text, says) == NULL)
		fail_msg("%s", err.text);
}

static void
a_backup_that_was_brought_back_is_refused_until_it_is_seated(void **state)
{
	struct cm_log_files *l;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	append(l, 300);
	cm_log_files_close(l);
	shell("cp -a log backup");
	l = opened(CM_LOG_APPEND);
	append(l, 100);
	cm_log_files_close(l);
	shell("mv log moved && mv moved log");
	cm_log_files_close(opened(CM_LOG_APPEND)); /* moved is not copied */
	shell("rm -r log && cp -a backup log");
	assert_refused(CM_LOG_APPEND, "--resume");
	cm_log_files_close(opened(CM_LOG_READ));
	l = opened(CM_LOG_RESEAT);
	append(l, 5);
	cm_log_files_close(l);
	l = opened(CM_LOG_APPEND);
	assert_int_equal(cm_log_files_head(l)->size, 305);
	cm_log_files_close(l);
	assert_sound(305);
}

static void
a_log_put_together_from_two_states_is_refused(void **state)
{
	struct cm_log_files *l;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	append(l, 300);
	shell("cp -a log/head head; cp -a log/tile tile; cp -a log/checkpoint checkpoint");
	append(l, 300);
	cm_log_files_close(l);
	shell("mv log/head newest; cp -a head log/head");
	assert_refused(CM_LOG_APPEND, "two states");
	shell("cp -a newest log/head; rm -r log/tile; cp -a tile log/tile");
	assert_refused(CM_LOG_APPEND, "do not bear out");
	assert_refused(CM_LOG_RESEAT, "do not bear out");
}

static void
what_is_damaged_or_not_there_is_said(void **state)
{
	struct cm_log_files *l = NULL;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_log_files_open(d, folder, CM_LOG_READ, &l, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "there is no log here"));
	assert_int_equal(create(NULL), CM_OK);
	shell("echo x >log/head");
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_log_files_open(d, folder, CM_LOG_APPEND, &l, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "/head is damaged"));
	cm_log_files_close(opened(CM_LOG_READ)); /* what is published can be read */
	shell("cp log/checkpoint log/head; echo x >log/checkpoint");
	cm_log_files_close(opened(CM_LOG_READ));
	cm_log_files_close(opened(CM_LOG_APPEND));
	assert_sound(0);
	shell("chmod 644 log/key");
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_log_files_open(d, folder, CM_LOG_APPEND, &l, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "chmod 600"));
}

static void
cosign(struct cm_log_files *l, uint8_t who, uint64_t time, struct cm_buf *lines)
{
	uint8_t seed[32] = { who }, point[32];
	char name[20];
	struct cm_vkey key;
	struct cm_buf text = { 0 };

	snprintf(name, sizeof(name), "w%d.example", who);
	assert_int_equal(cm_ed25519_public(seed, point), CM_OK);
	assert_int_equal(
	    cm_vkey_of(cm_span_str(name), CM_NOTE_COSIGNATURE, point, &key, NULL), CM_OK);
	cm_checkpoint_write(cm_log_files_head(l), &text);
	assert_int_equal(cm_cosign(cm_buf_span(&text), &key, seed, time, lines, NULL), CM_OK);
	cm_buf_release(&text);
}

static size_t
published_lines(struct cm_log_files *l)
{
	struct cm_buf note = { 0 };
	size_t n = 0;

	assert_int_equal(cm_log_files_published(l, &note, NULL), CM_OK);
	for (size_t i = 0; i < note.len; i++)
		n += note.ptr[i] == '\n';
	cm_buf_release(&note);
	return n;
}

static void
cosignatures_are_added_once_and_go_when_the_log_moves_on(void **state)
{
	struct cm_buf lines = { 0 };
	struct cm_checkpoint old;
	struct cm_log_files *l, *reader;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	reader = opened(CM_LOG_READ);
	append(l, 3);
	old = *cm_log_files_head(l);
	cosign(l, 1, 100, &lines);
	assert_int_equal(cm_log_files_cosigned(l, &old, cm_buf_span(&lines), NULL), CM_OK);
	assert_int_equal(published_lines(l), 6);
	cosign(l, 2, 100, &lines);
	cosign(l, 1, 101, &lines);
	assert_int_equal(cm_log_files_cosigned(l, &old, cm_buf_span(&lines), NULL), CM_OK);
	assert_int_equal(published_lines(l), 7);
	assert_int_equal(published_lines(reader), 7);
	assert_int_equal(cm_log_files_head(reader)->size, 3);
	assert_int_equal(
	    cm_log_files_cosigned(l, &old, cm_span_str("nonsense\n"), NULL), CM_E_MALFORMED);
	assert_int_equal(
	    cm_log_files_cosigned(reader, &old, cm_buf_span(&lines), NULL), CM_E_USAGE);
	cm_log_files_close(l);
	l = opened(CM_LOG_APPEND);
	assert_int_equal(published_lines(l), 7);
	append(l, 1);
	assert_int_equal(published_lines(l), 5);
	assert_int_equal(published_lines(reader), 5);
	assert_int_equal(cm_log_files_cosigned(l, &old, cm_buf_span(&lines), &err), CM_E_USAGE);
	assert_non_null(strstr(err.text, "moved on"));
	cm_buf_release(&lines);
	cm_log_files_close(l);
	cm_log_files_close(reader);
	assert_sound(4);
}

static void
entries_that_are_too_long_change_nothing(void **state)
{
	static const uint8_t big[65536];
	struct cm_span e[2] = { cm_span_str("a"), cm_span_of(big, sizeof(big)) };
	struct cm_log_files *l;
	uint64_t first;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	l = opened(CM_LOG_APPEND);
	assert_int_equal(cm_log_files_append(l, e, 2, &first, NULL), CM_E_LIMIT);
	append(l, 2);
	e[1].len--;
	assert_int_equal(cm_log_files_append(l, e, 2, &first, NULL), CM_OK);
	cm_log_files_close(l);
	assert_sound(4);
}

static void
what_was_added_is_in_the_log_when_it_is_committed(void **state)
{
	struct cm_log_files *l, *reader;
	char room[40];
	uint64_t first;

	(void)state;
	assert_int_equal(create(NULL), CM_OK);
	for (int commit = 0; commit < 2; commit++) {
		l = opened(CM_LOG_APPEND);
		for (uint64_t i = 0; i < 600; i++) {
			struct cm_span e = entry(i, room);

			assert_int_equal(cm_log_files_add(l, &e, 1, &first, NULL), CM_OK);
			assert_int_equal(first, i);
		}
		reader = opened(CM_LOG_READ);
		assert_int_equal(cm_log_files_head(reader)->size, 0);
		if (commit)
			assert_int_equal(cm_log_files_commit(l, NULL), CM_OK);
		assert_int_equal(published_lines(reader), 5);
		assert_int_equal(cm_log_files_head(reader)->size, commit ? 600 : 0);
		cm_log_files_close(reader);
		cm_log_files_close(l);
	}
	l = opened(CM_LOG_READ);
	assert_entries(l);
	cm_log_files_close(l);
	assert_sound(600);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_log_is_empty_and_signed),
		TEST(entries_are_there_however_they_came),
		TEST(a_second_writer_is_refused_and_readers_are_not),
		TEST(writers_take_turns),
		TEST(a_backup_that_was_brought_back_is_refused_until_it_is_seated),
		TEST(a_log_put_together_from_two_states_is_refused),
		TEST(what_is_damaged_or_not_there_is_said),
		TEST(cosignatures_are_added_once_and_go_when_the_log_moves_on),
		TEST(entries_that_are_too_long_change_nothing),
		TEST(what_was_added_is_in_the_log_when_it_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
