#include <inttypes.h>

#include "codec/rfc3339.h"
#include "dossier/html.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

static void
put_claims(struct cm_buf *out, const struct cm_claim *claim, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		cm_buf_add_str(out, i > 0 ? "; " : "");
		cm_html_text(out, claim[i].name);
		cm_buf_add_str(out, ": ");
		if (claim[i].text != NULL)
			cm_html_text(out, claim[i].text);
		else
			cm_buf_add_str(out, "<em>not shown</em>");
	}
	if (n == 0)
		cm_buf_add_str(out, "<em>nothing is claimed</em>");
}

static void
step(struct cm_buf *out, const char *when, const char *what, const char *by)
{
	cm_buf_add_str(out, "<tr><td>");
	cm_html_text(out, when);
	cm_buf_printf(out, "</td><td>%s</td><td><code class=\"key\">", what);
	cm_html_text(out, by);
	cm_buf_add_str(out, "</code></td><td>");
}

void
cm_report_custody(struct cm_buf *out, const struct cm_dossier *d)
{
	size_t i;

	cm_buf_add_str(out, "<section id=\"custody\"><h2>Through whose hands</h2>\n"
			    "<p>Times and names here are each as their signer claims them. The key beside a "
			    "step signed it.</p>\n<table class=\"custody\"><thead><tr><th scope=\"col\">When"
			    "</th><th scope=\"col\">What</th><th scope=\"col\">Signed by</th>"
			    "<th scope=\"col\">As claimed</th></tr></thead><tbody>\n");
	for (i = 0; i < d->n_exhibits; i++) {
		step(out, d->exhibits[i].made, "sealed", d->exhibits[i].by);
		cm_buf_printf(out, "seal %zu; collected: ", i + 1);
		put_claims(out, d->exhibits[i].collected, d->exhibits[i].n_collected);
		cm_buf_add_str(out, "</td></tr>\n");
	}
	for (i = 0; i < d->n_handovers; i++) {
		step(out, d->handovers[i].at != NULL ? d->handovers[i].at : d->handovers[i].made,
		    "handed over", d->handovers[i].by);
		put_claims(out, d->handovers[i].claims, d->handovers[i].n_claims);
		cm_buf_add_str(out, "</td></tr>\n");
	}
	step(out, d->made, "disclosed", d->by);
	cm_buf_add_str(out, "this dossier");
	if (d->to != NULL) {
		cm_buf_add_str(out, ", to ");
		cm_html_text(out, d->to);
	}
	cm_buf_add_str(out, "</td></tr>\n</tbody></table></section>\n");
}

/* The earlier of what witnesses and a time stamp say. */
static void
put_latest(struct cm_buf *out, const struct cm_logged *l)
{
	char text[CM_RFC3339_LEN + 1];
	uint64_t at = l->not_later;

	if (l->stamp != NULL && (at == 0 || (uint64_t)l->stamp->not_later < at))
		at = (uint64_t)l->stamp->not_later;
	if (at == 0) {
		cm_buf_add_str(out, "<em>not shown</em>");
		return;
	}
	cm_rfc3339_format(at > (uint64_t)CM_RFC3339_MAX ? CM_RFC3339_MAX : (int64_t)at, text);
	cm_buf_add_str(out, text);
}

void
cm_report_logged(struct cm_buf *out, const struct cm_logged *logged, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	cm_buf_add_str(out, "<section id=\"existed\"><h2>Since when it existed</h2>\n"
			    "<p>Each statement existed not later than the time beside it, by the word of those "
			    "named, whom the receiver chose to believe. How much earlier, they do not say.</p>\n"
			    "<table class=\"custody\"><thead><tr><th scope=\"col\">Statement</th>"
			    "<th scope=\"col\">Existed not later than</th><th scope=\"col\">By whose word</th>"
			    "</tr></thead><tbody>\n");
	for (i = 0; i < n; i++) {
		cm_buf_add_str(out, "<tr><td>");
		cm_html_text(out, logged[i].file);
		cm_buf_add_str(out, "</td><td>");
		put_latest(out, &logged[i]);
		cm_buf_add_str(out, "</td><td>");
		cm_html_text(out, logged[i].text);
		cm_buf_add_str(out, "</td></tr>\n");
	}
	cm_buf_add_str(out, "</tbody></table></section>\n");
}

static void
put_command(struct cm_buf *out, const struct cm_shown_exhibit *x, size_t k)
{
	if (!x->has_opening || x->schema == NULL)
		return;
	if (x->schema->kind == CM_KIND_LINES)
		cm_buf_printf(out, "# the lines shown, without their numbers and the remarks between them\n"
				   "grep -av '^#' seal-%zu.txt | cut -f2-\n", k);
	else if (x->schema->kind == CM_KIND_RECORDS)
		cm_buf_printf(out, "# the records shown, and what is hidden in them\n"
				   "jq -c 'select(.row) | [.row, .not_shown, .record // .text]' seal-%zu.jsonl\n", k);
	else if (x->schema->kind == CM_KIND_BLOB)
		cm_buf_printf(out, "# the bytes shown, each where it was in the file, nothing in between (it may be "
				   "dangerous: do not run it)\n"
				   "xxd -r seal-%zu.hex part.bin\n", k);
}

