/* tests/fuzz/dossier/again.h -- what can be read of a statement's own members is written the same again. */
#ifndef CM_TESTS_FUZZ_AGAIN_H
#define CM_TESTS_FUZZ_AGAIN_H

#include "base/arena.h"
#include "codec/json_read.h"
#include "codec/json_write.h"

/* The two functions of one kind of statement; ${out} and ${body} are its struct. */
struct again {
	enum cm_result (*read)(struct cm_json predicate, struct cm_arena *arena, void *out, struct cm_err *err);
	void (*write)(struct cm_jsonw *w, const void *body);
};

/* Reads ${data} into ${body}; if it can be read, what is written of it is read and written again, and
 * must be the same. */
void again(const struct again *kind, const uint8_t *data, size_t size, void *body);

#endif
