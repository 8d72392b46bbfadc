/* All that was found, on one axis of time. */
#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/report_panels.h"
#include "dossier/report_parts.h"

enum { LANES = 32, LANE = 46, PLOT = 24, TOP = 8, FOOT = 42, BINS = 120 };

/* A line of the picture: a statement about traffic, or all findings of single packets of an exhibit. */
struct lane {
	bool counted;
	size_t i;
	uint32_t exhibit;
};

struct overview {
	struct cm_buf *out;
	const struct cm_dossier *d;
	const struct cm_shown_chain *chain; /* whose clocks are used; NULL: none are known */
	struct lane lane[LANES];
	size_t n, left_out;
	struct cm_axis axis;
	bool any;
};

/* ---- clocks ---- */

/* What is to be taken off the times of an exhibit; false: its clock stands alone. */
static bool
offset_of(const struct overview *o, uint32_t exhibit, int64_t *ns)
{
	const struct cm_chain_v1_clock *k;

	*ns = 0;
	if (o->chain == NULL || o->chain->clock[exhibit] == UINT32_MAX)
		return false;
	k = &o->chain->body->clock[o->chain->clock[exhibit]];
	*ns = k->how == CM_CHAIN_CLOCK_SAME ? 0 : k->middle_ns;
	return k->how == CM_CHAIN_CLOCK_SAME || k->how >= CM_CHAIN_CLOCK_BOTH_WAYS;
}

static int64_t
corrected(const struct overview *o, uint32_t exhibit, int64_t t_ns)
{
	int64_t ns, t;

	(void)offset_of(o, exhibit, &ns);
	return __builtin_sub_overflow(t_ns, ns, &t) ? t_ns : t;
}

/* ---- what there is ---- */

static bool
time_of(const struct cm_dossier *d, size_t i, uint32_t *exhibit, int64_t *t_ns)
{
	const struct cm_finding *f = d->findings[i].body;
	const struct cm_ids *set = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *r = set->n == 0 ? NULL : cm_dossier_row(d, set->id[0]);

	if (r == NULL || !r->has_packet)
		return false;
	*exhibit = cm_packet_file(set->id[0]);
	*t_ns = r->packet.t_ns;
	return true;
}

static void
widen(struct overview *o, int64_t from_ns, int64_t to_ns)
{
	if (!o->any || from_ns < o->axis.from_ns)
		o->axis.from_ns = from_ns;
	if (!o->any || to_ns > o->axis.to_ns)
		o->axis.to_ns = to_ns;
	o->any = true;
}

static void
add_lane(struct overview *o, struct lane lane)
{
	if (o->n < LANES)
		o->lane[o->n++] = lane;
	else
		o->left_out++;
}

static void
add_findings(struct overview *o)
{
	uint32_t exhibit, last = 0;
	int64_t t;
	size_t i, k;

	for (i = 0; i < o->d->n_findings; i++) {
		if (!time_of(o->d, i, &exhibit, &t))
			continue;
		widen(o, corrected(o, exhibit, t), corrected(o, exhibit, t));
		if (o->n > 0 && exhibit == last)
			continue;
		last = exhibit;
		for (k = 0; k < o->n && o->lane[k].exhibit != exhibit; k++)
			;
		if (k == o->n)
			add_lane(o, (struct lane) { false, i, exhibit });
	}
}

static void
add_counted(struct overview *o)
{
	size_t i;

	for (i = 0; i < o->d->n_traffic; i++) {
		const struct cm_traffic_v1 *t = o->d->traffic[i].body;
		uint32_t exhibit = t->support.n == 0 ? 0 : cm_packet_file(t->support.id[0]);

		if (o->n == LANES) {
			o->left_out++;
			continue;
		}
		add_lane(o, (struct lane) { true, i, exhibit });
		widen(o, corrected(o, exhibit, t->claimed.from_ns), corrected(o, exhibit, t->claimed.to_ns));
	}
}

/* A tenth more on both sides. */
static void
add_margin(struct overview *o)
{
	uint64_t wide = (uint64_t)o->axis.to_ns - (uint64_t)o->axis.from_ns;
	int64_t more = wide / 10 > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)(wide / 10) + 500000000;

	if (__builtin_sub_overflow(o->axis.from_ns, more, &o->axis.from_ns))
		o->axis.from_ns = INT64_MIN;
	if (__builtin_add_overflow(o->axis.to_ns, more, &o->axis.to_ns))
		o->axis.to_ns = INT64_MAX;
}

