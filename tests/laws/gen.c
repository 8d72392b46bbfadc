#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

/* splitmix64 */
uint64_t
gen_u64(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t
gen_below(struct gen *g, uint64_t n)
{
	return gen_u64(g) % n;
}

uint64_t
gen_upto(struct gen *g, uint64_t n)
{
	return gen_u64(g) % (n + 1);
}

bool
gen_one_in(struct gen *g, uint64_t n)
{
	return gen_below(g, n) == 0;
}

void
gen_bytes(struct gen *g, void *out, size_t len)
{
	uint8_t *p = out;

	while (len-- > 0)
		*p++ = (uint8_t)gen_u64(g);
}

bool
gen_fail(struct gen *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(g->why, sizeof(g->why), fmt, ap);
	va_end(ap);
	return false;
}

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

static struct gen
case_of(uint64_t seed, uint64_t size)
{
	return (struct gen) { .state = seed, .size = size };
}

/* A smaller case that fails as well, if halving finds one. */
static struct gen
shrink(const struct law *law, uint64_t seed, struct gen failed)
{
	uint64_t size = failed.size;
	struct gen g;

	while (size > 1) {
		size /= 2;
		g = case_of(seed, size);
		if (!law->holds(&g)) {
			g.size = size;
			failed = g;
		}
	}
	return failed;
}

static bool
law_holds(const struct law *law, uint64_t first_seed)
{
	uint64_t runs = number_of("COMITY_RUNS", law->runs), size, seed, i;
	struct gen g;

	for (i = 0; i < runs; i++) {
		seed = first_seed + i;
		size = number_of("COMITY_SIZE", 1 + law->size * (i + 1) / runs);
		g = case_of(seed, size);
		if (law->holds(&g))
			continue;
		g.size = size;
		g = shrink(law, seed, g);
		printf("BROKEN: %s\n  %s\n  again: COMITY_SEED=%" PRIu64 " COMITY_SIZE=%" PRIu64
		       " COMITY_RUNS=1\n",
		    law->says, g.why, seed, g.size);
		return false;
	}
	printf("holds: %s (%" PRIu64 " cases)\n", law->says, runs);
	return true;
}

int
laws_hold(const struct law *laws, size_t n)
{
	uint64_t seed = number_of("COMITY_SEED", 1);
	int broken = 0;
	size_t i;

	for (i = 0; i < n; i++)
		broken |= !law_holds(&laws[i], seed);
	return broken;
}
