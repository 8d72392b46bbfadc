/* Answers questions about assessments, a line of JSON each, for test_assess.py.
 *
 *	{"rows": [...], "ask": WORD, "layer": "state", "items": [names]}	of these items, or with "view" of a view: "public", "shared B"
 *
 *	posterior	{"p": [[name, lo, mid, hi], ...]}
 *	flips		{"top": name, "size": n, "exact": true, "sets": [[names], ...]}		("most": 3)
 *	leave		{"left": [[what, name, top, share], ...]}
 *	views		{"views": [[layer, view, to, items, [[name, lo, mid, hi], ...]], ...]}
 *	rows		{"rows": text}: the rows, written again
 * A refusal is {"error": text}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/leave.h"
#include "assess/rows.h"
#include "lines.h"

struct asked {
	struct cm_arena arena;
	struct cm_json question;
	struct cm_assess_read read;
	struct cm_weigh *w;
	bool *in;
	struct cm_jsonw out;
	struct cm_err err;
};

static const char *
name_of(const struct asked *q, size_t i)
{
	return q->read.a.hypothesis[cm_weigh_hypothesis(q->w, i)].name;
}

static void
put_shares(struct asked *q, const struct cm_assessment *a, const size_t *hypothesis, const struct cm_posterior *share, size_t n)
{
	cm_jsonw_array(&q->out);
	for (size_t i = 0; i < n; i++) {
		cm_jsonw_array(&q->out);
		cm_jsonw_str(&q->out, a->hypothesis[hypothesis[i]].name);
		cm_jsonw_int(&q->out, share[i].lo);
		cm_jsonw_int(&q->out, share[i].mid);
		cm_jsonw_int(&q->out, share[i].hi);
		cm_jsonw_array_end(&q->out);
	}
	cm_jsonw_array_end(&q->out);
}

static enum cm_result
posterior(struct asked *q)
{
	struct cm_posterior share[CM_ASSESS_HYPOTHESES];
	size_t hypothesis[CM_ASSESS_HYPOTHESES];

	cm_weigh_ranges(q->w, q->in, share);
	for (size_t i = 0; i < cm_weigh_n(q->w); i++)
		hypothesis[i] = cm_weigh_hypothesis(q->w, i);
	cm_jsonw_key(&q->out, "p");
	put_shares(q, &q->read.a, hypothesis, share, cm_weigh_n(q->w));
	return CM_OK;
}

static enum cm_result
flips(struct asked *q)
{
	uint64_t most = CM_FLIP_SIZE;
	int64_t cost[CM_ASSESS_HYPOTHESES];
	struct cm_flips f;
	enum cm_result rc = CM_OK;

	if (cm_json_has(q->question, "most"))
		rc = cm_json_get_u64(q->question, "most", CM_FLIP_SIZE, &most, &q->err);
	if (rc == CM_OK)
		rc = cm_leave_flips(q->w, q->in, most, &q->arena, &f, &q->err);
	if (rc != CM_OK)
		return rc;
	cm_weigh_costs(q->w, q->in, cost);
	cm_jsonw_kstr(&q->out, "top", name_of(q, cm_weigh_top(cost, cm_weigh_n(q->w))));
	cm_jsonw_kuint(&q->out, "size", f.size);
	cm_jsonw_kbool(&q->out, "exact", f.exact);
	cm_jsonw_kuint(&q->out, "below", f.below);
	cm_jsonw_key(&q->out, "sets");
	cm_jsonw_array(&q->out);
	for (size_t i = 0; i < f.n || (i == 0 && !f.exact); i++) {
		cm_jsonw_array(&q->out);
		for (size_t k = 0; k < f.size; k++)
			cm_jsonw_str(&q->out, q->read.a.item[f.exact ? f.set[i].item[k] : f.bound[k]].name);
		cm_jsonw_array_end(&q->out);
	}
	cm_jsonw_array_end(&q->out);
	return CM_OK;
}

static enum cm_result
leave(struct asked *q)
{
	static const char *const what[] = { "item", "group", "party" };
	struct cm_left_out l;
	enum cm_result rc = cm_leave_each(q->w, q->in, &q->arena, &l, &q->err);

	if (rc != CM_OK)
		return rc;
	cm_jsonw_key(&q->out, "left");
	cm_jsonw_array(&q->out);
	for (size_t i = 0; i < l.n; i++) {
		cm_jsonw_array(&q->out);
		cm_jsonw_str(&q->out, what[l.left[i].what]);
		cm_jsonw_str(&q->out, l.left[i].name);
		cm_jsonw_str(&q->out, name_of(q, l.left[i].top));
		cm_jsonw_int(&q->out, l.left[i].share);
		cm_jsonw_array_end(&q->out);
	}
	cm_jsonw_array_end(&q->out);
	return CM_OK;
}

static enum cm_result
views(struct asked *q)
{
	struct cm_views v;
	enum cm_result rc = cm_views_compute(&q->read.a, &q->arena, &v, &q->err);

	if (rc != CM_OK)
		return rc;
	cm_jsonw_key(&q->out, "views");
	cm_jsonw_array(&q->out);
	for (size_t i = 0; i < v.n; i++) {
		cm_jsonw_array(&q->out);
		cm_jsonw_str(&q->out, cm_layer_word(v.result[i].layer));
		cm_jsonw_str(&q->out, cm_view_of_word(v.result[i].view));
		cm_jsonw_str(&q->out, v.result[i].to);
		cm_jsonw_uint(&q->out, v.result[i].items);
		put_shares(q, &q->read.a, v.result[i].hypothesis, v.result[i].share, v.result[i].n);
		cm_jsonw_array_end(&q->out);
	}
	cm_jsonw_array_end(&q->out);
	return CM_OK;
}

static enum cm_result
rows(struct asked *q)
{
	struct cm_assess_row_list list;
	struct cm_buf text = { 0 };
	struct cm_views v;
	enum cm_result rc = cm_views_compute(&q->read.a, &q->arena, &v, &q->err);

	if (rc == CM_OK)
		rc = cm_assess_rows_write(&q->read.a, &v, &q->arena, &text, &list);
	if (rc == CM_OK)
		cm_jsonw_kbuf(&q->out, "rows", &text);
	cm_buf_release(&text);
	return rc;
}

/* Which items, and does a panel see them? */
static enum cm_result
choose(struct asked *q, bool *panel)
{
	const struct cm_assessment *a = &q->read.a;
	struct cm_json list;
	const char *word = "all", *to = NULL;
	enum cm_result rc = CM_OK;

	q->in = cm_arena_array(&q->arena, a->n_items + 1, sizeof(*q->in));
	if (cm_json_has(q->question, "view"))
		rc = cm_json_get_str(q->question, "view", &word, &q->err);
	if (rc == CM_OK && strncmp(word, "shared ", 7) == 0) {
		to = word + 7;
		word = "shared";
	}
	if (rc != CM_OK || q->in == NULL || cm_view_of_find(word) < 0)
		return rc == CM_OK ? cm_err_set(&q->err, CM_E_USAGE, "what view?") : rc;
	*panel = cm_view_is_panel((enum cm_assess_view_of)cm_view_of_find(word));
	(void)cm_view_fill(a, (enum cm_assess_view_of)cm_view_of_find(word), to, q->in);
	if (!cm_json_has(q->question, "items"))
		return CM_OK;
	memset(q->in, 0, a->n_items * sizeof(*q->in));
	rc = cm_json_get_list(q->question, "items", &list, &q->err);
	for (size_t i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_json_str(cm_json_at(list, i), "items", &word, &q->err);
		if (rc == CM_OK && cm_assess_find_item(a, word) == CM_ASSESS_NONE)
			rc = cm_err_set(&q->err, CM_E_USAGE, "no item %s", word);
		if (rc == CM_OK)
			q->in[cm_assess_find_item(a, word)] = true;
	}
	return rc;
}

