/* cli/assess_brief.h -- a sanctions file: what `comity assess brief' has computed, and the ways to print it.
 *
 * The same form for any side.  A point that the assessment does not answer is OPEN; nothing is made up. */
#ifndef CM_CLI_ASSESS_BRIEF_H
#define CM_CLI_ASSESS_BRIEF_H

#include "assess/brief.h"
#include "cli/assess_load.h"

/* A question that a court asks. */
struct cm_brief_point {
	const char *question;
	const char *answer; /* or what is missing */
	const char *see;    /* sections: "1, 2" */
	bool open;
};
#define CM_BRIEF_POINTS 16

struct cm_assess_brief_job {
	struct cm_assess_file f;
	const char *name; /* of the file, without its folder */
	enum cm_assess_view_of view;
	const char *to, *out; /* or NULL */
	bool json;
	char digest[65]; /* SHA-256 of the file */
	struct cm_brief brief;
	struct cm_brief_point point[CM_BRIEF_POINTS];
	size_t n_points, n_open;
	bool carried; /* each entity is reached, leads, and is at least likely */
	char *text; /* what was written, if it goes into a file */
	size_t len;
};

/* Does the brief look at that layer?  Organisation, state, beneficiary; if there is none of them, all. */
bool cm_brief_looks(const struct cm_brief *b, const struct cm_brief_layer *l);

/* Items that count and, at a layer that is looked at, speak against whom it is about. */
size_t cm_brief_against(const struct cm_brief *b);

/* Fills job->point.  CM_E_NOMEM. */
CM_RESULT cm_brief_ask(struct cm_assess_brief_job *job, struct cm_err *err);

CM_RESULT cm_brief_markdown(struct cm_assess_brief_job *job, FILE *f, struct cm_err *err);
CM_RESULT cm_brief_json(struct cm_assess_brief_job *job, FILE *f, struct cm_err *err);

/* ---- assess_brief_text.c and assess_brief_rest.c: the sections ---- */

#define CM_BRIEF_MOST 3u  /* items against a rival */
#define CM_BRIEF_SETS 5u  /* flip sets listed */

struct cm_brief_print {
	FILE *f;
	struct cm_assess_brief_job *job;
	const struct cm_brief *b;
	const struct cm_assessment *a;
	bool lost;
};

/* Text that others wrote: no character of it is Markdown, or writes to a terminal. */
void cm_brief_put(struct cm_brief_print *p, const char *text);
const char *cm_brief_name(struct cm_brief_print *p, size_t hypothesis);
void cm_brief_items(struct cm_brief_print *p, const size_t *item, size_t n);
void cm_brief_decibans(struct cm_brief_print *p, int64_t cost);
void cm_brief_lines(struct cm_brief_print *p, enum cm_brief_field field, const char *open);
void cm_brief_rivals(struct cm_brief_print *p);
void cm_brief_rest(struct cm_brief_print *p);

#endif
