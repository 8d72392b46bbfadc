#include <inttypes.h>

#include "base/time.h"
#include "capture/host.h"
#include "cli/inspect.h"
#include "worker/summary_json.h"

enum { TROUBLES_SHOWN = 10, FRAMES_SHOWN = 16 };

struct text {
	FILE *f;
	struct cm_paint paint;
	const struct cm_file_names *names;
	uint32_t file; /* whose frames need no file name */
};

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

/* "5", "8-14", "b.pcap:3-5"; returns how many ids the range has. */
static size_t
range(const struct text *t, const cm_packet_id *id, size_t n)
{
	size_t len = 1;

	while (len < n && id[len] == id[0] + len)
		len++;
	if (cm_packet_file(id[0]) != t->file) {
		cm_cli_text(t->f, cm_span_str(name_of(t->names, cm_packet_file(id[0]))));
		fputc(':', t->f);
	}
	fprintf(t->f, "%" PRIu64, cm_packet_frame(id[0]));
	if (len > 1)
		fprintf(t->f, "-%" PRIu64, cm_packet_frame(id[len - 1]));
	return len;
}

static void
ranges(const struct text *t, const cm_packet_id *id, size_t n)
{
	size_t at = 0;

	for (int shown = 0; at < n && shown < FRAMES_SHOWN; shown++) {
		if (at > 0)
			fputs(", ", t->f);
		at += range(t, id + at, n - at);
	}
	if (at < n)
		fprintf(t->f, " and %zu more", n - at);
}

/* "frame 5", "frames 6, 8" */
static void
frames(const struct text *t, const cm_packet_id *id, size_t n)
{
	fprintf(t->f, "frame%s ", n == 1 ? "" : "s");
	ranges(t, id, n);
}

static void
set(const struct text *t, const char *what, const struct cm_ids *ids)
{
	if (ids->n == 0)
		return;
	fprintf(t->f, "   %-9s ", what);
	ranges(t, ids->id, ids->n);
	fputc('\n', t->f);
}

static const char *
what_kind(enum cm_incident_type type)
{
	switch (type) {
	case CM_INCIDENT_INJECTION:
		return "injected data";
	case CM_INCIDENT_RESET:
		return "a forged reset";
	case CM_INCIDENT_DNS:
		return "a forged DNS answer";
	case CM_INCIDENT_HANDSHAKE:
		return "a hijacked handshake";
	}
	return "something";
}

static void
tell_forged(const struct text *t, const struct cm_incident *inc)
{
	frames(t, inc->forged.id, inc->forged.n);
	fprintf(t->f, " %s not sent by the host whose address %s: %s",
	    inc->forged.n == 1 ? "was" : "were", inc->forged.n == 1 ? "it bears" : "they bear",
	    what_kind(inc->type));
	if (inc->has_trigger) {
		fputs(", in answer to or in a race with ", t->f);
		frames(t, &inc->trigger, 1);
	}
	if (inc->genuine.n > 0) {
		fputs("; genuine: ", t->f);
		frames(t, inc->genuine.id, inc->genuine.n);
	} else {
		fputs("; no genuine packet for the same place was seen", t->f);
	}
}

static void
tell_undecidable(const struct text *t, const struct cm_incident *inc)
{
	fputs("two stories for the same place", t->f);
	if (inc->suspect.n > 0) {
		fputs(" in ", t->f);
		frames(t, inc->suspect.id, inc->suspect.n);
	}
	fprintf(t->f, ": it may be %s, but nothing says which packets are forged, or that any is",
	    what_kind(inc->type));
}

/* What happened, in one sentence. */
static void
tell(const struct text *t, const struct cm_incident *inc)
{
	fputs("   What happened: ", t->f);
	switch (inc->verdict) {
	case CM_VERDICT_FORGED:
		tell_forged(t, inc);
		break;
	case CM_VERDICT_STACK_BREAK:
		frames(t, inc->suspect.id, inc->suspect.n);
		fprintf(t->f, " %s not fit the TCP/IP stack of the host whose address %s: it may be %s",
		    inc->suspect.n == 1 ? "does" : "do", inc->suspect.n == 1 ? "it bears" : "they bear",
		    what_kind(inc->type));
		break;
	case CM_VERDICT_UNDECIDABLE:
		tell_undecidable(t, inc);
		break;
	case CM_VERDICT_EXPLAINED:
		fprintf(t->f, "explained by %s", inc->explained_by);
		break;
	}
	fputs(".\n", t->f);
}

