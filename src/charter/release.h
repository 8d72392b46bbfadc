/* charter/release.h -- the choke point: may this leave?
 *
 * Everything that a dossier for somebody else would hold is asked for here: each cell, each statement, each
 * thing made from them (a pseudonym, a picture, a count).  Who asks for what, why and when is known once; what
 * differs is the object.  Answers are remembered, and counted: they are what `disclose --explain` prints and
 * what the disclosure states of itself.  Pure. */
#ifndef CM_CHARTER_RELEASE_H
#define CM_CHARTER_RELEASE_H

#include "charter/marks.h"
#include "charter/vocabulary.h"
#include "rules/rules.h"

/* Words of the attribute `content`, in their order. */
enum cm_content {
	CM_CONTENT_HEADERS,
	CM_CONTENT_ADDRESS,
	CM_CONTENT_PSEUDONYM, /* a tied address: made from it */
	CM_CONTENT_PAYLOAD,
	CM_CONTENT_MASK,
	CM_CONTENT_TEXT,  /* of a log or of records */
	CM_CONTENT_BYTES, /* of a sample, and of what is no packet in a capture */
	CM_CONTENT_STATEMENT,
	CM_CONTENT_COUNT,   /* made from what was counted */
	CM_CONTENT_PICTURE, /* the report */
	CM_CONTENT_N
};
extern const char *const cm_content_word[CM_CONTENT_N];

/* Words of `action`, in their order. */
enum cm_action { CM_ACTION_RELEASE, CM_ACTION_PUBLISH, CM_ACTION_DERIVE, CM_ACTION_ONWARD, CM_ACTION_N };
extern const char *const cm_action_word[CM_ACTION_N];

struct cm_release_type {
	const char *id; /* as in the vocabulary, and in its order */
	int64_t cost;	/* 0 to 4, the higher where it is a range; CM_RULES_UNKNOWN */
	int64_t consent; /* word of the attribute: the victim's, for this type, recipient, purpose and day */
};

struct cm_release_in {
	const struct cm_rules *rules;
	struct cm_ask base; /* from, to, purpose, phase, approved, date; the rest is set for each object */
	enum cm_action action;	/* release or publish, also of what is derived: content says what it is */
	const struct cm_release_type *type;
	size_t n_types;
};

struct cm_object {
	uint32_t group; /* a number of the caller's, for the list of answers: an exhibit, say */
	size_t type;	/* in the list above; SIZE_MAX: not known, which denies where a rule asks */
	enum cm_content content;
	unsigned form; /* 1 to 8: C1 to C8 */
	enum cm_tlp tlp;
	enum cm_pap pap;
	bool victim, third_party, personal, exploit;
};

struct cm_release_answer {
	struct cm_object object;
	struct cm_decision decision;
	uint64_t n;	/* times that it was asked for */
	uint64_t echoes; /* of them allowed, and hidden all the same: they show what is hidden elsewhere, */
	uint64_t covers; /* or are sums over it */
};

#define CM_ANSWERS_MAX 4096u

struct cm_release;

/* ${in} and what it points to must live as long.  CM_E_NOMEM. */
CM_RESULT cm_release_new(const struct cm_release_in *in, struct cm_release **out);
void cm_release_free(struct cm_release *r); /* NULL is fine */

/* Asks.  More than CM_ANSWERS_MAX different objects are denied without being counted: no charter tells so many
 * apart. */
bool cm_release_may(struct cm_release *r, const struct cm_object *o);

/* An object that was allowed stays hidden all the same, since it shows what is hidden elsewhere, or covers it. */
void cm_release_echo(struct cm_release *r, const struct cm_object *o);
void cm_release_cover(struct cm_release *r, const struct cm_object *o);

/* All answers, in the order in which they were first given. */
const struct cm_release_answer *cm_release_answers(const struct cm_release *r, size_t *n);

/* What all that was allowed obliges to. */
void cm_release_bounds(const struct cm_release *r, struct cm_bound out[CM_RULES_OBLIGATIONS_MAX]);

/* The highest marking of what was allowed, and that which obligations ask for. */
enum cm_tlp cm_release_tlp(const struct cm_release *r);
enum cm_pap cm_release_pap(const struct cm_release *r);

/* The request for an object, to explain it. */
struct cm_ask cm_release_ask(const struct cm_release *r, const struct cm_object *o);
const struct cm_rules *cm_release_rules(const struct cm_release *r);

/* "packet headers", "addresses", ... for people. */
const char *cm_content_says(enum cm_content c);

#endif
