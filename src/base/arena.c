#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK ((size_t)64 * 1024)
#define ALIGN ((size_t)16)

struct cm_arena_block {
	struct cm_arena_block *next;
	size_t size; /* of data */
	size_t used;
	_Alignas(16) unsigned char data[];
};

void
cm_arena_init(struct cm_arena *a, size_t budget)
{
	*a = (struct cm_arena) { .budget = budget };
}

static struct cm_arena_block *
add_block(struct cm_arena *a, size_t size)
{
	size_t data = size > BLOCK ? size : BLOCK;
	size_t total = data + sizeof(struct cm_arena_block);
	struct cm_arena_block *b;

	if (total < data || (a->budget != 0 && total > a->budget - a->used))
		return NULL;
	b = calloc(1, total);
	if (b == NULL)
		return NULL;
	b->size = data;
	b->next = a->blocks;
	a->blocks = b;
	a->used += total;
	return b;
}

void *
cm_arena_alloc(struct cm_arena *a, size_t size)
{
	struct cm_arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX - ALIGN)
		return NULL;
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	if (b == NULL || size > b->size - b->used)
		b = add_block(a, size);
	if (b == NULL)
		return NULL;
	p = b->data + b->used;
	b->used += size;
	return p;
}

void *
cm_arena_array(struct cm_arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return cm_arena_alloc(a, total);
}

void *
cm_arena_copy(struct cm_arena *a, const void *ptr, size_t size)
{
	void *p = cm_arena_alloc(a, size);

	if (p != NULL && size != 0)
		memcpy(p, ptr, size);
	return p;
}

char *
cm_arena_printf(struct cm_arena *a, const char *fmt, ...)
{
	char brief[128];
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(brief, sizeof(brief), fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	if ((size_t)n < sizeof(brief))
		return cm_arena_copy(a, brief, (size_t)n + 1);
	p = cm_arena_alloc(a, (size_t)n + 1);
	if (p == NULL)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

static void
free_blocks(struct cm_arena_block *b)
{
	while (b != NULL) {
		struct cm_arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void
cm_arena_reset(struct cm_arena *a)
{
	struct cm_arena_block *b = a->blocks;

	if (b == NULL)
		return;
	if (b->size > BLOCK) {
		cm_arena_fini(a);
		return;
	}
	free_blocks(b->next);
	b->next = NULL;
	memset(b->data, 0, b->used);
	b->used = 0;
	a->used = b->size + sizeof(*b);
}

void
cm_arena_fini(struct cm_arena *a)
{
	free_blocks(a->blocks);
	*a = (struct cm_arena) { .budget = a->budget };
}
