/* Whose an entry is, and whether its statement is one that is known here. */
#include <stdlib.h>
#include <string.h>

#include "cli/monitor.h"
#include "merkle/proof.h"

static enum cm_result
no_memory(struct cm_monitor *m)
{
	return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
}

enum cm_result
cm_monitor_know_signers(struct cm_monitor *m)
{
	const struct cm_signers *s = &m->trust.signers;
	size_t i;

	m->signer = cm_arena_array(&m->arena, s->n + 1, sizeof(m->signer[0]));
	if (m->signer == NULL)
		return no_memory(m);
	for (i = 0; i < s->n; i++)
		cm_ssh_fingerprint(&s->line[i].key, m->signer[i]);
	return CM_OK;
}

static enum cm_result
leaf_of(struct cm_monitor *m, const struct cm_entry *e, uint8_t leaf[32])
{
	struct cm_buf text = { 0 };
	enum cm_result r;

	cm_entry_write(e, &text);
	r = cm_buf_ok(&text) ? CM_OK : no_memory(m);
	if (r == CM_OK)
		cm_merkle_leaf(cm_buf_span(&text), leaf);
	cm_buf_release(&text);
	return r;
}

/* ---- own statements ---- */

static enum cm_result
know_one(struct cm_monitor *m, size_t i)
{
	const struct cm_case_statement *s = &m->own.item[i];
	struct cm_buf json = { 0 }, sig = { 0 };
	struct cm_entry e = { 0 };
	uint8_t leaf[32];
	uint64_t first;
	enum cm_result r = cm_case_statement_text(m->c, s->digest, &json, &sig, &m->err);

	if (r == CM_OK) {
		cm_entry_digest(cm_buf_span(&json), cm_buf_span(&sig), e.digest);
		memcpy(e.key, s->by, strnlen(s->by, CM_ENTRY_KEY));
		r = leaf_of(m, &e, leaf);
	}
	if (r == CM_OK && cm_leaf_places_add(&m->own_place, leaf, i, &first) != CM_OK)
		r = no_memory(m);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return r;
}

enum cm_result
cm_monitor_know_own(struct cm_monitor *m)
{
	enum cm_result r = cm_case_statements(m->c, &m->round, &m->own, &m->err);
	size_t i;

	cm_leaf_places_fini(&m->own_place);
	for (i = 0; r == CM_OK && i < m->own.n; i++)
		r = know_one(m, i);
	return r;
}

/* ---- statements that were shown ---- */

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct cm_shown_key *)a)->key, ((const struct cm_shown_key *)b)->key);
}

struct cm_shown_key *
cm_monitor_shown_key(struct cm_monitor *m, const char *key)
{
	struct cm_shown_key k = { 0 };

	memcpy(k.key, key, strnlen(key, CM_ENTRY_KEY));
	return m->n_shown_keys == 0
	    ? NULL
	    : bsearch(&k, m->shown_key, m->n_shown_keys, sizeof(k), by_key);
}

/* Each key once, in order. */
static enum cm_result
list_keys(struct cm_monitor *m)
{
	struct cm_shown_key *k = cm_arena_array(&m->arena, m->n_shown + 1, sizeof(*k));
	size_t i, n = 0;

	if (k == NULL)
		return no_memory(m);
	for (i = 0; i < m->n_shown; i++)
		memcpy(k[i].key, m->shown[i].entry.key, sizeof(k[i].key));
	qsort(k, m->n_shown, sizeof(*k), by_key);
	for (i = 0; i < m->n_shown; i++)
		if (n == 0 || strcmp(k[n - 1].key, k[i].key) != 0)
			k[n++] = k[i];
	m->shown_key = k;
	m->n_shown_keys = n;
	return CM_OK;
}

enum cm_result
cm_monitor_know_shown(struct cm_monitor *m)
{
	enum cm_result r = list_keys(m);
	size_t i;

	for (i = 0; r == CM_OK && i < m->n_shown; i++) {
		struct cm_shown_statement *s = &m->shown[i];
		struct cm_shown_key *k = cm_monitor_shown_key(m, s->entry.key);

		if (s->number > k->highest)
			k->highest = s->number;
		r = leaf_of(m, &s->entry, s->leaf);
		if (r == CM_OK && cm_leaf_places_add(&m->shown_place, s->leaf, i, &s->first) != CM_OK)
			r = no_memory(m);
	}
	return r;
}

/* ---- entries of the log ---- */

static void
judge(struct cm_monitor *m, const uint8_t leaf[32], struct cm_monitor_entry *e)
{
	const struct cm_signers *s = &m->trust.signers;
	uint64_t at;
	size_t i;

	e->is_mine = strcmp(e->e.key, cm_case_self(m->c)->fingerprint) == 0;
	for (i = 0; e->principals == NULL && i < s->n; i++)
		if (strcmp(m->signer[i], e->e.key) == 0)
			e->principals = s->line[i].principals;
	if (cm_leaf_places_find(&m->own_place, leaf, &at))
		e->own = &m->own.item[at];
	if (cm_leaf_places_find(&m->shown_place, leaf, &at))
		e->shown = &m->shown[at];
}

/* For the count of what a key has in the log. */
static void
count(struct cm_monitor *m, const uint8_t leaf[32], const struct cm_entry *e)
{
	struct cm_shown_key *k = cm_monitor_shown_key(m, e->key);
	uint64_t at;

	if (k == NULL)
		return;
	k->logged++;
	k->shown += cm_leaf_places_find(&m->shown_place, leaf, &at);
}

static enum cm_result
scan_one(struct cm_monitor *m, struct cm_span text, uint64_t from,
    enum cm_result (*say)(void *arg, const struct cm_monitor_entry *e), void *arg)
{
	struct cm_monitor_entry e = { .place = m->scanned, .text = text };
	uint8_t leaf[32];

	cm_merkle_leaf(text, leaf);
	if (cm_leaf_places_add(&m->place, leaf, e.place, &e.first) != CM_OK)
		return no_memory(m);
	e.is_statement = cm_entry_parse(text, &e.e, NULL) == CM_OK;
	if (e.is_statement && e.first == e.place)
		count(m, leaf, &e.e);
	if (e.place < from)
		return CM_OK;
	if (e.is_statement)
		judge(m, leaf, &e);
	return say(arg, &e);
}

enum cm_result
cm_monitor_scan(struct cm_monitor *m, uint64_t from,
    enum cm_result (*say)(void *arg, const struct cm_monitor_entry *e), void *arg)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(m->mirror);
	struct cm_tile_source source = cm_mirror_files_source(m->mirror);
	struct cm_tiles *tiles = NULL;
	struct cm_span text;
	enum cm_result r = CM_OK;

	if (cm_tiles_new(&source, head->size, head->root, &tiles) != CM_OK)
		return no_memory(m);
	for (; r == CM_OK && m->scanned < head->size; m->scanned++) {
		r = cm_tiles_entry(tiles, m->scanned, &text, &m->err);
		if (r == CM_OK)
			r = scan_one(m, text, from, say, arg);
	}
	cm_tiles_free(tiles);
	return r;
}
