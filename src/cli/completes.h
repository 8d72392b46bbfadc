/* cli/completes.h -- what a disclosure adds for its recipient, and which pictures it completes (ledger/gain.h).
 *
 * What the recipient has, and what was published, is read before the confined child starts, which finds what is
 * new; the parent finds it again from the map that comes back. */
#ifndef CM_CLI_COMPLETES_H
#define CM_CLI_COMPLETES_H

#include "cli/cli.h"
#include "codec/json_write.h"
#include "ledger/gain.h"
#include "store/ledger.h"

/* Zero-initialise; ends with cm_completes_fini. */
struct cm_completes {
	const char *to; /* "": nobody was named */
	struct cm_map before;
	size_t n_before;   /* disclosures to it until now, ... */
	size_t n_unknown;  /* ... of these such as are older than maps */
	struct cm_gain_group *group; /* rows that findings cite */
	size_t n_groups;
	struct cm_case_exhibits exhibits;
	struct cm_gain *gain; /* after cm_completes_find */
};

/* ${to} may be NULL.  Memory of ${arena}. */
CM_RESULT cm_completes_begin(
    struct cm_completes *k, struct cm_case *c, const char *to, struct cm_arena *arena, struct cm_err *err);
void cm_completes_fini(struct cm_completes *k);

CM_RESULT cm_completes_find(struct cm_completes *k, const struct cm_map *more, struct cm_err *err);

/* A line each on ctx->err. */
void cm_completes_say(const struct cm_context *ctx, const struct cm_completes *k);

/* As the member `completes`, a list. */
void cm_completes_put(struct cm_jsonw *w, const struct cm_completes *k);

/* Has another process disclosed to the same recipient since?  CM_E_REFUSED: so what was found is not all. */
CM_RESULT cm_completes_still(
    const struct cm_completes *k, struct cm_case *c, struct cm_arena *arena, struct cm_err *err);

/* The public has it, so everybody. */
#define CM_PUBLIC "public"

/* "exhibit 3", into ${out}, 32 bytes; an unknown one has no number. */
void cm_exhibit_name(const struct cm_case_exhibits *all, const uint8_t x[32], char out[32]);

#endif
