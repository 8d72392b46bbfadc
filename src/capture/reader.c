#include <stdlib.h>

#include "capture/foreign.h"
#include "capture/reader_state.h"

enum { PCAP_HEADER = 24, PCAP_RECORD = 16 };

static const char too_long[] = "the record is longer than 262,144 bytes";
static const char cut_header[] = "the file ends inside a record header";
static const char cut_record[] = "the file ends inside a packet record";
static const char cut_file_header[] = "the file ends inside the file header";

enum cm_result
cm_reader_fill(struct cm_reader *r, size_t want, struct cm_err *err)
{
	struct cm_span got;
	enum cm_result rc = r->src.fill(r->src.arg, r->at, want, &got, err);

	if (rc != CM_OK)
		return rc;
	r->window = got;
	r->window_at = r->at;
	return CM_OK;
}

/* A block of any length frames if its end repeats its length.  That is asked when
 * the end is in sight: the rows up to there are the same, whatever the answer.
 * Block lengths are multiples of 4, as the rows', so the last row has it whole. */
static bool
run_ends_well(const struct cm_reader *r, struct cm_span in)
{
	if (r->run.block_len == 0 || r->run.left > CM_OTHER_ROW_MAX || in.len < r->run.left)
		return true;
	return cm_reader_u32(r, in.ptr + r->run.left - 4) == r->run.block_len;
}

/* The next row of the run; where the run turns out to go on to the end, of that one. */
static enum cm_result
next_of_run(struct cm_reader *r, struct cm_record *out, struct cm_err *err)
{
	size_t want = r->run.left < CM_OTHER_ROW_MAX ? (size_t)r->run.left : CM_OTHER_ROW_MAX;
	struct cm_span in;
	enum cm_result rc = cm_reader_peek(r, want, &in, err);

	if (rc != CM_OK)
		return rc;
	if (in.len == 0) {
		r->run.left = 0;
		return CM_E_NOTFOUND;
	}
	if (!run_ends_well(r, in)) {
		struct cm_run rest = { CM_RUN_TO_END, 0, "the block's two lengths differ" };

		return cm_reader_run(r, rest, out, err);
	}
	in = cm_span_part(in, 0, want);
	cm_reader_take(r, in, out);
	out->trouble = r->run.trouble;
	if (r->run.left != CM_RUN_TO_END)
		r->run.left -= in.len;
	return CM_OK;
}

enum cm_result
cm_reader_run(struct cm_reader *r, struct cm_run run, struct cm_record *out, struct cm_err *err)
{
	r->run = run;
	return next_of_run(r, out, err);
}

static int64_t
pcap_time(const struct cm_reader *r, const uint8_t *p)
{
	int64_t s = cm_reader_u32(r, p), fraction = cm_reader_u32(r, p + 4);

	return s * 1000000000 + (r->pcap.tsresol == 9 ? fraction : fraction * 1000);
}

static enum cm_result
next_pcap(struct cm_reader *r, struct cm_record *out, struct cm_err *err)
{
	struct cm_span in;
	uint64_t len;
	enum cm_result rc = cm_reader_peek(r, PCAP_RECORD, &in, err);

	if (rc != CM_OK)
		return rc;
	if (in.len == 0)
		return CM_E_NOTFOUND;
	if (in.len < PCAP_RECORD)
		return cm_reader_run(r, (struct cm_run) { CM_RUN_TO_END, 0, cut_header }, out, err);
	len = (uint64_t)cm_reader_u32(r, in.ptr + 8) + PCAP_RECORD;
	if (len > CM_PACKET_ROW_MAX)
		return cm_reader_run(r, (struct cm_run) { len, 0, too_long }, out, err);
	if (in.len < len) {
		rc = cm_reader_peek(r, (size_t)len, &in, err);
		if (rc != CM_OK)
			return rc;
	}
	if (in.len < len)
		return cm_reader_run(r, (struct cm_run) { CM_RUN_TO_END, 0, cut_record }, out, err);
	cm_reader_take(r, cm_span_part(in, 0, (size_t)len), out);
	out->frame = ++r->frames;
	out->cut = out->is_frame = out->has_time = true;
	out->tsresol = r->pcap.tsresol;
	out->linktype = r->pcap.linktype;
	out->data_at = PCAP_RECORD;
	out->cap_len = (uint32_t)len - PCAP_RECORD;
	out->orig_len = cm_reader_u32(r, in.ptr + 12);
	out->t_ns = pcap_time(r, in.ptr);
	return CM_OK;
}

