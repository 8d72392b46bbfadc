#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/ed25519.h"
#include "liar.h"

static const uint8_t seed[32] = { 7 };

/* Rules are set between requests, never during one. */
static void
twist(const struct liar_rule *r, struct cm_http_answer *out)
{
	switch (r->how) {
	case LIAR_MISSING:
		cm_http_say(out, 404, "no");
		break;
	case LIAR_STATUS:
		cm_http_say(out, (int)r->arg, "no");
		break;
	case LIAR_CUT:
		out->body.len -= r->arg < out->body.len ? r->arg : out->body.len;
		break;
	case LIAR_FLIP:
		if (out->body.len > 0)
			out->body.ptr[r->arg / 8 % out->body.len] ^= (uint8_t)(1u << r->arg % 8);
		break;
	case LIAR_LONG:
		memset(cm_buf_grow(&out->body, r->arg), 'x', r->arg);
		break;
	case LIAR_SLOW:
		usleep((useconds_t)r->arg * 1000);
		break;
	case LIAR_BYTES:
		cm_buf_clear(&out->body);
		cm_buf_add_span(&out->body, r->bytes);
		out->status = 200;
		break;
	}
}

static void
answer(void *arg, const struct cm_http_request *request, struct cm_http_answer *out)
{
	struct liar *l = arg;

	__atomic_add_fetch(&l->asked, 1, __ATOMIC_SEQ_CST);
	cm_log_site_handle(l->site[l->shown], request, out);
	for (size_t i = 0; i < LIAR_RULES && l->rule[i].path != NULL; i++)
		if (strncmp(request->path, l->rule[i].path, strlen(l->rule[i].path)) == 0)
			twist(&l->rule[i], out);
}

static void
begin_log(struct liar *l, unsigned which)
{
	char folder[80];
	struct cm_log_new in = { folder, LIAR_ORIGIN, seed, 5 };
	struct cm_log_site_new site = { .disk = cm_disk_here(), .folder = folder };

	snprintf(folder, sizeof(folder), "%s/log%u", l->place, which);
	assert_int_equal(cm_log_files_create(cm_disk_here(), &in, NULL), CM_OK);
	assert_int_equal(
	    cm_log_files_open(cm_disk_here(), folder, CM_LOG_APPEND, &l->log[which], NULL), CM_OK);
	assert_int_equal(cm_log_site_new(&site, &l->site[which], NULL), CM_OK);
}

void
liar_begin(struct liar *l)
{
	static struct cm_http_site site = { "", answer, NULL };
	struct cm_http_server_new in = { .address = "127.0.0.1", .site = &site, .n_sites = 1 };

	*l = (struct liar) { .place = "/tmp/comity-liar-XXXXXX" };
	assert_non_null(mkdtemp(l->place));
	begin_log(l, 0);
	begin_log(l, 1);
	site.arg = l;
	assert_int_equal(cm_http_server_start(&in, &l->server, NULL), CM_OK);
	snprintf(l->url, sizeof(l->url), "http://127.0.0.1:%u", cm_http_server_port(l->server));
}

void
liar_end(struct liar *l)
{
	cm_http_server_stop(l->server);
	for (unsigned i = 0; i < 2; i++) {
		cm_log_site_free(l->site[i]);
		cm_log_files_close(l->log[i]);
	}
	assert_int_equal(cm_disk_clear(cm_disk_here(), l->place, 12, NULL), CM_OK);
}

static void
append(struct liar *l, unsigned which, const char *word, size_t n)
{
	char(*room)[64] = calloc(n + 1, sizeof(*room));
	struct cm_span *e = calloc(n + 1, sizeof(*e));
	uint64_t size = cm_log_files_head(l->log[which])->size, first;

	assert_true(room != NULL && e != NULL);
	for (size_t i = 0; i < n; i++) {
		snprintf(room[i], sizeof(room[i]), "%s %llu", word, (unsigned long long)(size + i));
		e[i] = cm_span_str(room[i]);
	}
	assert_int_equal(cm_log_files_append(l->log[which], e, n, &first, NULL), CM_OK);
	free(room);
	free(e);
}

void
liar_grow_both(struct liar *l, size_t n)
{
	append(l, 0, "both", n);
	append(l, 1, "both", n);
}

void
liar_grow(struct liar *l, unsigned which, size_t n)
{
	append(l, which, which == 0 ? "one" : "two", n);
}

void
liar_note(struct liar *l, unsigned which, struct cm_buf *out)
{
	assert_int_equal(cm_log_files_published(l->log[which], out, NULL), CM_OK);
}

void
liar_sign(uint64_t size, const uint8_t root[32], struct cm_buf *out)
{
	struct cm_checkpoint c = { .origin = LIAR_ORIGIN, .size = size };
	struct cm_buf text = { 0 };
	struct cm_vkey key;
	uint8_t point[32];

	assert_int_equal(cm_ed25519_public(seed, point), CM_OK);
	assert_int_equal(
	    cm_vkey_of(cm_span_str(LIAR_ORIGIN), CM_NOTE_ED25519, point, &key, NULL), CM_OK);
	memcpy(c.root, root, 32);
	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(out, cm_buf_span(&text));
	cm_buf_add_u8(out, '\n');
	assert_int_equal(cm_note_sign(cm_buf_span(&text), &key, seed, out, NULL), CM_OK);
	cm_buf_release(&text);
}

void
liar_lie(struct liar *l, struct liar_rule rule)
{
	l->rule[0] = rule;
	l->rule[1].path = NULL;
}

void
liar_be_honest(struct liar *l)
{
	l->rule[0].path = NULL;
}
