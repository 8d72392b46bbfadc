#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

struct putting {
	struct cm_buf *out;
	const struct cm_dossier *d;
	size_t i;
	const struct cm_shown_traffic *shown;
	const struct cm_traffic_v1 *t;
	struct cm_recounted again;
};

/* Plain words, escaped. */
typedef void words_fn(struct cm_buf *text, const struct putting *p);

static void
put_words(const struct putting *p, words_fn *words)
{
	struct cm_buf text = { 0 };

	words(&text, p);
	cm_html_span(p->out, cm_buf_span(&text));
	p->out->failed |= !cm_buf_ok(&text);
	cm_buf_release(&text);
}

static void
lead(struct cm_buf *text, const struct putting *p)
{
	cm_words_traffic(text, p->d, p->i, &p->again);
}

/* Figures: what the draw gives beside what the sender says. */

static void
put_number_row(const struct putting *p, const char *what, uint64_t drawn, uint64_t claimed)
{
	cm_buf_printf(p->out, "<tr><th scope=\"row\">%s</th><td class=\"num\">", what);
	cm_words_number(p->out, drawn);
	cm_buf_add_str(p->out, "</td><td class=\"num\">");
	cm_words_number(p->out, claimed);
	cm_buf_add_str(p->out, "</td></tr>\n");
}

static void
put_claim_row(const struct putting *p, const char *what, uint64_t claimed)
{
	cm_buf_printf(p->out, "<tr><th scope=\"row\">%s</th><td>&ndash;</td><td class=\"num\">", what);
	cm_words_number(p->out, claimed);
	cm_buf_add_str(p->out, "</td></tr>\n");
}

