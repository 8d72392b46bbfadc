/* Law of the trust file: the quorum had cosigned from the earliest time at which, by the words of
 * the specification, it had. */
#include <stdlib.h>
#include <string.h>

#include "../../unit/log/made.h"
#include "../gen.h"
#include "log/policy.h"

enum { MEMBERS = 24, NEVER = 0 };

/* A member as it was made up. */
struct member {
	bool is_group;
	unsigned k, n_part, part[MEMBERS];
	uint64_t time; /* of a witness; NEVER: it did not cosign */
};

struct made {
	struct member member[MEMBERS];
	unsigned n;
	unsigned quorum;
};

static struct made
made_policy(struct gen *g)
{
	struct made m = { .n = 1 + (unsigned)gen_below(g, 2 + g->size % MEMBERS) };
	bool taken[MEMBERS] = { false };

	m.n = m.n > MEMBERS ? MEMBERS : m.n;
	for (unsigned i = 0; i < m.n; i++) {
		struct member *it = &m.member[i];

		for (unsigned j = 0; j < i && gen_one_in(g, 2); j++) {
			unsigned at = (unsigned)gen_below(g, i);

			if (!taken[at])
				it->part[it->n_part++] = at;
			taken[at] = true;
		}
		it->is_group = it->n_part > 0;
		it->k = it->is_group ? 1 + (unsigned)gen_below(g, it->n_part) : 0;
		it->time = gen_one_in(g, 3) ? NEVER : 1 + gen_below(g, 20);
	}
	m.quorum = gen_one_in(g, 4) ? (unsigned)gen_below(g, m.n) : m.n - 1;
	return m;
}

static struct made_key
key_of(unsigned i)
{
	return made_key("witness", CM_NOTE_COSIGNATURE, (uint8_t)(10 + i));
}

static void
put_policy(struct gen *g, const struct made *m, struct cm_buf *out)
{
	static const char *const blank[] = { " ", "\t", "  ", " \t " };

	for (unsigned i = 0; i < m->n; i++) {
		const struct member *it = &m->member[i];

		if (gen_one_in(g, 4))
			cm_buf_add_str(out, gen_one_in(g, 2) ? "\n" : " # log quorum\n");
		cm_buf_printf(out, "%s%sm%u%s", it->is_group ? "group" : "witness",
		    blank[gen_below(g, 4)], i, blank[gen_below(g, 4)]);
		if (!it->is_group) {
			struct made_key k = key_of(i);

			cm_vkey_write(&k.v, out);
		} else if (it->k == it->n_part && gen_one_in(g, 2)) {
			cm_buf_add_str(out, "all");
		} else if (it->k == 1 && gen_one_in(g, 2)) {
			cm_buf_add_str(out, "any");
		} else {
			cm_buf_printf(out, "%u", it->k);
		}
		for (unsigned j = 0; j < it->n_part; j++)
			cm_buf_printf(out, "%sm%u", blank[gen_below(g, 4)], it->part[j]);
		cm_buf_add_u8(out, '\n');
	}
	cm_buf_printf(out, "quorum m%u\n", m->quorum);
}

/* In any order, now and then twice: the earlier one counts. */
static void
put_note(struct gen *g, const struct made *m, struct cm_buf *out)
{
	struct cm_buf text = { 0 };
	unsigned first = (unsigned)gen_below(g, m->n);

	made_text("A", 7, 1, &text);
	cm_buf_add_span(out, cm_buf_span(&text));
	cm_buf_add_str(out, "\n\xe2\x80\x94 nobody AAAAAAAA\n");
	for (unsigned n = 0; n < m->n; n++) {
		unsigned i = (n + first) % m->n;
		const struct member *it = &m->member[i];
		struct made_key k = key_of(i);

		if (it->is_group || it->time == NEVER)
			continue;
		if (gen_one_in(g, 4) && cm_cosign(cm_buf_span(&text), &k.v, k.seed,
					    it->time + gen_below(g, 9), out, NULL) != CM_OK)
			abort();
		if (cm_cosign(cm_buf_span(&text), &k.v, k.seed, it->time, out, NULL) != CM_OK)
			abort();
	}
	cm_buf_release(&text);
}

/* Had member ${i} cosigned at ${time}? */
static bool
had(const struct made *m, unsigned i, uint64_t time)
{
	const struct member *it = &m->member[i];
	unsigned n = 0;

	if (!it->is_group)
		return it->time != NEVER && it->time <= time;
	for (unsigned j = 0; j < it->n_part; j++)
		n += had(m, it->part[j], time);
	return n >= it->k;
}

static bool
the_quorum_s_time_is_the_earliest(struct gen *g)
{
	struct made m = made_policy(g);
	struct cm_buf file = { 0 }, note = { 0 };
	struct cm_witnessed w = { 0 };
	struct cm_arena arena;
	struct cm_policy p;
	struct cm_note n;
	struct cm_err err = { 0 };
	uint64_t want = 1;
	bool holds = true;

	while (want < 40 && !had(&m, m.quorum, want))
		want++;
	want = want == 40 ? 0 : want;
	cm_arena_init(&arena, 0);
	put_policy(g, &m, &file);
	put_note(g, &m, &note);
	if (cm_policy_parse(cm_buf_span(&file), &arena, &p, &err) != CM_OK ||
	    cm_note_parse(cm_buf_span(&note), &arena, &n, &err) != CM_OK ||
	    cm_policy_judge(&p, &n, &arena, &w, &err) != CM_OK)
		holds = gen_fail(g, "%s", err.text);
	else if (w.enough != (want != 0) || w.time != want)
		holds = gen_fail(
		    g, "at %d, not at %d, by\n%s", (int)w.time, (int)want, cm_buf_cstr(&file));
	cm_arena_fini(&arena);
	cm_buf_release(&file);
	cm_buf_release(&note);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "the quorum had cosigned from the earliest time at which it had",
		    the_quorum_s_time_is_the_earliest, 400, 100 },
	};

	return laws_hold(laws, 1);
}
