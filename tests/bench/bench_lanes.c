/* How fast short messages are hashed side by side, by each way this machine can go.  Run by hand and by run.py:
 *
 *	bench_lanes           lines `WAY BYTES NANOSECONDS`: of a message, the best of several rounds
 *	bench_lanes WAY       one round by that way, for counting instructions; prints how many blocks it hashed,
 *	                      exit 3 if this machine cannot go it
 *
 * The lengths are those of a tree's node (65), of a busy link's mean packet (280), of HTTP's (910), of a whole one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/sha256.h"

#define MESSAGES 4096u
#define ROUNDS 15
#define LONGEST 1514u

static const size_t lengths[] = { 65, 280, 910, LONGEST };

struct work {
	struct cm_sha256_msg msg[MESSAGES];
	uint8_t out[MESSAGES][CM_SHA256_LEN];
	uint8_t bytes[MESSAGES * LONGEST];
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
lay(struct work *w, size_t len)
{
	for (size_t i = 0; i < MESSAGES; i++)
		w->msg[i] = (struct cm_sha256_msg) { .body = { w->bytes + i * len, len } };
}

static double
best_of(struct work *w, const struct cm_sha256_impl *way, size_t len)
{
	double best = 1e9;

	lay(w, len);
	for (int i = 0; i < ROUNDS; i++) {
		double from = now(), took;

		cm_sha256_many_by(way, w->msg, MESSAGES, w->out);
		took = now() - from;
		best = took < best ? took : best;
	}
	return best / MESSAGES * 1e9;
}

/* Of a message of ${len} bytes, FIPS 180-4 5.1.1: a bit and eight bytes of length behind it. */
static size_t
blocks_of(size_t len)
{
	return (len + 9 + CM_SHA256_BLOCK - 1) / CM_SHA256_BLOCK;
}

static int
one_round(struct work *w, const struct cm_sha256_impl *way)
{
	size_t blocks = 0;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		lay(w, lengths[i]);
		cm_sha256_many_by(way, w->msg, MESSAGES, w->out);
		blocks += MESSAGES * blocks_of(lengths[i]);
	}
	printf("%zu\n", blocks);
	return 0;
}

static int
run(struct work *w, const char *name)
{
	const struct cm_sha256_impl *way[CM_SHA256_IMPLS];
	size_t n = cm_sha256_impls(way), i, k;

	for (i = 0; i < n; i++) {
		if (name != NULL && strcmp(name, cm_sha256_impl_name(way[i])) == 0)
			return one_round(w, way[i]);
		for (k = 0; name == NULL && k < sizeof(lengths) / sizeof(lengths[0]); k++)
			printf("%s %zu %.1f\n", cm_sha256_impl_name(way[i]), lengths[k],
			    best_of(w, way[i], lengths[k]));
	}
	return name == NULL ? 0 : 3;
}

int
main(int argc, char **argv)
{
	struct work *w = calloc(1, sizeof(*w));
	int status;

	if (w == NULL)
		return 3;
	status = run(w, argc > 1 ? argv[1] : NULL);
	free(w);
	return status;
}
