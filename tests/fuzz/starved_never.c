/* Under libFuzzer no allocation of ours is made to fail. */
#include "fuzz.h"

bool
fuzz_starved(void)
{
	return false;
}
