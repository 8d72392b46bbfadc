/* cli/ledger.h -- what a case showed to whom, what came back, and what is due; for cli/ledger*.c. */
#ifndef CM_CLI_LEDGER_H
#define CM_CLI_LEDGER_H

#include "cli/cli.h"
#include "ledger/due.h"
#include "statement/disclosure.h"
#include "store/ledger.h"

struct cm_ledger_disclosure {
	const struct cm_case_disclosure *row;
	uint64_t number; /* of its statement */
	int64_t made;
	const struct cm_terms *terms; /* or NULL: older than terms */
	bool known;		      /* there is a map of it */
	const struct cm_case_receipt **receipt; /* all that came for it */
	size_t n_receipts;
	const struct cm_case_receipt *counts; /* of these the first for a file that was written here; or NULL */
	struct cm_due *due; /* in the order of ledger/due.h */
	size_t n_due;
};

struct cm_ledger_recipient {
	const char *name; /* "": nobody was named */
	struct cm_ledger_disclosure *item;
	size_t n, cap;
	size_t n_known, n_acknowledged, n_overdue; /* disclosures; of n_overdue, obligations */
	struct cm_map has;			   /* all together */
	bool published; /* what was published is among it */
};

struct cm_ledger_owed {
	const struct cm_case_owed *row;
	struct cm_due *due;
	size_t n_due;
};

/* Zero-initialise; ends with cm_ledger_fini. */
struct cm_ledger {
	struct cm_case *c;
	struct cm_arena arena;
	int64_t now;
	bool closed;
	int64_t closed_at;
	struct cm_case_exhibits exhibits;
	struct cm_ledger_recipient *recipient; /* in the order of their first disclosures */
	size_t n;
	size_t n_own; /* dossiers for own use, which are nobody's */
	struct cm_ledger_owed *owed;
	size_t n_owed;
	size_t n_overdue;
};

/* cli/ledger_read.c: of all recipients, or of the one called ${to}; or, with ${owed}, what is owed to others. */
CM_RESULT cm_ledger_read(struct cm_ledger *l, const char *to, bool owed, struct cm_err *err);
void cm_ledger_fini(struct cm_ledger *l);

/* "holds, obligations accepted"; in the arena; NULL: no memory. */
const char *cm_ledger_receipt_text(const struct cm_ledger_disclosure *d, struct cm_arena *arena);
/* "OVERDUE since 2026-11-27T10:00:00Z", "until ...", "done ..."; the same. */
const char *cm_ledger_due_text(const struct cm_due *d, struct cm_arena *arena);

/* CM_EXIT_OK, or it has been said. */
enum cm_exit cm_ledger_text(const struct cm_context *ctx, const struct cm_ledger *l);
enum cm_exit cm_ledger_owed_text(const struct cm_context *ctx, const struct cm_ledger *l);
enum cm_exit cm_ledger_json(const struct cm_context *ctx, const struct cm_ledger *l, bool owed, bool map);
/* A page of its own.  CM_E_NOMEM. */
CM_RESULT cm_ledger_html(const struct cm_ledger *l, struct cm_buf *out);

#endif
