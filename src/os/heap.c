#include <limits.h>
#include <malloc.h>

#include "os/heap.h"

#define LARGE (32 << 20) /* the C library takes no more for what is mapped by itself */
#define STEP (1 << 20)	 /* by which the heap grows */

void
cm_heap_keep(void)
{
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD) && defined(M_TOP_PAD)
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
	(void)mallopt(M_TOP_PAD, STEP);
#endif
}
