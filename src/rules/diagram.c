#include <stdlib.h>
#include <string.h>

#include "rules/diagram.h"

#define CACHE ((size_t)1 << 16)
#define UNKNOWN_COSTS 64u

struct node {
	uint32_t variable; /* of the two ends: the number of variables */
	uint32_t child;	   /* where its children begin */
};

struct remembered {
	uint32_t op; /* 1 + the operation; 0: nothing */
	cm_node f, g, is;
};

struct cm_diagram {
	size_t n_variables, limit;
	uint32_t width[CM_DIAGRAM_VARIABLES];
	struct node *node;
	size_t n, cap;
	cm_node *child;
	size_t n_child, child_cap;
	cm_node *slot; /* by the hash of a node; 0: free */
	size_t slots;
	struct remembered *cache;
	uint64_t steps;
	enum cm_result failed;
};

enum { OP_GIVEN = CM_DIAGRAM_LESS + 2 };

static void
fail(struct cm_diagram *d, enum cm_result code)
{
	if (d->failed == CM_OK)
		d->failed = code;
}

enum cm_result
cm_diagram_new(const uint32_t *width, size_t n, size_t limit, struct cm_diagram **out, struct cm_err *err)
{
	struct cm_diagram *d = calloc(1, sizeof(*d));

	if (d == NULL || n > CM_DIAGRAM_VARIABLES)
		goto no_memory;
	d->n_variables = n;
	d->limit = limit;
	memcpy(d->width, width, n * sizeof(*width));
	d->cap = d->child_cap = 256;
	d->slots = 1024;
	d->node = calloc(d->cap, sizeof(*d->node));
	d->child = calloc(d->child_cap, sizeof(*d->child));
	d->slot = calloc(d->slots, sizeof(*d->slot));
	d->cache = calloc(CACHE, sizeof(*d->cache));
	if (d->node == NULL || d->child == NULL || d->slot == NULL || d->cache == NULL)
		goto no_memory;
	d->node[CM_NODE_NONE].variable = d->node[CM_NODE_ALL].variable = (uint32_t)n;
	d->n = 2;
	*out = d;
	return CM_OK;

no_memory:
	cm_diagram_free(d);
	return cm_err_set(err, CM_E_NOMEM, "out of memory for the diagrams of rules");
}

void
cm_diagram_free(struct cm_diagram *d)
{
	if (d == NULL)
		return;
	free(d->node);
	free(d->child);
	free(d->slot);
	free(d->cache);
	free(d);
}

enum cm_result
cm_diagram_ok(const struct cm_diagram *d, struct cm_err *err)
{
	if (d->failed == CM_E_LIMIT)
		return cm_err_set(err, CM_E_LIMIT, "these rules are too tangled: their diagram passes %zu nodes or %llu steps, "
			"and a part of the answer would be none", d->limit, (unsigned long long)CM_DIAGRAM_STEPS);
	return d->failed == CM_OK ? CM_OK : cm_err_set(err, d->failed, "out of memory for the diagrams of rules");
}

size_t
cm_diagram_nodes(const struct cm_diagram *d)
{
	return d->n;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t
hash_node(uint32_t variable, const cm_node *child, uint32_t n)
{
	uint64_t h = mix(1, variable);

	for (uint32_t i = 0; i < n; i++)
		h = mix(h, child[i]);
	return h;
}

/* Twice as many slots; false: no memory. */
static bool
more_slots(struct cm_diagram *d)
{
	cm_node *slot = calloc(d->slots * 2, sizeof(*slot));

	if (slot == NULL)
		return false;
	free(d->slot);
	d->slot = slot;
	d->slots *= 2;
	for (size_t i = 2; i < d->n; i++) {
		uint32_t v = d->node[i].variable;
		size_t at = hash_node(v, d->child + d->node[i].child, d->width[v]) & (d->slots - 1);

		while (d->slot[at] != 0)
			at = (at + 1) & (d->slots - 1);
		d->slot[at] = (cm_node)i;
	}
	return true;
}

static bool
grow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t more = *cap;
	void *p;

	while (more < need)
		more *= 2;
	if (more == *cap)
		return true;
	p = realloc(*array, more * size);
	if (p == NULL)
		return false;
	*array = p;
	*cap = more;
	return true;
}

static cm_node
add_node(struct cm_diagram *d, uint32_t v, const cm_node *child)
{
	if (d->n >= d->limit || d->n_child + d->width[v] > d->limit * 16) {
		fail(d, CM_E_LIMIT);
		return CM_NODE_NONE;
	}
	if (!grow((void **)&d->node, &d->cap, d->n + 1, sizeof(*d->node)) ||
	    !grow((void **)&d->child, &d->child_cap, d->n_child + d->width[v], sizeof(*d->child))) {
		fail(d, CM_E_NOMEM);
		return CM_NODE_NONE;
	}
	d->node[d->n] = (struct node) { v, (uint32_t)d->n_child };
	memcpy(d->child + d->n_child, child, d->width[v] * sizeof(*child));
	d->n_child += d->width[v];
	return (cm_node)d->n++;
}

