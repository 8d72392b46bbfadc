/* What the confined child can and cannot do, tried from inside. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/confine.h"

static bool
confined(void)
{
	return strcmp(cm_confine_kind(), "seccomp+landlock") == 0;
}

static enum cm_result
run_it(int (*run)(void *, int), void *arg, int *status, struct cm_err *err)
{
	struct cm_confine_job job = { .run = run, .arg = arg, .what = "x.pcap", .quiet = true };

	return cm_confine_run(&job, status, err);
}

static int
answer(void *arg, int out)
{
	(void)out;
	return *(int *)arg;
}

static void
the_status_of_the_child_arrives(void **state)
{
	int n = 4, status = 0;

	(void)state;
	assert_int_equal(run_it(answer, &n, &status, NULL), CM_OK);
	assert_int_equal(status, 4);
}

static int
try_paths(void *arg, int out)
{
	(void)arg;
	(void)out;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 1;
	if (open("/dev/null", O_WRONLY) >= 0)
		return 2;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EACCES)
		return 3;
	if (unlink("/nothing") == 0 || errno != EACCES)
		return 4;
	return 0;
}

static void
inside_no_path_opens_and_no_socket(void **state)
{
	int status = -1, fd;

	(void)state;
	if (!confined())
		skip();
	assert_int_equal(run_it(try_paths, NULL, &status, NULL), CM_OK);
	assert_int_equal(status, 0);
	fd = open("/dev/null", O_RDONLY);
	assert_true(fd >= 0); /* and we ourselves still may */
	close(fd);
}

static int
try_exec(void *arg, int out)
{
	char *const argv[] = { NULL };

	(void)arg;
	(void)out;
	execve("/bin/true", argv, argv);
	return 0;
}

static int
try_ptrace(void *arg, int out)
{
	(void)arg;
	(void)out;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
try_fork(void *arg, int out)
{
	(void)arg;
	(void)out;
	return fork() == 0;
}

static int
try_kill(void *arg, int out)
{
	(void)arg;
	(void)out;
	return kill(getppid(), SIGTERM);
}

static int
try_code(void *arg, int out)
{
	(void)arg;
	(void)out;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	    MAP_FAILED;
}

static void
inside_no_program_process_signal_or_new_code(void **state)
{
	int (*const tries[])(void *, int) = { try_exec, try_ptrace, try_fork, try_kill, try_code };

	(void)state;
	if (!confined())
		skip();
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct cm_err err = { 0 };
		int status = -1;

		assert_int_equal(run_it(tries[i], NULL, &status, &err), CM_E_IO);
		assert_non_null(strstr(err.text, "x.pcap"));
		assert_non_null(strstr(err.text, "may not have"));
	}
}

static int
crash(void *arg, int out)
{
	(void)out;
	signal(*(int *)arg, SIG_DFL);
	raise(*(int *)arg);
	return 0;
}

static void
a_child_that_dies_is_one_line(void **state)
{
	int sig[] = { SIGSEGV, SIGABRT, SIGBUS };
	const char *says[] = { "signal 11", "signal 6", "shorter" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cm_err err = { 0 };
		int status = -1;

		assert_int_equal(run_it(crash, &sig[i], &status, &err), CM_E_IO);
		assert_non_null(strstr(err.text, "x.pcap"));
		assert_non_null(strstr(err.text, says[i]));
		assert_null(strchr(err.text, '\n'));
	}
}

static int
look_for(void *arg, int out)
{
	const int *fd = arg;
	char c;

	(void)out;
	if (read(fd[0], &c, 1) != 1 || c != 'k')
		return 1;
	return read(fd[1], &c, 1) == -1 && errno == EBADF ? 0 : 2;
}

static void
only_listed_descriptors_stay_open(void **state)
{
	struct cm_confine_job job = { .run = look_for, .what = "x", .quiet = true, .n_keep = 1 };
	int kept[2], shut[2], fd[2], status = -1;

	(void)state;
	assert_int_equal(pipe(kept), 0);
	assert_int_equal(pipe(shut), 0);
	assert_int_equal(write(kept[1], "k", 1), 1);
	assert_int_equal(write(shut[1], "s", 1), 1);
	fd[0] = kept[0];
	fd[1] = shut[0];
	job.keep = &kept[0];
	job.arg = fd;
	assert_int_equal(cm_confine_run(&job, &status, NULL), CM_OK);
	assert_int_equal(status, 0);
	for (int i = 0; i < 2; i++) {
		close(kept[i]);
		close(shut[i]);
	}
}