static const char *
not_proven(enum cm_verdict verdict)
{
	switch (verdict) {
	case CM_VERDICT_FORGED:
		return "who sent them, from where and why, and that this capture itself is true";
	case CM_VERDICT_STACK_BREAK:
		return "that they are forged: a middlebox or a second machine behind the address could "
		       "do the same";
	case CM_VERDICT_UNDECIDABLE:
		return "which of the packets is the host's own, or that there was an attack";
	case CM_VERDICT_EXPLAINED:
		break;
	}
	return "anything";
}

static void
cues(const struct text *t, const struct cm_incident *inc)
{
	for (size_t i = 0; i < inc->n_cues; i++) {
		const struct cm_cue *c = &inc->cues[i];

		fprintf(t->f, "   %+4d bits  %s%s%s (%s; rests on %s; benign: %s), ", c->bits,
		    t->paint.bold, c->kind->name, t->paint.plain, c->kind->says,
		    cm_rests_word(c->kind->rests), c->kind->base_rate);
		frames(t, c->frames, c->n_frames);
		fputc('\n', t->f);
	}
}

static void
part(const struct text *t, const char *what, const char *value)
{
	if (value != NULL)
		fprintf(t->f, " %s %s;", what, value);
}

static void
fingerprint(const struct text *t, const struct cm_fingerprint *p)
{
	if (!p->known)
		return;
	fputs("   the sender's hand:", t->f);
	part(t, "IPID", p->ipid);
	part(t, "DF", p->df);
	part(t, "TTL", p->ttl);
	part(t, "window", p->window);
	part(t, "options", p->options);
	part(t, "FIN", p->fin);
	if (p->name != NULL)
		fprintf(t->f, " resembles %s (a likeness, no proof)", p->name);
	fputc('\n', t->f);
}

static const char *
colour_of(const struct cm_paint *paint, enum cm_verdict verdict)
{
	if (verdict == CM_VERDICT_FORGED)
		return paint->red;
	return verdict == CM_VERDICT_EXPLAINED ? paint->green : paint->yellow;
}

static void
incident(struct text *t, size_t number, const struct cm_incident *inc)
{
	char client[CM_HOST_TEXT], server[CM_HOST_TEXT], time[CM_TIME_TEXT];

	t->file = cm_incident_file(inc);
	cm_host_text(&inc->flow.client, client);
	cm_host_text(&inc->flow.server, server);
	cm_time_text(inc->t_ns, time);
	fprintf(t->f, "%zu. %s%s%s: %s, %d bits\n   ", number, colour_of(&t->paint, inc->verdict),
	    cm_verdict_word(inc->verdict), t->paint.plain, cm_incident_type_word(inc->type), inc->bits);
	cm_cli_text(t->f, cm_span_str(name_of(t->names, t->file)));
	fprintf(t->f, ", %s, %s port %u (client) and %s port %u (server), %s\n", time, client,
	    inc->flow.client_port, server, inc->flow.server_port, cm_proto_word(inc->flow.proto));
	tell(t, inc);
	set(t, "forged", &inc->forged);
	set(t, "genuine", &inc->genuine);
	set(t, "suspect", &inc->suspect);
	set(t, "against", &inc->against);
	set(t, "support", &inc->support);
	cues(t, inc);
	fingerprint(t, &inc->fingerprint);
	fprintf(t->f, "   Not proven: %s.\n\n", not_proven(inc->verdict));
}

