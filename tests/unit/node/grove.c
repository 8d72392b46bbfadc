#include <stdio.h>
#include <stdlib.h>

#include "grove.h"

static void
node(unsigned salt, unsigned level, uint64_t n, uint8_t out[32])
{
	uint8_t two[65] = { 1 };
	char text[48];

	if (level == 0) {
		snprintf(text, sizeof(text), "entry %llu of %u", (unsigned long long)n,
		    n < 5 ? 0 : salt);
		cm_merkle_leaf(cm_span_str(text), out);
		return;
	}
	node(salt, level - 1, 2 * n, two + 1);
	node(salt, level - 1, 2 * n + 1, two + 33);
	cm_sha256(two, sizeof(two), out);
}

static enum cm_result
at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	(void)err;
	node(*(unsigned *)arg, level, n, out);
	return CM_OK;
}

struct cm_hashes
grove_hashes(const unsigned *salt)
{
	return (struct cm_hashes) { at, (void *)(uintptr_t)salt };
}

void
grove_root(unsigned salt, uint64_t size, uint8_t out[32])
{
	struct cm_hashes h = grove_hashes(&salt);

	if (cm_merkle_root(&h, size, out, NULL) != CM_OK)
		abort();
}
