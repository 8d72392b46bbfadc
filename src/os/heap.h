/* os/heap.h -- memory of a process that works on one large thing and ends.
 *
 * The C library gets large pieces of memory from the system one by one and gives each back when
 * it is freed, so that the next one has to be faulted in again, page by page. */
#ifndef CM_OS_HEAP_H
#define CM_OS_HEAP_H

/* From now on what is freed is kept for what comes next.  For the whole process; advice
 * only. */
void cm_heap_keep(void);

#endif
