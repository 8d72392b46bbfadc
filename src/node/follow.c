#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/follow.h"
#include "node/log_fetch.h"

struct following {
	const struct cm_follow *in;
	struct cm_log_fetch fetch;
	struct cm_arena *arena;
	struct cm_followed *out;
	struct cm_checkpoint old;
	struct cm_span note, old_note; /* in the arena */
	struct cm_err *err;
	uint64_t done;
	enum cm_result own; /* trouble on our side while entries were taken */
	bool stopped;
};

const char *
cm_follow_word(enum cm_follow_how how)
{
	static const char *const word[] = { "same", "grown", "older", "fork", "broken", "unsigned",
		"unanswered", "stopped" };

	return word[how];
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* A copy in the arena. */
static CM_RESULT
keep(struct cm_arena *arena, struct cm_span bytes, struct cm_span *out, struct cm_err *err)
{
	void *p = bytes.len == 0 ? NULL : cm_arena_copy(arena, bytes.ptr, bytes.len);

	*out = cm_span_of(p, bytes.len);
	return p == NULL && bytes.len > 0 ? no_memory(err) : CM_OK;
}

/* ---- a fork ---- */

/* Says it only if anybody else will say so, too. */
static CM_RESULT
prove(const struct cm_fork *fork, struct cm_arena *arena, struct cm_followed *out, bool *proven,
    struct cm_err *err)
{
	struct cm_forked k;
	struct cm_err why = { 0 };
	enum cm_result r = cm_fork_check(fork, arena, &k, &why);

	*proven = r == CM_OK;
	if (r == CM_E_NOMEM)
		return no_memory(err);
	if (r != CM_OK)
		return CM_OK;
	out->how = CM_FOLLOW_FORK;
	out->fork = *fork;
	snprintf(out->text, sizeof(out->text),
	    "a FORK: %.255s signed two histories, one of %" PRIu64 " entries and one of %" PRIu64,
	    k.small.origin, k.small.size, k.large.size);
	return CM_OK;
}

/* ---- against what the mirror has ---- */

static CM_RESULT
damaged(const struct cm_err *why, enum cm_result r, struct cm_err *err)
{
	return cm_err_set(err, r, "the mirror is damaged, or can not be read: %s", why->text);
}

/* The mirror's own root at ${size}, and how it goes on from there. */
static CM_RESULT
look_back(struct cm_mirror_files *m, uint64_t size, struct cm_fork *f, struct cm_err *err)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(m);
	struct cm_tile_source source = cm_mirror_files_source(m);
	struct cm_tiles *tiles = NULL;
	struct cm_hashes hashes;
	struct cm_err why = { 0 };
	enum cm_result r;

	f->has_root = size != head->size;
	memcpy(f->root, head->root, sizeof(f->root));
	if (!f->has_root)
		return CM_OK;
	if (cm_tiles_new(&source, head->size, head->root, &tiles) != CM_OK)
		return no_memory(err);
	hashes = cm_tiles_hashes(tiles);
	r = cm_merkle_root(&hashes, size, f->root, &why);
	if (r == CM_OK)
		r = cm_proof_consistency(&hashes, size, head->size, &f->proof, &why);
	cm_tiles_free(tiles);
	return r == CM_OK ? r : damaged(&why, r, err);
}

static CM_RESULT
compare(struct cm_mirror_files *m, const struct cm_vkey *key, struct cm_span note,
    struct cm_arena *arena, struct cm_followed *out, struct cm_err *err)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(m), *seen = &out->seen;
	struct cm_fork f = { .key = *key, .two = note };
	bool proven;
	enum cm_result r = keep(arena, cm_mirror_files_note(m), &f.one, err);

	if (r == CM_OK)
		r = look_back(m, seen->size, &f, err);
	if (r != CM_OK)
		return r;
	if (memcmp(f.root, seen->root, sizeof(f.root)) == 0) {
		out->how = seen->size == head->size ? CM_FOLLOW_SAME : CM_FOLLOW_OLDER;
		snprintf(out->text, sizeof(out->text),
		    seen->size == head->size ? "nothing new: %" PRIu64 " entries"
					     : "an older checkpoint, of %" PRIu64
					       " entries, which fits: nothing is wrong by itself",
		    seen->size);
		return CM_OK;
	}
	r = prove(&f, arena, out, &proven, err);
	if (r != CM_OK || proven)
		return r;
	out->how = CM_FOLLOW_BROKEN;
	snprintf(out->text, sizeof(out->text),
	    "a checkpoint of %" PRIu64 " entries that fits nothing, and proves nothing",
	    seen->size);
	return CM_OK;
}

