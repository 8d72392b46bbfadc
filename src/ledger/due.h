/* ledger/due.h -- what the terms of a disclosure oblige to, until when, and whether it is overdue.
 *
 * Obligations are the texts of statement/terms.h ("retain <= 180d"), which rules/ writes.  Dates are counted from the time that
 * the disclosure says it was made.  One that is not understood is listed all the same.  Pure. */
#ifndef CM_LEDGER_DUE_H
#define CM_LEDGER_DUE_H

#include "base/result.h"

enum cm_due_what {
	CM_DUE_DELETE,	     /* retain <= Nd: the recipient deletes it */
	CM_DUE_ACKNOWLEDGE,  /* acknowledge <= Nh: the recipient's receipt is here */
	CM_DUE_RECEIPT,	     /* receipt: the same, without a date */
	CM_DUE_CLOSE,	     /* delete-on-close */
	CM_DUE_NOTIFY,	     /* notify-victim: the discloser tells it */
	CM_DUE_ENCRYPT,	     /* encrypt: the discloser sends it encrypted */
	CM_DUE_STANDS,	     /* holds always: onward, markings, warning-lists */
	CM_DUE_UNKNOWN,
	CM_DUE_N
};

enum cm_due_state {
	CM_DUE_OVERDUE, /* its date is past, or the case is closed, and nothing says that it was done */
	CM_DUE_OPEN,
	CM_DUE_DONE,
	CM_DUE_LATE, /* done, after its date */
	CM_DUE_ALWAYS
};

struct cm_due {
	enum cm_due_what what;
	const char *text; /* the obligation, as it was stated */
	enum cm_due_state state;
	bool has_by;
	int64_t by; /* Unix time */
	bool has_done;
	int64_t done;
};

struct cm_due_in {
	int64_t made, now;
	bool received; /* there is a receipt of the recipient, ... */
	int64_t received_at;
	bool closed; /* the case is */
	int64_t closed_at;
	bool settled[CM_DUE_N]; /* the owner of the ledger says that it was done */
	int64_t settled_at[CM_DUE_N];
};

/* Of one text. */
void cm_due_of(const char *text, const struct cm_due_in *in, struct cm_due *out);

/* "delete", "acknowledge", ...: what --done takes; CM_DUE_N: no such word, or nothing that could be settled by hand. */
const char *cm_due_word(enum cm_due_what what);
enum cm_due_what cm_due_find(const char *word);
const char *cm_due_state_word(enum cm_due_state s); /* "overdue", "open", "done", "done late", "always" */

/* Overdue first, then what is open by date, then the rest. */
int cm_due_order(const struct cm_due *a, const struct cm_due *b);

#endif
