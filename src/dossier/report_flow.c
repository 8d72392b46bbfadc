#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

/* Geometry of the picture, in its own units. */
enum {
	PIC_W = 760,
	PIC_H = 320,
	PIC_LEFT = 56,
	PIC_RIGHT = 20,
	PIC_TOP = 34,
	PIC_BOTTOM = 56,
	MARKS_MAX = 400,
	LABELS_MAX = 24
};

struct mark {
	const struct cm_shown_row *row;
	enum cm_role role;
	bool from_client;
	int x, y;
};

struct plot {
	struct mark *mark;
	size_t n;
	size_t left_out;
	uint8_t ttl_low, ttl_high;
};

enum cm_role
cm_report_role(const struct cm_finding *f, cm_packet_id id)
{
	if (cm_ids_has(&f->forged, id))
		return CM_ROLE_FORGED;
	if (cm_ids_has(&f->genuine, id))
		return CM_ROLE_GENUINE;
	if (cm_ids_has(&f->suspect, id))
		return CM_ROLE_SUSPECT;
	if (cm_ids_has(&f->support_host, id))
		return CM_ROLE_HOST;
	return CM_ROLE_OTHER;
}

static int
by_time(const void *a, const void *b)
{
	const struct mark *p = a, *q = b;

	if (p->row->packet.t_ns != q->row->packet.t_ns)
		return p->row->packet.t_ns < q->row->packet.t_ns ? -1 : 1;
	return p->row->packet.id < q->row->packet.id ? -1 : p->row->packet.id > q->row->packet.id;
}

/* The accused packet that tells which end is the one impersonated. */
static const struct cm_shown_row *
accused(const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *set = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *r;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		if (r != NULL && r->has_packet)
			return r;
	}
	return NULL;
}

static void
gather(struct plot *p, const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_shown_row *a = accused(d, f), *r;
	enum cm_role role;
	size_t i;

	for (i = 0; i < f->support.n; i++) {
		r = cm_dossier_row(d, f->support.id[i]);
		if (r == NULL || !r->has_packet)
			continue;
		role = cm_report_role(f, f->support.id[i]);
		if (p->n == MARKS_MAX && role > CM_ROLE_SUSPECT) {
			p->left_out++;
			continue;
		}
		if (p->n == 2 * MARKS_MAX)
			continue;
		p->mark[p->n++] = (struct mark) { r, role,
			a != NULL && cm_host_eq(&r->packet.src, &a->packet.dst), 0, 0 };
	}
	qsort(p->mark, p->n, sizeof(p->mark[0]), by_time);
}

/* Time runs to the right, but not to scale: every mark has its own place, long
 * pauses are shortened to four times the mean. */
static void
place(struct plot *p)
{
	int64_t room = PIC_W - PIC_LEFT - PIC_RIGHT - 24, step, total = 0, cap, gap, x = 0;
	size_t i;

	step = p->n > 1 ? room / 2 / (int64_t)(p->n - 1) : 0;
	gap = p->n > 1 ? (p->mark[p->n - 1].row->packet.t_ns / 1000 -
			     p->mark[0].row->packet.t_ns / 1000) : 0;
	cap = p->n > 1 ? 4 * (gap / (int64_t)(p->n - 1)) + 1 : 1;
	for (i = 1; i < p->n; i++) {
		gap = p->mark[i].row->packet.t_ns / 1000 - p->mark[i - 1].row->packet.t_ns / 1000;
		total += gap > cap ? cap : gap;
	}
	p->ttl_low = 255;
	for (i = 0; i < p->n; i++) {
		if (i > 0) {
			gap = p->mark[i].row->packet.t_ns / 1000 -
			    p->mark[i - 1].row->packet.t_ns / 1000;
			gap = gap > cap ? cap : gap;
			x += total > 0 ? (int64_t)((double)gap / (double)total * (double)(room / 2)) : 0;
			x += step;
		}
		p->mark[i].x = (int)(PIC_LEFT + 12 + x);
		if (p->mark[i].row->packet.ttl < p->ttl_low)
			p->ttl_low = p->mark[i].row->packet.ttl;
		if (p->mark[i].row->packet.ttl > p->ttl_high)
			p->ttl_high = p->mark[i].row->packet.ttl;
	}
	for (i = 0; i < p->n; i++) {
		int span = p->ttl_high - p->ttl_low, high = PIC_H - PIC_TOP - PIC_BOTTOM - 36;

		p->mark[i].y = PIC_TOP + 18 + (span == 0 ? high / 2 :
			(p->ttl_high - p->mark[i].row->packet.ttl) * high / span);
	}
}

