#include <string.h>

#include "dossier/governed.h"

/* The marking of several exhibits together. */
static struct cm_object
join(const struct cm_governed *g, const struct cm_governed_statement *s)
{
	struct cm_object o = { .group = (uint32_t)g->n_exhibits, .type = s->type, .content = CM_CONTENT_STATEMENT,
		.form = CM_GOVERNED_FORM };
	const struct cm_mark_exhibit *x;

	for (size_t i = 0; i < s->n_about; i++) {
		x = &g->released.in.exhibit[s->about[i]].mark;
		o.tlp = x->tlp > o.tlp ? x->tlp : o.tlp;
		o.pap = x->pap > o.pap ? x->pap : o.pap;
	}
	return o;
}

CM_RESULT
cm_governed_may(struct cm_governed *g, const struct cm_governed_statement *s, bool *out)
{
	struct cm_object o = join(g, s);
	struct cm_leaks *victim = &g->released.victim;
	const struct cm_leak where = { 0 };
	uint64_t before = victim->n;
	enum cm_result rc = cm_leaks_search(victim, s->json, where);

	o.victim = victim->n != before || cm_marks_names(g->released.in.marks, s->json);
	*out = rc == CM_OK && cm_release_may(g->released.in.release, &o);
	if (rc == CM_OK && *out && s->counts) {
		o.content = CM_CONTENT_COUNT;
		*out = cm_release_may(g->released.in.release, &o);
	}
	return rc;
}

static void
add_to(struct cm_object *all, const struct cm_object *o)
{
	all->tlp = o->tlp > all->tlp ? o->tlp : all->tlp;
	all->pap = o->pap > all->pap ? o->pap : all->pap;
	all->victim |= o->victim;
	all->third_party |= o->third_party;
	all->personal |= o->personal;
	all->exploit |= o->exploit;
}

bool
cm_governed_count(struct cm_governed *g, size_t exhibit)
{
	struct cm_release *r = g->released.in.release;
	const struct cm_released_exhibit *x = &g->released.in.exhibit[exhibit];
	struct cm_object all = { .group = (uint32_t)exhibit, .type = x->type, .content = CM_CONTENT_COUNT,
		.form = CM_GOVERNED_FORM, .tlp = x->mark.tlp, .pap = x->mark.pap };
	const struct cm_release_answer *a;
	size_t n;

	a = cm_release_answers(r, &n);
	for (size_t i = 0; i < n; i++)
		if (a[i].decision.allowed && a[i].object.group == exhibit &&
		    (a[i].object.content == CM_CONTENT_ADDRESS || a[i].object.content == CM_CONTENT_PSEUDONYM))
			add_to(&all, &a[i].object);
	return cm_release_may(r, &all);
}

/* Is there, before answer ${i}, one of the same type that was allowed? */
static bool
type_seen(const struct cm_release_answer *a, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (a[k].decision.allowed && a[k].object.type == a[i].object.type)
			return true;
	return false;
}

void
cm_governed_picture(struct cm_governed *g)
{
	struct cm_release *r = g->released.in.release;
	struct cm_object all = { .group = (uint32_t)g->n_exhibits, .content = CM_CONTENT_PICTURE, .form = CM_GOVERNED_FORM };
	const struct cm_release_answer *a;
	size_t n, i;
	bool may = true;

	a = cm_release_answers(r, &n);
	for (i = 0; i < n; i++)
		if (a[i].decision.allowed)
			add_to(&all, &a[i].object);
	for (i = 0; i < n; i++) {
		a = cm_release_answers(r, &(size_t) { 0 }); /* it moves when answers are added */
		if (!a[i].decision.allowed || type_seen(a, i))
			continue;
		all.type = a[i].object.type;
		may &= cm_release_may(r, &all);
	}
	g->picture = may;
}

const char *
cm_governed_why(const struct cm_release *r, const struct cm_release_answer *a)
{
	const struct cm_rules *rules = cm_release_rules(r);
	size_t i;

	if (a->decision.allowed)
		return NULL;
	for (i = 0; i < cm_rules_count(rules); i++)
		if (a->decision.denies[i / 64] >> i % 64 & 1)
			return cm_rules_name(rules, i);
	return "default";
}

