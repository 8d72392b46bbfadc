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

size_t
cm_inspect_findings(const struct cm_engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < cm_engine_count(e); i++)
		n += cm_engine_incident(e, i)->verdict != CM_VERDICT_EXPLAINED;
	return n;
}

static bool
same_cause(const struct cm_incident *a, const struct cm_incident *b)
{
	return a->verdict == CM_VERDICT_EXPLAINED && b->verdict == CM_VERDICT_EXPLAINED &&
	    cm_span_eq(cm_span_str(a->explained_by), cm_span_str(b->explained_by));
}

/* "keep-alive (31), padding (2)": each name once, in order of appearance. */
static void
explained(struct cm_paragraph *p, const struct cm_engine *e)
{
	bool any = false;

	for (size_t i = 0; i < cm_engine_count(e); i++) {
		const struct cm_incident *inc = cm_engine_incident(e, i);
		size_t same = 0, before = 0;

		if (inc->verdict != CM_VERDICT_EXPLAINED)
			continue; /* there are few of the others */
		for (size_t k = 0; k < cm_engine_count(e); k++) {
			bool equal = same_cause(cm_engine_incident(e, k), inc);

			same += equal;
			before += equal && k < i;
		}
		if (same == 0 || before > 0)
			continue;
		cm_buf_printf(&p->text, "%s%s (%zu)", any ? ", " : "Looked odd and is explained: ",
		    inc->explained_by, same);
		any = true;
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

void
cm_inspect_checked(struct cm_paragraph *p, const struct cm_engine *e, const struct cm_scan_summary *s)
{
	explained(p, e);
	checked(p, s, cm_engine_stats(e));
	unseen(p, s, cm_engine_stats(e));
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
	}
	for (uint64_t i = 0; i < s->n_skipped && i < TROUBLES_SHOWN; i++)
		tell_skipped(ctx, s, &s->skipped[i], names);
	if (s->n_skipped > TROUBLES_SHOWN)
		cm_cli_say(ctx, "and %" PRIu64 " more damaged places; --summary FILE lists them",
		    s->n_skipped - TROUBLES_SHOWN);
	return cm_exit_of(cm_scan_state(s));
}
