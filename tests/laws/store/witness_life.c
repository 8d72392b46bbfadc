#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/cosignature.h"
#include "store/witness_files_state.h"
#include "witness_life.h"

void
witness_life_begin(struct witness_life *f, struct gen *g)
{
	memset(f, 0, sizeof(*f));
	f->g = g;
	f->sim = sim_new();
	f->compact_at = 1500;
	for (unsigned i = 0; i < WITNESS_LOGS; i++) {
		char origin[20];

		snprintf(origin, sizeof(origin), "log%u.example", i);
		f->log[i] = asker_of(origin, (uint8_t)(i + 1), WITNESS_FORK);
	}
}

enum cm_result
witness_life_create(struct witness_life *f)
{
	static const uint8_t seed[32] = { 5 };
	struct cm_witness_new in = { WITNESS_FOLDER, "w.example", seed, 7 };
	enum cm_result r = cm_witness_files_create(&f->sim->disk, &in, NULL);

	f->created = f->created || r == CM_OK;
	return r;
}

enum cm_result
witness_life_open(struct witness_life *f, struct cm_witness_files **w, struct cm_err *err)
{
	enum cm_result r = cm_witness_files_open(&f->sim->disk, WITNESS_FOLDER, w, err);

	if (r == CM_OK)
		(*w)->compact_at = f->compact_at;
	return r;
}

enum cm_result
witness_life_add(struct witness_life *f, struct cm_witness_files *w, unsigned log)
{
	enum cm_result r = cm_witness_files_add_log(w, &f->log[log].key, NULL);

	f->told[log].added = f->told[log].added || r == CM_OK;
	return r;
}

static bool
lie(struct witness_life *f, const char *what, unsigned log, uint64_t size)
{
	if (!f->lied)
		gen_fail(f->g, "log %u at %llu: %s", log, (unsigned long long)size, what);
	f->lied = true;
	return false;
}

/* The time in a line that cm_cosign wrote. */
static uint64_t
time_of(struct cm_span line)
{
	struct cm_buf note = { 0 };
	struct cm_arena arena;
	struct cm_note n;
	uint64_t time = 0;

	cm_arena_init(&arena, 0);
	cm_buf_add_str(&note, "x\n\n");
	cm_buf_add_span(&note, line);
	if (cm_note_parse(cm_buf_span(&note), &arena, &n, NULL) == CM_OK &&
	    n.signature[n.n - 1].bytes.len == 72)
		time = cm_get64(n.signature[n.n - 1].bytes.ptr);
	cm_arena_fini(&arena);
	cm_buf_release(&note);
	return time;
}

static void
it_cosigned(struct witness_life *f, unsigned log, uint64_t size, bool other, uint64_t time)
{
	struct told *t = &f->told[log];

	if (size < t->size)
		lie(f, "cosigned less than it holds", log, size);
	if (size > WITNESS_FORK && t->branched && t->other != other)
		lie(f, "cosigned a fork", log, size);
	if (time < f->time)
		lie(f, "gave an earlier time", log, size);
	if (size > WITNESS_FORK) {
		t->branched = true;
		t->other = other;
	}
	f->time = time;
	t->size = size;
	t->guess = size;
}

static void
it_answered(struct witness_life *f, unsigned log, uint64_t size, bool other,
    const struct cm_witness_answer_out *out)
{
	struct told *t = &f->told[log];

	if (out->status == 200)
		it_cosigned(f, log, size, other, time_of(cm_buf_span(&out->body)));
	if (out->status == 404 && t->added)
		lie(f, "forgot a log", log, size);
	if (out->status != 409)
		return;
	t->guess = strtoull((const char *)out->body.ptr, NULL, 10);
	if (t->guess < t->size)
		lie(f, "holds less than it told", log, t->guess);
	t->size = t->guess;
}

enum cm_result
witness_life_ask(
    struct witness_life *f, struct cm_witness_files *w, unsigned log, uint64_t size, bool other)
{
	struct cm_buf request = { 0 };
	struct cm_witness_answer_out out = { .status = 409 };
	enum cm_result r = CM_OK;

