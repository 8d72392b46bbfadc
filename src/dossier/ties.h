/* dossier/ties.h -- hosts of one exhibit that are known by their tie only, and the
 * addresses that stand in for them (docs/formats.md 3.1). */
#ifndef CM_DOSSIER_TIES_H
#define CM_DOSSIER_TIES_H

#include "base/result.h"
#include "base/span.h"
#include "dossier/model.h"

struct cm_tie {
	uint8_t key[32];
	uint8_t len; /* of the address, if it is named; else 0 */
	bool has_alias[2]; /* a stand-in of 4, of 16 bytes was given: */
	uint8_t address[16], alias4[4], alias6[16];
};

struct cm_ties_taken;

/* Zero-initialise; ends with cm_ties_release.  About 100 bytes a host. */
struct cm_ties {
	struct cm_tie *tie; /* in the order met: the number of one is its place plus 1 */
	uint32_t *slot;	    /* numbers by tie; 0: free */
	size_t n, room, cap;
	struct cm_ties_taken *taken; /* stand-ins, to give none twice */
	size_t n_taken, cap_taken;
};

/* Remembers the address of a tie.  Values of another length than 4 and 16 are
 * passed over.  CM_E_NOMEM. */
CM_RESULT cm_ties_name(struct cm_ties *t, const uint8_t tie[32], struct cm_span address);

/* The address of a tie, valid until the next one is met; empty: not named. */
struct cm_span cm_ties_find(const struct cm_ties *t, const uint8_t tie[32]);

/* The same of the tie with that number; empty also if there is none. */
struct cm_span cm_ties_address(const struct cm_ties *t, uint32_t id);

/* A small number for a tie: equal for equal ties, from 1.  CM_E_NOMEM. */
CM_RESULT cm_ties_id(struct cm_ties *t, const uint8_t tie[32], uint32_t *out);

/* The stand-in of a tie that is not named, ${len} 4 or 16.  The same whenever it is
 * asked for again, so that rows can be gone over twice.  CM_E_NOMEM. */
CM_RESULT cm_ties_pseudonym(struct cm_ties *t, const uint8_t tie[32], uint8_t len,
    struct cm_pseudonym *out);

/* What stands for an address of which not even the tie is open. */
struct cm_pseudonym cm_pseudonym_shut(uint8_t len);

void cm_ties_release(struct cm_ties *t);

#endif
