#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/report_parts.h"
#include "dossier/words.h"

enum { LINE_BYTES = 8, LINES_MAX = 32 };

struct side {
	const struct cm_shown_row *row;
	const char *title;
	int64_t shift; /* index here = index in the other - shift */
};

/* The payload of an accused packet and the one it contradicts, if both lie over
 * the same bytes of the stream; else the first accused with a payload alone. */
static bool
overlap(const struct cm_packet *a, const struct cm_packet *b)
{
	int32_t d = (int32_t)(b->seq - a->seq);

	if (a->proto != 6 || b->proto != 6)
		return a->proto == b->proto;
	return d < 0 ? (uint32_t)-d < b->payload_len : (uint32_t)d < a->payload_len;
}

static const struct cm_shown_row *
with_payload(const struct cm_dossier *d, const struct cm_ids *set, const struct cm_shown_row *over)
{
	const struct cm_shown_row *r;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		if (r == NULL || r == over || !r->has_packet || r->packet.payload.len == 0)
			continue;
		if (over == NULL || overlap(&over->packet, &r->packet))
			return r;
	}
	return NULL;
}

static bool
differs(struct cm_span a, struct cm_span b, int64_t shift, size_t i)
{
	int64_t j = (int64_t)i + shift;

	return j >= 0 && (uint64_t)j < b.len && b.ptr[j] != a.ptr[i];
}

static void
put_byte_text(struct cm_buf *out, uint8_t c)
{
	char one = c >= 0x20 && c < 0x7f ? (char)c : '.';

	cm_html_span(out, cm_span_of(&one, 1));
}

static void
put_line(struct cm_buf *out, struct cm_span a, struct cm_span b, int64_t shift, size_t from)
{
	size_t i;

	cm_buf_printf(out, "<i>%04zx</i> ", from);
	for (i = from; i < from + LINE_BYTES; i++) {
		if (i >= a.len)
			cm_buf_add_str(out, "   ");
		else if (differs(a, b, shift, i))
			cm_buf_printf(out, " <b>%02x</b>", a.ptr[i]);
		else
			cm_buf_printf(out, " %02x", a.ptr[i]);
	}
	cm_buf_add_str(out, "  ");
	for (i = from; i < from + LINE_BYTES && i < a.len; i++) {
		if (differs(a, b, shift, i))
			cm_buf_add_str(out, "<b>");
		put_byte_text(out, a.ptr[i]);
		if (differs(a, b, shift, i))
			cm_buf_add_str(out, "</b>");
	}
	cm_buf_add_str(out, "\n");
}

static size_t
first_difference(struct cm_span a, struct cm_span b, int64_t shift)
{
	size_t i;

	for (i = 0; i < a.len; i++) {
		if (differs(a, b, shift, i))
			return i;
	}
	return 0;
}

static void
put_side(struct cm_buf *out, const struct cm_finding *f, const struct side *s, struct cm_span other)
{
	struct cm_span a = s->row->packet.payload;
	size_t from = first_difference(a, other, s->shift), to;

	from = from < (LINES_MAX - 4) * LINE_BYTES ? 0 : (from - 4 * LINE_BYTES) / LINE_BYTES * LINE_BYTES;
	to = from + LINES_MAX * LINE_BYTES;
	cm_buf_printf(out, "<div><h4>%s: frame %" PRIu64 ", %zu bytes</h4><pre class=\"hex\">", s->title,
	    cm_finding_frame(f, s->row->packet.id), a.len);
	if (from != 0)
		cm_buf_printf(out, "<i>... %zu bytes before</i>\n", from);
	for (; from < a.len && from < to; from += LINE_BYTES)
		put_line(out, a, other, s->shift, from);
	if (from < a.len)
		cm_buf_printf(out, "<i>... %zu bytes more</i>\n", a.len - from);
	cm_buf_add_str(out, "</pre></div>\n");
}

static void
say_none(struct cm_buf *out, const struct cm_dossier *d, const struct cm_ids *set)
{
	const struct cm_shown_row *r;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		if (r != NULL && r->has_packet && r->packet.payload_len != 0) {
			cm_buf_add_str(out, "<p class=\"note\">The sender left the contents of the accused "
					    "packets shut.</p>\n");
			return;
		}
	}
	cm_buf_add_str(out, "<p class=\"note\">The accused packets carry no data.</p>\n");
}

void
cm_report_bytes(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *set = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *a = with_payload(d, set, NULL), *b;
	struct side left = { a, f->forged.n != 0 ? "Forged" : "One", 0 };
	struct side right = { NULL, f->forged.n != 0 ? "Genuine" : "The other", 0 };

	cm_buf_add_str(out, "<h3>What the packets say</h3>\n");
	if (a == NULL) {
		say_none(out, d, set);
		return;
	}
	b = f->genuine.n != 0 ? with_payload(d, &f->genuine, a) : with_payload(d, &f->suspect, a);
	cm_buf_add_str(out, "<div class=\"two\">\n");
	if (b == NULL) {
		put_side(out, f, &left, cm_span_of(NULL, 0));
		cm_buf_printf(out, "<div><h4>%s</h4><p class=\"note\">No other contents for the same place "
				   "are shown.</p></div>\n</div>\n", right.title);
		return;
	}
	right.row = b;
	if (a->packet.proto == 6) {
		left.shift = (int32_t)(a->packet.seq - b->packet.seq);
		right.shift = -left.shift;
	}
	put_side(out, f, &left, b->packet.payload);
	put_side(out, f, &right, a->packet.payload);
	cm_buf_add_str(out, "</div>\n<p class=\"note\">Bytes that stand at the same place of the stream "
			    "and differ are <b class=\"d\">marked</b>.</p>\n");
}
