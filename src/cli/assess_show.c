/* `comity assess show`: what an assessment comes to, in each view, and what it hangs on. */
#include "cli/assess_show.h"

#include <stdlib.h>
#include <string.h>

#include "assess/fixed.h"
#include "cli/assess_page.h"
#include "cli/commands.h"

enum { OPT_JSON = CM_OPT, OPT_VIEW, OPT_FOR, OPT_LAYER, OPT_BRUTE, OPT_HTML };

static const struct cm_option options[] = {
	{ OPT_VIEW, "view", "VIEW", "what it hangs on, as far as public, shared, panel or all (default) have it" },
	{ OPT_FOR, "for", "NAME", "the party that the view `shared' is for" },
	{ OPT_LAYER, "layer", "LAYER", "only machine, operator, organisation, state or beneficiary" },
	{ OPT_HTML, "html", "OUT", "write a page with pictures, which loads nothing from anywhere" },
	{ OPT_BRUTE, "brute", NULL, "find the ends of all ranges once more, by trying every corner" },
	{ OPT_JSON, "json", NULL, "print one JSON object, with the rows" },
	{ 0 },
};

const char *const cm_assess_limits[] = {
	"The numbers are elicited judgements, not measurements: there are no base rates of state operations.",
	"A deceiver who is stronger than was assumed breaks the plantabilities, and with them the result.",
	"That something was not found is evidence, too, and counts only if it is entered as an item of its own.",
	"Forge classes and their numbers are Comity's defaults, not anybody's law.",
	NULL,
};

#define A_LITTLE (CM_COST_ONE / 10) /* ln odds that are not worth a line */

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

const char *
cm_assess_name_of(struct cm_assess_show *s, size_t hypothesis)
{
	const struct cm_hypothesis *h = &s->f.a.hypothesis[hypothesis];

	if (!cm_hypothesis_deceives(h))
		return h->name;
	return cm_arena_printf(&s->f.arena, "%s (%s, made to look like %s)", h->name, s->f.a.hypothesis[h->by].name,
	    s->f.a.hypothesis[h->as].name);
}

const char *
cm_assess_view_name(struct cm_assess_show *s, enum cm_assess_view_of view, const char *to)
{
	return view == CM_OF_SHARED && to != NULL ? cm_arena_printf(&s->f.arena, "shared with %s", to) : cm_view_of_word(view);
}

