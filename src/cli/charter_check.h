/* cli/charter_check.h -- what `charter check` found, for the two ways of printing it. */
#ifndef CM_CLI_CHARTER_CHECK_H
#define CM_CLI_CHARTER_CHECK_H

#include "cli/charter_rules.h"
#include "cli/cli.h"

struct cm_overrides {
	size_t deny, allow;
	struct cm_answer both;
};

struct cm_charter_checked {
	const struct cm_context *ctx;
	struct cm_charter_rules file;
	cm_count all;
	struct cm_answer allowed;
	struct cm_answer *question; /* of charter/questions.h, in their order */
	struct cm_life *life;	    /* of each rule */
	struct cm_overrides *overrides;
	size_t n_overrides;
	struct cm_monotone tlp, pap;
	uint32_t unread; /* a bit for each attribute */
	bool good;
};

/* Is a rule that decides nothing a fault?  A deny that guards is none. */
bool cm_charter_dead(const struct cm_life *life);

enum cm_exit cm_charter_check_text(const struct cm_charter_checked *c);
enum cm_exit cm_charter_check_json(const struct cm_charter_checked *c);

#endif
