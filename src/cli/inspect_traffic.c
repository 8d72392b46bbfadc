/* Floods, surges and scans, in words. */
#include <inttypes.h>

#include "base/time.h"
#include "capture/host.h"
#include "cli/inspect_places.h"

#define MILLION INT64_C(1000000)
#define SPARK_WIDTH 60u

/* "37.5 %" of parts per million. */
static void
percent(struct cm_buf *b, int64_t ppm)
{
	cm_buf_printf(b, "%" PRId64 ".%" PRId64 " %%", ppm / 10000, ppm / 1000 % 10);
}

void
cm_inspect_seconds(struct cm_buf *b, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	cm_buf_printf(b, "%s%" PRIu64 ".%03" PRIu64 " s", ns < 0 ? "-" : "", size / 1000000000, size / 1000000 % 1000);
}

/* A sentence without its full stop, to go on behind it. */
static void
clause(struct cm_buf *b, const char *sentence)
{
	struct cm_span s = cm_span_str(sentence);

	if (s.len > 0 && s.ptr[s.len - 1] == '.')
		s.len--;
	cm_buf_add_span(b, s);
}

static const char *
what_it_is(enum cm_traffic_kind kind)
{
	static const char *const says[CM_TRAFFIC_KINDS] = {
		"openings of connections that are not completed",
		"packets far beyond what the host is used to",
		"answers over TCP that nobody asked for",
		"large answers over UDP that nobody asked for",
		"fragments of datagrams that never begin",
		"requests with a common cause",
		"requests for addresses, from ever new hardware addresses",
		"attempts to open connections to ever other places",
		"connections that are opened and closed with nothing said",
		"datagrams to ever other places",
	};

	return says[kind];
}

static void
host(struct cm_buf *b, const struct cm_host *h, const char *many)
{
	char text[CM_HOST_TEXT];

	if (h->net == 0) {
		cm_buf_add_str(b, many);
		return;
	}
	cm_host_text(h, text);
	cm_buf_add_str(b, text);
}

static void
tell_place(struct cm_paragraph *p, const struct cm_traffic_finding *f, const char *file, bool is_log)
{
	char from[CM_TIME_TEXT];

	cm_time_text(f->from_ns, from);
	cm_buf_printf(&p->text, "%s, %s %" PRIu64 " to %" PRIu64 ", from %s on for ", file,
	    is_log ? "lines" : "frames", cm_packet_frame(f->first), cm_packet_frame(f->last), from);
	cm_inspect_seconds(&p->text, f->to_ns - f->from_ns);
	if (f->cut_begin || f->cut_end)
		cm_buf_printf(&p->text, " (it was going on where the %s %s)", is_log ? "log" : "capture",
		    f->cut_begin && f->cut_end ? "begins and ends" : f->cut_begin ? "begins" : "ends");
	cm_paragraph_end(p, 3, 3);
}

static void
tell_flood(struct cm_paragraph *p, const struct cm_traffic_finding *f, bool is_log)
{
	const char *what = is_log || f->http != NULL ? "requests" : "packets";

	cm_buf_printf(&p->text, "What happened: %" PRIu64 " %s from about %" PRIu64 " source%s to ", f->packets, what,
	    f->sources, f->sources == 1 ? "" : "s");
	if (f->http != NULL && f->http->name != NULL && f->http->name[0] != '\0')
		cm_buf_printf(&p->text, "%s at ", f->http->name);
	host(&p->text, &f->target, is_log ? "this server" : "many hosts");
	if (f->port != 0)
		cm_buf_printf(&p->text, " port %u", f->port);
	cm_buf_printf(&p->text, ", %" PRIu64 " a second, %" PRIu64 " in the fullest one", f->mean_per_s,
	    f->peak_per_s);
	if (f->service != NULL)
		cm_buf_printf(&p->text, "; answers of %s", f->service);
	cm_buf_printf(&p->text, ": %s.", what_it_is(f->kind));
	cm_paragraph_end(p, 3, 6);
}

static void
tell_scan(struct cm_paragraph *p, const struct cm_traffic_finding *f)
{
	cm_buf_add_str(&p->text, "What happened: ");
	host(&p->text, &f->source, "several hosts together");
	cm_buf_printf(&p->text, " tried %" PRIu64 " places (about %" PRIu64 " host%s, %" PRIu64 " port%s) with %" PRIu64
				" packets%s: %s.",
	    f->targets, f->hosts, f->hosts == 1 ? "" : "s", f->ports, f->ports == 1 ? "" : "s", f->packets,
	    f->slow ? ", slowly" : "", what_it_is(f->kind));
	cm_paragraph_end(p, 3, 6);
}

