/* Which charter is in force, and who has left. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "charter/team_parts.h"

const char *
cm_charter_state_word(enum cm_charter_state s)
{
	static const char *const words[] = { "proposed", "in force", "replaced", "rival", "overtaken", "loose" };

	return words[s];
}

const char *
cm_phase_word(enum cm_phase p)
{
	static const char *const words[] = { "open", "closing", "closed" };

	return words[p];
}

const struct cm_team_charter *
cm_team_find(const struct cm_team *t, const uint8_t digest[32])
{
	for (size_t i = 0; i < t->n_charters; i++)
		if (memcmp(t->charter[i].file.digest, digest, 32) == 0)
			return &t->charter[i];
	return NULL;
}

/* Is ${digest} of ${c} or a version before it? */
static bool
is_behind(const struct cm_team_charter *c, const uint8_t digest[32])
{
	for (; c != NULL; c = c->before)
		if (memcmp(c->file.digest, digest, 32) == 0)
			return true;
	return false;
}

bool
cm_team_in_chain(const struct cm_team *t, const uint8_t charter[32])
{
	return is_behind(t->in_force, charter);
}

bool
cm_team_is_gone(const struct cm_team *t, const char *fingerprint)
{
	for (size_t i = 0; i < t->gone.n; i++)
		if (strcmp(t->gone.item[i].text, fingerprint) == 0)
			return true;
	return false;
}

/* Errors name the file by the first digits of its digest, as the case's copies are named. */
static enum cm_result
name_error(const uint8_t digest[32], const char *what, enum cm_result r, const struct cm_err *why, struct cm_err *err)
{
	char hex[17] = { 0 };

	if (r == CM_E_NOMEM)
		return cm_err_set(err, r, "out of memory");
	cm_hex_encode(cm_span_of(digest, 8), hex);
	return cm_err_set(err, r, "%s %s: %s", what, hex, why->text);
}

/* Who left ${c}: by a word that names it; or one before it, if that was said after it was made, for who signed it
 * later came back. */
static enum cm_result
find_gone(const struct cm_team *t, const struct cm_team_charter *c, struct cm_arena *arena,
    struct cm_charter_withdrawn *out, struct cm_err *err)
{
	const struct cm_members *m = &c->file.says.members;
	struct cm_key_print *gone = cm_arena_array(arena, m->n, sizeof(*gone));
	size_t n = 0;

	if (gone == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < m->n; i++) {
		bool left = false;

		for (size_t k = 0; k < t->n_said && !left; k++) {
			const struct cm_said *s = &t->said[k];
			const uint8_t *named = s->as.withdrawal.charter;

			left = s->head.type == CM_PREDICATE_WITHDRAWAL && strcmp(s->head.by, m->item[i].print.text) == 0 &&
			    is_behind(c, named) &&
			    (memcmp(named, c->file.digest, 32) == 0 || s->head.made > c->file.head.made);
		}
		if (left)
			gone[n++] = m->item[i].print;
	}
	*out = (struct cm_charter_withdrawn) { gone, n };
	return CM_OK;
}

static bool
is_complete(const struct cm_team_charter *c)
{
	return c->state != CM_CHARTER_LOOSE && c->sigs.n_missing == 0;
}

/* Signatures of one whose version before is settled. */
static enum cm_result
check_one(const struct cm_team *t, struct cm_team_charter *c, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_charter_withdrawn gone = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = c->before == NULL ? CM_OK : find_gone(t, c->before, arena, &gone, err);

	if (r != CM_OK)
		return r;
	r = cm_charter_check_signed(&c->file, c->sigs_text, c->before == NULL ? NULL : &c->before->file, gone, arena,
	    &c->sigs, &why);
	if (r != CM_OK)
		return name_error(c->file.digest, "charter", r, &why, err);
	if (c->before != NULL && !is_complete(c->before))
		c->state = CM_CHARTER_LOOSE;
	return CM_OK;
}

