/* Laws of charters: every byte of a charter and of its signatures is bound; what comes out of a set of files does not hang on
 * their order; nobody but all of its members changes which one is in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../gen.h"
#include "party.h"

#define CHARTERS 7u

/* A case: charters of A, B, U, V (in part), each after one of those before it, each signed by some. */
struct made {
	struct party_charter charter[CHARTERS];
	unsigned members[CHARTERS], by[CHARTERS], signers[CHARTERS];
	int before[CHARTERS];
	size_t n;
};

static unsigned
some(struct gen *g)
{
	unsigned m = (unsigned)gen_below(g, 15) + 1;

	return m;
}

static void
make(struct gen *g, struct made *m)
{
	char says[32];

	m->n = 1 + (size_t)gen_below(g, g->size < CHARTERS ? g->size + 1 : CHARTERS);
	for (size_t i = 0; i < m->n; i++) {
		m->before[i] = i == 0 || gen_one_in(g, 6) ? -1 : (int)gen_below(g, i);
		m->members[i] = some(g);
		m->by[i] = m->members[i] | (m->before[i] < 0 ? 0 : m->members[m->before[i]]);
		m->signers[i] = gen_one_in(g, 4) ? m->by[i] & some(g) : m->by[i];
		snprintf(says, sizeof(says), "number %zu", i);
		m->charter[i] = party_charter(m->members[i], says, m->before[i] < 0 ? NULL : &m->charter[m->before[i]],
		    m->before[i] < 0 ? 0 : m->members[m->before[i]], m->signers[i]);
	}
}

static void
end(struct made *m)
{
	for (size_t i = 0; i < m->n; i++)
		party_charter_end(&m->charter[i]);
}

static enum cm_result
look(const struct made *m, const size_t *order, struct cm_arena *a, struct cm_team *out)
{
	struct cm_team_charter_text c[CHARTERS];
	struct cm_team_texts in = { c, m->n, NULL, 0 };

	for (size_t i = 0; i < m->n; i++)
		c[i] = party_charter_text(&m->charter[order == NULL ? i : order[i]]);
	return cm_team_read(&in, a, out, NULL);
}

/* Written anew, from the sentence in docs/formats.md 2.8, over masks. */

static bool
complete(const struct made *m, size_t i)
{
	return m->signers[i] == m->by[i] && (m->before[i] < 0 || complete(m, (size_t)m->before[i]));
}

static int
next(const struct made *m, int at)
{
	int found = -1, with = -1, n = 0, n_with = 0;

	for (int i = 0; i < (int)m->n; i++) {
		bool more = false;

		if (m->before[i] != at || !complete(m, (size_t)i))
			continue;
		for (int k = 0; k < (int)m->n; k++)
			more = more || (m->before[k] == i && complete(m, (size_t)k));
		found = i;
		n++;
		if (more)
			with = i;
		n_with += more;
	}
	return n <= 1 ? found : n_with == 1 ? with : -1;
}

static bool
what_is_in_force_is_what_the_document_says(struct gen *g)
{
	struct made m;
	struct cm_team t;
	struct cm_arena a;
	int at = -1, step;
	bool same;

	make(g, &m);
	cm_arena_init(&a, 0);
	assert_int_equal(look(&m, NULL, &a, &t), CM_OK);
	while ((step = next(&m, at)) >= 0)
		at = step;
	same = at < 0 ? t.in_force == NULL
		      : t.in_force != NULL && memcmp(t.in_force->file.digest, m.charter[at].digest, 32) == 0;
	end(&m);
	cm_arena_fini(&a);
	return same || gen_fail(g, "number %d should be in force", at);
}

