#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/rejoin.h"
#include "dossier/report_bars.h"
#include "dossier/report_parts.h"
#include "dossier/report_place.h"
#include "dossier/words.h"

struct putting {
	struct cm_buf *out;
	const struct cm_dossier *d;
	size_t i;
	const struct cm_shown_chain *shown;
	const struct cm_chain_v1 *c;
	struct cm_rejoined j;
	struct cm_arena *arena;
};

#define SCRIPTS_SHOWN 20u
#define TARGETS_SHOWN 20u

/* In words and tables. */

static void
put_lead(const struct putting *p)
{
	const struct cm_rejoined *j = &p->j;

	cm_buf_add_str(p->out, "<p class=\"lead\">");
	if (j->target == NULL) {
		cm_buf_add_str(p->out, "What the forged answers would have asked for is not shown.</p>\n");
		return;
	}
	cm_buf_printf(p->out, "%zu forged answer%s, read without running %s, would have had those who got %s ask ", j->read,
	    j->read == 1 ? "" : "s", j->read == 1 ? "it" : "them", j->read == 1 ? "it" : "them");
	cm_html_text(p->out, j->target->host);
	cm_buf_add_str(p->out, " for <code>");
	cm_html_text(p->out, j->target->path);
	cm_buf_add_str(p->out, "</code>. That is what the flood");
	cm_buf_printf(p->out, "%s for, and %" PRIu64 " client%s that got it did ask.</p>\n",
	    p->c->n_floods == 1 ? " asks" : "s ask", j->clients, j->clients == 1 ? "" : "s");
}

static void
put_targets(const struct putting *p)
{
	const struct cm_script *s = &p->j.script;
	size_t i;

	if (p->j.script_at == SIZE_MAX)
		return;
	cm_buf_add_str(p->out, "<h3>What the script would have asked for</h3>\n<p class=\"note\">Unwrapped by substitution and decoding "
			       "only; nothing was run.</p>\n<table class=\"facts\"><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">"
			       "Host</th><th scope=\"col\">Path</th><th scope=\"col\">Layer</th></tr></thead><tbody>\n");
	for (i = 0; i < s->n_targets && i < TARGETS_SHOWN; i++) {
		cm_buf_printf(p->out, "<tr><td>%zu</td><td><code>", i);
		cm_html_text(p->out, s->targets[i].host);
		cm_buf_add_str(p->out, "</code></td><td><code>");
		cm_html_text(p->out, s->targets[i].path);
		cm_buf_printf(p->out, "</code></td><td>%u</td></tr>\n", s->targets[i].layer);
	}
	cm_buf_add_str(p->out, "</tbody></table>\n");
	if (s->n_targets > TARGETS_SHOWN)
		cm_buf_printf(p->out, "<p class=\"note\">And %zu more.</p>\n", s->n_targets - TARGETS_SHOWN);
	if (s->cut != NULL) {
		cm_buf_add_str(p->out, "<p class=\"note\">Not looked at: ");
		cm_html_text(p->out, s->cut);
		cm_buf_add_str(p->out, ".</p>\n");
	}
}

/* What the forged answers came in place of. */
static void
put_places(const struct putting *p)
{
	struct cm_places places;
	uint64_t rest;
	size_t i;

	cm_report_places(p->d, p->i, &places);
	rest = places.all;
	cm_buf_add_str(p->out, "<h3>What clients had asked for</h3>\n");
	cm_bars_begin(p->out, "In place of", 0);
	for (i = 0; i < places.n; i++) {
		struct cm_buf text = { 0 };

		cm_buf_add_span(&text, places.at[i].host);
		cm_buf_add_span(&text, places.at[i].path);
		cm_bars_line(p->out, cm_span_part(cm_buf_span(&text), 0, 255), places.at[i].n, places.all);
		rest -= places.at[i].n;
		p->out->failed |= !cm_buf_ok(&text);
		cm_buf_release(&text);
	}
	cm_bars_end(p->out, "others, and what is not shown", rest, places.all);
	cm_buf_add_str(p->out, "<p class=\"note\">Of all forged answers of the chain, by the requests that are open.</p>\n");
}