enum cm_result
cm_assess_without(struct cm_assess_show *s, struct cm_assess_shown *l, const size_t *item, size_t n, size_t *top)
{
	int64_t *cost = cm_arena_array(&s->f.arena, l->n, sizeof(*cost));

	if (cost == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		l->in[item[i]] = false;
	cm_weigh_costs(l->w, l->in, cost);
	*top = cm_weigh_top(cost, l->n);
	for (size_t i = 0; i < n; i++)
		l->in[item[i]] = true;
	return CM_OK;
}

/* ---- one layer ---- */

static bool
same_result(const struct cm_view_result *a, const struct cm_view_result *b)
{
	bool same = a->items == b->items;

	for (size_t i = 0; i < a->n && same; i++)
		same = a->share[i].lo == b->share[i].lo && a->share[i].mid == b->share[i].mid && a->share[i].hi == b->share[i].hi;
	return same;
}

/* One more view beside the others, or in one column with the last. */
static void
add_column(struct cm_assess_show *s, struct cm_assess_shown *l, const struct cm_view_result *r, size_t *room)
{
	const char *name = cm_assess_view_name(s, r->view, r->to);

	if (l->n_columns > 0 && name != NULL && same_result(l->column[l->n_columns - 1], r)) {
		l->column_name[l->n_columns - 1] = cm_arena_printf(&s->f.arena, "%s, %s", l->column_name[l->n_columns - 1], name);
	} else if (r->view == CM_OF_SHARED && *room == 0) {
		l->left_columns++;
	} else {
		*room -= r->view == CM_OF_SHARED;
		l->column_name[l->n_columns] = name;
		l->column[l->n_columns++] = r;
	}
}

/* Views beside each other: public, shared, panel, all. */
static CM_RESULT
choose_columns(struct cm_assess_show *s, struct cm_assess_shown *l, struct cm_err *err)
{
	size_t room = CM_ASSESS_COLUMNS - 3;

	for (size_t i = 0; i < s->views.n; i++) {
		const struct cm_view_result *r = &s->views.result[i];

		if (r->layer != l->layer ||
		    (r->view == CM_OF_SHARED && s->to != NULL && (r->to == NULL || strcmp(r->to, s->to) != 0)))
			continue;
		add_column(s, l, r, &room);
		if (l->column_name[l->n_columns - 1] == NULL)
			return no_memory(err);
	}
	return CM_OK;
}

static CM_RESULT
weigh(struct cm_assess_show *s, struct cm_assess_shown *l, struct cm_err *err)
{
	struct cm_arena *arena = &s->f.arena;
	const struct cm_weigh_in in = { .a = &s->f.a, .layer = l->layer, .panel = cm_view_is_panel(s->view) };
	enum cm_result rc = cm_weigh_new(&in, arena, &l->w, err);
	size_t *hypothesis;

	if (rc != CM_OK)
		return rc;
	l->n = cm_weigh_n(l->w);
	l->in = cm_arena_array(arena, s->f.a.n_items + 1, sizeof(*l->in));
	l->share = cm_arena_array(arena, l->n, sizeof(*l->share));
	l->hypothesis = hypothesis = cm_arena_array(arena, l->n, sizeof(*hypothesis));
	if (l->in == NULL || l->share == NULL || hypothesis == NULL)
		return no_memory(err);
	l->n_in = cm_view_fill(&s->f.a, s->view, s->to, l->in);
	cm_weigh_ranges(l->w, l->in, l->share);
	for (size_t i = 0; i < l->n; i++)
		hypothesis[i] = cm_weigh_hypothesis(l->w, i);
	return CM_OK;
}

static int64_t
far(int64_t moves)
{
	return moves < 0 ? -moves : moves;
}

static int
compare_moves(const void *x, const void *y)
{
	const struct cm_left *a = *(const struct cm_left *const *)x, *b = *(const struct cm_left *const *)y;

	if (far(a->moves) != far(b->moves))
		return far(a->moves) > far(b->moves) ? -1 : 1;
	return a < b ? -1 : a > b;
}

static CM_RESULT
leave_out(struct cm_assess_show *s, struct cm_assess_shown *l, struct cm_err *err)
{
	enum cm_result rc = cm_leave_each(l->w, l->in, &s->f.arena, &l->left, err);

	if (rc != CM_OK)
		return rc;
	l->top = l->left.top;
	l->moves = cm_arena_array(&s->f.arena, l->left.n + 1, sizeof(const struct cm_left *));
	if (l->moves == NULL)
		return no_memory(err);
	for (size_t i = 0; i < l->left.n; i++)
		if (l->left.left[i].flips || far(l->left.left[i].moves) > A_LITTLE)
			l->moves[l->n_moves++] = &l->left.left[i];
	qsort(l->moves, l->n_moves, sizeof(const struct cm_left *), compare_moves);
	return cm_leave_flips(l->w, l->in, CM_FLIP_SIZE, &s->f.arena, &l->flips, err);
}

/* Types that are hard to forge and speak here, and of which there is nothing yet: the hardest first, of these the cheapest
 * to show. */
static bool
better(const struct cm_evidence_type *a, const struct cm_evidence_type *b)
{
	return a->forge_lo != b->forge_lo ? a->forge_lo > b->forge_lo : a->cost_lo < b->cost_lo;
}

static void
suggest(const struct cm_assess_show *s, struct cm_assess_shown *l)
{
	for (size_t i = 0; i < s->f.registry.n_types; i++) {
		const struct cm_evidence_type *t = &s->f.registry.type[i];
		bool there = t->forge_hi < 2 || (t->layers >> l->layer & 1) == 0;
		size_t at = l->n_look_for;

		for (size_t k = 0; k < s->f.a.n_items && !there; k++)
			there = strcmp(s->f.a.item[k].type, t->id) == 0;
		if (there)
			continue;
		if (l->n_look_for < CM_ASSESS_TO_LOOK_FOR)
			l->n_look_for++;
		else if (better(t, l->look_for[--at]))
			l->look_for[at] = NULL;
		else
			continue;
		for (; at > 0 && better(t, l->look_for[at - 1]); at--)
			l->look_for[at] = l->look_for[at - 1];
		l->look_for[at] = t;
	}
}

static CM_RESULT
try_corners(struct cm_assess_show *s, struct cm_assess_shown *l, struct cm_err *err)
{
	struct cm_posterior *share = cm_arena_array(&s->f.arena, l->n, sizeof(*share));
	enum cm_result rc;

	if (share == NULL)
		return no_memory(err);
	rc = cm_brute_ranges(l->w, l->in, &s->f.arena, share, &l->corners, err);
	l->tried = rc == CM_OK;
	l->same = true;
	for (size_t i = 0; i < l->n; i++)
		l->same = l->same && share[i].lo == l->share[i].lo && share[i].hi == l->share[i].hi;
	return rc;
}

static CM_RESULT
look_at_layer(struct cm_assess_show *s, struct cm_assess_shown *l, struct cm_err *err)
{
	struct cm_arena *arena = &s->f.arena;
	enum cm_result rc = leave_out(s, l, err);

	suggest(s, l);
	if (rc == CM_OK)
		rc = choose_columns(s, l, err);
	if (rc == CM_OK)
		rc = cm_confidence_of(l->w, l->in, &l->flips, arena, &l->confidence, err);
	if (rc == CM_OK)
		rc = cm_ach_count(l->w, l->in, arena, &l->ach, err);
	if (rc == CM_OK)
		rc = cm_views_persuade(&s->f.a, l->layer, CM_OF_PUBLIC, NULL, arena, &l->persuade[0], err);
	if (rc == CM_OK)
		rc = cm_views_persuade(&s->f.a, l->layer, CM_OF_SHARED, s->to, arena, &l->persuade[1], err);
	return rc == CM_OK && s->brute ? try_corners(s, l, err) : rc;
}

/* ---- all layers together ---- */

static int64_t
share_of(const struct cm_assess_show *s, size_t hypothesis)
{
	for (size_t k = 0; k < s->n_shown; k++)
		for (size_t i = 0; i < s->shown[k].n; i++)
			if (s->shown[k].hypothesis[i] == hypothesis)
				return s->shown[k].share[i].mid;
	return 0;
}

static CM_RESULT
find_contradictions(struct cm_assess_show *s, struct cm_err *err)
{
	s->contradiction = cm_arena_array(&s->f.arena, s->f.a.n_hypotheses + 1, sizeof(*s->contradiction));
	if (s->contradiction == NULL)
		return no_memory(err);
	for (size_t i = 0; i < s->f.a.n_hypotheses; i++) {
		struct cm_assess_contradiction c = { .hypothesis = i, .needs = s->f.a.hypothesis[i].needs };

		if (c.needs == CM_ASSESS_NONE)
			continue;
		c.share = share_of(s, i);
		c.needed = share_of(s, c.needs);
		if (c.share > c.needed)
			s->contradiction[s->n_contradictions++] = c;
	}
	return CM_OK;
}

/* ---- rows ---- */

static void
compute_again(const struct cm_assess_show *s, const struct cm_assess_claimed *c, struct cm_assess_again *out)
{
	const struct cm_view_result *r = cm_views_find(&s->views, c->layer, c->view, c->to);

	*out = (struct cm_assess_again) { .claimed = c, .is = CM_AGAIN_LACKS, .items = r == NULL ? 0 : r->items };
	if (r == NULL || r->items != c->items || r->n != c->n)
		return;
	out->is = CM_AGAIN_SAME;
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(c->name[i], s->f.a.hypothesis[r->hypothesis[i]].name) != 0 || c->share[i].lo != r->share[i].lo ||
		    c->share[i].mid != r->share[i].mid || c->share[i].hi != r->share[i].hi)
			out->is = CM_AGAIN_DIFFERS;
}

