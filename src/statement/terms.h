/* statement/terms.h -- the terms of a disclosure: by which charter, to whom, what for, with which
 * obligations; a member of disclosure/v1 (docs/formats.md 2.4).
 *
 * Reading is total and bounded; all pointers belong to the arena.  Rules, obligations and types are texts
 * here: what they mean the charter says. */
#ifndef CM_STATEMENT_TERMS_H
#define CM_STATEMENT_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"

#define CM_TERMS_LIST_MAX 256u
#define CM_TERMS_WORD_MAX 256u /* bytes of one text */

enum cm_terms_use {
	CM_TERMS_OWN,	 /* made for its owner: nobody else was meant to have it */
	CM_TERMS_FREE,	 /* handed on, and no charter governed that */
	CM_TERMS_CHARTER /* under a charter: all members below are there */
};

/* An exhibit as its owner marked it. */
struct cm_terms_exhibit {
	const char *type, *tlp, *pap;
};

/* A kind of content that was asked for and stayed hidden, and why: the name of a rule, "default" (no rule
 * allows it), "echo" (it shows what a rule hides elsewhere), or "covers" (it holds sums over what is hidden). */
struct cm_terms_withheld {
	const char *content, *by;
};

struct cm_terms {
	enum cm_terms_use use;
	const char *tlp, *pap; /* of the whole; NULL: not marked (only OWN and FREE) */
	/* only CHARTER: */
	uint8_t charter[32];
	const char *action, *purpose; /* release or publish; ... */
	const char *from, *from_role, *to, *to_role; /* to "" for the public */
	const char *phase, *approved;
	const struct cm_terms_exhibit *exhibit; /* one for each seal */
	size_t n_exhibits;
	const char *const *rules; /* that allowed something */
	size_t n_rules;
	const char *const *obliges; /* "retain <= 180d" */
	size_t n_obliges;
	const struct cm_terms_withheld *withheld;
	size_t n_withheld;
	uint8_t (*consent)[32]; /* statements of the victim that were relied on */
	size_t n_consent;
};

/* Writes the object itself. */
void cm_terms_write(struct cm_jsonw *w, const struct cm_terms *t);

/* CM_E_MALFORMED with the member; CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_terms_read(struct cm_json v, struct cm_arena *arena, struct cm_terms *out, struct cm_err *err);

#endif
