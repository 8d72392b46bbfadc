/* rules/vocabulary.h -- the words that rules are written in.
 *
 * A rule file speaks of attributes of a request and of obligations; which there are, and what they
 * can be, a vocabulary says.  All domains are finite: words, or numbers that rules compare with
 * constants only.  A vocabulary is data of its maker; it must outlive the rules read with it. */
#ifndef CM_RULES_VOCABULARY_H
#define CM_RULES_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define CM_RULES_ATTRIBUTES_MAX 32u
#define CM_RULES_WORDS_MAX 256u /* of one attribute */
#define CM_RULES_OBLIGATIONS_MAX 16u

enum cm_attribute_kind {
	CM_ATTRIBUTE_WORD,    /* = != in */
	CM_ATTRIBUTE_ORDERED, /* words that ascend: < <= > >= as well */
	CM_ATTRIBUTE_NUMBER,  /* 0 to 2^53-1 with a unit, or none */
	CM_ATTRIBUTE_DATE     /* days since 1970, written 2026-11-27 */
};

/* Where an attribute may stand in the sentence, beside `when`. */
enum cm_slot {
	CM_SLOT_NONE,
	CM_SLOT_ACTION, /* allow R: release, publish ...;  `anything`: any */
	CM_SLOT_TYPES,	/* ... types N1, N3 */
	CM_SLOT_AS,	/* ... as C1, C2 */
	CM_SLOT_FROM,	/* ... from government, "CERT A" */
	CM_SLOT_TO,	/* ... to academic, "U" */
	CM_SLOT_FOR	/* ... for attribution */
};

struct cm_attribute {
	const char *name; /* [a-z][a-z0-9-]* */
	enum cm_attribute_kind kind;
	enum cm_slot slot;	  /* at most two attributes have one slot: bare words, and quoted names */
	bool quoted;		  /* its words are names of people's choosing, written in quotes */
	const char *const *words; /* WORD, ORDERED; in order */
	size_t n_words;
	const char *says; /* a sentence for people: what it is about */
	size_t n_bare;	  /* if quoted: so many of its last words are nobody's name and stand without quotes */
	char unit;	  /* NUMBER: 'd', 'h' ... behind it; else 0 */
};

enum cm_obligation_kind {
	CM_OBLIGATION_FLAG,	   /* receipt */
	CM_OBLIGATION_AT_MOST,	   /* retain <= 180d: the smallest is the strictest */
	CM_OBLIGATION_WORD_AT_MOST, /* onward <= members (or =): the first word is the strictest */
	CM_OBLIGATION_WORD_AT_LEAST /* mark-tlp >= amber: the last is the strictest */
};

struct cm_obligation {
	const char *name;
	enum cm_obligation_kind kind;
	char unit; /* AT_MOST: 'd' days, 'h' hours; else 0 */
	const char *const *words;
	size_t n_words;
	const char *says; /* a sentence for people, with %s where the bound goes, if there is one */
};

struct cm_vocabulary {
	const struct cm_attribute *attribute;
	size_t n_attributes;
	const struct cm_obligation *obligation;
	size_t n_obligations;
};

#define CM_RULES_NUMBER_MAX ((INT64_C(1) << 53) - 1)
#define CM_RULES_DAY_MAX INT64_C(106650) /* 2261-12-31 */
#define CM_RULES_NONE SIZE_MAX

/* The index of an attribute or obligation by its name, or CM_RULES_NONE. */
size_t cm_vocabulary_attribute(const struct cm_vocabulary *v, struct cm_span name);
size_t cm_vocabulary_obligation(const struct cm_vocabulary *v, struct cm_span name);
/* The largest value of an attribute. */
int64_t cm_attribute_max(const struct cm_attribute *a);
/* A number with its unit or a day, as the language has them; -1: it is none, or too large. */
int64_t cm_attribute_number(const struct cm_attribute *a, struct cm_span text);
/* The index of a word, which stood in quotes or not; -1: it has none. */
int64_t cm_attribute_word(const struct cm_attribute *a, struct cm_span word, bool quoted);
/* Appends a value in the spelling of the language; `unknown` if it is none. */
void cm_attribute_write(const struct cm_attribute *a, int64_t value, struct cm_buf *out);

#endif