/* Role by shape: triangle, circle, diamond, square, cross.  Direction by fill:
 * full towards the client, hollow from it. */
static void
shape(struct cm_buf *out, enum cm_role role, bool hollow, int x, int y)
{
	static const char *const name[] = { "forged", "genuine", "suspect", "other", "host" };
	const char *fill = hollow ? " hollow" : "";

	switch (role) {
	case CM_ROLE_FORGED:
		cm_buf_printf(out, "<path class=\"m %s%s\" d=\"M%d %dl8 14h-16z\"/>", name[role], fill, x,
		    y - 9);
		return;
	case CM_ROLE_GENUINE:
		cm_buf_printf(out, "<circle class=\"m %s%s\" cx=\"%d\" cy=\"%d\" r=\"6.5\"/>", name[role],
		    fill, x, y);
		return;
	case CM_ROLE_SUSPECT:
		cm_buf_printf(out, "<path class=\"m %s%s\" d=\"M%d %dl8 8l-8 8l-8-8z\"/>", name[role],
		    fill, x, y - 8);
		return;
	case CM_ROLE_OTHER:
		cm_buf_printf(out, "<rect class=\"m %s%s\" x=\"%d\" y=\"%d\" width=\"8\" height=\"8\"/>",
		    name[role], fill, x - 4, y - 4);
		return;
	case CM_ROLE_HOST:
		cm_buf_printf(out, "<path class=\"m %s\" d=\"M%d %dv9m-4.5-4.5h9\"/>", name[role], x,
		    y - 4);
		return;
	}
}

static const char *
role_word(enum cm_role role)
{
	static const char *const word[] = { "forged", "genuine", "suspect", "other packet",
		"same host, other connection" };

	return word[role];
}

static void
draw_marks(struct cm_buf *out, const struct plot *p, const struct cm_finding *f)
{
	size_t i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < p->n; i++) {
			const struct mark *m = &p->mark[i];

			if ((m->role <= CM_ROLE_SUSPECT) != (pass == 1))
				continue;
			cm_buf_printf(out, "<g><title>%s, row %" PRIu64 ", frame %" PRIu64
					   ", TTL %u, %u bytes of data</title>",
			    role_word(m->role), m->row->row, cm_finding_frame(f, m->row->packet.id),
			    m->row->packet.ttl, m->row->packet.payload_len);
			shape(out, m->role, m->from_client, m->x, m->y);
			cm_buf_add_str(out, "</g>");
		}
	}
}

/* Frame numbers at the accused and the genuine, above and below in turn where
 * they would touch. */
static void
draw_labels(struct cm_buf *out, const struct plot *p, const struct cm_finding *f)
{
	int last_x[2] = { -1000, -1000 }, last_y[2] = { 0, 0 };
	size_t i, drawn = 0;

	for (i = 0; i < p->n && drawn < LABELS_MAX; i++) {
		const struct mark *m = &p->mark[i];
		int below = m->role == CM_ROLE_GENUINE;
		bool near;

		if (m->role > CM_ROLE_SUSPECT)
			continue;
		near = m->x - last_x[below] < 34 && abs(m->y - last_y[below]) < 14;
		if (near)
			below = !below;
		if (m->x - last_x[below] < 34 && abs(m->y - last_y[below]) < 14)
			continue;
		cm_buf_printf(out, "<text class=\"lab\" x=\"%d\" y=\"%d\">%" PRIu64 "</text>", m->x,
		    below ? m->y + 21 : m->y - 13, cm_finding_frame(f, m->row->packet.id));
		last_x[below] = m->x;
		last_y[below] = m->y;
		drawn++;
	}
}

static void
draw_axis_ttl(struct cm_buf *out, const struct plot *p)
{
	int last = -1000;
	unsigned ttl;
	size_t i;

	for (ttl = 256; ttl-- > 0;) {
		for (i = 0; i < p->n; i++) {
			if (p->mark[i].row->packet.ttl == ttl)
				break;
		}
		if (i == p->n)
			continue;
		cm_buf_printf(out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
		    PIC_LEFT, PIC_W - PIC_RIGHT, p->mark[i].y, p->mark[i].y);
		if (p->mark[i].y - last >= 13) {
			cm_buf_printf(out, "<text class=\"tick end\" x=\"%d\" y=\"%d\">%u</text>",
			    PIC_LEFT - 8, p->mark[i].y + 4, ttl);
			last = p->mark[i].y;
		}
	}
	cm_buf_printf(out, "<text class=\"axis\" x=\"8\" y=\"%d\">TTL</text>", PIC_TOP - 14);
}

