/* tests/bench/bench.h -- what benches of the log share: clocks, middles, entries. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

double bench_wall(void);      /* seconds */
double bench_processor(void); /* of this process, all threads */

/* Ends the program, which says why, unless it is CM_OK. */
void bench_must(enum cm_result r, const struct cm_err *err);

/* Sorts; so many hundredths of them took no longer. */
double bench_hundredth(double *took, size_t n, unsigned hundredths);

/* The same numbers in each run. */
uint64_t bench_below(uint64_t n);

/* As long as a statement's (log/entry.h), each with its number in it. */
#define BENCH_ENTRY 147u
void bench_entries(uint8_t (*room)[BENCH_ENTRY], struct cm_span *entry, size_t n, uint64_t from);

#endif
