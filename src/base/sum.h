/* base/sum.h -- long sums of 32-bit words, as wide as the machine adds. */
#ifndef CM_BASE_SUM_H
#define CM_BASE_SUM_H

#include <stddef.h>
#include <stdint.h>

/* The sum of the 32-bit words of ${n} bytes at ${p}, as the machine loads them; ${n} is a
 * multiple of 64 below 2^33. */
uint64_t cm_sum_words(const uint8_t *p, size_t n);

#endif
