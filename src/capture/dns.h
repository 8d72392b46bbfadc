/* capture/dns.h -- what the detectors ask of a DNS message (RFC 1035 section 4).
 *
 * Untrusted input.  Total: every byte string gives CM_OK or CM_E_MALFORMED, in
 * time linear in its length (a name follows at most 16 pointers, each backwards,
 * and has at most 255 bytes; at most CM_DNS_RECORDS answers are read), and
 * without an allocation. */
#ifndef CM_CAPTURE_DNS_H
#define CM_CAPTURE_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_DNS_RECORDS 64u

enum cm_dns_type { CM_DNS_A = 1, CM_DNS_NS = 2, CM_DNS_CNAME = 5, CM_DNS_AAAA = 28 };

struct cm_dns {
	uint16_t id;
	bool response, aa, tc, rd, ra;
	uint8_t rcode;
	uint16_t qtype, qclass;
	uint16_t n_answers;   /* as the header claims */
	uint16_t n_read;      /* answers understood; fewer when cut short or malformed */
	uint16_t n_a, n_aaaa; /* of those */
	uint64_t name;	      /* hash of the question's name, letters folded */
	uint64_t spelling;    /* hash of its bytes as they stand */
	uint64_t answers;     /* hash of type and data of the answers, in any order; TTLs left out */
	uint8_t first_a[4];   /* data of the first A record; zero if n_a is 0 */
};

/* CM_E_MALFORMED: no whole header and question (exactly one is expected). */
CM_RESULT cm_dns_parse(struct cm_span message, struct cm_dns *out);

#endif
