/* R2: would the sender's own TCP stack have sent this segment?
 *
 * Each data segment is held against the baseline of its direction: what the other
 * segments of the same sender look like.  Twice (E3): what scores in the first
 * pass is left out of the baseline of the second. */
#include <string.h>

#include "detect/judge.h"

#define OUT_OF_BASELINE 6

/* ---- the baseline ---- */

static bool
in_baseline(const struct cm_judge *j, uint32_t seg)
{
	return !j->excluded[seg] && j->kind[seg] != CM_SEG_SYN && j->kind[seg] != CM_SEG_RST &&
	    j->kind[seg] != CM_SEG_BROKEN;
}

static void
count_class(struct cm_side *s, uint16_t class)
{
	unsigned c = 0;

	while (c < s->n_classes && s->class[c] != class)
		c++;
	if (c == CM_SIDE_CLASSES)
		return;
	if (c == s->n_classes) {
		s->class[c] = class;
		s->count[c] = 0;
		s->n_classes++;
	}
	s->count[c]++;
}

/* A class so far ahead that one segment less of it changes nothing. */
static int
plain_class(const struct cm_side *s)
{
	uint32_t first = 0, second = 0;
	int class = -1;

	for (unsigned c = 0; c < s->n_classes; c++) {
		if (s->count[c] > first) {
			second = first;
			first = s->count[c];
			class = s->class[c];
		} else if (s->count[c] > second) {
			second = s->count[c];
		}
	}
	return s->n_base >= 3 && first > second + 1 ? class : -1;
}

static void
build_baseline(struct cm_judge *j, unsigned dir)
{
	struct cm_side *s = &j->side[dir];

	s->n_classes = 0;
	s->n_base = 0;
	for (uint32_t k = 0; k < s->n; k++) {
		if (!in_baseline(j, s->at[k]))
			continue;
		s->n_base++;
		count_class(s, cm_ttl_class(&j->v->segs[s->at[k]]));
	}
	s->plain = j->thorough ? -1 : plain_class(s);
}

/* The class of the handshake, unless it was made by a SYN proxy. */
static int
syn_class(const struct cm_judge *j, const struct cm_side *s)
{
	return s->syn == CM_NONE || s->syn_echo ? -1 : cm_ttl_class(&j->v->segs[s->syn]);
}

int
cm_stack_baseline(const struct cm_judge *j, uint32_t seg)
{
	const struct cm_side *s = &j->side[j->v->segs[seg].dir];
	uint16_t own = cm_ttl_class(&j->v->segs[seg]);
	uint32_t self = in_baseline(j, seg), best = 0;
	int syn = syn_class(j, s), class = -1;

	if (s->n_base - self < 2)
		return syn;
	for (unsigned c = 0; c < s->n_classes; c++) {
		uint32_t n = s->count[c] - (s->class[c] == own ? self : 0);

		/* A tie goes to the handshake's class, then to the segment's own. */
		if (n < best || n == 0)
			continue;
		if (n > best || s->class[c] == syn || (s->class[c] == own && class != syn))
			class = s->class[c];
		best = n;
	}
	return class;
}

/* ---- header ---- */

static bool
ipid_constant(const struct cm_judge *j, uint32_t seg)
{
	const struct cm_segment *g = &j->v->segs[seg];
	const struct cm_side *s = &j->side[g->dir];
	uint32_t unlike = 0;

	if (g->ipv6 || g->ipid == 0 || g->ipid != s->fixed_id)
		return false;
	for (uint32_t k = 0; k < s->n && unlike < 2; k++)
		unlike += j->v->segs[s->at[k]].ipid != g->ipid;
	if (unlike < 2 || cm_stack_id_fits(j, seg))
		return false;
	/* Twice may be chance where numbers are drawn at random. */
	return s->model->ids_most > 2 || cm_stack_others_count(j, seg);
}

/* Notes what is asked of the host's model, for judged.c. */
static void
note_asked(struct cm_judge *j, unsigned dir, uint16_t base, uint16_t own)
{
	for (unsigned i = 0; i < j->n_asked; i++)
		if (j->asked[i].dir == dir && j->asked[i].base == base && j->asked[i].own == own)
			return;
	j->asked_much |= j->n_asked == CM_ASKED_MAX;
	if (j->n_asked < CM_ASKED_MAX)
		j->asked[j->n_asked++] = (struct cm_asked) { base, own, (uint8_t)dir };
}

