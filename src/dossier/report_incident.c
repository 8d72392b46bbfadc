#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/pairs.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

static bool
any_in(const struct cm_ids *set, uint32_t seal)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (cm_packet_file(set->id[i]) == seal)
			return true;
	}
	return false;
}

/* Frames of ${set} in one exhibit, as "3, 5-9". */
static void
frames_of(struct cm_buf *out, const struct cm_finding *f, const struct cm_ids *set, uint32_t seal)
{
	uint64_t from = 0, to = 0, fr;
	bool any = false;
	size_t i;

	for (i = 0; i <= set->n; i++) {
		if (i < set->n && cm_packet_file(set->id[i]) != seal)
			continue;
		fr = i < set->n ? cm_finding_frame(f, set->id[i]) : 0;
		if (i < set->n && to != 0 && fr == to + 1) {
			to = fr;
			continue;
		}
		if (to != 0) {
			cm_buf_printf(out, "%s%" PRIu64, any ? ", " : "", from);
			if (to != from)
				cm_buf_printf(out, "%s%" PRIu64, to == from + 1 ? ", " : "-", to);
			any = true;
		}
		from = to = fr;
	}
}

void
cm_report_frames(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f,
    const struct cm_ids *set)
{
	bool any = false;
	uint32_t k;

	for (k = 0; k < d->n_exhibits; k++) {
		if (!any_in(set, k))
			continue;
		cm_buf_add_str(out, any ? "; " : "");
		if (d->n_exhibits > 1)
			cm_buf_printf(out, "file %" PRIu32 ": ", k + 1);
		frames_of(out, f, set, k);
		any = true;
	}
	if (!any)
		cm_buf_add_str(out, "none");
}

static void
rows_of(struct cm_buf *out, const struct cm_dossier *d, const struct cm_ids *set)
{
	bool any = false;
	uint32_t k;

	for (k = 0; k < d->n_exhibits; k++) {
		if (!any_in(set, k))
			continue;
		cm_buf_add_str(out, any ? "; " : "");
		if (d->n_exhibits > 1)
			cm_buf_printf(out, "seal %" PRIu32 ": ", k + 1);
		cm_words_rows(out, set, k);
		any = true;
	}
	if (!any)
		cm_buf_add_str(out, "-");
}

static void
fact(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f, const char *name,
    const struct cm_ids *set)
{
	if (set->n == 0)
		return;
	cm_buf_printf(out, "<tr><th scope=\"row\">%s</th><td>", name);
	cm_report_frames(out, d, f, set);
	cm_buf_add_str(out, "</td><td>");
	rows_of(out, d, set);
	cm_buf_add_str(out, "</td></tr>\n");
}

static void
put_packets(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	cm_buf_add_str(out, "<table class=\"facts\"><thead><tr><th scope=\"col\">Packets</th>"
			    "<th scope=\"col\">Frames in the original file</th>"
			    "<th scope=\"col\">Rows of the seal</th></tr></thead><tbody>\n");
	fact(out, d, f, "forged", &f->forged);
	fact(out, d, f, "genuine", &f->genuine);
	fact(out, d, f, "suspect", &f->suspect);
	fact(out, d, f, "answered or raced", &f->trigger);
	fact(out, d, f, "speak against the finding", &f->against);
	fact(out, d, f, "show how the host behaves", &f->support_host);
	fact(out, d, f, "all that the finding needs", &f->support);
	cm_buf_add_str(out, "</tbody></table>\n");
}

static void
put_cues(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	size_t i;

	cm_buf_add_str(out, "<h3>What speaks for it, sign by sign</h3>\n"
			    "<table class=\"cues\"><thead><tr><th scope=\"col\">Sign</th>"
			    "<th scope=\"col\">Rows</th><th scope=\"col\">Weight</th>"
			    "<th scope=\"col\">In ordinary traffic</th>"
			    "<th scope=\"col\">Rests on</th></tr></thead><tbody>\n");
	for (i = 0; i < f->n_cues; i++) {
		const struct cm_finding_cue *c = &f->cues[i];

		cm_buf_add_str(out, "<tr><td><code>");
		cm_html_text(out, c->name);
		cm_buf_add_str(out, "</code><br>");
		cm_html_text(out, cm_words_cue(c->name));
		cm_buf_add_str(out, "</td><td>");
		rows_of(out, d, &c->rows);
		cm_buf_printf(out, "</td><td class=\"num\">%+d bit%s</td><td>", c->bits,
		    c->bits == 1 || c->bits == -1 ? "" : "s");
		cm_html_text(out, c->base_rate);
		cm_buf_printf(out, "</td><td>%s</td></tr>\n", cm_words_rests(c->rests));
	}
	cm_buf_add_str(out, "</tbody></table>\n<p class=\"note\">Weights are set by rule and added up; signs "
			    "can depend on one another, so a sum is a rank, not a probability. The column "
			    "on ordinary traffic says what was counted. A sign that rests on these packets "
			    "alone cannot be undone by anything left out; the others could be.</p>\n");
}

