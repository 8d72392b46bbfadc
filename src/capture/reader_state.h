/* capture/reader_state.h -- what reader.c and pcapng.c share; nobody else's. */
#ifndef CM_CAPTURE_READER_STATE_H
#define CM_CAPTURE_READER_STATE_H

#include "capture/reader.h"

#define CM_RUN_TO_END UINT64_MAX

struct cm_iface {
	bool known;
	uint8_t tsresol;
	uint16_t linktype;
	uint32_t snaplen;
	uint64_t tsoffset;
};

/* Bytes that are no packet and are given in rows of CM_OTHER_ROW_MAX. */
struct cm_run {
	uint64_t left;	     /* 0: there is no run */
	uint32_t block_len;  /* not 0: the run's end must say this again */
	const char *trouble; /* of its rows */
};

struct cm_reader {
	struct cm_source src;
	struct cm_span window;
	uint64_t window_at; /* offset of the window in the file */
	uint64_t at;	    /* of the next row; never before the window */
	uint64_t rows, frames, sections;
	struct cm_run run;
	bool pcapng;
	bool big_endian;
	uint8_t form;
	struct cm_iface pcap; /* the one link of a pcap file */
	struct cm_iface *ifaces;
	uint32_t n_ifaces; /* numbers given out in this section */
	uint32_t max_ifaces;
};

/* Moves the window to the reader's place and makes it ${want} bytes long, or as long as
 * there are. */
CM_RESULT cm_reader_fill(struct cm_reader *r, size_t want, struct cm_err *err);

/* Bytes at the reader's place: ${want} of them or more, fewer only at the end. */
static inline enum cm_result
cm_reader_peek(struct cm_reader *r, size_t want, struct cm_span *out, struct cm_err *err)
{
	size_t skip = (size_t)(r->at - r->window_at);

	if (r->window.len - skip < want) {
		enum cm_result rc = cm_reader_fill(r, want, err);

		if (rc != CM_OK)
			return rc;
		skip = 0;
	}
	*out = cm_span_part(r->window, skip, r->window.len);
	return CM_OK;
}

/* The next ${bytes}, which have been peeked, as a row; moves on. */
static inline void
cm_reader_take(struct cm_reader *r, struct cm_span bytes, struct cm_record *out)
{
	*out = (struct cm_record) {
		.row = r->rows++,
		.offset = r->at,
		.bytes = bytes,
		.form = r->form,
	};
	r->at += bytes.len;
}

/* Begins a run and gives its first row. */
CM_RESULT cm_reader_run(struct cm_reader *r, struct cm_run run, struct cm_record *out,
    struct cm_err *err);

CM_RESULT cm_pcapng_next(struct cm_reader *r, struct cm_record *out, struct cm_err *err);

/* An Enhanced Packet Block stands whole at the beginning of ${in}, at least 16 bytes. */
bool cm_pcapng_ready(const struct cm_reader *r, struct cm_span in);

static inline uint32_t
cm_reader_u32(const struct cm_reader *r, const uint8_t *p)
{
	return r->big_endian ? cm_get32(p) : cm_get32le(p);
}

static inline uint16_t
cm_reader_u16(const struct cm_reader *r, const uint8_t *p)
{
	return r->big_endian ? cm_get16(p) : cm_get16le(p);
}

#endif
