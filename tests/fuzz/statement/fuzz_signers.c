/* Allowed signers: an error that names the line, or lines each of which is found again. */
#include <string.h>

#include "fuzz.h"
#include "statement/signers.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_signers s = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)64 << 20);
	r = cm_signers_parse(cm_span_of(data, size), &arena, &s, &err);
	must(r == CM_OK || err.code == r);
	for (size_t i = 0; r == CM_OK && i < s.n; i++) {
		const struct cm_signer_line *line = NULL, *l = &s.line[i];
		int64_t when = l->has_after ? l->after : l->has_before ? l->before : 0;
		bool never = l->has_after && l->has_before && l->after > l->before;
		enum cm_result found = cm_signers_find(&s, &l->key, when, &line, NULL);

		must(never || found == CM_OK);
		must(found != CM_OK || strcmp(line->principals, l->principals) == 0);
		must(l->principals[0] != '\0' && strlen(l->principals) <= CM_SIGNERS_PRINCIPALS);
	}
	cm_arena_fini(&arena);
	return 0;
}
