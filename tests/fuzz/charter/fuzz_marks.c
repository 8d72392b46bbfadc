/* The marks of exhibits: an error with its line, or marks that can be asked about anything. */
#include <string.h>

#include "charter/marks.h"
#include "fuzz.h"

static void
ask(const struct cm_marks *m, struct cm_span text)
{
	static const uint8_t addr[16] = { 198, 51, 100, 1 };

	for (size_t i = 0; i < m->n_prefixes; i++) {
		const struct cm_mark_prefix *p = &m->prefix[i];

		must((p->len == 4 || p->len == 16) && p->bits <= 8 * p->len);
		must(cm_marks_has(m, p->who, cm_span_of(p->addr, p->len)));
	}
	for (size_t i = 0; i < m->n_names; i++)
		must(cm_marks_names(m, cm_span_of(m->name[i].text, m->name[i].len)));
	for (size_t i = 0; i < m->n_exploits; i++)
		must(cm_marks_exploit(m, m->exploit[i].exhibit, m->exploit[i].from));
	for (size_t i = 0; i < m->n_exhibits; i++)
		must(cm_marks_exhibit(m, m->exhibit[i].id).id == m->exhibit[i].id);
	(void)!cm_marks_has(m, CM_MARK_VICTIM, cm_span_of(addr, 4));
	(void)!cm_marks_names(m, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_marks m;
	struct cm_arena a;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&a, (size_t)16 << 20);
	r = cm_marks_read(cm_span_of(data, size), &a, &m, &err);
	if (r == CM_OK)
		ask(&m, cm_span_of(data, size));
	else
		must(r == CM_E_NOMEM || strncmp(err.text, "line ", 5) == 0 || r == CM_E_LIMIT);
	cm_arena_fini(&a);
	return 0;
}
