#include "capture/decode.h"
#include "capture/fragment.h"
#include "capture/reader.h"
#include "worker/compare_scan.h"

#define FRAGMENT_BUDGET ((size_t)16 << 20)

enum { REPORT_EACH = 4096 };

/* One file being read. */
struct stream {
	const struct cm_compare_scan *scan;
	struct cm_compare_side *side;
	struct cm_source source;
	struct cm_reader *reader;
	struct cm_fragments *fragments;
	uint64_t read_before; /* bytes of other readings, for the progress; */
	uint64_t told;	      /* of its own ones that the other knows of */
	unsigned place;
	int64_t last_ns; /* of the last frame with a time */
	uint32_t calls;
	bool has; /* ${packet} is one */
	struct cm_packet packet;
	struct cm_frame whole; /* made of fragments */
};

static enum cm_result
open_stream(struct stream *s, const struct cm_compare_scan *scan, unsigned place, struct cm_compare_side *side)
{
	enum cm_result rc;

	*s = (struct stream) { .scan = scan, .side = side, .place = place };
	*side = (struct cm_compare_side) { 0 };
	rc = cm_file_unpacked(scan->file[place], &s->source, &side->packing, &side->refused);
	if (rc == CM_OK && s->source.stable && cm_file_bytes(scan->file[place]) != NULL)
		rc = cm_file_once(scan->file[place], &s->source, &side->refused);
	if (rc == CM_OK)
		rc = cm_reader_new(s->source, cm_file_name(scan->file[place]), &s->reader, &side->refused);
	if (rc == CM_OK)
		rc = cm_fragments_new(FRAGMENT_BUDGET, &s->fragments);
	return rc;
}

static void
close_stream(struct stream *s)
{
	if (s->source.damage != NULL)
		s->side->damage = *s->source.damage;
	cm_fragments_free(s->fragments);
	cm_reader_free(s->reader);
}

static void
note_skipped(struct cm_compare_side *side, const struct cm_record *rec)
{
	if (side->n_skipped++ > 0)
		return;
	side->skipped = rec->trouble;
	side->skipped_at = rec->offset;
}

/* A whole datagram comes with its last fragment. */
static bool
take_fragment(struct stream *s, const struct cm_frame *f, const struct cm_layers *layers)
{
	struct cm_layers l;

	if (cm_fragments_add(s->fragments, f, layers, &s->whole) != CM_OK)
		return false;
	return cm_decode(&s->whole, &s->packet, &l) == CM_DECODED_PACKET;
}

/* True: `packet` is one. */
static bool
take_frame(struct stream *s, const struct cm_frame *f)
{
	struct cm_layers layers;

	s->side->selected++;
	s->side->snapped += f->data.len < f->orig_len;
	switch (cm_decode(f, &s->packet, &layers)) {
	case CM_DECODED_PACKET:
		return true;
	case CM_DECODED_FRAGMENT:
		return take_fragment(s, f, &layers);
	case CM_DECODED_HEADLESS:
		s->side->headless++;
		return false;
	case CM_DECODED_NO_LINK:
		s->side->no_link++;
		return false;
	case CM_DECODED_NO_IP:
		break;
	}
	return false;
}

static bool
take_record(struct stream *s, const struct cm_record *rec)
{
	struct cm_frame f = cm_frame_of(rec, s->place);
	const struct cm_bpf *filter = s->scan->filter;

	if (rec->trouble != NULL)
		note_skipped(s->side, rec);
	if (!rec->is_frame)
		return false;
	s->side->frames++;
	/* A Simple Packet Block has no time; what came before it has. */
	if (!rec->has_time)
		f.t_ns = s->last_ns;
	s->last_ns = f.t_ns;
	if (filter != NULL && !cm_bpf_match(filter, f.linktype, f.data, f.orig_len))
		return false;
	return take_frame(s, &f);
}

/* Until there is a packet, or the end.  An error of the file ends it, and is said in its side. */
static void
advance(struct stream *s)
{
	struct cm_record rec;

	s->has = false;
	while (!s->has && cm_reader_next(s->reader, &rec, &s->side->refused) == CM_OK) {
		s->has = take_record(s, &rec);
		if (s->scan->progress != NULL && ++s->calls % REPORT_EACH == 0)
			s->scan->progress(s->scan->progress_arg, s->read_before + rec.offset);
	}
	s->side->packets += s->has;
	s->side->bytes = cm_reader_offset(s->reader);
}

