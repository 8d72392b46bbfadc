#include <stdlib.h>
#include <string.h>

#include "charter/release.h"

const char *const cm_content_word[CM_CONTENT_N] = { "headers", "address", "pseudonym", "payload", "mask", "text",
	"bytes", "statement", "count", "picture" };
const char *const cm_action_word[CM_ACTION_N] = { "release", "publish", "derive", "onward" };

struct cm_release {
	const struct cm_release_in *in;
	struct cm_release_answer *answer;
	size_t n, cap;
	size_t last; /* the answer that was given last: most rows ask what the row before asked */
};

const char *
cm_content_says(enum cm_content c)
{
	static const char *const says[CM_CONTENT_N] = { "headers of packets", "addresses", "addresses as pseudonyms",
		"contents of packets", "checksums, options and link-layer addresses", "lines and records", "raw bytes",
		"statements", "counts", "the report and its pictures" };

	return says[c];
}

CM_RESULT
cm_release_new(const struct cm_release_in *in, struct cm_release **out)
{
	struct cm_release *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return CM_E_NOMEM;
	r->in = in;
	*out = r;
	return CM_OK;
}

void
cm_release_free(struct cm_release *r)
{
	if (r == NULL)
		return;
	free(r->answer);
	free(r);
}

struct cm_ask
cm_release_ask(const struct cm_release *r, const struct cm_object *o)
{
	const struct cm_release_in *in = r->in;
	struct cm_ask q = in->base;
	bool known = o->type < in->n_types;

	q.value[CM_ASKS_ACTION] = in->action;
	q.value[CM_ASKS_TYPE] = known ? (int64_t)o->type : CM_RULES_UNKNOWN;
	q.value[CM_ASKS_COST] = known ? in->type[o->type].cost : CM_RULES_UNKNOWN;
	q.value[CM_ASKS_CONSENT] = known ? in->type[o->type].consent : CM_RULES_UNKNOWN;
	q.value[CM_ASKS_FORM] = o->form >= 1 && o->form <= 8 ? (int64_t)o->form - 1 : CM_RULES_UNKNOWN;
	q.value[CM_ASKS_CONTENT] = o->content;
	q.value[CM_ASKS_TLP] = o->tlp;
	q.value[CM_ASKS_PAP] = o->pap;
	q.value[CM_ASKS_VICTIM_DATA] = o->victim;
	q.value[CM_ASKS_THIRD_PARTY_DATA] = o->third_party;
	q.value[CM_ASKS_PERSONAL_DATA] = o->personal;
	q.value[CM_ASKS_EXPLOIT] = o->exploit;
	return q;
}

static bool
is_same(const struct cm_object *a, const struct cm_object *b)
{
	return a->group == b->group && a->type == b->type && a->content == b->content && a->form == b->form &&
	    a->tlp == b->tlp && a->pap == b->pap && a->victim == b->victim && a->third_party == b->third_party &&
	    a->personal == b->personal && a->exploit == b->exploit;
}

static struct cm_release_answer *
known_answer(struct cm_release *r, const struct cm_object *o)
{
	size_t i;

	if (r->last < r->n && is_same(&r->answer[r->last].object, o))
		return &r->answer[r->last];
	for (i = 0; i < r->n; i++) {
		if (!is_same(&r->answer[i].object, o))
			continue;
		r->last = i;
		return &r->answer[i];
	}
	return NULL;
}

static bool
grow(struct cm_release *r)
{
	size_t cap = r->cap == 0 ? 32 : 2 * r->cap;
	struct cm_release_answer *p;

	if (r->n < r->cap)
		return true;
	p = r->n < CM_ANSWERS_MAX ? realloc(r->answer, cap * sizeof(*p)) : NULL;
	if (p == NULL)
		return false;
	r->answer = p;
	r->cap = cap;
	return true;
}

bool
cm_release_may(struct cm_release *r, const struct cm_object *o)
{
	struct cm_release_answer *a = known_answer(r, o);
	struct cm_ask q;

	if (a == NULL) {
		if (!grow(r))
			return false;
		a = &r->answer[r->n];
		*a = (struct cm_release_answer) { .object = *o };
		q = cm_release_ask(r, o);
		cm_rules_decide(r->in->rules, &q, &a->decision);
		r->last = r->n++;
	}
	a->n++;
	return a->decision.allowed;
}

void
cm_release_echo(struct cm_release *r, const struct cm_object *o)
{
	struct cm_release_answer *a = known_answer(r, o);

	if (a != NULL)
		a->echoes++;
}

void
cm_release_cover(struct cm_release *r, const struct cm_object *o)
{
	struct cm_release_answer *a = known_answer(r, o);

	if (a != NULL)
		a->covers++;
}

const struct cm_release_answer *
cm_release_answers(const struct cm_release *r, size_t *n)
{
	*n = r->n;
	return r->answer;
}

void
cm_release_bounds(const struct cm_release *r, struct cm_bound out[CM_RULES_OBLIGATIONS_MAX])
{
	size_t i;

	memset(out, 0, CM_RULES_OBLIGATIONS_MAX * sizeof(out[0]));
	for (i = 0; i < r->n; i++)
		if (r->answer[i].decision.allowed)
			cm_bounds_add(cm_rules_vocabulary(r->in->rules), out, r->answer[i].decision.oblige);
}

/* What the rules oblige to; the least, if to nothing. */
static int64_t
obliged(const struct cm_release *r, size_t obligation, int64_t least)
{
	struct cm_bound b[CM_RULES_OBLIGATIONS_MAX];

	cm_release_bounds(r, b);
	return b[obligation].set ? b[obligation].bound : least;
}

enum cm_tlp
cm_release_tlp(const struct cm_release *r)
{
	enum cm_tlp most = (enum cm_tlp)obliged(r, CM_OBLIGES_MARK_TLP, CM_TLP_CLEAR);

	for (size_t i = 0; i < r->n; i++)
		if (r->answer[i].decision.allowed && r->answer[i].object.tlp > most)
			most = r->answer[i].object.tlp;
	return most;
}

enum cm_pap
cm_release_pap(const struct cm_release *r)
{
	enum cm_pap most = (enum cm_pap)obliged(r, CM_OBLIGES_MARK_PAP, CM_PAP_CLEAR);

	for (size_t i = 0; i < r->n; i++)
		if (r->answer[i].decision.allowed && r->answer[i].object.pap > most)
			most = r->answer[i].object.pap;
	return most;
}

const struct cm_rules *
cm_release_rules(const struct cm_release *r)
{
	return r->in->rules;
}
