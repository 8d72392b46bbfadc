#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/build.h"
#include "node/http_client.h"

#define WAIT_MS 1000

struct under_way {
	struct cm_http_reply reply;
	size_t answer_max;
	bool too_long, no_memory;
	bool headed; /* the empty line behind the head has come */
	CURL *easy;
	struct curl_slist *headers;
	char words[CURL_ERROR_SIZE];
	struct under_way *before, *behind;
};

struct cm_http_client {
	struct cm_http_client_new in;
	CURLM *multi;
	struct under_way *list;
};

/* A write to a TLS connection that the other side has closed may raise SIGPIPE, which would end
 * the program: for as long as libcurl works it is held back in this thread, then taken out. */
struct held_pipe {
	sigset_t before;
	bool pending;
};

static sigset_t
only_pipe(void)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGPIPE);
	return s;
}

static struct held_pipe
hold_pipe(void)
{
	struct held_pipe h = { 0 };
	sigset_t pipe = only_pipe(), pending;

	sigpending(&pending);
	h.pending = sigismember(&pending, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &h.before);
	return h;
}

static void
let_pipe_go(const struct held_pipe *h)
{
	sigset_t pipe = only_pipe();
	struct timespec none = { 0 };

	if (!h->pending)
		(void)sigtimedwait(&pipe, NULL, &none);
	pthread_sigmask(SIG_SETMASK, &h->before, NULL);
}

CM_RESULT
cm_http_client_new(
    const struct cm_http_client_new *in, struct cm_http_client **out, struct cm_err *err)
{
	struct cm_http_client *c = calloc(1, sizeof(*c));

	if (c != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		c->multi = curl_multi_init();
	if (c == NULL || c->multi == NULL) {
		free(c);
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	c->in = *in;
	if (c->in.connect_ms == 0)
		c->in.connect_ms = 5000;
	*out = c;
	return CM_OK;
}

static void
drop(struct cm_http_client *c, struct under_way *u)
{
	if (u->before != NULL)
		u->before->behind = u->behind;
	else if (c->list == u)
		c->list = u->behind;
	if (u->behind != NULL)
		u->behind->before = u->before;
	if (u->easy != NULL) {
		curl_multi_remove_handle(c->multi, u->easy);
		curl_easy_cleanup(u->easy);
	}
	curl_slist_free_all(u->headers);
	cm_buf_release(&u->reply.body);
	free(u);
}

void
cm_http_client_break_off(struct cm_http_client *c)
{
	struct held_pipe h = hold_pipe();

	while (c->list != NULL)
		drop(c, c->list);
	let_pipe_go(&h);
}

void
cm_http_client_free(struct cm_http_client *c)
{
	struct held_pipe h;

	if (c == NULL)
		return;
	cm_http_client_break_off(c);
	h = hold_pipe();
	curl_multi_cleanup(c->multi);
	let_pipe_go(&h);
	free(c);
}

static size_t
take_body(char *ptr, size_t size, size_t n, void *arg)
{
	struct under_way *u = arg;
	size_t len = size * n;

	u->too_long = len > u->answer_max - u->reply.body.len;
	if (u->too_long)
		return 0;
	cm_buf_add(&u->reply.body, ptr, len);
	u->no_memory = u->reply.body.failed;
	return u->no_memory ? 0 : len;
}

/* libcurl takes an answer for whole that ends in the middle of its head. */
static size_t
take_head_line(char *ptr, size_t size, size_t n, void *arg)
{
	struct under_way *u = arg;

	if (n > 5 && memcmp(ptr, "HTTP/", 5) == 0)
		u->headed = false; /* the first one was "100 Continue" */
	else if (n == 2 && ptr[0] == '\r')
		u->headed = true;
	return size * n;
}

static bool
set_post(struct under_way *u, const struct cm_http_ask *ask)
{
	char type[128];
	struct curl_slist *more;
	int len = snprintf(type, sizeof(type), "Content-Type: %s", ask->post);

	if (len < 0 || (size_t)len >= sizeof(type))
		return false;
	u->headers = curl_slist_append(NULL, type);
	/* no asking beforehand whether the body is wanted: it is short */
	more = curl_slist_append(u->headers, "Expect:");
	return u->headers != NULL && more != NULL &&
	       curl_easy_setopt(u->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.len) ==
		   CURLE_OK &&
	       curl_easy_setopt(u->easy, CURLOPT_COPYPOSTFIELDS,
		   ask->body.len == 0 ? "" : (const char *)ask->body.ptr) == CURLE_OK &&
	       curl_easy_setopt(u->easy, CURLOPT_HTTPHEADER, u->headers) == CURLE_OK;
}

static bool
set_up(const struct cm_http_client *c, struct under_way *u, const struct cm_http_ask *ask)
{
	char agent[64];
	bool ok;

	snprintf(agent, sizeof(agent), "%s/%s", cm_build_name(), cm_build_version());
	ok = curl_easy_setopt(u->easy, CURLOPT_URL, ask->url) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	     /* a name server that is silent must not hold up the end */
	     curl_easy_setopt(u->easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)c->in.connect_ms) ==
		 CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_TIMEOUT_MS, (long)ask->total_ms) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_USERAGENT, agent) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_ERRORBUFFER, u->words) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_WRITEDATA, u) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_HEADERFUNCTION, take_head_line) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_HEADERDATA, u) == CURLE_OK &&
	     curl_easy_setopt(u->easy, CURLOPT_PRIVATE, u) == CURLE_OK;
	if (ok && c->in.ca_file != NULL)
		ok = curl_easy_setopt(u->easy, CURLOPT_CAINFO, c->in.ca_file) == CURLE_OK;
	return ok && (ask->post == NULL || set_post(u, ask));
}

