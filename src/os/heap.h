/* os/heap.h -- one heap in large pages, for a process that is going to need much memory.
 *
 * What is got from the system page by page costs a fault for each 4 KiB, which on a gigabyte
 * of traffic is a seventh of all time.  This is advice to the C library and to the kernel:
 * the C library takes room for half a gigabyte of the address space at once, which is no
 * memory before it is used, keeps what is freed for what comes next, and the kernel fills it
 * in pages of 2 MiB if it has some.  Where either can not, all is as it was. */
#ifndef CM_OS_HEAP_H
#define CM_OS_HEAP_H

/* Once, before the memory is asked for; for the whole process. */
void cm_heap_in_large_pages(void);

#endif