static void
hand(struct cm_buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	cm_buf_printf(out, "<tr><th scope=\"row\">%s</th><td>", name);
	cm_html_text(out, value);
	cm_buf_add_str(out, "</td></tr>\n");
}

static void
put_fingerprint(struct cm_buf *out, const struct cm_fingerprint *p)
{
	if (!p->known)
		return;
	cm_buf_add_str(out, "<h3>The hand that made the forged packets</h3>\n<table class=\"facts\"><tbody>\n");
	hand(out, "IP identification", p->ipid);
	hand(out, "Don't-fragment bit", p->df);
	hand(out, "TTL", p->ttl);
	hand(out, "TCP window", p->window);
	hand(out, "TCP options", p->options);
	hand(out, "End of connection", p->fin);
	hand(out, "Resembles", p->name);
	cm_buf_add_str(out, "</tbody></table>\n");
	if (p->name != NULL)
		cm_buf_add_str(out, "<p class=\"note\">A resemblance is a lead, never proof of who did it: "
				    "a hand can be imitated.</p>\n");
}

static void
put_alternatives(struct cm_buf *out, const struct cm_finding *f)
{
	size_t i;

	cm_buf_add_str(out, "<h3>Ordinary causes that were tried</h3>\n");
	if (f->n_alternatives == 0) {
		cm_buf_add_str(out, "<p>None is on record.</p>\n");
		return;
	}
	cm_buf_add_str(out, "<ul class=\"alts\">\n");
	for (i = 0; i < f->n_alternatives; i++) {
		cm_buf_add_str(out, "<li>");
		cm_html_text(out, f->alternatives[i].name);
		cm_buf_add_str(out, f->alternatives[i].holds ? ": <strong>fits</strong></li>\n" :
							       ": does not fit</li>\n");
	}
	cm_buf_add_str(out, "</ul>\n");
	if (f->explained_by != NULL) {
		cm_buf_add_str(out, "<p>Taken as explained by: <strong>");
		cm_html_text(out, f->explained_by);
		cm_buf_add_str(out, "</strong>.</p>\n");
	}
}

/* Rows of ${set} of which column ${col} is not open. */
static uint64_t
count_shut(const struct cm_dossier *d, const struct cm_ids *set, size_t col, enum cm_cell_state least)
{
	const struct cm_shown_row *r;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		n += r == NULL || r->cell[col] == CM_CELL_SHUT || r->cell[col] < least;
	}
	return n;
}

static void
shut_item(struct cm_buf *out, uint64_t n, size_t of, const char *what)
{
	if (n != 0)
		cm_buf_printf(out, "<li>%s of %s%" PRIu64 " of these %zu packets</li>\n", what,
		    n == of ? "all " : "", n, of);
}

static void
put_shut(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *s = &f->support;
	uint64_t head = count_shut(d, s, CM_COL_HEADERS, CM_CELL_OPEN);
	uint64_t pay = count_shut(d, s, CM_COL_PAYLOAD, CM_CELL_OPEN);
	uint64_t mask = count_shut(d, s, CM_COL_MASK, CM_CELL_OPEN);
	uint64_t src = count_shut(d, s, CM_COL_SRC, CM_CELL_NAMED);
	uint64_t dst = count_shut(d, s, CM_COL_DST, CM_CELL_NAMED);

	cm_buf_add_str(out, "<h3>What the sender left shut here</h3>\n");
	if (head + pay + mask + src + dst == 0) {
		cm_buf_add_str(out, "<p>Nothing: every packet that this finding needs is shown in full.</p>\n");
		return;
	}
	cm_buf_add_str(out, "<ul>\n");
	shut_item(out, head, s->n, "header fields");
	shut_item(out, src, s->n, "the sending address");
	shut_item(out, dst, s->n, "the receiving address");
	shut_item(out, pay, s->n, "the contents");
	shut_item(out, mask, s->n, "checksums and link-layer addresses");
	cm_buf_add_str(out, "</ul>\n<p class=\"note\">An address that is not shown may still be tied: equal "
			    "hosts then show as equal, under one stand-in.</p>\n");
}

