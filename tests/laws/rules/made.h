/* tests/laws/rules/made.h -- rules made at random, and what they mean, written apart from the program.
 *
 * A made rule is kept as its parts; made_text writes it as a text for the program to read, made_decide says what
 * it decides by going through the parts as the language's description has it. */
#ifndef TESTS_LAWS_RULES_MADE_H
#define TESTS_LAWS_RULES_MADE_H

#include "../../unit/rules/small.h"
#include "rules/diagram.h"
#include "../gen.h"

#define MADE_RULES 8u
#define MADE_NODES 16u
#define MADE_SIZES 4 /* constants of size: 0 to 3 */
#define MADE_DAYS 2  /* of date: 0 and 1 */

struct made_expr {
	int kind; /* 0 comparison, 1 and, 2 or, 3 not */
	int left, right;
	int attribute, op; /* 0 =, 1 !=, 2 <, 3 <=, 4 >, 5 >=, 6 in */
	unsigned values;   /* a bit for each */
};

struct made_rule {
	bool allow;
	unsigned slot[SMALL_N]; /* a bit for each word; 0: the slot says nothing of it */
	int when;		/* a node, or -1 */
	struct made_expr node[MADE_NODES];
	int n_nodes;
	int bound[SMALL_OBLIGES]; /* -1: none */
};

struct made {
	struct made_rule rule[MADE_RULES];
	int n;
};

void made_rules(struct gen *g, struct made *out);
void made_rule(struct gen *g, struct made_rule *out);
void made_text(const struct made *m, struct cm_buf *out);

/* 0 false, 1 true, 2 unknown. */
int made_says(const struct made_rule *r, const struct cm_ask *q);
bool made_decide(const struct made *m, const struct cm_ask *q, int bound[SMALL_OBLIGES]);

struct cm_ask made_ask(struct gen *g);

/* Every request, with days and sizes beyond the constants as one of as many as there are. */
#define MADE_ASKS (3u * 4u * 4u * 4u * 5u * 3u * 6u * 4u)
struct cm_ask made_nth(unsigned n, cm_count *weight);

#endif
