#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/slab.h"

#define BLOCK ((size_t)8192)
#define FIRST 2u    /* blocks of the first region; */
#define MOST 14u   /* of the largest: what the C library does not map by itself */

/* A piece that is not in use is as good as freed: the address sanitizer is told so. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
void __asan_poison_memory_region(void const volatile *at, size_t size);
void __asan_unpoison_memory_region(void const volatile *at, size_t size);
#else
static void
__asan_poison_memory_region(void const volatile *at, size_t size)
{
	(void)at;
	(void)size;
}

static void
__asan_unpoison_memory_region(void const volatile *at, size_t size)
{
	(void)at;
	(void)size;
}
#endif

struct piece {
	struct piece *next;
};

/* Stands at the beginning of its block, which is aligned to its size. */
struct cm_slab_block {
	struct cm_slab_block *next, *prev;
	struct piece *free; /* pieces that came back */
	struct cm_slab_region *region;
	uint16_t size;
	uint16_t used;	/* pieces in use */
	uint16_t begun; /* bytes of the block that were ever handed out */
	bool open;	/* in the list of its size */
};

struct cm_slab_region {
	struct cm_slab_region *older, *newer;
	size_t busy; /* blocks with pieces in use */
	void *memory; /* as malloc gave it */
	uint8_t *block;
	size_t n;
};

static unsigned
class_of(size_t size)
{
	return (unsigned)((size - 1) / CM_SLAB_UNIT);
}

static void
open_block(struct cm_slab *s, struct cm_slab_block *b)
{
	struct cm_slab_block **head = &s->open[class_of(b->size)];

	b->prev = NULL;
	b->next = *head;
	if (*head != NULL)
		(*head)->prev = b;
	*head = b;
	b->open = true;
}

static void
close_block(struct cm_slab *s, struct cm_slab_block *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		s->open[class_of(b->size)] = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	b->open = false;
}

static bool
new_region(struct cm_slab *s)
{
	size_t n = s->regions == NULL ? FIRST : s->regions->n * 2;
	struct cm_slab_region *r = malloc(sizeof(*r));

	if (r == NULL)
		return false;
	r->n = n < MOST ? n : MOST;
	r->memory = malloc((r->n + 1) * BLOCK);
	if (r->memory == NULL) {
		free(r);
		return false;
	}
	r->block = (uint8_t *)r->memory + (BLOCK - (uintptr_t)r->memory % BLOCK) % BLOCK;
	r->busy = 0;
	r->newer = NULL;
	r->older = s->regions;
	if (r->older != NULL)
		r->older->newer = r;
	s->regions = r;
	s->fresh = r->n;
	s->bytes += r->n * BLOCK;
	return true;
}

static void
push_spare(struct cm_slab *s, struct cm_slab_block *b)
{
	b->prev = NULL;
	b->next = s->spare;
	if (b->next != NULL)
		b->next->prev = b;
	s->spare = b;
}

static void
take_spare(struct cm_slab *s, struct cm_slab_block *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		s->spare = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
}

/* A region that is not the newest, all of whose blocks are spare. */
static void
free_region(struct cm_slab *s, struct cm_slab_region *r)
{
	for (size_t i = 0; i < r->n; i++)
		take_spare(s, (void *)(r->block + i * BLOCK));
	r->newer->older = r->older;
	if (r->older != NULL)
		r->older->newer = r->newer;
	s->bytes -= r->n * BLOCK;
	__asan_unpoison_memory_region(r->block, r->n * BLOCK);
	free(r->memory);
	free(r);
}

static struct cm_slab_block *
new_block(struct cm_slab *s, size_t size)
{
	struct cm_slab_block *b = s->spare;
	struct cm_slab_region *r;

	if (b != NULL) {
		take_spare(s, b);
		r = b->region;
	} else {
		if (s->fresh == 0 && !new_region(s))
			return NULL;
		r = s->regions;
		b = (void *)(r->block + --s->fresh * BLOCK);
	}
	r->busy++;
	*b = (struct cm_slab_block) { .region = r, .size = (uint16_t)size, .begun = CM_SLAB_UNIT };
	__asan_poison_memory_region((uint8_t *)b + CM_SLAB_UNIT, BLOCK - CM_SLAB_UNIT);
	open_block(s, b);
	return b;
}

/* What the C library gives, aligned; how far it was moved stands before it. */
static void *
take_large(size_t size)
{
	uint8_t *p = malloc(size + CM_SLAB_UNIT);
	size_t moved;

	if (p == NULL)
		return NULL;
	moved = CM_SLAB_UNIT - (uintptr_t)p % CM_SLAB_UNIT;
	p += moved;
	p[-1] = (uint8_t)moved;
	return p;
}

void *
cm_slab_take(struct cm_slab *s, size_t size)
{
	struct cm_slab_block *b;
	struct piece *p;

	size = cm_slab_size(size);
	if (size > CM_SLAB_PIECE_MAX)
		return take_large(size);
	b = s->open[class_of(size)];
	if (b == NULL)
		b = new_block(s, size);
	if (b == NULL)
		return NULL;
	p = b->free;
	if (p != NULL) {
		__asan_unpoison_memory_region(p, size);
		b->free = p->next;
		__builtin_prefetch(b->free, 1); /* it is taken next */
	} else {
		p = (void *)((uint8_t *)b + b->begun);
		__asan_unpoison_memory_region(p, size);
		b->begun = (uint16_t)(b->begun + size);
	}
	b->used++;
	if (b->free == NULL && b->begun + size > BLOCK)
		close_block(s, b);
	return p;
}

void
cm_slab_give(struct cm_slab *s, void *piece, size_t size)
{
	struct cm_slab_block *b;
	struct piece *p = piece;
	struct cm_slab_region *r;

	size = cm_slab_size(size);
	if (size > CM_SLAB_PIECE_MAX) {
		uint8_t *large = piece;

		free(large - large[-1]);
		return;
	}
	b = (void *)((uint8_t *)piece - (uintptr_t)piece % BLOCK);
	p->next = b->free;
	b->free = p;
	__asan_poison_memory_region(piece, size);
	if (!b->open)
		open_block(s, b);
	if (--b->used > 0)
		return;
	close_block(s, b);
	push_spare(s, b);
	r = b->region;
	if (--r->busy == 0 && r != s->regions)
		free_region(s, r);
}

void
cm_slab_release(struct cm_slab *s)
{
	while (s->regions != NULL) {
		struct cm_slab_region *r = s->regions;

		s->regions = r->older;
		__asan_unpoison_memory_region(r->block, r->n * BLOCK);
		free(r->memory);
		free(r);
	}
	*s = (struct cm_slab) { 0 };
}
