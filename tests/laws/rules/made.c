#include <string.h>

#include "rules/checks.h"
#include "made.h"

static const int domain[SMALL_N] = { 2, 3, 3, 3, 4, 2, MADE_SIZES, MADE_DAYS };
static const char *const op_text[] = { "=", "!=", "<", "<=", ">", ">=" };

static int
made_expr(struct gen *g, struct made_rule *r, unsigned depth)
{
	int at = r->n_nodes++;
	struct made_expr *e = &r->node[at];

	memset(e, 0, sizeof(*e));
	e->kind = depth > 0 && r->n_nodes + 3 < (int)MADE_NODES && gen_one_in(g, 2) ? 1 + (int)gen_below(g, 3) : 0;
	if (e->kind != 0) {
		e->left = made_expr(g, r, depth - 1);
		e->right = e->kind < 3 ? made_expr(g, r, depth - 1) : -1;
		return at;
	}
	e->attribute = (int)gen_below(g, SMALL_N);
	e->op = (int)gen_below(g, 7);
	if (e->op >= 2 && e->op <= 5 && e->attribute < TLP)
		e->op = 6;
	if (e->op >= 2 && e->op <= 5 && e->attribute == CONSENT)
		e->op = 0;
	e->values = 1u << gen_below(g, (uint64_t)domain[e->attribute]);
	while (e->op == 6 && gen_one_in(g, 2))
		e->values |= 1u << gen_below(g, (uint64_t)domain[e->attribute]);
	return at;
}

void
made_rule(struct gen *g, struct made_rule *r)
{
	memset(r, 0, sizeof(*r));
	r->allow = !gen_one_in(g, 3);
	for (int a = ACT; a <= WHO; a++)
		if (gen_one_in(g, 3))
			r->slot[a] = 1u + (unsigned)gen_below(g, (1u << domain[a]) - 1);
	r->when = gen_one_in(g, 3) ? -1 : made_expr(g, r, 3);
	for (int i = 0; i < SMALL_OBLIGES; i++)
		r->bound[i] = !r->allow || gen_one_in(g, 2) ? -1 : i == RECEIPT ? 1 : (int)gen_below(g, 3);
}

void
made_rules(struct gen *g, struct made *out)
{
	out->n = (int)gen_upto(g, g->size < MADE_RULES ? g->size : MADE_RULES);
	for (int i = 0; i < out->n; i++)
		made_rule(g, &out->rule[i]);
}

/* ---- as text ---- */

static void
put_value(struct cm_buf *b, int attribute, int value)
{
	if (attribute == WHO && value < 2)
		cm_buf_printf(b, "\"%s\"", small_who[value]);
	else if (attribute == SIZE)
		cm_buf_printf(b, "%dd", value);
	else if (attribute == DAY)
		cm_buf_printf(b, "1970-01-%02d", value + 1);
	else
		cm_buf_add_str(b, small_attribute[attribute].words[value]);
}

static void
put_values(struct cm_buf *b, int attribute, unsigned values, const char *first)
{
	for (int i = 0; values >> i != 0; i++) {
		if ((values >> i & 1) == 0)
			continue;
		cm_buf_add_str(b, first);
		put_value(b, attribute, i);
		first = ", ";
	}
}

static void
put_expr(struct cm_buf *b, const struct made_rule *r, int at)
{
	const struct made_expr *e = &r->node[at];

	if (e->kind == 3) {
		cm_buf_add_str(b, "not (");
		put_expr(b, r, e->left);
		cm_buf_add_str(b, ")");
	} else if (e->kind != 0) {
		cm_buf_add_str(b, "(");
		put_expr(b, r, e->left);
		cm_buf_add_str(b, e->kind == 1 ? ") and (" : ") or (");
		put_expr(b, r, e->right);
		cm_buf_add_str(b, ")");
	} else if (e->op == 6) {
		cm_buf_printf(b, "%s in ", small_attribute[e->attribute].name);
		put_values(b, e->attribute, e->values, "(");
		cm_buf_add_str(b, ")");
	} else {
		cm_buf_printf(b, "%s %s ", small_attribute[e->attribute].name, op_text[e->op]);
		put_values(b, e->attribute, e->values, "");
	}
}

static void
put_bounds(struct cm_buf *b, const struct made_rule *r)
{
	const char *between = "\n oblige ";

	for (int i = 0; i < SMALL_OBLIGES; i++) {
		if (r->bound[i] < 0)
			continue;
		cm_buf_add_str(b, between);
		between = ", ";
		if (i == RETAIN)
			cm_buf_printf(b, "retain <= %dd", r->bound[i]);
		else if (i == ONWARD)
			cm_buf_printf(b, "onward <= %s", small_onward[r->bound[i]]);
		else if (i == MARK)
			cm_buf_printf(b, "mark-tlp >= %s", small_tlp[r->bound[i]]);
		else
			cm_buf_add_str(b, "receipt");
	}
}

