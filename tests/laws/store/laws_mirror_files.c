/* Whatever happens to machine and disk while a log is mirrored: the mirror opens again, what was
 * kept is in it, and its checkpoint is borne out by its tiles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "lose.h"
#include "merkle/tree.h"
#include "store/mirror_files.h"

#define FOLDER "/mirror"
#define ENTRIES 2048u

static const uint8_t seed[32] = { 9 };
static struct cm_vkey key;
/* The log that is mirrored. */
static uint8_t root[ENTRIES + 1][32];

struct entry {
	char text[16];
};

static struct cm_span
entry(uint64_t i, struct entry *e)
{
	memset(e, (int)(i * 7), sizeof(*e));
	cm_put64((uint8_t *)e->text, i);
	return cm_span_of(e->text, (size_t)(8 + i % 8));
}

static void
make_log(void)
{
	struct cm_tree t = { 0 };
	struct entry e;
	uint8_t point[32], leaf[32];

	if (cm_ed25519_public(seed, point) != CM_OK ||
	    cm_vkey_of(cm_span_str("a.example"), CM_NOTE_ED25519, point, &key, NULL) != CM_OK)
		abort();
	for (uint64_t i = 0; i <= ENTRIES; i++) {
		cm_tree_root(&t, NULL, root[i]);
		cm_merkle_leaf(entry(i, &e), leaf);
		cm_tree_add(&t, 0, leaf);
	}
}

struct life {
	struct sim_disk *sim;
	struct gen *g;
	uint64_t kept; /* size that was said to be kept */
};

/* What a process does with a mirror; ends at the first failure, as ours do. */
enum act { OPEN, CLOSE, KEEP, LIE, CLAIM };
struct deed {
	enum act act;
	size_t n;
};

/* Over the ends of bundles, in steps that end at one, before it, behind it. */
static const struct deed story[] = { { OPEN, 0 }, { KEEP, 0 }, { KEEP, 1 }, { KEEP, 4 },
	{ LIE, 300 }, { CLAIM, 0 }, { KEEP, 250 }, { KEEP, 1 }, { CLOSE, 0 }, { OPEN, 0 },
	{ LIE, 2 }, { KEEP, 1 }, { KEEP, 255 }, { CLAIM, 0 }, { LIE, 700 }, { KEEP, 300 },
	{ CLOSE, 0 } };
#define STORY (sizeof(story) / sizeof(*story))

static enum cm_result
add(struct cm_mirror_files *m, uint64_t from, size_t n)
{
	struct entry room[64];
	struct cm_span e[64];
	enum cm_result r = CM_OK;
	size_t some, i;

	for (; r == CM_OK && n > 0; n -= some, from += some) {
		some = n < 64 ? n : 64;
		for (i = 0; i < some; i++)
			e[i] = entry(from + i, &room[i]);
		r = cm_mirror_files_add(m, e, some, NULL);
	}
	return r;
}

static void
write_note(const struct cm_checkpoint *c, struct cm_buf *note)
{
	struct cm_buf text = { 0 };

	cm_checkpoint_write(c, &text);
	cm_buf_add_span(note, cm_buf_span(&text));
	cm_buf_add_u8(note, '\n');
	if (cm_note_sign(cm_buf_span(&text), &key, seed, note, NULL) != CM_OK)
		abort();
	cm_buf_release(&text);
}

/* With entries that come from elsewhere in the log, which do not make the root. */
static enum cm_result
grow(struct life *f, struct cm_mirror_files *m, size_t n, bool lie)
{
	struct cm_checkpoint c = { .origin = "a.example" };
	struct cm_buf note = { 0 };
	uint64_t size = cm_mirror_files_head(m)->size;
	enum cm_result r;

	if (n > ENTRIES - size)
		n = (size_t)(ENTRIES - size);
	lie = lie && n > 0;
	c.size = size + n;
	memcpy(c.root, root[c.size], 32);
	r = add(m, lie ? size + 1 : size, n);
	write_note(&c, &note);
	if (r == CM_OK)
		r = cm_mirror_files_keep(m, &c, cm_buf_span(&note), NULL);
	cm_buf_release(&note);
	if (lie && r == CM_OK)
		abort();
	if (lie && r == CM_E_REFUSED)
		return CM_OK;
	if (r == CM_OK)
		f->kept = c.size;
	return r;
}

static enum cm_result
open_it(struct life *f, struct cm_mirror_files **m, struct cm_err *err)
{
	enum cm_result r = cm_mirror_files_open(&f->sim->disk, FOLDER, &key, m, err);

	if (r == CM_OK && cm_mirror_files_head(*m)->size > f->kept)
		f->kept = cm_mirror_files_head(*m)->size;
	return r;
}

static enum cm_result
do_deed(struct life *f, const struct deed *d, struct cm_mirror_files **m)
{
	switch (d->act) {
	case OPEN:
		return open_it(f, m, NULL);
	case CLOSE:
		cm_mirror_files_close(*m);
		*m = NULL;
		return CM_OK;
	case KEEP:
	case LIE:
		return grow(f, *m, d->n, d->act == LIE);
	case CLAIM:
		return cm_mirror_files_set_claim(*m, cm_span_str("claimed"), NULL);
	}
	return CM_E_USAGE;
}

static void
live(struct life *f, const struct deed *d, size_t n)
{
	struct cm_mirror_files *m = NULL;
	enum cm_result r = CM_OK;

	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = do_deed(f, &d[i], &m);
	cm_mirror_files_close(m);
}

