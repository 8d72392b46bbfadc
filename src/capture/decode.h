/* capture/decode.h -- from a frame to a packet, along the header walk of capture/layers. */
#ifndef CM_CAPTURE_DECODE_H
#define CM_CAPTURE_DECODE_H

#include "capture/layers.h"
#include "capture/packet.h"
#include "capture/record.h"

enum cm_decoded {
	CM_DECODED_PACKET,   /* a datagram; its TCP, UDP, ICMP header, if it is one of these, was read */
	CM_DECODED_FRAGMENT, /* a part of one: for capture/fragment */
	CM_DECODED_HEADLESS, /* TCP, UDP or ICMP, but the header is cut short or makes no sense */
	CM_DECODED_NO_IP,    /* nothing of IP that we understand */
	CM_DECODED_NO_LINK   /* a link type we do not know */
};

/* Captured bytes and what was said of them outside. */
struct cm_frame {
	cm_packet_id id;
	uint64_t offset;   /* of the record in its file */
	int64_t t_ns;
	struct cm_span data;
	uint32_t orig_len; /* on the wire, as claimed */
	uint16_t linktype;
	const cm_packet_id *parts; /* as in struct cm_packet */
	uint32_t n_parts;
};

static inline struct cm_frame
cm_frame_of(const struct cm_record *r, uint32_t file)
{
	return (struct cm_frame) {
		.id = cm_packet_id_of(file, r->frame),
		.offset = r->offset,
		.t_ns = r->t_ns,
		.data = cm_record_data(r),
		.orig_len = r->orig_len,
		.linktype = r->linktype,
	};
}

/* Fills ${out} and ${layers}.  ${out} is a packet for all but NO_IP and NO_LINK,
 * then zero but for id, offset, t_ns; its payload borrows from the frame.
 *
 * payload_len goes by the length of the IP header; where that is 0 (offload), by
 * the length on the wire.  The checksum of TCP and UDP is verified if the whole
 * datagram was captured and no routing header hides the last address; a UDP
 * checksum of 0 over IPv4 says nothing: CM_CSUM_UNKNOWN. */
enum cm_decoded cm_decode(const struct cm_frame *f, struct cm_packet *out, struct cm_layers *layers);

#endif
