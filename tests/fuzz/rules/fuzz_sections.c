/* The parts of a charter that are read before its members and rules are: a section lies in the text, its line is
 * where it begins, and members have names. */
#include "charter/possible.h"
#include "charter/sections.h"
#include "charter/vocabulary.h"
#include "fuzz.h"

static void
members_of(const struct cm_section *s, struct cm_arena *arena)
{
	static const char *const types[] = { "N1" };
	const struct cm_section_member *m;
	const struct cm_condition *const *impossible;
	const struct cm_vocabulary *v;
	const char *name[CM_RULES_WORDS_MAX];
	struct cm_err err = { 0 };
	size_t n, n_impossible;

	if (cm_section_members(s, arena, &m, &n, &err) != CM_OK) {
		must(err.text[0] != 0);
		return;
	}
	must(n < CM_RULES_WORDS_MAX);
	for (size_t i = 0; i < n; i++) {
		must(m[i].name[0] != 0 && (m[i].role == NULL || m[i].role[0] != 0));
		name[i] = m[i].name;
	}
	if (cm_charter_vocabulary(types, 1, name, n, arena, &v, &err) == CM_OK &&
	    cm_charter_impossible(v, m, n, arena, &impossible, &n_impossible, &err) == CM_OK)
		must(n_impossible >= 1 && n_impossible <= 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const name[] = { "Members", "Rules", "" };
	struct cm_span text = cm_span_of(data, size);
	struct cm_arena arena;

	cm_arena_init(&arena, 0);
	for (size_t i = 0; i < 3; i++) {
		struct cm_section s;
		struct cm_err err = { 0 };

		if (cm_section_find(text, name[i], &s, &err) != CM_OK) {
			must(err.text[0] != 0);
			continue;
		}
		must(!s.found || (s.line > 1 && (s.text.len == 0 || (s.text.ptr >= data && s.text.ptr + s.text.len <= data + size))));
		if (s.found)
			members_of(&s, &arena);
	}
	cm_arena_fini(&arena);
	return 0;
}
