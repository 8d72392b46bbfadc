#include "log/growth.h"

#include <stdlib.h>
#include <string.h>

#include "log/bundle.h"
#include "merkle/tree.h"

enum { LEVELS = 6 }; /* 256^5 leaves are CM_LOG_SIZE_MAX: a single hash there */

struct cm_growth {
	uint64_t size;
	uint64_t settled;      /* the size whose partial tiles were given out */
	enum cm_result broken; /* CM_OK: it is not */
	struct cm_buf bundle;  /* of the last, unfinished tile */
	/* hashes of the last tile of each level; as many as `size` says */
	uint8_t hash[LEVELS][CM_LOG_TILE_WIDTH][CM_SHA256_LEN];
};

/* ---- the edge as it is ---- */

static unsigned
held(const struct cm_growth *g, unsigned level)
{
	return cm_log_level_of(g->size, level).partial;
}

static uint8_t (*leaves(struct cm_growth *g))[CM_SHA256_LEN]
{
	return g->hash[0];
}

/* Its subtrees, one a bit of the size, those of a tile side by side. */
static void
root_of(const struct cm_growth *g, uint8_t out[CM_SHA256_LEN])
{
	struct cm_tree tree = { 0 };
	unsigned level, height, at;
	uint8_t node[CM_SHA256_LEN];

	for (level = LEVELS; level-- > 0;) {
		at = 0;
		for (height = CM_LOG_TILE_HEIGHT; height-- > 0;) {
			if (!(held(g, level) & 1u << height))
				continue;
			cm_tree_of(g->hash[level][at], (size_t)1 << height, node);
			cm_tree_add(&tree, CM_LOG_TILE_HEIGHT * level + height, node);
			at += 1u << height;
		}
	}
	cm_tree_root(&tree, NULL, out);
}

static void
hash_leaves(const struct cm_span *entries, size_t n, uint8_t (*out)[CM_SHA256_LEN])
{
	static const uint8_t head = 0x00;
	struct cm_sha256_msg m[CM_LOG_TILE_WIDTH];
	size_t i;

	for (i = 0; i < n; i++)
		m[i] = (struct cm_sha256_msg) { { &head, 1 }, entries[i] };
	cm_sha256_many(m, n, out);
}

/* ---- going on from a log ---- */

static enum cm_result
load_hashes(struct cm_growth *g, const struct cm_tile_source *source, struct cm_err *err)
{
	struct cm_log_tile t = { 0 };
	struct cm_buf raw = { 0 };
	enum cm_result r = CM_OK;

	for (; r == CM_OK && t.level < LEVELS; t.level++) {
		t.width = held(g, t.level);
		t.n = cm_log_level_of(g->size, t.level).full;
		if (t.width == 0)
			continue;
		r = cm_tile_fetch(source, &t, &raw, err);
		if (r == CM_OK)
			memcpy(g->hash[t.level], raw.ptr, raw.len);
	}
	cm_buf_release(&raw);
	return r;
}

static enum cm_result
load_entries(struct cm_growth *g, const struct cm_tile_source *source, struct cm_err *err)
{
	const struct cm_log_level has = cm_log_level_of(g->size, 0);
	const struct cm_log_tile t = { .entries = true, .n = has.full, .width = has.partial };
	uint8_t hash[CM_LOG_TILE_WIDTH][CM_SHA256_LEN];
	struct cm_span entries[CM_LOG_TILE_WIDTH];
	enum cm_result r;

	if (t.width == 0)
		return CM_OK;
	r = cm_tile_fetch_entries(source, &t, &g->bundle, entries, err);
	if (r != CM_OK)
		return r;
	/* The full bundle may have been taken for the partial one. */
	g->bundle.len =
	    (size_t)(entries[t.width - 1].ptr - g->bundle.ptr) + entries[t.width - 1].len;
	hash_leaves(entries, t.width, hash);
	if (memcmp(hash, leaves(g), t.width * sizeof(hash[0])) != 0)
		return cm_err_set(err, CM_E_REFUSED,
		    "the entries of the last bundle are not those that were logged");
	return CM_OK;
}

static enum cm_result
load(struct cm_growth *g, const struct cm_tile_source *source, const uint8_t root[32],
    struct cm_err *err)
{
	enum cm_result r = load_hashes(g, source, err);
	uint8_t have[CM_SHA256_LEN];

	if (r != CM_OK)
		return r;
	root_of(g, have);
	if (memcmp(have, root, sizeof(have)) != 0)
		return cm_err_set(err, CM_E_REFUSED,
		    "the partial tiles of %llu leaves do not make the checkpoint's root",
		    (unsigned long long)g->size);
	return load_entries(g, source, err);
}

enum cm_result
cm_growth_new(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32],
    struct cm_growth **out, struct cm_err *err)
{
	struct cm_growth *g;
	enum cm_result r;

	if (size > CM_LOG_SIZE_MAX)
		return cm_err_set(err, CM_E_LIMIT, "a log of %llu entries: more than 2^40",
		    (unsigned long long)size);
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for a log");
	g->size = g->settled = size;
	r = load(g, source, root, err);
	if (r != CM_OK) {
		cm_growth_free(g);
		return r;
	}
	*out = g;
	return CM_OK;
}