	for (int i = 0; r == CM_OK && out.status == 409 && i < 2; i++) {
		if (f->told[log].guess > size)
			size = f->told[log].guess;
		sim_inside = true; /* who asks has memory */
		asker_request(&f->log[log], f->told[log].guess, size, other, &request);
		sim_inside = false;
		r = cm_witness_files_ask(
		    w, cm_buf_span(&request), 1 + gen_upto(f->g, 50), &out, NULL);
		sim_inside = true;
		if (r == CM_OK) {
			cm_buf_add_u8(&out.body, 0);
			out.body.len--;
			it_answered(f, log, size, other, &out);
		}
		sim_inside = false;
		cm_buf_release(&out.body);
	}
	cm_buf_release(&request);
	return r;
}

static bool
shows(struct witness_life *f, struct cm_witness_files *w, unsigned log)
{
	struct told *t = &f->told[log];
	struct cm_buf note = { 0 };
	struct cm_arena arena;
	struct cm_checkpoint c;
	uint8_t hash[32], root[2][32];
	bool ok = true;
	enum cm_result r;

	cm_sha256(f->log[log].key.name, strlen(f->log[log].key.name), hash);
	r = cm_witness_files_latest(w, hash, &note, NULL);
	sim_inside = true;
	if (r == CM_E_NOTFOUND && t->size > 0)
		ok = lie(f, "shows nothing", log, t->size);
	cm_arena_init(&arena, 0);
	if (r == CM_OK && cm_checkpoint_open(cm_buf_span(&note), &f->log[log].key, &arena, &c, NULL,
			      NULL) != CM_OK)
		ok = lie(f, "shows what is no checkpoint", log, 0);
	if (r == CM_OK && ok) {
		for (int i = 0; i < 2; i++)
			asker_root(&f->log[log], c.size, i == 1, root[i]);
		if (c.size < t->size)
			ok = lie(f, "shows less than it told", log, c.size);
		else if (t->branched && memcmp(c.root, root[t->other], 32) != 0)
			ok = lie(f, "shows a fork", log, c.size);
		t->size = c.size;
		t->guess = c.size;
		if (c.size > WITNESS_FORK) {
			t->branched = true;
			t->other = memcmp(c.root, root[1], 32) == 0;
		}
	}
	sim_inside = false;
	cm_arena_fini(&arena);
	cm_buf_release(&note);
	return ok;
}

bool
witness_life_shows(struct witness_life *f, struct cm_witness_files *w)
{
	for (unsigned i = 0; i < WITNESS_LOGS; i++)
		if (!shows(f, w, i))
			return false;
	return true;
}

/* Each log tries its other history, then goes on with the one it is on. */
static bool
stands_by(struct witness_life *f, struct cm_witness_files *w, unsigned log)
{
	struct told *t = &f->told[log];
	uint64_t size = t->size;

	if (witness_life_add(f, w, log) != CM_OK)
		return gen_fail(f->g, "a log can not be added");
	if (witness_life_ask(f, w, log, size + gen_upto(f->g, 2), !t->other) != CM_OK)
		return gen_fail(f->g, "it does not answer");
	if (witness_life_ask(f, w, log, t->size + 2, t->other) != CM_OK)
		return gen_fail(f->g, "it does not answer");
	return f->lied || t->size >= size + 2 || gen_fail(f->g, "log %u does not get on", log);
}

bool
witness_life_goes_on(struct witness_life *f)
{
	struct cm_witness_files *w = NULL;
	struct cm_err err = { 0 };
	enum cm_result r = witness_life_open(f, &w, &err);
	bool ok;

	if (r == CM_E_NOTFOUND && !f->created) {
		if (witness_life_create(f) != CM_OK)
			return gen_fail(f->g, "it can not be created anew");
		r = witness_life_open(f, &w, &err);
	}
	if (r != CM_OK)
		return gen_fail(f->g, "it does not open: %s", err.text);
	f->created = true;
	ok = witness_life_shows(f, w);
	for (unsigned i = 0; ok && i < WITNESS_LOGS; i++)
		ok = stands_by(f, w, i);
	cm_witness_files_close(w);
	return ok && !f->lied;
}