static bool
is_url(const char *url)
{
	return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

CM_RESULT
cm_http_client_begin(struct cm_http_client *c, const struct cm_http_ask *ask, struct cm_err *err)
{
	struct under_way *u;

	if (!is_url(ask->url))
		return cm_err_set(err, CM_E_USAGE,
		    "%s is no URL to ask: it begins neither with http:// nor with https://",
		    ask->url);
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	u->reply.tag = ask->tag;
	u->answer_max = ask->answer_max;
	u->easy = curl_easy_init();
	if (u->easy == NULL || !set_up(c, u, ask) ||
	    curl_multi_add_handle(c->multi, u->easy) != CURLM_OK) {
		drop(c, u);
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	u->behind = c->list;
	if (u->behind != NULL)
		u->behind->before = u;
	c->list = u;
	return CM_OK;
}

static void
take_answer(struct under_way *u)
{
	const char *type = NULL;
	long status = 0;

	curl_easy_getinfo(u->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(u->easy, CURLINFO_CONTENT_TYPE, &type);
	u->reply.end = CM_HTTP_ANSWERED;
	u->reply.status = (int)status;
	snprintf(u->reply.type, sizeof(u->reply.type), "%s", type == NULL ? "" : type);
}

/* Why there is no answer. */
static void
take_failure(struct under_way *u, CURLcode code)
{
	struct cm_http_reply *r = &u->reply;

	cm_buf_release(&r->body);
	if (u->too_long) {
		r->end = CM_HTTP_TOO_LONG;
		snprintf(
		    r->why, sizeof(r->why), "the answer has more than %zu bytes", u->answer_max);
		return;
	}
	r->end = code == CURLE_OPERATION_TIMEDOUT ? CM_HTTP_LATE : CM_HTTP_UNREACHABLE;
	snprintf(r->why, sizeof(r->why), "%.199s",
	    u->words[0] != '\0' ? u->words : curl_easy_strerror(code));
}

/* One that has ended, if there is one. */
static CM_RESULT
take_ended(struct cm_http_client *c, struct cm_http_reply *out, bool *any, struct cm_err *err)
{
	struct under_way *u = NULL;
	CURLMsg *m;
	int left;
	bool no_memory;

	do
		m = curl_multi_info_read(c->multi, &left);
	while (m != NULL && m->msg != CURLMSG_DONE);
	*any = m != NULL;
	if (m == NULL)
		return CM_OK;
	curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &u);
	no_memory = u->no_memory || m->data.result == CURLE_OUT_OF_MEMORY;
	if (m->data.result != CURLE_OK)
		take_failure(u, m->data.result);
	else if (!u->headed)
		take_failure(u, CURLE_PARTIAL_FILE);
	else
		take_answer(u);
	*out = u->reply;
	u->reply.body = (struct cm_buf) { 0 };
	drop(c, u);
	return no_memory ? cm_err_set(err, CM_E_NOMEM, "out of memory") : CM_OK;
}

static CM_RESULT
next(struct cm_http_client *c, struct cm_http_reply *out, struct cm_err *err)
{
	while (c->list != NULL) {
		bool any;
		int running;
		enum cm_result r;

		if (curl_multi_perform(c->multi, &running) != CURLM_OK)
			return cm_err_set(err, CM_E_NOMEM, "out of memory");
		r = take_ended(c, out, &any, err);
		if (any || r != CM_OK)
			return r;
		if (curl_multi_poll(c->multi, NULL, 0, WAIT_MS, NULL) != CURLM_OK)
			return cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	return cm_err_set(err, CM_E_NOTFOUND, "no request is under way");
}

CM_RESULT
cm_http_client_next(struct cm_http_client *c, struct cm_http_reply *out, struct cm_err *err)
{
	struct held_pipe h = hold_pipe();
	enum cm_result r = next(c, out, err);

	let_pipe_go(&h);
	return r;
}

/* Begins all; those that can not be are replies already, and ${*n_begun} is without them. */
static CM_RESULT
begin_all(struct cm_http_client *c, const struct cm_http_ask *ask, size_t n,
    struct cm_http_reply *out, size_t *n_begun, struct cm_err *err)
{
	*n_begun = 0;
	for (size_t i = 0; i < n; i++) {
		struct cm_http_ask a = ask[i];
		struct cm_err why = { 0 };
		enum cm_result r;

		a.tag = i;
		out[i] = (struct cm_http_reply) { .tag = i, .end = CM_HTTP_UNREACHABLE };
		r = cm_http_client_begin(c, &a, &why);
		if (r == CM_E_NOMEM)
			return cm_err_set(err, r, "%s", why.text);
		if (r == CM_OK)
			(*n_begun)++;
		else
			snprintf(out[i].why, sizeof(out[i].why), "%.190s", why.text);
	}
	return CM_OK;
}

CM_RESULT
cm_http_client_all(struct cm_http_client *c, const struct cm_http_ask *ask, size_t n,
    struct cm_http_reply *out, struct cm_err *err)
{
	size_t left = 0;
	enum cm_result r = begin_all(c, ask, n, out, &left, err);

	while (r == CM_OK && left > 0) {
		struct cm_http_reply one = { 0 };

		r = cm_http_client_next(c, &one, err);
		if (r == CM_OK)
			out[one.tag] = one;
		left--;
	}
	if (r == CM_OK)
		return CM_OK;
	cm_http_client_break_off(c);
	for (size_t i = 0; i < n; i++)
		cm_buf_release(&out[i].body);
	return r;
}
