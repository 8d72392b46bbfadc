/* The text of a charter: an error, or members each of whom is written as he was read, and rules. */
#include <string.h>

#include "charter/charter.h"
#include "fuzz.h"

static void
check_member(const struct cm_member *m, struct cm_arena *a)
{
	struct cm_buf line = { 0 }, again = { 0 };
	struct cm_members one;

	cm_member_write(m, &line);
	if (cm_buf_ok(&line) && cm_members_read(cm_buf_span(&line), 1, a, &one, NULL) == CM_OK) {
		must(one.n == 1 && strcmp(one.item[0].print.text, m->print.text) == 0);
		cm_member_write(&one.item[0], &again);
		must(cm_span_eq(cm_buf_span(&line), cm_buf_span(&again)));
	} else {
		must(false);
	}
	cm_buf_release(&line);
	cm_buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "N1", "N3", "M6" };
	struct cm_charter c;
	struct cm_arena a;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&a, (size_t)64 << 20);
	r = cm_charter_read(cm_span_of(data, size), types, 3, &a, &c, &err);
	if (r == CM_OK) {
		must(c.members.n >= 1 && c.members.n <= CM_MEMBERS_MAX && c.rules != NULL);
		for (size_t i = 0; i < c.members.n; i++)
			check_member(&c.members.item[i], &a);
	} else {
		must(r == CM_E_NOMEM || err.text[0] != '\0');
	}
	cm_arena_fini(&a);
	return 0;
}