static bool
the_order_of_files_does_not_matter(struct gen *g)
{
	struct made m;
	struct cm_team one, other;
	struct cm_arena a;
	size_t order[CHARTERS];
	bool same;

	make(g, &m);
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < m.n; i++)
		order[i] = i;
	for (size_t i = m.n; i > 1; i--) {
		size_t k = (size_t)gen_below(g, i), keep = order[k];

		order[k] = order[i - 1];
		order[i - 1] = keep;
	}
	assert_int_equal(look(&m, NULL, &a, &one), CM_OK);
	assert_int_equal(look(&m, order, &a, &other), CM_OK);
	same = one.n_forks == other.n_forks && (one.in_force == NULL) == (other.in_force == NULL) &&
	    (one.in_force == NULL || memcmp(one.in_force->file.digest, other.in_force->file.digest, 32) == 0);
	for (size_t i = 0; same && i < m.n; i++)
		same = one.charter[i].state == other.charter[i].state &&
		    memcmp(one.charter[i].file.digest, other.charter[i].file.digest, 32) == 0;
	end(&m);
	cm_arena_fini(&a);
	return same || gen_fail(g, "another order, another case");
}

/* One byte changed, put in, or taken out. */
static void
spoil(struct gen *g, struct cm_buf *b)
{
	size_t at = (size_t)gen_below(g, b->len);
	uint8_t *p;

	switch (gen_below(g, 3)) {
	case 0:
		b->ptr[at] = (uint8_t)(b->ptr[at] ^ (1u << gen_below(g, 8)));
		break;
	case 1:
		cm_buf_add_u8(b, 0);
		p = b->ptr + at;
		memmove(p + 1, p, b->len - 1 - at);
		*p = (uint8_t)gen_below(g, 256);
		break;
	default:
		memmove(b->ptr + at, b->ptr + at + 1, b->len - 1 - at);
		b->len--;
	}
}

static bool
every_byte_of_a_charter_and_its_signatures_is_bound(struct gen *g)
{
	unsigned m = some(g);
	struct party_charter c = party_charter(m, "that everybody signed", NULL, 0, m);
	struct cm_buf *b = gen_one_in(g, 2) ? &c.json : &c.sigs, was = { 0 };
	struct cm_team_charter_text text;
	struct cm_team_texts in = { &text, 1, NULL, 0 };
	struct cm_team t;
	struct cm_arena a;
	bool good;

	cm_arena_init(&a, 0);
	cm_buf_add_span(&was, cm_buf_span(b));
	spoil(g, b);
	text = party_charter_text(&c);
	good = cm_span_eq(cm_buf_span(&was), cm_buf_span(b)) || cm_team_read(&in, &a, &t, NULL) != CM_OK;
	cm_buf_release(&was);
	party_charter_end(&c);
	cm_arena_fini(&a);
	return good || gen_fail(g, "a changed file is still read");
}

/* Whatever strangers and some of the members sign, the one in force stays. */
static bool
not_all_is_nobody(struct gen *g)
{
	unsigned m = some(g), next_m = some(g), by = m | next_m;
	struct party_charter one = party_charter(m, "one", NULL, 0, m);
	unsigned missing = 1u << gen_below(g, 4), signers;
	struct party_charter two;
	struct cm_team_charter_text text[2];
	struct cm_team_texts in = { text, 2, NULL, 0 };
	struct cm_team t;
	struct cm_arena a;
	bool good, all;

	signers = by & ~missing;
	all = signers == by;
	two = party_charter(next_m, "two", &one, m, signers);
	cm_arena_init(&a, 0);
	text[0] = party_charter_text(&two);
	text[1] = party_charter_text(&one);
	assert_int_equal(cm_team_read(&in, &a, &t, NULL), CM_OK);
	good = t.in_force != NULL && memcmp(t.in_force->file.digest, all ? two.digest : one.digest, 32) == 0;
	party_charter_end(&one);
	party_charter_end(&two);
	cm_arena_fini(&a);
	return good || gen_fail(g, "signed by %x of %x", signers, by);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "what is in force is what the document says", what_is_in_force_is_what_the_document_says, 150, 12 },
		{ "the order of files does not matter", the_order_of_files_does_not_matter, 60, 12 },
		{ "every byte of a charter and its signatures is bound", every_byte_of_a_charter_and_its_signatures_is_bound, 400, 1 },
		{ "what not all have signed binds nobody", not_all_is_nobody, 60, 1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
