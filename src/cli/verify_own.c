#include <string.h>

#include "cli/verify_own.h"
#include "crypto/timestamp.h"
#include "os/private.h"
#include "store/case.h"
#include "store/trust.h"

static enum cm_result
read_file(const struct cm_verify_own *o, const char *name, size_t max, struct cm_buf *out, struct cm_err *err)
{
	struct cm_buf path = { 0 };
	enum cm_result r = CM_OK;

	cm_buf_printf(&path, "%s/%s", o->folder, name);
	if (cm_buf_cstr(&path) == NULL)
		r = CM_E_NOMEM;
	else if (cm_path_exists(cm_buf_cstr(&path)))
		r = cm_whole_read(cm_buf_cstr(&path), max, out, err);
	cm_buf_release(&path);
	return r;
}

static enum cm_result
read_heads(struct cm_verify_own *o, struct cm_case *c, struct cm_err *err)
{
	struct cm_case_heads heads;
	struct cm_own_head *h;
	enum cm_result r = cm_case_heads(c, &o->arena, &heads, err);
	size_t i;

	if (r != CM_OK)
		return r;
	h = cm_arena_array(&o->arena, heads.n + 1, sizeof(*h));
	if (h == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < heads.n; i++) {
		h[i] = (struct cm_own_head) { .origin = heads.item[i].of.origin, .size = heads.item[i].of.size,
			.made = heads.item[i].made };
		memcpy(h[i].root, heads.item[i].of.root, 32);
	}
	o->receiver.head = h;
	o->receiver.n_heads = heads.n;
	return CM_OK;
}

static enum cm_result
read_ended(struct cm_verify_own *o, struct cm_case *c, struct cm_err *err)
{
	struct cm_case_ended_list list;
	struct cm_ended_key *e;
	enum cm_result r = cm_case_ended(c, &o->arena, &list, err);
	size_t i;

	if (r != CM_OK)
		return r;
	e = cm_arena_array(&o->arena, list.n + 1, sizeof(*e));
	if (e == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < list.n; i++)
		e[i] = (struct cm_ended_key) { list.item[i].fingerprint, list.item[i].logged,
			list.item[i].origin, list.item[i].place };
	o->receiver.ended = (struct cm_ended_keys) { e, list.n };
	return CM_OK;
}

static enum cm_result
read_seen(struct cm_verify_own *o, struct cm_case *c, struct cm_err *err)
{
	struct cm_case_seen_list list;
	struct cm_seen_checkpoint *s;
	enum cm_result r = cm_case_seen(c, &o->arena, &list, err);
	size_t i;

	if (r != CM_OK)
		return r;
	s = cm_arena_array(&o->arena, list.n + 1, sizeof(*s));
	if (s == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < list.n; i++) {
		s[i] = (struct cm_seen_checkpoint) { .origin = list.item[i].of.origin, .size = list.item[i].of.size,
			.note = list.item[i].note };
		memcpy(s[i].root, list.item[i].of.root, 32);
	}
	o->receiver.seen = s;
	o->receiver.n_seen = list.n;
	return CM_OK;
}

/* Consents that another statement of the victim revokes. */
static enum cm_result
list_revoked(struct cm_verify_own *o, const struct cm_team *t)
{
	uint8_t (*revoked)[32] = cm_arena_array(&o->arena, t->n_consents + 1, 32);

	if (revoked == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < t->n_consents; i++)
		if (t->consent[i].says.revoked && t->consent[i].has_supersedes)
			memcpy(revoked[o->receiver.n_revoked++], t->consent[i].supersedes, 32);
	o->receiver.revoked = (const uint8_t (*)[32])revoked;
	return CM_OK;
}

static enum cm_result
read_charter(struct cm_verify_own *o, struct cm_case *c, struct cm_err *err)
{
	uint8_t case_id[32], charter[32];
	struct cm_err none = { 0 };
	enum cm_result r = cm_case_governed(c, case_id, charter, &none);

	if (r == CM_E_NOTFOUND)
		return CM_OK;
	r = cm_case_team(c, &o->arena, &o->team, err);
	if (r != CM_OK || o->team.in_force == NULL)
		return r;
	o->receiver.members = &o->team.in_force->file.says.members;
	o->receiver.charter = o->team.in_force->file.digest;
	return list_revoked(o, &o->team);
}

static enum cm_result
read_all(struct cm_verify_own *o, struct cm_case *c, struct cm_err *err)
{
	enum cm_result r;

	o->folder = cm_arena_printf(&o->arena, "%s", cm_case_folder(c));
	if (o->folder == NULL)
		return CM_E_NOMEM;
	/* The file first, so that its lines have the numbers that a person finds. */
	r = read_file(o, CM_TRUST_SIGNERS, CM_SIGNERS_BYTES, &o->signers, err);
	if (o->signers.len > 0 && o->signers.ptr[o->signers.len - 1] != '\n')
		cm_buf_add_str(&o->signers, "\n");
	if (r == CM_OK)
		r = cm_case_signers_line(c, &o->signers, err);
	if (r == CM_OK)
		r = cm_case_former_lines(c, &o->signers, err);
	if (r == CM_OK)
		r = read_file(o, CM_TRUST_FILE, CM_POLICY_BYTES, &o->trust, err);
	if (r == CM_OK)
		r = read_file(o, "tsa.pem", CM_TIMESTAMP_CA_BYTES, &o->tsa, err);
	if (r == CM_OK)
		r = read_heads(o, c, err);
	if (r == CM_OK)
		r = read_ended(o, c, err);
	if (r == CM_OK)
		r = read_charter(o, c, err);
	return r == CM_OK ? read_seen(o, c, err) : r;
}

static enum cm_result
read_case(struct cm_verify_own *o, const char *folder, struct cm_err *err)
{
	struct cm_case *c = NULL;
	enum cm_result r = cm_case_open(folder, &c, err);

	if (r == CM_OK)
		r = read_all(o, c, err);
	cm_case_close(c);
	return r;
}

bool
cm_verify_own_read(const struct cm_context *ctx, struct cm_verify_own *out)
{
	struct cm_buf folder = { 0 };
	struct cm_err err = { 0 };
	enum cm_result r = cm_case_find(ctx->case_folder, ".", &folder, &err);

	cm_arena_init(&out->arena, 0);
	if (r != CM_OK) {
		cm_buf_release(&folder);
		return r != CM_E_NOMEM;
	}
	r = cm_buf_cstr(&folder) != NULL ? read_case(out, cm_buf_cstr(&folder), &err) : CM_E_NOMEM;
	cm_buf_release(&folder);
	out->there = r == CM_OK;
	if (r != CM_OK && r != CM_E_NOMEM)
		cm_cli_say(ctx, "the case here is left aside: %s", err.text);
	return r != CM_E_NOMEM;
}

void
cm_verify_own_release(struct cm_verify_own *o)
{
	cm_buf_release(&o->signers);
	cm_buf_release(&o->trust);
	cm_buf_release(&o->tsa);
	cm_arena_fini(&o->arena);
}