/* Is it a checkpoint of this log, signed by its key? */
static CM_RESULT
open_note(const struct cm_vkey *key, struct cm_span note, const char *from, struct cm_arena *arena,
    struct cm_followed *out, bool *good, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_checkpoint_open(note, key, arena, &out->seen, NULL, &why);

	*good = r == CM_OK;
	if (r == CM_OK)
		return r;
	if (r == CM_E_NOMEM)
		return no_memory(err);
	out->how = CM_FOLLOW_UNSIGNED;
	snprintf(out->text, sizeof(out->text), "%.150s shows a checkpoint that does not count: %s",
	    from, why.text);
	return CM_OK;
}

CM_RESULT
cm_follow_compare(struct cm_mirror_files *m, const struct cm_vkey *key, struct cm_span note,
    struct cm_arena *arena, struct cm_followed *out, struct cm_err *err)
{
	bool good = false;
	struct cm_span kept;
	enum cm_result r = keep(arena, note, &kept, err);

	*out = (struct cm_followed) { .from = cm_mirror_files_head(m)->size };
	if (r == CM_OK)
		r = open_note(key, kept, "somebody", arena, out, &good, err);
	if (r != CM_OK || !good)
		return r;
	if (out->seen.size <= out->from && cm_mirror_files_note(m).len > 0)
		return compare(m, key, kept, arena, out, err);
	out->how = CM_FOLLOW_BROKEN;
	snprintf(out->text, sizeof(out->text),
	    "a checkpoint of %" PRIu64 " entries, more than the log has shown here",
	    out->seen.size);
	return CM_OK;
}

/* ---- what is new ---- */

static enum cm_result
take_entries(void *arg, const struct cm_span *entries, size_t n, struct cm_err *err)
{
	struct following *f = arg;
	uint64_t all = f->out->seen.size - f->old.size;

	f->own = cm_mirror_files_add(f->in->mirror, entries, n, err);
	if (f->own != CM_OK)
		return f->own;
	f->done += n;
	f->stopped = f->in->step != NULL && !f->in->step(f->in->arg, f->done, all);
	return f->stopped ? cm_err_set(err, CM_E_USAGE, "stopped") : CM_OK;
}

/* CM_OK: all of it is kept, or ${why} says why not, with its code; others are our own trouble. */
static CM_RESULT
fetch_new(struct following *f, struct cm_err *why)
{
	const struct cm_checkpoint *seen = &f->out->seen;
	struct cm_entry_sink sink = { take_entries, f };
	enum cm_result r = CM_OK;

	if (seen->size > CM_LOG_SIZE_MAX) {
		cm_err_set(
		    why, CM_E_LIMIT, "it claims %" PRIu64 " entries, more than 2^40", seen->size);
		return CM_OK;
	}
	if (seen->size > f->old.size)
		r = cm_log_fetch_entries(&f->fetch, f->old.size, seen->size, &sink, why);
	if (f->own != CM_OK || r == CM_E_NOMEM)
		return cm_err_set(f->err, r, "%s", why->text);
	if (r != CM_OK)
		return CM_OK;
	r = cm_mirror_files_keep(f->in->mirror, seen, f->note, why);
	return r == CM_OK || r == CM_E_REFUSED ? CM_OK : cm_err_set(f->err, r, "%s", why->text);
}

/* The larger tree's own tiles, each checked against its signed root, say what it begins with. */
static CM_RESULT
look_for_fork(struct following *f, bool *proven)
{
	const struct cm_checkpoint *seen = &f->out->seen;
	struct cm_fork k = { .key = *f->in->key, .one = f->old_note, .two = f->note };
	struct cm_tile_source source = cm_log_fetch_tiles(&f->fetch);
	struct cm_tiles *tiles = NULL;
	struct cm_hashes hashes;
	enum cm_result r;

	*proven = false;
	if (f->old.size == 0 || f->old_note.len == 0)
		return CM_OK;
	if (cm_tiles_new(&source, seen->size, seen->root, &tiles) != CM_OK)
		return no_memory(f->err);
	hashes = cm_tiles_hashes(tiles);
	r = cm_merkle_root(&hashes, f->old.size, k.root, NULL);
	if (r == CM_OK && memcmp(k.root, f->old.root, sizeof(k.root)) != 0) {
		k.has_root = true;
		r = cm_proof_consistency(&hashes, f->old.size, seen->size, &k.proof, NULL);
		if (r == CM_OK)
			r = prove(&k, f->arena, f->out, proven, f->err);
	}
	cm_tiles_free(tiles);
	return r == CM_E_NOMEM ? no_memory(f->err) : CM_OK;
}

