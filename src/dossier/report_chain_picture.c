/* From script to flood: what stands in the boxes of the picture. */
#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/rejoin.h"
#include "dossier/report_parts.h"
#include "dossier/report_place.h"
#include "dossier/words.h"

struct filling {
	const struct cm_dossier *d;
	size_t i;
	const struct cm_shown_chain *shown;
	const struct cm_chain_v1 *c;
	struct cm_rejoined j;
	struct cm_arena *arena;
	struct cm_report_join *out;
};

/* Another line in box ${k}; NULL (no memory) ends it. */
static void
add(const struct filling *f, int k, const char *text)
{
	size_t n = 0;

	while (n < CM_JOIN_LINES && f->out->line[k][n] != NULL)
		n++;
	if (n < CM_JOIN_LINES)
		f->out->line[k][n] = text;
}

static const char *
text_of(const struct filling *f, struct cm_span s)
{
	return cm_arena_printf(f->arena, "%.*s", (int)(s.len > 255 ? 255 : s.len), s.len == 0 ? "" : (const char *)s.ptr);
}

static void
fill_answer(const struct filling *f)
{
	struct cm_places p;

	add(f, 0, cm_arena_printf(f->arena, "%zu forged, in seal %u", f->c->n_scripts, cm_packet_file(f->c->scripts[0].rows.id[0]) + 1));
	cm_report_places(f->d, f->i, &p);
	if (p.n == 0) {
		add(f, 0, "in place of what, is not shown");
		return;
	}
	add(f, 0, cm_arena_printf(f->arena, p.known < p.all ? "%" PRIu64 " known to come in place of" : "in place of", p.known));
	add(f, 0, text_of(f, p.at[0].host));
	add(f, 0, text_of(f, p.at[0].path));
	if (p.at[0].n < p.known)
		add(f, 0, cm_arena_printf(f->arena, "(%" PRIu64 " of them), and others", p.at[0].n));
}

static void
fill_script(const struct filling *f)
{
	const struct cm_script *s = &f->j.script;
	size_t i;

	if (f->c->n_layers == 0)
		add(f, 1, "stood there plainly");
	for (i = 0; i < f->c->n_layers && i < 3; i++)
		add(f, 1, cm_arena_printf(f->arena, "%s%s%s", i == 0 ? "unwrapped: " : "then ", f->c->layers[i],
		    i == 2 && f->c->n_layers > 3 ? ", and more" : ""));
	if (f->j.script_at == SIZE_MAX) {
		add(f, 1, "its bytes are not shown");
		return;
	}
	add(f, 1, cm_arena_printf(f->arena, "%zu target%s in it", s->n_targets, s->n_targets == 1 ? "" : "s"));
	if (s->period_ms != 0)
		add(f, 1, cm_arena_printf(f->arena, "timer: %" PRIu32 ".%03" PRIu32 " s", s->period_ms / 1000, s->period_ms % 1000));
	else if (s->repeats)
		add(f, 1, "again and again");
	if (s->busts_caches)
		add(f, 1, "something new each time");
}

/* All paths on the host of the target. */
static void
fill_target(const struct filling *f)
{
	const struct cm_script *s = &f->j.script;
	size_t i, n = 0;

	if (f->j.target == NULL) {
		add(f, 2, "not shown");
		return;
	}
	add(f, 2, f->j.target->host);
	for (i = 0; i < s->n_targets; i++) {
		if (strcmp(s->targets[i].host, f->j.target->host) != 0)
			continue;
		if (n++ < CM_JOIN_LINES - 2)
			add(f, 2, s->targets[i].path);
	}
	if (n > CM_JOIN_LINES - 2)
		add(f, 2, cm_arena_printf(f->arena, "and %zu more paths", n - (CM_JOIN_LINES - 2)));
}

static void
fill_flood(const struct filling *f, size_t k)
{
	const struct cm_traffic_v1 *t = f->d->traffic[f->shown->traffic[k]].body;
	const struct cm_rejoined_flood *r = &f->j.floods[k];
	struct cm_buf peak = { 0 };

	cm_words_number(&peak, t->claimed.peak_per_s);
	add(f, 3, cm_buf_cstr(&peak) == NULL ? NULL : cm_arena_printf(f->arena, "T%zu, seal %u: %s a second", f->shown->traffic[k] + 1,
	    t->support.n == 0 ? 0 : cm_packet_file(t->support.id[0]) + 1, cm_buf_cstr(&peak)));
	cm_buf_release(&peak);
	if (r->requests > 0)
		add(f, 3, cm_arena_printf(f->arena, "%" PRIu64 " of %" PRIu64 " ask for it", r->asked, r->requests));
	else
		add(f, 3, r->by_address ? "to the same address" : "shows no names");
}

static const char *
lag_of(const struct filling *f)
{
	struct cm_buf text = { 0 };
	const char *out = NULL;

	if (f->j.lags == 0)
		return NULL;
	cm_words_seconds(&text, f->j.least_ns);
	cm_buf_add_str(&text, " to ");
	cm_words_seconds(&text, f->j.most_ns);
	cm_buf_add_str(&text, " later");
	if (cm_buf_cstr(&text) != NULL)
		out = cm_arena_printf(f->arena, "%s", cm_buf_cstr(&text));
	cm_buf_release(&text);
	return out;
}

static void
fill(const struct filling *f)
{
	size_t k;

	f->out->number = f->i + 1;
	f->out->lag = lag_of(f);
	f->out->clients = cm_arena_printf(f->arena, "%" PRIu64 " client%s that got it asked", f->j.clients, f->j.clients == 1 ? "" : "s");
	fill_answer(f);
	fill_script(f);
	fill_target(f);
	for (k = 0; k < f->c->n_floods && k < 3; k++)
		fill_flood(f, k);
	if (f->c->n_floods > 3)
		add(f, 3, cm_arena_printf(f->arena, "and %zu more", f->c->n_floods - 3));
}

void
cm_report_chain_picture(struct cm_buf *out, const struct cm_dossier *d, size_t i)
{
	struct cm_report_join j = { 0 };
	struct filling f = { .d = d, .i = i, .shown = &d->chains[i], .c = d->chains[i].body, .out = &j };
	struct cm_arena arena;

	cm_arena_init(&arena, 0);
	f.arena = &arena;
	if (cm_rejoin(d, i, &arena, &f.j) == CM_OK) {
		fill(&f);
		cm_report_join(out, &j);
	} else {
		out->failed = true;
	}
	cm_arena_fini(&arena);
}