static enum cm_result
pcap_header(struct cm_reader *r, struct cm_record *out, struct cm_err *err)
{
	struct cm_span in;
	enum cm_result rc = cm_reader_peek(r, PCAP_HEADER, &in, err);

	if (rc != CM_OK)
		return rc;
	in = cm_span_part(in, 0, PCAP_HEADER);
	cm_reader_take(r, in, out);
	if (in.len < PCAP_HEADER)
		out->trouble = cut_file_header;
	else
		r->pcap.linktype = (uint16_t)cm_reader_u32(r, in.ptr + 20);
	return CM_OK;
}

enum cm_result
cm_reader_next(struct cm_reader *r, struct cm_record *out, struct cm_err *err)
{
	if (r->run.left != 0)
		return next_of_run(r, out, err);
	if (r->pcapng)
		return cm_pcapng_next(r, out, err);
	if (r->at == 0)
		return pcap_header(r, out, err);
	return next_pcap(r, out, err);
}

bool
cm_reader_ready(const struct cm_reader *r)
{
	size_t skip = (size_t)(r->at - r->window_at), left = r->window.len - skip;
	const uint8_t *p = r->window.ptr + skip;

	if (r->run.left != 0 || r->at == 0 || left < PCAP_RECORD)
		return false;
	if (r->pcapng)
		return cm_pcapng_ready(r, cm_span_of(p, left));
	return cm_reader_u32(r, p + 8) <= left - PCAP_RECORD;
}

uint64_t
cm_reader_offset(const struct cm_reader *r)
{
	return r->at;
}

struct cm_reader_stand
cm_reader_stand(const struct cm_reader *r)
{
	return (struct cm_reader_stand) { .row = r->rows,
		.offset = r->at,
		.frames = r->frames,
		.sections = r->sections,
		.ifaces = r->n_ifaces,
		.in_run = r->run.left != 0 };
}

void
cm_reader_go(struct cm_reader *r, uint64_t row, uint64_t frames, uint64_t offset)
{
	r->rows = row;
	r->frames = frames;
	r->at = r->window_at = offset;
	r->window = cm_span_of(NULL, 0);
	r->run = (struct cm_run) { 0 };
}

/* Four bytes that every capture begins with say which of the formats it is. */
static bool
recognise(struct cm_reader *r, struct cm_span head)
{
	uint32_t magic, le;

	if (head.len < 4)
		return false;
	magic = cm_get32(head.ptr);
	le = cm_get32le(head.ptr);
	if (magic == 0x0a0d0d0a) {
		r->pcapng = true;
		if (head.len < 12)
			return true;
		r->big_endian = cm_get32(head.ptr + 8) == 0x1a2b3c4d;
		r->form = r->big_endian ? CM_FORM_PCAPNG_BE : CM_FORM_PCAPNG_LE;
		return r->big_endian || cm_get32le(head.ptr + 8) == 0x1a2b3c4d;
	}
	r->big_endian = magic == 0xa1b2c3d4 || magic == 0xa1b23c4d;
	r->form = r->big_endian ? CM_FORM_PCAP_BE : CM_FORM_PCAP_LE;
	r->pcap.known = true;
	r->pcap.tsresol = magic == 0xa1b23c4d || le == 0xa1b23c4d ? 9 : 6;
	return r->big_endian || le == 0xa1b2c3d4 || le == 0xa1b23c4d;
}

enum cm_result
cm_reader_new(struct cm_source src, const char *name, struct cm_reader **out, struct cm_err *err)
{
	struct cm_reader *r = calloc(1, sizeof(*r));
	struct cm_span head;
	enum cm_result rc;

	if (r == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	r->src = src;
	rc = cm_reader_peek(r, CM_FOREIGN_LOOK, &head, err);
	if (rc == CM_OK && !recognise(r, head))
		rc = cm_foreign_refuse(cm_span_part(head, 0, CM_FOREIGN_LOOK), name, err);
	if (rc != CM_OK) {
		cm_reader_free(r);
		return rc;
	}
	*out = r;
	return CM_OK;
}

void
cm_reader_free(struct cm_reader *r)
{
	if (r == NULL)
		return;
	free(r->ifaces);
	free(r);
}