/* What the two classes are worth: E5, both changed have one cause. */
static void
class_marks(struct cm_judge *j, uint32_t seg, uint16_t base)
{
	const struct cm_segment *g = &j->v->segs[seg];
	int base_ttl = base >> 1, gap = g->ttl > base_ttl ? g->ttl - base_ttl : base_ttl - g->ttl;
	bool rst = j->kind[seg] == CM_SEG_RST, base_df = base & 1, df = g->df != base_df && !g->ipv6;
	int ttl_bits = gap >= 6 ? 3 : gap >= 1 ? 1 : 0;
	int df_bits = !df ? 0 : base_df ? 4 : 2;
	uint32_t showing, flows;

	if (df && ttl_bits > 1)
		ttl_bits = 1;
	if (rst)
		df_bits /= 2;
	note_asked(j, g->dir, base, cm_ttl_class(g));
	if (cm_host_balances(j->side[g->dir].model, base, cm_ttl_class(g), &showing, &flows)) {
		j->set_aside[seg] = (int16_t)(ttl_bits + df_bits);
		return;
	}
	if (ttl_bits > 0)
		cm_judge_mark(j, seg, gap >= 6 ? CM_CUE_TTL_FAR : CM_CUE_TTL_NEAR, ttl_bits, NULL, 0);
	if (df_bits > 0)
		cm_judge_mark(j, seg,
		    rst		  ? CM_CUE_RST_DF
			: base_df ? CM_CUE_DF_CLEARED
				  : CM_CUE_DF_SET,
		    df_bits, NULL, 0);
}

void
cm_stack_header_marks(struct cm_judge *j, uint32_t seg)
{
	const struct cm_segment *g = &j->v->segs[seg];
	int base, syn;

	if (ipid_constant(j, seg))
		cm_judge_mark(j, seg, CM_CUE_IPID_CONSTANT, 4, NULL, 0);
	if (j->side[g->dir].plain == cm_ttl_class(g))
		return;
	base = cm_stack_baseline(j, seg);
	syn = syn_class(j, &j->side[g->dir]);
	if (base < 0 || base == cm_ttl_class(g) || (syn >= 0 && syn == cm_ttl_class(g)))
		return;
	class_marks(j, seg, (uint16_t)base);
}

bool
cm_stack_echoes(const struct cm_judge *j, uint32_t seg, uint32_t other)
{
	const struct cm_segment *g = &j->v->segs[seg], *o = &j->v->segs[other];
	const struct cm_side *s = &j->side[g->dir];
	uint32_t own = 0, copies = 0;
	bool known = false;
	uint16_t peer = 0;

	if (g->ipv6 || g->ipid != o->ipid || g->window != o->window || g->ipid <= 1 ||
	    g->ipid == 0x1234)
		return false;
	/* Stacks that count in lockstep with their peer echo all the time. */
	for (uint32_t i = 0; i < j->v->n; i++) {
		const struct cm_segment *x = &j->v->segs[i];

		if (x->dir != g->dir) {
			peer = x->ipid;
			known = true;
			continue;
		}
		if (i == seg || i == s->syn || x->ipid == 0 || j->excluded[i])
			continue;
		if (known && x->ipid == peer && x->ipid != g->ipid)
			copies++;
		else if (x->ipid != g->ipid)
			own++;
	}
	return own >= 2 && own > copies;
}

/* ---- window ---- */

struct widest {
	uint64_t first, second; /* effective, of the baseline */
	uint64_t least;		/* no window up to this is four times any of them */
	uint32_t first_at;
	unsigned scale;
	uint32_t n;
};

static struct widest
widest_windows(const struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	const struct cm_segment *segs = j->v->segs;
	struct widest w = { .first_at = CM_NONE };
	uint32_t peer = j->side[!dir].syn;

	if (s->syn != CM_NONE && peer != CM_NONE &&
	    (segs[s->syn].opts & segs[peer].opts & CM_OPT_WSCALE) != 0)
		w.scale = segs[s->syn].wscale > 14 ? 14 : segs[s->syn].wscale;
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k];
		bool syn = j->kind[i] == CM_SEG_SYN;
		uint64_t win = (uint64_t)segs[i].window << (syn ? 0 : w.scale);

		if (j->excluded[i] || j->kind[i] == CM_SEG_RST || j->kind[i] == CM_SEG_BROKEN ||
		    (syn && s->syn_echo))
			continue;
		w.n += syn ? 2 : 1; /* a SYN-ACK alone will do */
		if (win > w.first) {
			w.second = w.first;
			w.first = win;
			w.first_at = i;
		} else if (win > w.second) {
			w.second = win;
		}
	}
	w.least = j->thorough ? 0 : 4 * w.second;
	return w;
}

