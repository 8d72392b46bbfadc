/* A table laid over a text: an error, or a text that is an assessment, with a line for each change, over which its own
 * table changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "../registry/builtin.h"
#include "assess/sheet.h"
#include "fuzz.h"

static const char text[] =
    "assessment 1\n"
    "title Who?\n"
    "hypothesis state A\n  prior 0.3\n"
    "hypothesis state B>A\n  prior 0.2 # a comment\n"
    "hypothesis state B\n  prior 0.25\n"
    "hypothesis state other\n  prior 0.25\n"
    "item one\n  type N4\n  rests seal 0000000000000000000000000000000000000000000000000000000000000001\n"
    "  state A 0.01\n  state B 0.30 to 0.50 because \"a reason\"\n  state other ?\n"
    "item two\n  type L3\n  forge F2\n  view shared C, D\n"
    "  rests seal 0000000000000000000000000000000000000000000000000000000000000002\n  state A 0.5\n  state B 0.6\n";

/* What tables are laid over; read once for all inputs. */
struct base {
	struct cm_arena arena;
	const struct cm_registry *registry;
	struct cm_assessment a;
	struct cm_assess_places places;
	bool read;
};

static bool
read_base(struct base *b)
{
	b->registry = fuzz_registry();
	if (b->read || b->registry == NULL)
		return b->read;
	cm_arena_init(&b->arena, 0);
	b->read = cm_assess_text_read(cm_span_str(text), b->registry, &b->arena, &b->a, &b->places, NULL) == CM_OK;
	if (!b->read)
		cm_arena_fini(&b->arena);
	return b->read;
}

static size_t
lines(struct cm_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == '\n';
	return n;
}

/* The table of what came out, over what came out. */
static void
check(const struct base *b, const struct cm_sheet_taken *taken, struct cm_arena *arena)
{
	struct cm_assess_places places;
	struct cm_assessment a;
	struct cm_sheet_over over = { cm_buf_span(&taken->text), b->registry, &a, &places };
	struct cm_sheet_taken none;
	struct cm_buf csv = { 0 };
	enum cm_result rc;

	must(lines(cm_buf_span(&taken->said)) == taken->changes);
	if (taken->changes == 0) {
		must(taken->text.len == 0);
		return;
	}
	rc = cm_assess_text_read(over.text, b->registry, arena, &a, &places, NULL);
	must(rc == CM_OK || rc == CM_E_NOMEM);
	if (rc != CM_OK)
		return;
	cm_sheet_write(&a, &csv);
	rc = cm_buf_ok(&csv) ? cm_sheet_take(&over, cm_buf_span(&csv), arena, &none, NULL) : CM_E_NOMEM;
	if (cm_buf_ok(&csv)) {
		must(rc == CM_E_NOMEM || (rc == CM_OK && none.changes == 0));
		cm_sheet_release(&none);
	}
	cm_buf_release(&csv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct base b;
	struct cm_sheet_over over = { cm_span_str(text), NULL, &b.a, &b.places };
	struct cm_sheet_taken taken;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;

	if (!read_base(&b))
		return 0;
	over.registry = b.registry;
	cm_arena_init(&arena, (size_t)64 << 20);
	rc = cm_sheet_take(&over, cm_span_of(data, size), &arena, &taken, &err);
	must(err.code == rc);
	if (rc == CM_OK)
		check(&b, &taken, &arena);
	cm_sheet_release(&taken);
	cm_arena_fini(&arena);
	return 0;
}
