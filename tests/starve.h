/* tests/starve.h -- allocations of our own code that fail when a test wants it.
 *
 * A program that is linked with starve.c and `starve_link' (tests/meson.build) has the functions below between our code
 * and the allocator, and defines allocation_fails(). */
#ifndef CM_TESTS_STARVE_H
#define CM_TESTS_STARVE_H

#include <stdbool.h>
#include <stddef.h>

/* Asked before each allocation. */
bool allocation_fails(void);

/* What never fails by our doing. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);

#endif
