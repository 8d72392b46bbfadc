/* tests/fuzz/fuzz.h -- what a fuzz target may ask for.
 *
 * A target is one function over one input.  It checks invariants with must(), and
 * frees what it took.  The same target runs under libFuzzer, as a replay of its
 * corpus, and as a replay in which the Nth allocation fails: then results may
 * differ, but nothing may crash or leak, so must() looks away. */
#ifndef CM_TESTS_FUZZ_H
#define CM_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Has an allocation been made to fail while this input is looked at? */
bool fuzz_starved(void);

static inline void
must(bool invariant)
{
	if (!invariant && !fuzz_starved())
		__builtin_trap();
}

#endif
