#include "dossier/assess_page.h"

#include <inttypes.h>
#include <string.h>

#include "assess/likely.h"
#include "base/embedded.h"
#include "codec/base64.h"
#include "crypto/sha256.h"
#include "dossier/assess_parts.h"
#include "dossier/assess_web.h"
#include "dossier/html.h"
#include "dossier/report_parts.h"

extern const struct cm_embedded cm_web_files[];
extern const size_t cm_web_files_n;

struct cm_span
cm_assess_web(const char *name)
{
	for (size_t i = 0; i < cm_web_files_n; i++)
		if (strcmp(cm_web_files[i].name, name) == 0)
			return cm_web_files[i].bytes;
	return cm_span_of(NULL, 0);
}

void
cm_assess_policy_put(struct cm_buf *out)
{
	struct cm_span script = cm_assess_web("assess.js");
	uint8_t digest[CM_SHA256_LEN];

	cm_sha256(script.ptr, script.len, digest);
	cm_buf_add_str(out, "script-src 'sha256-");
	cm_base64_encode(cm_span_of(digest, sizeof(digest)), out);
	cm_buf_add_str(out, "'; require-trusted-types-for 'script'");
}

void
cm_assess_script_put(struct cm_buf *out)
{
	cm_buf_add_str(out, "<script>");
	cm_buf_add_span(out, cm_assess_web("assess.js"));
	cm_buf_add_str(out, "</script>\n");
}

void
cm_assess_limits_put(struct cm_buf *out)
{
	cm_buf_add_str(out, "<aside class=\"limits\"><p>What is computed here is arithmetic on what people entered. It is not a measurement.</p>\n<ul>\n"
	    "<li>The numbers are elicited judgements. There are no base rates of state operations.</li>\n"
	    "<li>A deceiver who is stronger than was assumed breaks the plantabilities, and with them the result.</li>\n"
	    "<li>That something was not found is evidence, too, and has to be entered as an item with likelihoods of its own.</li>\n"
	    "<li>Forge classes and their numbers are Comity's defaults, not anybody's law.</li>\n</ul></aside>\n");
}

/* ---- what there is to show ---- */

