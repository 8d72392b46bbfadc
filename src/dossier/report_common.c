/* What is common to what came: counted from the rows that are open. */
#include <stdlib.h>

#include "dossier/html.h"
#include "dossier/report_bars.h"
#include "dossier/report_clients.h"
#include "dossier/report_parts.h"

static void
put_list(struct cm_buf *out, const char *title, const struct cm_traffic_count *c, uint32_t n, uint64_t seen, uint64_t all)
{
	uint64_t rest = all;
	uint32_t i;

	if (n == 0)
		return;
	cm_bars_begin(out, title, seen);
	for (i = 0; i < n && i < CM_TRAFFIC_TOP && cm_bars_worth(i, c[i].n, all); i++) {
		cm_bars_line(out, cm_span_str(c[i].text), c[i].n, all);
		rest -= c[i].n < rest ? c[i].n : rest;
	}
	cm_bars_end(out, "all others, and none", rest, all);
}

static void
put_habits(struct cm_buf *out, const struct cm_traffic_http *h)
{
	cm_buf_add_str(out, "<ul class=\"habits\">\n");
	if (h->name != NULL && h->name[0] != 0) {
		cm_buf_add_str(out, "<li>All ask for <code>");
		cm_html_text(out, h->name);
		cm_buf_add_str(out, "</code>.</li>\n");
	}
	if (h->buster != NULL) {
		cm_buf_add_str(out, "<li><strong>");
		cm_words_ppm(out, h->busted_ppm);
		cm_buf_add_str(out, "</strong> carry something new each time (");
		cm_html_text(out, h->buster);
		cm_buf_add_str(out, "), so that no cache can answer.</li>\n");
	}
	if (h->period_ms != 0) {
		cm_buf_add_str(out, "<li><strong>");
		cm_words_ppm(out, h->period_ppm);
		cm_buf_add_str(out, "</strong> of the clients ask again every ");
		cm_words_seconds(out, (int64_t)h->period_ms * 1000000);
		cm_buf_add_str(out, ".</li>\n");
	}
	if (h->shared != NULL) {
		cm_buf_add_str(out, "<li><strong>");
		cm_words_ppm(out, h->shared_ppm);
		cm_buf_add_str(out, "</strong> of the referring sites have scripts of <code>");
		cm_html_text(out, h->shared);
		cm_buf_add_str(out, "</code> in common.</li>\n");
	}
	cm_buf_add_str(out, "</ul>\n");
}

static void
put_http(struct cm_buf *out, const struct cm_traffic_http *h)
{
	put_habits(out, h);
	put_list(out, "Path asked for", h->paths, h->n_paths, h->paths_seen, h->requests);
	put_list(out, "Referring site", h->referers, h->n_referers, h->referers_seen, h->requests);
	put_list(out, "Browser, as it calls itself", h->agents, h->n_agents, h->agents_seen, h->requests);
}

/* The period that the sender states; 0: none. */
static int64_t
period_of(const struct cm_traffic_v1 *t)
{
	const struct cm_traffic_sign *s = cm_traffic_sign_of(t->claimed.signs, t->claimed.n_signs, "period");

	s = s == NULL ? cm_traffic_sign_of(t->drawn.signs, t->drawn.n_signs, "period") : s;
	return s == NULL || s->value <= 0 || s->value > 3600000 ? 0 : s->value * 1000000;
}

void
cm_report_common(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_recounted *again)
{
	const struct cm_traffic_finding *f = again->found;
	struct cm_clients c = { .d = d, .i = i, .period_ns = period_of(d->traffic[i].body) };
	struct cm_sent *sent = NULL;

	if (f == NULL || f->verdict == CM_TRAFFIC_SCAN)
		return;
	if (cm_sent_list(again, &sent, &c.n) != CM_OK) {
		out->failed = true;
		return;
	}
	c.sent = sent;
	cm_buf_printf(out, "<h3>%s</h3>\n<p class=\"note\">Counted here from the rows that are open.</p>\n",
	    f->http != NULL ? "What the requests have in common, and who sends them" : "Who sends it");
	if (f->http != NULL)
		put_http(out, f->http);
	cm_report_top_clients(out, &c);
	cm_report_clients_over_time(out, &c);
	if (f->http != NULL)
		cm_report_gaps(out, &c);
	else
		cm_report_octets(out, &c);
	free(sent);
}
