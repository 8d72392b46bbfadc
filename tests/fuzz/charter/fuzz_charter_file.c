/* A charter's file, and behind the first byte 0xff in it (no UTF-8 has one) its signatures: an error, or a team of one
 * charter that says who is missing. */
#include <string.h>

#include "charter/team.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *mark = size > 0 ? memchr(data, 0xff, size) : NULL;
	size_t json = mark == NULL ? size : (size_t)(mark - data);
	struct cm_team_charter_text text = { cm_span_of(data, json), cm_span_of(NULL, 0) };
	struct cm_team_texts in = { &text, 1, NULL, 0 };
	struct cm_err err = { 0 };
	struct cm_team t;
	struct cm_arena a;
	enum cm_result r;

	if (mark != NULL)
		text.sigs = cm_span_of(mark + 1, size - json - 1);
	cm_arena_init(&a, (size_t)64 << 20);
	r = cm_team_read(&in, &a, &t, &err);
	if (r == CM_OK) {
		const struct cm_team_charter *c = &t.charter[0];

		must(t.n_charters == 1 && t.n_forks == 0);
		must(c->version == 0 || c->sigs.sigs.n + c->sigs.n_missing == c->file.head.n_signers);
		must((t.in_force != NULL) == (c->version == 1 && c->sigs.n_missing == 0));
		must(c->file.says.members.n >= 1 && c->file.head.n_signers >= c->file.says.members.n);
	} else {
		must(r == CM_E_NOMEM || err.text[0] != '\0');
	}
	cm_arena_fini(&a);
	return 0;
}
