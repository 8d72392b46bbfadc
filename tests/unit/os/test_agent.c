/* One question, one answer, over a Unix socket; whoever answers may be anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/agent.h"

static char folder[64], path[80];

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/agent", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* Asks a child that reads the question "ab", answers these bytes and hangs up. */
static enum cm_result
ask(const char *bytes, size_t len, struct cm_buf *answer)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), status = 0;
	enum cm_result r;
	pid_t child;

	strcpy(at.sun_path, path);
	unlink(path);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int fd = accept(listener, NULL, NULL);
		char question[6];

		if (recv(fd, question, 6, MSG_WAITALL) != 6 ||
		    memcmp(question, "\0\0\0\2ab", 6) != 0)
			_exit(1);
		if (len > 0 && send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
			_exit(2);
		_exit(0);
	}
	r = cm_agent_ask(path, cm_span_str("ab"), answer, NULL);
	close(listener);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return r;
}

static void
an_answer_comes_back_without_its_length(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	assert_int_equal(ask("\0\0\0\3xyz", 7, &b), CM_OK);
	assert_true(cm_span_eq(cm_buf_span(&b), cm_span_str("xyz")));
	cm_buf_release(&b);
}

static void
an_answer_cut_short_or_too_long_is_an_error(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	assert_int_equal(ask("", 0, &b), CM_E_IO);
	assert_int_equal(ask("\0\0\0", 3, &b), CM_E_IO);
	assert_int_equal(ask("\0\0\0\4xyz", 7, &b), CM_E_IO);
	assert_int_equal(ask("\0\0\0\0", 4, &b), CM_E_LIMIT);
	assert_int_equal(ask("\xff\xff\xff\xff", 4, &b), CM_E_LIMIT);
	assert_int_equal(b.len, 0);
	cm_buf_release(&b);
}

static void
nobody_there_is_said_so(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	char long_path[200];

	(void)state;
	assert_int_equal(cm_agent_ask(path, cm_span_str("x"), &b, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "no ssh-agent"));
	memset(long_path, 'a', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(cm_agent_ask(long_path, cm_span_str("x"), &b, NULL), CM_E_NOTFOUND);
	cm_buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_back_without_its_length),
		TEST(an_answer_cut_short_or_too_long_is_an_error),
		TEST(nobody_there_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
