#include <stdlib.h>

#include "capture/decode.h"
#include "capture/reader.h"
#include "worker/scan.h"
#include "worker/scan_log.h"

#define BATCH 32u /* packets decoded before they are handed over */
#define FRAGMENT_BUDGET ((size_t)16 << 20)

const uint16_t cm_scan_linktypes[] = { CM_LINK_ETHERNET, CM_LINK_NULL, CM_LINK_RAW_BSD,
	CM_LINK_RAW_OPENBSD, CM_LINK_RAW, CM_LINK_LOOP, CM_LINK_SLL, CM_LINK_IPV4, CM_LINK_IPV6,
	CM_LINK_SLL2 };
const size_t cm_scan_n_linktypes = sizeof(cm_scan_linktypes) / sizeof(cm_scan_linktypes[0]);

/* One run over the files. */
struct run {
	const struct cm_scan *scan;
	const struct cm_scan_sink *sink;
	struct cm_scan_summary *sum;
	struct cm_fragments *fragments;
	uint32_t file;
	bool begun;	  /* the sink knows of the file */
	bool stable;	  /* payloads stay until the file is closed; */
	const uint8_t *stay; /* or, not NULL: the file stays readable here */
	int64_t last_ns; /* of the last frame with a time */
	struct cm_scan_skipped *open; /* run of skipped rows that may go on */
	uint64_t open_end;
	const char *open_reason;
	struct cm_packet batch[BATCH];
	size_t n; /* in it */
};

static void
note_skipped(struct run *r, const struct cm_record *rec)
{
	struct cm_scan_summary *s = r->sum;

	s->skipped_bytes += rec->bytes.len;
	if (r->open_reason == rec->trouble && r->open_end == rec->offset) {
		r->open_end += rec->bytes.len;
		if (r->open != NULL)
			r->open->bytes += rec->bytes.len;
		return;
	}
	r->open = NULL;
	if (s->n_skipped < CM_SCAN_SKIPPED_MAX) {
		r->open = &s->skipped[s->n_skipped];
		*r->open = (struct cm_scan_skipped) { r->file, rec->offset, rec->bytes.len,
			rec->trouble };
	}
	r->open_reason = rec->trouble;
	r->open_end = rec->offset + rec->bytes.len;
	s->n_skipped++;
}

static void
note_link(struct cm_scan_summary *s, uint16_t linktype)
{
	size_t i = 0;

	s->no_link++;
	while (i < s->n_links && s->link[i].linktype != linktype)
		i++;
	if (i == CM_SCAN_LINKS_MAX)
		return;
	if (i == s->n_links)
		s->link[s->n_links++].linktype = linktype;
	s->link[i].frames++;
}

static bool
is_wanted(const struct cm_scan *scan, const struct cm_frame *f)
{
	if (scan->has_from && f->t_ns < scan->from_ns)
		return false;
	if (scan->has_to && f->t_ns >= scan->to_ns)
		return false;
	return scan->filter == NULL ||
	    cm_bpf_match(scan->filter, f->linktype, f->data, f->orig_len);
}

static enum cm_result
begin_file(struct run *r, enum cm_weblog_form form, bool has_time, int64_t t_ns)
{
	if (r->begun)
		return CM_OK;
	r->begun = true;
	return r->sink->begin(r->sink->arg, r->file, form, has_time, t_ns);
}

static enum cm_result
hand_over(struct run *r, const struct cm_packet *p, bool stable)
{
	r->sum->packets++;
	if (!p->fragment) {
		r->sum->payload += p->payload_len;
		r->sum->payload_captured += p->payload.len;
	}
	return r->sink->packet(r->sink->arg, p, stable);
}

static enum cm_result
hand_over_batch(struct run *r)
{
	enum cm_result rc = CM_OK;

	if (r->n == 0)
		return CM_OK;
	r->sink->expect(r->sink->arg, r->batch, r->n);
	for (size_t i = 0; i < r->n && rc == CM_OK; i++)
		rc = hand_over(r, &r->batch[i], r->stable);
	r->n = 0;
	return rc;
}

/* A part goes to the engine as such, and the datagram it makes whole after it. */
static enum cm_result
take_fragment(struct run *r, const struct cm_frame *f, const struct cm_packet *part,
    const struct cm_layers *layers)
{
	struct cm_frame whole;
	struct cm_layers l;
	struct cm_packet p;
	enum cm_result rc = hand_over_batch(r);

	if (rc == CM_OK)
		rc = hand_over(r, part, r->stable);
	if (rc != CM_OK)
		return rc;
	if (cm_fragments_add(r->fragments, f, layers, &whole) != CM_OK)
		return CM_OK; /* not whole yet, or no room: the engine counts what is lost */
	if (cm_decode(&whole, &p, &l) != CM_DECODED_PACKET)
		return CM_OK;
	return hand_over(r, &p, false);
}

