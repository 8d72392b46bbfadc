#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double
bench_wall(void)
{
	return now(CLOCK_MONOTONIC);
}

double
bench_processor(void)
{
	return now(CLOCK_PROCESS_CPUTIME_ID);
}

void
bench_must(enum cm_result r, const struct cm_err *err)
{
	if (r == CM_OK)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_hundredth(double *took, size_t n, unsigned hundredths)
{
	qsort(took, n, sizeof(*took), compare);
	return took[n * hundredths / 100];
}

uint64_t
bench_below(uint64_t n)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % n;
}

void
bench_entries(uint8_t (*room)[BENCH_ENTRY], struct cm_span *entry, size_t n, uint64_t from)
{
	for (size_t i = 0; i < n; i++) {
		memset(room[i], 'e', BENCH_ENTRY);
		cm_put64(room[i], from + i);
		entry[i] = cm_span_of(room[i], BENCH_ENTRY);
	}
}
