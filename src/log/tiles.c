#include "log/tiles.h"

#include <stdlib.h>
#include <string.h>

#include "log/bundle.h"
#include "merkle/tree.h"

enum { LEVELS = 8, KEPT = 64 - LEVELS, NODES = 2 * CM_LOG_TILE_WIDTH - 1 };

/* ---- what a source gives ---- */

/* One line of which ${what} is the file's trouble. */
static enum cm_result
bad_tile(struct cm_err *err, enum cm_result r, const struct cm_log_tile *t, const char *what)
{
	struct cm_buf path = { 0 };
	const char *text;

	cm_log_tile_path(t, &path);
	text = cm_buf_cstr(&path);
	cm_err_set(err, r, "%s: %s", text != NULL ? text : "a tile", what);
	cm_buf_release(&path);
	return r;
}

static enum cm_result
fetch_one(const struct cm_tile_source *source, const struct cm_log_tile *t, struct cm_buf *out,
    struct cm_err *err)
{
	enum cm_result r;

	cm_buf_clear(out);
	out->max = t->entries ? CM_LOG_BUNDLE_MAX : CM_LOG_TILE_WIDTH * CM_SHA256_LEN;
	r = source->fetch(source->arg, t, out, err);
	if (out->over)
		return bad_tile(err, CM_E_MALFORMED, t, "longer than such a file can be");
	if (r == CM_OK && !cm_buf_ok(out))
		return cm_err_set(err, CM_E_NOMEM, "no memory for a tile");
	return r;
}

/* The file, or the full one in its place; ${got} says which. */
static enum cm_result
fetch(const struct cm_tile_source *source, const struct cm_log_tile *t, struct cm_buf *out,
    struct cm_log_tile *got, struct cm_err *err)
{
	struct cm_err first = { 0 }, second = { 0 };
	enum cm_result r;

	*got = *t;
	r = fetch_one(source, t, out, &first);
	if (r == CM_E_NOTFOUND && t->width < CM_LOG_TILE_WIDTH) {
		got->width = CM_LOG_TILE_WIDTH;
		r = fetch_one(source, got, out, &second);
		if (r != CM_E_NOTFOUND)
			first = second;
	}
	if (r == CM_E_NOTFOUND)
		return bad_tile(err, r, t, first.text[0] != '\0' ? first.text : "there is none");
	if (r != CM_OK && err != NULL && err->code == CM_OK)
		*err = first;
	return r;
}

enum cm_result
cm_tile_fetch(const struct cm_tile_source *source, const struct cm_log_tile *t, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_log_tile got;
	enum cm_result r = fetch(source, t, out, &got, err);

	if (r != CM_OK)
		return r;
	if (out->len != (size_t)got.width * CM_SHA256_LEN)
		return bad_tile(err, CM_E_MALFORMED, &got, "its length is not 32 bytes a hash");
	out->len = (size_t)t->width * CM_SHA256_LEN;
	return CM_OK;
}

enum cm_result
cm_tile_fetch_entries(const struct cm_tile_source *source, const struct cm_log_tile *t,
    struct cm_buf *out, struct cm_span *entries, struct cm_err *err)
{
	struct cm_span all[CM_LOG_TILE_WIDTH];
	struct cm_err why = { 0 };
	struct cm_log_tile got;
	enum cm_result r = fetch(source, t, out, &got, err);

	if (r != CM_OK)
		return r;
	if (cm_bundle_read(cm_buf_span(out), got.width, all, &why) != CM_OK)
		return bad_tile(err, CM_E_MALFORMED, &got, why.text);
	memcpy(entries, all, t->width * sizeof(all[0]));
	return CM_OK;
}

/* ---- tiles that were checked ---- */

/* The hashes of a tile, then the nodes over each two of them, and so on to the tile's root. */
struct tile {
	unsigned level;
	uint64_t n;
	uint64_t used; /* when, as cm_tiles.now counts; 0: holds nothing */
	uint8_t node[NODES][CM_SHA256_LEN];
};

struct cm_tiles {
	struct cm_tile_source source;
	uint64_t size;
	uint8_t root[CM_SHA256_LEN];
	bool edge_is_good;
	struct tile *edge[LEVELS]; /* the partial tile of each level */
	struct tile *kept[KEPT];   /* full ones, some of them */
	uint64_t now;
	struct cm_buf raw;
	struct cm_buf bundle;
	uint64_t bundle_n; /* whose entries these are */
	size_t entries_n;  /* 0: nobody's */
	struct cm_span entries[CM_LOG_TILE_WIDTH];
};

