/* What was read, what was checked, what could not be seen, and what was damaged. */
#include <inttypes.h>

#include "cli/inspect.h"
#include "worker/summary_json.h"

enum { TROUBLES_SHOWN = 10 };

static const char *
name_of(const struct cm_file_names *names, uint32_t file)
{
	return file < names->n ? names->name[file] : "?";
}

static bool
same_cause(const struct cm_incident *a, const struct cm_incident *b)
{
	return a->verdict == CM_VERDICT_EXPLAINED && b->verdict == CM_VERDICT_EXPLAINED &&
	    cm_span_eq(cm_span_str(a->explained_by), cm_span_str(b->explained_by));
}

/* How many of the incidents before number ${end} of place ${k} have the cause of ${inc}; all: SIZE_MAX. */
static size_t
count_cause(const struct cm_survey *s, const struct cm_incident *inc, size_t place, size_t end)
{
	size_t n = 0;

	for (size_t k = 0; k < s->n && k <= place; k++) {
		const struct cm_engine *e = s->vantage[k].engine;

		for (size_t i = 0; i < cm_engine_count(e) && (k < place || i < end); i++)
			n += same_cause(cm_engine_incident(e, i), inc);
	}
	return n;
}

/* "keep-alive (31), padding (2)": each name once, in order of appearance. */
static void
explained(struct cm_paragraph *p, const struct cm_survey *s)
{
	bool any = false;

	for (size_t k = 0; k < s->n; k++) {
		for (size_t i = 0; i < cm_engine_count(s->vantage[k].engine); i++) {
			const struct cm_incident *inc = cm_engine_incident(s->vantage[k].engine, i);

			if (inc->verdict != CM_VERDICT_EXPLAINED || count_cause(s, inc, k, i) > 0)
				continue; /* there are few of the others */
			cm_buf_printf(&p->text, "%s%s (%zu)", any ? ", " : "Looked odd and is explained: ",
			    inc->explained_by, count_cause(s, inc, s->n, 0));
			any = true;
		}
	}
	if (!any)
		return;
	cm_buf_add_str(&p->text, ".");
	cm_paragraph_end(p, 0, 2);
}

static void
checked(struct cm_paragraph *p, const struct cm_scan_summary *s, const struct cm_engine_stats *stats)
{
	cm_buf_printf(&p->text,
	    "Checked: %" PRIu64 " of %" PRIu64 " frames, %" PRIu64 " TCP and %" PRIu64
	    " UDP flows, %" PRIu64 " DNS messages, for conflicting data, segments that the host's own "
	    "stack would not send, forged resets, forged DNS answers and hijacked handshakes.",
	    s->selected, s->frames, stats->tcp_flows, stats->udp_flows, stats->dns_messages);
	cm_paragraph_end(p, 0, 2);
}

static void
not_seen(struct cm_paragraph *p, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	cm_buf_add_str(&p->text, p->text.len == 0 ? "Could not be seen: " : "; ");
	cm_buf_printf(&p->text, "%" PRIu64 "%s", n, n == 1 ? one : many);
}

static void
unseen(struct cm_paragraph *p, const struct cm_scan_summary *s, const struct cm_engine_stats *stats)
{
	static const char encrypted[] = " % of the payload is encrypted (what it says is not looked at, how "
					"it was sent is)";

	not_seen(p, cm_encrypted_percent(stats), encrypted, encrypted);
	not_seen(p, stats->one_sided, " TCP flow has packets of one direction only",
	    " TCP flows have packets of one direction only");
	not_seen(p, stats->cut_short, " segment was captured in part", " segments were captured in part");
	not_seen(p, s->headless, " packet lacks its TCP, UDP or ICMP header",
	    " packets lack their TCP, UDP or ICMP header");
	not_seen(p, s->no_link, " frame has a link type that is not understood",
	    " frames have a link type that is not understood");
	not_seen(p, s->fragments.lost, " fragment never became a datagram",
	    " fragments never became a datagram");
	not_seen(p, s->n_skipped, " place in the files is damaged", " places in the files are damaged");
	not_seen(p, stats->evicted_flows, " flow was judged early for want of memory",
	    " flows were judged early for want of memory");
	not_seen(p, stats->evicted_candidates, " odd flow was forgotten for want of memory",
	    " odd flows were forgotten for want of memory");
	not_seen(p, stats->evicted_hosts, " host was forgotten between its flows for want of memory",
	    " hosts were forgotten between their flows for want of memory");
	not_seen(p, stats->not_listed, " more incident is not listed",
	    " more incidents are not listed (the first 100,000 are)");
	not_seen(p, stats->unsupported, " incident is left out, since nothing still held shows it again",
	    " incidents are left out, since nothing still held shows them again");
	if (p->text.len > 0) {
		cm_buf_add_str(&p->text, ".");
		cm_paragraph_end(p, 0, 2);
	}
	if (s->fragments.conflicts == 0)
		return;
	cm_buf_printf(&p->text, "Note: %" PRIu64 " fragments contradict others of the same datagram.",
	    s->fragments.conflicts);
	cm_paragraph_end(p, 0, 2);
}

