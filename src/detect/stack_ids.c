/* R2, what the IP identifications of a sender that counts tell.
 *
 * E2: one on two segments is one too many, but either may be the intruder: a forger can
 * take the number that comes next.  Accused is the one whose number does not fit what was
 * sent before and after it, or else the one that is odd in other ways, too. */
#include "detect/judge.h"

#define REPEAT_NS (INT64_C(5000) * 1000000)
#define SPAN 64u	  /* segments looked at on either side */
#define BESIDE 3u	  /* numbers looked at on either side */
#define COUNTING 3u	  /* of them near show that the sender counts */
#define WIDEST_STEP 4095u /* between two segments of a connection, by a host that counts for all */
#define REPEATED_BITS 4
#define MARGIN 3 /* as between two answers to one question (E14) */

static bool
near(uint16_t a, uint16_t b)
{
	uint16_t d = (uint16_t)(a - b);

	return d <= CM_NEAR_IPID || d >= UINT16_MAX - CM_NEAR_IPID + 1;
}

/* Does the identification of place ${m} tell where the sender's counter stood, seen
 * from one that has ${id}? */
static bool
tells(const struct cm_judge *j, const struct cm_side *s, uint32_t m, uint16_t id)
{
	uint32_t i = s->at[m];
	uint16_t x = j->v->segs[i].ipid;

	return x != 0 && x != id && !j->excluded[i] && j->kind[i] != CM_SEG_RST &&
	    j->kind[i] != CM_SEG_BROKEN;
}

/* The numbers next to a place, the nearest first. */
struct beside {
	uint16_t before[BESIDE], after[BESIDE];
	unsigned nb, na;
};

static struct beside
beside(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint16_t id = j->v->segs[s->at[k]].ipid;
	uint32_t from = k > SPAN ? k - SPAN : 0, to = s->n - k > SPAN ? k + SPAN : s->n;
	struct beside b = { .nb = 0, .na = 0 };

	for (uint32_t m = k; m-- > from && b.nb < BESIDE;)
		if (tells(j, s, m, id))
			b.before[b.nb++] = j->v->segs[s->at[m]].ipid;
	for (uint32_t m = k + 1; m < to && b.na < BESIDE; m++)
		if (tells(j, s, m, id))
			b.after[b.na++] = j->v->segs[s->at[m]].ipid;
	return b;
}

static unsigned
count_near(const struct beside *b, uint16_t id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nb; i++)
		n += near(id, b->before[i]);
	for (unsigned i = 0; i < b->na; i++)
		n += near(id, b->after[i]);
	return n;
}

static bool
fits_at(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint16_t id = j->v->segs[s->at[k]].ipid;
	struct beside b = beside(j, s, k);

	if (count_near(&b, id) > 0)
		return true;
	return b.nb > 0 && b.na > 0 && (uint16_t)(b.after[0] - b.before[0]) <= WIDEST_STEP &&
	    (uint16_t)(id - b.before[0]) < (uint16_t)(b.after[0] - b.before[0]);
}

/* Where in its direction a segment stands. */
static uint32_t
place_of(const struct cm_side *s, uint32_t seg)
{
	uint32_t low = 0, high = s->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->at[middle] < seg)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
cm_stack_id_fits(const struct cm_judge *j, uint32_t seg)
{
	const struct cm_side *s = &j->side[j->v->segs[seg].dir];

	return fits_at(j, s, place_of(s, seg));
}

/* How many identifications around place ${k}, other than its own and 0, count upwards;
 * -1: they do not. */
static int
others_count(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	uint16_t id = j->v->segs[s->at[k]].ipid;
	uint32_t from = k > SPAN ? k - SPAN : 0, to = s->n - k > SPAN ? k + SPAN : s->n;
	uint16_t last = 0;
	int n = 0;

	for (uint32_t m = from; m < to; m++) {
		uint16_t x = j->v->segs[s->at[m]].ipid;

		if (x == id || x == 0 || j->excluded[s->at[m]] || (n > 0 && x == last))
			continue;
		if (n > 0 && (uint16_t)(x - last) > 0x7fff)
			return -1;
		last = x;
		n++;
	}
	return n;
}

bool
cm_stack_id_apart(const struct cm_judge *j, uint32_t seg, uint32_t rival)
{
	const struct cm_segment *g = &j->v->segs[seg], *o = &j->v->segs[rival];
	const struct cm_side *s = &j->side[g->dir];
	struct beside b;

	if (g->ipv6 || g->ipid == 0 || o->ipid == 0 || fits_at(j, s, place_of(s, seg)))
		return false;
	b = beside(j, s, place_of(s, rival));
	return count_near(&b, o->ipid) >= COUNTING;
}

bool
cm_stack_others_count(const struct cm_judge *j, uint32_t seg)
{
	const struct cm_side *s = &j->side[j->v->segs[seg].dir];

	return others_count(j, s, place_of(s, seg)) >= 0;
}