static CM_RESULT
compute_claims(struct cm_assess_show *s, struct cm_err *err)
{
	size_t n = s->f.is_rows ? s->f.rows.n_claimed : 0;

	s->again = cm_arena_array(&s->f.arena, n + 1, sizeof(*s->again));
	if (s->again == NULL)
		return no_memory(err);
	for (; s->n_again < n; s->n_again++)
		compute_again(s, &s->f.rows.claimed[s->n_again], &s->again[s->n_again]);
	return CM_OK;
}

/* ---- the command ---- */

static CM_RESULT
compute(struct cm_assess_show *s, struct cm_err *err)
{
	enum cm_result rc = cm_views_compute(&s->f.a, &s->f.arena, &s->views, err);

	if (rc == CM_OK && s->one_layer && !cm_assess_has_layer(&s->f.a, s->layer))
		rc = cm_err_set(err, CM_E_NOTFOUND, "it does not speak of the layer %s", cm_layer_word(s->layer));
	for (int k = 0; rc == CM_OK && k < CM_LAYERS; k++) {
		struct cm_assess_shown *l = &s->shown[s->n_shown];

		if (!cm_assess_has_layer(&s->f.a, (enum cm_layer)k))
			continue;
		s->n_shown++;
		*l = (struct cm_assess_shown) { .layer = (enum cm_layer)k, .wanted = !s->one_layer || s->layer == (enum cm_layer)k };
		rc = weigh(s, l, err);
		if (rc == CM_OK && l->wanted)
			rc = look_at_layer(s, l, err);
	}
	if (rc == CM_OK)
		rc = find_contradictions(s, err);
	return rc == CM_OK ? compute_claims(s, err) : rc;
}