static bool
reads(struct life *f, struct cm_mirror_files *m)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(m);
	struct cm_tile_source source = cm_mirror_files_source(m);
	struct cm_tiles *t = NULL;
	struct cm_err err = { 0 };
	struct entry room;
	struct cm_span e;
	bool ok = true;

	if (head->size < f->kept)
		return gen_fail(f->g, "%llu entries, where %llu were kept",
		    (unsigned long long)head->size, (unsigned long long)f->kept);
	if (memcmp(head->root, root[head->size], 32) != 0)
		return gen_fail(f->g, "another root of %llu", (unsigned long long)head->size);
	if (cm_tiles_new(&source, head->size, head->root, &t) != CM_OK)
		abort();
	for (uint64_t i = 0; ok && i < head->size; i++)
		if (cm_tiles_entry(t, i, &e, &err) != CM_OK || !cm_span_eq(e, entry(i, &room)))
			ok = gen_fail(f->g, "entry %llu of %llu: %s", (unsigned long long)i,
			    (unsigned long long)head->size, err.text);
	cm_tiles_free(t);
	return ok;
}

/* The next process comes: opens, reads, and goes on. */
static bool
goes_on(struct life *f)
{
	struct cm_mirror_files *m = NULL;
	struct cm_err err = { 0 };
	bool ok;

	f->sim->stop_at = f->sim->fail_at = 0;
	if (open_it(f, &m, &err) != CM_OK)
		return gen_fail(f->g, "not opened: %s", err.text);
	ok = reads(f, m);
	if (ok && grow(f, m, 1 + (size_t)gen_upto(f->g, 300), false) != CM_OK)
		ok = gen_fail(f->g, "it does not grow");
	ok = ok && reads(f, m);
	cm_mirror_files_close(m);
	return ok;
}

static void
begin(struct life *f, struct gen *g, struct lose *lose)
{
	*lose = (struct lose) { LOSE_AT_RANDOM, 0, 0, g };
	*f = (struct life) { sim_new(), g, 0 };
	lose_by(f->sim, lose);
}

/* Power is lost now, in some ways; and is not. */
static bool
outcomes(const struct life *was, uint64_t some)
{
	bool ok = true;

	for (uint64_t i = 0; ok && i < some + 3; i++) {
		struct life f = { sim_copy(was->sim), was->g, was->kept };
		struct lose lose = { i < 2 ? LOSE_BY_MASK : LOSE_AT_RANDOM, 0 - i, 0, was->g };

		lose_by(f.sim, &lose);
		if (i == 2)
			sim_leave(f.sim);
		else
			sim_lose_power(f.sim);
		lose.how = LOSE_AT_RANDOM;
		ok = goes_on(&f);
		sim_free(f.sim);
	}
	return ok;
}

static uint64_t
changes_of_story(struct gen *g, uint64_t *steps)
{
	struct life f;
	struct lose lose;
	uint64_t n, kept;

	begin(&f, g, &lose);
	live(&f, story, STORY);
	n = f.sim->changes;
	*steps = f.sim->steps;
	kept = f.kept;
	sim_free(f.sim);
	if (kept != 812)
		abort(); /* the story was not told to its end */
	return n;
}

static bool
the_end_may_come_at_any_moment(struct gen *g)
{
	uint64_t steps, n = changes_of_story(g, &steps);
	struct lose lose;
	struct life f;
	bool ok = true;

	for (uint64_t k = 1; ok && k <= n + 1; k++) {
		begin(&f, g, &lose);
		f.sim->stop_at = k;
		live(&f, story, STORY);
		ok = outcomes(&f, g->size);
		sim_free(f.sim);
	}
	return ok;
}

static bool
every_operation_may_fail(struct gen *g)
{
	static const int errors[] = { EIO, ENOSPC };
	struct lose lose;
	struct life f;
	uint64_t steps;
	bool ok = true;

	changes_of_story(g, &steps);
	for (uint64_t k = 1; ok && k <= steps; k++) {
		begin(&f, g, &lose);
		f.sim->fail_at = k;
		f.sim->fail_with = errors[gen_below(g, 2)];
		f.sim->fail_on = gen_one_in(g, 2);
		live(&f, story, STORY);
		sim_leave(f.sim);
		ok = outcomes(&f, g->size);
		sim_free(f.sim);
	}
	return ok;
}

static bool
misfortunes_come_one_after_another(struct gen *g)
{
	struct lose lose;
	struct life f;
	bool ok = true;

	begin(&f, g, &lose);
	for (uint64_t lives = 1 + gen_upto(g, 6); ok && lives > 0; lives--) {
		struct deed d[6] = { { OPEN, 0 } };

		for (size_t i = 1; i < 6; i++)
			d[i] = (struct deed) { gen_one_in(g, 4) ? LIE : KEEP,
				(size_t)gen_upto(g, gen_one_in(g, 2) ? 3 : g->size) };
		if (gen_one_in(g, 2))
			f.sim->stop_at = f.sim->changes + 1 + gen_upto(g, 90);
		else
			f.sim->fail_at = f.sim->steps + 1 + gen_upto(g, 150);
		f.sim->fail_with = gen_one_in(g, 2) ? EIO : ENOSPC;
		live(&f, d, 6);
		sim_leave(f.sim);
		if (gen_one_in(g, 2))
			sim_lose_power(f.sim);
		if (gen_one_in(g, 3))
			ok = goes_on(&f);
	}
	ok = ok && goes_on(&f);
	sim_free(f.sim);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a mirror lasts, whenever the end comes", the_end_may_come_at_any_moment, 1, 3 },
		{ "a mirror lasts, whatever operation fails", every_operation_may_fail, 1, 1 },
		{ "a mirror lasts, however misfortunes follow each other",
		    misfortunes_come_one_after_another, 100, 300 },
	};

	make_log();
	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
