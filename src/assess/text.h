/* assess/text.h -- an assessment from the text that people edit, and where in it each number stands.
 *
 * docs/assessments.md, section 1, says how it is written.  Definitions may stand in any order behind the
 * version: an item may name what is defined below it.  What the text leaves out is settled here, from the
 * registry and from what it says elsewhere, so that whoever has the result needs neither.
 *
 * Places are for programs that change a number and leave everything else, the comments above all, as its
 * author wrote it: read, collect changes, cm_assess_text_set, and read again what came out. */
#ifndef CM_ASSESS_TEXT_H
#define CM_ASSESS_TEXT_H

#include "assess/assess.h"
#include "base/buf.h"
#include "base/span.h"

#define CM_ASSESS_WITHOUTS 65536u /* pairs that need not be hypotheses */

/* Bytes of the text; both 0: it does not say that. */
struct cm_assess_at {
	uint32_t at, len;
};

enum cm_hypothesis_field {
	CM_HYPOTHESIS_TEXT,
	CM_HYPOTHESIS_ACTOR,
	CM_HYPOTHESIS_KIND,
	CM_HYPOTHESIS_DEGREE,
	CM_HYPOTHESIS_NEEDS,
	CM_HYPOTHESIS_PRIOR /* the number only, without what is admitted and why */
};
#define CM_HYPOTHESIS_FIELDS 6

enum cm_item_field {
	CM_ITEM_TEXT,
	CM_ITEM_BECAUSE,
	CM_ITEM_TYPE,
	CM_ITEM_GROUP,
	CM_ITEM_FORGE,
	CM_ITEM_COST,
	CM_ITEM_FORM,
	CM_ITEM_RESTS, /* the last of several lines */
	CM_ITEM_SOURCE,
	CM_ITEM_BY,
	CM_ITEM_VIEW,
	CM_ITEM_REPEATS,
	CM_ITEM_DERIVED,
	CM_ITEM_BACKGROUND
};
#define CM_ITEM_FIELDS 14

struct cm_hypothesis_places {
	unsigned line;			/* of its definition */
	struct cm_assess_at name;	/* the word itself */
	struct cm_assess_at field[CM_HYPOTHESIS_FIELDS]; /* what is behind the field's name */
	struct cm_assess_at admits;	/* "0.10 to 0.40" */
	uint32_t end;			/* behind its last line: where another field would go */
};

struct cm_item_places {
	unsigned line;
	struct cm_assess_at name;
	struct cm_assess_at field[CM_ITEM_FIELDS];
	const struct cm_assess_at *cell; /* one for each hypothesis: "0.30 to 0.50" or "?", without the reason */
	uint32_t end;
};

/* In the order of struct cm_assessment.  An `end' is the length of the text if its last line has no newline:
 * whoever writes a line there writes a newline before it. */
struct cm_assess_places {
	struct cm_assess_at title, party, about;
	struct cm_assess_at class[CM_FORGE_CLASSES]; /* the number */
	const struct cm_assess_at *brief; /* of each of its lines what is behind the field's name */
	uint32_t brief_end; /* behind its last line; 0: there is none */
	struct cm_hypothesis_places *hypothesis;
	struct cm_item_places *item;
	struct cm_assess_at *rho; /* of each group, the number */
};

/* Reads ${text}; all memory from ${arena}, also that of ${places}, which may be NULL.  Nothing points into the
 * text or the registry.  Total; n log n.  CM_E_MALFORMED with line, column and offset: what was expected.
 * CM_E_UNSUPPORTED: another version.  CM_E_LIMIT: beyond a bound of assess.h.  CM_E_NOMEM. */
CM_RESULT cm_assess_text_read(struct cm_span text, const struct cm_registry *registry, struct cm_arena *arena,
    struct cm_assessment *out, struct cm_assess_places *places, struct cm_err *err);

/* ${now} in the place of ${len} bytes from ${at} on; a ${len} of 0 puts in. */
struct cm_assess_change {
	size_t at, len;
	struct cm_span now;
};

/* Appends the text as changed to ${out}.  CM_E_USAGE: changes that are not in the order of the text, overlap,
 * or reach beyond its end.  CM_E_NOMEM.  Whether it still is an assessment, only reading it tells. */
CM_RESULT cm_assess_text_set(struct cm_span text, const struct cm_assess_change *change, size_t n,
    struct cm_buf *out, struct cm_err *err);

#endif
