/* The list of what was found, and after it each finding. */
#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/report.h"
#include "dossier/report_groups.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

struct listing {
	struct cm_buf *out;
	const struct cm_dossier *d;
	const struct cm_report_checks *checks;
	const struct cm_groups *g;
};

static const struct cm_ids *
accused(const struct cm_finding *f)
{
	return f->forged.n != 0 ? &f->forged : &f->suspect;
}

static void
when(const struct cm_dossier *d, size_t i, char out[CM_HTML_TIME])
{
	const struct cm_ids *set = accused(d->findings[i].body);
	const struct cm_shown_row *r = set->n != 0 ? cm_dossier_row(d, set->id[0]) : NULL;

	memcpy(out, "not shown", 10);
	if (r != NULL && r->has_packet)
		cm_html_time(r->packet.t_ns, out);
}

static void
put_row(const struct listing *l, size_t i)
{
	const struct cm_finding *f = l->d->findings[i].body;
	char text[CM_HTML_TIME];

	when(l->d, i, text);
	cm_buf_printf(l->out, "<tr><td><a href=\"#i%zu\">%zu</a></td><td>%s</td><td>%s</td><td><strong>%s"
			      "</strong></td><td class=\"num\">%d</td><td>", i + 1, i + 1, cm_words_type(f->type), text,
	    cm_verdict_word(f->verdict), f->bits);
	cm_report_frames(l->out, l->d, f, accused(f));
	cm_buf_add_str(l->out, "</td>");
	if (l->checks != NULL) {
		cm_buf_add_str(l->out, "<td>");
		cm_html_text(l->out, l->checks->outcome[i]);
		cm_buf_add_str(l->out, "</td>");
	}
	cm_buf_add_str(l->out, "</tr>\n");
}

static void
put_head(const struct listing *l)
{
	cm_buf_add_str(l->out, "<table><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">What</th>"
			       "<th scope=\"col\">When</th><th scope=\"col\">Verdict</th><th scope=\"col\">Bits"
			       "</th><th scope=\"col\">Accused frames</th>");
	cm_buf_add_str(l->out, l->checks != NULL ? "<th scope=\"col\">Checked</th>" : "");
	cm_buf_add_str(l->out, "</tr></thead><tbody>\n");
}

static size_t
next_of(const struct listing *l, size_t i)
{
	size_t k = i + 1;

	while (k < l->d->n_findings && l->g->of[k] != l->g->of[i])
		k++;
	return k;
}

/* What was found of a checked one, up to the colon behind which its figures stand. */
static struct cm_span
outcome_head(const struct listing *l, size_t i)
{
	const char *text = l->checks->outcome[i], *colon = strchr(text, ':');

	return cm_span_of(text, colon == NULL ? strlen(text) : (size_t)(colon - text));
}

static void
put_outcomes(const struct listing *l, size_t first)
{
	struct cm_span head = outcome_head(l, first);
	size_t i, same = 0, n = l->g->size[first];

	for (i = first; i < l->d->n_findings; i = next_of(l, i))
		same += cm_span_eq(outcome_head(l, i), head);
	cm_buf_add_str(l->out, "<td>");
	if (same == n)
		cm_buf_add_str(l->out, "each ");
	else
		cm_buf_printf(l->out, "%zu of %zu ", same, n);
	cm_html_span(l->out, head);
	cm_buf_add_str(l->out, same == n ? "</td>" : "; see each</td>");
}

/* Why these are together. */
static void
put_cause(const struct listing *l, size_t first)
{
	const struct cm_finding *f = l->d->findings[first].body;

	cm_buf_add_str(l->out, "<br><small>");
	if (l->g->chain[first] != SIZE_MAX)
		cm_buf_printf(l->out, "all carry the script of <a href=\"#c%zu\">C%zu</a>", l->g->chain[first] + 1, l->g->chain[first] + 1);
	else if (f->fingerprint.name != NULL) {
		cm_buf_add_str(l->out, "one hand, ");
		cm_html_text(l->out, f->fingerprint.name);
	} else
		cm_buf_add_str(l->out, "one hand: the same marks on all");
	cm_buf_add_str(l->out, "</small>");
}

static void
put_group(const struct listing *l, size_t first)
{
	const struct cm_finding *f = l->d->findings[first].body;
	int least = f->bits, most = f->bits;
	size_t i, last = first;
	char from[CM_HTML_TIME], to[CM_HTML_TIME];

	for (i = first; i < l->d->n_findings; i = next_of(l, i)) {
		last = i;
		least = l->d->findings[i].body->bits < least ? l->d->findings[i].body->bits : least;
		most = l->d->findings[i].body->bits > most ? l->d->findings[i].body->bits : most;
	}
	when(l->d, first, from);
	when(l->d, last, to);
	cm_buf_printf(l->out, "<tr><td><a href=\"#i%zu\">%zu</a> to <a href=\"#i%zu\">%zu</a></td><td><strong>%" PRIu32 " &times;</strong> %s",
	    first + 1, first + 1, last + 1, last + 1, l->g->size[first], cm_words_type(f->type));
	put_cause(l, first);
	cm_buf_printf(l->out, "</td><td>%s<br>to %s</td><td><strong>%s</strong></td><td class=\"num\">%d", from, to,
	    cm_verdict_word(f->verdict), least);
	if (least != most)
		cm_buf_printf(l->out, " to %d", most);
	cm_buf_add_str(l->out, "</td><td>see each</td>");
	if (l->checks != NULL)
		put_outcomes(l, first);
	cm_buf_printf(l->out, "</tr>\n<tr class=\"fold\"><td colspan=\"%d\"><details><summary>All %" PRIu32 ", one by one</summary>\n", l->checks != NULL ? 7 : 6,
	    l->g->size[first]);
	put_head(l);
	for (i = first; i < l->d->n_findings; i = next_of(l, i))
		put_row(l, i);
	cm_buf_add_str(l->out, "</tbody></table></details></td></tr>\n");
}

void
cm_report_list(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g)
{
	const struct listing l = { out, d, checks, g };
	size_t i;

	put_head(&l);
	for (i = 0; i < d->n_findings; i++) {
		if (!cm_groups_grouped(g, i))
			put_row(&l, i);
		else if (cm_groups_first(g, i))
			put_group(&l, i);
	}
	cm_buf_add_str(out, "</tbody></table>\n");
}

static void
put_finding(const struct listing *l, size_t i)
{
	cm_report_finding(l->out, l->d, i, l->checks != NULL ? l->checks->outcome[i] : NULL);
}

void
cm_report_findings(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g)
{
	const struct listing l = { out, d, checks, g };
	size_t i, k;

	for (i = 0; i < d->n_findings; i++) {
		if (!cm_groups_grouped(g, i)) {
			put_finding(&l, i);
			continue;
		}
		if (!cm_groups_first(g, i))
			continue;
		put_finding(&l, i);
		cm_buf_printf(out, "<details class=\"others\"><summary>The %" PRIu32 " others like finding %zu</summary>\n", g->size[i] - 1, i + 1);
		for (k = next_of(&l, i); k < d->n_findings; k = next_of(&l, k))
			put_finding(&l, k);
		cm_buf_add_str(out, "</details>\n");
	}
}