struct writing {
	const struct cm_governed *g;
	struct cm_arena *arena;
	struct cm_err *err;
	const struct cm_release_answer *answer;
	size_t n;
};

static CM_RESULT
no_memory(struct writing *w)
{
	return cm_err_set(w->err, CM_E_NOMEM, "no memory for the terms of the disclosure");
}

static CM_RESULT
put_rules(struct writing *w, struct cm_terms *out)
{
	const struct cm_rules *rules = cm_release_rules(w->g->released.in.release);
	const char **name = cm_arena_array(w->arena, cm_rules_count(rules) + 1, sizeof(*name));
	bool used;

	if (name == NULL)
		return no_memory(w);
	for (size_t i = 0; i < cm_rules_count(rules); i++) {
		used = false;
		for (size_t k = 0; k < w->n; k++)
			used |= w->answer[k].decision.allowed && (w->answer[k].decision.allows[i / 64] >> i % 64 & 1);
		if (used)
			name[out->n_rules++] = cm_rules_name(rules, i);
	}
	out->rules = name;
	return CM_OK;
}

static CM_RESULT
put_obligations(struct writing *w, struct cm_terms *out)
{
	const struct cm_release *r = w->g->released.in.release;
	const struct cm_vocabulary *v = cm_rules_vocabulary(cm_release_rules(r));
	struct cm_bound b[CM_RULES_OBLIGATIONS_MAX];
	const char **text = cm_arena_array(w->arena, v->n_obligations + 1, sizeof(*text));
	struct cm_buf one = { 0 };

	if (text == NULL)
		return no_memory(w);
	cm_release_bounds(r, b);
	for (size_t i = 0; i < v->n_obligations; i++) {
		if (!b[i].set)
			continue;
		one.len = 0;
		cm_bound_write(v, i, &b[i], &one);
		text[out->n_obliges] = cm_buf_cstr(&one) == NULL ? NULL : cm_arena_printf(w->arena, "%s", cm_buf_cstr(&one));
		if (text[out->n_obliges++] == NULL)
			break;
	}
	out->obliges = text;
	cm_buf_release(&one);
	return out->n_obliges == 0 || text[out->n_obliges - 1] != NULL ? CM_OK : no_memory(w);
}

static void
put_one(struct cm_terms_withheld *list, size_t *n, const char *content, const char *by)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(list[i].content, content) == 0 && strcmp(list[i].by, by) == 0)
			return;
	if (*n < CM_TERMS_LIST_MAX)
		list[(*n)++] = (struct cm_terms_withheld) { content, by };
}

/* Kinds of content, each with its reasons, and no numbers: these would tell of what is shut. */
static CM_RESULT
put_withheld(struct writing *w, struct cm_terms *out)
{
	const struct cm_release *r = w->g->released.in.release;
	struct cm_terms_withheld *list = cm_arena_array(w->arena, CM_TERMS_LIST_MAX, sizeof(*list));
	const char *why;

	if (list == NULL)
		return no_memory(w);
	for (int c = 0; c < CM_CONTENT_N; c++) {
		for (size_t i = 0; i < w->n; i++) {
			if (w->answer[i].object.content != (enum cm_content)c)
				continue;
			why = cm_governed_why(r, &w->answer[i]);
			if (why != NULL)
				put_one(list, &out->n_withheld, cm_content_word[c], why);
			if (w->answer[i].echoes > 0)
				put_one(list, &out->n_withheld, cm_content_word[c], "echo");
			if (w->answer[i].covers > 0)
				put_one(list, &out->n_withheld, cm_content_word[c], "covers");
		}
	}
	out->withheld = list;
	return CM_OK;
}

CM_RESULT
cm_governed_terms(const struct cm_governed *g, struct cm_arena *arena, struct cm_terms *out, struct cm_err *err)
{
	const struct cm_release *r = g->released.in.release;
	struct writing w = { .g = g, .arena = arena, .err = err };
	enum cm_result rc;

	w.answer = cm_release_answers(r, &w.n);
	*out = g->terms;
	out->tlp = cm_tlp_word[cm_release_tlp(r)];
	out->pap = cm_pap_word[cm_release_pap(r)];
	rc = put_rules(&w, out);
	if (rc == CM_OK)
		rc = put_obligations(&w, out);
	return rc == CM_OK ? put_withheld(&w, out) : rc;
}
