/* base/arena.h -- memory that is freed all at once, with a budget.
 *
 * Nobody frees inside an arena.  Memory comes zeroed and aligned to 16 bytes.
 * When the budget (bytes, 0: none) is used up or the system has no more, an
 * allocation gives NULL and the arena stays usable. */
#ifndef CM_BASE_ARENA_H
#define CM_BASE_ARENA_H

#include <stddef.h>

struct cm_arena_block;

struct cm_arena {
	struct cm_arena_block *blocks;
	size_t used;   /* bytes taken from the system */
	size_t budget; /* 0: no bound */
};

void cm_arena_init(struct cm_arena *a, size_t budget);
void *cm_arena_alloc(struct cm_arena *a, size_t size);
void *cm_arena_array(struct cm_arena *a, size_t count, size_t size);
void *cm_arena_copy(struct cm_arena *a, const void *ptr, size_t size);
char *cm_arena_printf(struct cm_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Frees what was handed out; one block stays for what comes next. */
void cm_arena_reset(struct cm_arena *a);
void cm_arena_fini(struct cm_arena *a);

#endif
