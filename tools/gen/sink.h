/* gen/sink.h -- capture files, written record by record.
 *
 * pcap: micro- or nanoseconds, either byte order.  pcapng: one section or a new
 * one every so many frames (byte orders may alternate), one to four interfaces
 * with different time resolutions, comments, blocks that are no packets, Simple
 * and obsolete Packet Blocks.  Bytes go to a file or a pipe in pieces of 1 MiB,
 * or stay in memory when fd is -1. */
#ifndef GEN_SINK_H
#define GEN_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum gen_endian { GEN_LE, GEN_BE, GEN_MIXED };

struct gen_format {
	bool pcapng;
	bool nano;      /* pcap */
	uint8_t endian; /* enum gen_endian; GEN_MIXED: pcapng only */
	uint16_t linktype;
	uint32_t snaplen;       /* 0: whole packets */
	uint32_t section_every; /* frames; 0: one section */
	uint32_t interfaces;    /* 1 to 4 */
	bool extras;            /* blocks that are no packets */
	bool odd_packets;       /* some frames as Simple or obsolete Packet Block */
};

struct gen_sink {
	int fd;
	struct gen_format f;
	struct cm_buf buf;
	uint64_t bytes;
	uint64_t frames;
	uint64_t others; /* blocks that are no packets, but frames to Wireshark */
	bool be;         /* of the section being written */
	bool failed;
};

struct gen_record {
	int64_t t_ns;
	const uint8_t *data;
	uint32_t len; /* on the wire */
	uint32_t iface;
	const char *comment;
};

void gen_sink_start(struct gen_sink *s, int fd, const struct gen_format *f);
void gen_sink_frame(struct gen_sink *s, const struct gen_record *r);
void gen_sink_raw(struct gen_sink *s, const uint8_t *p, size_t len);
bool gen_sink_flush(struct gen_sink *s);
bool gen_sink_end(struct gen_sink *s); /* flushes and frees; false: something was not written */

#endif