static void
counted(struct cm_paragraph *p, const char *what, const struct cm_traffic_count *c, uint32_t n, uint64_t seen,
    uint64_t all)
{
	if (n == 0)
		return;
	cm_buf_printf(&p->text, "%s (about %" PRIu64 "): ", what, seen);
	for (uint32_t i = 0; i < n && i < 4; i++) {
		cm_buf_printf(&p->text, "%s%s ", i > 0 ? ", " : "", c[i].text);
		percent(&p->text, all == 0 ? 0 : (int64_t)(c[i].n * (uint64_t)MILLION / all));
	}
	cm_paragraph_end(p, 3, 13);
}

static void
tell_http(struct cm_paragraph *p, const struct cm_traffic_http *h)
{
	counted(p, "Paths", h->paths, h->n_paths, h->paths_seen, h->requests);
	counted(p, "Referring sites", h->referers, h->n_referers, h->referers_seen, h->requests);
	counted(p, "Browsers", h->agents, h->n_agents, h->agents_seen, h->requests);
	if (h->buster != NULL) {
		percent(&p->text, h->busted_ppm);
		cm_buf_printf(&p->text, " of the requests carry %s, so that no cache can answer.", h->buster);
		cm_paragraph_end(p, 3, 6);
	}
	if (h->period_ms > 0) {
		percent(&p->text, h->period_ppm);
		cm_buf_printf(&p->text, " of the clients ask every %" PRIu32 ".%" PRIu32 " s.", h->period_ms / 1000,
		    h->period_ms / 100 % 10);
		cm_paragraph_end(p, 3, 6);
	}
	if (h->shared != NULL) {
		cm_buf_printf(&p->text, "What the referring sites share: scripts of %s (", h->shared);
		percent(&p->text, h->shared_ppm);
		cm_buf_add_str(&p->text, " of them).");
		cm_paragraph_end(p, 3, 6);
	}
}

static void
tell_usual(struct cm_paragraph *p, const struct cm_traffic_finding *f)
{
	const struct cm_baseline *b = &f->baseline;

	switch (b->how) {
	case CM_BASELINE_NONE:
		cm_buf_add_str(&p->text, "Usual: not known, the capture has nothing to compare with.");
		break;
	case CM_BASELINE_BEFORE:
	case CM_BASELINE_OTHERS:
		cm_buf_printf(&p->text, "Usual: %" PRIu64 ".%03" PRIu64 " a second, learnt from %" PRIu64 " s of %s.",
		    b->milli / 1000, b->milli % 1000, b->span_ms / 1000,
		    b->how == CM_BASELINE_BEFORE ? "the same target" : "other targets");
		break;
	}
	cm_paragraph_end(p, 3, 6);
}

static void
tell_signs(struct cm_paragraph *p, const struct cm_traffic_finding *f, bool against)
{
	for (size_t i = 0; i < f->n_signs; i++) {
		const struct cm_traffic_sign *s = &f->signs[i];

		if (s->kind->against != against)
			continue;
		cm_buf_printf(&p->text, "%s %s, ", against ? "Against:" : "Sign:", s->kind->name);
		if (cm_span_eq(cm_span_str(s->kind->unit), cm_span_str("ppm")))
			percent(&p->text, s->value);
		else
			cm_buf_printf(&p->text, "%" PRId64 "%s%s", s->value, s->kind->unit[0] == '\0' ? "" : " ",
			    s->kind->unit);
		cm_buf_add_str(&p->text, ": ");
		clause(&p->text, s->kind->says);
		cm_buf_printf(&p->text, "; base rate: %s", s->kind->base_rate);
		cm_paragraph_end(p, 3, 13);
	}
}

static void
change(struct cm_paragraph *p, bool *any, const char *what, int64_t before, int64_t during, bool ppm)
{
	if (during < 0)
		return;
	cm_buf_printf(&p->text, "%s%s ", *any ? "; " : "What it did: ", what);
	*any = true;
	if (before >= 0) {
		if (ppm)
			percent(&p->text, before);
		else
			cm_buf_printf(&p->text, "%" PRId64 " ms", before);
		cm_buf_add_str(&p->text, " before, ");
	}
	if (ppm)
		percent(&p->text, during);
	else
		cm_buf_printf(&p->text, "%" PRId64 " ms", during);
	cm_buf_add_str(&p->text, " during");
}

