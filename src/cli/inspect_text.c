#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "capture/host.h"
#include "cli/inspect.h"
#include "cli/inspect_places.h"

enum { FRAMES_SHOWN = 16 };

enum { KINDS_TOLD = 64 };

struct text {
	struct cm_paragraph p;
	struct cm_paint paint;
	const struct cm_file_names *names;
	uint32_t file; /* whose frames need no file name */
	const struct cm_incident *told[KINDS_TOLD]; /* each unlike those before it, told in full */
	size_t told_number[KINDS_TOLD];
	size_t n_told;
};

static const char *
name_of(const struct cm_file_names *names, uint32_t file)
{
	return file < names->n ? names->name[file] : "?";
}

/* "5", "8-14", "b.pcap:3-5"; returns how many ids the range has. */
static size_t
range(struct text *t, const cm_packet_id *id, size_t n)
{
	size_t len = 1;

	while (len < n && id[len] == id[0] + len)
		len++;
	if (cm_packet_file(id[0]) != t->file)
		cm_buf_printf(&t->p.text, "%s:", name_of(t->names, cm_packet_file(id[0])));
	cm_buf_printf(&t->p.text, "%" PRIu64, cm_packet_frame(id[0]));
	if (len > 1)
		cm_buf_printf(&t->p.text, "-%" PRIu64, cm_packet_frame(id[len - 1]));
	return len;
}

static void
ranges(struct text *t, const cm_packet_id *id, size_t n)
{
	size_t at = 0;

	for (int shown = 0; at < n && shown < FRAMES_SHOWN; shown++) {
		if (at > 0)
			cm_buf_add_str(&t->p.text, ", ");
		at += range(t, id + at, n - at);
	}
	if (at < n)
		cm_buf_printf(&t->p.text, " and %zu more", n - at);
}

/* "frame 5", "frames 6, 8" */
static void
frames(struct text *t, const cm_packet_id *id, size_t n)
{
	cm_buf_printf(&t->p.text, "frame%s ", n == 1 ? "" : "s");
	ranges(t, id, n);
}