/* "Explained: keep-alive (31), padding (2)": each name once, in order of appearance. */
static void
explained(const struct text *t, const struct cm_engine *e)
{
	bool any = false;

	for (size_t i = 0; i < cm_engine_count(e); i++) {
		const struct cm_incident *inc = cm_engine_incident(e, i);
		size_t same = 0, before = 0;

		if (inc->verdict != CM_VERDICT_EXPLAINED)
			continue;
		for (size_t k = 0; k < cm_engine_count(e); k++) {
			const struct cm_incident *other = cm_engine_incident(e, k);
			bool equal = other->verdict == CM_VERDICT_EXPLAINED &&
			    cm_span_eq(cm_span_str(other->explained_by), cm_span_str(inc->explained_by));

			same += equal;
			before += equal && k < i;
		}
		if (before > 0)
			continue;
		fprintf(t->f, "%s%s (%zu)", any ? ", " : "Looked odd and is explained: ",
		    inc->explained_by, same);
		any = true;
	}
	if (any)
		fputs(".\n", t->f);
}

static void
checked(const struct text *t, const struct cm_scan_summary *s, const struct cm_engine_stats *stats)
{
	fprintf(t->f,
	    "Checked: %" PRIu64 " of %" PRIu64 " frames, %" PRIu64 " TCP and %" PRIu64
	    " UDP flows, %" PRIu64 " DNS messages, for conflicting data, segments that the host's own "
	    "stack would not send, forged resets, forged DNS answers and hijacked handshakes.\n",
	    s->selected, s->frames, stats->tcp_flows, stats->udp_flows, stats->dns_messages);
}

static void
not_seen(const struct text *t, bool *any, uint64_t n, const char *what)
{
	if (n == 0)
		return;
	fprintf(t->f, "%s%" PRIu64 " %s", *any ? "; " : "Could not be seen: ", n, what);
	*any = true;
}

static void
unseen(const struct text *t, const struct cm_scan_summary *s, const struct cm_engine_stats *stats)
{
	bool any = false;

	not_seen(t, &any, cm_encrypted_percent(stats),
	    "% of the payload is encrypted (what is said in it; forged resets and foreign stacks show all "
	    "the same)");
	not_seen(t, &any, stats->one_sided, "TCP flows have packets of one direction only");
	not_seen(t, &any, stats->cut_short, "segments were captured in part");
	not_seen(t, &any, s->headless, "packets lack their TCP, UDP or ICMP header");
	not_seen(t, &any, s->no_link, "frames have a link type that is not understood");
	not_seen(t, &any, s->fragments.lost, "fragments never became a datagram");
	not_seen(t, &any, s->n_skipped, "places in the files are damaged");
	not_seen(t, &any, stats->evicted_flows, "flows were judged early for want of memory");
	if (any)
		fputs(".\n", t->f);
	if (s->fragments.conflicts > 0)
		fprintf(t->f, "Note: %" PRIu64 " fragments contradict others of the same datagram.\n",
		    s->fragments.conflicts);
}

void
cm_inspect_text(const struct cm_context *ctx, const struct cm_engine *e,
    const struct cm_scan_summary *s, const struct cm_file_names *names)
{
	struct text t = { ctx->out, cm_paint_of(ctx->out_colour), names, 0 };
	size_t number = 0;

	for (size_t i = 0; i < cm_engine_count(e); i++)
		if (cm_engine_incident(e, i)->verdict != CM_VERDICT_EXPLAINED)
			incident(&t, ++number, cm_engine_incident(e, i));
	if (number == 0)
		fputs("Nothing found.\n", t.f);
	else
		fprintf(t.f, "%zu finding%s.\n", number, number == 1 ? "" : "s");
	explained(&t, e);
	checked(&t, s, cm_engine_stats(e));
	unseen(&t, s, cm_engine_stats(e));
}

static void
tell_skipped(const struct cm_context *ctx, const struct cm_scan_skipped *k,
    const struct cm_file_names *names)
{
	struct cm_err err = { .code = CM_E_MALFORMED, .has_offset = true, .offset = k->offset };

	snprintf(err.text, sizeof(err.text), "%s; %" PRIu64 " bytes were not read as packets",
	    k->reason, k->bytes);
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
		tell_skipped(ctx, &s->skipped[i], names);
	if (s->n_skipped > TROUBLES_SHOWN)
		cm_cli_say(ctx, "and %" PRIu64 " more damaged places; --summary FILE lists them",
		    s->n_skipped - TROUBLES_SHOWN);
	return cm_exit_of(cm_scan_state(s));
}
