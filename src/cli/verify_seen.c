#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/keys.h"
#include "cli/monitor.h"
#include "cli/verify_seen.h"
#include "crypto/sha256.h"
#include "os/clock.h"

/* Records: what it is, then its parts, each behind its length. */
enum { RECORD_SEEN = 'S', RECORD_FORK = 'F' };

static void
put_part(struct cm_buf *out, struct cm_span part)
{
	cm_buf_add_u32(out, (uint32_t)part.len);
	cm_buf_add_span(out, part);
}

static struct cm_span
take_part(struct cm_cursor *c)
{
	uint32_t len = cm_cursor_u32(c);

	return cm_cursor_take(c, len);
}

static void
put_seen(struct cm_buf *out, const struct cm_logged *l)
{
	cm_buf_add_u8(out, RECORD_SEEN);
	cm_buf_add_u64(out, l->size);
	put_part(out, cm_span_of(l->root, 32));
	put_part(out, cm_span_str(l->origin));
	put_part(out, l->note);
}

static void
put_fork(struct cm_verify_seen *out, const struct cm_vkey *key, const struct cm_logged *l,
    const struct cm_seen_checkpoint *other)
{
	struct cm_buf vkey = { 0 };

	cm_vkey_write(key, &vkey);
	cm_buf_add_u8(&out->records, RECORD_FORK);
	cm_buf_add_u64(&out->records, l->size);
	put_part(&out->records, cm_buf_span(&vkey));
	put_part(&out->records, other->note);
	put_part(&out->records, l->note);
	cm_buf_release(&vkey);
	if (!out->fork)
		snprintf(out->line, sizeof(out->line),
		    "FORK: %s shows another tree of %" PRIu64 " entries than an earlier dossier did: %.200s signed two "
		    "histories", l->receipt, l->size, l->origin);
	out->fork = true;
}

/* The same checkpoint stands in many receipts of one dossier. */
static bool
is_said(const struct cm_verified *v, size_t i)
{
	return i > 0 && cm_span_eq(v->logged[i - 1].note, v->logged[i].note);
}

enum cm_result
cm_verify_seen_collect(const struct cm_verified *v, const struct cm_verify_in *in, struct cm_verify_seen *out)
{
	size_t i;

	for (i = 0; in->policy != NULL && i < v->n_signers; i++) {
		const struct cm_logged *l = &v->logged[i];
		const struct cm_seen_checkpoint *other = cm_receiver_other(&in->receiver, l);

		if ((l->how != CM_LOGGED_FEW && l->how != CM_LOGGED_ENOUGH) || is_said(v, i))
			continue;
		if (other != NULL)
			put_fork(out, &cm_policy_find_log(in->policy, l->origin)->key, l, other);
		else
			put_seen(&out->records, l);
	}
	return cm_buf_ok(&out->records) ? CM_OK : CM_E_NOMEM;
}

struct keeping {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_vkey own; /* of the own log */
	bool has_own;
	struct cm_arena arena;
	struct cm_err err;
};

/* Later statements name it: they can not be older.  The own log's checkpoints bound nothing. */
static enum cm_result
know(struct keeping *k, const struct cm_after *of)
{
	if (k->has_own && strcmp(k->own.name, of->origin) == 0)
		return CM_OK;
	return cm_case_known_set(k->c, of, cm_clock_now(), &k->err);
}

static enum cm_result
keep_seen(struct keeping *k, struct cm_cursor *in)
{
	struct cm_case_seen s = { .of = { .size = cm_cursor_u64(in) } };
	struct cm_span root = take_part(in), origin = take_part(in);
	const char *name = cm_arena_printf(&k->arena, "%.*s", (int)origin.len, (const char *)origin.ptr);

	s.note = take_part(in);
	if (in->bad || root.len != 32)
		return cm_err_set(&k->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	if (name == NULL)
		return cm_err_set(&k->err, CM_E_NOMEM, "out of memory");
	s.of.origin = name;
	memcpy(s.of.root, root.ptr, 32);
	if (cm_case_seen_add(k->c, &s, &k->err) != CM_OK)
		return k->err.code;
	return know(k, &s.of);
}

static enum cm_result
keep_fork(struct keeping *k, struct cm_cursor *in)
{
	struct cm_monitor m = { .ctx = k->ctx, .c = k->c };
	uint8_t hash[CM_SHA256_LEN];
	struct cm_fork f = { 0 };
	const char *path = NULL;
	bool again = false;
	enum cm_result r;

	(void)cm_cursor_u64(in);
	r = cm_vkey_parse(take_part(in), &f.key, &k->err);
	f.one = take_part(in);
	f.two = take_part(in);
	if (r != CM_OK || in->bad)
		return cm_err_set(&k->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	cm_sha256(f.key.name, strlen(f.key.name), hash);
	cm_hex_encode(cm_span_of(hash, 8), m.hash);
	cm_arena_init(&m.round, 0);
	r = cm_monitor_keep_fork(&m, &f, &path, &again);
	if (r == CM_OK)
		cm_cli_say(k->ctx, "both checkpoints are kept: `comity verify %s/fork.dossier' proves it to anybody", path);
	else
		(void)cm_err_set(&k->err, r, "%s", m.err.text);
	cm_arena_fini(&m.round);
	return r;
}

static enum cm_result
keep_all(struct keeping *k, struct cm_span records)
{
	struct cm_cursor in = cm_cursor_of(records);
	enum cm_result r = CM_OK;

	while (r == CM_OK && cm_cursor_left(&in) > 0)
		r = cm_cursor_u8(&in) == RECORD_FORK ? keep_fork(k, &in) : keep_seen(k, &in);
	return r;
}

enum cm_exit
cm_verify_seen_keep(const struct cm_context *ctx, struct cm_span records)
{
	struct keeping k = { .ctx = ctx };
	enum cm_exit code = CM_EXIT_OK;

	if (records.len == 0)
		return CM_EXIT_OK;
	if (!cm_cli_case(ctx, &k.c, &code))
		return code;
	cm_arena_init(&k.arena, 0);
	k.has_own = cm_cli_vkey(cm_case_folder(k.c), "log", &k.own, NULL) == CM_OK;
	if (keep_all(&k, records) != CM_OK)
		code = cm_cli_error(ctx, NULL, &k.err, "what the receipts showed was not remembered");
	cm_arena_fini(&k.arena);
	cm_case_close(k.c);
	return code;
}
