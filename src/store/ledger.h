/* store/ledger.h -- what was shown to whom, what came back, and what is owed, as the case keeps it.
 *
 *	opened	of each disclosure the map of what it opened (ledger/map.h)
 *	written	every file that its dossier ever was: receipts of logs are added later
 *	settled	obligations of which the owner of the case says that they were met
 *	owed	dossiers of others for which this party gave a receipt
 * Receipts of others are among what they sent (store/team.h). */
#ifndef CM_STORE_LEDGER_H
#define CM_STORE_LEDGER_H

#include "ledger/map.h"
#include "statement/receipt_v1.h"
#include "statement/signers.h"
#include "store/team.h"

/* The map of a disclosure that was just added; belongs into its transaction.  ${map} as bytes: read and refused here
 * if it is none.  CM_E_MALFORMED. */
CM_RESULT cm_case_opened_add(
    struct cm_case *c, const uint8_t statement[32], struct cm_span map, struct cm_err *err);

/* CM_E_NOTFOUND: it was made before there were maps.  ${out} is empty, and the caller's. */
CM_RESULT cm_case_opened(struct cm_case *c, const uint8_t statement[32], struct cm_map *out, struct cm_err *err);

/* A file of a dossier: was it ever written as this disclosure's? */
CM_RESULT cm_case_written_has(
    struct cm_case *c, const uint8_t statement[32], const uint8_t sha256[32], bool *out, struct cm_err *err);

/* Receipts that others gave, by disclosure, then as they were taken. */
struct cm_case_receipt {
	uint8_t digest[32];
	const char *by; /* fingerprint */
	uint64_t number;
	int64_t made, taken; /* by the clock of who gave it; by the own one */
	struct cm_receipt_v1 says;
	bool ours;    /* it is for a file that was written here */
	bool differs; /* an earlier one of the same disclosure says something else of the same file */
};
struct cm_case_receipts {
	const struct cm_case_receipt *item;
	size_t n;
};
CM_RESULT cm_case_receipts(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_receipts *out, struct cm_err *err);

/* May a receipt that came be taken?  Asked by cm_case_said_take.  CM_E_REFUSED: for a disclosure that was never made here,
 * or not by who it was for; with the reason in one line.  Who a key is, the charter's members say, and without a
 * charter the file `signers` of the case folder. */
CM_RESULT cm_case_receipt_admits(struct cm_case *c, const struct cm_team *t, const struct cm_said *s,
    struct cm_arena *arena, struct cm_err *err);

/* What is to be said of one that was taken: that it is for another file, or contradicts an earlier one.  "": nothing. */
CM_RESULT cm_case_receipt_note(
    struct cm_case *c, const uint8_t digest[32], struct cm_arena *arena, const char **out, struct cm_err *err);

/* ${what} is a word of ledger/due.h.  One that is settled already keeps its time. */
CM_RESULT cm_case_settle(
    struct cm_case *c, const uint8_t statement[32], const char *what, int64_t at, struct cm_err *err);
/* CM_E_NOTFOUND: not settled. */
CM_RESULT cm_case_settled(
    struct cm_case *c, const uint8_t statement[32], const char *what, int64_t *at, struct cm_err *err);

/* Owed to others. */
struct cm_case_owed {
	uint64_t id; /* 1, 2, ... for people; not read by add */
	uint8_t disclosure[32], dossier[32], receipt[32]; /* statement, file, own statement */
	const char *from, *by; /* who disclosed it, as this case knows the key, or ""; its fingerprint */
	int64_t made;	       /* the disclosure, as it says */
	const char *purpose;
	const char *obliges; /* a line each */
	enum cm_receipt_found found;
	bool accepts;
};
struct cm_case_owed_list {
	const struct cm_case_owed *item;
	size_t n;
};
/* Takes the place of an earlier one of the same disclosure. */
CM_RESULT cm_case_owed_add(struct cm_case *c, const struct cm_case_owed *in, struct cm_err *err);
CM_RESULT cm_case_owed(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_owed_list *out, struct cm_err *err);

#endif
