/* cli/disclose_choose.h -- which statements of a case `comity disclose` is to show. */
#ifndef CM_CLI_DISCLOSE_CHOOSE_H
#define CM_CLI_DISCLOSE_CHOOSE_H

#include "base/arena.h"
#include "capture/packet.h"
#include "store/case.h"

/* Lists of numbers ("1,3-5"), "all", or NULL: none. */
struct cm_choice {
	const char *findings, *traffic, *chains, *assessments;
};
bool cm_choice_any(const struct cm_choice *c);

/* Statements, each list ascending by number: a chain comes with all that it joins. */
struct cm_chosen {
	uint8_t (*findings)[32], (*traffic)[32], (*chains)[32], (*assessments)[32];
	size_t n_findings, n_traffic, n_chains, n_assessments;
};

/* Findings count as the case numbers them; floods, scans, chains and assessments in the order in which they
 * were stated.  CM_E_NOTFOUND: there is no such number.  CM_E_USAGE: that is no list. */
CM_RESULT cm_choose(const struct cm_choice *choice, struct cm_case *c, struct cm_arena *arena,
    struct cm_chosen *out, struct cm_err *err);

/* Marks the exhibits that the chosen ones are about.  CM_E_NOTFOUND: one is not in the case. */
CM_RESULT cm_chosen_exhibits(const struct cm_chosen *chosen, struct cm_case *c, struct cm_arena *arena,
    const struct cm_case_exhibits *all, bool *used, struct cm_err *err);

/* "5,8-14": ascending numbers in the arena, at least one.  CM_E_USAGE, CM_E_NOMEM. */
CM_RESULT cm_list_read(
    const char *text, struct cm_arena *arena, cm_packet_id **out, size_t *n, struct cm_err *err);

#endif
