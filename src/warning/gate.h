/* warning/gate.h -- before something is disclosed: would anybody be named who should not be?
 *
 *	struct cm_warnings *w = cm_warnings_new();
 *	cm_warnings_add_builtin(w, err); cm_warnings_add(w, a list of the user's, err)...; cm_warnings_end(w);
 *	struct cm_gate *g = cm_gate_new(w);
 *	for each opened address:	rc = cm_gate_address(g, addr, accused, place);
 *	for each shown name, hash:	rc = cm_gate_host(...), cm_gate_hash(...);
 *	for (i = 0; i < cm_gate_n(g); i++)  ... cm_gate_at(g, i)->sentence ...
 *
 * No file, no clock: made to be fed in the confined process.  The same value may be fed as often as it comes; it is
 * kept once, with how often, where first, and whether it was ever among the accused.  Values that match nothing cost a
 * lookup and no memory. */
#ifndef CM_WARNING_GATE_H
#define CM_WARNING_GATE_H

#include "warning/warning.h"

#define CM_GATE_HITS 1024u /* that are kept; the others are counted */

struct cm_gate_hit {
	enum cm_warning_kind kind;
	const char *value; /* "10.0.0.1", in lower case */
	const struct cm_warning_list *list;
	const char *entry;    /* of the list: "10.0.0.0/8" */
	const char *sentence; /* "10.0.0.1 is private: it names nobody outside that network" */
	bool accused;	      /* it was, at least once */
	uint64_t times;	      /* it came so often */
	uint64_t place;	      /* where first, in the caller's own counting */
};

struct cm_gate;

/* ${w} must be ready (cm_warnings_end) and live longer.  NULL: no memory. */
struct cm_gate *cm_gate_new(const struct cm_warnings *w);
void cm_gate_free(struct cm_gate *g); /* NULL is fine */

/* One value: an address of 4 or 16 bytes, the text of a host's name or of a hash.  ${accused}: of a host that the
 * dossier accuses, not merely shows.  CM_E_NOMEM. */
CM_RESULT cm_gate_address(struct cm_gate *g, struct cm_span addr, bool accused, uint64_t place);
CM_RESULT cm_gate_host(struct cm_gate *g, struct cm_span name, bool accused, uint64_t place);
CM_RESULT cm_gate_hash(struct cm_gate *g, struct cm_span hash, bool accused, uint64_t place);

/* The hits: a value once for each list that has it, ordered by kind, value, and the list's place. */
size_t cm_gate_n(const struct cm_gate *g);
const struct cm_gate_hit *cm_gate_at(const struct cm_gate *g, size_t i);
/* How often a value that matched came when no more could be kept. */
uint64_t cm_gate_lost(const struct cm_gate *g);

/* What blunder it would be, of a match: appends the sentence, without a full stop. */
struct cm_buf;
void cm_warning_sentence(struct cm_buf *out, const char *value, const struct cm_warning_match *m);

#endif
