/* A made-up sealed table, plans for it and openings of it. */
#ifndef TESTS_LAWS_SEAL_MADE_H
#define TESTS_LAWS_SEAL_MADE_H

#include "../gen.h"
#include "base/arena.h"
#include "base/buf.h"
#include "seal/opening.h"
#include "seal/plan.h"
#include "seal/table.h"

struct made {
	struct cm_arena arena;
	struct cm_seal_secret secret;
	struct cm_seal seal;
	struct cm_cells *row;
	struct cm_buf index;
};

/* Rows up to g->size, few columns, values that often repeat.  Sealed. */
void made_table(struct gen *g, struct made *m);
/* Another value in that cell. */
void made_change(struct gen *g, struct made *m, uint64_t row, size_t column);
/* Seals again what is there now, with the same secret. */
void made_seal(struct made *m);
void made_free(struct made *m);

void made_plan(struct gen *g, const struct made *m, struct cm_plan *out);

struct made_source {
	const struct made *made;
	uint64_t at, reads;
};
struct cm_cell_source made_source(struct made_source *s, bool seeks);
struct cm_sink made_sink(struct cm_buf *b);

/* Writes the opening by rescanning all rows; false with g->why. */
bool made_open(struct gen *g, const struct made *m, const struct cm_plan *plan, struct cm_buf *out);
/* Reads it; no rules but those of the format. */
enum cm_result made_read(
    const struct made *m, struct cm_span bytes, struct cm_opening **out, struct cm_err *err);

/* The tree over ${n} leaves, by the words of RFC 9162 2.1.1. */
void made_tree(uint8_t (*leaf)[32], size_t n, uint8_t out[32]);

#endif