static void
tell_effect(struct cm_paragraph *p, const struct cm_effect *e)
{
	char when[CM_TIME_TEXT];
	bool any = false;

	change(p, &any, "openings answered", e->syn_answered_ppm[0], e->syn_answered_ppm[1], true);
	change(p, &any, "requests answered", e->answered_ppm[0], e->answered_ppm[1], true);
	change(p, &any, "time to an answer", e->answer_ms[0], e->answer_ms[1], false);
	change(p, &any, "answers that are errors", e->errors_ppm[0], e->errors_ppm[1], true);
	if (e->degraded) {
		cm_time_text(e->degraded_ns, when);
		cm_buf_printf(&p->text, "%sthe service is worse from %s on", any ? "; " : "What it did: ", when);
		any = true;
	}
	if (e->recovered) {
		cm_time_text(e->recovered_ns, when);
		cm_buf_printf(&p->text, ", well again from %s on", when);
	}
	if (any) {
		cm_buf_add_str(&p->text, ".");
		cm_paragraph_end(p, 3, 6);
	}
	if (e->unseen == NULL)
		return;
	cm_buf_add_str(&p->text, "Not seen: ");
	clause(&p->text, e->unseen);
	cm_buf_add_str(&p->text, ".");
	cm_paragraph_end(p, 3, 6);
}

static uint64_t
bin_of(const struct cm_traffic_series *s, uint32_t column, uint32_t width)
{
	uint32_t first = (uint32_t)((uint64_t)column * s->n / width), k;
	uint32_t end = (uint32_t)((uint64_t)(column + 1) * s->n / width);
	uint64_t most = 0;

	for (k = first; k < end || k == first; k++)
		most = s->in[k] > most ? s->in[k] : most;
	return most;
}

/* The rate as a row of bars, for terminals that draw them. */
static void
draw(struct cm_paragraph *p, const struct cm_traffic_series *s)
{
	static const char *const bar[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	uint32_t width, i;
	uint64_t most = 0;

	if (s == NULL || s->n < 2)
		return;
	width = s->n < SPARK_WIDTH ? s->n : SPARK_WIDTH;
	for (i = 0; i < s->n; i++)
		most = s->in[i] > most ? s->in[i] : most;
	if (most == 0)
		return;
	fputs("   Over time: |", p->f);
	for (i = 0; i < width; i++)
		fputs(bar[(bin_of(s, i, width) * 8 + most - 1) / most], p->f);
	fputs("|\n", p->f);
}

static const char *
not_proven(const struct cm_traffic_finding *f)
{
	switch (f->verdict) {
	case CM_TRAFFIC_FLOOD:
		return "who is behind it; addresses of sources may be forged or those of people who do not know";
	case CM_TRAFFIC_SURGE:
		return "that it is an attack: a crowd, a job or a test can look like this";
	case CM_TRAFFIC_SCAN:
		return "what for, or that anything was found; surveys, monitors and broken programs scan, too";
	}
	return "anything";
}

void
cm_inspect_traffic(struct cm_paragraph *p, const struct cm_paint *paint, const struct cm_traffic_finding *f,
    const struct cm_traffic_told *told)
{
	const char *colour = f->verdict == CM_TRAFFIC_FLOOD ? paint->red : paint->yellow;

	fprintf(p->f, "%zu. %s%s%s: %s%s%s\n", told->number, colour, cm_traffic_verdict_word(f->verdict),
	    paint->plain, cm_traffic_kind_word(f->kind), f->service != NULL ? ", " : "",
	    f->service != NULL ? f->service : "");
	tell_place(p, f, told->file, told->is_log);
	if (f->verdict == CM_TRAFFIC_SCAN)
		tell_scan(p, f);
	else
		tell_flood(p, f, told->is_log);
	draw(p, f->series);
	if (f->http != NULL)
		tell_http(p, f->http);
	tell_usual(p, f);
	tell_signs(p, f, false);
	tell_signs(p, f, true);
	if (f->verdict != CM_TRAFFIC_SCAN)
		tell_effect(p, &f->effect);
	if (f->name != NULL) {
		cm_buf_printf(&p->text, "Resembles %s (a likeness, no proof).", f->name);
		cm_paragraph_end(p, 3, 6);
	}
	cm_buf_printf(&p->text, "Not proven: %s.", not_proven(f));
	cm_paragraph_end(p, 3, 6);
	fputc('\n', p->f);
}
