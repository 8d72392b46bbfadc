/* os/bpf.h -- libpcap's filter language (pcap-filter(7)), for frames in memory.
 *
 * Compiling may read /etc/services, /etc/protocols and /etc/hosts, so it is done
 * before a process confines itself; no name server is ever asked.  Matching
 * touches nothing. */
#ifndef CM_OS_BPF_H
#define CM_OS_BPF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

struct cm_bpf;

/* Compiles ${expression} for every one of the ${n} pcap link types in ${linktypes}.
 * CM_E_USAGE: it makes sense for none of them; the message is libpcap's.
 * CM_E_NOMEM. */
CM_RESULT cm_bpf_new(const char *expression, const uint16_t *linktypes, size_t n,
    struct cm_bpf **out, struct cm_err *err);

/* Whether a frame is wanted; false for a link type the filter makes no sense for. */
bool cm_bpf_match(const struct cm_bpf *f, uint16_t linktype, struct cm_span data,
    uint32_t orig_len);

void cm_bpf_free(struct cm_bpf *f); /* NULL is fine */

#endif
