/* cli/investigate_state.h -- what the confined half of `comity investigate` found, stated.
 *
 * Reads the child's answer line by line (cli/investigate.h) and states each at once.  When the
 * seals are stated the child is told how they are called, for draws depend on it. */
#ifndef CM_CLI_INVESTIGATE_STATE_H
#define CM_CLI_INVESTIGATE_STATE_H

#include "cli/investigate.h"
#include "cli/state_seal.h"
#include "os/confine.h"
#include "statement/chain_v1.h"
#include "statement/finding.h"
#include "statement/traffic_v1.h"

struct cm_answered {
	/* set by the caller */
	const struct cm_stating *how;
	struct cm_arena *arena;
	struct cm_brought *file; /* `stated` of those that are sealed is set */
	size_t n_files;
	struct cm_confine_child *child; /* its result is the answer */
	int seals_fd; /* the child hears from here; closed and -1 when it was told */

	/* what became of it */
	struct cm_case_exhibit *exhibit; /* of each file that is sealed, in order */
	size_t n_exhibits;
	uint8_t (*findings)[32], (*traffic)[32], (*chains)[32]; /* statements, by number */
	size_t n_findings, n_traffic, n_chains;
	struct cm_err err;

	/* its own */
	size_t *exhibit_of;	    /* of each file; SIZE_MAX: not sealed */
	struct cm_subject *subject; /* of each exhibit */
	size_t read;		    /* bytes of the answer */
};

/* All statements, or none: a transaction that begins here, and that the caller commits or rolls back.
 * Errors as those of cm_state; CM_E_MALFORMED: the answer makes no sense. */
CM_RESULT cm_answer_state(struct cm_answered *a);

#endif