/* Lines of logs, if there are any. */
static void
lines(struct cm_paragraph *p, const struct cm_scan_summary *s)
{
	uint64_t n = 0, bad = 0;

	for (size_t i = 0; i < s->n_files; i++) {
		n += s->file[i].lines;
		bad += s->file[i].bad_lines;
	}
	if (n == 0)
		return;
	cm_buf_printf(&p->text, "Read: %" PRIu64 " lines of web servers' logs, %" PRIu64 " of which are no requests.",
	    n, bad);
	cm_paragraph_end(p, 0, 2);
}

static void
counted(struct cm_paragraph *p, const struct cm_survey *s)
{
	uint64_t evicted = 0;

	for (size_t k = 0; k < s->n; k++) {
		const struct cm_traffic_stats *t = cm_traffic_get_stats(s->vantage[k].traffic);

		evicted += t->targets_evicted + t->sources_evicted + t->names_evicted + t->scans_evicted;
	}
	cm_buf_add_str(&p->text, "Counted: floods (of openings, volume, reflection, amplification, fragments, "
				 "requests) and scans");
	if (evicted > 0)
		cm_buf_printf(&p->text, "; %" PRIu64 " quiet targets, sources and names were forgotten for want of memory",
		    evicted);
	cm_buf_add_str(&p->text, ".");
	cm_paragraph_end(p, 0, 2);
}

void
cm_inspect_checked(struct cm_paragraph *p, const struct cm_survey *s)
{
	struct cm_engine_stats stats = cm_survey_stats(s);

	explained(p, s);
	checked(p, &s->summary, &stats);
	counted(p, s);
	lines(p, &s->summary);
	unseen(p, &s->summary, &stats);
}

/* The first line of a log that is none. */
static void
tell_bad_line(const struct cm_context *ctx, const struct cm_scan_file *f, const char *name)
{
	struct cm_err err = { .code = CM_E_MALFORMED, .has_offset = true, .offset = f->bad_at };

	snprintf(err.text, sizeof(err.text), "%.200s (%s log); %" PRIu64 " of %" PRIu64 " lines were not read as requests",
	    f->bad.text, cm_weblog_word(f->log), f->bad_lines, f->lines);
	(void)cm_cli_error(ctx, name, &err, NULL);
}

static void
tell_skipped(const struct cm_context *ctx, const struct cm_scan_summary *s,
    const struct cm_scan_skipped *k, const struct cm_file_names *names)
{
	struct cm_err err = { .code = CM_E_MALFORMED, .has_offset = true, .offset = k->offset };
	const struct cm_scan_file *f = &s->file[k->file];

	/* A packed file that ends early has been told of, its last record goes with it. */
	if (f->damage.code != CM_OK && k->offset + k->bytes == f->bytes)
		return;
	snprintf(err.text, sizeof(err.text), "%s%s; %" PRIu64 " bytes were not read as packets",
	    f->packing == CM_PACKING_NONE ? "" : "of the unpacked file: ", k->reason, k->bytes);
	(void)cm_cli_error(ctx, name_of(names, k->file), &err, NULL);
}

enum cm_exit
cm_inspect_troubles(const struct cm_context *ctx, const struct cm_scan_summary *s,
    const struct cm_file_names *names)
{
	for (uint32_t i = 0; i < s->n_files; i++) {
		if (s->file[i].refused.code != CM_OK)
			(void)cm_cli_error(ctx, name_of(names, i), &s->file[i].refused, NULL);
		if (s->file[i].damage.code != CM_OK)
			(void)cm_cli_error(ctx, name_of(names, i), &s->file[i].damage, NULL);
		if (s->file[i].bad_lines > 0)
			tell_bad_line(ctx, &s->file[i], name_of(names, i));
	}
	for (uint64_t i = 0; i < s->n_skipped && i < TROUBLES_SHOWN; i++)
		tell_skipped(ctx, s, &s->skipped[i], names);
	if (s->n_skipped > TROUBLES_SHOWN)
		cm_cli_say(ctx, "and %" PRIu64 " more damaged places; --summary FILE lists them",
		    s->n_skipped - TROUBLES_SHOWN);
	return cm_exit_of(cm_scan_state(s));
}
