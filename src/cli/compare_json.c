#include "capture/host.h"
#include "cli/compare.h"
#include "codec/json_write.h"

#define PIECE ((size_t)256 << 10)

static const char *const place[2] = { "a", "b" };

const char *
cm_between_word(enum cm_between what)
{
	switch (what) {
	case CM_BETWEEN_BORN:
		return "born";
	case CM_BETWEEN_SUPPRESSED:
		return "suppressed";
	case CM_BETWEEN_LOST:
		return "lost";
	case CM_BETWEEN_REWRITTEN:
		return "rewritten";
	case CM_BETWEEN_UNSEEN:
		break;
	}
	return "unseen";
}

static void
host_of(struct cm_jsonw *w, const char *key, const struct cm_host *h)
{
	char text[CM_HOST_TEXT];

	cm_host_text(h, text);
	cm_jsonw_kstr(w, key, text);
}

static void
finding(struct cm_jsonw *w, const struct cm_compare_finding *f)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "type", "finding");
	cm_jsonw_kstr(w, "what", cm_between_word(f->what));
	cm_jsonw_kstr(w, "proto", cm_proto_word(f->proto));
	host_of(w, "src", &f->src);
	cm_jsonw_kuint(w, "sport", f->sport);
	host_of(w, "dst", &f->dst);
	cm_jsonw_kuint(w, "dport", f->dport);
	cm_jsonw_ktime(w, "time", true, f->t_ns);
	cm_jsonw_key(w, "frames");
	cm_jsonw_object(w);
	for (unsigned k = 0; k < 2; k++) {
		cm_jsonw_key(w, place[k]);
		cm_jsonw_array(w);
		for (size_t i = 0; i < f->n_frames[k]; i++)
			cm_jsonw_uint(w, cm_packet_frame(f->frames[k][i]));
		cm_jsonw_array_end(w);
	}
	cm_jsonw_object_end(w);
	cm_jsonw_key(w, "more");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "a", f->more[0]);
	cm_jsonw_kuint(w, "b", f->more[1]);
	cm_jsonw_object_end(w);
	cm_jsonw_kstr(w, "why", f->why);
	cm_jsonw_kstr(w, "rival", f->rival);
	cm_jsonw_object_end(w);
}

static void
side_of(struct cm_jsonw *w, const struct cm_compare_result *r, const struct cm_compare_side *s, const char *name,
    unsigned k)
{
	cm_jsonw_key(w, place[k]);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "file", name);
	cm_jsonw_kuint(w, "frames", s->frames);
	cm_jsonw_kuint(w, "selected", s->selected);
	cm_jsonw_kuint(w, "packets", s->packets);
	cm_jsonw_kuint(w, "headless", s->headless);
	cm_jsonw_kuint(w, "no_link", s->no_link);
	cm_jsonw_kuint(w, "snapped", s->snapped);
	cm_jsonw_kuint(w, "skipped", s->n_skipped);
	if (r->packets[k] > 0) {
		cm_jsonw_ktime(w, "first", true, r->first_ns[k]);
		cm_jsonw_ktime(w, "last", true, r->last_ns[k]);
	}
	cm_jsonw_object_end(w);
}

static void
bound(struct cm_jsonw *w, const char *key, int64_t v)
{
	if (v == INT64_MIN || v == INT64_MAX) {
		cm_jsonw_key(w, key);
		cm_jsonw_null(w);
		return;
	}
	cm_jsonw_kint(w, key, v);
}

static void
clock_of(struct cm_jsonw *w, const struct cm_offset *o)
{
	static const char *const how[] = { "unknown", "one-way", "both-ways", "seconds" };

	cm_jsonw_key(w, "clock");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "how", how[o->how]);
	if (o->how != CM_OFFSET_UNKNOWN) {
		bound(w, "least_ns", o->least_ns);
		bound(w, "most_ns", o->most_ns);
		cm_jsonw_kint(w, "middle_ns", o->middle_ns);
		cm_jsonw_ktime(w, "at", true, o->at_ns);
		cm_jsonw_kint(w, "drift_ppb", o->drift_ppb);
	}
	cm_jsonw_kuint(w, "matched", o->matched);
	cm_jsonw_kuint(w, "misfits", o->misfits);
	cm_jsonw_object_end(w);
}