/* What it supersedes is not here: its signatures alone can be looked at. */
static enum cm_result
check_loose(struct cm_team_charter *c, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_sigs_read(c->sigs_text, arena, &c->sigs.sigs, &why);

	c->state = CM_CHARTER_LOOSE;
	if (r == CM_OK)
		r = cm_sigs_verify(&c->sigs.sigs, c->file.json, &why);
	return r == CM_OK ? r : name_error(c->file.digest, "charter", r, &why, err);
}

static enum cm_result
check_all(const struct cm_team *t, struct cm_team_charter *all, struct cm_arena *arena, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; r == CM_OK && i < t->n_charters; i++)
		r = all[i].version == 0 ? check_loose(&all[i], arena, err) : check_one(t, &all[i], arena, err);
	return r;
}

/* The successor of ${c} (NULL: a first version) that takes its place, or NULL: none, or several. */
static struct cm_team_charter *
successor(const struct cm_team *t, struct cm_team_charter *all, const struct cm_team_charter *c, bool settle)
{
	struct cm_team_charter *found = NULL, *settled = NULL;
	size_t n = 0, n_settled = 0;

	for (size_t i = 0; i < t->n_charters; i++) {
		if (all[i].before != c || !is_complete(&all[i]))
			continue;
		found = &all[i];
		n++;
		if (settle && successor(t, all, &all[i], false) != NULL) {
			settled = &all[i];
			n_settled++;
		}
	}
	if (n <= 1 || !settle)
		return found;
	return n_settled == 1 ? settled : NULL;
}

static void
say_states(struct cm_team *t, struct cm_team_charter *all)
{
	for (struct cm_team_charter *c = NULL, *next; (next = successor(t, all, c, true)) != NULL; c = next) {
		next->state = CM_CHARTER_IN_FORCE;
		t->in_force = next;
		if (c != NULL)
			c->state = CM_CHARTER_REPLACED;
	}
	for (size_t i = 0; i < t->n_charters; i++) {
		struct cm_team_charter *c = &all[i];

		if (c->state != CM_CHARTER_PROPOSED)
			continue;
		if ((c->before == NULL && t->in_force != NULL) ||
		    (c->before != NULL && c->before->state != CM_CHARTER_IN_FORCE))
			c->state = CM_CHARTER_OVERTAKEN;
		else if (is_complete(c))
			c->state = CM_CHARTER_RIVAL;
	}
}

/* A key that signed both; NULL: nobody did. */
static const char *
signed_both(const struct cm_team_charter *a, const struct cm_team_charter *b)
{
	for (size_t i = 0; i < a->sigs.sigs.n; i++)
		if (cm_sigs_of(&b->sigs.sigs, a->sigs.sigs.item[i].by.text) != NULL)
			return a->sigs.sigs.item[i].by.text;
	return NULL;
}

static bool
are_rivals(const struct cm_team_charter *a, const struct cm_team_charter *b)
{
	const struct cm_statement *x = &a->file.head, *y = &b->file.head;

	return x->has_supersedes == y->has_supersedes &&
	    (!x->has_supersedes || memcmp(x->supersedes, y->supersedes, 32) == 0);
}

/* Counts them, and writes those for which there is room. */
static size_t
list_forks(const struct cm_team *t, struct cm_team_fork *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_charters; i++) {
		for (size_t k = i + 1; k < t->n_charters; k++) {
			const struct cm_team_charter *a = &t->charter[i], *b = &t->charter[k];
			const char *by = are_rivals(a, b) ? signed_both(a, b) : NULL;

			if (by != NULL && out != NULL)
				out[n] = (struct cm_team_fork) { a, b, by, is_complete(a) && is_complete(b) };
			n += by != NULL;
		}
	}
	return n;
}

static enum cm_result
find_forks(struct cm_team *t, struct cm_arena *arena, struct cm_err *err)
{
	size_t n = list_forks(t, NULL);
	struct cm_team_fork *list = cm_arena_array(arena, n + 1, sizeof(*list));

	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	t->n_forks = list_forks(t, list);
	t->fork = list;
	return CM_OK;
}

