/* ledger/map.h -- what an opening shows of each exhibit, without the cells themselves.
 *
 * Which cells are open and which tied, as ranges of rows (seal/plan.h); which hosts are named and which only tied, as
 * the first eight bytes of their ties; and marks of the rows, by which the same packet is known again in another exhibit.
 * The union of maps says what somebody has who got all of these openings: salts that he can derive are those of its
 * open cells and no others (docs/formats.md 1.1).
 *
 * Ranges are exact.  Of hosts and marks the smallest are kept, so that a union keeps what one map of all would
 * keep.  A map is its owner's alone: it stays in the case.  Pure; memory is a map's own and ends with
 * cm_map_release. */
#ifndef CM_LEDGER_MAP_H
#define CM_LEDGER_MAP_H

#include "base/buf.h"
#include "base/result.h"
#include "seal/plan.h"

#define CM_MAP_EXHIBITS 4096u
#define CM_MAP_RANGES ((size_t)1 << 22) /* of one exhibit */
#define CM_MAP_HOSTS 16384u		/* of one exhibit, ... */
#define CM_MAP_MARKS 1024u		/* ... those of smallest key */
#define CM_MAP_NAME 128u		/* bytes of a column's name; longer ones are cut */
#define CM_MAP_BYTES ((size_t)64 << 20) /* of an encoded map */

struct cm_map_host {
	uint64_t key;  /* the first 8 bytes of its tie */
	uint64_t rows; /* that show it, named or tied: of a union the most that one of its parts shows */
	bool named;
};

struct cm_map_exhibit {
	uint8_t x[CM_HASH_LEN]; /* public id */
	uint64_t rows;		/* of the table */
	enum cm_kind kind;
	size_t n_columns;
	cm_columns linked;
	char *name[CM_COLUMNS_MAX]; /* of the columns */
	struct cm_plan open;	    /* by_row is false everywhere */
	struct cm_map_host *host;   /* ascending by key */
	size_t n_hosts;
	bool hosts_all; /* else hosts of larger keys were left out */
	uint64_t *mark; /* ascending */
	size_t n_marks;
	bool marks_all; /* else marks that are larger were left out */
};

/* Zero-initialise. */
struct cm_map {
	struct cm_map_exhibit *exhibit; /* ascending by x */
	size_t n;
};

/* Puts one in its place; what it owns is the map's then, also if this fails.  CM_E_USAGE: it is there already;
 * CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_map_put(struct cm_map *m, struct cm_map_exhibit *x);

/* A new exhibit of that shape, with nothing open.  Ends with cm_map_put or cm_map_exhibit_release.  CM_E_NOMEM. */
CM_RESULT cm_map_exhibit_of(
    const struct cm_schema *s, const uint8_t x[CM_HASH_LEN], uint64_t rows, struct cm_map_exhibit *out);
void cm_map_exhibit_release(struct cm_map_exhibit *x);

/* By id; NULL: nothing of it was opened. */
const struct cm_map_exhibit *cm_map_find(const struct cm_map *m, const uint8_t x[CM_HASH_LEN]);

/* Lays ${more} over ${m}.  CM_E_REFUSED: an exhibit has another shape in it; CM_E_LIMIT, CM_E_NOMEM.  On an error ${m} is
 * as it was, or has some exhibits of ${more} more. */
CM_RESULT cm_map_join(struct cm_map *m, const struct cm_map *more);

/* What lies open of an exhibit, in numbers. */
struct cm_map_sum {
	uint64_t rows;			  /* with a cell that is not shut */
	uint64_t whole;			  /* with none that is */
	uint64_t open[CM_COLUMNS_MAX];	  /* open or named */
	uint64_t tied[CM_COLUMNS_MAX];
	size_t named_hosts, tied_hosts;
};
void cm_map_sum(const struct cm_map_exhibit *x, struct cm_map_sum *out);

/* Hosts and marks while they are gathered, in any order, the same ones many times. */
struct cm_map_gather {
	struct cm_map_host *host;
	size_t n_hosts;
	uint64_t *mark;
	size_t n_marks;
	bool hosts_left, marks_left;
};
CM_RESULT cm_map_gather_host(struct cm_map_gather *g, uint64_t key, bool named); /* once for a row; CM_E_NOMEM */
CM_RESULT cm_map_gather_mark(struct cm_map_gather *g, uint64_t mark);		 /* CM_E_NOMEM */
/* Gives them to the exhibit, which has none yet. */
void cm_map_gathered(struct cm_map_gather *g, struct cm_map_exhibit *x);
void cm_map_gather_release(struct cm_map_gather *g);

/* ledger/map_code.c: as the case keeps it.  CM_E_LIMIT: too much for a map; CM_E_NOMEM. */
CM_RESULT cm_map_write(const struct cm_map *m, struct cm_buf *out, struct cm_err *err);

/* Total: what was read, written again is the same bytes.  CM_E_MALFORMED with the offset; CM_E_LIMIT, CM_E_NOMEM.
 * ${out} is empty, and empty after an error. */
CM_RESULT cm_map_read(struct cm_span bytes, struct cm_map *out, struct cm_err *err);

void cm_map_release(struct cm_map *m);

#endif
