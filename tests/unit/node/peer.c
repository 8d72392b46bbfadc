#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

int64_t
peer_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in) { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int
peer_dial(uint16_t port)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

bool
peer_send(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool
peer_say(int fd, const char *text)
{
	return peer_send(fd, text, strlen(text));
}

/* -1: nothing came; 0: hung up. */
static ssize_t
receive(int fd, char *out, size_t max, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = until - peer_now_ms();
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return -1;
	n = recv(fd, out, max, 0);
	return n < 0 ? 0 : n;
}

size_t
peer_rest(int fd, char *out, size_t max, unsigned ms)
{
	int64_t until = peer_now_ms() + ms;
	size_t len = 0;

	while (len + 1 < max) {
		ssize_t n = receive(fd, out + len, max - 1 - len, until);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	out[len] = '\0';
	return len;
}

static size_t
declared(const char *head)
{
	const char *at = strstr(head, "Content-Length: ");

	assert_non_null(at);
	return strtoul(at + 16, NULL, 10);
}

size_t
peer_answer(int fd, char *out, size_t max)
{
	int64_t until = peer_now_ms() + 20000;
	size_t len = 0, all = 0;

	while (all == 0 || len < all) {
		/* the head byte by byte, so that nothing of the next answer is taken */
		ssize_t n = receive(fd, out + len, all == 0 ? 1 : all - len, until);

		assert_true(n > 0);
		len += (size_t)n;
		assert_true(len + 1 < max);
		out[len] = '\0';
		if (all == 0 && len >= 4 && memcmp(out + len - 4, "\r\n\r\n", 4) == 0) {
			all = len + declared(out);
			assert_true(all < max);
		}
	}
	return len;
}

bool
peer_is_gone(int fd, unsigned ms)
{
	int64_t until = peer_now_ms() + ms;
	char buf[4096];
	ssize_t n;

	do
		n = receive(fd, buf, sizeof(buf), until);
	while (n > 0);
	return n == 0;
}

static int
listen_here(uint16_t *port)
{
	struct sockaddr_in at = loopback(0);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void
drip(int fd, unsigned ms)
{
	while (peer_send(fd, "x", 1))
		usleep(ms * 1000);
}

/* ${ms}: 0: all at once. */
static struct peer_server
serve(const char *bytes, size_t len, unsigned ms)
{
	struct peer_server s;
	int listener = listen_here(&s.port);

	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a test fails */
		for (;;) {
			int fd = accept(listener, NULL, NULL);
			char question[65536];

			if (recv(fd, question, sizeof(question), 0) <= 0)
				continue;
			if (bytes == NULL)
				pause();
			peer_send(fd, bytes, len);
			if (ms > 0)
				drip(fd, ms);
			shutdown(fd, SHUT_WR);
			while (recv(fd, question, sizeof(question), 0) > 0)
				;
			close(fd);
		}
	}
	close(listener);
	return s;
}

struct peer_server
peer_serve(const char *bytes, size_t len)
{
	return serve(bytes, len, 0);
}

struct peer_server
peer_drip(const char *head, unsigned ms)
{
	return serve(head, strlen(head), ms);
}

void
peer_end(struct peer_server s)
{
	kill(s.pid, SIGKILL);
	waitpid(s.pid, NULL, 0);
}