static enum cm_result
answer(struct asked *q)
{
	static const struct {
		const char *ask;
		enum cm_result (*answer)(struct asked *q);
	} of[] = { { "posterior", posterior }, { "flips", flips }, { "leave", leave }, { "views", views }, { "rows", rows } };
	struct cm_json list;
	struct cm_weigh_in in = { .a = &q->read.a };
	const char *ask = "", *layer = "state";
	enum cm_result rc = cm_json_get_list(q->question, "rows", &list, &q->err);

	if (rc == CM_OK)
		rc = cm_assess_rows_read(list, &q->arena, &q->read, &q->err);
	if (rc == CM_OK)
		rc = cm_json_get_str(q->question, "ask", &ask, &q->err);
	if (rc == CM_OK && cm_json_has(q->question, "layer"))
		rc = cm_json_get_str(q->question, "layer", &layer, &q->err);
	if (rc == CM_OK)
		rc = choose(q, &in.panel);
	if (rc != CM_OK)
		return rc;
	in.layer = (enum cm_layer)(cm_layer_find(layer) < 0 ? 0 : cm_layer_find(layer));
	if (strcmp(ask, "views") != 0 && strcmp(ask, "rows") != 0)
		rc = cm_weigh_new(&in, &q->arena, &q->w, &q->err);
	for (size_t i = 0; rc == CM_OK && i < sizeof(of) / sizeof(of[0]); i++)
		if (strcmp(of[i].ask, ask) == 0)
			return of[i].answer(q);
	return rc != CM_OK ? rc : cm_err_set(&q->err, CM_E_USAGE, "ask what?");
}

static void
one(struct cm_span line)
{
	struct asked q = { .read = { .claimed = NULL } };
	struct cm_json_doc doc = { 0 };
	struct cm_buf out = { 0 }, error = { 0 };
	enum cm_result rc;

	cm_arena_init(&q.arena, 0);
	q.out = cm_jsonw_of(&out, 0);
	cm_jsonw_object(&q.out);
	rc = cm_json_parse(line, &doc, &q.err);
	if (rc == CM_OK) {
		q.question = cm_json_root(&doc);
		rc = answer(&q);
	}
	cm_jsonw_object_end(&q.out);
	if (rc != CM_OK) {
		q.out = cm_jsonw_of(&error, 0);
		cm_jsonw_object(&q.out);
		cm_jsonw_kstr(&q.out, "error", q.err.text);
		cm_jsonw_object_end(&q.out);
	}
	puts(cm_buf_cstr(rc == CM_OK ? &out : &error));
	cm_buf_release(&out);
	cm_buf_release(&error);
	cm_json_release(&doc);
	cm_arena_fini(&q.arena);
}

int
main(void)
{
	answer_lines(one);
	return 0;
}
