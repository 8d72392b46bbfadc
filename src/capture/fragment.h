/* capture/fragment.h -- fragments in, datagrams out (RFC 791, RFC 8200 section 4.5).
 *
 * Parts are collected per source, destination, identification and protocol (IPv6:
 * per source, destination and identification).  Where two parts claim the same
 * bytes the earlier one stands; if they differ, that is counted as a conflict.  A
 * datagram that is not whole CM_FRAGMENT_TIMEOUT_NS (packet time) after its
 * newest part, or that stands in the way when the budget or the table is full, is
 * dropped and its parts are counted as lost: the oldest go first.
 *
 * Deterministic: what comes out depends on the parts and their order only. */
#ifndef CM_CAPTURE_FRAGMENT_H
#define CM_CAPTURE_FRAGMENT_H

#include "base/result.h"
#include "capture/decode.h"

#define CM_FRAGMENT_TIMEOUT_NS (30 * INT64_C(1000000000))
#define CM_FRAGMENT_SLOTS 256u	       /* datagrams under way at once */
#define CM_FRAGMENT_BYTES_MAX 65535u   /* of one datagram behind its IP header */
#define CM_FRAGMENT_PARTS_MAX 8192u    /* of one datagram */

struct cm_fragment_stats {
	uint64_t parts;	    /* seen */
	uint64_t datagrams; /* made whole */
	uint64_t lost;	    /* parts that never became a datagram */
	uint64_t overlaps;  /* parts that claim bytes another has given already */
	uint64_t conflicts; /* overlaps with other bytes: one of the two is forged, or old */
};

struct cm_fragments;

/* ${budget}: bytes for datagrams under way. CM_E_NOMEM. */
CM_RESULT cm_fragments_new(size_t budget, struct cm_fragments **out);

/* Takes a part as cm_decode gave it (CM_DECODED_FRAGMENT).  CM_OK: it made a
 * datagram whole: ${*whole} is a frame of link type CM_LINK_IPV4 or CM_LINK_IPV6
 * for cm_decode, with id, offset and time of this part (as Wireshark shows it), and
 * the ids of all its parts; its bytes and ids live until the next call.  CM_E_NOTFOUND: more parts are missing.
 * CM_E_NOMEM: the part was not kept. */
CM_RESULT cm_fragments_add(struct cm_fragments *f, const struct cm_frame *part,
    const struct cm_layers *layers, struct cm_frame *whole);

/* Parts of datagrams still under way count as lost from here on. */
void cm_fragments_finish(struct cm_fragments *f);
const struct cm_fragment_stats *cm_fragments_stats(const struct cm_fragments *f);
void cm_fragments_free(struct cm_fragments *f); /* NULL is fine */

#endif
