/* seal/packet_form.h -- the cell `headers` of capture/1, taken apart (FORMATS 1.2).
 *
 * 0x01 || form || tsresol || linktype u16 || tsoffset u64 || cut u32 || the record or block
 * without its payload and with the ranges of mask, src and dst zero; or 0x00 for a row
 * that is no packet. */
#ifndef CM_SEAL_PACKET_FORM_H
#define CM_SEAL_PACKET_FORM_H

#include "capture/layers.h"
#include "seal/schema.h"

#define CM_HEADERS_PREFIX 17u

/* Where a row's parts lie, from its own framing. */
struct cm_packet_form {
	uint8_t form; /* enum cm_form */
	uint8_t tsresol;
	uint16_t linktype;
	uint64_t tsoffset;
	uint32_t cut;         /* of the payload in the row */
	struct cm_span block; /* of the cell: the row without its payload */
	uint32_t row_len;     /* the row, as framed */
	uint32_t payload_len; /* row_len - block.len */
	uint32_t data_at;     /* captured bytes, in the row */
	uint32_t cap_len;
	uint32_t options_at; /* pcapng: packet options, in the row */
	uint32_t options_len;
};

/* Is this cell that of a packet? */
static inline bool
cm_headers_is_packet(struct cm_span headers)
{
	return headers.len > 0 && headers.ptr[0] == 0x01;
}

/* The framing of a row, as capture/reader gives it, or as `block` shows it: the first 28
 * bytes are enough.  ${f}: form and row_len are read, data_at, cap_len, options_* filled.
 * False: it is none of a packet. */
bool cm_packet_frame_of(struct cm_packet_form *f, const uint8_t *head, size_t len);

/* Takes the cell apart.  CM_E_REFUSED: it is not of this form, with the reason. */
CM_RESULT cm_packet_form_read(
    struct cm_span headers, struct cm_packet_form *out, struct cm_err *err);

/* The layers of a packet of which the payload is not known: what lies before `cut` says it
 * all.  ${data}: the captured bytes from the front, at least up to `cut`.
 * CM_E_REFUSED: the headers do not end at `cut`. */
CM_RESULT cm_packet_layers(
    const struct cm_packet_form *f, struct cm_span data, struct cm_layers *out, struct cm_err *err);

#endif
