/* capture/record.h -- one row of a capture file, where it lies and what it is.
 *
 * A capture (pcap or pcapng) is read as rows, in file order, whose bytes joined
 * give the file back exactly (FORMATS 1, 1.2).  A row is a packet (a pcap
 * record, or an Enhanced Packet Block of its section's byte order, whole and at
 * most 2^18 bytes), or it is something else: the file header, another block,
 * bytes that do not frame; such rows hold at most 65,536 bytes.
 *
 * Frames are counted as Wireshark counts them, from 1.  A Simple or obsolete
 * Packet Block is a frame to people and is inspected, but no packet to the
 * sealed table: `cut` is false for it, its bytes lie whole in `payload`. */
#ifndef CM_CAPTURE_RECORD_H
#define CM_CAPTURE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define CM_PACKET_ROW_MAX (1u << 18)
#define CM_OTHER_ROW_MAX 65536u
/* Nanoseconds; from 1823 to 2116.  Files may say any time: of what is kept any two can be subtracted. */
#define CM_RECORD_TIME_MAX ((INT64_C(1) << 62) - 1)

enum cm_form { CM_FORM_PCAP_LE, CM_FORM_PCAP_BE, CM_FORM_PCAPNG_LE, CM_FORM_PCAPNG_BE };

struct cm_record {
	uint64_t row;	       /* of the sealed table, from 0 */
	uint64_t frame;	       /* from 1; 0: no frame */
	uint64_t offset;       /* of bytes, in the file */
	struct cm_span bytes;  /* the row as it lies in the file */
	bool cut;	       /* a packet of the sealed table */
	bool is_frame;	       /* holds captured bytes that can be decoded */
	bool has_time;	       /* false for a Simple Packet Block */
	uint8_t form;	       /* enum cm_form */
	uint8_t tsresol;       /* as if_tsresol; pcap: 6 or 9 */
	uint16_t linktype;     /* low 16 bits */
	uint64_t tsoffset;     /* if_tsoffset, seconds, two's complement */
	uint32_t iface;	       /* pcapng: number within the section */
	uint32_t data_at;      /* of the captured bytes, in `bytes` */
	uint32_t cap_len;      /* captured bytes */
	uint32_t orig_len;     /* length on the wire, as claimed */
	int64_t t_ns;	       /* since 1970; CM_RECORD_TIME_MAX at most, before and after */
	struct cm_span comment; /* pcapng opt_comment, first one; else empty */
	const char *trouble;   /* why a row that should be a packet is none; else NULL */
};

/* The captured bytes of a frame. */
static inline struct cm_span
cm_record_data(const struct cm_record *r)
{
	return cm_span_part(r->bytes, r->data_at, r->cap_len);
}

/* Nanoseconds since 1970 of a timestamp of ${ticks}, its resolution and offset as in a
 * pcapng interface; clamped to what int64 holds. */
int64_t cm_record_time(uint64_t ticks, uint8_t tsresol, uint64_t tsoffset);

#endif
