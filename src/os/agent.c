#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/agent.h"

static int
dial(const char *path, struct cm_err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = CM_AGENT_PATIENCE };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path)) {
		cm_err_set(err, CM_E_NOTFOUND, "the path of the ssh-agent's socket is too long");
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		return fd;
	}
	cm_err_set(err, CM_E_NOTFOUND, "no ssh-agent at %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
send_all(int fd, struct cm_span s)
{
	while (s.len > 0) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = cm_span_part(s, (size_t)n, s.len - (size_t)n);
	}
	return true;
}

static bool
receive_all(int fd, uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(fd, p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static enum cm_result
converse(int fd, struct cm_span request, struct cm_buf *answer, struct cm_err *err)
{
	uint8_t head[4];
	uint32_t len;
	uint8_t *p;

	cm_put32(head, (uint32_t)request.len);
	if (!send_all(fd, cm_span_of(head, sizeof(head))) || !send_all(fd, request) ||
	    !receive_all(fd, head, sizeof(head)))
		return cm_err_set(err, CM_E_IO, "the ssh-agent does not answer");
	len = cm_get32(head);
	if (len == 0 || len > CM_AGENT_MESSAGE_MAX)
		return cm_err_set(err, CM_E_LIMIT, "the ssh-agent answers with %u bytes", len);
	p = cm_buf_grow(answer, len);
	if (p == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (receive_all(fd, p, len))
		return CM_OK;
	answer->len -= len;
	return cm_err_set(err, CM_E_IO, "the ssh-agent's answer is cut short");
}

enum cm_result
cm_agent_ask(
    const char *socket_path, struct cm_span request, struct cm_buf *answer, struct cm_err *err)
{
	enum cm_result r;
	int fd;

	if (request.len > CM_AGENT_MESSAGE_MAX)
		return cm_err_set(err, CM_E_LIMIT, "too much to ask of an ssh-agent");
	fd = dial(socket_path, err);
	if (fd < 0)
		return CM_E_NOTFOUND;
	r = converse(fd, request, answer, err);
	close(fd);
	return r;
}
