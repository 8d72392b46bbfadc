#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bench/asker.h"
#include "log/cosignature.h"
#include "store/witness_files.h"
#include "store/witness_files_state.h"

static char place[64], folder[80];
static const struct cm_disk *d;
static struct cm_witness_files *w;
static struct asker log_a, log_b;

static enum cm_result
create(void)
{
	static const uint8_t seed[32] = { 9 };
	struct cm_witness_new in = { folder, "w.example", seed, 5 };

	return cm_witness_files_create(d, &in, NULL);
}

static void
reopen(void)
{
	struct cm_err err = { 0 };

	cm_witness_files_close(w);
	w = NULL;
	if (cm_witness_files_open(d, folder, &w, &err) != CM_OK)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(place, "/tmp/comity-witness-XXXXXX");
	d = cm_disk_here();
	log_a = asker_of("a.example/log", 1, 3);
	log_b = asker_of("b.example/log", 2, 3);
	if (mkdtemp(place) == NULL)
		return 1;
	snprintf(folder, sizeof(folder), "%s/witness", place);
	if (create() != CM_OK)
		return 1;
	reopen();
	return cm_witness_files_add_log(w, &log_a.key, NULL) != CM_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_witness_files_close(w);
	w = NULL;
	return cm_disk_clear(d, place, 5, NULL) != CM_OK;
}

/* The status; a cosignature must hold, and ${*time} is its time. */
static int
ask(const struct asker *a, uint64_t old, uint64_t size, bool other, uint64_t now, uint64_t *time)
{
	struct cm_buf request = { 0 }, note = { 0 };
	struct cm_witness_answer_out out;
	struct cm_witness_request r;
	struct cm_arena arena;
	struct cm_note n;
	struct cm_err err = { 0 };

	asker_request(a, old, size, other, &request);
	if (cm_witness_files_ask(w, cm_buf_span(&request), now, &out, &err) != CM_OK)
		fail_msg("%s", err.text);
	cm_arena_init(&arena, 0);
	if (out.status == 200) {
		assert_int_equal(
		    cm_witness_request_parse(cm_buf_span(&request), &arena, &r, NULL), CM_OK);
		cm_buf_add_span(&note, r.note.text);
		cm_buf_add_u8(&note, '\n');
		cm_buf_add_span(&note, cm_buf_span(&out.body));
		assert_int_equal(cm_note_parse(cm_buf_span(&note), &arena, &n, NULL), CM_OK);
		assert_int_equal(
		    cm_cosignature_verify(&n, cm_witness_files_key(w), time, NULL), CM_OK);
	}
	if (out.status == 409) {
		assert_string_equal(out.type, "text/x.tlog.size");
		*time = strtoull(cm_buf_cstr(&out.body), NULL, 10);
	}
	cm_arena_fini(&arena);
	cm_buf_release(&request);
	cm_buf_release(&note);
	cm_buf_release(&out.body);
	return out.status;
}

static void
it_cosigns_what_grows_and_says_why_not_else(void **state)
{
	struct cm_witness_answer_out out;
	struct asker liar = asker_of("a.example/log", 7, 3);
	uint64_t t = 0;

	(void)state;
	assert_int_equal(ask(&log_b, 0, 5, false, 100, &t), 404);
	assert_int_equal(ask(&liar, 0, 5, false, 100, &t), 403);
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	assert_int_equal(t, 100);
	assert_int_equal(ask(&log_a, 5, 9, false, 101, &t), 200);
	assert_int_equal(t, 101);
	assert_int_equal(ask(&log_a, 5, 10, false, 102, &t), 409);
	assert_int_equal(t, 9);
	assert_int_equal(ask(&log_a, 10, 9, false, 102, &t), 400);
	assert_int_equal(ask(&log_a, 9, 12, true, 102, &t), 422);
	assert_int_equal(ask(&log_a, 9, 9, false, 103, &t), 200);
	assert_int_equal(t, 103);
	assert_int_equal(cm_witness_files_ask(w, cm_span_str("nonsense"), 1, &out, NULL), CM_OK);
	assert_int_equal(out.status, 400);
	cm_buf_release(&out.body);
}

