/* cli/assess_compare.h -- two assessments side by side, as `comity assess compare' has computed them. */
#ifndef CM_CLI_ASSESS_COMPARE_H
#define CM_CLI_ASSESS_COMPARE_H

#include "assess/compare.h"
#include "cli/assess_load.h"

struct cm_assess_beside {
	const struct cm_context *ctx;
	struct cm_assess_file f[2]; /* A, B */
	enum cm_assess_view_of view;
	const char *to; /* --for, or NULL */
	bool one_layer, json, state;
	enum cm_layer layer;
	struct cm_assess_compared at[CM_LAYERS]; /* layers that both speak of */
	size_t n;
	const char *alone[CM_LAYERS]; /* words of layers that only one speaks of */
	size_t n_alone;
	const char *html; /* where a page goes, or NULL */
	struct cm_buf page;
	struct cm_buf result; /* JSON of all */
};

/* In words, on ${ctx}->out.  CM_E_NOMEM. */
CM_RESULT cm_assess_beside_text(struct cm_assess_beside *b);

#endif
