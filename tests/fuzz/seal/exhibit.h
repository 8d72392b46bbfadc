/* One small exhibit of each kind, sealed with known secrets: what openings are fuzzed against. */
#ifndef TESTS_FUZZ_EXHIBIT_H
#define TESTS_FUZZ_EXHIBIT_H

#include "seal/cut.h"
#include "seal/table.h"

#define EXHIBITS 4

struct exhibit {
	struct cm_schema schema;
	struct cm_seal_secret secret;
	struct cm_seal seal;
	struct cm_span file;
};

/* ${which}: enum cm_kind.  False: an allocation failed. */
bool exhibit_make(unsigned which, struct exhibit *out);

#endif
