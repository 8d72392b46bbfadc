/* Hexadecimal that others wrote: what is read is written back as it was. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *out = malloc(size / 2 + 1);
	char *back = malloc(size + 1);

	if (out != NULL && back != NULL &&
	    cm_hex_decode(cm_span_of(data, size), out, size / 2) == CM_OK) {
		must(size % 2 == 0);
		cm_hex_encode(cm_span_of(out, size / 2), back);
		must(memcmp(back, data, size) == 0);
	}
	free(out);
	free(back);
	return 0;
}
