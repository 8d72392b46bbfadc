#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "cli/stamp.h"
#include "crypto/timestamp.h"
#include "node/http_client.h"
#include "os/confine.h"
#include "os/private.h"
#include "os/random.h"

#define URL_MAX 2048u
#define TEXT_MAX ((size_t)64 << 10)

struct stamping {
	const struct cm_cli_stamp *in;
	struct cm_arena arena;
	struct cm_buf url, roots, answer;
	uint64_t nonce;
	struct cm_err *err;
};

static const char *
path_of(struct stamping *s, const char *name)
{
	return cm_arena_printf(&s->arena, "%s/%s", s->in->folder, name);
}

/* CM_OK and nothing read: there is no such file. */
static enum cm_result
read_file(struct stamping *s, const char *name, size_t max, struct cm_buf *out)
{
	const char *path = path_of(s, name);

	if (path == NULL)
		return cm_err_set(s->err, CM_E_NOMEM, "out of memory");
	return cm_path_exists(path) ? cm_whole_read(path, max, out, s->err) : CM_OK;
}

static enum cm_result
write_file(struct stamping *s, const char *name, struct cm_span bytes)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	const char *path = path_of(s, name);

	if (path == NULL)
		return cm_err_set(s->err, CM_E_NOMEM, "out of memory");
	return cm_whole_write(path, bytes, mode, s->err);
}

static enum cm_result
take_old(struct stamping *s, struct cm_buf *out, bool *there)
{
	struct cm_buf text = { 0 };
	enum cm_result r = read_file(s, "stamp.txt", TEXT_MAX, &text);

	*there = r == CM_OK && text.len > 0 && cm_span_eq(cm_buf_span(&text), s->in->text);
	if (*there)
		r = read_file(s, "stamp.tsr", CM_TIMESTAMP_BYTES, out);
	cm_buf_release(&text);
	return r;
}

static enum cm_result
ask(struct stamping *s, struct cm_http_reply *reply)
{
	static const struct cm_http_client_new usual = { .connect_ms = 0 };
	struct cm_http_client *http = NULL;
	struct cm_buf request = { 0 };
	struct cm_http_ask a = { .url = cm_buf_cstr(&s->url), .post = "application/timestamp-query",
		.answer_max = CM_TIMESTAMP_BYTES, .total_ms = s->in->wait_ms };
	enum cm_result r = cm_random(&s->nonce, sizeof(s->nonce));

	s->nonce >>= 1; /* some authorities read it as a signed number */
	if (r == CM_OK)
		r = cm_timestamp_request(s->in->text, s->nonce, &request);
	if (r == CM_OK)
		r = cm_http_client_new(&usual, &http, s->err);
	a.body = cm_buf_span(&request);
	if (r == CM_OK)
		r = cm_http_client_all(http, &a, 1, reply, s->err);
	cm_http_client_free(http);
	cm_buf_release(&request);
	return r;
}

/* In a child: the answer may be anything. */
static int
check(void *arg, int fd)
{
	struct stamping *s = arg;
	struct cm_timestamp_ca *ca = NULL;
	struct cm_timestamp stamp;
	struct cm_err why = { 0 };
	enum cm_result r = cm_timestamp_ca_new(cm_buf_span(&s->roots), &ca, &why);

	(void)fd;
	if (r == CM_OK)
		r = cm_timestamp_verify(cm_buf_span(&s->answer), s->in->text, &s->nonce, ca, &stamp, &why);
	cm_timestamp_ca_free(ca);
	if (r == CM_OK)
		return CM_EXIT_OK;
	cm_cli_say(s->in->ctx, "a time stamp that does not hold came from %s: %s", cm_buf_cstr(&s->url), why.text);
	return CM_EXIT_REFUSED;
}

static enum cm_result
check_answer(struct stamping *s, bool *good)
{
	struct cm_confine_job job = { .run = check, .arg = s, .what = "a time stamp", .quiet = true };
	int status = CM_EXIT_CANNOT;
	enum cm_result r = cm_confine_run(&job, &status, s->err);

	*good = r == CM_OK && status == CM_EXIT_OK;
	return r;
}

/* Puts it aside for the next time, the text last. */
static enum cm_result
keep(struct stamping *s)
{
	enum cm_result r = write_file(s, "stamp.tsr", cm_buf_span(&s->answer));

	return r == CM_OK ? write_file(s, "stamp.txt", s->in->text) : r;
}

static enum cm_result
take_new(struct stamping *s, struct cm_buf *out)
{
	struct cm_http_reply reply = { 0 };
	bool good = false;
	enum cm_result r = ask(s, &reply);

	if (r != CM_OK)
		return r;
	s->answer = reply.body;
	if (reply.end != CM_HTTP_ANSWERED)
		cm_cli_say(s->in->ctx, "no time stamp from %s: %s", cm_buf_cstr(&s->url), reply.why);
	else if (reply.status != 200)
		cm_cli_say(s->in->ctx, "no time stamp from %s: it answers %d", cm_buf_cstr(&s->url), reply.status);
	else
		r = check_answer(s, &good);
	if (r == CM_OK && good)
		r = keep(s);
	if (r == CM_OK && good)
		cm_buf_add_span(out, cm_buf_span(&s->answer));
	return r == CM_OK && !cm_buf_ok(out) ? cm_err_set(s->err, CM_E_NOMEM, "out of memory") : r;
}

static enum cm_result
stamp(struct stamping *s, struct cm_buf *out)
{
	bool there = false;
	enum cm_result r = read_file(s, "tsa", URL_MAX, &s->url);

	if (r != CM_OK || s->url.len == 0)
		return r;
	while (s->url.len > 0 && s->url.ptr[s->url.len - 1] == '\n')
		s->url.len--;
	if (cm_buf_cstr(&s->url) == NULL)
		return cm_err_set(s->err, CM_E_NOMEM, "out of memory");
	r = read_file(s, "tsa.pem", CM_TIMESTAMP_CA_BYTES, &s->roots);
	if (r == CM_OK && s->roots.len == 0) {
		cm_cli_say(s->in->ctx,
		    "no time stamp: there is no %s/tsa.pem that it could lead to; `comity trust tsa' puts one there",
		    s->in->folder);
		return CM_OK;
	}
	if (r == CM_OK)
		r = take_old(s, out, &there);
	return r == CM_OK && !there ? take_new(s, out) : r;
}

enum cm_result
cm_cli_stamp(const struct cm_cli_stamp *in, struct cm_buf *out, struct cm_err *err)
{
	struct stamping s = { .in = in, .err = err };
	enum cm_result r;

	cm_arena_init(&s.arena, 0);
	r = stamp(&s, out);
	cm_buf_release(&s.url);
	cm_buf_release(&s.roots);
	cm_buf_release(&s.answer);
	cm_arena_fini(&s.arena);
	return r;
}
