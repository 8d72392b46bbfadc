/* dossier/leaks.h -- hidden addresses that stand in cells about to be opened.
 *
 * Payloads repeat addresses: ICMP errors quote headers, ARP and DNS carry them,
 * tunnels and HTTP too.  Whoever hides a host must know where it shows through.
 * Searched for are, at every offset of an opened value:
 *   binary		4 or 16 bytes, network order
 *   swapped		4 bytes, the other way round
 *   dotted		203.0.113.80, leading zeros allowed
 *   reversed		80.113.0.203 (in-addr.arpa), nibbles with dots (ip6.arpa)
 *   text		any spelling of an IPv6 address
 *   hexadecimal	8 or 32 digits, either case; of IPv4 also swapped
 * The unspecified and the broadcast address name nobody and are not looked for.
 * A match by chance is possible (once in some 2^32 bytes and host) and listed.  In headers, where nothing repeats
 * the addresses of others and a flood's thousands of them would match some number or other, four bytes count only
 * if they are an address of that very packet: some scanners put it into the sequence number. */
#ifndef CM_DOSSIER_LEAKS_H
#define CM_DOSSIER_LEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

struct cm_leak {
	uint32_t seal;
	uint64_t row;
	const char *column; /* lives as long as the selection */
	uint64_t offset;    /* in the value */
	const char *form;   /* as above; constant */
	const char *hidden_column; /* NULL: an address; else the hidden cell (dossier/echoes.h), */
	uint64_t hidden_row;	   /* of this row */
};

#define CM_LEAKS_LISTED 1000

/* Addresses that begin alike; of IPv4 at least 16 bits, of IPv6 32. */
struct cm_leak_prefix {
	uint8_t addr[16];
	uint8_t len; /* 4 or 16 */
	uint8_t bits;
};

/* Zero-initialise; ends with cm_leaks_release. */
struct cm_leaks {
	struct cm_leak *list; /* the first CM_LEAKS_LISTED */
	size_t n_list, cap_list;
	uint64_t n; /* in all */
	struct cm_leak_host *host;
	size_t n_host, cap_host;
	struct cm_leak_prefix *prefix;
	size_t n_prefix, cap_prefix;
	uint8_t *begins[2]; /* a bit for each 16 bits that one of IPv4, of IPv6 begins with; NULL: there is none */
};

/* Adds an address to hide, of 4 or 16 bytes.  CM_E_NOMEM. */
CM_RESULT cm_leaks_hide(struct cm_leaks *l, struct cm_span addr);

/* Adds all addresses with that prefix.  CM_E_NOMEM. */
CM_RESULT cm_leaks_hide_prefix(struct cm_leaks *l, struct cm_leak_prefix prefix);

/* Adds all addresses that ${from} hides, but its prefixes.  CM_E_NOMEM. */
CM_RESULT cm_leaks_share(struct cm_leaks *l, const struct cm_leaks *from);

/* Looks through one opened value.  ${where} says which; its offset and form are
 * filled in for each place.  CM_E_NOMEM. */
CM_RESULT cm_leaks_search(struct cm_leaks *l, struct cm_span value, struct cm_leak where);

/* The same of the headers of a packet between ${src} and ${dst}. */
CM_RESULT cm_leaks_search_headers(struct cm_leaks *l, struct cm_span value, struct cm_span src, struct cm_span dst,
    struct cm_leak where);

/* Adds a place that somebody else found.  CM_E_NOMEM. */
CM_RESULT cm_leaks_note(struct cm_leaks *l, struct cm_leak place);

void cm_leaks_release(struct cm_leaks *l);

#endif
