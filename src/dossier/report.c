#include <inttypes.h>
#include <string.h>

#include "dossier/assess_page.h"
#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/report.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

#define FACTS_OPEN "<script type=\"application/json\" id=\"facts\">"
#define FACTS_END "</script>"

static void
put_hex(struct cm_buf *out, const uint8_t digest[32])
{
	cm_buf_add_str(out, "<code class=\"digest\">");
	cm_buf_add_hex(out, cm_span_of(digest, 32));
	cm_buf_add_str(out, "</code>");
}

static void
put_start(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	cm_buf_add_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	    "'unsafe-inline'; base-uri 'none'; form-action 'none'");
	if (d->n_assessments > 0) {
		cm_buf_add_str(out, "; ");
		cm_assess_policy_put(out);
	}
	cm_buf_add_str(out, "\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	cm_buf_add_str(out, checks == NULL ? "Comity dossier: what was found, and the proof of it" :
					     "Comity: what checking this dossier showed");
	cm_buf_add_str(out, "</title>\n<style>\n");
	cm_buf_add_str(out, cm_report_css_1);
	cm_buf_add_str(out, cm_report_css_2);
	cm_buf_add_str(out, cm_report_css_3);
	if (d->n_assessments > 0)
		cm_assess_css_put(out);
	cm_buf_add_str(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void
put_who(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	size_t i;

	cm_buf_add_str(out, "<dl class=\"who\">\n<dt>Says who</dt><dd>the holder of the key <code>");
	cm_html_text(out, d->by);
	cm_buf_add_str(out, "</code>");
	if (checks != NULL && checks->signer != NULL) {
		cm_buf_add_str(out, "<br>");
		cm_html_text(out, checks->signer);
	}
	cm_buf_add_str(out, "</dd>\n<dt>When</dt><dd>");
	cm_html_text(out, d->made);
	cm_buf_add_str(out, " <small>(by the sender's clock)</small></dd>\n");
	if (d->to != NULL) {
		cm_buf_add_str(out, "<dt>To</dt><dd>");
		cm_html_text(out, d->to);
		cm_buf_add_str(out, "</dd>\n");
	}
	cm_buf_printf(out, "<dt>About</dt><dd>%zu sealed exhibit%s</dd>\n", d->n_exhibits,
	    d->n_exhibits == 1 ? "" : "s");
	for (i = 0; i < d->n_exhibits; i++) {
		cm_buf_printf(out, "<dt>Seal %zu</dt><dd>", i + 1);
		cm_html_text(out, d->exhibits[i].kind);
		cm_buf_printf(out, ", %" PRIu64 " rows, statement ", d->exhibits[i].table_rows);
		put_hex(out, d->exhibits[i].statement);
		cm_buf_add_str(out, "</dd>\n");
	}
	cm_buf_add_str(out, "</dl>\n");
}

static void
put_box(struct cm_buf *out, const struct cm_report_checks *checks)
{
	size_t i;

	if (checks == NULL) {
		cm_buf_add_str(out, "<aside class=\"box\"><h2>How to check this</h2>\n"
		    "<p>This page is the sender's word. It was made by a program from the sealed evidence, but "
		    "a page can say anything. Do not trust it: check the dossier it came in.</p>\n<pre>comity "
		    "verify X.dossier --signers SIGNERS --report my-report.html</pre>\n<p>That redoes every "
		    "finding from the evidence shown and writes a report of your own. <a href=\"#commands\">"
		    "Other tools</a> can check much of it, too.</p></aside>\n");
		return;
	}
	cm_buf_add_str(out, "<aside class=\"box own\"><h2>What checking showed</h2>\n<p><strong>");
	cm_html_text(out, checks->verdict);
	cm_buf_add_str(out, "</strong></p>\n");
	if (checks->n_notes != 0) {
		cm_buf_add_str(out, "<ul>\n");
		for (i = 0; i < checks->n_notes; i++) {
			cm_buf_add_str(out, "<li>");
			cm_html_text(out, checks->notes[i]);
			cm_buf_add_str(out, "</li>\n");
		}
		cm_buf_add_str(out, "</ul>\n");
	}
	cm_buf_add_str(out, "<p>This page was made by the receiver's own program from the parts of the dossier "
			    "that it checked.</p></aside>\n");
}

static void
put_counted_row(struct cm_buf *out, const char *letter, size_t i, const char *what, const char *detail, const char *outcome)
{
	cm_buf_printf(out, "<tr><td><a href=\"#%s%zu\">%c%zu</a></td><td>%s</td><td>%s</td>", letter, i + 1, letter[0] - 32, i + 1,
	    what, detail);
	if (outcome != NULL) {
		cm_buf_add_str(out, "<td>");
		cm_html_text(out, outcome);
		cm_buf_add_str(out, "</td>");
	}
	cm_buf_add_str(out, "</tr>\n");
}

/* Floods, scans, and what made them. */
static void
put_counted(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	bool used[CM_TRAFFIC_SCAN + 1] = { false };
	size_t i;

	if (d->n_traffic == 0)
		return;
	cm_buf_printf(out, "<table><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">What</th><th scope=\"col\">Verdict</th>%s"
			   "</tr></thead><tbody>\n", checks != NULL ? "<th scope=\"col\">Checked</th>" : "");
	for (i = 0; i < d->n_chains; i++)
		put_counted_row(out, "c", i, cm_words_chain(d->chains[i].body), "joined", checks != NULL ? checks->chains[i] : NULL);
	for (i = 0; i < d->n_traffic; i++) {
		enum cm_traffic_verdict v = d->traffic[i].body->drawn.verdict;

		put_counted_row(out, "t", i, cm_words_kind(d->traffic[i].body->drawn.kind), cm_traffic_verdict_word(v),
		    checks != NULL ? checks->traffic[i] : NULL);
		used[v] = true;
	}
	cm_buf_add_str(out, "</tbody></table>\n<dl class=\"gloss\">\n");
	for (i = 0; i <= CM_TRAFFIC_SCAN; i++)
		if (used[i])
			cm_buf_printf(out, "<dt>%s</dt><dd>%s</dd>\n", cm_traffic_verdict_word((enum cm_traffic_verdict)i),
			    cm_words_counted_verdict((enum cm_traffic_verdict)i));
	cm_buf_add_str(out, "</dl>\n");
}

static void
put_summary(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g)
{
	static const enum cm_verdict all[] = { CM_VERDICT_FORGED, CM_VERDICT_STACK_BREAK,
		CM_VERDICT_UNDECIDABLE, CM_VERDICT_EXPLAINED };
	bool used[4] = { false };
	size_t i;

	cm_buf_add_str(out, "<section id=\"summary\"><h2>What was found</h2>\n");
	put_counted(out, d, checks);
	if (d->n_findings == 0 && d->n_traffic > 0) {
		cm_buf_add_str(out, "</section>\n");
		return;
	}
	if (d->n_findings == 0) {
		cm_buf_add_str(out, d->n_assessments > 0 ? "<p>This dossier states no finding. It shows an assessment: who may have "
				    "done it, by the judgement of its author, and what follows from that.</p></section>\n" :
				    "<p>This dossier states no finding. It shows sealed rows, nothing more.</p></section>\n");
		return;
	}
	cm_report_list(out, d, checks, g);
	for (i = 0; i < d->n_findings; i++)
		used[d->findings[i].body->verdict] = true;
	cm_buf_add_str(out, "<dl class=\"gloss\">\n");
	for (i = 0; i < 4; i++) {
		if (used[all[i]])
			cm_buf_printf(out, "<dt>%s</dt><dd>%s</dd>\n", cm_verdict_word(all[i]),
			    cm_words_verdict(all[i]));
	}
	cm_buf_add_str(out, "<dt>bits</dt><dd>The weights of the signs, added up: 10 or more is called forged, 6 to 9 "
			    "a stack break. A rank, not a probability.</dd>\n<dt>frame</dt><dd>A packet, by its number in the "
			    "capture file: the sender's word.</dd>\n<dt>row</dt><dd>The place of a packet in the "
			    "sealed table: proven where it is open.</dd>\n"
			    "</dl></section>\n");
}

static void
put_header(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	cm_buf_add_str(out, "<header>\n<p class=\"mark\">Comity dossier</p>\n<h1>");
	cm_buf_add_str(out, d->n_findings + d->n_traffic + d->n_assessments == 0 ? "Sealed evidence" :
			    checks != NULL ? "What checking this dossier showed" :
					     "What was found, and the proof of it");
	cm_buf_add_str(out, "</h1>\n");
	cm_report_marking(out, d);
	put_who(out, d, checks);
	cm_buf_add_str(out, "</header>\n");
}

/* What is joined and counted comes before the many that it is made of. */
static void
put_statements(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g)
{
	size_t i;

	for (i = 0; i < d->n_chains; i++)
		cm_report_chain(out, d, i, checks != NULL ? checks->chains[i] : NULL);
	for (i = 0; i < d->n_traffic; i++)
		cm_report_traffic(out, d, i, checks != NULL ? checks->traffic[i] : NULL);
	cm_report_findings(out, d, checks, g);
}

static void
put_tail(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	cm_report_rows(out, d);
	cm_report_evidence(out, d);
	cm_report_limits(out, d);
	cm_report_terms(out, d);
	cm_report_custody(out, d);
	if (checks != NULL)
		cm_report_logged(out, checks->logged, checks->n_logged);
	cm_report_commands(out, d);
	cm_buf_add_str(out, "<footer><p>Made by <code>comity ");
	cm_html_text(out, d->version);
	cm_buf_add_str(out, "</code>. The facts of this page stand in it once more in a form for programs.</p>"
			    "</footer>\n</main>\n" FACTS_OPEN);
}

CM_RESULT
cm_report_render(const struct cm_dossier *d, struct cm_span facts,
    const struct cm_report_checks *checks, struct cm_buf *out)
{
	struct cm_groups g;
	enum cm_result rc = cm_groups_make(d, &g);

	if (rc == CM_OK) {
		put_start(out, d, checks);
		put_header(out, d, checks);
		put_box(out, checks);
		cm_report_overview(out, d);
		put_summary(out, d, checks, &g);
		rc = cm_report_assessments(out, d, checks);
		put_statements(out, d, checks, &g);
		put_tail(out, d, checks);
		cm_buf_add_span(out, facts);
		cm_buf_add_str(out, FACTS_END "\n");
		if (d->n_assessments > 0)
			cm_assess_script_put(out);
		cm_buf_add_str(out, "</body>\n</html>\n");
		rc = rc == CM_OK && cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
	}
	cm_groups_release(&g);
	return rc;
}

CM_RESULT
cm_report_facts(struct cm_span html, struct cm_span *facts)
{
	const uint8_t *at, *end, *again;
	size_t left;

	at = memmem(html.ptr, html.len, FACTS_OPEN, strlen(FACTS_OPEN));
	if (at == NULL)
		return CM_E_MALFORMED;
	at += strlen(FACTS_OPEN);
	left = html.len - (size_t)(at - html.ptr);
	end = memmem(at, left, FACTS_END, strlen(FACTS_END));
	again = memmem(at, left, FACTS_OPEN, strlen(FACTS_OPEN));
	if (end == NULL || again != NULL)
		return CM_E_MALFORMED;
	*facts = cm_span_of(at, (size_t)(end - at));
	return CM_OK;
}