static void
put_shown(struct cm_buf *out, const struct cm_shown_exhibit *x, size_t i)
{
	const struct cm_shows *s = &x->shows;
	size_t k;

	cm_buf_printf(out, "<tr><td>seal %zu</td><td class=\"num\">%" PRIu64 "</td><td class=\"num\">%" PRIu64
			   "</td><td class=\"num\">%" PRIu64 "</td><td>",
	    i + 1, x->table_rows, s->rows, x->table_rows - s->rows);
	if (s->capture) {
		cm_buf_printf(out, "headers %" PRIu64 ", contents %" PRIu64 ", checksums %" PRIu64
				   "; addresses named %" PRIu64 ", tied %" PRIu64,
		    s->headers, s->payload, s->mask, s->src_named + s->dst_named,
		    s->src_tied + s->dst_tied);
	} else {
		for (k = 0; k < s->n_columns; k++) {
			cm_buf_add_str(out, k > 0 ? ", " : "");
			cm_html_text(out, s->columns[k].name);
			cm_buf_printf(out, " %" PRIu64, s->columns[k].open);
		}
	}
	cm_buf_add_str(out, "</td></tr>\n");
}

static void
put_not_proven(struct cm_buf *out, const struct cm_dossier *d)
{
	size_t i, j;
	bool rests = false;

	for (i = 0; i < d->n_findings; i++) {
		for (j = 0; j < d->findings[i].body->n_cues; j++)
			rests |= d->findings[i].body->cues[j].rests != CM_RESTS_LOCAL;
	}
	cm_buf_add_str(out, "<h3>What it does not prove</h3>\n<ul class=\"limits\">\n");
	if (d->n_findings != 0)
		cm_buf_add_str(out, "<li><strong>Who did it.</strong> It says which packets did not come from "
		    "the host they name. It does not say whose machine sent them, where it stood, or on whose "
		    "orders.</li>\n");
	cm_buf_add_str(out, "<li><strong>That the bytes were true when they were sealed.</strong> A seal shows that nothing "
	    "was changed since. Whoever sealed could have sealed an invention; other people's captures and "
	    "logs of the same events speak to that.</li>\n"
	    "<li><strong>When it was sealed.</strong> The times in the statements are the signer's own "
	    "clock, those in the exhibits the collector's.</li>\n"
	    "<li><strong>What the rows not shown hold.</strong> The sender chose what to open");
	if (rests)
		cm_buf_add_str(out, ". Some signs rest on more than the accused packets: rows left shut could "
				    "speak against them");
	cm_buf_add_str(out, ".</li>\n<li><strong>That this is all there was.</strong> Other exhibits may exist "
			    "that the sender did not seal, or sealed and did not show.</li>\n</ul>\n");
}

void
cm_report_limits(struct cm_buf *out, const struct cm_dossier *d)
{
	size_t i;

	cm_buf_add_str(out, "<section id=\"limits\"><h2>What is shown, and what is not</h2>\n"
			    "<table><thead><tr><th scope=\"col\">Exhibit</th><th scope=\"col\">Rows sealed</th>"
			    "<th scope=\"col\">Rows with something shown</th><th scope=\"col\">Rows shut</th>"
			    "<th scope=\"col\">Cells shown</th></tr></thead><tbody>\n");
	for (i = 0; i < d->n_exhibits; i++)
		put_shown(out, &d->exhibits[i], i);
	cm_buf_add_str(out, "</tbody></table>\n");
	if (d->hides & CM_HIDE_ADDRESSES)
		cm_buf_add_str(out, "<p>The owner asked for addresses to be hidden. Equal hosts show as equal, "
				    "under one stand-in from 240.0.0.0/4 or 2001:db8::/32.</p>\n");
	if (d->hides & CM_HIDE_PAYLOAD)
		cm_buf_add_str(out, "<p>The owner asked for contents to be hidden.</p>\n");
	if (d->leaks_accepted != 0)
		cm_buf_printf(out, "<p>At %" PRIu64 " place%s, hidden values stand in cells that are shown; the "
				   "owner accepted that.</p>\n", d->leaks_accepted,
		    d->leaks_accepted == 1 ? "" : "s");
	put_not_proven(out, d);
	cm_buf_add_str(out, "</section>\n");
}

void
cm_report_commands(struct cm_buf *out, const struct cm_dossier *d)
{
	size_t i;

	cm_buf_add_str(out, "<section id=\"commands\"><h2>Check it with other tools</h2>\n"
	    "<p>None of these is ours. <code>SIGNERS</code> is a file with one line, "
	    "<code>NAME namespaces=\"statement@comity\" ssh-ed25519 AAAA...</code>: the sender's public key, "
	    "which you must have from the sender by another way than this file.</p>\n<pre>"
	    "unzip X.dossier -d x &amp;&amp; cd x\n"
	    "# who signed, and that nothing was changed since\n"
	    "ssh-keygen -Y verify -f SIGNERS -I NAME -n statement@comity \\\n"
	    "  -s disclosure.json.sig &lt; disclosure.json\n");
	cm_buf_add_str(out, "# the same for each *.json beside its *.json.sig\n"
	    "# that every file is the one the disclosure lists\n"
	    "jq -r '.predicate.files[] | .sha256 + \"  \" + .name' disclosure.json | sha256sum -c\n");
	for (i = 0; i < d->n_exhibits; i++) {
		put_command(out, &d->exhibits[i], i + 1);
		if (!d->exhibits[i].shows.capture || d->exhibits[i].shows.packets == 0)
			continue;
		cm_buf_printf(out, "# the packets shown, with their rows and what is shut\n"
				   "tshark -r seal-%zu.pcapng -Y 'frame.comment contains \"forged\"' \\\n"
				   "  -T fields -e frame.number -e ip.ttl -e ip.id -e frame.comment\n", i + 1);
	}
	cm_buf_add_str(out, "</pre>\n<p>That what is shown is what was sealed, and that findings come out of "
	    "it, takes <code>comity verify</code>, or a verifier of your own: the format is public "
	    "(<code>docs/formats.md</code>).</p></section>\n");
}
