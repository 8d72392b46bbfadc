#include <stdio.h>
#include <string.h>

#include "log/cosignature.h"
#include "log/witness.h"
#include "node/gather.h"
#include "node/said.h"
#include "os/clock.h"

/* One witness. */
struct one {
	const struct cm_policy_member *m;
	struct cm_gathered *out;
	uint64_t *known;
	const char *url;
	uint64_t old; /* that it was asked to go on from */
	unsigned tries;
	struct cm_span line; /* of a cosignature that holds */
};

struct gather {
	struct cm_http_client *client;
	const struct cm_gather_ask *ask;
	struct cm_checkpoint checkpoint;
	struct cm_note note;
	struct cm_arena arena;
	struct one *one;
	size_t n;
	int64_t until_ms;
};

const char *
cm_gather_word(enum cm_gather_how how)
{
	static const char *const word[] = { "not asked", "cosigned", "ahead", "elsewhere",
		"unknown", "pushback", "refused", "not good", "nonsense", "late", "unreachable" };

	return word[how];
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static void
say_late(const struct gather *g, struct one *o)
{
	const struct cm_http_reply late = { .end = CM_HTTP_LATE };

	o->out->how = CM_GATHER_LATE;
	cm_said_nothing(o->out->text, o->m->name, &late, g->ask->limit_ms);
}

/* Begins to ask, with a proof from o->old.  A URL that is none is an outcome. */
static CM_RESULT
begin(struct gather *g, struct one *o, const struct cm_proof *proof, struct cm_err *err)
{
	int64_t left = g->until_ms - cm_clock_ms();
	struct cm_buf body = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r;

	if (left <= 0) {
		say_late(g, o);
		return CM_OK;
	}
	cm_witness_request_write(o->old, proof, g->ask->note, &body);
	if (!cm_buf_ok(&body)) {
		cm_buf_release(&body);
		return no_memory(err);
	}
	r = cm_http_client_begin(g->client,
	    &(struct cm_http_ask) { .url = o->url,
		.post = "text/plain; charset=utf-8",
		.body = cm_buf_span(&body),
		.answer_max = CM_NOTE_BYTES,
		.total_ms = (unsigned)left,
		.tag = (size_t)(o - g->one) },
	    &why);
	cm_buf_release(&body);
	if (r != CM_E_USAGE)
		return r == CM_OK ? r : no_memory(err);
	o->out->how = CM_GATHER_UNREACHABLE;
	snprintf(o->out->text, sizeof(o->out->text), "%.80s can not be asked: %.300s", o->m->name,
	    why.text);
	return CM_OK;
}

static CM_RESULT
ask_from(struct gather *g, struct one *o, uint64_t old, struct cm_err *err)
{
	struct cm_proof proof = { 0 };
	enum cm_result r =
	    cm_proof_consistency(g->ask->hashes, old, g->checkpoint.size, &proof, err);

	if (r != CM_OK)
		return r;
	o->old = old;
	o->tries++;
	return begin(g, o, &proof, err);
}

/* The line of the note that ${key} made at ${time}. */
static struct cm_span
line_of(const struct cm_note *note, const struct cm_vkey *key, uint64_t time)
{
	for (size_t i = 0; i < note->n; i++) {
		const struct cm_note_signature *s = &note->signature[i];

		if (cm_note_is_of(s, key) && s->bytes.len == CM_COSIGNATURE_LEN &&
		    cm_get64(s->bytes.ptr) == time)
			return s->line;
	}
	return cm_span_of(NULL, 0);
}

/* Looks for a cosignature of this witness over this checkpoint in ${lines}. */
static CM_RESULT
check(struct gather *g, struct one *o, struct cm_span lines, struct cm_err *why)
{
	struct cm_buf whole = { 0 };
	struct cm_note note;
	enum cm_result r = CM_E_NOMEM;
	uint8_t *kept;

	cm_buf_add_span(&whole, g->note.text);
	cm_buf_add_u8(&whole, '\n');
	cm_buf_add_span(&whole, lines);
	kept = cm_buf_ok(&whole) ? cm_arena_copy(&g->arena, whole.ptr, whole.len) : NULL;
	if (kept != NULL)
		r = cm_note_parse(cm_span_of(kept, whole.len), &g->arena, &note, why);
	cm_buf_release(&whole);
	if (r == CM_OK)
		r = cm_cosignature_verify(&note, &o->m->key, &o->out->time, why);
	if (r == CM_OK)
		o->line = line_of(&note, &o->m->key, o->out->time);
	return r;
}

static CM_RESULT
take_cosignature(struct gather *g, struct one *o, struct cm_span lines, struct cm_err *err)
{
	struct cm_gathered *out = o->out;
	struct cm_err why = { 0 };
	enum cm_result r = check(g, o, lines, &why);

	if (r == CM_E_NOMEM)
		return no_memory(err);
	if (r != CM_OK) {
		out->how = r == CM_E_MALFORMED ? CM_GATHER_NONSENSE : CM_GATHER_NOT_GOOD;
		snprintf(out->text, sizeof(out->text),
		    "%.80s answers 200, but its cosignature does not count: %.300s", o->m->name,
		    why.text);
		return CM_OK;
	}
	out->how = CM_GATHER_COSIGNED;
	snprintf(out->text, sizeof(out->text), "%.100s cosigned size %llu", o->m->name,
	    (unsigned long long)g->checkpoint.size);
	*o->known = g->checkpoint.size;
	return CM_OK;
}

static void
say_elsewhere(struct one *o)
{
	o->out->how = CM_GATHER_ELSEWHERE;
	snprintf(o->out->text, sizeof(o->out->text),
	    "%.80s holds another tree of this log: what it cosigned at size %llu is not what the "
	    "log begins with; a restored backup, or a fork",
	    o->m->name, (unsigned long long)o->old);
}

/* A 409: it holds ${size}. */
static CM_RESULT
take_size(struct gather *g, struct one *o, uint64_t size, struct cm_err *err)
{
	struct cm_gathered *out = o->out;
	unsigned long long said = size, ours = g->checkpoint.size, asked = o->old;

	out->size = size;
	*o->known = size;
	if (size > g->checkpoint.size) {
		out->how = CM_GATHER_AHEAD;
		snprintf(out->text, sizeof(out->text),
		    "%.80s is ahead: it cosigned size %llu of this log, which has only %llu; a "
		    "restored backup, or a fork",
		    o->m->name, said, ours);
	} else if (size == o->old && size == g->checkpoint.size) {
		say_elsewhere(o); /* as witnesses said it before 422 was agreed on */
	} else if (size == o->old || o->tries > 1) {
		out->how = CM_GATHER_NONSENSE;
		snprintf(out->text, sizeof(out->text),
		    "%.80s does not settle: asked to go on from size %llu, it says it holds %llu",
		    o->m->name, asked, said);
	} else {
		return ask_from(g, o, size, err);
	}
	return CM_OK;
}

static CM_RESULT
take_answer(struct gather *g, struct one *o, const struct cm_http_reply *r, struct cm_err *err)
{
	uint64_t size = 0;

	o->out->status = r->status;
	cm_said_answer(o->out->text, o->m->name, r);
	switch (cm_witness_answer_of(r->status, cm_buf_span(&r->body), &size)) {
	case CM_WITNESS_COSIGNED:
		return take_cosignature(g, o, cm_buf_span(&r->body), err);
	case CM_WITNESS_OTHER_SIZE:
		return take_size(g, o, size, err);
	case CM_WITNESS_UNKNOWN:
		o->out->how = CM_GATHER_UNKNOWN;
		break;
	case CM_WITNESS_PUSHBACK:
		o->out->how = CM_GATHER_PUSHBACK;
		break;
	case CM_WITNESS_REFUSED:
		o->out->how = CM_GATHER_REFUSED;
		if (r->status == 422)
			say_elsewhere(o);
		break;
	case CM_WITNESS_NONSENSE:
		o->out->how = CM_GATHER_NONSENSE;
		break;
	}
	return CM_OK;
}

static CM_RESULT
take(struct gather *g, const struct cm_http_reply *r, struct cm_err *err)
{
	struct one *o = &g->one[r->tag];

	if (r->end == CM_HTTP_ANSWERED)
		return take_answer(g, o, r, err);
	if (r->end == CM_HTTP_LATE)
		o->out->how = CM_GATHER_LATE;
	else
		o->out->how =
		    r->end == CM_HTTP_TOO_LONG ? CM_GATHER_NONSENSE : CM_GATHER_UNREACHABLE;
	cm_said_nothing(o->out->text, o->m->name, r, g->ask->limit_ms);
	return CM_OK;
}

/* The first question to each witness. */
static CM_RESULT
ask_all(struct gather *g, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < g->n && r == CM_OK; i++) {
		struct one *o = &g->one[i];
		uint64_t known = *o->known;

		if (o->m->url == NULL) {
			snprintf(o->out->text, sizeof(o->out->text),
			    "%.100s has no URL in the trust file", o->m->name);
			continue;
		}
		o->url = cm_said_url(o->m, "add-checkpoint", &g->arena);
		if (o->url == NULL)
			return no_memory(err);
		r = ask_from(g, o, known < g->checkpoint.size ? known : g->checkpoint.size, err);
	}
	return r;
}