static void
what_was_cosigned_is_remembered_and_shown(void **state)
{
	struct cm_buf note = { 0 };
	struct cm_checkpoint c;
	struct cm_arena arena;
	struct cm_note n;
	uint8_t hash[32];
	uint64_t t;

	(void)state;
	cm_sha256("a.example/log", 13, hash);
	assert_int_equal(cm_witness_files_latest(w, hash, &note, NULL), CM_E_NOTFOUND);
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	for (int i = 0; i < 3; i++) {
		cm_arena_init(&arena, 0);
		assert_int_equal(cm_witness_files_latest(w, hash, &note, NULL), CM_OK);
		assert_int_equal(
		    cm_checkpoint_open(cm_buf_span(&note), &log_a.key, &arena, &c, &n, NULL),
		    CM_OK);
		assert_int_equal(c.size, 5);
		assert_int_equal(
		    cm_cosignature_verify(&n, cm_witness_files_key(w), &t, NULL), CM_OK);
		assert_int_equal(t, 100);
		cm_buf_clear(&note);
		cm_arena_fini(&arena);
		reopen();
	}
	assert_int_equal(ask(&log_a, 0, 9, false, 100, &t), 409);
	hash[0] ^= 1;
	assert_int_equal(cm_witness_files_latest(w, hash, &note, NULL), CM_E_NOTFOUND);
	cm_buf_release(&note);
}

static void
time_does_not_go_back_though_the_clock_does(void **state)
{
	uint64_t t;

	(void)state;
	assert_int_equal(cm_witness_files_add_log(w, &log_b.key, NULL), CM_OK);
	assert_int_equal(ask(&log_a, 0, 5, false, 1000, &t), 200);
	assert_int_equal(ask(&log_b, 0, 5, false, 10, &t), 200);
	assert_int_equal(t, 1000);
	reopen();
	assert_int_equal(ask(&log_a, 5, 5, false, 10, &t), 200);
	assert_int_equal(t, 1000);
}

static void
one_origin_has_one_key_and_not_the_witness_s_own(void **state)
{
	struct asker same = asker_of("a.example/log", 7, 3);
	struct cm_vkey own = *cm_witness_files_key(w);
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_witness_files_add_log(w, &log_a.key, NULL), CM_OK);
	assert_int_equal(cm_witness_files_add_log(w, &same.key, &err), CM_E_USAGE);
	assert_non_null(strstr(err.text, "another key"));
	assert_int_equal(cm_witness_files_add_log(w, &own, NULL), CM_E_USAGE);
	own.type = CM_NOTE_ED25519;
	assert_int_equal(cm_witness_files_add_log(w, &own, NULL), CM_E_USAGE);
}

static void
shell(const char *command)
{
	char line[400];

	snprintf(line, sizeof(line), "cd %s && %s", place, command);
	assert_int_equal(system(line), 0);
}

static void
a_fork_is_kept_once_as_two_notes(void **state)
{
	uint64_t t;

	(void)state;
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	assert_int_equal(ask(&log_a, 5, 5, true, 100, &t), 422);
	assert_int_equal(ask(&log_a, 5, 5, true, 100, &t), 422);
	shell("test $(ls witness/forks | wc -l) = 2");
	shell("head -2 witness/forks/*.held | grep -q '^a.example/log$'");
	shell("test $(head -3 witness/forks/*.held | md5sum | cut -c-32) != $(head -3 "
	      "witness/forks/*.other | md5sum "
	      "| cut -c-32)");
	reopen();
	assert_int_equal(ask(&log_a, 5, 5, true, 100, &t), 422);
	shell("test $(ls witness/forks | wc -l) = 2");
}

static void
only_one_process_cosigns(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct cm_witness_files *other = NULL;
		struct cm_err err = { 0 };

		if (cm_witness_files_open(d, folder, &other, &err) != CM_E_USAGE ||
		    strstr(err.text, "another process") == NULL)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(create(), CM_E_USAGE);
}

static void
refused(const char *says)
{
	struct cm_err err = { 0 };

	cm_witness_files_close(w);
	w = NULL;
	assert_int_equal(cm_witness_files_open(d, folder, &w, &err), CM_E_REFUSED);
	if (strstr(err.text, says) == NULL)
		fail_msg("%s", err.text);
}

static void
a_copy_does_not_cosign_until_somebody_answers_for_it(void **state)
{
	uint64_t t;

	(void)state;
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	shell("cp -a witness backup");
	cm_witness_files_close(w);
	w = NULL;
	shell("rm -r witness && cp -a backup witness");
	refused("seat");
	shell("rm witness/seat");
	reopen();
	assert_int_equal(ask(&log_a, 5, 6, false, 100, &t), 200);
	reopen();
}