/* ---- first: the clocks ---- */

static enum cm_result
read_clock(const struct cm_compare_scan *scan, unsigned place, uint64_t before, struct cm_compare_side *side,
    struct cm_clock *clock)
{
	struct stream s;
	enum cm_result rc = open_stream(&s, scan, place, side);

	s.read_before = before;
	if (rc == CM_OK)
		for (advance(&s); s.has; advance(&s))
			cm_clock_packet(clock, &s.packet);
	close_stream(&s);
	if (rc != CM_OK && side->refused.code == CM_OK)
		side->refused.code = rc;
	return side->refused.code;
}

static enum cm_result
find_clock(const struct cm_compare_scan *scan, struct cm_compare_side side[2], struct cm_offset *out)
{
	struct cm_clock *clock[2] = { NULL, NULL };
	enum cm_result rc = cm_clock_new(&clock[0]);

	if (rc == CM_OK)
		rc = cm_clock_new(&clock[1]);
	if (rc == CM_OK)
		rc = read_clock(scan, CM_PLACE_A, 0, &side[0], clock[0]);
	if (rc == CM_OK)
		rc = read_clock(scan, CM_PLACE_B, side[0].bytes, &side[1], clock[1]);
	if (rc == CM_OK)
		*out = cm_clock_offset(clock[0], clock[1]);
	if (rc == CM_OK && out->starved)
		rc = CM_E_NOMEM;
	cm_clock_free(clock[0]);
	cm_clock_free(clock[1]);
	return rc;
}

/* ---- then: side by side ---- */

static int64_t
by_clock_of_a(const struct stream *s, const struct cm_offset *o)
{
	int64_t t = s->packet.t_ns, guess, out;

	if (s->place == CM_PLACE_A || o->how == CM_OFFSET_UNKNOWN)
		return t;
	if (__builtin_sub_overflow(t, o->middle_ns, &guess) ||
	    __builtin_sub_overflow(t, cm_offset_when(o, guess), &out))
		return t;
	return out;
}

static enum cm_result
feed(struct stream s[2], struct cm_compare *c, const struct cm_offset *o)
{
	advance(&s[0]);
	advance(&s[1]);
	while (s[0].has || s[1].has) {
		unsigned next = !s[0].has ||
		    (s[1].has && by_clock_of_a(&s[1], o) < by_clock_of_a(&s[0], o));
		enum cm_result rc = cm_compare_packet(c, next == 0 ? CM_PLACE_A : CM_PLACE_B, &s[next].packet);

		if (rc != CM_OK)
			return rc;
		advance(&s[next]);
		s[!next].read_before += s[next].side->bytes - s[next].told;
		s[next].told = s[next].side->bytes;
		if (!s[next].has)
			cm_compare_over(c, next == 0 ? CM_PLACE_A : CM_PLACE_B);
	}
	return cm_compare_finish(c);
}

static enum cm_result
compare(const struct cm_compare_scan *scan, struct cm_compare_side side[2], const struct cm_offset *o,
    struct cm_compare *c)
{
	uint64_t before = side[0].bytes + side[1].bytes;
	struct stream s[2];
	enum cm_result rc[2];

	for (unsigned k = 0; k < 2; k++) {
		rc[k] = open_stream(&s[k], scan, k, &side[k]);
		s[k].read_before = before;
	}
	if (rc[0] == CM_OK && rc[1] == CM_OK)
		rc[0] = feed(s, c, o);
	close_stream(&s[0]);
	close_stream(&s[1]);
	return rc[0] != CM_OK ? rc[0] : rc[1];
}

CM_RESULT
cm_compare_scan(const struct cm_compare_scan *scan, struct cm_compare_side side[2], struct cm_compare **out,
    struct cm_err *err)
{
	struct cm_compare_params params = { .memory = scan->memory, .hash_seed = scan->hash_seed };
	struct cm_compare *c = NULL;
	enum cm_result rc = find_clock(scan, side, &params.clock);

	if (rc == CM_OK)
		rc = cm_compare_new(&params, &c);
	if (rc == CM_OK)
		rc = compare(scan, side, &params.clock, c);
	if (rc == CM_OK) {
		*out = c;
		return CM_OK;
	}
	cm_compare_free(c);
	for (unsigned k = 0; k < 2; k++)
		if (side[k].refused.code != CM_OK)
			return rc; /* said there */
	return cm_err_set(err, rc, "the comparison stopped: %s", cm_result_word(rc));
}
