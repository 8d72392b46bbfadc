/* Laws of growth: a log that grew in any steps, was closed and opened anew, and lost what was not
 * settled, has the files of one that grew at once; and each of its older checkpoints can still be read. */
#include <string.h>

#include "../../unit/log/files.h"
#include "../gen.h"
#include "merkle/tree.h"

enum { CHECKPOINTS = 64 };

struct history {
	struct files files;
	size_t n;
	uint64_t size[CHECKPOINTS];
	uint8_t root[CHECKPOINTS][32];
};

static bool
say(struct gen *g, const char *what, uint64_t size, const struct cm_err *err)
{
	return gen_fail(g, "%s at %llu: %s", what, (unsigned long long)size, err->text);
}

/* Leaf by leaf, through the tree that sealed tables have. */
static void
root_of(uint64_t size, uint8_t out[32])
{
	struct cm_tree t = { 0 };
	struct made_entry e;
	uint8_t leaf[32];
	uint64_t i;

	for (i = 0; i < size; i++) {
		cm_merkle_leaf(files_entry(i, &e), leaf);
		cm_tree_add(&t, 0, leaf);
	}
	cm_tree_root(&t, NULL, out);
}

/* Adds ${n}, and settles, or not: then the process is gone, and what it wrote is nobody's. */
static bool
one_step(struct gen *g, struct history *h, uint64_t n)
{
	const struct cm_tile_source source = files_source(&h->files);
	const struct cm_tile_sink sink = files_sink(&h->files);
	const size_t last = h->n - 1;
	struct cm_growth *growth;
	struct cm_err err = { 0 };
	enum cm_result r;

	if (cm_growth_new(&source, h->size[last], h->root[last], &growth, &err) != CM_OK)
		return say(g, "not opened", h->size[last], &err);
	files_grow(growth, h->size[last], n, &sink);
	if (gen_one_in(g, 4) || h->n == CHECKPOINTS) {
		cm_growth_free(growth);
		return true;
	}
	r = cm_growth_settle(growth, &sink, &h->size[h->n], h->root[h->n], &err);
	cm_growth_free(growth);
	if (r != CM_OK || h->size[h->n] != h->size[last] + n)
		return say(g, "not settled", h->size[last] + n, &err);
	h->n++;
	return true;
}

static bool
grow(struct gen *g, struct history *h)
{
	uint64_t most = g->size, i;

	h->n = 1;
	h->size[0] = 0;
	cm_sha256(NULL, 0, h->root[0]);
	for (i = 0; i < 12; i++)
		if (!one_step(g, h, gen_one_in(g, 3) ? gen_upto(g, 3) : gen_upto(g, most / 8 + 1)))
			return false;
	return true;
}

/* A checkpoint of which all files are read, each by itself. */
static bool
reads(struct gen *g, struct history *h, size_t which)
{
	const struct cm_tile_source source = files_source(&h->files);
	const uint64_t size = h->size[which];
	struct cm_err err = { 0 };
	struct made_entry made;
	struct cm_tiles *t;
	struct cm_span e;
	uint8_t root[32];
	uint64_t i;
	bool ok = true;

	root_of(size, root);
	if (memcmp(root, h->root[which], 32) != 0)
		return gen_fail(g, "another root at %llu", (unsigned long long)size);
	if (cm_tiles_new(&source, size, root, &t) != CM_OK)
		return gen_fail(g, "no memory");
	for (i = 0; ok && i < size; i += 1 + gen_below(g, 40)) {
		ok = cm_tiles_entry(t, i, &e, &err) == CM_OK;
		if (!ok)
			say(g, "an entry is not read", size, &err);
		else if (!cm_span_eq(e, files_entry(i, &made)))
			ok = gen_fail(g, "entry %llu is another one", (unsigned long long)i);
	}
	cm_tiles_free(t);
	return ok;
}

static bool
consistent(struct gen *g, struct history *h, size_t which)
{
	const struct cm_tile_source source = files_source(&h->files);
	const size_t last = h->n - 1;
	struct cm_proof proof;
	struct cm_hashes hashes;
	struct cm_tiles *t;
	enum cm_result r;

	if (cm_tiles_new(&source, h->size[last], h->root[last], &t) != CM_OK)
		return gen_fail(g, "no memory");
	hashes = cm_tiles_hashes(t);
	r = cm_proof_consistency(&hashes, h->size[which], h->size[last], &proof, NULL);
	cm_tiles_free(t);
	if (r == CM_OK)
		r = cm_proof_check_consistency(
		    h->size[which], h->root[which], h->size[last], h->root[last], &proof);
	return r == CM_OK ||
	       gen_fail(g, "%llu is not the beginning of %llu", (unsigned long long)h->size[which],
		   (unsigned long long)h->size[last]);
}

/* The files a log has that grew to ${size} at once, are among those of this one, alike: the sink
 * ends the test if one differs. */
static bool
same_at_once(struct gen *g, struct history *h)
{
	const size_t before = h->files.n;
	const struct cm_tile_sink sink = files_sink(&h->files);
	const uint64_t size = h->size[h->n - 1];
	struct cm_growth *growth;
	uint64_t now = 0;
	uint8_t root[32];

	cm_sha256(NULL, 0, root);
	if (cm_growth_new(NULL, 0, root, &growth, NULL) != CM_OK)
		return gen_fail(g, "no memory");
	files_grow(growth, 0, size, &sink);
	if (cm_growth_settle(growth, &sink, &now, root, NULL) != CM_OK || now != size)
		gen_fail(g, "not settled");
	cm_growth_free(growth);
	if (h->files.n != before)
		return gen_fail(g, "%zu files were missing", h->files.n - before);
	return memcmp(root, h->root[h->n - 1], 32) == 0 || gen_fail(g, "another root at once");
}

static bool
any_steps_are_the_same_log(struct gen *g)
{
	struct history h = { 0 };
	bool ok = grow(g, &h);
	size_t i;

	for (i = 0; ok && i < h.n; i++)
		ok = reads(g, &h, i) && consistent(g, &h, i);
	ok = ok && same_at_once(g, &h);
	files_free(&h.files);
	return ok;
}

/* Whatever one byte of one file is changed to: an entry is read as it was logged, or not at all. */
static bool
a_liar_is_refused(struct gen *g)
{
	struct history h = { 0 };
	bool ok = grow(g, &h);
	const struct cm_tile_source source = files_source(&h.files);
	const size_t last = h.n - 1;
	struct made_entry made;
	struct cm_tiles *t;
	struct cm_span e;
	struct file *f;
	uint64_t i;
	int k;

	for (k = 0; ok && k < 20 && h.files.n > 0; k++) {
		f = &h.files.file[gen_below(g, h.files.n)];
		if (f->bytes.len == 0)
			continue;
		f->bytes.ptr[gen_below(g, f->bytes.len)] ^= (uint8_t)(1 + gen_below(g, 255));
		if (cm_tiles_new(&source, h.size[last], h.root[last], &t) != CM_OK)
			return gen_fail(g, "no memory");
		for (i = 0; ok && i < h.size[last]; i += 1 + gen_below(g, 40))
			if (cm_tiles_entry(t, i, &e, NULL) == CM_OK &&
			    !cm_span_eq(e, files_entry(i, &made)))
				ok =
				    gen_fail(g, "entry %llu is another one", (unsigned long long)i);
		cm_tiles_free(t);
	}
	files_free(&h.files);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a log is the same in whatever steps it grew", any_steps_are_the_same_log, 60,
		    3000 },
		{ "no entry is read that was not logged", a_liar_is_refused, 60, 3000 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
