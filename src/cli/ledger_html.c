/* The ledger as a page of its own: no script, nothing fetched. */
#include <inttypes.h>
#include <string.h>

#include "cli/completes.h"
#include "cli/ledger.h"
#include "codec/rfc3339.h"
#include "dossier/html.h"
#include "dossier/report_parts.h"
#include "ledger/bar.h"

static const char css[] =
    ".over{color:var(--forged);font-weight:700}.done{color:var(--genuine)}\n"
    ".over::before{content:\"\\25cf  \"}\n"
    "svg.bar{height:18px;margin:.3rem 0 .1rem}.b1{fill:var(--line)}.b2{fill:var(--other);opacity:.45}\n"
    ".b3{fill:var(--other);opacity:.75}.b4{fill:var(--link)}.b0{fill:var(--pane)}\n"
    "svg.bar rect{stroke:var(--bg);stroke-width:1}\n"
    ".legend span{display:inline-block;width:.9em;height:.9em;margin:0 .3em 0 .9em;vertical-align:-1px;"
    "border:1px solid var(--line)}\n"
    ".l0{background:var(--pane)}.l1{background:var(--line)}.l2{background:var(--other);opacity:.45}"
    ".l3{background:var(--other);opacity:.75}.l4{background:var(--link)}\n"
    "section.who{border-top:2px solid var(--line);margin-top:2.4rem}\n";

struct page {
	struct cm_buf *out;
	const struct cm_ledger *l;
	struct cm_arena arena;
};

/* Text that was put together; NULL: there was no memory for it. */
static void
put_made(struct page *p, const char *text)
{
	p->out->failed = p->out->failed || text == NULL;
	cm_html_text(p->out, text);
}

static void
put_start(struct page *p)
{
	char now[CM_RFC3339_LEN + 1];

	cm_buf_add_str(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	    "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Comity: what was shown to whom</title>\n<style>\n");
	cm_buf_add_str(p->out, cm_report_css_1);
	cm_buf_add_str(p->out, cm_report_css_2);
	cm_buf_add_str(p->out, css);
	cm_buf_add_str(p->out, "</style>\n</head>\n<body>\n<main>\n<p class=\"mark\">Ledger of ");
	cm_html_text(p->out, cm_case_self(p->l->c)->name);
	cm_rfc3339_format(p->l->now, now);
	cm_buf_printf(p->out, "</p>\n<h1>What was shown to whom</h1>\n<p>As this case knew it at %s%s. This page stays with "
			      "its owner: it lists what others got.</p>\n", now, p->l->closed ? "; the case is closed" : "");
}

static void
put_due(struct page *p, const struct cm_due *due, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		cm_buf_printf(p->out, "<li class=\"%s\">", due[i].state == CM_DUE_OVERDUE ? "over" :
		    due[i].state == CM_DUE_DONE ? "done" : "");
		cm_html_text(p->out, due[i].text);
		cm_buf_add_str(p->out, ": ");
		put_made(p, cm_ledger_due_text(&due[i], &p->arena));
		cm_buf_add_str(p->out, "</li>\n");
	}
}

static void
put_overdue(struct page *p)
{
	const struct cm_ledger *l = p->l;
	size_t i, k, d;

	if (l->n_overdue == 0) {
		cm_buf_add_str(p->out, "<p class=\"lead\">Nothing is overdue.</p>\n");
		return;
	}
	cm_buf_printf(p->out, "<aside class=\"box\"><h2 class=\"over\">Overdue: %zu</h2>\n<ul>\n", l->n_overdue);
	for (i = 0; i < l->n; i++)
		for (k = 0; k < l->recipient[i].n; k++)
			for (d = 0; d < l->recipient[i].item[k].n_due; d++) {
				const struct cm_due *due = &l->recipient[i].item[k].due[d];

				if (due->state != CM_DUE_OVERDUE)
					continue;
				cm_buf_add_str(p->out, "<li>");
				cm_html_text(p->out, l->recipient[i].name);
				cm_buf_printf(p->out, ", disclosure %" PRIu64 ": ", l->recipient[i].item[k].row->id);
				cm_html_text(p->out, due->text);
				cm_buf_add_str(p->out, ", ");
				put_made(p, cm_ledger_due_text(due, &p->arena));
				cm_buf_add_str(p->out, "</li>\n");
			}
	cm_buf_add_str(p->out, "</ul></aside>\n");
}

static void
put_bar(struct page *p, const struct cm_map_exhibit *x)
{
	enum cm_bar_level level[CM_BAR_STEPS];
	size_t n = cm_bar(x, level), i;

	if (n == 0)
		return;
	cm_buf_printf(p->out, "<svg class=\"bar\" viewBox=\"0 0 %zu 12\" preserveAspectRatio=\"none\" role=\"img\" "
			      "aria-label=\"how much of each stretch of rows is open\">", n * 20);
	for (i = 0; i < n; i++)
		cm_buf_printf(p->out, "<rect class=\"b%d\" x=\"%zu\" y=\"0\" width=\"20\" height=\"12\"/>", (int)level[i], i * 20);
	cm_buf_add_str(p->out, "</svg>\n");
}