void
made_text(const struct made *m, struct cm_buf *b)
{
	for (int i = 0; i < m->n; i++) {
		const struct made_rule *r = &m->rule[i];

		cm_buf_printf(b, "# %d\n%s X%d: ", i, r->allow ? "allow" : "deny", i);
		if (r->slot[ACT] == 0)
			cm_buf_add_str(b, "anything");
		put_values(b, ACT, r->slot[ACT], "");
		put_values(b, TYPE, r->slot[TYPE], " types ");
		put_values(b, TO, r->slot[TO], " to ");
		put_values(b, WHO, r->slot[WHO], r->slot[TO] != 0 ? ", " : " to ");
		if (r->when >= 0) {
			cm_buf_add_str(b, "\n when ");
			put_expr(b, r, r->when);
		}
		put_bounds(b, r);
		cm_buf_add_str(b, i % 2 ? " because \"b\".\n" : "\n");
	}
}

/* ---- what they mean ---- */

static bool
compare(const struct made_expr *e, int64_t value)
{
	int64_t one = 0;

	while (e->op != 6 && (e->values >> one & 1) == 0)
		one++;
	switch (e->op) {
	case 0: return value == one;
	case 1: return value != one;
	case 2: return value < one;
	case 3: return value <= one;
	case 4: return value > one;
	case 5: return value >= one;
	default: return value < 32 && (e->values >> value & 1) != 0;
	}
}

/* Is it true, and ${*known} stays if all that is named is known. */
static bool
says_expr(const struct made_rule *r, int at, const struct cm_ask *q, bool *known)
{
	const struct made_expr *e = &r->node[at];
	bool left, right;

	if (e->kind == 0) {
		*known = *known && q->value[e->attribute] >= 0;
		return q->value[e->attribute] >= 0 && compare(e, q->value[e->attribute]);
	}
	left = says_expr(r, e->left, q, known);
	if (e->kind == 3)
		return !left;
	right = says_expr(r, e->right, q, known);
	return e->kind == 1 ? left && right : left || right;
}

static bool
among(unsigned words, int64_t value)
{
	return value >= 0 && (words >> value & 1) != 0;
}

int
made_says(const struct made_rule *r, const struct cm_ask *q)
{
	bool known = true, yes = true;

	for (int a = ACT; a <= WHO; a++)
		known = known && (r->slot[a] == 0 || q->value[a] >= 0);
	for (int a = ACT; a <= TYPE; a++)
		yes = yes && (r->slot[a] == 0 || among(r->slot[a], q->value[a]));
	if (r->slot[TO] != 0 || r->slot[WHO] != 0)
		yes = yes && (among(r->slot[TO], q->value[TO]) || among(r->slot[WHO], q->value[WHO]));
	if (r->when >= 0)
		yes = says_expr(r, r->when, q, &known) && yes;
	return !known ? 2 : yes;
}

bool
made_decide(const struct made *m, const struct cm_ask *q, int bound[SMALL_OBLIGES])
{
	bool allows = false, denies = false;

	for (int i = 0; i < SMALL_OBLIGES; i++)
		bound[i] = -1;
	for (int i = 0; i < m->n; i++) {
		int says = made_says(&m->rule[i], q);

		denies = denies || (!m->rule[i].allow && says != 0);
		if (!m->rule[i].allow || says != 1)
			continue;
		allows = true;
		for (int o = 0; o < SMALL_OBLIGES; o++) {
			int b = m->rule[i].bound[o];

			if (b >= 0 && (bound[o] < 0 || (o == MARK ? b > bound[o] : b < bound[o])))
				bound[o] = b;
		}
	}
	for (int i = 0; i < SMALL_OBLIGES && (denies || !allows); i++)
		bound[i] = -1;
	return allows && !denies;
}

struct cm_ask
made_ask(struct gen *g)
{
	cm_count weight;

	return made_nth((unsigned)gen_below(g, MADE_ASKS), &weight);
}

struct cm_ask
made_nth(unsigned n, cm_count *weight)
{
	static const unsigned values[SMALL_N] = { 3, 4, 4, 4, 5, 3, 6, 4 };
	struct cm_ask q = cm_ask_unknown();

	*weight = 1;
	for (size_t i = 0; i < SMALL_N; i++) {
		unsigned value = n % values[i];

		n /= values[i];
		q.value[i] = value + 1 == values[i] ? CM_RULES_UNKNOWN : (int64_t)value;
		if (i == SIZE && value == MADE_SIZES)
			*weight *= (cm_count)CM_RULES_NUMBER_MAX + 1 - MADE_SIZES;
		if (i == DAY && value == MADE_DAYS)
			*weight *= (cm_count)CM_RULES_DAY_MAX + 1 - MADE_DAYS;
	}
	return q;
}
