/* A .gz or .zst: what comes out is the same whatever the windows it is asked in, and
 * an end that is none is said. */
#include "fuzz.h"
#include "os/unpack.h"

#define LIMIT ((uint64_t)1 << 20)

/* Bytes unpacked, up to LIMIT; ${*sum} of them.  UINT64_MAX: no memory. */
static uint64_t
drain(struct cm_span packed, size_t want, uint32_t *sum, bool *damaged)
{
	struct cm_unpack *u;
	struct cm_source s;
	struct cm_span out;
	uint64_t at = 0;

	*sum = 1;
	if (cm_unpack_new(cm_source_of_memory(&packed), cm_packing_of(packed), &u, NULL) != CM_OK)
		return UINT64_MAX;
	s = cm_unpack_source(u);
	while (at < LIMIT && s.fill(s.arg, at, want, &out, NULL) == CM_OK && out.len > 0) {
		size_t len = out.len < want ? out.len : want;

		for (size_t i = 0; i < len; i++)
			*sum = *sum * 31 + out.ptr[i];
		at += len;
	}
	*damaged = s.damage->code != CM_OK;
	cm_unpack_free(u);
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span packed = cm_span_of(data, size);
	uint32_t one, other;
	bool damaged = false, also = false;
	uint64_t n, m;

	if (cm_packing_of(packed) == CM_PACKING_NONE)
		return 0;
	n = drain(packed, 512, &one, &damaged);
	m = drain(packed, 4096, &other, &also);
	if (n == UINT64_MAX || m == UINT64_MAX || n >= LIMIT)
		return 0;
	must(n == m && one == other && damaged == also);
	return 0;
}