/* ---- lanes ---- */

static int
ground_of(size_t lane)
{
	return TOP + (int)(lane + 1) * LANE - 4;
}

static int
x_at(const struct overview *o, uint32_t exhibit, int64_t t_ns)
{
	return cm_axis_x(&o->axis, corrected(o, exhibit, t_ns));
}

/* The form of the flood in its lane, as high as its own fullest time. */
static void
draw_form(const struct overview *o, const struct lane *l, int ground)
{
	const struct cm_traffic_finding *f = &o->d->traffic[l->i].body->claimed;
	struct cm_panels p;
	uint64_t most = 0, n;
	uint32_t i;
	int x, next;

	if (!cm_panels_of(f->series, BINS, &p))
		return;
	for (i = 0; i < p.n; i++) {
		n = cm_panels_sum(&p, p.s->in, i);
		most = n > most ? n : most;
	}
	cm_buf_printf(o->out, "<path class=\"in\" d=\"M%d %d", x_at(o, l->exhibit, cm_panels_time(&p, 0)), ground);
	for (i = 0; i < p.n; i++) {
		x = x_at(o, l->exhibit, cm_panels_time(&p, i));
		next = x_at(o, l->exhibit, cm_panels_time(&p, i + 1));
		cm_buf_printf(o->out, "H%dV%dH%d", x, ground - cm_axis_height(cm_panels_sum(&p, p.s->in, i), most + !most, PLOT), next);
	}
	cm_buf_printf(o->out, "V%dZ\"/>\n", ground);
}

static void
draw_moment(const struct overview *o, const struct lane *l, bool any, int64_t t_ns, int ground, const char *sign)
{
	if (any)
		cm_buf_printf(o->out, "<text class=\"moment mid\" x=\"%d\" y=\"%d\">%s</text>", x_at(o, l->exhibit, t_ns), ground - 4, sign);
}

static void
draw_counted(const struct overview *o, const struct lane *l, int ground)
{
	const struct cm_traffic_finding *f = &o->d->traffic[l->i].body->claimed;
	int from = x_at(o, l->exhibit, f->from_ns), to = x_at(o, l->exhibit, f->to_ns);

	cm_buf_printf(o->out, "<a href=\"#t%zu\"><text class=\"lane\" x=\"%d\" y=\"%d\"><tspan class=\"head\">T%zu</tspan> %s: %s, ", l->i + 1,
	    CM_PIC_LEFT, ground - PLOT - 5, l->i + 1, cm_traffic_verdict_word(f->verdict), cm_traffic_kind_word(f->kind));
	cm_words_number(o->out, f->packets);
	cm_buf_printf(o->out, " %s; seal %" PRIu32 "</text></a>", f->kind == CM_TRAFFIC_HTTP ? "requests" : "packets", l->exhibit + 1);
	draw_form(o, l, ground);
	cm_buf_printf(o->out, "<path class=\"span\" d=\"M%d %dV%dH%dV%d\"/>", from, ground - PLOT, ground, to > from ? to : from + 1, ground - PLOT);
	draw_moment(o, l, f->effect.degraded, f->effect.degraded_ns, ground, "&#9660;");
	draw_moment(o, l, f->effect.recovered, f->effect.recovered_ns, ground, "&#9650;");
	cm_buf_add_str(o->out, "\n");
}

static void
draw_findings(const struct overview *o, const struct lane *l, int ground)
{
	uint32_t exhibit;
	int64_t t;
	size_t i, n = 0;
	int x, last = -1;

	cm_buf_add_str(o->out, "<path class=\"forgery\" d=\"");
	for (i = 0; i < o->d->n_findings; i++) {
		if (!time_of(o->d, i, &exhibit, &t) || exhibit != l->exhibit)
			continue;
		n++;
		x = x_at(o, exhibit, t);
		if (x != last)
			cm_buf_printf(o->out, "M%d %dl-5 -11h10Z", x, ground - 4);
		last = x;
	}
	cm_buf_printf(o->out, "\"/><a href=\"#i%zu\"><text class=\"lane\" x=\"%d\" y=\"%d\"><tspan class=\"head\">%zu finding%s</tspan> of single "
			      "packets; seal %" PRIu32 "</text></a>\n", l->i + 1, CM_PIC_LEFT, ground - PLOT - 5, n, n == 1 ? "" : "s", l->exhibit + 1);
}

