#include <stdio.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "log/cosignature.h"
#include "log_life.h"

static const uint8_t log_seed[32] = { 1 }, witness_seed[32] = { 2 };

struct made {
	char text[400];
};

/* Of up to some 300 bytes. */
static struct cm_span
make_entry(uint64_t index, uint8_t epoch, struct made *m)
{
	int n = snprintf(m->text, sizeof(m->text), "%llu %u ", (unsigned long long)index, epoch);
	size_t len = (size_t)n + (size_t)((index * 7919 + epoch) % 61) * (index % 16 == 0 ? 5 : 1);

	memset(m->text + n, '.', len - (size_t)n);
	return cm_span_of(m->text, len);
}

static void
show(struct life *f, const struct cm_checkpoint *c)
{
	for (unsigned i = 0; i < f->n_shown; i++)
		if (f->shown[i].size == c->size && memcmp(f->shown[i].root, c->root, 32) == 0)
			return;
	if (f->n_shown == LIFE_SHOWN)
		return;
	f->shown[f->n_shown].size = c->size;
	memcpy(f->shown[f->n_shown++].root, c->root, 32);
}

enum cm_result
life_create(struct life *f)
{
	struct cm_log_new in = { LIFE_FOLDER, "example.org/log", log_seed, 7 };
	enum cm_result r = cm_log_files_create(&f->sim->disk, &in, NULL);

	f->created = f->created || r == CM_OK;
	return r;
}

/* Entries that are there and were not acknowledged are known from now on. */
static enum cm_result
take_note(struct life *f, struct cm_log_files *l)
{
	const struct cm_checkpoint *c = cm_log_files_head(l);
	struct cm_tile_source source = cm_log_files_source(l);
	struct cm_tiles *t = NULL;
	struct cm_span e;
	struct made m;
	enum cm_result r = cm_tiles_new(&source, c->size, c->root, &t);

	for (uint64_t i = f->size; r == CM_OK && i < c->size; i++) {
		r = cm_tiles_entry(t, i, &e, NULL);
		for (uint8_t k = 0; r == CM_OK && k <= f->epoch; k++)
			if (cm_span_eq(e, make_entry(i, k, &m)))
				f->of[i] = k;
	}
	cm_tiles_free(t);
	if (r == CM_OK && c->size > f->size)
		f->size = c->size;
	return r;
}

enum cm_result
life_open(struct life *f, struct cm_log_files **l, struct cm_err *err)
{
	enum cm_result r = cm_log_files_open(&f->sim->disk, LIFE_FOLDER, CM_LOG_APPEND, l, err);

	if (r != CM_OK)
		return r;
	show(f, cm_log_files_head(*l));
	r = take_note(f, *l);
	if (r == CM_OK)
		return r;
	cm_log_files_close(*l);
	*l = NULL;
	return r;
}

enum cm_result
life_append(struct life *f, struct cm_log_files *l, size_t n)
{
	static struct made made[LIFE_ENTRIES];
	static struct cm_span entry[LIFE_ENTRIES];
	uint64_t size = cm_log_files_head(l)->size, first;
	enum cm_result r;

	for (size_t i = 0; i < n; i++)
		entry[i] = make_entry(size + i, f->epoch, &made[i]);
	r = cm_log_files_append(l, entry, n, &first, NULL);
	if (r != CM_OK)
		return r;
	show(f, cm_log_files_head(l));
	memset(f->of + first, f->epoch, n);
	f->size = first + n;
	return CM_OK;
}

static enum cm_result
cosign_line(const struct cm_checkpoint *c, struct cm_buf *line)
{
	uint8_t point[32];
	struct cm_vkey key;
	struct cm_buf text = { 0 };
	enum cm_result r = cm_ed25519_public(witness_seed, point);

	if (r == CM_OK)
		r = cm_vkey_of(cm_span_str("w.example"), CM_NOTE_COSIGNATURE, point, &key, NULL);
	cm_checkpoint_write(c, &text);
	if (r == CM_OK)
		r = cm_cosign(cm_buf_span(&text), &key, witness_seed, 1000, line, NULL);
	cm_buf_release(&text);
	return r;
}

enum cm_result
life_cosign(struct life *f, struct cm_log_files *l)
{
	struct cm_buf line = { 0 };
	const struct cm_checkpoint *c = cm_log_files_head(l);
	enum cm_result r = cosign_line(c, &line);

	if (r == CM_OK)
		r = cm_log_files_cosigned(l, c, cm_buf_span(&line), NULL);
	if (r == CM_OK)
		f->cosigned = c->size;
	cm_buf_release(&line);
	return r;
}