static void
set(struct text *t, const char *what, const struct cm_ids *ids)
{
	if (ids->n == 0)
		return;
	cm_buf_printf(&t->p.text, "%s: ", what);
	ranges(t, ids->id, ids->n);
	cm_paragraph_end(&t->p, 3, 6);
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
tell_forged(struct text *t, const struct cm_incident *inc)
{
	bool one = inc->forged.n == 1;

	frames(t, inc->forged.id, inc->forged.n);
	cm_buf_printf(&t->p.text, " %s not sent by the host whose address %s: %s", one ? "was" : "were",
	    one ? "it bears" : "they bear", what_kind(inc->type));
	if (inc->has_trigger) {
		cm_buf_add_str(&t->p.text, ", in answer to or in a race with ");
		frames(t, &inc->trigger, 1);
	}
	if (inc->genuine.n > 0) {
		cm_buf_add_str(&t->p.text, "; genuine: ");
		frames(t, inc->genuine.id, inc->genuine.n);
	} else {
		cm_buf_add_str(&t->p.text, "; no genuine packet for the same place was seen");
	}
}

static void
tell_break(struct text *t, const struct cm_incident *inc)
{
	bool one = inc->suspect.n == 1;

	frames(t, inc->suspect.id, inc->suspect.n);
	cm_buf_printf(&t->p.text, " %s not fit the TCP/IP stack of the host whose address %s: it may be %s",
	    one ? "does" : "do", one ? "it bears" : "they bear", what_kind(inc->type));
}

static void
tell_undecidable(struct text *t, const struct cm_incident *inc)
{
	cm_buf_add_str(&t->p.text, "two stories for the same place");
	if (inc->suspect.n > 0) {
		cm_buf_add_str(&t->p.text, " in ");
		frames(t, inc->suspect.id, inc->suspect.n);
	}
	cm_buf_printf(&t->p.text, ": it may be %s, but nothing says which packets are forged, or that any is",
	    what_kind(inc->type));
}

/* What happened, in one sentence. */
static void
tell(struct text *t, const struct cm_incident *inc)
{
	cm_buf_add_str(&t->p.text, "What happened: ");
	switch (inc->verdict) {
	case CM_VERDICT_FORGED:
		tell_forged(t, inc);
		break;
	case CM_VERDICT_STACK_BREAK:
		tell_break(t, inc);
		break;
	case CM_VERDICT_UNDECIDABLE:
		tell_undecidable(t, inc);
		break;
	case CM_VERDICT_EXPLAINED:
		cm_buf_printf(&t->p.text, "explained by %s", inc->explained_by);
		break;
	}
	cm_buf_add_str(&t->p.text, ".");
	cm_paragraph_end(&t->p, 3, 6);
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

/* Cues come sorted by name: those of one name and weight are told together. */
static void
cues(struct text *t, const struct cm_incident *inc)
{
	for (size_t i = 0; i < inc->n_cues;) {
		const struct cm_cue *c = &inc->cues[i];
		size_t same = 0;

		while (i < inc->n_cues && inc->cues[i].kind == c->kind && inc->cues[i].bits == c->bits) {
			i++;
			same++;
		}
		cm_buf_printf(&t->p.text, "%+d bits %s, ", c->bits, c->kind->name);
		frames(t, c->frames, c->n_frames);
		if (same > 1)
			cm_buf_printf(&t->p.text, " and %zu more time%s", same - 1, same == 2 ? "" : "s");
		cm_buf_printf(&t->p.text, ": %s; rests on %s; base rate: %s", c->kind->says,
		    cm_rests_word(c->kind->rests), c->kind->base_rate);
		cm_paragraph_end(&t->p, 3, 13);
	}
}

static void
part(struct text *t, const char *what, const char *value)
{
	if (value != NULL)
		cm_buf_printf(&t->p.text, " %s %s;", what, value);
}

static void
fingerprint(struct text *t, const struct cm_fingerprint *p)
{
	if (!p->known)
		return;
	cm_buf_add_str(&t->p.text, "The sender's hand:");
	part(t, "IPID", p->ipid);
	part(t, "DF", p->df);
	part(t, "TTL", p->ttl);
	part(t, "window", p->window);
	part(t, "options", p->options);
	part(t, "closing", p->fin);
	if (p->name != NULL)
		cm_buf_printf(&t->p.text, " resembles %s (a likeness, no proof)", p->name);
	cm_paragraph_end(&t->p, 3, 6);
}

static void
alternatives(struct text *t, const struct cm_incident *inc)
{
	bool any = false;

	for (size_t i = 0; i < inc->n_alternatives; i++) {
		if (inc->alternatives[i].holds)
			continue;
		cm_buf_printf(&t->p.text, "%s%s", any ? ", " : "Benign causes that do not fit: ",
		    inc->alternatives[i].name);
		any = true;
	}
	if (any)
		cm_paragraph_end(&t->p, 3, 6);
}

static const char *
colour_of(const struct cm_paint *paint, enum cm_verdict verdict)
{
	if (verdict == CM_VERDICT_FORGED)
		return paint->red;
	return verdict == CM_VERDICT_EXPLAINED ? paint->green : paint->yellow;
}

/* ---- the same once more ---- */

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The same signs, of the same hand, against the same server: one is told, the others are listed. */
static bool
is_like(const struct cm_incident *a, const struct cm_incident *b)
{
	const struct cm_fingerprint *p = &a->fingerprint, *q = &b->fingerprint;

	if (a->type != b->type || a->verdict != b->verdict || a->verdict != CM_VERDICT_FORGED ||
	    a->n_cues != b->n_cues || !p->known || !q->known || !cm_host_eq(&a->flow.server, &b->flow.server))
		return false;
	for (size_t i = 0; i < a->n_cues; i++)
		if (a->cues[i].kind != b->cues[i].kind || a->cues[i].bits != b->cues[i].bits)
			return false;
	return same_text(p->ipid, q->ipid) && same_text(p->df, q->df) && same_text(p->window, q->window) &&
	    same_text(p->options, q->options) && same_text(p->fin, q->fin) && same_text(p->name, q->name);
}

/* The number of one like it that was told; 0: there is none. */
static size_t
told_before(struct text *t, size_t number, const struct cm_incident *inc)
{
	for (size_t i = 0; i < t->n_told; i++)
		if (is_like(t->told[i], inc))
			return t->told_number[i];
	if (t->n_told < KINDS_TOLD) {
		t->told[t->n_told] = inc;
		t->told_number[t->n_told++] = number;
	}
	return 0;
}

static void
head(struct text *t, size_t number, const struct cm_incident *inc)
{
	fprintf(t->p.f, "%zu. %s%s%s: %s, %d bits\n", number, colour_of(&t->paint, inc->verdict),
	    cm_verdict_word(inc->verdict), t->paint.plain, cm_incident_type_word(inc->type), inc->bits);
}

static void
place_of(struct text *t, const struct cm_incident *inc)
{
	char client[CM_HOST_TEXT], server[CM_HOST_TEXT], time[CM_TIME_TEXT];

	cm_host_text(&inc->flow.client, client);
	cm_host_text(&inc->flow.server, server);
	cm_time_text(inc->t_ns, time);
	cm_buf_printf(&t->p.text, "%s, %s, client %s port %u, server %s port %u, %s",
	    name_of(t->names, t->file), time, client, inc->flow.client_port, server,
	    inc->flow.server_port, cm_proto_word(inc->flow.proto));
}

/* One that is like number ${other}. */
static void
like(struct text *t, size_t number, const struct cm_incident *inc, size_t other)
{
	t->file = cm_incident_file(inc);
	head(t, number, inc);
	place_of(t, inc);
	cm_buf_add_str(&t->p.text, ": ");
	frames(t, inc->forged.id, inc->forged.n);
	cm_buf_printf(&t->p.text, ", by the same signs as number %zu", other);
	cm_paragraph_end(&t->p, 3, 3);
	fputc('\n', t->p.f);
}

static void
incident(struct text *t, size_t number, const struct cm_incident *inc)
{
	size_t other = told_before(t, number, inc);

	if (other != 0) {
		like(t, number, inc, other);
		return;
	}
	t->file = cm_incident_file(inc);
	head(t, number, inc);
	place_of(t, inc);
	cm_paragraph_end(&t->p, 3, 3);
	tell(t, inc);
	set(t, "forged", &inc->forged);
	set(t, "genuine", &inc->genuine);
	set(t, "suspect", &inc->suspect);
	set(t, "against", &inc->against);
	set(t, "support", &inc->support);
	cues(t, inc);
	alternatives(t, inc);
	fingerprint(t, &inc->fingerprint);
	cm_buf_printf(&t->p.text, "Not proven: %s.", not_proven(inc->verdict));
	cm_paragraph_end(&t->p, 3, 6);
	fputc('\n', t->p.f);
}

/* "Vantage 2: b.pcap, c.pcap" where there are several. */
static void
place_head(struct text *t, const struct cm_survey *s, size_t k)
{
	const struct cm_vantage *p = &s->vantage[k];

	if (s->n < 2)
		return;
	fprintf(t->p.f, "%sVantage %zu%s: %s", t->paint.bold, k + 1, t->paint.plain,
	    p->is_log ? "a web server's log, " : "");
	for (size_t i = 0; i < p->n_files; i++) {
		fputs(i > 0 ? ", " : "", t->p.f);
		cm_cli_text(t->p.f, cm_span_str(name_of(t->names, (uint32_t)p->file[i])));
	}
	fputs("\n\n", t->p.f);
}

static void
place(struct text *t, const struct cm_survey *s, size_t k, size_t *number)
{
	const struct cm_vantage *p = &s->vantage[k];

	place_head(t, s, k);
	for (size_t i = 0; i < cm_engine_count(p->engine); i++)
		if (cm_engine_incident(p->engine, i)->verdict != CM_VERDICT_EXPLAINED)
			incident(t, ++*number, cm_engine_incident(p->engine, i));
	cm_inspect_across(&t->p, &t->paint, cm_engine_across(p->engine));
	for (size_t i = 0; i < cm_traffic_n(p->traffic); i++) {
		const struct cm_traffic_finding *f = cm_traffic_at(p->traffic, i);
		struct cm_traffic_told told = { ++*number, name_of(t->names, cm_packet_file(f->first)), p->is_log };

		cm_inspect_traffic(&t->p, &t->paint, f, &told);
	}
}

bool
cm_inspect_text(
    const struct cm_context *ctx, const struct cm_survey *s, const struct cm_file_names *names)
{
	struct text t = { .p = cm_paragraph_of(ctx->out, ctx->width),
		.paint = cm_paint_of(ctx->out_colour), .names = names };
	size_t number = 0;

	for (size_t k = 0; k < s->n; k++)
		place(&t, s, k, &number);
	cm_inspect_hands(&t.p, s, names);
	cm_inspect_chains(&t.p, &t.paint, s, names);
	if (number == 0)
		fputs("Nothing found.\n", ctx->out);
	else
		fprintf(ctx->out, "%zu finding%s.\n", number, number == 1 ? "" : "s");
	cm_inspect_checked(&t.p, s);
	cm_paragraph_fini(&t.p);
	return !t.p.lost;
}
