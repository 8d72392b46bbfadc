#include <string.h>

#include "codec/base64.h"
#include "log/fork.h"
#include "log/lines.h"

#define HEAD "comity fork v1"

static enum cm_result
open_note(struct cm_span bytes, const char *which, const struct cm_vkey *key, struct cm_arena *arena,
    struct cm_checkpoint *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_checkpoint_open(bytes, key, arena, out, NULL, &why);

	return r == CM_OK ? r : cm_err_set(err, r, "%s note: %s", which, why.text);
}

/* The larger tree begins otherwise than the smaller one says. */
static enum cm_result
check_beginning(const struct cm_fork *f, const struct cm_forked *k, struct cm_err *err)
{
	const struct cm_checkpoint *s = &k->small, *l = &k->large;

	if (!f->has_root)
		return cm_err_set(err, CM_E_REFUSED,
		    "two checkpoints of different sizes, and no proof of what the larger one begins with");
	if (cm_proof_check_consistency(s->size, f->root, l->size, l->root, &f->proof) != CM_OK)
		return cm_err_set(err, CM_E_REFUSED, "the proof does not lead to the larger checkpoint");
	if (memcmp(f->root, s->root, 32) == 0)
		return cm_err_set(err, CM_E_REFUSED, "no fork: the larger tree begins with the smaller one");
	return CM_OK;
}

enum cm_result
cm_fork_check(const struct cm_fork *f, struct cm_arena *arena, struct cm_forked *out, struct cm_err *err)
{
	struct cm_forked k;
	enum cm_result r = open_note(f->one, "the first", &f->key, arena, &k.small, err);

	if (r == CM_OK)
		r = open_note(f->two, "the second", &f->key, arena, &k.large, err);
	if (r != CM_OK)
		return r;
	if (k.small.size > k.large.size) {
		struct cm_checkpoint t = k.small;

		k.small = k.large;
		k.large = t;
	}
	*out = k;
	if (k.small.size != k.large.size)
		return check_beginning(f, &k, err);
	if (memcmp(k.small.root, k.large.root, 32) != 0)
		return CM_OK;
	return cm_err_set(err, CM_E_REFUSED, "no fork: both checkpoints say the same");
}

void
cm_fork_write(const struct cm_fork *f, struct cm_buf *out)
{
	size_t i;

	cm_buf_add_str(out, HEAD "\nkey ");
	cm_vkey_write(&f->key, out);
	cm_buf_add_str(out, "\n");
	if (!f->has_root)
		return;
	cm_buf_add_str(out, "root ");
	cm_lines_put_hash(f->root, out);
	for (i = 0; i < f->proof.n; i++)
		cm_lines_put_hash(f->proof.hash[i], out);
}

static enum cm_result
read_head(struct cm_lines *l, struct cm_err *err)
{
	struct cm_span line;
	enum cm_result r = cm_lines_next(l, HEAD, &line, err);

	if (r == CM_OK && !cm_span_eq(line, cm_span_str(HEAD)))
		r = cm_err_at(err, CM_E_MALFORMED, 0, "`%s' is expected", HEAD);
	return r;
}

static enum cm_result
read_proof(struct cm_lines *l, struct cm_fork *f, struct cm_err *err)
{
	struct cm_span rest;
	size_t at = l->at;
	enum cm_result r = cm_lines_value(l, "root", &rest, err);

	f->has_root = true;
	if (r == CM_OK && cm_base64_decode_fixed(rest, f->root, 32) != CM_OK)
		r = cm_err_at(err, CM_E_MALFORMED, at, "a root that is no base64 of 32 bytes");
	while (r == CM_OK && l->at < l->in.len) {
		if (f->proof.n == CM_PROOF_MAX)
			return cm_err_at(err, CM_E_MALFORMED, l->at, "more than %u hashes", CM_PROOF_MAX);
		r = cm_lines_hash(l, "a hash", f->proof.hash[f->proof.n++], err);
	}
	return r;
}

enum cm_result
cm_fork_parse(struct cm_span text, struct cm_fork *out, struct cm_err *err)
{
	struct cm_lines l = { .in = text };
	struct cm_fork f = { 0 };
	struct cm_span rest;
	enum cm_result r = cm_text_check(text, err);

	if (r == CM_OK && text.len > CM_FORK_TEXT_BYTES)
		r = cm_err_set(err, CM_E_LIMIT, "more than %u bytes", CM_FORK_TEXT_BYTES);
	if (r == CM_OK)
		r = read_head(&l, err);
	if (r == CM_OK)
		r = cm_lines_value(&l, "key", &rest, err);
	if (r == CM_OK)
		r = cm_vkey_parse(rest, &f.key, err);
	if (r == CM_OK && l.at < l.in.len)
		r = read_proof(&l, &f, err);
	if (r == CM_OK)
		*out = f;
	return r;
}