static CM_RESULT
grow(struct following *f)
{
	const struct cm_checkpoint *seen = &f->out->seen;
	struct cm_err why = { 0 };
	bool proven;
	enum cm_result r = fetch_new(f, &why);

	if (r == CM_OK && why.code == CM_OK) {
		f->out->how = CM_FOLLOW_GROWN;
		snprintf(f->out->text, sizeof(f->out->text),
		    "%" PRIu64 " new, %" PRIu64 " entries in all", seen->size - f->old.size,
		    seen->size);
		return CM_OK;
	}
	cm_mirror_files_drop(f->in->mirror);
	if (r != CM_OK)
		return r;
	if (f->stopped) {
		f->out->how = CM_FOLLOW_STOPPED;
		snprintf(f->out->text, sizeof(f->out->text), "stopped; nothing new was kept");
		return CM_OK;
	}
	f->out->how = why.code == CM_E_IO ? CM_FOLLOW_UNANSWERED : CM_FOLLOW_BROKEN;
	snprintf(f->out->text, sizeof(f->out->text),
	    "the checkpoint of %" PRIu64 " entries is signed, but what is served does not bear it "
	    "out: %s",
	    seen->size, why.text);
	return look_for_fork(f, &proven);
}

/* ---- what was claimed before ---- */

/* Two roots of one size need no entries. */
static CM_RESULT
claim_against_seen(
    struct following *f, struct cm_span claim, const struct cm_checkpoint *claimed, bool *proven)
{
	struct cm_fork k = { .key = *f->in->key, .one = claim, .two = f->note };

	*proven = false;
	if (claimed->size != f->out->seen.size)
		return CM_OK;
	return prove(&k, f->arena, f->out, proven, f->err);
}

static CM_RESULT
check_claim(struct following *f)
{
	struct cm_followed c = { 0 };
	struct cm_span claim;
	bool proven = false;
	enum cm_result r = keep(f->arena, cm_mirror_files_claim(f->in->mirror), &claim, f->err);

	if (r != CM_OK || claim.len == 0)
		return r;
	r = cm_follow_compare(f->in->mirror, f->in->key, claim, f->arena, &c, f->err);
	if (r == CM_OK && c.how == CM_FOLLOW_BROKEN)
		r = claim_against_seen(f, claim, &c.seen, &proven);
	if (r != CM_OK || proven)
		return r;
	if (c.how == CM_FOLLOW_FORK) {
		f->out->how = c.how;
		f->out->fork = c.fork;
		memcpy(f->out->text, c.text, sizeof(c.text));
		return CM_OK;
	}
	/* It fits, or nobody signed it. */
	return c.how == CM_FOLLOW_BROKEN
		   ? CM_OK
		   : cm_mirror_files_set_claim(f->in->mirror, cm_span_of(NULL, 0), f->err);
}

static CM_RESULT
remember(struct following *f)
{
	enum cm_follow_how how = f->out->how;
	enum cm_result r = CM_OK;

	if (how != CM_FOLLOW_FORK)
		r = check_claim(f);
	if (r != CM_OK || (how != CM_FOLLOW_BROKEN && how != CM_FOLLOW_UNANSWERED) ||
	    cm_mirror_files_claim(f->in->mirror).len > 0)
		return r;
	return cm_mirror_files_set_claim(f->in->mirror, f->note, f->err);
}

/* ---- one round ---- */

static CM_RESULT
fetch_note(struct following *f, bool *good)
{
	struct cm_buf bytes = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_log_fetch_checkpoint(&f->fetch, &bytes, &why);

	*good = false;
	if (r == CM_OK) {
		r = keep(f->arena, cm_buf_span(&bytes), &f->note, f->err);
		if (r == CM_OK)
			r = open_note(
			    f->in->key, f->note, f->in->url, f->arena, f->out, good, f->err);
	} else if (r != CM_E_NOMEM) {
		f->out->how = r == CM_E_IO ? CM_FOLLOW_UNANSWERED : CM_FOLLOW_UNSIGNED;
		snprintf(f->out->text, sizeof(f->out->text), "%.150s: %s", f->in->url, why.text);
		r = CM_OK;
	}
	cm_buf_release(&bytes);
	return r == CM_E_NOMEM ? no_memory(f->err) : r;
}

CM_RESULT
cm_follow(struct cm_http_client *c, const struct cm_follow *in, struct cm_arena *arena,
    struct cm_followed *out, struct cm_err *err)
{
	struct following f = { .in = in,
		.fetch = { c, in->url, in->limit_ms },
		.arena = arena,
		.out = out,
		.old = *cm_mirror_files_head(in->mirror),
		.err = err };
	bool good = false;
	enum cm_result r = keep(arena, cm_mirror_files_note(in->mirror), &f.old_note, err);

	*out = (struct cm_followed) { .from = f.old.size };
	if (r == CM_OK)
		r = fetch_note(&f, &good);
	if (r != CM_OK || !good)
		return r;
	if (out->seen.size > f.old.size || f.old_note.len == 0)
		r = grow(&f);
	else
		r = compare(in->mirror, in->key, f.note, arena, out, err);
	return r == CM_OK ? remember(&f) : r;
}