static enum cm_exit
show(void *arg, const struct cm_context *ctx)
{
	struct cm_assess_show *s = arg;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_assess_read(&s->f, &err);
	enum cm_exit code = CM_EXIT_OK;

	if (rc == CM_OK)
		rc = compute(s, &err);
	if (rc == CM_OK && s->html != NULL)
		rc = cm_assess_show_page(s, &err);
	else if (rc == CM_OK && s->json)
		code = cm_assess_show_json(ctx, s);
	else if (rc == CM_OK)
		rc = cm_assess_show_text(ctx, s, &err);
	if (rc != CM_OK)
		return cm_cli_error(ctx, s->f.path, &err, NULL);
	for (size_t i = 0; i < s->n_again && code == CM_EXIT_OK; i++)
		code = s->again[i].is == CM_AGAIN_DIFFERS ? CM_EXIT_REFUSED : code;
	for (size_t i = 0; i < s->n_shown && code == CM_EXIT_OK; i++)
		code = s->shown[i].tried && !s->shown[i].same ? CM_EXIT_REFUSED : code;
	return code;
}

static struct cm_span
page_of(void *arg)
{
	return cm_buf_span(&((struct cm_assess_show *)arg)->page);
}

static bool
take_option(struct cm_assess_show *s, const struct cm_args *a, int id)
{
	int view;

	switch (id) {
	case OPT_JSON:
		s->json = true;
		return true;
	case OPT_BRUTE:
		s->brute = true;
		return true;
	case OPT_FOR:
		s->to = a->value;
		return true;
	case OPT_HTML:
		s->html = a->value;
		return true;
	case OPT_LAYER:
		s->one_layer = true;
		return cm_assess_layer_option(a, &s->layer);
	case OPT_VIEW:
		view = cm_view_of_find(a->value);
		if (view < 0) {
			(void)cm_cli_usage(a->ctx, a->command, "--view is public, shared, panel or all");
			return false;
		}
		s->view = (enum cm_assess_view_of)view;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_show, argc, argv, ctx);
	struct cm_assess_show s = { .view = CM_OF_ALL };
	struct cm_confined job = { .run = show, .arg = &s };
	struct cm_buf page = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&s, &a, id))
			return CM_EXIT_USAGE;
	if (a.n != 1)
		return cm_cli_usage(ctx, &cm_command_assess_show, "it takes one file");
	if (cm_assess_open(ctx, a.operand[0], &s.f, &code)) {
		job.file = s.f.path;
		job.result = &page;
		job.answer = page_of;
		code = cm_cli_confined(ctx, &job);
	}
	if (s.html != NULL && page.len > 0 && !cm_assess_page_write(ctx, s.html, cm_buf_span(&page)))
		code = CM_EXIT_CANNOT;
	cm_assess_close(&s.f);
	cm_buf_release(&s.page);
	cm_buf_release(&page);
	return code;
}

const struct cm_command cm_command_assess_show = {
	.name = "assess show",
	.run = run,
	.line = "Computes an assessment: how likely each hypothesis is, and what that hangs on",
	.operands = "FILE",
	.options = options,
	.more = "FILE is a text, or rows that were sealed or shown; of rows it also says whether the results\n"
		"that they claim are those that follow from them (exit 1: they are not).\n"
		"docs/assessments.md section 4 explains every line.\n",
};