static void
way_of(struct cm_jsonw *w, const char *key, const struct cm_compare_direction *d)
{
	cm_jsonw_key(w, key);
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "both", d->both);
	cm_jsonw_kuint(w, "only_a", d->only_a);
	cm_jsonw_kuint(w, "only_b", d->only_b);
	cm_jsonw_key(w, "hops");
	if (d->both == 0) {
		cm_jsonw_null(w);
	} else {
		cm_jsonw_object(w);
		cm_jsonw_kint(w, "usual", d->hops_usual);
		cm_jsonw_kuint(w, "packets", d->hops_usual_n);
		cm_jsonw_kint(w, "least", d->hops_least);
		cm_jsonw_kint(w, "most", d->hops_most);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_object_end(w);
}

static void
comparison(struct cm_jsonw *w, const struct cm_compare_result *r, const struct cm_compare_side side[2],
    const char *const name[2])
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "type", "comparison");
	side_of(w, r, &side[0], name[0], 0);
	side_of(w, r, &side[1], name[1], 1);
	clock_of(w, &r->clock);
	way_of(w, "a_to_b", &r->dir[0]);
	way_of(w, "b_to_a", &r->dir[1]);
	cm_jsonw_key(w, "flows");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "both", r->flows_both);
	cm_jsonw_kuint(w, "only_a", r->flows_only[0]);
	cm_jsonw_kuint(w, "only_b", r->flows_only[1]);
	cm_jsonw_object_end(w);
	cm_jsonw_key(w, "packets");
	cm_jsonw_object(w);
	for (enum cm_between k = CM_BETWEEN_BORN; k <= CM_BETWEEN_UNSEEN; k++)
		cm_jsonw_kuint(w, cm_between_word(k), r->count[k]);
	cm_jsonw_object_end(w);
	cm_jsonw_key(w, "holes");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "a", r->holes[0]);
	cm_jsonw_kuint(w, "b", r->holes[1]);
	cm_jsonw_object_end(w);
	cm_jsonw_kuint(w, "copies", r->copies);
	cm_jsonw_kuint(w, "outside", r->outside);
	cm_jsonw_kuint(w, "untold", r->untold);
	cm_jsonw_kuint(w, "not_listed", r->not_listed);
	cm_jsonw_kuint(w, "evicted", r->evicted);
	cm_jsonw_object_end(w);
}

static void
rewrite(struct cm_jsonw *w, const struct cm_compare_rewrite *x)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "type", "rewrite");
	cm_jsonw_kstr(w, "what", x->what);
	cm_jsonw_kuint(w, "flows", x->flows);
	cm_jsonw_kuint(w, "packets", x->packets);
	cm_jsonw_object_end(w);
}

/* Ends a line; lines are written a piece at a time. */
static bool
end_line(const struct cm_context *ctx, struct cm_buf *text, size_t piece)
{
	cm_buf_add_u8(text, '\n');
	if (!cm_buf_ok(text))
		return false;
	if (text->len < piece)
		return true;
	fwrite(text->ptr, 1, text->len, ctx->out);
	cm_buf_clear(text);
	return true;
}

bool
cm_compare_json(const struct cm_context *ctx, const struct cm_compare_result *r, const struct cm_compare_side side[2],
    const char *const name[2])
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w;
	bool ok = true;

	for (size_t i = 0; i < r->n_findings && ok; i++) {
		w = cm_jsonw_of(&text, 0);
		finding(&w, &r->findings[i]);
		ok = end_line(ctx, &text, PIECE);
	}
	for (size_t i = 0; i < r->n_rewrites && ok; i++) {
		w = cm_jsonw_of(&text, 0);
		rewrite(&w, &r->rewrites[i]);
		ok = end_line(ctx, &text, PIECE);
	}
	if (ok) {
		w = cm_jsonw_of(&text, 0);
		comparison(&w, r, side, name);
		ok = end_line(ctx, &text, 0);
	}
	cm_buf_release(&text);
	return ok;
}