static void
damage_is_refused_and_a_torn_end_is_not(void **state)
{
	uint64_t t;

	(void)state;
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	assert_int_equal(ask(&log_a, 5, 6, false, 100, &t), 200);
	cm_witness_files_close(w);
	w = NULL;
	shell("printf 'half a record' >>witness/journal");
	reopen();
	assert_int_equal(ask(&log_a, 6, 7, false, 100, &t), 200);
	cm_witness_files_close(w);
	w = NULL;
	shell("cp witness/journal saved");
	shell("truncate -s 200 witness/journal");
	refused("cut short");
	shell("cp saved witness/journal; printf X | dd of=witness/journal bs=1 seek=200 "
	      "conv=notrunc 2>/dev/null");
	refused("damaged where it was on disk");
	shell("cp saved witness/journal; cp witness/logs logs; : >witness/logs");
	refused("bring that line back");
	shell("cp logs witness/logs; rm witness/journal");
	refused("make a new one");
	shell("cp saved witness/journal");
	reopen();
	assert_int_equal(ask(&log_a, 7, 7, false, 100, &t), 200);
}

static void
the_journal_is_compacted_and_nothing_is_lost(void **state)
{
	struct cm_disk_stat st;
	char path[120];
	uint64_t t;

	(void)state;
	assert_int_equal(cm_witness_files_add_log(w, &log_b.key, NULL), CM_OK);
	assert_int_equal(ask(&log_b, 0, 3, false, 100, &t), 200);
	w->compact_at = 4096;
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(ask(&log_a, i, i + 1, false, 100 + i, &t), 200);
	snprintf(path, sizeof(path), "%s/journal", folder);
	assert_int_equal(d->ops->stat(d->arg, path, &st), 0);
	assert_in_range(st.size, 100, 4096);
	reopen();
	assert_int_equal(ask(&log_a, 100, 101, false, 1, &t), 200);
	assert_int_equal(t, 199);
	assert_int_equal(ask(&log_b, 3, 4, false, 1, &t), 200);
}

#define THREADS 8
#define EACH 40

static void *
one_thread(void *arg)
{
	const struct asker *a = arg;
	uint64_t t, last = 0;

	for (uint64_t i = 0; i < EACH; i++) {
		if (ask(a, i, i + 1, false, 100, &t) != 200 || t < last)
			return NULL;
		last = t;
	}
	return arg;
}

static void *
one_racer(void *arg)
{
	unsigned *won = arg;
	uint64_t t = 0, old = 0;

	while (old < EACH) {
		int status = ask(&log_a, old, old + 1, false, 100, &t);

		if (status != 200 && status != 409)
			return NULL;
		*won += status == 200;
		old = status == 200 ? old + 1 : t;
	}
	return arg;
}

static void
many_threads_ask_and_each_size_is_cosigned_once(void **state)
{
	pthread_t thread[THREADS];
	struct asker log[THREADS];
	unsigned won[THREADS] = { 0 }, sum = 0;
	void *ok;

	(void)state;
	w->compact_at = 8192;
	for (int i = 0; i < THREADS; i++) {
		char origin[30];

		snprintf(origin, sizeof(origin), "log%d.example", i);
		log[i] = asker_of(origin, (uint8_t)(10 + i), 1000);
		assert_int_equal(cm_witness_files_add_log(w, &log[i].key, NULL), CM_OK);
		assert_int_equal(pthread_create(&thread[i], NULL, one_thread, &log[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], &ok), 0);
		assert_non_null(ok);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, one_racer, &won[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], &ok), 0);
		assert_non_null(ok);
		sum += won[i];
	}
	assert_int_equal(sum, EACH);
}

/* The linker puts this before the rules: two who ask meet here, so that both have been ruled on
 * before either is concluded. */
enum cm_result __real_cm_witness_rule(const struct cm_witness_request *r, const struct cm_vkey *key,
    const struct cm_witness_held *held, struct cm_witness_ruling *out, struct cm_err *err);
enum cm_result __wrap_cm_witness_rule(const struct cm_witness_request *r, const struct cm_vkey *key,
    const struct cm_witness_held *held, struct cm_witness_ruling *out, struct cm_err *err);