enum cm_result
cm_tiles_new(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32],
    struct cm_tiles **out)
{
	struct cm_tiles *t;

	if (size > CM_MERKLE_SIZE_MAX)
		return CM_E_USAGE;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return CM_E_NOMEM;
	t->source = *source;
	t->size = size;
	memcpy(t->root, root, sizeof(t->root));
	*out = t;
	return CM_OK;
}

static void
drop_edge(struct cm_tiles *t)
{
	unsigned level;

	for (level = 0; level < LEVELS; level++) {
		free(t->edge[level]);
		t->edge[level] = NULL;
	}
}

void
cm_tiles_free(struct cm_tiles *t)
{
	size_t i;

	if (t == NULL)
		return;
	drop_edge(t);
	for (i = 0; i < KEPT; i++)
		free(t->kept[i]);
	cm_buf_release(&t->raw);
	cm_buf_release(&t->bundle);
	free(t);
}

/* Node ${i} of ${height} levels above the tile's hashes. */
static uint8_t *
node_in(struct tile *t, unsigned height, uint64_t i)
{
	return t->node[2 * CM_LOG_TILE_WIDTH - (2 * CM_LOG_TILE_WIDTH >> height) + i];
}

static enum cm_result
load(struct cm_tiles *t, const struct cm_log_tile *name, struct tile *out, struct cm_err *err)
{
	enum cm_result r = cm_tile_fetch(&t->source, name, &t->raw, err);
	unsigned height, n;

	if (r != CM_OK)
		return r;
	out->level = name->level;
	out->n = name->n;
	memcpy(out->node, t->raw.ptr, t->raw.len);
	for (height = 0; height < CM_LOG_TILE_HEIGHT; height++) {
		n = (name->width >> height) & ~1u;
		(void)cm_tree_pairs(node_in(out, height, 0), n,
		    (uint8_t(*)[CM_SHA256_LEN])node_in(out, height + 1, 0));
	}
	return CM_OK;
}

/* A node over the hashes of a partial tile; those that cm_merkle_root asks for are all there. */
static enum cm_result
edge_at(void *arg, unsigned level, uint64_t n, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	struct cm_tiles *t = arg;
	unsigned height = level % CM_LOG_TILE_HEIGHT;

	(void)err;
	n &= (CM_LOG_TILE_WIDTH >> height) - 1;
	memcpy(out, node_in(t->edge[level / CM_LOG_TILE_HEIGHT], height, n), CM_SHA256_LEN);
	return CM_OK;
}

