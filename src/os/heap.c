#include <limits.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/heap.h"

#define ROOM (512 << 20) /* of addresses */
#define PROBE ((size_t)1 << 20) /* more than the heap has left when a process begins */
#define PAGE ((uintptr_t)2 << 20)

#if defined(M_TOP_PAD) && defined(M_TRIM_THRESHOLD) && defined(M_MMAP_THRESHOLD)
#define CAN_ADVISE 1
#endif

#ifdef CAN_ADVISE
/* Where the heap now goes on for ROOM; 0: it does not, as under a sanitizer. */
static uintptr_t
take_room(void)
{
	void *p;
	uintptr_t at, end;

	(void)mallopt(M_TOP_PAD, ROOM);
	p = malloc(PROBE);
	(void)mallopt(M_TOP_PAD, (int)PROBE);
	at = (uintptr_t)p;
	end = (uintptr_t)sbrk(0);
	free(p);
	return p != NULL && at < end && end - at >= ROOM ? at : 0;
}

void
cm_heap_in_large_pages(void)
{
	uintptr_t at;

	/* Regions go to the heap, and what is freed stays in it. */
	(void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
	at = take_room();
	if (at == 0)
		return;
	at = (at + PAGE - 1) & ~(PAGE - 1);
	(void)madvise((void *)at, ROOM - PAGE, MADV_HUGEPAGE);
}
#else
void
cm_heap_in_large_pages(void)
{
}
#endif