/* The place of another segment near place ${k} with the same identification; CM_NONE. */
static uint32_t
twin(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	const struct cm_segment *g = &j->v->segs[s->at[k]];
	uint32_t from = k > SPAN ? k - SPAN : 0, to = s->n - k > SPAN ? k + SPAN : s->n;

	for (uint32_t m = from; m < to; m++) {
		const struct cm_segment *o = &j->v->segs[s->at[m]];
		int64_t dt = o->t_ns > g->t_ns ? o->t_ns - g->t_ns : g->t_ns - o->t_ns;

		if (m != k && o->ipid == g->ipid && dt <= REPEAT_NS &&
		    j->kind[s->at[m]] != CM_SEG_BROKEN &&
		    (o->seq != g->seq || o->payload_len != g->payload_len))
			return m;
	}
	return CM_NONE;
}

/* The numbers next to place ${k} are near one another before and behind it, and that of the
 * place is not among them. */
static bool
left_out(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	struct beside b = beside(j, s, k);

	return !fits_at(j, s, k) && b.nb > 0 && b.na > 0 && near(b.before[0], b.after[0]) &&
	    count_near(&b, b.before[0]) >= COUNTING;
}

/* The segments next to place ${k}, before and behind it, have 0 where no fragment can be. */
static bool
among_zeros(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	unsigned n[2] = { 0, 0 };

	for (uint32_t step = 1; step <= SPAN; step++)
		for (unsigned behind = 0; behind < 2; behind++) {
			uint32_t m = behind != 0 ? k + step : k - step; /* below 0 is beyond n */
			const struct cm_segment *o = m < s->n ? &j->v->segs[s->at[m]] : NULL;

			if (o == NULL || n[behind] == BESIDE || j->kind[s->at[m]] == CM_SEG_RST ||
			    j->kind[s->at[m]] == CM_SEG_BROKEN)
				continue;
			if (o->ipid != 0 || !o->df)
				return false;
			n[behind]++;
		}
	return n[0] == BESIDE && n[1] > 0;
}

/* The number of place ${k} fits, but another segment has it, which nothing speaks against. */
static bool
taken(const struct cm_judge *j, const struct cm_side *s, uint32_t k)
{
	struct beside b = beside(j, s, k);
	uint32_t m = twin(j, s, k);

	return m != CM_NONE && j->bits[s->at[m]] <= 0 && j->kind[s->at[m]] != CM_SEG_RST &&
	    count_near(&b, j->v->segs[s->at[k]].ipid) >= COUNTING;
}

bool
cm_stack_id_foreign(const struct cm_judge *j, uint32_t seg)
{
	const struct cm_segment *g = &j->v->segs[seg];
	const struct cm_side *s = &j->side[g->dir];
	uint32_t k = place_of(s, seg);

	return !g->ipv6 && g->ipid != 0 &&
	    (left_out(j, s, k) || among_zeros(j, s, k) || taken(j, s, k));
}

/* What else speaks against this segment. */
static int
other_bits(const struct cm_judge *j, uint32_t i)
{
	return j->bits[i] - (cm_judge_has(j, i, CM_CUE_IPID_REPEATED) ? REPEATED_BITS : 0);
}

/* Is place ${k}, rather than ${m}, the one too many? */
static bool
intrudes(const struct cm_judge *j, const struct cm_side *s, uint32_t k, uint32_t m)
{
	if (!fits_at(j, s, k))
		return true;
	return fits_at(j, s, m) &&
	    other_bits(j, s->at[k]) >= other_bits(j, s->at[m]) + MARGIN;
}

/* A set of identifications as 4096 bits, of their low 12: who is not in it is new. */
struct seen {
	uint64_t bit[64];
};

static bool
has_seen(const struct seen *seen, uint16_t id)
{
	return (seen->bit[id >> 6 & 63] >> (id & 63) & 1) != 0;
}

static void
see(struct seen *seen, uint16_t id)
{
	seen->bit[id >> 6 & 63] |= UINT64_C(1) << (id & 63);
}

/* The identifications that may be there twice. */
static bool
find_twice(const struct cm_judge *j, const struct cm_side *s, struct seen *twice)
{
	struct seen once = { { 0 } };
	bool any = false;

	*twice = (struct seen) { { 0 } };
	for (uint32_t k = 0; k < s->n; k++) {
		uint16_t id = j->v->segs[s->at[k]].ipid;

		if (id != 0 && has_seen(&once, id)) {
			see(twice, id);
			any = true;
		}
		see(&once, id);
	}
	return any;
}

void
cm_stack_repeats(struct cm_judge *j, unsigned dir)
{
	const struct cm_side *s = &j->side[dir];
	struct seen twice;

	if (!s->signs.id_again || (!find_twice(j, s, &twice) && !j->thorough))
		return;
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->at[k], m;
		const struct cm_segment *g = &j->v->segs[i];

		if ((j->kind[i] != CM_SEG_DATA && j->kind[i] != CM_SEG_FIN) || g->ipid == 0 ||
		    g->ipv6 || (!has_seen(&twice, g->ipid) && !j->thorough))
			continue;
		m = twin(j, s, k);
		if (m != CM_NONE && others_count(j, s, k) >= 2 && intrudes(j, s, k, m))
			cm_judge_mark1(j, i, CM_CUE_IPID_REPEATED, REPEATED_BITS, s->at[m]);
	}
}