static enum cm_result
fetch_edge(struct cm_tiles *t, struct cm_err *err)
{
	struct cm_log_tile name = { 0 };
	struct cm_log_level has;
	enum cm_result r;

	for (; name.level < LEVELS; name.level++) {
		has = cm_log_level_of(t->size, name.level);
		if (has.partial == 0)
			continue;
		name.n = has.full;
		name.width = has.partial;
		t->edge[name.level] = calloc(1, sizeof(struct tile));
		if (t->edge[name.level] == NULL)
			return cm_err_set(err, CM_E_NOMEM, "no memory for a tile");
		r = load(t, &name, t->edge[name.level], err);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}

/* The partial tiles together make the root. */
static enum cm_result
check_edge(struct cm_tiles *t, struct cm_err *err)
{
	const struct cm_hashes h = { edge_at, t };
	uint8_t root[CM_SHA256_LEN];
	enum cm_result r;

	if (t->edge_is_good)
		return CM_OK;
	r = fetch_edge(t, err);
	if (r == CM_OK)
		r = cm_merkle_root(&h, t->size, root, err);
	if (r == CM_OK && memcmp(root, t->root, sizeof(root)) != 0)
		r = cm_err_set(err, CM_E_REFUSED,
		    "the partial tiles of %llu leaves do not make the checkpoint's root",
		    (unsigned long long)t->size);
	t->edge_is_good = r == CM_OK;
	if (r != CM_OK)
		drop_edge(t);
	return r;
}

/* The tile if it is kept, else NULL. */
static struct tile *
find(struct cm_tiles *t, unsigned level, uint64_t n)
{
	size_t i;

	for (i = 0; i < KEPT && t->kept[i] != NULL; i++) {
		if (t->kept[i]->used == 0 || t->kept[i]->level != level || t->kept[i]->n != n)
			continue;
		t->kept[i]->used = ++t->now;
		return t->kept[i];
	}
	return NULL;
}

/* Where to put another one: a free place, or that of the one not used for longest.  NULL: no memory. */
static struct tile *
place(struct cm_tiles *t)
{
	struct tile *oldest = NULL;
	size_t i;

	for (i = 0; i < KEPT; i++) {
		if (t->kept[i] == NULL)
			return t->kept[i] = calloc(1, sizeof(struct tile));
		if (oldest == NULL || t->kept[i]->used < oldest->used)
			oldest = t->kept[i];
	}
	oldest->used = 0;
	return oldest;
}

static enum cm_result
fetch_full(struct cm_tiles *t, unsigned level, uint64_t n, const uint8_t root[CM_SHA256_LEN],
    struct tile **out, struct cm_err *err)
{
	const struct cm_log_tile name = { .level = level, .n = n, .width = CM_LOG_TILE_WIDTH };
	struct tile *tile = place(t);
	enum cm_result r;

	if (tile == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for a tile");
	r = load(t, &name, tile, err);
	if (r != CM_OK)
		return r;
	if (memcmp(node_in(tile, CM_LOG_TILE_HEIGHT, 0), root, CM_SHA256_LEN) != 0)
		return bad_tile(
		    err, CM_E_REFUSED, &name, "its hashes are not those of the checkpoint's tree");
	tile->used = ++t->now;
	*out = tile;
	return CM_OK;
}

/* Tile ${n} of a level, checked: the edge's, or a full one, of which the level above has the root. */
static enum cm_result
checked(struct cm_tiles *t, unsigned level, uint64_t n, struct tile **out, struct cm_err *err)
{
	struct tile *above;
	enum cm_result r;

	if (n == cm_log_level_of(t->size, level).full) {
		*out = t->edge[level];
		return CM_OK;
	}
	*out = find(t, level, n);
	if (*out != NULL)
		return CM_OK;
	r = checked(t, level + 1, n / CM_LOG_TILE_WIDTH, &above, err);
	if (r != CM_OK)
		return r;
	return fetch_full(t, level, n, node_in(above, 0, n % CM_LOG_TILE_WIDTH), out, err);
}

static enum cm_result
hash_at(void *arg, unsigned level, uint64_t n, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	const unsigned height = level % CM_LOG_TILE_HEIGHT, shift = CM_LOG_TILE_HEIGHT - height;
	struct cm_tiles *t = arg;
	struct tile *tile;
	enum cm_result r;

	if (level > 62 || n >= t->size >> level)
		return cm_err_set(err, CM_E_USAGE,
		    "no node %llu of level %u in a tree of %llu leaves", (unsigned long long)n,
		    level, (unsigned long long)t->size);
	r = check_edge(t, err);
	if (r == CM_OK)
		r = checked(t, level / CM_LOG_TILE_HEIGHT, n >> shift, &tile, err);
	if (r == CM_OK)
		memcpy(out, node_in(tile, height, n & ((1u << shift) - 1)), CM_SHA256_LEN);
	return r;
}

struct cm_hashes
cm_tiles_hashes(struct cm_tiles *t)
{
	return (struct cm_hashes) { hash_at, t };
}

/* ---- entries ---- */

static enum cm_result
fetch_bundle(struct cm_tiles *t, uint64_t n, struct cm_err *err)
{
	const struct cm_log_level has = cm_log_level_of(t->size, 0);
	const struct cm_log_tile name = {
		.entries = true, .n = n, .width = n < has.full ? CM_LOG_TILE_WIDTH : has.partial
	};
	enum cm_result r;

	if (t->entries_n > 0 && t->bundle_n == n)
		return CM_OK;
	t->entries_n = 0;
	r = cm_tile_fetch_entries(&t->source, &name, &t->bundle, t->entries, err);
	if (r != CM_OK)
		return r;
	t->bundle_n = n;
	t->entries_n = name.width;
	return CM_OK;
}

enum cm_result
cm_tiles_entry(struct cm_tiles *t, uint64_t index, struct cm_span *out, struct cm_err *err)
{
	uint8_t want[CM_SHA256_LEN], leaf[CM_SHA256_LEN];
	struct cm_span entry;
	enum cm_result r = hash_at(t, 0, index, want, err);

	if (r == CM_OK)
		r = fetch_bundle(t, index / CM_LOG_TILE_WIDTH, err);
	if (r != CM_OK)
		return r;
	entry = t->entries[index % CM_LOG_TILE_WIDTH];
	cm_merkle_leaf(entry, leaf);
	if (memcmp(leaf, want, sizeof(leaf)) != 0) {
		t->entries_n = 0;
		return cm_err_set(err, CM_E_REFUSED, "entry %llu is not the one that was logged",
		    (unsigned long long)index);
	}
	*out = entry;
	return CM_OK;
}