static void
window_mark(struct cm_judge *j, uint32_t seg, const struct widest *w)
{
	const struct cm_segment *g = &j->v->segs[seg];
	uint64_t base;

	if ((uint64_t)g->window << w->scale <= w->least)
		return;
	base = w->first_at == seg ? w->second : w->first;
	if (base > 0 && g->window > 1024 && (uint64_t)g->window << w->scale > 4 * base &&
	    w->n - in_baseline(j, seg) >= 2)
		cm_judge_mark(j, seg, CM_CUE_WINDOW_LARGE, 2, NULL, 0);
}

/* ---- one segment ---- */

static void
data_marks(struct cm_judge *j, uint32_t seg)
{
	const struct cm_segment *g = &j->v->segs[seg];
	const struct cm_side *s = &j->side[g->dir];
	uint32_t t = j->trigger[seg];

	if ((g->opts & (CM_OPT_TS | CM_OPT_BROKEN)) == 0 && s->ts_agreed)
		cm_judge_mark1(j, seg, CM_CUE_TS_MISSING, 8, s->syn);
	if ((g->opts & (CM_OPT_TS | CM_OPT_BROKEN)) == 0 && s->ts_midstream &&
	    j->side[!g->dir].ts_midstream)
		cm_judge_mark(j, seg, CM_CUE_TS_MISSING_MIDSTREAM, 4, NULL, 0);
	if (t != CM_NONE && g->ipid == j->v->segs[t].ipid && cm_stack_echoes(j, seg, t))
		cm_judge_mark1(j, seg, CM_CUE_HEADER_ECHO, 4, t);
	if (g->redirect)
		cm_judge_mark(j, seg, CM_CUE_FIN_REDIRECT, 2, NULL, 0);
}

static void
segment_marks(struct cm_judge *j, uint32_t seg, const struct widest *w)
{
	const struct cm_segment *g = &j->v->segs[seg];
	const struct cm_side *s = &j->side[g->dir];

	if (s->plain != cm_ttl_class(g) || (s->fixed_id != 0 && s->fixed_id == g->ipid))
		cm_stack_header_marks(j, seg);
	window_mark(j, seg, w);
	if (j->kind[seg] == CM_SEG_DATA)
		data_marks(j, seg);
}

static void
look_at_side(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	struct widest w = widest_windows(j, dir);

	for (uint32_t k = 0; k < s->n; k++) {
		uint8_t kind = j->kind[s->at[k]];

		if (kind == CM_SEG_DATA || kind == CM_SEG_FIN || kind == CM_SEG_ACK)
			segment_marks(j, s->at[k], &w);
	}
	cm_stack_clock(j, dir);
	cm_stack_unaware(j, dir);
	cm_stack_rising(j, dir);
	cm_stack_early(j, dir);
	cm_stack_repeats(j, dir);
	cm_stack_ack_first(j, dir);
}

/* Where a fixed identification gave a segment away, its like are out, too. */
static void
purge_like(struct cm_judge *j, uint32_t seg)
{
	const struct cm_segment *f = &j->v->segs[seg];
	const struct cm_side *s = &j->side[f->dir];

	for (uint32_t k = 0; k < s->n; k++) {
		const struct cm_segment *g = &j->v->segs[s->at[k]];

		if (g->ipid == f->ipid && g->df == f->df && g->ttl == f->ttl &&
		    g->window == f->window)
			j->excluded[s->at[k]] = true;
	}
}

/* Takes what scores out of the baseline; false if there is nothing of the kind. */
static bool
purge_baseline(struct cm_judge *j)
{
	unsigned like = 0;
	bool any = false;

	for (uint32_t i = 0; i < j->v->n; i++) {
		if (j->bits[i] < OUT_OF_BASELINE && !cm_judge_has(j, i, CM_CUE_IPID_CONSTANT))
			continue;
		j->excluded[i] = any = true;
		if (cm_judge_has(j, i, CM_CUE_IPID_REPEATED) && like++ < 8)
			purge_like(j, i);
	}
	return any;
}

static void
look(struct cm_judge *j)
{
	for (unsigned d = 0; d < 2; d++)
		build_baseline(j, d);
	look_at_side(j, j->client);
	look_at_side(j, !j->client);
	if (j->n_marks > 0 && purge_baseline(j)) {
		cm_judge_reset(j);
		for (unsigned d = 0; d < 2; d++)
			build_baseline(j, d);
		look_at_side(j, j->client);
		look_at_side(j, !j->client);
	}
	for (unsigned d = 0; d < 2 && j->n_marks > 0; d++)
		cm_stack_resent(j, d);
}

const struct cm_detector cm_detector_stack = { "stack-break", 6, look };
