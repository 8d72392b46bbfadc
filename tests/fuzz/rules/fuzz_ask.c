/* Requests, obligations and conditions as text: what is read is written, and that reads to the same. */
#include <string.h>

#include "../../unit/rules/small.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span text = cm_span_of(data, size);
	const struct cm_condition *c;
	struct cm_ask q, again;
	struct cm_bound bound, other;
	struct cm_arena arena;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	size_t which, same;

	if (cm_ask_read(text, &small, &q, &err) == CM_OK) {
		cm_ask_write(&q, &small, &b);
		must(cm_ask_read(cm_buf_span(&b), &small, &again, &err) == CM_OK && memcmp(&q, &again, sizeof(q)) == 0);
	}
	cm_buf_clear(&b);
	if (cm_bound_read(&small, text, &which, &bound, &err) == CM_OK) {
		cm_bound_write(&small, which, &bound, &b);
		must(cm_bound_read(&small, cm_buf_span(&b), &same, &other, &err) == CM_OK && same == which && other.bound == bound.bound);
	}
	cm_arena_init(&arena, 0);
	if (cm_condition_read(text, &small, &arena, &c, &err) == CM_OK)
		must(cm_condition_holds(c, &q) <= CM_RULE_UNKNOWN);
	cm_arena_fini(&arena);
	cm_buf_release(&b);
	return 0;
}
