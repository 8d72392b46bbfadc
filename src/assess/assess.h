/* assess/assess.h -- an assessment: who may have done it, what speaks for whom, how strongly (DESIGN 7).
 *
 * docs/assessments.md is the manual: the text that people edit (assess/text.h), the rows that are sealed
 * (assess/rows.h), what is computed from them (assess/weigh.h).  Here is what all of them share.
 *
 * Probabilities are integers in units of 10^-12.  Hypotheses and items are known by their numbers, in the
 * order of the text.  Everything lies in the arena of whoever read it; nothing in here owns.  Texts are
 * UTF-8 from somebody who may lie: whoever prints them escapes them. */
#ifndef CM_ASSESS_ASSESS_H
#define CM_ASSESS_ASSESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "registry/registry.h"

#define CM_ASSESS_VERSION 1		  /* of text, rows and arithmetic */
#define CM_ASSESS_ONE INT64_C(1000000000000) /* probability 1 */
#define CM_ASSESS_MILLION INT64_C(1000000)   /* plantabilities, rho: millionths */
#define CM_ASSESS_TEXT ((size_t)8 << 20)  /* longest text read */
#define CM_ASSESS_HYPOTHESES 256u	  /* of all layers together */
#define CM_ASSESS_ITEMS 4096u
#define CM_ASSESS_CELLS 262144u	  /* items times hypotheses */
#define CM_ASSESS_GROUPS 1024u
#define CM_ASSESS_RESULTS 4096u	  /* layers times views */
#define CM_ASSESS_NAME 64u	/* bytes of a name */
#define CM_ASSESS_RESTS 64u	/* statements behind one item */
#define CM_ASSESS_SHOWN 64u	/* parties that one item is shown to */
#define CM_ASSESS_BRIEF 256u	/* lines of what only people can say */
#define CM_ASSESS_PARTIES 64u	/* parties that anything is shown to */
#define CM_ASSESS_WORK (UINT64_C(1) << 27) /* steps that all results together may take: seconds; cm_weigh_work */
#define CM_ASSESS_DERIVED 64u	/* items that one item is derived from */
#define CM_ASSESS_OTHER "other" /* the hypothesis that every layer has */

/* No hypothesis, no item, no group. */
#define CM_ASSESS_NONE SIZE_MAX

enum cm_assess_kind {
	CM_ASSESS_KIND_NONE, /* not said */
	CM_ASSESS_STATE,
	CM_ASSESS_STATE_SPONSORED,
	CM_ASSESS_CRIMINAL,
	CM_ASSESS_COMPANY,
	CM_ASSESS_ACTIVIST,
	CM_ASSESS_INDIVIDUAL,
	CM_ASSESS_UNKNOWN
};
#define CM_ASSESS_KINDS 8
#define CM_ASSESS_DEGREES 10 /* of a state's responsibility, Healey's; cm_assess_degree_word */

/* Of both ends; lo = hi: a point; both 0: not said. */
struct cm_assess_range {
	int64_t lo, hi;
};

struct cm_hypothesis {
	const char *name; /* "A", "B>A", "other" */
	enum cm_layer layer;
	const char *text;    /* this and the next two: NULL if not said */
	const char *actor;   /* whom it names */
	const char *because; /* why this prior */
	enum cm_assess_kind kind;
	int degree;	/* 0 to 9 (state layer only); -1: not said */
	size_t by, as;	/* of a deceiver: `by` made it look like `as`; else CM_ASSESS_NONE */
	size_t needs;	/* a hypothesis of a weaker layer, or CM_ASSESS_NONE */
	int64_t prior;	/* as it stands there; priors of a layer need not sum to exactly 1 */
	struct cm_assess_range admits; /* what its author would also accept */
};

/* A pair of which the author says that it need not be a hypothesis. */
struct cm_assess_without {
	enum cm_layer layer;
	size_t by, as;
	const char *because;
};

enum cm_assess_view { CM_VIEW_PUBLIC, CM_VIEW_SHARED, CM_VIEW_PANEL, CM_VIEW_OWN };
#define CM_VIEWS 4

enum cm_rests_on {
	CM_RESTS_FINDING,
	CM_RESTS_TRAFFIC,
	CM_RESTS_CHAIN,
	CM_RESTS_SEAL,
	CM_RESTS_DISCLOSURE,
	CM_RESTS_ASSESSMENT,
	CM_RESTS_REPORT /* a document that is no statement, by its SHA-256; wants a graded source */
};
#define CM_RESTS_KINDS 7

struct cm_assess_rests {
	enum cm_rests_on what;
	uint8_t digest[32];
};

/* What one item says of one hypothesis that is no deceiver. */
struct cm_assess_cell {
	struct cm_assess_range p; /* both 0: not given yet, or of another layer */
	const char *because;	  /* or NULL */
	bool asked;		  /* stands there as `?' */
};

