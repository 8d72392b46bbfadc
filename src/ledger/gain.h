/* ledger/gain.h -- what a new opening adds to what somebody has, and which pictures it completes.
 *
 * A picture is complete if nothing of it is shut any more: a row, a column of an exhibit, an exhibit, the rows that a
 * statement cites, the name behind a pseudonym.  What the new opening would complete for somebody who has nothing is
 * no completion: earlier openings must have shown a part of that exhibit.  Pure. */
#ifndef CM_LEDGER_GAIN_H
#define CM_LEDGER_GAIN_H

#include "ledger/map.h"

/* Rows that belong together: what a statement cites of an exhibit. */
struct cm_gain_group {
	const char *name; /* "finding 3" */
	uint8_t x[CM_HASH_LEN];
	const uint64_t *row; /* ascending */
	size_t n;
};

struct cm_gain_in {
	const struct cm_map *before, *more;
	const struct cm_gain_group *group;
	size_t n_groups;
};

enum cm_gain_what {
	CM_GAIN_NAMES,	  /* rows: that showed it as a pseudonym; at least, of `hosts` hosts */
	CM_GAIN_TIES,	  /* rows, at most, with pseudonyms of hosts that were named earlier */
	CM_GAIN_ROWS,	  /* rows that were shut in part are open whole */
	CM_GAIN_PAYLOAD,  /* payload beside headers that were shown earlier: rows */
	CM_GAIN_HEADERS,  /* headers beside payload */
	CM_GAIN_COLUMN,	  /* all rows of a column */
	CM_GAIN_EXHIBIT,  /* all of it */
	CM_GAIN_GROUP,	  /* all rows of a group are open whole, but for checksums */
	CM_GAIN_AGAIN,	  /* the same packets were shown from another exhibit: rows of these that are known */
	CM_GAIN_N
};

struct cm_gained {
	enum cm_gain_what what;
	const struct cm_map_exhibit *exhibit; /* of the new map */
	const struct cm_map_exhibit *other;   /* AGAIN: of the earlier one */
	const struct cm_gain_group *group;    /* GROUP */
	size_t column;			      /* COLUMN */
	uint64_t rows, hosts;
	bool least; /* numbers are the least that is known */
};

#define CM_GAINS_MAX 512u

/* Zero-initialise; it is not small. */
struct cm_gain {
	struct cm_gained item[CM_GAINS_MAX];
	size_t n;
	bool more; /* there were more than have room */
};

/* ${out} borrows from both maps and the groups.  CM_E_REFUSED: an exhibit has two shapes; CM_E_NOMEM. */
CM_RESULT cm_gain_find(const struct cm_gain_in *in, struct cm_gain *out);

/* One line, as: names 2 hosts that were pseudonyms, in 40 rows or more.  ${exhibit} says which exhibit is meant
 * ("exhibit 3"), ${other} the same of `other` or NULL.  CM_E_NOMEM. */
CM_RESULT cm_gain_line(const struct cm_gained *g, const char *exhibit, const char *other, struct cm_buf *out);

/* A word for JSON: "names", ... */
const char *cm_gain_word(enum cm_gain_what what);

#endif