static void *
one(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static int
work(void *arg, int out)
{
	pthread_t t;
	int done = 0;
	char *p = malloc(8u << 20);

	(void)arg;
	if (p == NULL || pthread_create(&t, NULL, one, &done) != 0)
		return 1;
	memset(p, 1, 8u << 20);
	free(p);
	pthread_join(t, NULL);
	return write(out, "hello", 5) == 5 && done == 1 ? 0 : 2;
}

static void
memory_threads_and_the_answer_work(void **state)
{
	struct cm_buf result = { .max = 100 };
	struct cm_confine_job job = { .run = work, .what = "x", .quiet = true, .result = &result };
	int status = -1;

	(void)state;
	assert_int_equal(cm_confine_run(&job, &status, NULL), CM_OK);
	assert_int_equal(status, 0);
	assert_int_equal(result.len, 5);
	assert_memory_equal(result.ptr, "hello", 5);
	cm_buf_release(&result);
}

static int
talk(void *arg, int out)
{
	for (int i = 0; i < *(int *)arg; i++)
		if (write(out, "0123456789", 10) != 10)
			return 1;
	return 0;
}

static void
an_answer_beyond_its_bound_is_refused(void **state)
{
	struct cm_buf result = { .max = 100 };
	struct cm_confine_job job = { .run = talk, .what = "x", .quiet = true, .result = &result };
	int status = -1, times = 100000;

	(void)state;
	job.arg = &times;
	assert_int_equal(cm_confine_run(&job, &status, NULL), CM_E_LIMIT);
	cm_buf_release(&result);
}

/* Answers, then waits for a word before it ends. */
static int
answer_and_wait(void *arg, int out)
{
	char word;

	if (write(out, "hello", 5) != 5 || close(out) != 0)
		return 1;
	return read(*(int *)arg, &word, 1) == 1 ? 7 : 2;
}

static void
an_answer_can_be_had_before_the_child_ends(void **state)
{
	struct cm_buf result = { .max = 100 };
	struct cm_confine_job job = { .run = answer_and_wait, .what = "x", .quiet = true, .result = &result };
	struct cm_confine_child child;
	int status = -1, ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	job.arg = &ends[0];
	job.keep = &ends[0];
	job.n_keep = 1;
	assert_int_equal(cm_confine_start(&job, &child, NULL), CM_OK);
	cm_confine_listen(&child);
	assert_int_equal(result.len, 5);
	assert_int_equal(kill(child.pid, 0), 0);
	assert_int_equal(write(ends[1], "!", 1), 1);
	assert_int_equal(cm_confine_end(&child, &status, NULL), CM_OK);
	assert_int_equal(status, 7);
	close(ends[0]);
	close(ends[1]);
	cm_buf_release(&result);
}

static void
a_child_nobody_waits_for_is_stopped(void **state)
{
	struct cm_buf result = { .max = 100 };
	struct cm_confine_job job = { .run = answer_and_wait, .what = "x", .quiet = true, .result = &result };
	struct cm_confine_child child;
	int ends[2], pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	job.arg = &ends[0];
	job.keep = &ends[0];
	job.n_keep = 1;
	assert_int_equal(cm_confine_start(&job, &child, NULL), CM_OK);
	pid = child.pid;
	cm_confine_drop(&child);
	assert_int_equal(child.pid, 0);
	assert_int_equal(kill(pid, 0), -1);
	cm_confine_drop(&child);
	close(ends[0]);
	close(ends[1]);
	cm_buf_release(&result);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_status_of_the_child_arrives),
		cmocka_unit_test(inside_no_path_opens_and_no_socket),
		cmocka_unit_test(inside_no_program_process_signal_or_new_code),
		cmocka_unit_test(a_child_that_dies_is_one_line),
		cmocka_unit_test(only_listed_descriptors_stay_open),
		cmocka_unit_test(memory_threads_and_the_answer_work),
		cmocka_unit_test(an_answer_beyond_its_bound_is_refused),
		cmocka_unit_test(an_answer_can_be_had_before_the_child_ends),
		cmocka_unit_test(a_child_nobody_waits_for_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
