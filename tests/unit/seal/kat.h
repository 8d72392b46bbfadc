/* The known answers of vectors/seal/kat.json, as the tests want them. */
#ifndef TESTS_SEAL_KAT_H
#define TESTS_SEAL_KAT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "seal/plan.h"
#include "seal/schema.h"
#include "seal/table.h"

#define KAT_ROWS_MAX 64

struct kat {
	json_t *json;
	struct cm_arena arena; /* all spans below */
	struct cm_schema schema;
	struct cm_seal_secret secret;
	struct cm_seal seal; /* as the file says */
	size_t rows;
	struct cm_cells row[KAT_ROWS_MAX];
};

/* False: the file is not there. */
bool kat_load(struct kat *k);
void kat_free(struct kat *k);

/* The bytes of a hexadecimal member; fails the test if it is none. */
struct cm_span kat_hex(struct kat *k, const json_t *text);

/* The plan that an opening's member `open` describes. */
void kat_plan(struct kat *k, const json_t *open, struct cm_plan *out);

/* Rows in memory as a source; it can seek. */
struct kat_source {
	const struct cm_cells *row;
	size_t n, at, reads;
};
struct cm_cell_source kat_source(struct kat_source *s);

struct cm_sink kat_sink(struct cm_buf *b);

/* The exhibit of the vectors is no capture: its file is its cells, joined. */
struct cm_opening_rules;
struct cm_opening_rules kat_rules(void);

#endif