/* Reading. */

/* By version, then digest; so that what comes before stands before. */
static int
compare(const void *a, const void *b)
{
	const struct cm_team_charter *x = a, *y = b;

	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;
	return memcmp(x->file.digest, y->file.digest, 32);
}

static struct cm_team_charter *
find_before(struct cm_team_charter *all, size_t n, const struct cm_team_charter *c)
{
	for (size_t i = 0; c->file.head.has_supersedes && i < n; i++)
		if (memcmp(all[i].file.digest, c->file.head.supersedes, 32) == 0)
			return &all[i];
	return NULL;
}

/* Nobody can make a ring of digests; what hangs on nothing stays 0. */
static void
number_versions(struct cm_team_charter *all, size_t n)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			const struct cm_team_charter *before = find_before(all, n, &all[i]);

			if (all[i].version != 0 || (all[i].file.head.has_supersedes && (before == NULL || before->version == 0)))
				continue;
			all[i].version = before == NULL ? 1 : before->version + 1;
			more = true;
		}
	}
}

static enum cm_result
read_charters(const struct cm_team_texts *in, struct cm_arena *arena, struct cm_team *t, struct cm_team_charter **out,
    struct cm_err *err)
{
	struct cm_team_charter *all = cm_arena_array(arena, in->n_charters + 1, sizeof(*all));
	enum cm_result r = CM_OK;

	if (all == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; r == CM_OK && i < in->n_charters; i++) {
		r = cm_charter_file_read(in->charter[i].json, arena, &all[i].file, err);
		all[i].sigs_text = in->charter[i].sigs;
	}
	if (r != CM_OK)
		return r;
	number_versions(all, in->n_charters);
	qsort(all, in->n_charters, sizeof(*all), compare);
	for (size_t i = 1; i < in->n_charters; i++)
		if (memcmp(all[i - 1].file.digest, all[i].file.digest, 32) == 0)
			return cm_err_set(err, CM_E_MALFORMED, "one charter stands here twice");
	for (size_t i = 0; i < in->n_charters; i++)
		if (all[i].version != 0)
			all[i].before = find_before(all, in->n_charters, &all[i]);
	t->charter = *out = all;
	t->n_charters = in->n_charters;
	return CM_OK;
}

static enum cm_result
read_said(const struct cm_team_texts *in, struct cm_arena *arena, struct cm_team *t, struct cm_err *err)
{
	struct cm_said *said = cm_arena_array(arena, in->n_said + 1, sizeof(*said));
	enum cm_result r = CM_OK;

	if (said == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; r == CM_OK && i < in->n_said; i++)
		r = cm_said_read(in->said[i], arena, &said[i], err);
	t->said = said;
	t->n_said = in->n_said;
	return r;
}

enum cm_result
cm_team_read(const struct cm_team_texts *in, struct cm_arena *arena, struct cm_team *out, struct cm_err *err)
{
	struct cm_team t = { 0 };
	struct cm_team_charter *all = NULL;
	const struct cm_team_charter *c;
	enum cm_result r;

	if (in->n_charters > CM_TEAM_CHARTERS || in->n_said > CM_TEAM_SAID)
		return cm_err_set(err, CM_E_LIMIT, "more charters or statements under them than are read");
	r = read_said(in, arena, &t, err);
	if (r == CM_OK)
		r = read_charters(in, arena, &t, &all, err);
	if (r == CM_OK)
		r = check_all(&t, all, arena, err);
	if (r == CM_OK) {
		say_states(&t, all);
		r = find_forks(&t, arena, err);
	}
	if (r == CM_OK && t.in_force != NULL) {
		for (c = t.in_force; c->before != NULL; c = c->before)
			;
		memcpy(t.case_id, c->file.digest, 32);
		r = find_gone(&t, t.in_force, arena, &t.gone, err);
		if (r == CM_OK)
			r = cm_team_collect(&t, arena, err);
	}
	if (r == CM_OK)
		*out = t;
	return r;
}