struct cm_assess_item {
	const char *name;
	const char *text;    /* this and the next: NULL if not said */
	const char *because;
	const char *type;	 /* "N4": of the registry */
	const char *group;	 /* dependence group; a report with upstream has that of its upstream */
	size_t group_number;	 /* in cm_assessment.group */
	int forge;		 /* class 0 to 4 */
	int cost;		 /* 0 to 4 */
	uint8_t forms;		 /* bits 1 << (number of the check form - 1) */
	char letter, digit;	 /* Admiralty: 'A' to 'G', '1' to '6'; both 0: not graded, its author's own observation */
	const char *by;		 /* party whose item it is; NULL: nobody says */
	enum cm_assess_view view; /* who may see it, from all to nobody else */
	const char *const *shown; /* of CM_VIEW_SHARED: to whom */
	size_t n_shown;
	const struct cm_assess_rests *rests;
	size_t n_rests;
	size_t repeats;		/* the item that it is a copy of, or CM_ASSESS_NONE */
	const size_t *derived;	/* the items that it rests on */
	size_t n_derived;
	bool report;		/* type G1, or rests on a report: */
	bool no_upstream;	/* a report, or a copy of one, that leads to no origin: carries no weight */
	int64_t background;	/* P(E | background); 0: not said, that of `other' */
	const struct cm_assess_cell *cell; /* one for each hypothesis of the assessment, by number */
};

struct cm_assess_group {
	const char *name;
	int64_t rho; /* in millionths: others beside the strongest count 1 - rho */
	const char *because;
	bool said; /* in the text; else the default */
};

struct cm_assess_class {
	int64_t c; /* plantability in millionths, 1 to 999999 */
	struct cm_assess_range admits; /* in millionths */
	const char *because;
	bool said;
};
#define CM_ASSESS_RHO_DEFAULT INT64_C(800000)

/* What a file for those who decide on sanctions needs, and only people can say: `brief sanctions'.  It never goes into rows. */
enum cm_brief_field {
	CM_BRIEF_ENTITY,   /* who would be listed; the first word is a name */
	CM_BRIEF_ACT,	   /* what was done, when, to whom */
	CM_BRIEF_MEASURE,  /* under which act of law */
	CM_BRIEF_REPLY,	   /* what the other side was asked, and answered */
	CM_BRIEF_LIFT,	   /* what would lift the measure */
	CM_BRIEF_LAW,	   /* which rule is said to be broken, at which threshold */
	CM_BRIEF_STANDARD, /* how sure who decides has to be */
	CM_BRIEF_REVIEW	   /* when it is looked at again, by whom */
};
#define CM_BRIEF_FIELDS 8

struct cm_brief_line {
	enum cm_brief_field field;
	unsigned line; /* in the text */
	const char *text;
};

struct cm_assess_brief {
	const struct cm_brief_line *line; /* in the order of the text */
	size_t n;
};

struct cm_assessment {
	const char *title;
	const char *party; /* whose it is, by its own word; or NULL */
	const char *about; /* or NULL */
	struct cm_assess_class class[CM_FORGE_CLASSES];
	struct cm_hypothesis *hypothesis;
	size_t n_hypotheses;
	struct cm_assess_without *without;
	size_t n_without;
	struct cm_assess_item *item;
	size_t n_items;
	struct cm_assess_group *group;
	size_t n_groups;
	struct cm_assess_brief brief; /* of rows: empty */
};

static inline bool
cm_hypothesis_deceives(const struct cm_hypothesis *h)
{
	return h->by != CM_ASSESS_NONE;
}

/* Does the assessment speak of that layer? */
bool cm_assess_has_layer(const struct cm_assessment *a, enum cm_layer layer);

/* Numbers by name; CM_ASSESS_NONE: there is none. */
size_t cm_assess_find_hypothesis(const struct cm_assessment *a, enum cm_layer layer, const char *name);
size_t cm_assess_find_item(const struct cm_assessment *a, const char *name);

/* Of a layer; and is it 1, give or take 0.001?  Another sum is no assessment, in a text or in rows. */
int64_t cm_assess_prior_sum(const struct cm_assessment *a, enum cm_layer layer);
bool cm_assess_is_prior_sum(int64_t sum);

/* Has the item a cell for every hypothesis of the layer that is no deceiver?  Only then it counts there. */
bool cm_assess_item_speaks(const struct cm_assessment *a, size_t item, enum cm_layer layer);

/* The original, at the end of what an item is a copy of: whose family it is.  Circles were refused, and are walked no longer than
 * there are items. */
size_t cm_assess_original(const struct cm_assessment *a, size_t item);

/* Words of the text; NULL: no such number.  The other way round -1: no such word. */
const char *cm_assess_kind_word(enum cm_assess_kind kind); /* "state", "state-sponsored", ... */
const char *cm_assess_degree_word(int degree);	 /* "prohibited", ... "integrated" */
const char *cm_assess_view_word(enum cm_assess_view view); /* "public", "shared", "panel", "own" */
const char *cm_rests_on_word(enum cm_rests_on what);	 /* "finding", ... */
const char *cm_brief_field_word(enum cm_brief_field field); /* "entity", ... */
int cm_assess_kind_find(const char *word);
int cm_assess_degree_find(const char *word);
int cm_assess_view_find(const char *word);
int cm_rests_on_find(const char *word);
int cm_brief_field_find(const char *word);
int cm_layer_find(const char *word);

/* A name of a hypothesis (without its `>') or item: 1 to CM_ASSESS_NAME of letters, digits, - _ and . , the
 * first a letter or digit. */
bool cm_assess_name_ok(struct cm_span name);

#endif