bool
life_look(struct life *f)
{
	struct cm_log_files *l = NULL;
	struct cm_err err = { 0 };
	enum cm_result r = cm_log_files_open(&f->sim->disk, LIFE_FOLDER, CM_LOG_READ, &l, &err);

	if (r == CM_OK)
		show(f, cm_log_files_head(l));
	cm_log_files_close(l);
	return r == CM_OK || !f->created || gen_fail(f->g, "a reader is refused: %s", err.text);
}

/* ---- is it still so? ---- */

static bool
shown_is_there(struct life *f, struct cm_tiles *t, uint64_t size)
{
	struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_err err = { 0 };
	uint8_t root[32];

	for (unsigned i = 0; i < f->n_shown; i++) {
		unsigned long long n = f->shown[i].size;

		if (n > size)
			return gen_fail(f->g, "the log has %llu entries and showed %llu",
			    (unsigned long long)size, n);
		if (cm_merkle_root(&h, n, root, &err) != CM_OK)
			return gen_fail(f->g, "no root at %llu: %s", n, err.text);
		if (memcmp(root, f->shown[i].root, 32) != 0)
			return gen_fail(f->g, "a fork: at %llu it showed another root", n);
	}
	return true;
}

static bool
entries_are_there(struct life *f, struct cm_tiles *t, uint64_t size)
{
	struct cm_err err = { 0 };
	struct cm_span e;
	struct made m;

	for (uint64_t i = 0; i < size; i++) {
		if (cm_tiles_entry(t, i, &e, &err) != CM_OK)
			return gen_fail(f->g, "entry %llu: %s", (unsigned long long)i, err.text);
		if (!cm_span_eq(e, make_entry(i, f->of[i], &m)))
			return gen_fail(f->g, "entry %llu is another one", (unsigned long long)i);
	}
	return true;
}

static bool
all_is_there(struct life *f, struct cm_log_files *l)
{
	const struct cm_checkpoint *c = cm_log_files_head(l);
	struct cm_tile_source source = cm_log_files_source(l);
	struct cm_tiles *t = NULL;
	bool ok;

	if (c->size < f->size)
		return gen_fail(f->g, "%llu entries were acknowledged, %llu are there",
		    (unsigned long long)f->size, (unsigned long long)c->size);
	if (cm_tiles_new(&source, c->size, c->root, &t) != CM_OK)
		return gen_fail(f->g, "no memory");
	ok = shown_is_there(f, t, c->size) && entries_are_there(f, t, c->size);
	cm_tiles_free(t);
	return ok;
}

static bool
cosignature_is_there(struct life *f, struct cm_log_files *l)
{
	struct cm_buf note = { 0 };
	bool there;

	if (f->cosigned == 0 || cm_log_files_head(l)->size != f->cosigned)
		return true;
	if (cm_log_files_published(l, &note, NULL) != CM_OK)
		return gen_fail(f->g, "nothing published");
	there = memmem(note.ptr, note.len, "w.example ", 10) != NULL;
	cm_buf_release(&note);
	return there || gen_fail(f->g, "a cosignature is gone");
}

bool
life_is_sound(struct life *f)
{
	struct cm_log_fsck found = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };
	bool ok;

	cm_arena_init(&arena, 0);
	ok = cm_log_files_fsck(&f->sim->disk, LIFE_FOLDER, &arena, NULL, NULL, &found, &err) ==
	     CM_OK;
	if (!ok)
		gen_fail(f->g, "fsck: %s", err.text);
	else if (found.bad > 0 || found.size != f->size) {
		ok = false;
		gen_fail(f->g, "fsck: %llu, %s", (unsigned long long)found.size,
		    found.n_found > 0 ? found.found[0] : "another size");
	}
	cm_arena_fini(&arena);
	return ok;
}

static bool
opens(struct life *f, struct cm_log_files **l)
{
	struct cm_err err = { 0 };
	enum cm_result r = life_open(f, l, &err);

	if (r == CM_E_NOTFOUND && !f->created) {
		if (life_create(f) != CM_OK)
			return gen_fail(f->g, "it can not be created anew");
		r = life_open(f, l, &err);
	}
	return r == CM_OK || gen_fail(f->g, "it does not open: %s", err.text);
}

bool
life_goes_on(struct life *f)
{
	struct cm_log_files *l = NULL;
	bool ok;

	f->epoch++;
	if (!opens(f, &l))
		return false;
	f->created = true;
	ok = all_is_there(f, l) && cosignature_is_there(f, l);
	if (ok && life_append(f, l, (size_t)gen_upto(f->g, 20) + 1) != CM_OK)
		ok = gen_fail(f->g, "an append fails");
	ok = ok && all_is_there(f, l) && life_look(f);
	cm_log_files_close(l);
	return ok && life_is_sound(f);
}
