#include <stdlib.h>
#include <string.h>

#include "dossier/report_axis.h"
#include "dossier/report_bars.h"
#include "dossier/report_clients.h"

enum { BINS = 60, GAPS = 100, OCTETS = 64, PAIRS = 32, TOP = 30, GROUND = 110, HIGH = 150 };

#define GAP_NS INT64_C(20000000000) /* as far as gaps are shown, where no period is known */
#define GAP_MOST_NS INT64_C(120000000000)
#define FEW 64u

static int
order(const struct cm_host *a, const struct cm_host *b)
{
	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	if (a->tied != b->tied)
		return a->tied < b->tied ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int
by_host(const void *x, const void *y)
{
	const struct cm_sent *a = x, *b = y;
	int d = order(&a->by, &b->by);

	return d != 0 ? d : (a->t_ns > b->t_ns) - (a->t_ns < b->t_ns);
}

/* Is it one of those, and who sent it? */
static bool
take(const struct cm_traffic_finding *f, struct cm_weblog *log, const struct cm_counted *row, struct cm_sent *out, enum cm_result *rc)
{
	const struct cm_packet *p = &row->packet;
	struct cm_request q;

	if (f->kind != CM_TRAFFIC_HTTP) {
		*out = (struct cm_sent) { p->src, p->t_ns };
		return !row->is_line && (f->target.net == 0 || cm_host_eq(&p->dst, &f->target));
	}
	*rc = cm_counted_request(log, row, &q);
	if (*rc != CM_OK || !cm_traffic_touches_request(f, &q) || q.t_ns < f->from_ns || q.t_ns > f->to_ns)
		return false;
	*out = (struct cm_sent) { q.client, q.t_ns };
	return q.client.net != 0;
}

CM_RESULT
cm_sent_list(const struct cm_recounted *r, struct cm_sent **out, size_t *n)
{
	struct cm_sent *sent = calloc(r->n + 1, sizeof(*sent));
	struct cm_weblog *log = NULL;
	enum cm_result rc = sent == NULL ? CM_E_NOMEM : cm_counted_log(r->row, r->n, &log);
	size_t i;

	*n = 0;
	for (i = 0; rc == CM_OK && r->found != NULL && i < r->n; i++) {
		*n += take(r->found, log, &r->row[i], &sent[*n], &rc);
		rc = rc == CM_E_NOTFOUND ? CM_OK : rc;
	}
	cm_weblog_free(log);
	if (rc != CM_OK) {
		free(sent);
		return rc;
	}
	if (*n > 1)
		qsort(sent, *n, sizeof(*sent), by_host);
	*out = sent;
	return CM_OK;
}

/* Where the next host begins. */
static size_t
next_host(const struct cm_clients *c, size_t at)
{
	size_t to = at + 1;

	while (to < c->n && order(&c->sent[to].by, &c->sent[at].by) == 0)
		to++;
	return to;
}

/* ---- who sent most ---- */

struct most {
	size_t at, n;
};

static void
insert(struct most *most, size_t at, size_t n)
{
	size_t k = CM_TRAFFIC_TOP;

	if (most[k - 1].n >= n)
		return;
	for (k--; k > 0 && most[k - 1].n < n; k--)
		most[k] = most[k - 1];
	most[k] = (struct most) { at, n };
}

void
cm_report_top_clients(struct cm_buf *out, const struct cm_clients *c)
{
	struct most most[CM_TRAFFIC_TOP] = { { 0 } };
	size_t at, next, hosts = 0, rest = c->n, k;

	for (at = 0; at < c->n; at = next, hosts++) {
		next = next_host(c, at);
		insert(most, at, next - at);
	}
	if (hosts == 0)
		return;
	cm_bars_begin(out, "Sender", 0);
	for (k = 0; k < CM_TRAFFIC_TOP && most[k].n > 1 && cm_bars_worth((uint32_t)k, most[k].n, c->n); k++) {
		struct cm_buf text = { 0 };

		cm_words_counted_host(&text, c->d, c->i, &c->sent[most[k].at].by, "?");
		cm_bars_line(out, cm_buf_span(&text), most[k].n, c->n);
		out->failed |= !cm_buf_ok(&text);
		cm_buf_release(&text);
		rest -= most[k].n;
	}
	cm_bars_end(out, "all others", rest, c->n);
	cm_buf_add_str(out, "<p class=\"note\">");
	cm_words_number(out, hosts);
	cm_buf_printf(out, " different sender%s in ", hosts == 1 ? "" : "s");
	cm_words_number(out, c->n);
	cm_buf_add_str(out, " rows shown.</p>\n");
}

/* ---- how many at a time ---- */

static struct cm_axis
axis_of(const struct cm_clients *c)
{
	struct cm_axis a = { c->sent[0].t_ns, c->sent[0].t_ns + 1 };
	size_t i;

	for (i = 0; i < c->n; i++) {
		a.from_ns = c->sent[i].t_ns < a.from_ns ? c->sent[i].t_ns : a.from_ns;
		a.to_ns = c->sent[i].t_ns >= a.to_ns ? c->sent[i].t_ns + 1 : a.to_ns;
	}
	return a;
}

static uint32_t
bin_of(const struct cm_axis *a, int64_t t_ns)
{
	uint64_t wide = ((uint64_t)a->to_ns - (uint64_t)a->from_ns) / BINS + 1;
	uint64_t bin = ((uint64_t)t_ns - (uint64_t)a->from_ns) / wide;

	return bin >= BINS ? BINS - 1 : (uint32_t)bin;
}

static void
begin_figure(struct cm_buf *out, const char *title)
{
	cm_buf_printf(out, "<figure class=\"small\"><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>\n", CM_PIC_W, HIGH, title);
}

void
cm_report_clients_over_time(struct cm_buf *out, const struct cm_clients *c)
{
	uint64_t in[BINS] = { 0 }, fresh[BINS] = { 0 }, round;
	struct cm_axis a;
	size_t at, next, k;

	if (c->n < FEW)
		return;
	a = axis_of(c);
	for (at = 0; at < c->n; at = next) {
		next = next_host(c, at);
		fresh[bin_of(&a, c->sent[at].t_ns)]++;
		for (k = at; k < next; k++)
			in[bin_of(&a, c->sent[k].t_ns)] += k == at || bin_of(&a, c->sent[k].t_ns) != bin_of(&a, c->sent[k - 1].t_ns);
	}
	round = cm_axis_round(cm_bars_most(in, BINS));
	begin_figure(out, "Different senders over time");
	cm_axis_values(out, TOP, GROUND, round, "", "different senders in a sixtieth of the time; dark: not seen before");
	cm_axis_times(out, &a, TOP, GROUND);
	cm_bars_draw(out, in, BINS, "rest", TOP, GROUND, round);
	cm_bars_draw(out, fresh, BINS, "in", TOP, GROUND, round);
	cm_axis_caption(out, &a, GROUND + 34);
	cm_buf_add_str(out, "</svg></figure>\n");
}

/* ---- the time between two ---- */

static void
put_period(struct cm_buf *out, const struct cm_clients *c, int64_t most_ns)
{
	const struct cm_axis a = { 0, most_ns };
	int64_t t;

	if (c->period_ns <= 0)
		return;
	for (t = c->period_ns; t < most_ns; t += c->period_ns)
		cm_buf_printf(out, "<path class=\"when\" d=\"M%d %dV%d\"/>", cm_axis_x(&a, t), TOP, GROUND);
	cm_buf_printf(out, "<text class=\"moment\" x=\"%d\" y=\"%d\">every ", cm_axis_x(&a, c->period_ns) + 4, TOP + 10);
	cm_words_seconds(out, c->period_ns);
	cm_buf_add_str(out, "</text>\n");
}

static uint64_t
count_gaps(const struct cm_clients *c, int64_t most_ns, uint64_t gap[GAPS])
{
	uint64_t all = 0;
	size_t at, k;

	for (at = 0; at < c->n; at++) {
		for (k = at + 1; k < c->n && k <= at + PAIRS && order(&c->sent[k].by, &c->sent[at].by) == 0; k++) {
			uint64_t ns = (uint64_t)c->sent[k].t_ns - (uint64_t)c->sent[at].t_ns;

			if (ns >= (uint64_t)most_ns)
				break;
			gap[ns / ((uint64_t)most_ns / GAPS + 1)]++;
			all++;
		}
	}
	return all;
}

void
cm_report_gaps(struct cm_buf *out, const struct cm_clients *c)
{
	int64_t most_ns = c->period_ns <= 0 ? GAP_NS : c->period_ns > GAP_MOST_NS / 6 ? GAP_MOST_NS : c->period_ns * 6;
	uint64_t gap[GAPS] = { 0 }, all = count_gaps(c, most_ns, gap), round = cm_axis_round(cm_bars_most(gap, GAPS));

	if (all < FEW)
		return;
	begin_figure(out, "Times between two requests of one sender");
	cm_axis_values(out, TOP, GROUND, round, "", "pairs of requests of one sender, by the time between them");
	cm_bars_draw(out, gap, GAPS, "in", TOP, GROUND, round);
	cm_axis_seconds(out, most_ns, TOP, GROUND);
	put_period(out, c, most_ns);
	cm_buf_add_str(out, "</svg>\n<figcaption>A program that asks again and again has teeth here, at its period and at multiples of it; "
			    "people have none.");
	if (c->period_ns > 0)
		cm_buf_add_str(out, " The dotted lines are the period that the sender of this dossier states.");
	cm_buf_add_str(out, "</figcaption></figure>\n");
}

/* ---- where they are ---- */

void
cm_report_octets(struct cm_buf *out, const struct cm_clients *c)
{
	uint64_t n[OCTETS] = { 0 }, round;
	size_t at, hosts = 0;
	unsigned k;

	for (at = 0; at < c->n; at = next_host(c, at)) {
		if (c->sent[at].by.net != 4 || c->sent[at].by.tied)
			continue;
		n[c->sent[at].by.addr[0] / (256 / OCTETS)]++;
		hosts++;
	}
	if (hosts < FEW)
		return;
	round = cm_axis_round(cm_bars_most(n, OCTETS));
	begin_figure(out, "Where the senders' addresses lie");
	cm_axis_values(out, TOP, GROUND, round, "", "different senders, by the first number of their address");
	cm_bars_draw(out, n, OCTETS, "in", TOP, GROUND, round);
	for (k = 0; k <= 256; k += 64)
		cm_buf_printf(out, "<text class=\"tick mid\" x=\"%u\" y=\"%d\">%u</text>", CM_PIC_LEFT + k * (CM_PIC_RIGHT - CM_PIC_LEFT) / 256,
		    GROUND + 17, k);
	cm_buf_add_str(out, "</svg>\n<figcaption>Real hosts stand in clumps. Addresses made up at random lie everywhere alike, also where "
			    "nobody lives (0, 10, 127, from 224 on).</figcaption></figure>\n");
}