static void
put_scripts(const struct putting *p)
{
	size_t i;

	cm_buf_add_str(p->out, "<h3>Where the scripts came</h3>\n<details><summary>The findings and rows</summary>\n<table class=\"facts\"><thead><tr><th scope=\"col\">Finding</th>"
			       "<th scope=\"col\">Seal</th><th scope=\"col\">Rows</th></tr></thead><tbody>\n");
	for (i = 0; i < p->c->n_scripts && i < SCRIPTS_SHOWN; i++) {
		const struct cm_chain_v1_script *s = &p->c->scripts[i];
		uint32_t seal = cm_packet_file(s->rows.id[0]);

		cm_buf_printf(p->out, "<tr><td><a href=\"#i%zu\">%zu</a></td><td>%u</td><td>", p->shown->findings[i] + 1,
		    p->shown->findings[i] + 1, seal + 1);
		cm_words_rows(p->out, &s->rows, seal);
		cm_buf_add_str(p->out, "</td></tr>\n");
	}
	cm_buf_add_str(p->out, "</tbody></table></details>\n");
	if (p->c->n_scripts > SCRIPTS_SHOWN)
		cm_buf_printf(p->out, "<p class=\"note\">And %zu more.</p>\n", p->c->n_scripts - SCRIPTS_SHOWN);
}

static void
put_clock(const struct putting *p, size_t flood)
{
	const struct cm_traffic_v1 *t = p->d->traffic[p->shown->traffic[flood]].body;
	uint32_t clock = p->shown->clock[cm_packet_file(t->support.id[0])];
	const struct cm_chain_v1_clock *k;

	if (clock == UINT32_MAX) {
		cm_buf_add_str(p->out, "not stated");
		return;
	}
	k = &p->c->clock[clock];
	if (k->how == CM_CHAIN_CLOCK_SAME)
		cm_buf_add_str(p->out, "the scripts' own");
	else if (k->how == CM_CHAIN_CLOCK_UNKNOWN)
		cm_buf_add_str(p->out, "unknown: nothing was seen by both");
	else if (k->how == CM_CHAIN_CLOCK_ONE_WAY)
		cm_buf_printf(p->out, "one bound only, by %" PRIu64 " packets", k->matched);
	else {
		cm_buf_add_str(p->out, "ahead by ");
		cm_words_seconds(p->out, k->least_ns);
		cm_buf_add_str(p->out, " to ");
		cm_words_seconds(p->out, k->most_ns);
		cm_buf_printf(p->out, ", by %" PRIu64 " seen by both", k->matched);
	}
}

static void
put_floods(const struct putting *p)
{
	size_t i;

	cm_buf_add_str(p->out, "<h3>The floods that ask for it</h3>\n<table class=\"facts\"><thead><tr><th scope=\"col\">Flood</th>"
			       "<th scope=\"col\">Requests shown</th><th scope=\"col\">of them for the host</th><th scope=\"col\">below "
			       "a path of it</th><th scope=\"col\">Its clock</th></tr></thead><tbody>\n");
	for (i = 0; i < p->c->n_floods; i++) {
		const struct cm_rejoined_flood *f = &p->j.floods[i];

		cm_buf_printf(p->out, "<tr><td><a href=\"#t%zu\">T%zu</a></td>", p->shown->traffic[i] + 1, p->shown->traffic[i] + 1);
		if (f->requests == 0)
			cm_buf_printf(p->out, "<td colspan=\"3\">%s</td><td>", f->by_address ?
			    "shows no names; it goes to the address at which clients asked for the host" :
			    "does not show what it asks for");
		else
			cm_buf_printf(p->out, "<td class=\"num\">%" PRIu64 "</td><td class=\"num\">%" PRIu64
					      "</td><td class=\"num\">%" PRIu64 "</td><td>", f->requests, f->named, f->asked);
		put_clock(p, i);
		cm_buf_add_str(p->out, "</td></tr>\n");
	}
	cm_buf_add_str(p->out, "</tbody></table>\n");
}

