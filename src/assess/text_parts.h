/* assess/text_parts.h -- within the room: a text on its way to an assessment.
 *
 * A line with all that goes on below it is one span of the text, newlines and comments inside; whoever takes
 * words off it (assess/token.c) steps over these.  So every word knows its offset, and nothing is copied but
 * what is kept. */
#ifndef CM_ASSESS_TEXT_PARTS_H
#define CM_ASSESS_TEXT_PARTS_H

#include "assess/text.h"
#include "registry/place.h"

/* A name that was defined, and whose it is: sorted, so that nobody's choice of names makes a search slow. */
struct cm_assess_named {
	const char *name;
	unsigned layer; /* of items and groups 0 */
	size_t number;
};

enum cm_assess_line { CM_LINE_END, CM_LINE_DEFINITION, CM_LINE_FIELD, CM_LINE_BAD };

struct cm_assess_reader {
	struct cm_place_text text;
	struct cm_arena *arena;
	const struct cm_registry *registry;
	size_t next;	    /* where the line behind the current one begins */
	unsigned number;    /* lines before that */
	unsigned line_number; /* of the current line */
	struct cm_span line; /* the current line, from its first character that is no space to its end */
	struct cm_assessment a;
	struct cm_assess_places p;
	struct cm_assess_named *hypotheses, *items, *groups; /* sorted by layer and name */
	uint8_t *pairs;		 /* a bit for each B>A that was said, as hypothesis or as `without' */
	/* of the definition that is being read */
	unsigned seen;		 /* fields, by bit */
	struct cm_assess_cell *cell;
	struct cm_assess_at *cell_at;
	struct cm_assess_cell *no_cell; /* all empty; for all items that say nothing of anybody */
	struct cm_assess_at *no_cell_at;
	struct cm_assess_rests rests[CM_ASSESS_RESTS];
	struct cm_brief_line brief[CM_ASSESS_BRIEF];
	struct cm_assess_at brief_at[CM_ASSESS_BRIEF];
};

/* ---- token.c: lines and words ---- */

/* Next line that says something, and what goes on with it. */
enum cm_assess_line cm_assess_next_line(struct cm_assess_reader *r);

/* Is the next line a field?  Then it is the current one. */
bool cm_assess_next_field(struct cm_assess_reader *r);

enum cm_result cm_assess_fail(const struct cm_assess_reader *r, const uint8_t *where, const char *fmt, ...)
    CM_PRINTF(3, 4);
enum cm_result cm_assess_no_memory(const struct cm_assess_reader *r);

/* The word that ${s} begins with, taken off; empty at the end.  In lists a comma ends it, too, and stays. */
struct cm_span cm_assess_word(struct cm_span *s);
struct cm_span cm_assess_list_word(struct cm_span *s);
bool cm_assess_take(struct cm_span *s, const char *word); /* takes it off, if it is the next */
bool cm_assess_comma(struct cm_span *s);
bool cm_assess_is(struct cm_span s, const char *word);
CM_RESULT cm_assess_end(const struct cm_assess_reader *r, struct cm_span s); /* is nothing left? */
struct cm_assess_at cm_assess_at(const struct cm_assess_reader *r, const uint8_t *from, const uint8_t *end);
struct cm_assess_at cm_assess_at_span(const struct cm_assess_reader *r, struct cm_span s);
struct cm_assess_at cm_assess_at_rest(const struct cm_assess_reader *r, struct cm_span s); /* from its first word on */

/* Copies in the arena.  A name; all the text that is left; a text in quotes, taken off. */
CM_RESULT cm_assess_keep(const struct cm_assess_reader *r, struct cm_span s, const char **out);
CM_RESULT cm_assess_name(const struct cm_assess_reader *r, struct cm_span word, const char *what, const char **out);
CM_RESULT cm_assess_text(const struct cm_assess_reader *r, struct cm_span s, const char **out);
CM_RESULT cm_assess_quoted(const struct cm_assess_reader *r, struct cm_span *s, const char **out);
CM_RESULT cm_assess_because(const struct cm_assess_reader *r, struct cm_span *s, const char **out); /* if it is there */

/* "0.25" with at most ${digits} digits behind the point, in units of 10^-digits; 0 to 1. */
CM_RESULT cm_assess_decimal(const struct cm_assess_reader *r, struct cm_span word, int digits, int64_t *out);

/* The number of a layer's word. */
CM_RESULT cm_assess_layer(const struct cm_assess_reader *r, struct cm_span word, enum cm_layer *out);

void cm_assess_sort(struct cm_assess_named *list, size_t n);
size_t cm_assess_search(const struct cm_assess_named *list, size_t n, unsigned layer, struct cm_span name);
CM_RESULT cm_assess_hypothesis_named(const struct cm_assess_reader *r, enum cm_layer layer, struct cm_span name,
    size_t *out);

/* ---- text_fields.c: what stands below a definition ---- */

CM_RESULT cm_assess_read_hypothesis(struct cm_assess_reader *r, size_t number);
CM_RESULT cm_assess_read_item(struct cm_assess_reader *r, size_t number);

/* Where the line just read ends, and what may be put in behind it. */
uint32_t cm_assess_behind_line(const struct cm_assess_reader *r);

/* One of few words, by their number; -1: it is none of them. */
int cm_assess_word_number(struct cm_span word, int (*find)(const char *word));

/* "0.8 [admits LO to HI] [because "..."]", of which the number was read. */
CM_RESULT cm_assess_admits(const struct cm_assess_reader *r, struct cm_span *s, int digits, int64_t value,
    struct cm_assess_range *out, struct cm_assess_at *at);

/* ---- text_brief.c ---- */

CM_RESULT cm_assess_read_brief(struct cm_assess_reader *r, struct cm_span rest);

/* ---- text_settle.c: what only the whole shows ---- */

/* The group of that name, made if there is none. */
CM_RESULT cm_assess_group(struct cm_assess_reader *r, const char *name, const uint8_t *where, size_t *out);
CM_RESULT cm_assess_settle(struct cm_assess_reader *r);

#endif
