#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/http_path.h"
#include "node/http_watch.h"

#define BACKLOG 512
#define STACK ((size_t)1 << 20)
/* So much of a body that is too long is still read, so that its sender sees the 413. */
#define DISCARD ((size_t)1 << 20)

struct cm_http_server {
	struct MHD_Daemon *daemon;
	struct cm_http_watch watch;
	const struct cm_http_site *site;
	size_t n_sites;
	size_t body_max;
	uint16_t port;
};

/* One request on its way. */
struct asked {
	bool begun, too_long;
	size_t discarded;
	struct cm_buf body;
};

void
cm_http_say(struct cm_http_answer *out, int status, const char *text)
{
	out->status = status;
	out->type = "text/plain; charset=utf-8";
	cm_buf_clear(&out->body);
	cm_buf_add_str(&out->body, text);
	cm_buf_add_u8(&out->body, '\n');
}

static struct cm_http_conn *
conn_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void
header(struct MHD_Response *r, const char *name, const char *value)
{
	if (value != NULL)
		(void)MHD_add_response_header(r, name, value);
}

/* Hands the answer to libmicrohttpd, with its bytes. */
static enum MHD_Result
reply(struct cm_http_server *s, struct MHD_Connection *c, struct cm_http_answer *a)
{
	struct MHD_Response *r;
	enum MHD_Result done;

	if (!cm_buf_ok(&a->body) || a->status == 0) {
		cm_buf_release(&a->body);
		*a = (struct cm_http_answer) { .status = 500 };
	}
	r = MHD_create_response_from_buffer(a->body.len, a->body.ptr,
	    a->body.len == 0 ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
	if (r == NULL || a->body.len == 0)
		cm_buf_release(&a->body);
	if (r == NULL)
		return MHD_NO;
	header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
	header(r, MHD_HTTP_HEADER_CACHE_CONTROL, a->cache);
	header(r, MHD_HTTP_HEADER_ALLOW, a->allow);
	if (cm_http_watch_stopping(&s->watch))
		header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	cm_http_watch_enter(&s->watch, conn_of(c), CM_HTTP_WRITING);
	done = MHD_queue_response(c, (unsigned)a->status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result
reply_text(struct cm_http_server *s, struct MHD_Connection *c, int status, const char *text)
{
	struct cm_http_answer a = { 0 };

	cm_http_say(&a, status, text);
	if (status == 405)
		a.allow = "GET, HEAD, POST";
	return reply(s, c, &a);
}

/* The whole request is there. */
static enum MHD_Result
handle(struct cm_http_server *s, struct MHD_Connection *c, const char *path, bool post,
    const struct asked *q)
{
	struct cm_http_request rq = { .post = post, .body = cm_buf_span(&q->body) };
	struct cm_http_answer a = { 0 };
	const struct cm_http_site *site = NULL;

	if (q->too_long)
		return reply_text(s, c, 413, "the body is too long");
	if (q->body.failed)
		return reply_text(s, c, 503, "no memory; please come back");
	if (cm_http_path_ok(path))
		site = cm_http_path_site(s->site, s->n_sites, path, &rq.path);
	if (site == NULL)
		return reply_text(s, c, 404, "there is nothing of that name");
	cm_http_watch_enter(&s->watch, conn_of(c), CM_HTTP_HANDLING);
	site->handle(site->arg, &rq, &a);
	return reply(s, c, &a);
}

static bool
declares_too_much(struct MHD_Connection *c, size_t max)
{
	const char *text = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");

	return text != NULL && strtoull(text, NULL, 10) > max;
}

/* Nothing but the header has come: is the rest wanted? */
static enum MHD_Result
begin(struct cm_http_server *s, struct MHD_Connection *c, const char *method, struct asked *q)
{
	bool known = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
		     strcmp(method, "POST") == 0;

	q->begun = true;
	q->body.max = s->body_max;
	if (!known)
		return reply_text(s, c, 405, "GET, HEAD and POST are known here");
	if (declares_too_much(c, s->body_max + DISCARD) ||
	    (declares_too_much(c, s->body_max) &&
		MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Expect") != NULL))
		return reply_text(s, c, 413, "the body is too long");
	return MHD_YES;
}

static enum MHD_Result
take_part(struct asked *q, const char *part, size_t *len)
{
	cm_buf_add(&q->body, part, *len);
	q->too_long = q->too_long || q->body.over;
	if (q->too_long)
		q->discarded += *len;
	*len = 0;
	return q->discarded > DISCARD ? MHD_NO : MHD_YES;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *part, size_t *len, void **con)
{
	struct cm_http_server *s = arg;
	struct asked *q = *con;

	(void)version;
	if (q == NULL || conn_of(c) == NULL)
		return MHD_NO; /* there was no memory for them */
	if (!q->begun)
		return begin(s, c, method, q);
	if (*len > 0)
		return take_part(q, part, len);
	return handle(s, c, url, strcmp(method, "POST") == 0, q);
}

/* The first line of a request was read. */
static void *
on_first_line(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct cm_http_server *s = arg;

	(void)uri;
	if (conn_of(c) != NULL)
		cm_http_watch_enter(&s->watch, conn_of(c), CM_HTTP_READING);
	return calloc(1, sizeof(struct asked));
}

static void
on_completed(void *arg, struct MHD_Connection *c, void **con, enum MHD_RequestTerminationCode how)
{
	struct cm_http_server *s = arg;
	struct asked *q = *con;

	(void)how;
	if (q != NULL)
		cm_buf_release(&q->body);
	free(q);
	*con = NULL;
	if (conn_of(c) != NULL)
		cm_http_watch_enter(&s->watch, conn_of(c), CM_HTTP_IDLE);
}

static void
on_connection(void *arg, struct MHD_Connection *c, void **socket_context,
    enum MHD_ConnectionNotificationCode what)
{
	struct cm_http_server *s = arg;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *fd =
		    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

		*socket_context = cm_http_watch_add(&s->watch, fd->connect_fd);
	} else {
		cm_http_watch_remove(&s->watch, *socket_context);
		*socket_context = NULL;
	}
}

/* Paths stay as they were sent (node/http_path.h). */
static size_t
leave_escaped(void *arg, struct MHD_Connection *c, char *s)
{
	(void)arg;
	(void)c;
	return strlen(s);
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char port[16];

	if (getsockname(fd, (struct sockaddr *)&a, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&a, len, NULL, 0, port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return 0;
	return (uint16_t)strtoul(port, NULL, 10);
}

static CM_RESULT
listen_at(const char *address, uint16_t port, int *out, struct cm_err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *a = NULL;
	char text[16];
	int fd, on = 1;

	snprintf(text, sizeof(text), "%u", port);
	if (getaddrinfo(address, text, &hints, &a) != 0)
		return cm_err_set(err, CM_E_USAGE, "%s is not an IP address to listen at", address);
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		cm_err_set(err, CM_E_IO, "can not listen at %s port %u: %s", address, port,
		    strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(a);
	*out = fd;
	return fd < 0 ? CM_E_IO : CM_OK;
}

static void
or_else(unsigned *v, unsigned otherwise)
{
	if (*v == 0)
		*v = otherwise;
}

static struct cm_http_limits
limits_of(struct cm_http_limits l)
{
	or_else(&l.connections, 512);
	or_else(&l.read_ms, 10000);
	or_else(&l.write_ms, 30000);
	or_else(&l.idle_ms, 60000);
	or_else(&l.stop_ms, 5000);
	l.body = l.body == 0 ? (size_t)64 << 10 : l.body;
	return l;
}

static struct MHD_Daemon *
daemon_of(struct cm_http_server *s, int fd, const struct cm_http_limits *l)
{
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
			 MHD_USE_POLL | MHD_USE_ITC;

	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, l->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    l->per_address, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_THREAD_STACK_SIZE, STACK,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, on_first_line, s, MHD_OPTION_NOTIFY_COMPLETED,
	    on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
}

CM_RESULT
cm_http_server_start(
    const struct cm_http_server_new *in, struct cm_http_server **out, struct cm_err *err)
{
	struct cm_http_limits limits = limits_of(in->limits);
	struct cm_http_server *s = calloc(1, sizeof(*s));
	enum cm_result r;
	int fd = -1;

	if (s == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	s->site = in->site;
	s->n_sites = in->n_sites;
	s->body_max = limits.body;
	r = listen_at(in->address, in->port, &fd, err);
	if (r != CM_OK)
		goto no_socket;
	s->port = port_of(fd);
	r = cm_http_watch_start(&s->watch, &limits);
	if (r != CM_OK)
		goto no_watch;
	s->daemon = daemon_of(s, fd, &limits);
	if (s->daemon != NULL) {
		*out = s;
		return CM_OK;
	}
	r = CM_E_NOMEM;
	cm_http_watch_end(&s->watch);
no_watch:
	close(fd);
	cm_err_set(err, r, "no thread could be started for the server");
no_socket:
	free(s);
	return r;
}

uint16_t
cm_http_server_port(const struct cm_http_server *s)
{
	return s->port;
}

void
cm_http_server_stop(struct cm_http_server *s)
{
	int fd;

	if (s == NULL)
		return;
	fd = MHD_quiesce_daemon(s->daemon);
	cm_http_watch_drain(&s->watch);
	MHD_stop_daemon(s->daemon);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	cm_http_watch_end(&s->watch);
	free(s);
}