static void
put_table(const struct putting *p)
{
	const struct cm_chain_v1 *c = p->c;

	cm_buf_add_str(p->out, "<h3>Could it be chance?</h3>\n");
	cm_report_fourfold(p->out, c);
	if (c->p_milli == 0)
		cm_buf_add_str(p->out, "<p>Such a table is what chance would give.");
	else
		cm_buf_printf(p->out, "<p>If it were chance, so uneven a table would come with a probability of at most <strong>10"
				      "<sup>&minus;%" PRIu32 ".%" PRIu32 "</sup></strong> (Fisher's exact test, one-sided).",
		    c->p_milli / 1000, c->p_milli / 100 % 10);
	cm_buf_printf(p->out, " Of the first field %" PRIu64 " of %" PRIu64 " are shown with the request they made; the rest of the "
			      "table is the sender's word.</p>\n", p->j.clients, c->a);
}

static void
put_lags(const struct putting *p)
{
	const struct cm_rejoined *j = &p->j;

	if (j->lags == 0)
		return;
	cm_buf_add_str(p->out, "<h3>How soon</h3>\n");
	cm_report_lags(p->out, j->lag, (size_t)j->lags);
	cm_buf_add_str(p->out, "<p>From script to first request: ");
	cm_words_seconds(p->out, j->least_ns);
	cm_buf_add_str(p->out, " to ");
	cm_words_seconds(p->out, j->most_ns);
	cm_buf_add_str(p->out, ", half of them within ");
	cm_words_seconds(p->out, j->median_ns);
	if (j->unsure_ns > 0) {
		cm_buf_add_str(p->out, ", unsure by ");
		cm_words_seconds(p->out, j->unsure_ns);
	}
	cm_buf_printf(p->out, " (%" PRIu64 " clients). ", j->lags);
	if (j->before > 0)
		cm_buf_printf(p->out, "%" PRIu64 " asked before it came.", j->before);
	cm_buf_add_str(p->out, "</p>\n");
}

static void
put_rivals(struct cm_buf *out)
{
	cm_buf_add_str(out, "<h3>Other explanations</h3>\n<ul class=\"alts\">\n"
	    "<li>The page that these clients opened asks for the target anyway: then clients without the script ask as often, which "
	    "is what the table is about.</li>\n"
	    "<li>The clients are busy: who asks for much gets more scripts, and asks more for anything. The times between script "
	    "and request speak to that.</li>\n"
	    "<li>Somebody else's script with the same aim: the bodies shown say what these would have asked for, not that nothing "
	    "else did.</li>\n</ul>\n<h3>What this does not prove</h3>\n<ul class=\"limits\">\n"
	    "<li>Who injected the script, or where.</li>\n"
	    "<li>That clients of the flood which are not in the scripts' capture got it, too.</li>\n"
	    "<li>The three other fields of the table.</li>\n</ul>\n");
}

static void
put_chain(const struct putting *p, const char *outcome)
{
	cm_buf_printf(p->out, "<section class=\"incident v-chain\" id=\"c%zu\">\n<h2>C%zu. %s</h2>\n", p->i + 1,
	    p->i + 1, cm_words_chain(p->c));
	cm_buf_add_str(p->out, "<p class=\"verdict\"><strong>joined</strong>");
	cm_report_evidence_of(p->out, cm_dossier_evidence_chain(p->d, p->i));
	cm_buf_add_str(p->out, "</p>\n");
	put_lead(p);
	if (outcome != NULL) {
		cm_buf_add_str(p->out, "<p class=\"own\"><strong>Checked here:</strong> ");
		cm_html_text(p->out, outcome);
		cm_buf_add_str(p->out, "</p>\n");
	}
	put_places(p);
	put_targets(p);
	put_floods(p);
	put_table(p);
	put_lags(p);
	put_scripts(p);
	put_rivals(p->out);
	cm_buf_add_str(p->out, "</section>\n");
}

void
cm_report_chain(struct cm_buf *out, const struct cm_dossier *d, size_t i, const char *outcome)
{
	struct putting p = { .out = out, .d = d, .i = i, .shown = &d->chains[i], .c = d->chains[i].body };
	struct cm_arena arena;

	cm_arena_init(&arena, 0);
	p.arena = &arena;
	if (cm_rejoin(d, i, &arena, &p.j) == CM_OK)
		put_chain(&p, outcome);
	else
		out->failed = true;
	cm_arena_fini(&arena);
}
