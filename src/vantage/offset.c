#include <stdlib.h>

#include "vantage/offset.h"

#define SECOND INT64_C(1000000000)
#define FAR INT64_C(9000000000000000)  /* 104 days: no clock is that wrong; keeps sums in 64 bits */
#define QUARTER (SECOND / 4)
#define DRIFT_SPAN (30 * SECOND)
#define DRIFT_MAX INT64_C(1000000) /* 0.1 %: no clock is that bad */

enum { BINS = 16, BIN_MIN = 4 };

static int
order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_number(const void *a, const void *b)
{
	return order(*(const int64_t *)a, *(const int64_t *)b);
}

static int
by_pair(const void *a, const void *b)
{
	const struct cm_match *x = a, *y = b;
	int d = order(x->pair, y->pair);

	if (d == 0)
		d = order(x->dir, y->dir);
	return d != 0 ? d : order(x->dt_ns, y->dt_ns);
}

static int
by_time(const void *a, const void *b)
{
	const struct cm_match *x = a, *y = b;
	int d = order(x->t_ns, y->t_ns);

	return d != 0 ? d : order(x->dt_ns, y->dt_ns);
}

static int
by_dt(const void *a, const void *b)
{
	return order(((const struct cm_match *)a)->dt_ns, ((const struct cm_match *)b)->dt_ns);
}

/* What the TTLs of [from, to) say: all down, all up, or nothing. */
static int
ttl_way(const struct cm_match *m, size_t from, size_t to)
{
	size_t down = 0, up = 0;

	for (size_t i = from; i < to; i++) {
		down += m[i].hops > 0;
		up += m[i].hops < 0;
	}
	if (4 * down > 3 * (to - from))
		return 1;
	return 4 * up > 3 * (to - from) ? -1 : 0;
}

/* [from, mid) go one way between two hosts, [mid, to) the other. */
static void
label_pair(struct cm_match *m, size_t from, size_t mid, size_t to)
{
	int one = ttl_way(m, from, mid), other = ttl_way(m, mid, to);

	if (from < mid && mid < to && (one == 0 || one != -other)) {
		one = order(m[(from + mid) / 2].dt_ns, m[(mid + to) / 2].dt_ns);
		other = -one;
	}
	for (size_t i = from; i < to; i++)
		m[i].way = (int8_t)(i < mid ? one : other);
}

static void
label(struct cm_match *m, size_t n)
{
	qsort(m, n, sizeof(m[0]), by_pair);
	for (size_t from = 0, to; from < n; from = to) {
		size_t mid = from;

		for (to = from; to < n && m[to].pair == m[from].pair; to++)
			mid += m[to].dir == m[from].dir;
		label_pair(m, from, mid, to);
	}
}

/* ---- drift ---- */

struct bin {
	int64_t t, dt;
};

/* ${ppb} of ${t}, both bounded. */
static int64_t
part_of(int64_t t, int64_t ppb)
{
	return t / SECOND * ppb + t % SECOND / 1000 * ppb / 1000000;
}

/* Of matches in order of time: for one way the edge of each stretch, where packets waited least. */
static size_t
edges(const struct cm_match *m, size_t n, int way, struct bin out[BINS])
{
	size_t bins = 0, used = 0, at = 0, total = 0;
	int64_t *dt = calloc(n, sizeof(*dt));

	for (size_t i = 0; i < n; i++)
		total += m[i].way == way;
	while (dt != NULL && total >= BINS * BIN_MIN && at < n && used < BINS) {
		size_t k = 0, first = at, want = total / BINS;

		for (; at < n && k < want; at++)
			if (m[at].way == way)
				dt[k++] = m[at].dt_ns;
		if (k < BIN_MIN)
			break;
		qsort(dt, k, sizeof(*dt), by_number);
		out[bins++] = (struct bin) { m[first].t_ns + (m[at - 1].t_ns - m[first].t_ns) / 2,
			way > 0 ? dt[k / 8] : dt[k - 1 - k / 8] };
		used++;
	}
	free(dt);
	return bins;
}