static atomic_int to_meet;
static pthread_barrier_t meeting;

enum cm_result
__wrap_cm_witness_rule(const struct cm_witness_request *r, const struct cm_vkey *key,
    const struct cm_witness_held *held, struct cm_witness_ruling *out, struct cm_err *err)
{
	enum cm_result result = __real_cm_witness_rule(r, key, held, out, err);

	if (atomic_fetch_sub(&to_meet, 1) > 0)
		pthread_barrier_wait(&meeting);
	return result;
}

struct side {
	bool other;
	int status;
	uint64_t told;
};

static void *
one_side(void *arg)
{
	struct side *s = arg;

	s->status = ask(&log_a, 0, 9, s->other, 100, &s->told);
	return NULL;
}

static void
of_two_histories_asked_for_at_once_one_is_cosigned(void **state)
{
	struct side side[2] = { { false, 0, 0 }, { true, 0, 0 } };
	pthread_t thread[2];

	(void)state;
	assert_int_equal(pthread_barrier_init(&meeting, NULL, 2), 0);
	atomic_store(&to_meet, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, one_side, &side[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	pthread_barrier_destroy(&meeting);
	assert_int_equal(side[0].status + side[1].status, 200 + 409);
	assert_int_equal(side[side[0].status == 409 ? 0 : 1].told, 9);
}

static void
note_each(void *arg, const struct cm_vkey *log, const struct cm_witness_held *held, uint64_t time)
{
	char *out = arg;
	size_t n = strlen(out);

	snprintf(out + n, 200 - n, "%s %d %d;", log->name, (int)held->size, (int)time);
}

static void
it_lists_what_it_witnesses(void **state)
{
	char got[200] = "";
	uint64_t t;

	(void)state;
	assert_int_equal(cm_witness_files_each(w, note_each, got, NULL), CM_OK);
	assert_string_equal(got, "a.example/log 0 0;");
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	got[0] = '\0';
	assert_int_equal(cm_witness_files_each(w, note_each, got, NULL), CM_OK);
	assert_string_equal(got, "a.example/log 5 100;");
}

static void
it_can_be_looked_at_while_it_serves_and_nothing_signed_so(void **state)
{
	struct cm_witness_files *look = NULL;
	struct cm_witness_answer_out out;
	struct cm_buf request = { 0 }, note = { 0 };
	uint8_t hash[32];
	char got[200] = "";
	uint64_t t;

	(void)state;
	assert_int_equal(ask(&log_a, 0, 5, false, 100, &t), 200);
	assert_int_equal(cm_witness_files_look(d, folder, &look, NULL), CM_OK);
	assert_int_equal(cm_witness_files_each(look, note_each, got, NULL), CM_OK);
	assert_string_equal(got, "a.example/log 5 100;");
	cm_sha256("a.example/log", 13, hash);
	assert_int_equal(cm_witness_files_latest(look, hash, &note, NULL), CM_E_USAGE);
	asker_request(&log_a, 5, 6, false, &request);
	assert_int_equal(
	    cm_witness_files_ask(look, cm_buf_span(&request), 1, &out, NULL), CM_E_USAGE);
	assert_int_equal(ask(&log_a, 5, 6, false, 100, &t), 200);
	cm_buf_release(&request);
	cm_witness_files_close(look);
	reopen();
	assert_int_equal(ask(&log_a, 6, 7, false, 100, &t), 200);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_cosigns_what_grows_and_says_why_not_else),
		TEST(what_was_cosigned_is_remembered_and_shown),
		TEST(time_does_not_go_back_though_the_clock_does),
		TEST(one_origin_has_one_key_and_not_the_witness_s_own),
		TEST(a_fork_is_kept_once_as_two_notes),
		TEST(only_one_process_cosigns),
		TEST(a_copy_does_not_cosign_until_somebody_answers_for_it),
		TEST(damage_is_refused_and_a_torn_end_is_not),
		TEST(the_journal_is_compacted_and_nothing_is_lost),
		TEST(many_threads_ask_and_each_size_is_cosigned_once),
		TEST(of_two_histories_asked_for_at_once_one_is_cosigned),
		TEST(it_lists_what_it_witnesses),
		TEST(it_can_be_looked_at_while_it_serves_and_nothing_signed_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