static CM_RESULT
run(struct gather *g, struct cm_err *err)
{
	enum cm_result r = ask_all(g, err);

	while (r == CM_OK) {
		struct cm_http_reply reply = { 0 };

		r = cm_http_client_next(g->client, &reply, NULL);
		if (r == CM_E_NOTFOUND)
			return CM_OK;
		r = r == CM_OK ? take(g, &reply, err) : no_memory(err);
		cm_buf_release(&reply.body);
	}
	cm_http_client_break_off(g->client);
	return r;
}

static CM_RESULT
set_up(struct gather *g, struct cm_gathered *out, struct cm_err *err)
{
	const struct cm_policy *p = g->ask->policy;
	enum cm_result r = cm_note_parse(g->ask->note, &g->arena, &g->note, err);

	if (r == CM_OK)
		r = cm_checkpoint_parse(g->note.text, &g->checkpoint, err);
	if (r != CM_OK)
		return r;
	g->one = cm_arena_array(&g->arena, p->n_members, sizeof(*g->one));
	if (g->one == NULL && p->n_members > 0)
		return no_memory(err);
	for (size_t i = 0; i < p->n_members; i++) {
		if (p->member[i].is_group)
			continue;
		out[g->n] = (struct cm_gathered) { .member = (uint16_t)i };
		g->one[g->n] = (struct one) {
			.m = &p->member[i], .out = &out[g->n], .known = &g->ask->known[i]
		};
		g->n++;
	}
	return CM_OK;
}

CM_RESULT
cm_gather(struct cm_http_client *c, const struct cm_gather_ask *ask, struct cm_gathered *out,
    size_t *n, struct cm_buf *lines, struct cm_err *err)
{
	struct gather g = { .client = c, .ask = ask, .until_ms = cm_clock_ms() + ask->limit_ms };
	enum cm_result r;

	cm_arena_init(&g.arena, 0);
	r = set_up(&g, out, err);
	if (r == CM_OK)
		r = run(&g, err);
	for (size_t i = 0; i < g.n && r == CM_OK; i++)
		cm_buf_add_span(lines, g.one[i].line);
	*n = g.n;
	cm_arena_fini(&g.arena);
	return r == CM_OK && !cm_buf_ok(lines) ? no_memory(err) : r;
}
