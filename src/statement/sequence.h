/* statement/sequence.h -- do the statements of one key fit together? (docs/formats.md 2)
 *
 * Every statement has a number per key and names the one before it.  So a second
 * version of anything (a fork), one that was left out (a gap), and one that never
 * was next in line show, whoever looks.  Pure: reads heads, gives notes. */
#ifndef CM_STATEMENT_SEQUENCE_H
#define CM_STATEMENT_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "statement/statement.h"

#define CM_SEQUENCE_MAX 8192u

struct cm_sequence_item {
	const struct cm_statement *head;
	uint8_t digest[32];
};

enum cm_sequence_kind {
	CM_SEQUENCE_FORK,   /* a, b: two statements of one key with one number */
	CM_SEQUENCE_BROKEN, /* b names another `previous` than a, whose number is one less; or a
				as previous, though a is not the one before it */
	CM_SEQUENCE_GAP,    /* numbers first..last of a's key are not here: withheld; a comes next */
	CM_SEQUENCE_SUPERSEDED, /* a is superseded by b */
	CM_SEQUENCE_VOID,  /* b says it supersedes a, but key, case or type differ: it counts not */
	CM_SEQUENCE_RIVALS /* a and b both supersede one statement: a fork */
};

struct cm_sequence_note {
	enum cm_sequence_kind kind;
	size_t a, b; /* places in the list handed in */
	uint64_t first, last;
};

struct cm_sequence {
	const struct cm_sequence_note *note;
	size_t n;
	bool refused; /* a fork, a broken chain, or rivals among them */
};

/* Items may come in any order, the same one more than once.  Notes come in the order of
 * kinds, then of the items.  CM_E_LIMIT: more than CM_SEQUENCE_MAX; CM_E_NOMEM. */
CM_RESULT cm_sequence_check(const struct cm_sequence_item *items, size_t n, struct cm_arena *arena,
    struct cm_sequence *out, struct cm_err *err);

/* A sentence for a person, without the names of the files. */
const char *cm_sequence_word(enum cm_sequence_kind kind);

#endif