/* The payload of a frame read through a window can be found in the mapped file later. */
static void
find_again(const struct run *r, const struct cm_record *rec, struct cm_packet *p)
{
	if (r->stay != NULL && p->payload.ptr != NULL)
		p->keep = r->stay + rec->offset + (p->payload.ptr - rec->bytes.ptr);
}

static enum cm_result
take_frame(struct run *r, const struct cm_record *rec, const struct cm_frame *f)
{
	struct cm_packet *p = &r->batch[r->n];
	struct cm_layers layers;

	r->sum->selected++;
	cm_scan_note_time(r->sum, f->t_ns);
	if (f->data.len < f->orig_len)
		r->sum->snapped++;
	switch (cm_decode(f, p, &layers)) {
	case CM_DECODED_PACKET:
		find_again(r, rec, p);
		r->n++;
		return r->n < BATCH ? CM_OK : hand_over_batch(r);
	case CM_DECODED_FRAGMENT:
		return take_fragment(r, f, p, &layers);
	case CM_DECODED_HEADLESS:
		r->sum->headless++;
		return CM_OK;
	case CM_DECODED_NO_LINK:
		note_link(r->sum, f->linktype);
		return CM_OK;
	case CM_DECODED_NO_IP:
		break;
	}
	r->sum->no_ip++;
	return CM_OK;
}

/* The frame is made where it stays: a copy would be read, in larger pieces, before it is
 * written out, and wait for that. */
static enum cm_result
take_bytes(struct run *r, const struct cm_record *rec)
{
	struct cm_frame f = cm_frame_of(rec, r->file);
	enum cm_result rc;

	/* A Simple Packet Block has no time; what came before it has. */
	if (!rec->has_time)
		f.t_ns = r->last_ns;
	r->last_ns = f.t_ns;
	if (!is_wanted(r->scan, &f))
		return CM_OK;
	rc = begin_file(r, CM_WEBLOG_NONE, rec->has_time, f.t_ns);
	return rc == CM_OK ? take_frame(r, rec, &f) : rc;
}

static enum cm_result
take_record(struct run *r, const struct cm_record *rec)
{
	if (rec->trouble != NULL)
		note_skipped(r, rec);
	if (!rec->is_frame)
		return CM_OK;
	r->sum->file[r->file].frames++;
	return take_bytes(r, rec);
}

static void
report(const struct run *r, uint64_t bytes)
{
	if (r->scan->progress != NULL)
		r->scan->progress(r->scan->progress_arg, r->file, bytes);
}

static enum cm_result
pass_on(const struct run *r, const struct cm_reader *reader, const struct cm_record *rec)
{
	const struct cm_scan *scan = r->scan;

	if (scan->row == NULL || (!r->stable && r->stay == NULL))
		return CM_OK;
	return scan->row(scan->row_arg, r->file, reader, rec);
}

/* All rows of one file.  An error of the file is its own; one of the engine ends all. */
static enum cm_result
read_rows(struct run *r, struct cm_reader *reader, struct cm_scan_file *out)
{
	struct cm_record rec;
	enum cm_result rc;

	while ((rc = cm_reader_next(reader, &rec, &out->refused)) == CM_OK) {
		rc = pass_on(r, reader, &rec);
		if (rc == CM_OK)
			rc = take_record(r, &rec);
		if (rc == CM_OK && !cm_reader_ready(reader))
			rc = hand_over_batch(r); /* while its payloads are there */
		if (rc != CM_OK)
			return rc;
		if (rec.row % 4096 == 0)
			report(r, rec.offset);
	}
	out->bytes = cm_reader_offset(reader);
	report(r, out->bytes);
	return CM_OK;
}

static enum cm_result
read_capture(struct run *r, struct cm_file *file, struct cm_source source, struct cm_scan_file *out)
{
	struct cm_reader *reader;
	enum cm_result rc = cm_reader_new(source, cm_file_name(file), &reader, &out->refused);

	if (source.damage != NULL)
		out->damage = *source.damage;
	if (rc != CM_OK) {
		/* What was packed badly is not blamed for what is missing of it. */
		if (out->damage.code != CM_OK)
			out->refused = (struct cm_err) { 0 };
		return CM_OK;
	}
	r->open = NULL;
	r->open_reason = NULL;
	rc = read_rows(r, reader, out);
	cm_reader_free(reader);
	return rc;
}