static void
put_time_row(const struct putting *p, const char *what, int64_t drawn, int64_t claimed)
{
	char a[CM_HTML_TIME], b[CM_HTML_TIME];

	cm_html_time(drawn, a);
	cm_html_time(claimed, b);
	cm_buf_printf(p->out, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td></tr>\n", what, a, b);
}

static void
put_usual(const struct putting *p)
{
	const struct cm_baseline *b = &p->t->claimed.baseline;

	cm_buf_add_str(p->out, "<tr><th scope=\"row\">usual, a second</th><td>&ndash;</td><td>");
	if (b->how == CM_BASELINE_NONE)
		cm_buf_add_str(p->out, "not known: nothing to compare with");
	else
		cm_buf_printf(p->out, "%" PRIu64 ".%03" PRIu64 ", from %" PRIu64 " s of %s", b->milli / 1000,
		    b->milli % 1000, b->span_ms / 1000, b->how == CM_BASELINE_BEFORE ? "the same target" : "other targets");
	cm_buf_add_str(p->out, "</td></tr>\n");
}

static void
put_figures(const struct putting *p)
{
	const struct cm_traffic_finding *a = &p->t->drawn, *b = &p->t->claimed;

	cm_buf_add_str(p->out, "<h3>How much</h3>\n<table class=\"facts\"><thead><tr><th scope=\"col\"></th>"
			       "<th scope=\"col\">By the rows drawn");
	if (p->t->thin > 1) {
		cm_buf_add_str(p->out, ", each standing for ");
		cm_words_number(p->out, p->t->thin);
	}
	cm_buf_add_str(p->out, "</th><th scope=\"col\">In the whole capture, the sender's word</th></tr></thead><tbody>\n");
	put_time_row(p, "from", a->from_ns, b->from_ns);
	put_time_row(p, "to", a->to_ns, b->to_ns);
	put_number_row(p, a->kind == CM_TRAFFIC_HTTP ? "requests" : "packets", a->packets, b->packets);
	put_number_row(p, "bytes", a->bytes, b->bytes);
	put_number_row(p, "a second, on average", a->mean_per_s, b->mean_per_s);
	put_number_row(p, "in the fullest second", a->peak_per_s, b->peak_per_s);
	put_claim_row(p, "sources, about", b->sources);
	if (b->verdict == CM_TRAFFIC_SCAN) {
		put_claim_row(p, "places tried", b->targets);
		put_claim_row(p, "hosts, about", b->hosts);
		put_claim_row(p, "ports, about", b->ports);
	}
	put_usual(p);
	cm_buf_add_str(p->out, "</tbody></table>\n");
}

static void
put_draw(const struct putting *p)
{
	const struct cm_shown_traffic *s = p->shown;

	cm_buf_add_str(p->out, "<h3>What the draw proves</h3>\n<p>");
	if (p->t->thin == 1) {
		cm_buf_add_str(p->out, "All rows that count are cited: ");
	} else {
		cm_buf_add_str(p->out, "Of the rows from the first to the last one a draw gives one in ");
		cm_words_number(p->out, p->t->thin);
		cm_buf_add_str(p->out, ". Which ones it gives follows from the seal, so that nobody chose them: ");
	}
	cm_words_number(p->out, p->t->support.n);
	cm_buf_add_str(p->out, p->t->thin == 1 ? " rows. " : " of the rows drawn are cited, of ");
	if (p->t->thin > 1) {
		cm_buf_add_str(p->out, s->drawn_known ? "" : "about ");
		cm_words_number(p->out, s->drawn);
		cm_buf_add_str(p->out, ". ");
	}
	cm_buf_add_str(p->out, "<strong>");
	cm_words_share(p->out, s);
	cm_buf_add_str(p->out, "</strong>.</p>\n<p class=\"note\">The other rows have nothing to do with it, the sender says. "
			       "Left shut, they could hold what speaks against the finding, such as answers that were "
			       "acknowledged; who checks is told how many they are.</p>\n");
}

/* Signs */

/* What the detectors here say of a sign of that name; NULL: it did not come out. */
static const char *
says_of(const struct putting *p, const char *name)
{
	const struct cm_traffic_sign *s = p->again.found == NULL ? NULL :
	    cm_traffic_sign_of(p->again.found->signs, p->again.found->n_signs, name);

	return s == NULL ? NULL : s->kind->says;
}

static void
put_value(const struct putting *p, const struct cm_traffic_sign_kind *kind, int64_t value)
{
	struct cm_buf text = { 0 };

	cm_words_sign(&text, kind, value);
	cm_buf_add_str(p->out, "</td><td class=\"num\">");
	cm_html_span(p->out, cm_buf_span(&text));
	p->out->failed |= !cm_buf_ok(&text);
	cm_buf_release(&text);
}

static void
put_sign(const struct putting *p, const struct cm_traffic_sign *s, bool drawn)
{
	cm_buf_add_str(p->out, "<tr><td><code>");
	cm_html_text(p->out, s->kind->name);
	cm_buf_add_str(p->out, "</code><br>");
	cm_html_text(p->out, says_of(p, s->kind->name));
	put_value(p, s->kind, s->value);
	put_value(p, s->kind, s->limit);
	cm_buf_printf(p->out, "</td><td>%s</td><td>", s->kind->against ? "against it" : "for it");
	cm_html_text(p->out, s->kind->base_rate);
	cm_buf_printf(p->out, "</td><td>%s</td></tr>\n", drawn ? "the rows drawn" : "the sender's word");
}

static void
put_signs(const struct putting *p)
{
	const struct cm_traffic_finding *a = &p->t->drawn, *b = &p->t->claimed;
	size_t i;

	cm_buf_add_str(p->out, "<h3>What speaks for it, and against</h3>\n<table class=\"cues\"><thead><tr><th scope=\"col\">Sign"
			       "</th><th scope=\"col\">Measured</th><th scope=\"col\">Limit</th><th scope=\"col\">Speaks</th>"
			       "<th scope=\"col\">In ordinary traffic</th><th scope=\"col\">By</th></tr></thead><tbody>\n");
	for (i = 0; i < a->n_signs; i++)
		put_sign(p, &a->signs[i], true);
	for (i = 0; i < b->n_signs; i++)
		put_sign(p, &b->signs[i], false);
	if (a->n_signs + b->n_signs == 0)
		cm_buf_add_str(p->out, "<tr><td colspan=\"6\">No sign is on record.</td></tr>\n");
	cm_buf_add_str(p->out, "</tbody></table>\n");
}

/* What the target made of it. */

static void
put_measure(const struct putting *p, const char *what, int64_t before, int64_t during, bool ppm)
{
	const int64_t value[] = { before, during };
	size_t k;

	if (before < 0 && during < 0)
		return;
	cm_buf_printf(p->out, "<tr><th scope=\"row\">%s</th>", what);
	for (k = 0; k < 2; k++) {
		cm_buf_add_str(p->out, "<td class=\"num\">");
		if (value[k] < 0)
			cm_buf_add_str(p->out, "not seen");
		else if (ppm)
			cm_words_ppm(p->out, value[k]);
		else
			cm_buf_printf(p->out, "%" PRId64 " ms", value[k]);
		cm_buf_add_str(p->out, "</td>");
	}
	cm_buf_add_str(p->out, "</tr>\n");
}

static void
put_effect(const struct putting *p)
{
	const struct cm_effect *e = &p->t->claimed.effect;
	char when[CM_HTML_TIME];

	if (p->t->drawn.verdict == CM_TRAFFIC_SCAN)
		return;
	cm_buf_add_str(p->out, "<h3>What the target made of it</h3>\n<p class=\"note\">Of the whole capture: the sender's word."
			       "</p>\n<table class=\"facts\"><thead><tr><th scope=\"col\"></th><th scope=\"col\">Before</th>"
			       "<th scope=\"col\">During</th></tr></thead><tbody>\n");
	put_measure(p, "openings answered", e->syn_answered_ppm[0], e->syn_answered_ppm[1], true);
	put_measure(p, "requests answered", e->answered_ppm[0], e->answered_ppm[1], true);
	put_measure(p, "answers that are errors", e->errors_ppm[0], e->errors_ppm[1], true);
	put_measure(p, "time to the answer, median", e->answer_ms[0], e->answer_ms[1], false);
	cm_buf_add_str(p->out, "</tbody></table>\n<p>");
	if (e->degraded) {
		cm_html_time(e->degraded_ns, when);
		cm_buf_printf(p->out, "Worse from %s on. ", when);
	}
	if (e->recovered) {
		cm_html_time(e->recovered_ns, when);
		cm_buf_printf(p->out, "Well again from %s on. ", when);
	}
	if (e->unseen != NULL) {
		cm_buf_add_str(p->out, "Not seen: ");
		cm_html_text(p->out, e->unseen);
		cm_buf_add_str(p->out, ".");
	}
	cm_buf_add_str(p->out, "</p>\n");
}

static void
put_limits(const struct putting *p)
{
	cm_buf_add_str(p->out, "<h3>What this does not prove</h3>\n<ul class=\"limits\">\n");
	if (p->t->drawn.verdict == CM_TRAFFIC_SCAN)
		cm_buf_add_str(p->out, "<li>What for: surveys, monitors and broken programs scan, too; nor that anything was "
				       "found.</li>\n");
	else
		cm_buf_add_str(p->out, "<li>Who is behind it: addresses of sources may be lies, or those of people who do not "
				       "know.</li>\n");
	cm_buf_add_str(p->out, "<li>The figures of the whole capture and the picture: only the rows drawn are counted again.</li>\n"
			       "<li>That no other seal of the same traffic was tried until a draw suited.</li>\n</ul>\n");
	if (p->t->claimed.name == NULL)
		return;
	cm_buf_add_str(p->out, "<p class=\"note\">Resembles ");
	cm_html_text(p->out, p->t->claimed.name);
	cm_buf_add_str(p->out, ": a likeness, no proof.</p>\n");
}

static void
put_head(const struct putting *p, const char *outcome)
{
	const struct cm_traffic_finding *f = &p->t->drawn;

	cm_buf_printf(p->out, "<section class=\"incident v-%s\" id=\"t%zu\">\n<h2>T%zu. %s</h2>\n",
	    cm_traffic_verdict_word(f->verdict), p->i + 1, p->i + 1, cm_words_kind(f->kind));
	cm_buf_printf(p->out, "<p class=\"verdict\"><strong>%s</strong> &middot; %s",
	    cm_traffic_verdict_word(f->verdict), cm_traffic_kind_word(f->kind));
	cm_report_evidence_of(p->out, cm_dossier_evidence_traffic(p->d, p->i));
	cm_buf_add_str(p->out, "</p>\n<p class=\"lead\">");
	put_words(p, lead);
	cm_buf_add_str(p->out, "</p>\n");
	if (outcome == NULL)
		return;
	cm_buf_add_str(p->out, "<p class=\"own\"><strong>Checked here:</strong> ");
	cm_html_text(p->out, outcome);
	cm_buf_add_str(p->out, "</p>\n");
}

void
cm_report_traffic(struct cm_buf *out, const struct cm_dossier *d, size_t i, const char *outcome)
{
	struct putting p = { .out = out, .d = d, .i = i, .shown = &d->traffic[i], .t = d->traffic[i].body };

	if (cm_recount_shown(d, i, &p.again) != CM_OK) {
		out->failed = true;
		cm_recounted_free(&p.again);
		return;
	}
	put_head(&p, outcome);
	cm_report_tiles(out, &p.t->claimed);
	cm_report_series(out, &p.t->claimed);
	cm_report_common(out, d, i, &p.again);
	put_figures(&p);
	put_draw(&p);
	put_signs(&p);
	put_effect(&p);
	put_limits(&p);
	cm_buf_add_str(out, "</section>\n");
	cm_recounted_free(&p.again);
}