/* The one node with these children. */
static cm_node
node_of(struct cm_diagram *d, uint32_t v, const cm_node *child)
{
	uint32_t n = d->width[v], same = 1;
	size_t at;

	while (same < n && child[same] == child[0])
		same++;
	if (same == n)
		return child[0];
	if (d->failed != CM_OK)
		return CM_NODE_NONE;
	if (d->n * 2 > d->slots && !more_slots(d)) {
		fail(d, CM_E_NOMEM);
		return CM_NODE_NONE;
	}
	at = hash_node(v, child, n) & (d->slots - 1);
	for (; d->slot[at] != 0; at = (at + 1) & (d->slots - 1)) {
		const struct node *o = &d->node[d->slot[at]];

		if (o->variable == v && memcmp(d->child + o->child, child, n * sizeof(*child)) == 0)
			return d->slot[at];
	}
	d->slot[at] = add_node(d, v, child);
	return d->slot[at];
}

/* Room for the children of one node: on the stack where there are few. */
struct children {
	cm_node few[64];
	cm_node *at;
};

static bool
children_begin(struct cm_diagram *d, struct children *c, uint32_t n)
{
	c->at = n <= 64 ? c->few : calloc(n, sizeof(*c->at));
	if (c->at == NULL)
		fail(d, CM_E_NOMEM);
	return c->at != NULL;
}

static void
children_end(struct children *c)
{
	if (c->at != c->few)
		free(c->at);
}

cm_node
cm_diagram_in(struct cm_diagram *d, size_t v, const bool *in)
{
	struct children c;
	cm_node f = CM_NODE_NONE;

	if (!children_begin(d, &c, d->width[v]))
		return f;
	for (uint32_t i = 0; i < d->width[v]; i++)
		c.at[i] = in[i] ? CM_NODE_ALL : CM_NODE_NONE;
	f = node_of(d, (uint32_t)v, c.at);
	children_end(&c);
	return f;
}

/* True: ${*out} is known without looking further. */
static bool
is_plain(enum cm_diagram_op op, cm_node f, cm_node g, cm_node *out)
{
	if (op == CM_DIAGRAM_AND && (f == g || f == CM_NODE_ALL || g == CM_NODE_ALL))
		*out = f == CM_NODE_ALL ? g : f;
	else if (op == CM_DIAGRAM_AND && (f == CM_NODE_NONE || g == CM_NODE_NONE))
		*out = CM_NODE_NONE;
	else if (op == CM_DIAGRAM_OR && (f == g || f == CM_NODE_NONE || g == CM_NODE_NONE))
		*out = f == CM_NODE_NONE ? g : f;
	else if (op == CM_DIAGRAM_OR && (f == CM_NODE_ALL || g == CM_NODE_ALL))
		*out = CM_NODE_ALL;
	else if (op == CM_DIAGRAM_LESS && (f == g || f == CM_NODE_NONE || g == CM_NODE_ALL))
		*out = CM_NODE_NONE;
	else if (op == CM_DIAGRAM_LESS && g == CM_NODE_NONE)
		*out = f;
	else
		return false;
	return true;
}

static struct remembered *
remembered(struct cm_diagram *d, uint32_t op, cm_node f, cm_node g)
{
	return &d->cache[mix(mix(mix(3, op), f), g) & (CACHE - 1)];
}

static bool
step(struct cm_diagram *d)
{
	if (++d->steps > CM_DIAGRAM_STEPS)
		fail(d, CM_E_LIMIT);
	return d->failed == CM_OK;
}

static cm_node
child_of(const struct cm_diagram *d, cm_node f, uint32_t v, uint32_t class)
{
	return d->node[f].variable == v ? d->child[d->node[f].child + class] : f;
}

/* Not deeper than there are variables. */
cm_node
cm_diagram_apply(struct cm_diagram *d, enum cm_diagram_op op, cm_node f, cm_node g)
{
	uint32_t v, key = (uint32_t)op + 1;
	struct remembered *r;
	struct children c;
	cm_node is;

	if (is_plain(op, f, g, &is))
		return is;
	r = remembered(d, key, f, g);
	if (r->op == key && r->f == f && r->g == g)
		return r->is;
	v = d->node[f].variable < d->node[g].variable ? d->node[f].variable : d->node[g].variable;
	if (!step(d) || !children_begin(d, &c, d->width[v]))
		return CM_NODE_NONE;
	for (uint32_t i = 0; i < d->width[v]; i++)
		c.at[i] = cm_diagram_apply(d, op, child_of(d, f, v, i), child_of(d, g, v, i));
	is = node_of(d, v, c.at);
	children_end(&c);
	*r = (struct remembered) { key, f, g, is };
	return is;
}

