/* capture/reader.h -- the rows of a capture file, in file order.
 *
 * pcap (micro- and nanoseconds, both byte orders) and pcapng (any number of
 * sections and interfaces).  Joining the bytes of all rows gives the file back.
 * Bad bytes are never an error: they become rows that are no packet, with
 * `trouble` saying why.  Linear in the file, bounded in memory (the interfaces
 * of a section, at most 65,536 of them), no allocation per row.
 *
 * What is a row, and which rows are packets (FORMATS 1.2), to the last byte:
 *  pcap: the file header, 24 bytes; then records of 16 bytes and as many as the
 *    header says were captured.  One of more than 2^18 bytes is no packet, and
 *    reading goes on behind it.
 *  pcapng: blocks.  A block frames if its length is a multiple of 4, at least
 *    12, lies inside the file, and stands at its end again; a Section Header
 *    Block also needs its byte-order magic.  Section lengths and versions are
 *    not looked at.  A packet is an Enhanced Packet Block of at most 2^18 bytes
 *    whose captured length fits and whose interface is described.  Interface
 *    Description Blocks number the interfaces of a section from 0; one shorter
 *    than 20 or longer than 2^18 bytes, or behind the first 65,536, takes its
 *    number and describes nothing.  Of its options the first if_tsresol (1
 *    byte) and the first if_tsoffset (8 bytes) count; others, and those of
 *    another length, do not; reading them stops at opt_endofopt or at one that
 *    does not fit.
 *  Anything else is rows of 65,536 bytes, the last one shorter: each block or
 *    oversized record by itself, and in one run from the first byte that does
 *    not frame, or of the record or block that the file's end cuts short, to
 *    the end. */
#ifndef CM_CAPTURE_READER_H
#define CM_CAPTURE_READER_H

#include "base/result.h"
#include "capture/record.h"
#include "base/source.h"

struct cm_reader;

/* Looks at the first bytes of ${src} (the callbacks are used until cm_reader_free).
 * ${name} is used in the command to convert with only: like all errors of ours,
 * these do not name the file.
 * CM_E_MALFORMED: no capture at all (empty, text, ...).
 * CM_E_UNSUPPORTED: a capture of another format; the message has the command
 *   that converts it.
 * CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_reader_new(struct cm_source src, const char *name, struct cm_reader **out,
    struct cm_err *err);

/* The next row; its spans live as long as the source says.
 * CM_E_NOTFOUND: there are no more rows (nothing is put into ${err}).
 * CM_E_IO, CM_E_NOMEM: from the source. */
CM_RESULT cm_reader_next(struct cm_reader *r, struct cm_record *out, struct cm_err *err);

/* True if the next row lies in bytes that are at hand: cm_reader_next will not end the life
 * of spans given before.  (False says nothing.) */
bool cm_reader_ready(const struct cm_reader *r);

/* Offset of the byte behind the last row given. */
uint64_t cm_reader_offset(const struct cm_reader *r);

/* Where a reader stands, between two rows. */
struct cm_reader_stand {
	uint64_t row, offset; /* of the next row */
	uint64_t frames;      /* that were counted so far */
	uint64_t sections;    /* pcapng: that began so far; */
	uint32_t ifaces;      /* and how many interfaces this one has numbered */
	bool in_run;	      /* the next row goes on with what the one before began */
};
struct cm_reader_stand cm_reader_stand(const struct cm_reader *r);

/* Makes ${row}, at ${offset} and behind ${frames} frames, the next one.  Byte order, link
 * and interfaces stay as they are: whoever goes elsewhere has the rows read that set them
 * (seal/places does).  A stable source only. */
void cm_reader_go(struct cm_reader *r, uint64_t row, uint64_t frames, uint64_t offset);

void cm_reader_free(struct cm_reader *r); /* NULL is fine */

#endif
