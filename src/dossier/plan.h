/* dossier/plan.h -- what to open of each exhibit so that findings can be redone.
 *
 * By default, for each finding: the rows of its support in full (headers, both
 * addresses named, payload, mask), but of rows that only fix a host model the
 * headers, that host named and the other end tied (of a DNS finding the payload, too:
 * the model of a name server is what it answers).  Hiding addresses ties them,
 * and shuts `mask`, since checksums and link-layer addresses give them away;
 * hiding payload shuts it, and `mask` with it.  Of a fragment `mask` opens if
 * all parts of its datagram are opened, or if it is asked for by row.
 *
 * For what is counted (traffic/v1, chain/v1): of the rows of a capture headers and both addresses,
 * and payload where the detectors read it, such as of packets that begin as a request; of a log the whole
 * line, unless something is to be hidden: a line has no place to hide anything in.
 *
 * Of texts, records and blobs besides only what is asked for by row and column is opened.
 *
 * Under a charter what it does not let out is shut: first by the rules, cell by cell, then every cell
 * that shows an address or a value that the rules keep hidden.
 *
 * Goes over every exhibit twice, and a third time to search for what is hidden:
 * cm_select_learn over all exhibits, then cm_select_plan over all, then
 * cm_select_leaks over all.  Pure.
 *
 * Only the rows that findings cite or that are asked for are read, by the index of
 * the case (cm_cut_rows_index); without it they are found by reading on.  All rows
 * have to be read
 *  - for whole_host, whole_pair and tie_all, which are about every packet, and for `all`
 *    (cm_select_plan);
 *  - if a row that a finding opens in full is a part of a datagram: the other parts
 *    may be anywhere (cm_select_parts, to be called between learn and plan over all
 *    exhibits if cm_select_needs_parts);
 *  - for frames by number if the index does not say which rows they are. */
#ifndef CM_DOSSIER_PLAN_H
#define CM_DOSSIER_PLAN_H

#include "dossier/leaks.h"
#include "dossier/recount.h"
#include "dossier/released.h"
#include "seal/cut.h"
#include "seal/plan.h"
#include "statement/disclosure.h"
#include "statement/finding.h"
#include "warning/gate.h"

/* Rows that are counted. */
struct cm_select_set {
	const struct cm_ids *rows;
	enum cm_traffic_kind kind; /* says what is read of them (dossier/recount.h) */
};

struct cm_select_in {
	const struct cm_finding *const *findings; /* rows by exhibit of this selection */
	size_t n_findings;
	const struct cm_select_set *sets; /* the same */
	size_t n_sets;
	const struct cm_ids *rows; /* asked for by number; may be NULL */
	bool all;		   /* all rows of this exhibit are asked for: */
	uint32_t all_seal;
	bool frames;		   /* these are numbers of frames, not of rows */
	cm_columns columns;	   /* of these; 0: all */
	uint8_t hides;		   /* enum cm_hide */
	bool whole_host; /* headers and ties of every row of a host that a finding accuses */
	bool whole_pair; /* the same of every row between two hosts between which it accuses a packet */
	bool tie_all;	 /* addresses tied in every packet row */
	struct cm_gate *gate; /* is fed the addresses that are named, the accused ones among them; or NULL */
	struct cm_released *released; /* what a charter lets out; NULL: none governs this */
};

/* What a plan gives away of one exhibit. */
struct cm_select_sum {
	uint64_t rows;			   /* of the table */
	uint64_t open_rows;		   /* with a cell that is not shut */
	uint64_t cells[CM_COLUMNS_MAX];	   /* open or named */
	uint64_t tied[CM_COLUMNS_MAX];
	uint64_t bytes[CM_COLUMNS_MAX];	   /* of the open and named ones */
	uint64_t parted; /* rows of records of which some cells are open and some are not */
};

/* One exhibit of the selection, its rows from the first one on, with the index. */
struct cm_select_exhibit {
	uint32_t seal;
	const struct cm_schema *schema;
	const struct cm_shows *shows; /* for the names of columns, of other kinds than capture/1 */
	uint64_t table_rows;	      /* as its seal says */
	struct cm_cut_rows *rows;
};

struct cm_select;

/* ${in} must outlive it.  CM_E_NOMEM. */
CM_RESULT cm_select_new(const struct cm_select_in *in, struct cm_select **out);

/* Looks who is accused in an exhibit.  This and the next ones: CM_E_REFUSED if a row that the
 * seal has is missing. */
CM_RESULT cm_select_learn(struct cm_select *s, const struct cm_select_exhibit *x,
    struct cm_err *err);

/* Which datagrams have parts that stay shut?  Asked only where it matters, as said above. */
bool cm_select_needs_parts(const struct cm_select *s);
CM_RESULT cm_select_parts(struct cm_select *s, const struct cm_select_exhibit *x,
    struct cm_err *err);

/* Has learning seen that no row opened in full is a part of a datagram?  Of rows that are asked
 * for it sees nothing. */
bool cm_select_has_no_parts(const struct cm_select *s);

/* Makes the plan of an exhibit.  ${plan} is empty; it is the caller's. */
CM_RESULT cm_select_plan(struct cm_select *s, const struct cm_select_exhibit *x,
    struct cm_plan *plan, struct cm_select_sum *sum, struct cm_err *err);

/* Is there anything to search for? */
bool cm_select_hides(const struct cm_select *s);

/* Searches what ${plan} opens for what the plans hide: addresses (dossier/leaks.h), and in
 * other kinds than capture/1 the values of hidden cells (dossier/echoes.h). */
CM_RESULT cm_select_leaks(struct cm_select *s, const struct cm_select_exhibit *x,
    const struct cm_plan *plan, struct cm_leaks *leaks, struct cm_err *err);

/* Under a charter instead: shuts in ${plan} what shows a value that stays hidden, and takes it out of ${sum}. */
bool cm_select_shuts(const struct cm_select *s); /* is there anything to search for? */
CM_RESULT cm_select_shut(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_plan *plan,
    struct cm_select_sum *sum, struct cm_err *err);

void cm_select_free(struct cm_select *s); /* NULL is fine */

#endif