/* Theil and Sen: the median of the slopes between all stretches; a wrong one moves it little. */
static bool
slope(const struct bin *b, size_t n, int64_t *ppb)
{
	int64_t s[BINS * (BINS - 1) / 2 + 1];
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (b[j].t - b[i].t >= SECOND)
				s[k++] = (b[j].dt - b[i].dt) / ((b[j].t - b[i].t) / 1000000) * 1000 +
				    (b[j].dt - b[i].dt) % ((b[j].t - b[i].t) / 1000000) * 1000 /
					((b[j].t - b[i].t) / 1000000);
	if (k < BINS)
		return false;
	qsort(s, k, sizeof(s[0]), by_number);
	*ppb = s[k / 2];
	return *ppb > -DRIFT_MAX && *ppb < DRIFT_MAX;
}

/* Half of the edges lie nearer than this to the line. */
static int64_t
rough(const struct bin *b, size_t n, int64_t ppb)
{
	int64_t r[BINS], middle;

	for (size_t i = 0; i < n; i++)
		r[i] = b[i].dt - part_of(b[i].t - b[0].t, ppb);
	qsort(r, n, sizeof(r[0]), by_number);
	middle = r[n / 2];
	for (size_t i = 0; i < n; i++)
		r[i] = r[i] < middle ? middle - r[i] : r[i] - middle;
	qsort(r, n, sizeof(r[0]), by_number);
	return r[n / 2];
}

/* A drift is one only if over the whole span it is more than what the edges vary. */
static bool
way_drift(const struct cm_match *m, size_t n, int way, int64_t *ppb)
{
	struct bin b[BINS];
	size_t k = edges(m, n, way, b);
	int64_t span, gone;

	if (k < BINS / 2 || b[k - 1].t - b[0].t < DRIFT_SPAN || !slope(b, k, ppb))
		return false;
	span = part_of(b[k - 1].t - b[0].t, *ppb);
	gone = span < 0 ? -span : span;
	return gone > 4 * rough(b, k, *ppb) + 10000;
}

static void
find_drift(struct cm_match *m, size_t n, struct cm_offset *o)
{
	int64_t there = 0, back = 0;
	bool has_there, has_back;

	qsort(m, n, sizeof(m[0]), by_time);
	o->at_ns = m[n / 2].t_ns;
	has_there = way_drift(m, n, 1, &there);
	has_back = way_drift(m, n, -1, &back);
	if (!has_there && !has_back)
		return;
	o->drift_ppb = !has_back ? there : !has_there ? back : (there + back) / 2;
	/* Two ways that disagree: a way that grew longer, no clock. */
	if (has_there && has_back && (there < 0) != (back < 0))
		o->drift_ppb = 0;
	o->drifts = o->drift_ppb != 0;
	for (size_t i = 0; i < n && o->drifts; i++)
		m[i].dt_ns -= part_of(m[i].t_ns - o->at_ns, o->drift_ppb);
}

/* ---- bounds ---- */

static void
set_misfits(struct cm_match *m, size_t n, struct cm_offset *o, int64_t *far)
{
	int64_t middle, usual;

	qsort(m, n, sizeof(m[0]), by_dt);
	middle = m[n / 2].dt_ns;
	for (size_t i = 0; i < n; i++)
		far[i] = m[i].dt_ns < middle ? middle - m[i].dt_ns : m[i].dt_ns - middle;
	qsort(far, n, sizeof(*far), by_number);
	usual = far[n / 2] > FAR / 8 ? FAR / 8 : far[n / 2];
	for (size_t i = 0; i < n; i++) {
		int64_t d = m[i].dt_ns < middle ? middle - m[i].dt_ns : m[i].dt_ns - middle;

		m[i].misfit = d > 8 * usual + QUARTER;
		o->misfits += m[i].misfit;
	}
	o->middle_ns = middle;
}

/* Of matches in order of dt: the bound that those going ${way} give. */
static bool
bound(const struct cm_match *m, size_t n, int way, int64_t *out)
{
	size_t fit = 0, nth, seen = 0;

	for (size_t i = 0; i < n; i++)
		fit += m[i].way == way && !m[i].misfit;
	if (fit == 0)
		return false;
	nth = 3 + fit / 32 < fit ? 3 + fit / 32 : fit;
	for (size_t k = 0; k < n && seen < nth; k++) {
		const struct cm_match *x = &m[way > 0 ? k : n - 1 - k];

		if (x->way != way || x->misfit)
			continue;
		*out = x->dt_ns;
		seen++;
	}
	return true;
}

