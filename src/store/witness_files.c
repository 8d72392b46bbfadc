#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log/cosignature.h"
#include "store/witness_files_state.h"

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

const struct cm_vkey *
cm_witness_files_key(const struct cm_witness_files *w)
{
	return &w->f.vkey;
}

/* ---- what it holds ---- */

/* Where it is, or belongs. */
static size_t
place_of(const struct cm_witness_files *w, const uint8_t origin_hash[32])
{
	size_t from = 0, to = w->n_logs;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (memcmp(w->log[mid]->origin_hash, origin_hash, 32) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct cm_witnessed_log *
cm_witness_find(const struct cm_witness_files *w, const uint8_t origin_hash[32])
{
	size_t i = place_of(w, origin_hash);

	if (i == w->n_logs || memcmp(w->log[i]->origin_hash, origin_hash, 32) != 0)
		return NULL;
	return w->log[i];
}

struct cm_witnessed_log *
cm_witness_find_origin(const struct cm_witness_files *w, const char *origin)
{
	uint8_t hash[32];

	cm_sha256(origin, strlen(origin), hash);
	return cm_witness_find(w, hash);
}

enum cm_result
cm_witness_insert(struct cm_witness_files *w, const struct cm_vkey *key)
{
	struct cm_witnessed_log *l = calloc(1, sizeof(*l));
	struct cm_witnessed_log **all =
	    realloc(w->log, (w->n_logs + 1) * sizeof(struct cm_witnessed_log *));
	size_t i;

	if (all != NULL)
		w->log = all;
	if (all == NULL || l == NULL) {
		free(l);
		return CM_E_NOMEM;
	}
	l->key = *key;
	cm_sha256(key->name, strlen(key->name), l->origin_hash);
	i = place_of(w, l->origin_hash);
	memmove(w->log + i + 1, w->log + i, (w->n_logs - i) * sizeof(struct cm_witnessed_log *));
	w->log[i] = l;
	w->n_logs++;
	return CM_OK;
}

void
cm_witness_log_free(struct cm_witnessed_log *l)
{
	cm_buf_release(&l->note);
	free(l);
}

void
cm_witness_hold(struct cm_witnessed_log *l, const struct cm_checkpoint *c, uint64_t time,
    struct cm_buf *note, size_t text_len)
{
	cm_buf_release(&l->note);
	l->note = *note;
	*note = (struct cm_buf) { 0 };
	l->text_len = text_len;
	l->time = time;
	l->held.size = c->size;
	memcpy(l->held.root, c->root, sizeof(l->held.root));
}

void
cm_witness_note(const struct cm_note *n, const struct cm_vkey *key, struct cm_buf *out)
{
	cm_buf_add_span(out, n->text);
	cm_buf_add_u8(out, '\n');
	for (size_t i = 0; i < n->n; i++)
		if (cm_note_is_of(&n->signature[i], key)) {
			cm_buf_add_span(out, n->signature[i].line);
			return;
		}
}

void
cm_witness_state(const struct cm_witnessed_log *l, struct cm_buf *out)
{
	cm_buf_add_u64(out, l->time);
	cm_buf_add_span(out, cm_buf_span(&l->note));
}

/* ---- a request ---- */

struct ask {
	struct cm_witness_files *w;
	struct cm_witness_request request;
	struct cm_vkey key; /* of the log */
	bool known;
	struct cm_witness_held held;
	struct cm_witness_ruling ruling;
	uint64_t now, time, number;
	struct cm_buf note;   /* the new one, for 200 and forks */
	struct cm_buf before; /* the one held, for forks */
};

/* What is held now; false: it is what it was. */
static bool
look(struct ask *a)
{
	const struct cm_witnessed_log *l =
	    cm_witness_find_origin(a->w, a->request.checkpoint.origin);
	bool same = a->known == (l != NULL);

	a->known = l != NULL;
	if (l == NULL)
		return !same;
	same = same && a->held.size == l->held.size && memcmp(a->held.root, l->held.root, 32) == 0;
	a->held = l->held;
	a->key = l->key;
	return !same;
}

/* Takes the new state in memory, and in line for the journal; all or nothing. */
static enum cm_result
take(struct ask *a)
{
	struct cm_witness_files *w = a->w;
	struct cm_witnessed_log *l = cm_witness_find_origin(w, a->request.checkpoint.origin);
	size_t n = sizeof(uint64_t) + a->note.len;

	if (!cm_buf_reserve(&w->waiting, sizeof(uint32_t) + n)) {
		w->waiting.failed = false;
		return CM_E_NOMEM;
	}
	a->time = a->now > w->time ? a->now : w->time;
	w->time = a->time;
	l->ruling = ++w->ruled;
	cm_witness_hold(l, &a->request.checkpoint, a->time, &a->note, a->request.note.text.len);
	cm_buf_add_u32(&w->waiting, (uint32_t)n);
	cm_witness_state(l, &w->waiting);
	return CM_OK;
}

/* With the mutex held, and what was ruled on still so. */
static enum cm_result
conclude(struct ask *a)
{
	const struct cm_witnessed_log *l;
	enum cm_result r = CM_OK;

	if (a->ruling.status == 200)
		r = take(a);
	else if (a->ruling.fork) {
		l = cm_witness_find_origin(a->w, a->request.checkpoint.origin);
		cm_buf_add_span(&a->before, cm_buf_span(&l->note));
		r = cm_buf_ok(&a->before) ? CM_OK : CM_E_NOMEM;
	}
	a->number = a->w->ruled;
	return r;
}

static enum cm_result
rule(struct ask *a, struct cm_err *err)
{
	enum cm_result r =
	    cm_witness_rule(&a->request, a->known ? &a->key : NULL, &a->held, &a->ruling, err);

	if (r == CM_OK && (a->ruling.status == 200 || a->ruling.fork)) {
		cm_buf_clear(&a->note);
		cm_witness_note(&a->request.note, &a->key, &a->note);
		r = cm_buf_ok(&a->note) ? CM_OK : no_memory(err);
	}
	return r;
}

/* Signatures are checked without the mutex; if what is held has changed meanwhile, once more. */
static enum cm_result
rule_and_wait(struct ask *a, struct cm_err *err)
{
	struct cm_witness_files *w = a->w;
	enum cm_result r = CM_OK;
	bool changed = true;

	pthread_mutex_lock(&w->mutex);
	(void)look(a);
	while (changed && r == CM_OK) {
		pthread_mutex_unlock(&w->mutex);
		r = rule(a, err);
		pthread_mutex_lock(&w->mutex);
		changed = look(a);
	}
	if (r == CM_OK) {
		r = conclude(a);
		if (r != CM_OK)
			(void)no_memory(err);
	}
	if (r == CM_OK)
		r = cm_witness_wait(w, a->number, err);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

static enum cm_result
answer(const struct ask *a, struct cm_witness_answer_out *out, struct cm_err *err)
{
	out->status = a->ruling.status;
	out->type = out->status == 409 ? CM_WITNESS_SIZE_TYPE : "text/plain; charset=utf-8";
	if (out->status == 200)
		return cm_cosign(
		    a->request.note.text, &a->w->f.vkey, a->w->f.seed, a->time, &out->body, err);
	if (out->status == 409)
		cm_buf_printf(&out->body, "%" PRIu64 "\n", a->ruling.stored);
	else
		cm_buf_printf(&out->body, "%s\n", a->ruling.reason);
	return cm_buf_ok(&out->body) ? CM_OK : no_memory(err);
}

static enum cm_result
ask(struct ask *a, struct cm_witness_answer_out *out, struct cm_err *err)
{
	enum cm_result r = rule_and_wait(a, err);

	if (r == CM_OK && a->ruling.fork)
		r = cm_witness_keep_fork(
		    a->w, a->key.name, cm_buf_span(&a->before), cm_buf_span(&a->note), err);
	return r == CM_OK ? answer(a, out, err) : r;
}

enum cm_result
cm_witness_files_ask(struct cm_witness_files *w, struct cm_span request, uint64_t now,
    struct cm_witness_answer_out *out, struct cm_err *err)
{
	struct ask a = { .w = w, .now = now };
	struct cm_err why = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	*out = (struct cm_witness_answer_out) { 0 };
	if (w->f.lock < 0)
		return cm_err_set(err, CM_E_USAGE, "the witness is not open to cosign");
	cm_arena_init(&arena, 0);
	r = cm_witness_request_parse(request, &arena, &a.request, &why);
	if (r == CM_E_MALFORMED || r == CM_E_LIMIT) {
		a.ruling = (struct cm_witness_ruling) { .status = 400, .reason = why.text };
		r = answer(&a, out, err);
	} else if (r == CM_OK) {
		r = ask(&a, out, err);
	} else {
		cm_err_set(err, r, "%s", why.text);
	}
	if (r != CM_OK)
		cm_buf_release(&out->body);
	cm_buf_release(&a.note);
	cm_buf_release(&a.before);
	cm_arena_fini(&arena);
	return r;
}

/* ---- what it tells ---- */

enum cm_result
cm_witness_files_latest(struct cm_witness_files *w, const uint8_t origin_hash[32],
    struct cm_buf *note, struct cm_err *err)
{
	const struct cm_witnessed_log *l;
	struct cm_buf text = { 0 };
	uint64_t time = 0, number = 0;
	size_t text_len = 0;
	enum cm_result r = CM_OK;

	if (w->f.lock < 0)
		return cm_err_set(err, CM_E_USAGE, "the witness is not open to cosign");
	pthread_mutex_lock(&w->mutex);
	l = cm_witness_find(w, origin_hash);
	if (l == NULL || l->time == 0)
		r = cm_err_set(err, CM_E_NOTFOUND, "no checkpoint of such a log was cosigned");
	else {
		cm_buf_add_span(&text, cm_buf_span(&l->note));
		text_len = l->text_len;
		time = l->time;
		number = l->ruling;
		r = cm_witness_wait(w, number, err);
	}
	pthread_mutex_unlock(&w->mutex);
	cm_buf_add_span(note, cm_buf_span(&text));
	if (r == CM_OK && (!cm_buf_ok(&text) || !cm_buf_ok(note)))
		r = no_memory(err);
	if (r == CM_OK)
		r = cm_cosign(cm_span_part(cm_buf_span(&text), 0, text_len), &w->f.vkey, w->f.seed,
		    time, note, err);
	cm_buf_release(&text);
	return r;
}

struct seen {
	struct cm_vkey key;
	struct cm_witness_held held;
	uint64_t time;
};

enum cm_result
cm_witness_files_each(struct cm_witness_files *w,
    void (*one)(
	void *arg, const struct cm_vkey *log, const struct cm_witness_held *held, uint64_t time),
    void *arg, struct cm_err *err)
{
	struct seen *seen;
	enum cm_result r;
	size_t n;

	pthread_mutex_lock(&w->mutex);
	n = w->n_logs;
	seen = calloc(n + 1, sizeof(*seen));
	for (size_t i = 0; seen != NULL && i < n; i++)
		seen[i] = (struct seen) { w->log[i]->key, w->log[i]->held, w->log[i]->time };
	r = seen == NULL ? no_memory(err) : cm_witness_wait(w, w->ruled, err);
	pthread_mutex_unlock(&w->mutex);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		one(arg, &seen[i].key, &seen[i].held, seen[i].time);
	free(seen);
	return r;
}

/* ---- logs ---- */

static void
put_vkey(const struct cm_vkey *key, struct cm_buf *out)
{
	cm_vkey_write(key, out);
	cm_buf_add_u8(out, '\n');
}

/* On disk first: what is cosigned must be known when the journal is read. */
static enum cm_result
add(struct cm_witness_files *w, const struct cm_vkey *log, struct cm_err *err)
{
	struct cm_buf lines = { 0 };
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < w->n_logs; i++)
		put_vkey(&w->log[i]->key, &lines);
	put_vkey(log, &lines);
	r = cm_buf_ok(&lines) ? cm_key_folder_replace(&w->f, "logs", cm_buf_span(&lines), err)
			      : no_memory(err);
	if (r == CM_OK && cm_witness_insert(w, log) != CM_OK)
		r = no_memory(err);
	cm_buf_release(&lines);
	return r;
}

enum cm_result
cm_witness_files_add_log(struct cm_witness_files *w, const struct cm_vkey *log, struct cm_err *err)
{
	const struct cm_witnessed_log *l;
	enum cm_result r = CM_OK;

	if (log->type != CM_NOTE_ED25519)
		return cm_err_set(err, CM_E_USAGE, "%s: not the key of a log", log->name);
	if (memcmp(log->key, w->f.vkey.key, sizeof(log->key)) == 0)
		return cm_err_set(err, CM_E_USAGE,
		    "%s has the key of this witness; a log and a witness have keys of their own",
		    log->name);
	pthread_mutex_lock(&w->mutex);
	l = cm_witness_find_origin(w, log->name);
	if (l == NULL)
		r = add(w, log, err);
	else if (memcmp(l->key.key, log->key, sizeof(log->key)) != 0)
		r = cm_err_set(err, CM_E_USAGE, "%s is witnessed with another key", log->name);
	pthread_mutex_unlock(&w->mutex);
	return r;
}
