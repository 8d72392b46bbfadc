/* tests/unit/log/made.h -- keys and checkpoints for the tests of the log. */
#ifndef TESTS_UNIT_LOG_MADE_H
#define TESTS_UNIT_LOG_MADE_H

#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "merkle/proof.h"

struct made_key {
	uint8_t seed[32];
	struct cm_vkey v;
};

/* The key whose seed is ${n} 32 times. */
struct made_key made_key(const char *name, enum cm_note_type type, uint8_t n);

/* The text of a checkpoint with a root of ${root} 32 times. */
void made_text(const char *origin, uint64_t size, uint8_t root, struct cm_buf *out);

/* text || "\n" || line of ${log} */
void made_note(struct cm_span text, const struct made_key *log, struct cm_buf *out);

/* A log whose entry n is the number n in 8 bytes. */
extern const struct cm_hashes made_tree;

#endif