static void
time_label(struct cm_buf *out, const struct mark *m, int64_t zero)
{
	int64_t us = m->row->packet.t_ns / 1000 - zero / 1000;
	bool last = m->x > PIC_W - PIC_RIGHT - 40;

	cm_buf_printf(out,
	    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
	    "<text class=\"tick %s\" x=\"%d\" y=\"%d\">+%" PRId64 ".%06d s</text>",
	    m->x, m->x, PIC_TOP, PIC_H - PIC_BOTTOM + 6, last ? "end" : "mid",
	    last ? PIC_W - 4 : m->x, PIC_H - PIC_BOTTOM + 20,
	    us / 1000000, (int)(us % 1000000));
}

static void
draw_axis_time(struct cm_buf *out, const struct plot *p)
{
	int64_t zero = p->mark[0].row->packet.t_ns;
	int last = -1000;
	size_t i;

	for (i = 0; i < p->n; i++) {
		bool ends = i == 0 || i + 1 == p->n;

		if (!ends && p->mark[i].role > CM_ROLE_SUSPECT)
			continue;
		if (p->mark[i].x - last < 78)
			continue;
		if (!ends && p->mark[p->n - 1].x - p->mark[i].x < 78 &&
		    p->mark[p->n - 1].role <= CM_ROLE_SUSPECT)
			continue;
		time_label(out, &p->mark[i], zero);
		last = p->mark[i].x;
	}
	cm_buf_printf(out, "<text class=\"axis end\" x=\"%d\" y=\"%d\">time, from the first packet "
			   "drawn</text>", PIC_W - PIC_RIGHT, PIC_H - 12);
}

static void
legend(struct cm_buf *out, const struct plot *p)
{
	static const char *const text[] = { "forged", "genuine", "suspect", "other packet of this flow",
		"same host elsewhere" };
	static const int width[] = { 62, 70, 70, 158, 130 };
	bool used[5] = { false };
	int x = PIC_LEFT + 6;
	size_t i;

	for (i = 0; i < p->n; i++)
		used[p->mark[i].role] = true;
	for (i = 0; i < 5; i++) {
		if (!used[i])
			continue;
		shape(out, (enum cm_role)i, false, x, 14);
		cm_buf_printf(out, "<text class=\"key\" x=\"%d\" y=\"18\">%s</text>", x + 13, text[i]);
		x += width[i] + 22;
	}
	cm_buf_printf(out, "<rect class=\"m other hollow\" x=\"%d\" y=\"10\" width=\"8\" height=\"8\"/>"
			   "<text class=\"key\" x=\"%d\" y=\"18\">hollow: the other way</text>", x, x + 16);
}

void
cm_report_flow(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	struct plot p = { 0 };

	p.mark = calloc(2 * MARKS_MAX, sizeof(p.mark[0]));
	if (p.mark == NULL) {
		out->failed = true;
		return;
	}
	gather(&p, d, f);
	if (p.n == 0) {
		cm_buf_add_str(out, "<p class=\"note\">No packet of this incident is shown, so there is "
				    "no picture.</p>\n");
		free(p.mark);
		return;
	}
	place(&p);
	cm_buf_printf(out, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" "
			   "aria-label=\"Packets of the flow, time against TTL\">\n", PIC_W, PIC_H);
	legend(out, &p);
	draw_axis_ttl(out, &p);
	draw_axis_time(out, &p);
	draw_marks(out, &p, f);
	draw_labels(out, &p, f);
	cm_buf_add_str(out, "</svg>\n<figcaption>Each mark is one packet. Numbers at the marks are frame "
			    "numbers of the original file. TTL counts down by one at every router on the "
			    "way: packets of one host that took one path arrive with one value. Times are "
			    "exact; the axis is not to scale (close packets are drawn apart, long pauses "
			    "shortened).");
	if (p.left_out != 0)
		cm_buf_printf(out, " %zu more packets are not drawn.", p.left_out);
	cm_buf_add_str(out, "</figcaption></figure>\n");
	free(p.mark);
}