cm_node
cm_diagram_given(struct cm_diagram *d, cm_node f, size_t variable, uint32_t class)
{
	uint32_t v = d->node[f].variable, g = (uint32_t)(variable << 24) | class;
	struct remembered *r = remembered(d, OP_GIVEN, f, g);
	struct children c;
	cm_node is;

	if (v >= variable)
		return v == variable ? child_of(d, f, v, class) : f;
	if (r->op == OP_GIVEN && r->f == f && r->g == g)
		return r->is;
	if (!step(d) || !children_begin(d, &c, d->width[v]))
		return CM_NODE_NONE;
	for (uint32_t i = 0; i < d->width[v]; i++)
		c.at[i] = cm_diagram_given(d, child_of(d, f, v, i), variable, class);
	is = node_of(d, v, c.at);
	children_end(&c);
	*r = (struct remembered) { OP_GIVEN, f, g, is };
	return is;
}

/* ---- over the nodes of one function: children come before their parents ---- */

static void
mark_reached(const struct cm_diagram *d, cm_node f, bool *reached)
{
	reached[f] = true;
	for (cm_node i = f; i > CM_NODE_ALL; i--) {
		const struct node *n = &d->node[i];

		for (uint32_t c = 0; reached[i] && c < d->width[n->variable]; c++)
			reached[d->child[n->child + c]] = true;
	}
}

static cm_count
times(cm_count a, cm_count b)
{
	cm_count out;

	return __builtin_mul_overflow(a, b, &out) ? CM_COUNT_MAX : out;
}

static cm_count
plus(cm_count a, cm_count b)
{
	cm_count out;

	return __builtin_add_overflow(a, b, &out) ? CM_COUNT_MAX : out;
}

/* Of the variables [from, to), which are not looked at. */
static cm_count
all_of(const cm_count *total, size_t from, size_t to)
{
	cm_count n = 1;

	for (; from < to; from++)
		n = times(n, total[from]);
	return n;
}

static cm_count
count_node(const struct cm_diagram *d, cm_node i, const cm_count *count, const cm_count *total, const uint64_t *weight)
{
	const struct node *n = &d->node[i];
	cm_count all = 0;

	for (uint32_t c = 0; c < d->width[n->variable]; c++) {
		cm_node to = d->child[n->child + c];
		cm_count below = times(count[to], all_of(total, n->variable + 1, d->node[to].variable));

		all = plus(all, times(below, weight[c]));
	}
	return all;
}

enum cm_result
cm_diagram_count(const struct cm_diagram *d, cm_node f, const uint64_t *const *weight, cm_count *out, struct cm_err *err)
{
	cm_count total[CM_DIAGRAM_VARIABLES] = { 0 };
	cm_count *count = calloc((size_t)f + 2, sizeof(*count));
	bool *reached = calloc((size_t)f + 2, sizeof(*reached));
	enum cm_result rc = CM_E_NOMEM;

	if (count != NULL && reached != NULL) {
		for (size_t v = 0; v < d->n_variables; v++)
			for (uint32_t c = 0; c < d->width[v]; c++)
				total[v] = plus(total[v], weight[v][c]);
		mark_reached(d, f, reached);
		count[CM_NODE_ALL] = 1;
		for (cm_node i = 2; i <= f; i++)
			if (reached[i])
				count[i] = count_node(d, i, count, total, weight[d->node[i].variable]);
		*out = times(count[f], all_of(total, 0, d->node[f].variable));
		rc = CM_OK;
	}
	free(count);
	free(reached);
	return rc == CM_OK ? rc : cm_err_set(err, rc, "out of memory to count requests");
}

static void
cheapest_child(const struct cm_diagram *d, cm_node i, uint32_t *cost, uint32_t *class)
{
	const struct node *n = &d->node[i];
	uint32_t width = d->width[n->variable];

	cost[i] = UINT32_MAX;
	for (uint32_t c = 0; c < width; c++) {
		uint32_t below = cost[d->child[n->child + c]];
		uint32_t here = 1 + (c + 1 == width ? UNKNOWN_COSTS : 0);

		if (below != UINT32_MAX && below + here < cost[i]) {
			cost[i] = below + here;
			class[i] = c;
		}
	}
}

enum cm_result
cm_diagram_cheapest(const struct cm_diagram *d, cm_node f, int32_t *class, struct cm_err *err)
{
	uint32_t *cost = calloc((size_t)f + 2, sizeof(*cost));
	uint32_t *best = calloc((size_t)f + 2, sizeof(*best));
	bool *reached = calloc((size_t)f + 2, sizeof(*reached));
	enum cm_result rc = CM_E_NOMEM;

	for (size_t v = 0; v < d->n_variables; v++)
		class[v] = -1;
	if (cost != NULL && best != NULL && reached != NULL) {
		mark_reached(d, f, reached);
		cost[CM_NODE_NONE] = UINT32_MAX;
		for (cm_node i = 2; i <= f; i++)
			if (reached[i])
				cheapest_child(d, i, cost, best);
		for (; f > CM_NODE_ALL; f = d->child[d->node[f].child + best[f]])
			class[d->node[f].variable] = (int32_t)best[f];
		rc = CM_OK;
	}
	free(cost);
	free(best);
	free(reached);
	return rc == CM_OK ? rc : cm_err_set(err, rc, "out of memory for an example");
}