/* A text that reads as a web server's log. */
static enum cm_result
read_log(struct run *r, struct cm_source source, struct cm_scan_file *out)
{
	struct cm_scan_log log = { .scan = r->scan, .sink = r->sink, .file = r->file, .out = out, .sum = r->sum,
		.stays = r->stable || r->stay != NULL };

	return cm_scan_log(&log, source);
}

static enum cm_result
read_file(struct run *r, struct cm_file *file, struct cm_scan_file *out)
{
	struct cm_source source;
	enum cm_result rc;

	if (cm_file_unpacked(file, &source, &out->packing, &out->refused) != CM_OK)
		return CM_OK; /* said in `refused` */
	r->begun = false;
	r->stay = NULL;
	if (source.stable && cm_file_bytes(file) != NULL &&
	    cm_file_once(file, &source, &out->refused) == CM_OK)
		r->stay = cm_file_bytes(file);
	r->stable = source.stable;
	out->log = cm_scan_log_guess(source);
	rc = out->log == CM_WEBLOG_NONE ? read_capture(r, file, source, out) : read_log(r, source, out);
	if (source.damage != NULL)
		out->damage = *source.damage;
	return rc;
}

static enum cm_result
read_files(struct run *r)
{
	for (size_t i = 0; i < r->scan->n_files; i++) {
		enum cm_result rc;

		if (r->scan->skip != NULL && r->scan->skip[i])
			continue;
		r->file = (uint32_t)i;
		rc = read_file(r, r->scan->files[i], &r->sum->file[i]);
		r->sum->bytes += r->sum->file[i].bytes;
		r->sum->frames += r->sum->file[i].frames;
		if (rc != CM_OK)
			return rc;
	}
	return CM_OK;
}

static void
give_back(void *arg)
{
	const struct cm_scan *scan = arg;

	for (size_t i = 0; i < scan->n_files; i++)
		cm_file_give_back(scan->files[i]);
}

static bool
look(void *arg, const uint8_t *at, size_t len, uint8_t *room)
{
	const struct cm_scan *scan = arg;

	for (size_t i = 0; i < scan->n_files; i++)
		if (cm_file_look(scan->files[i], at, len, room))
			return true;
	return false;
}

void
cm_scan_serve(const struct cm_scan *scan, struct cm_engine *engine)
{
	/* Judging looks at payloads all over the files: without these a finish would
	 * end with most of a large capture mapped in. */
	cm_engine_relief(engine, give_back, (void *)(uintptr_t)scan);
	cm_engine_look(engine, look, (void *)(uintptr_t)scan);
}

enum cm_result
cm_scan_run(const struct cm_scan *scan, const struct cm_scan_sink *sink, struct cm_scan_summary *summary,
    struct cm_err *err)
{
	struct run r = { .scan = scan, .sink = sink, .sum = summary };
	enum cm_result rc;

	*summary = (struct cm_scan_summary) { .n_files = scan->n_files };
	summary->file = calloc(scan->n_files + 1, sizeof(summary->file[0]));
	if (summary->file == NULL || cm_fragments_new(FRAGMENT_BUDGET, &r.fragments) != CM_OK) {
		summary->n_files = summary->file == NULL ? 0 : scan->n_files;
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	rc = read_files(&r);
	cm_fragments_finish(r.fragments);
	summary->fragments = *cm_fragments_stats(r.fragments);
	cm_fragments_free(r.fragments);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "reading stopped at frame %llu: %s",
		    (unsigned long long)summary->frames, cm_result_word(rc));
	return CM_OK;
}

void
cm_scan_note_time(struct cm_scan_summary *s, int64_t t_ns)
{
	if (!s->has_time || t_ns < s->first_ns)
		s->first_ns = t_ns;
	if (!s->has_time || t_ns > s->last_ns)
		s->last_ns = t_ns;
	s->has_time = true;
}

void
cm_scan_summary_fini(struct cm_scan_summary *summary)
{
	free(summary->file);
	summary->file = NULL;
	summary->n_files = 0;
}

enum cm_result
cm_scan_state(const struct cm_scan_summary *summary)
{
	enum cm_result worst = CM_OK;

	for (size_t i = 0; i < summary->n_files; i++) {
		const struct cm_scan_file *f = &summary->file[i];

		if (f->refused.code == CM_E_MALFORMED || f->damage.code != CM_OK || f->bad_lines > 0)
			return CM_E_MALFORMED;
		if (f->refused.code != CM_OK)
			worst = f->refused.code;
	}
	return summary->n_skipped > 0 ? CM_E_MALFORMED : worst;
}