void
cm_growth_free(struct cm_growth *g)
{
	if (g == NULL)
		return;
	cm_buf_release(&g->bundle);
	free(g);
}

/* ---- adding ---- */

static enum cm_result
put_hashes(struct cm_growth *g, unsigned level, uint64_t n, unsigned width,
    const struct cm_tile_sink *sink, struct cm_err *err)
{
	const struct cm_log_tile t = { .level = level, .n = n, .width = width };

	return sink->put(
	    sink->arg, &t, cm_span_of(g->hash[level], (size_t)width * CM_SHA256_LEN), err);
}

static enum cm_result
put_entries(struct cm_growth *g, uint64_t n, unsigned width, const struct cm_tile_sink *sink,
    struct cm_err *err)
{
	const struct cm_log_tile t = { .entries = true, .n = n, .width = width };

	return sink->put(sink->arg, &t, cm_buf_span(&g->bundle), err);
}

/* The last tile of level 0 is full: out with it, and its root goes up, which may fill another. */
static enum cm_result
put_full(struct cm_growth *g, const struct cm_tile_sink *sink, struct cm_err *err)
{
	enum cm_result r =
	    put_entries(g, g->size / CM_LOG_TILE_WIDTH - 1, CM_LOG_TILE_WIDTH, sink, err);
	uint64_t n = g->size / CM_LOG_TILE_WIDTH; /* hashes of the level above */
	unsigned level;

	cm_buf_clear(&g->bundle);
	for (level = 0; r == CM_OK; level++) {
		r = put_hashes(g, level, n - 1, CM_LOG_TILE_WIDTH, sink, err);
		cm_tree_of(g->hash[level][0], CM_LOG_TILE_WIDTH,
		    g->hash[level + 1][(n - 1) % CM_LOG_TILE_WIDTH]);
		if (n % CM_LOG_TILE_WIDTH != 0)
			break;
		n /= CM_LOG_TILE_WIDTH;
	}
	return r;
}

/* As many as the last tile takes. */
static enum cm_result
add_some(struct cm_growth *g, const struct cm_span *entries, size_t n, struct cm_err *err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (cm_bundle_add(entries[i], &g->bundle) != CM_OK)
			return cm_err_set(err, CM_E_NOMEM, "no memory for a bundle of entries");
	hash_leaves(entries, n, leaves(g) + held(g, 0));
	g->size += n;
	return CM_OK;
}

static enum cm_result
check_limits(const struct cm_growth *g, const struct cm_span *entries, size_t n, struct cm_err *err)
{
	size_t i;

	if (n > CM_LOG_SIZE_MAX - g->size)
		return cm_err_set(err, CM_E_LIMIT, "a log has no more than 2^40 entries");
	for (i = 0; i < n; i++)
		if (entries[i].len > CM_LOG_ENTRY_MAX)
			return cm_err_set(err, CM_E_LIMIT,
			    "an entry of %zu bytes: no more than %u fit", entries[i].len,
			    CM_LOG_ENTRY_MAX);
	return CM_OK;
}

static enum cm_result
still_broken(const struct cm_growth *g, struct cm_err *err)
{
	return cm_err_set(
	    err, g->broken, "the log could not be written before: begin from what is there");
}

enum cm_result
cm_growth_add(struct cm_growth *g, const struct cm_span *entries, size_t n,
    const struct cm_tile_sink *sink, struct cm_err *err)
{
	enum cm_result r = check_limits(g, entries, n, err);
	size_t some;

	if (g->broken != CM_OK)
		return still_broken(g, err);
	while (r == CM_OK && n > 0) {
		some = CM_LOG_TILE_WIDTH - held(g, 0);
		some = some < n ? some : n;
		g->broken = add_some(g, entries, some, err);
		if (g->broken == CM_OK && held(g, 0) == 0)
			g->broken = put_full(g, sink, err);
		r = g->broken;
		entries += some;
		n -= some;
	}
	return r;
}

enum cm_result
cm_growth_settle(struct cm_growth *g, const struct cm_tile_sink *sink, uint64_t *size,
    uint8_t root[32], struct cm_err *err)
{
	struct cm_log_level has = cm_log_level_of(g->size, 0);
	enum cm_result r = CM_OK;
	unsigned level;

	if (g->broken != CM_OK)
		return still_broken(g, err);
	if (g->size != g->settled && has.partial > 0)
		r = put_entries(g, has.full, has.partial, sink, err);
	for (level = 0; r == CM_OK && level < LEVELS; level++) {
		has = cm_log_level_of(g->size, level);
		if (has.partial > 0 && g->size >> CM_LOG_TILE_HEIGHT * level !=
					   g->settled >> CM_LOG_TILE_HEIGHT * level)
			r = put_hashes(g, level, has.full, has.partial, sink, err);
	}
	g->broken = r;
	if (r != CM_OK)
		return r;
	g->settled = g->size;
	*size = g->size;
	root_of(g, root);
	return CM_OK;
}