/* From the lane of a chain's scripts to those of its floods. */
static void
draw_chain(const struct overview *o, size_t chain)
{
	const struct cm_shown_chain *c = &o->d->chains[chain];
	uint32_t exhibit = cm_packet_file(c->body->scripts[0].rows.id[0]);
	int from = -1, x = 30 + 10 * (int)(chain % 3);
	size_t i, k;

	for (i = 0; i < o->n; i++)
		if (!o->lane[i].counted && o->lane[i].exhibit == exhibit)
			from = ground_of(i) - 8;
	for (i = 0; from >= 0 && i < o->n; i++)
		for (k = 0; k < c->body->n_floods && o->lane[i].counted; k++)
			if (c->traffic[k] == o->lane[i].i)
				cm_buf_printf(o->out, "<path class=\"arrow\" d=\"M%d %dH%dV%dH%dm-7-4l7 4l-7 4\"/>", CM_PIC_LEFT - 4, from, x,
				    ground_of(i) - 8, CM_PIC_LEFT - 2);
}

static void
draw_lanes(const struct overview *o)
{
	int ground = ground_of(o->n - 1);
	size_t i;

	cm_axis_times(o->out, &o->axis, TOP, ground);
	cm_axis_caption(o->out, &o->axis, ground + 34);
	for (i = 0; i < o->n; i++) {
		cm_buf_printf(o->out, "<path class=\"grid\" d=\"M%d %dH%d\"/>", CM_PIC_LEFT, ground_of(i), CM_PIC_RIGHT);
		if (o->lane[i].counted)
			draw_counted(o, &o->lane[i], ground_of(i));
		else
			draw_findings(o, &o->lane[i], ground_of(i));
	}
	for (i = 0; i < o->d->n_chains; i++)
		draw_chain(o, i);
}

/* ---- what its clock is ---- */

static void
put_clocks(const struct overview *o)
{
	int64_t ns;
	uint32_t k;

	if (o->d->n_exhibits < 2)
		return;
	if (o->chain == NULL) {
		cm_buf_add_str(o->out, " Each seal's times are by its own clock; nothing here says how these differ.");
		return;
	}
	cm_buf_printf(o->out, " By the clock of seal %" PRIu32 ".", cm_packet_file(o->chain->body->scripts[0].rows.id[0]) + 1);
	for (k = 0; k < o->d->n_exhibits; k++) {
		if (!offset_of(o, k, &ns))
			cm_buf_printf(o->out, " Seal %" PRIu32 " by its own clock.", k + 1);
		else if (ns != 0) {
			cm_buf_printf(o->out, " Seal %" PRIu32 " is moved by ", k + 1);
			cm_words_seconds(o->out, ns == INT64_MIN ? INT64_MAX : -ns);
			cm_buf_add_str(o->out, ", as its chain states.");
		}
	}
}

static void
put_lanes(const struct overview *o)
{
	cm_buf_printf(o->out, "<figure class=\"overview\"><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>All that was found, over time</title>"
			      "<desc>One line for each flood and scan, and for the findings of each seal; the list below has the same.</desc>\n",
	    CM_PIC_W, ground_of(o->n - 1) + FOOT);
	draw_lanes(o);
	cm_buf_add_str(o->out, "</svg>\n<figcaption>");
	if (!o->lane[0].counted)
		cm_buf_add_str(o->out, "Triangles: forged or suspect packets, from the rows that are open. ");
	cm_buf_add_str(o->out, "Areas: what came, each as high as its own fullest time, by the sender's word; &#9660; worse, &#9650; well again.");
	cm_buf_add_str(o->out, o->chain != NULL ? " Arrows: joined by a chain." : "");
	put_clocks(o);
	if (o->left_out > 0)
		cm_buf_printf(o->out, " %zu more are in the list only.", o->left_out);
	cm_buf_add_str(o->out, "</figcaption></figure>\n");
}

void
cm_report_overview(struct cm_buf *out, const struct cm_dossier *d)
{
	struct overview o = { .out = out, .d = d, .chain = d->n_chains > 0 ? &d->chains[0] : NULL };
	size_t i;

	if (d->n_traffic == 0)
		return;
	add_findings(&o);
	add_counted(&o);
	if (o.n < 2)
		return;
	add_margin(&o);
	cm_buf_add_str(out, "<section id=\"glance\"><h2>At a glance</h2>\n");
	for (i = 0; i < d->n_chains; i++)
		cm_report_chain_picture(out, d, i);
	put_lanes(&o);
	cm_buf_add_str(out, "</section>\n");
}