/* Comments in the pcapng carry the row, so that the filter needs no renumbering. */
static void
put_filter(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *set = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *r;
	uint32_t k;
	size_t i, n;

	cm_buf_add_str(out, "<h3>Look at it in Wireshark</h3>\n");
	for (k = 0; k < d->n_exhibits; k++) {
		if (!any_in(set, k))
			continue;
		cm_buf_printf(out, "<p>Accused packets in <code>seal-%" PRIu32 ".pcapng</code> of this "
				   "dossier:</p>\n<pre>", k + 1);
		for (i = n = 0; i < set->n; i++) {
			r = cm_packet_file(set->id[i]) == k ? cm_dossier_row(d, set->id[i]) : NULL;
			if (r != NULL && r->frame != 0)
				cm_buf_printf(out, "%sframe.number == %" PRIu64, n++ ? " || " : "", r->frame);
		}
		cm_buf_add_str(out, n == 0 ? "(they are not shown)" : "");
		cm_buf_add_str(out, "</pre>\n<p>and in the original file, for those who hold it:</p>\n<pre>");
		for (i = n = 0; i < set->n; i++) {
			if (cm_packet_file(set->id[i]) == k)
				cm_buf_printf(out, "%sframe.number == %" PRIu64, n++ ? " || " : "",
				    cm_finding_frame(f, set->id[i]));
		}
		cm_buf_add_str(out, "</pre>\n");
	}
}

/* Of each two hosts between which it accuses a packet: were all their rows shown? */
static void
put_completeness(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	struct cm_completeness c[CM_COMPLETENESS_MAX];
	size_t n = cm_completeness(d, f, c), i;
	struct cm_buf text = { 0 };

	for (i = 0; i < n; i++) {
		cm_buf_clear(&text);
		cm_words_completeness(&text, d, &c[i]);
		cm_buf_add_str(out, "<p class=\"complete\"><strong>Shown of these hosts:</strong> ");
		cm_html_span(out, cm_buf_span(&text));
		cm_buf_add_str(out, ".</p>\n");
	}
	out->failed |= !cm_buf_ok(&text);
	cm_buf_release(&text);
}

void
cm_report_finding(struct cm_buf *out, const struct cm_dossier *d, size_t i, const char *outcome)
{
	const struct cm_finding *f = d->findings[i].body;
	struct cm_buf text = { 0 };

	cm_buf_printf(out, "<section class=\"incident v-%s\" id=\"i%zu\">\n<h2>%zu. %s</h2>\n",
	    cm_verdict_word(f->verdict), i + 1, i + 1, cm_words_type(f->type));
	cm_buf_printf(out, "<p class=\"verdict\"><strong>%s</strong> &middot; %d bits",
	    cm_verdict_word(f->verdict), f->bits);
	cm_report_evidence_of(out, cm_dossier_evidence_finding(d, i));
	cm_buf_add_str(out, "</p>\n");
	cm_words_incident(&text, d, f);
	cm_buf_add_str(out, "<p class=\"lead\">");
	cm_html_span(out, cm_buf_span(&text));
	cm_buf_add_str(out, "</p>\n");
	out->failed |= !cm_buf_ok(&text);
	cm_buf_release(&text);
	if (outcome != NULL) {
		cm_buf_add_str(out, "<p class=\"own\"><strong>Checked here:</strong> ");
		cm_html_text(out, outcome);
		cm_buf_add_str(out, "</p>\n");
	}
	put_completeness(out, d, f);
	cm_report_flow(out, d, f);
	put_packets(out, d, f);
	cm_report_bytes(out, d, f);
	put_cues(out, d, f);
	put_fingerprint(out, &f->fingerprint);
	put_alternatives(out, f);
	put_shut(out, d, f);
	put_filter(out, d, f);
	cm_buf_add_str(out, "</section>\n");
}
