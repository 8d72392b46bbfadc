/* A trust file, and behind a NUL a note to judge by it: an error, or a policy whose members refer
 * backward, and a verdict that its cosignatures bear out. */
#include <string.h>

#include "fuzz.h"
#include "log/policy.h"

static void
check_group(const struct cm_policy *p, size_t at, bool *taken)
{
	const struct cm_policy_member *m = &p->member[at];

	must(m->k >= 1 && m->k <= m->n_part);
	for (size_t i = 0; i < m->n_part; i++) {
		must(m->part[i] < at && !taken[m->part[i]]);
		taken[m->part[i]] = true;
	}
}

/* No public key stands twice. */
static void
check_keys(const struct cm_policy *p)
{
	const uint8_t *key[CM_POLICY_LOGS + CM_POLICY_MEMBERS];
	size_t n = 0;

	for (size_t i = 0; i < p->n_logs; i++)
		key[n++] = p->log[i].key.key;
	for (size_t i = 0; i < p->n_members; i++)
		if (!p->member[i].is_group)
			key[n++] = p->member[i].key.key;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			must(memcmp(key[i], key[j], 32) != 0);
}

static void
check_policy(const struct cm_policy *p)
{
	bool taken[CM_POLICY_MEMBERS] = { false };

	must(p->n_logs <= CM_POLICY_LOGS && p->n_members <= CM_POLICY_MEMBERS);
	must(!p->has_quorum || p->quorum < p->n_members);
	for (size_t i = 0; i < p->n_members; i++) {
		must(p->member[i].name[0] != '\0' && strcmp(p->member[i].name, "none") != 0);
		if (p->member[i].is_group)
			check_group(p, i, taken);
	}
	for (size_t i = 0; i < p->n_logs; i++)
		must(cm_policy_find_log(p, p->log[i].key.name) == &p->log[i]);
	check_keys(p);
}

/* Does the member hold, if only what was cosigned until ${until} counts?  By the words of the
 * specification. */
static bool
holds(const struct cm_policy *p, const struct cm_witnessed *w, uint16_t at, uint64_t until)
{
	const struct cm_policy_member *m = &p->member[at];
	unsigned n = 0;

	for (size_t i = 0; !m->is_group && i < w->n; i++)
		if (w->witness[i] == at)
			return w->at[i] <= until;
	for (size_t i = 0; i < m->n_part; i++)
		n += holds(p, w, m->part[i], until);
	return m->is_group && n >= m->k;
}

static void
check_verdict(const struct cm_policy *p, const struct cm_witnessed *w)
{
	if (!p->has_quorum) {
		must(w->enough && w->time == 0);
		return;
	}
	must(w->enough == holds(p, w, p->quorum, UINT64_MAX));
	must(w->enough == (w->time != 0));
	if (w->enough)
		must(holds(p, w, p->quorum, w->time) && !holds(p, w, p->quorum, w->time - 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size == 0 ? NULL : memchr(data, '\0', size);
	size_t len = nul == NULL ? size : (size_t)(nul - data);
	struct cm_witnessed w;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_policy p;
	struct cm_note n;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)8 << 20);
	r = cm_policy_parse(cm_span_of(data, len), &arena, &p, &err);
	must(err.code == r && (!err.has_offset || err.offset <= len));
	if (r == CM_OK)
		check_policy(&p);
	if (r == CM_OK && nul != NULL &&
	    cm_note_parse(cm_span_of(nul + 1, size - len - 1), &arena, &n, NULL) == CM_OK) {
		r = cm_policy_judge(&p, &n, &arena, &w, NULL);
		must(r == CM_OK || r == CM_E_REFUSED);
		if (r == CM_OK)
			check_verdict(&p, &w);
	}
	cm_arena_fini(&arena);
	return 0;
}