static void
set_bounds(const struct cm_match *m, size_t n, struct cm_offset *o)
{
	bool has_most = bound(m, n, 1, &o->most_ns), has_least = bound(m, n, -1, &o->least_ns);

	o->how = has_most && has_least ? CM_OFFSET_BOTH_WAYS : CM_OFFSET_ONE_WAY;
	if (!has_most)
		o->most_ns = INT64_MAX;
	if (!has_least)
		o->least_ns = INT64_MIN;
	if (o->how == CM_OFFSET_ONE_WAY) {
		if (has_most || has_least)
			o->middle_ns = has_most ? o->most_ns : o->least_ns;
		return;
	}
	/* Ways that were told wrongly; the truth lies between all the same. */
	if (o->least_ns > o->most_ns) {
		int64_t least = o->most_ns;

		o->most_ns = o->least_ns;
		o->least_ns = least;
	}
	o->middle_ns = o->least_ns + (o->most_ns - o->least_ns) / 2;
}

/* Leaves out what no clock explains.  Returns how many are left. */
static size_t
set_dt(struct cm_match *m, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		__extension__ __int128 dt = (__int128)m[i].there_ns - m[i].t_ns;

		if (dt < -FAR || dt > FAR || m[i].t_ns < -FAR * 500 || m[i].t_ns > FAR * 500)
			continue;
		m[kept] = m[i];
		m[kept++].dt_ns = (int64_t)dt;
	}
	return kept;
}

struct cm_offset
cm_offset_of_packets(struct cm_match *m, size_t n)
{
	struct cm_offset o = { .how = CM_OFFSET_UNKNOWN, .matched = n };
	size_t kept = set_dt(m, n);
	int64_t *far = calloc(kept + 1, sizeof(*far));

	o.misfits = n - kept;
	if (far == NULL)
		o.starved = true;
	if (far != NULL && kept > 0) {
		label(m, kept);
		find_drift(m, kept, &o);
		set_misfits(m, kept, &o, far);
		set_bounds(m, kept, &o);
	}
	free(far);
	return o;
}

bool
cm_offset_agree(const struct cm_match *m, size_t n, const struct cm_offset *o)
{
	size_t near = 0, i;

	for (i = 0; i < n; i++) {
		__extension__ __int128 far = (__int128)m[i].there_ns - m[i].t_ns - cm_offset_when(o, m[i].t_ns);

		near += far > -SECOND && far < SECOND;
	}
	return near >= 4 && 2 * near > n;
}

struct cm_offset
cm_offset_of_requests(struct cm_match *m, size_t n)
{
	struct cm_offset o = { .how = CM_OFFSET_UNKNOWN, .matched = n };
	size_t kept = set_dt(m, n), here = 0, there = 0;
	int64_t *far = calloc(kept + 1, sizeof(*far)), at = 0;

	o.misfits = n - kept;
	if (far == NULL)
		o.starved = true;
	if (far != NULL && kept > 0) {
		qsort(m, kept, sizeof(m[0]), by_time);
		o.at_ns = m[kept / 2].t_ns;
		for (size_t i = 0; i < kept; i++) {
			here += m[i].whole_here;
			there += m[i].whole_there;
		}
		set_misfits(m, kept, &o, far);
		/* A log is late, never early: the edge is on the side of whoever wrote less late. */
		for (size_t i = 0; i < kept; i++)
			m[i].way = here > there ? -1 : 1;
		if (bound(m, kept, m[0].way, &at)) {
			o.how = CM_OFFSET_SECONDS;
			o.least_ns = at - SECOND;
			o.most_ns = at + SECOND;
			o.middle_ns = at;
		}
	}
	free(far);
	return o;
}

int64_t
cm_offset_when(const struct cm_offset *o, int64_t t_ns)
{
	int64_t since;

	if (o->how == CM_OFFSET_UNKNOWN)
		return 0;
	if (!o->drifts || __builtin_sub_overflow(t_ns, o->at_ns, &since) || since > FAR || since < -FAR)
		return o->middle_ns;
	return o->middle_ns + part_of(since, o->drift_ppb);
}