static void
put_exhibit(struct page *p, const struct cm_map_exhibit *x)
{
	struct cm_map_sum sum;
	char name[32];
	size_t c;

	cm_exhibit_name(&p->l->exhibits, x->x, name);
	cm_map_sum(x, &sum);
	cm_buf_printf(p->out, "<figure><figcaption><strong>%s</strong>, %s: %" PRIu64 " of %" PRIu64
			      " rows show something, %" PRIu64 " are whole</figcaption>\n", name, cm_kind_word(x->kind), sum.rows,
	    x->rows, sum.whole);
	put_bar(p, x);
	cm_buf_add_str(p->out, "<table><thead><tr><th>column</th><th>open</th><th>pseudonyms</th><th>shut</th></tr></thead><tbody>\n");
	for (c = 0; c < x->n_columns; c++) {
		cm_buf_add_str(p->out, "<tr><th>");
		cm_html_text(p->out, x->name[c]);
		cm_buf_printf(p->out, "</th><td class=\"num\">%" PRIu64 "</td><td class=\"num\">%" PRIu64 "</td><td class=\"num\">%"
				      PRIu64 "</td></tr>\n", sum.open[c], sum.tied[c], x->rows - sum.open[c] - sum.tied[c]);
	}
	cm_buf_add_str(p->out, "</tbody></table>\n");
	if (sum.named_hosts + sum.tied_hosts > 0)
		cm_buf_printf(p->out, "<p class=\"note\">Hosts: %zu named, %zu as pseudonyms%s.</p>\n", sum.named_hosts,
		    sum.tied_hosts, x->hosts_all ? "" : ", and more than are counted");
	cm_buf_add_str(p->out, "</figure>\n");
}

static void
put_disclosure(struct page *p, const struct cm_ledger_disclosure *d)
{
	bool under = d->terms != NULL && d->terms->use == CM_TERMS_CHARTER;
	char when[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(d->made, when);
	cm_buf_printf(p->out, "<tr><th class=\"num\">%" PRIu64 "</th><td class=\"num\">%.10s</td><td>", d->row->id, when);
	cm_html_text(p->out, under ? d->terms->purpose : "no charter");
	cm_buf_add_str(p->out, "</td><td><code class=\"key\">");
	cm_buf_add_hex(p->out, cm_span_of(d->row->sha256, 8));
	cm_buf_add_str(p->out, "</code></td><td>");
	put_made(p, cm_ledger_receipt_text(d, &p->arena));
	cm_buf_add_str(p->out, "</td><td>");
	if (!d->known)
		cm_buf_add_str(p->out, "<em>what it opened is not known: it is older than the ledger</em>");
	if (d->n_due > 0) {
		cm_buf_add_str(p->out, "<ul>\n");
		put_due(p, d->due, d->n_due);
		cm_buf_add_str(p->out, "</ul>");
	}
	cm_buf_add_str(p->out, "</td></tr>\n");
}

static void
put_recipient(struct page *p, const struct cm_ledger_recipient *r)
{
	size_t i;

	cm_buf_add_str(p->out, "<section class=\"who\"><h2>");
	cm_html_text(p->out, r->name[0] != '\0' ? r->name : "Nobody was named");
	cm_buf_printf(p->out, "</h2>\n<p class=\"lead\">%zu disclosure%s, %zu acknowledged, ", r->n, r->n == 1 ? "" : "s",
	    r->n_acknowledged);
	cm_buf_printf(p->out, r->n_overdue > 0 ? "<span class=\"over\">%zu overdue</span>" : "%zu overdue", r->n_overdue);
	cm_buf_add_str(p->out, ".</p>\n<table><thead><tr><th>no</th><th>date</th><th>for</th><th>dossier</th><th>receipt</th>"
			       "<th>obligations</th></tr></thead><tbody>\n");
	for (i = 0; i < r->n; i++)
		put_disclosure(p, &r->item[i]);
	cm_buf_printf(p->out, "</tbody></table>\n<h3>All together%s%s</h3>\n", r->published ? ", with what was published" : "",
	    r->n_known < r->n ? ", as far as it is known" : "");
	for (i = 0; i < r->has.n; i++)
		put_exhibit(p, &r->has.exhibit[i]);
	if (r->has.n == 0)
		cm_buf_add_str(p->out, "<p>No cell of any exhibit.</p>\n");
	cm_buf_add_str(p->out, "</section>\n");
}

enum cm_result
cm_ledger_html(const struct cm_ledger *l, struct cm_buf *out)
{
	struct page p = { .out = out, .l = l };
	size_t i;

	cm_arena_init(&p.arena, 0);
	put_start(&p);
	put_overdue(&p);
	cm_buf_add_str(out, "<p class=\"legend note\">From the first row of an exhibit to its last:<span class=\"l0\"></span>nothing open"
			    "<span class=\"l1\"></span>pseudonyms only<span class=\"l2\"></span>some cells<span class=\"l3\"></span>most"
			    "<span class=\"l4\"></span>all</p>\n");
	for (i = 0; i < l->n; i++)
		put_recipient(&p, &l->recipient[i]);
	if (l->n == 0)
		cm_buf_add_str(out, "<p>Nothing was disclosed to anybody.</p>\n");
	cm_buf_add_str(out, "</main>\n</body>\n</html>\n");
	cm_arena_fini(&p.arena);
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
