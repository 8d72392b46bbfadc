/* The site's log: a line a request, by the clock of the site's host. */
#include "weblog.h"

#include <stdio.h>
#include <time.h>

static void
clf_time(char *out, size_t size, int64_t t)
{
	time_t sec = (time_t)(t / GEN_SEC);
	struct tm tm;

	gmtime_r(&sec, &tm);
	strftime(out, size, "%d/%b/%Y:%H:%M:%S +0000", &tm);
}

static void
iso_time(char *out, size_t size, int64_t t)
{
	time_t sec = (time_t)(t / GEN_SEC);
	struct tm tm;

	gmtime_r(&sec, &tm);
	strftime(out, size, "%Y-%m-%dT%H:%M:%S+00:00", &tm);
}

/* As Apache httpd has it: when the request came; of what was not answered, no bytes. */
static void
put_clf(struct cm_buf *b, const struct gen_line *l, uint8_t form)
{
	char when[40];

	clf_time(when, sizeof(when), l->came);
	if (form == GEN_LOG_VHOST)
		cm_buf_printf(b, "%s:80 ", l->ask->host);
	cm_buf_printf(b, "%s - - [%s] \"%s %s HTTP/1.1\" %u ", l->client, when,
	    l->ask->method == NULL ? "GET" : l->ask->method, l->ask->target,
	    l->got->status == 0 ? 200u : l->got->status);
	if (l->got->status == 0)
		cm_buf_add_str(b, "-");
	else
		cm_buf_printf(b, "%llu", (unsigned long long)l->got->bytes);
	if (form != GEN_LOG_COMMON)
		cm_buf_printf(b, " \"%s\" \"%s\"", l->ask->referer == NULL ? "-" : l->ask->referer,
		    l->ask->agent == NULL ? "-" : l->ask->agent);
	if (form == GEN_LOG_TIMED)
		cm_buf_printf(b, " %lld", (long long)(l->got->took / GEN_US));
	cm_buf_add_str(b, "\n");
}

/* As nginx has it with log_format escape=json: when it was done; 499: the client went away. */
static void
put_json(struct cm_buf *b, const struct gen_line *l)
{
	int64_t done = l->came + l->got->took;
	char when[40];

	iso_time(when, sizeof(when), done);
	cm_buf_printf(b, "{\"time_iso8601\":\"%s\",\"msec\":\"%lld.%03lld\"", when,
	    (long long)(done / GEN_SEC), (long long)(done % GEN_SEC / GEN_MS));
	gen_json_text(b, "remote_addr", l->client);
	cm_buf_printf(b, ",\"remote_port\":\"%u\"", l->port);
	gen_json_text(b, "request_method", l->ask->method == NULL ? "GET" : l->ask->method);
	gen_json_text(b, "request_uri", l->ask->target);
	gen_json_text(b, "http_host", l->ask->host);
	cm_buf_printf(b, ",\"status\":\"%u\",\"body_bytes_sent\":\"%llu\"",
	    l->got->status == 0 ? 499u : l->got->status, (unsigned long long)l->got->bytes);
	cm_buf_printf(b, ",\"request_time\":\"%lld.%03lld\"", (long long)(l->got->took / GEN_SEC),
	    (long long)(l->got->took % GEN_SEC / GEN_MS));
	gen_json_text(b, "http_referer", l->ask->referer == NULL ? "" : l->ask->referer);
	gen_json_text(b, "http_user_agent", l->ask->agent == NULL ? "" : l->ask->agent);
	cm_buf_add_str(b, "}\n");
}

void
gen_log_line(struct gen_sim *s, uint8_t form, int64_t t, const struct gen_line *l)
{
	struct cm_buf b = { 0 };

	if (form == GEN_LOG_JSON)
		put_json(&b, l);
	else
		put_clf(&b, l, form);
	if (cm_buf_ok(&b))
		gen_sim_note(s, t, (const char *)b.ptr, b.len);
	else
		s->failed = true;
	cm_buf_release(&b);
}