static CM_RESULT
leave_layer(const struct cm_assessment *a, enum cm_layer layer, struct cm_arena *arena, struct cm_assess_picture *out, struct cm_err *err)
{
	const struct cm_weigh_in in = { .a = a, .layer = layer, .panel = true };
	struct cm_left_out *left = cm_arena_alloc(arena, sizeof(*left));
	struct cm_flips *flips = cm_arena_alloc(arena, sizeof(*flips));
	bool *all = cm_arena_array(arena, a->n_items + 1, sizeof(*all));
	struct cm_weigh *w;
	enum cm_result r;

	if (left == NULL || flips == NULL || all == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for what there is to show");
	memset(all, true, a->n_items * sizeof(*all));
	r = cm_weigh_new(&in, arena, &w, err);
	if (r == CM_OK)
		r = cm_leave_each(w, all, arena, left, err);
	if (r == CM_OK)
		r = cm_leave_flips(w, all, CM_FLIP_SIZE, arena, flips, err);
	out->left[layer] = left;
	out->flips[layer] = flips;
	return r;
}

static CM_RESULT
rows_of(const struct cm_assessment *a, const struct cm_views *views, struct cm_arena *arena, struct cm_span *out)
{
	struct cm_buf text = { 0 };
	struct cm_assess_row_list list;
	enum cm_result r = cm_assess_rows_write(a, views, arena, &text, &list);
	const uint8_t *copy;

	if (r == CM_OK) {
		copy = cm_arena_copy(arena, text.ptr, text.len);
		*out = cm_span_of(copy, text.len);
		r = copy == NULL ? CM_E_NOMEM : CM_OK;
	}
	cm_buf_release(&text);
	return r;
}

enum cm_result
cm_assess_picture_of(const struct cm_assessment *a, const struct cm_registry *registry, struct cm_arena *arena, struct cm_assess_picture *out,
    struct cm_err *err)
{
	struct cm_views *views = cm_arena_alloc(arena, sizeof(*views));
	enum cm_result r;

	*out = (struct cm_assess_picture) { .a = a, .number = 1, .views = views, .registry = registry };
	if (views == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for what there is to show");
	r = cm_views_compute(a, arena, views, err);
	for (int layer = 0; r == CM_OK && layer < CM_LAYERS; layer++)
		if (cm_assess_has_layer(a, (enum cm_layer)layer))
			r = leave_layer(a, (enum cm_layer)layer, arena, out, err);
	if (r == CM_OK)
		r = rows_of(a, views, arena, &out->rows);
	return r == CM_E_NOMEM ? cm_err_set(err, r, "no memory for what there is to show") : r;
}

/* ---- one layer ---- */

static bool
sort_places(struct cm_assess_layer *l)
{
	size_t *order = cm_arena_array(l->arena, l->n + 1, sizeof(*order));

	if (order == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++) {
		size_t k = i;

		for (; k > 0 && l->all->share[order[k - 1]].mid < l->all->share[i].mid; k--)
			order[k] = order[k - 1];
		order[k] = i;
		if (strcmp(cm_assess_at(l, i)->name, CM_ASSESS_OTHER) == 0)
			l->other = i;
	}
	l->order = order;
	return true;
}

static bool
begin_layer(struct cm_assess_layer *l)
{
	const struct cm_assessment *a = l->s->a;
	const struct cm_weigh_in in = { .a = a, .layer = l->layer, .panel = true };

	l->n = l->all->n;
	l->in = cm_arena_array(l->arena, a->n_items + 1, sizeof(*l->in));
	l->cost = cm_arena_array(l->arena, l->n + 1, sizeof(*l->cost));
	if (l->in == NULL || l->cost == NULL || !sort_places(l) || cm_weigh_new(&in, l->arena, &l->w, NULL) != CM_OK)
		return false;
	memset(l->in, true, a->n_items * sizeof(*l->in));
	cm_weigh_costs(l->w, l->in, l->cost);
	return true;
}

static void
put_layer(struct cm_assess_layer *l)
{
	if (!begin_layer(l)) {
		l->out->failed = true;
		return;
	}
	cm_buf_printf(l->out, "<section id=\"a%zu-%s\">\n<h2>%s</h2>\n", l->s->number, cm_layer_word(l->layer), cm_assess_layer_head(l->layer));
	cm_assess_put_answer(l);
	cm_assess_put_confidence(l);
	cm_assess_put_matrix(l);
	cm_assess_put_left(l);
	cm_assess_put_flips(l);
	cm_assess_put_views(l);
	cm_buf_add_str(l->out, "</section>\n");
}

/* ---- the sections ---- */

static void
put_claims(const struct cm_assess_picture *s, struct cm_buf *out)
{
	if (s->shut > 0)
		cm_buf_printf(out, "<p class=\"own\">%zu item%s shut: what stands here comes from what is open.</p>\n", s->shut,
		    s->shut == 1 ? " stays" : "s stay");
	if (s->n_claims == 0)
		return;
	cm_buf_add_str(out, "<h3>What its author computed, and what the sums give</h3>\n<ul>\n");
	for (size_t i = 0; i < s->n_claims; i++) {
		cm_buf_add_str(out, "<li>");
		cm_html_text(out, s->claim[i]);
		cm_buf_add_str(out, "</li>\n");
	}
	cm_buf_add_str(out, "</ul>\n");
}

/* The rows for the script: no `<' can end the element that they stand in. */
static void
put_data(const struct cm_assess_picture *s, struct cm_buf *out)
{
	size_t len = s->rows.len;
	bool array = len > 0 && s->rows.ptr[0] == '[';

	cm_buf_printf(out, "<script type=\"application/json\" id=\"assessment-%zu\">{\"rows\":%s", s->number, array ? "" : "[");
	while (len > 0 && s->rows.ptr[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++) {
		if (s->rows.ptr[i] == '<')
			cm_buf_add_str(out, "\\u003c");
		else if (s->rows.ptr[i] == '\n')
			cm_buf_add_str(out, array ? "\n" : ",\n");
		else
			cm_buf_add_u8(out, s->rows.ptr[i]);
	}
	cm_buf_add_str(out, array ? "}</script>\n" : "]}</script>\n");
}

static void
put_layers(const struct cm_assess_picture *s, struct cm_arena *arena, bool *listed, struct cm_buf *out)
{
	for (int layer = 0; layer < CM_LAYERS; layer++) {
		struct cm_assess_layer l = { .s = s, .arena = arena, .out = out, .layer = (enum cm_layer)layer, .listed = listed };

		l.all = cm_views_find(s->views, l.layer, CM_OF_ALL, NULL);
		if (l.all != NULL)
			put_layer(&l);
	}
}

/* Of several layers, what came out, at a glance. */
static void
put_glance(const struct cm_assess_picture *s, struct cm_buf *out)
{
	const struct cm_view_result *of[CM_LAYERS];
	char words[CM_LIKELY_TEXT];
	size_t n = 0;

	for (int layer = 0; layer < CM_LAYERS; layer++) {
		of[n] = cm_views_find(s->views, (enum cm_layer)layer, CM_OF_ALL, NULL);
		n += of[n] != NULL;
	}
	if (n < 2)
		return;
	cm_buf_add_str(out, "<table class=\"glance\"><thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">Likeliest by these numbers</th><th scope=\"col\">"
			    "Probability</th><th scope=\"col\">In words</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		const struct cm_hypothesis *h = &s->a->hypothesis[of[i]->hypothesis[of[i]->top]];

		cm_buf_printf(out, "<tr><th scope=\"row\"><a href=\"#a%zu-%s\">%s</a></th><td>", s->number, cm_layer_word(h->layer), cm_assess_layer_head(h->layer));
		cm_assess_put_name(out, h->name);
		cm_buf_add_str(out, " <small>");
		cm_assess_put_meaning(out, s->a, h);
		cm_buf_add_str(out, "</small></td><td class=\"num\">");
		cm_assess_put_percent(out, of[i]->share[of[i]->top].mid);
		cm_likely_words(of[i]->share[of[i]->top], words);
		cm_buf_printf(out, "</td><td>%s</td></tr>\n", words);
	}
	cm_buf_add_str(out, "</tbody></table>\n");
}

static void
put_sections(const struct cm_assess_picture *s, struct cm_buf *out)
{
	struct cm_arena arena;
	bool *listed;

	cm_arena_init(&arena, 0);
	listed = cm_arena_array(&arena, s->a->n_items + 1, sizeof(*listed));
	if (listed == NULL) {
		out->failed = true;
	} else {
		put_layers(s, &arena, listed, out);
		cm_buf_printf(out, "<section id=\"a%zu-items\">\n<h2>Items</h2>\n", s->number);
		cm_assess_put_items(s, listed, out);
		cm_buf_add_str(out, "</section>\n");
	}
	cm_arena_fini(&arena);
}

enum cm_result
cm_assess_section(const struct cm_assess_picture *s, struct cm_buf *out)
{
	cm_buf_printf(out, "<div class=\"assessment\">\n<p id=\"assessment-%zu-recomputed\" class=\"recomputed\">not recomputed: scripts are off</p>\n", s->number);
	put_claims(s, out);
	put_glance(s, out);
	cm_assess_limits_put(out);
	put_sections(s, out);
	cm_buf_printf(out, "<section>\n<h2>Try it yourself</h2>\n<div id=\"assessment-%zu-try\"><p class=\"note\">With scripts on, items can be left out here and "
			   "other numbers put in. <code>comity assess show</code> does the same.</p></div>\n</section>\n</div>\n", s->number);
	put_data(s, out);
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

/* ---- a page ---- */

void
cm_assess_put_head(struct cm_buf *out, bool script, const char *title)
{
	cm_buf_add_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; ");
	if (script) {
		cm_assess_policy_put(out);
		cm_buf_add_str(out, "; ");
	}
	cm_buf_add_str(out, "base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Assessment: ");
	cm_html_text(out, title);
	cm_buf_add_str(out, "</title>\n<style>\n");
	cm_buf_add_str(out, cm_report_css_1);
	cm_buf_add_str(out, cm_report_css_2);
	cm_buf_add_str(out, cm_report_css_3);
	cm_assess_css_put(out);
	cm_buf_add_str(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void
put_title(const struct cm_assess_picture *s, struct cm_buf *out)
{
	cm_buf_add_str(out, "<p class=\"mark\">Assessment");
	if (s->a->party != NULL) {
		cm_buf_add_str(out, " of ");
		cm_html_text(out, s->a->party);
	}
	cm_buf_add_str(out, "</p>\n<h1>");
	cm_html_text(out, s->a->title);
	cm_buf_add_str(out, "</h1>\n");
	if (s->a->about != NULL) {
		cm_buf_add_str(out, "<p>");
		cm_html_text(out, s->a->about);
		cm_buf_add_str(out, "</p>\n");
	}
}

enum cm_result
cm_assess_page(const struct cm_assess_picture *s, struct cm_buf *out)
{
	enum cm_result r;

	cm_assess_put_head(out, true, s->a->title);
	put_title(s, out);
	r = cm_assess_section(s, out);
	cm_buf_add_str(out, "</main>\n");
	cm_assess_script_put(out);
	cm_buf_add_str(out, "</body>\n</html>\n");
	return r == CM_OK && cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
