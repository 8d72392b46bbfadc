/* k of n (8.7): how often requests were answered by forged packets, and what that hangs on.
 * Counted are requests to servers of which at least one was. */
#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "detect/across_parts.h"

#define ROWS 4096u /* of one kind; those beyond are counted in no row of their own */
#define SLOTS (2 * ROWS)
#define HOSTS 3u /* besides enum cm_rate_of: servers, whatever the port */

struct row {
	struct cm_host host;
	uint16_t port;
	uint64_t hash;
	uint64_t address; /* hash; of CM_RATE_ADDRESS only */
	uint64_t n, k;
	const struct cm_exchange *first; /* forged */
	int64_t forged_ns;		 /* when the first one was asked */
	cm_packet_id example[CM_ACROSS_EXAMPLES];
	uint32_t n_examples;
};

struct rows {
	struct row **row;
	uint32_t n;
	uint16_t slot[SLOTS];
};

/* One side of a table. */
struct share {
	uint64_t n, k;
	cm_packet_id example[CM_ACROSS_EXAMPLES];
	uint32_t n_examples;
};

struct rates {
	struct cm_maker *m;
	struct rows of[4]; /* enum cm_rate_of, and HOSTS */
	struct share side[4][2];
	struct cm_across_rate *out;
	uint16_t log_port; /* of the last request counted */
	bool ports_differ;
};

static bool
forged(const struct rates *s, const struct cm_exchange *x)
{
	return cm_id_set_has(&s->m->triggers, x->request);
}

/* ---- rows ---- */

static struct row *
find(const struct rows *l, const struct row *key, uint32_t *at)
{
	uint32_t i = (uint32_t)(key->hash % SLOTS);

	for (; l->slot[i] != 0; i = (i + 1) % SLOTS) {
		struct row *r = l->row[l->slot[i] - 1];

		if (r->hash == key->hash && r->port == key->port && r->address == key->address &&
		    cm_host_eq(&r->host, &key->host))
			return r;
	}
	*at = i;
	return NULL;
}

static enum cm_result
add(struct rates *s, struct rows *l, const struct row *key)
{
	struct row *r;
	uint32_t at;

	if (find(l, key, &at) != NULL)
		return CM_OK;
	if (l->n == ROWS) {
		s->m->out->left_off++;
		return CM_OK;
	}
	if (l->row == NULL)
		l->row = calloc(ROWS, sizeof(struct row *));
	r = l->row == NULL ? NULL : malloc(sizeof(*r));
	if (r == NULL)
		return CM_E_NOMEM;
	*r = *key;
	l->row[l->n++] = r;
	l->slot[at] = (uint16_t)l->n;
	return CM_OK;
}



static void
set_key(struct row *key, unsigned of, const struct cm_exchange *x)
{
	bool client = of == CM_RATE_CLIENT;

	key->host = client ? x->client : x->server;
	key->port = client || of == HOSTS ? 0 : x->server_port;
	key->address = of == CM_RATE_ADDRESS ? x->address : 0;
	key->hash = cm_mix((client ? x->client_hash : x->server_hash) ^ key->address, key->port);
}

/* A row for each server, address and client with a forged answer. */
static enum cm_result
add_rows(struct rates *s, const struct cm_exchange *x)
{
	struct row key = { .first = x, .forged_ns = x->t_ns };
	enum cm_result r = CM_OK;

	for (unsigned of = 0; of <= HOSTS && r == CM_OK; of++) {
		set_key(&key, of, x);
		r = add(s, &s->of[of], &key);
	}
	return r;
}

static void
example(cm_packet_id *id, uint32_t *n, cm_packet_id it)
{
	if (*n < CM_ACROSS_EXAMPLES)
		id[(*n)++] = it;
}

static void
count_row(struct row *r, const struct cm_exchange *x, bool hit)
{
	if (r == NULL)
		return;
	r->n++;
	if (!hit)
		return;
	r->k++;
	example(r->example, &r->n_examples, x->request);
}

static void
count_side(struct share *side, const struct cm_exchange *x, bool hit)
{
	side->n++;
	if (!hit)
		return;
	side->k++;
	example(side->example, &side->n_examples, x->request);
}

static void
count(struct rates *s, struct row *key, const struct cm_exchange *x)
{
	struct row *row = NULL;
	bool hit, after;
	uint32_t at;

	set_key(key, HOSTS, x);
	if (find(&s->of[HOSTS], key, &at) == NULL)
		return;
	hit = forged(s, x);
	for (unsigned of = 0; of < 3; of++) {
		set_key(key, of, x);
		row = find(&s->of[of], key, &at);
		count_row(row, x, hit);
	}
	after = row != NULL && x->t_ns > row->forged_ns; /* the client's */
	s->ports_differ |= x->server_port != s->log_port;
	s->log_port = x->server_port;
	count_side(&s->side[CM_TABLE_FIRST][(x->flags & CM_EX_FIRST) == 0], x, hit);
	count_side(&s->side[CM_TABLE_BEFORE][after], x, hit);
}

/* ---- what comes out ---- */

static int
by_forged(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	if (x->k != y->k)
		return x->k > y->k ? -1 : 1;
	return x->first->request < y->first->request ? -1 : x->first->request > y->first->request;
}

static enum cm_result
take(struct rates *s, const cm_packet_id *id, uint32_t n, struct cm_ids *out)
{
	for (uint32_t i = 0; i < n; i++)
		cm_id_list_add(&s->m->ids, id[i]);
	return cm_id_list_take(&s->m->ids, s->m->a, out);
}

static enum cm_result
put_row(struct rates *s, enum cm_rate_of of, const struct row *r)
{
	const struct cm_exchanges *log = &s->m->e->exchanges;
	struct cm_across_rate *o = &s->out[s->m->out->n_rates++];

	*o = (struct cm_across_rate) { .of = of, .host = r->host, .port = r->port,
		.share = cm_wilson(r->k, r->n) };
	o->needed = cm_trials_to_see(o->share.ppm);
	if (of == CM_RATE_ADDRESS) {
		o->name = cm_across_text(s->m->a, cm_exchange_name(log, r->first));
		o->path = cm_across_text(s->m->a, cm_exchange_path(log, r->first));
		if (o->name == NULL || o->path == NULL)
			return CM_E_NOMEM;
	}
	return take(s, r->example, r->n_examples, &o->examples);
}

static enum cm_result
put_rows(struct rates *s)
{
	enum cm_result r = CM_OK;

	for (unsigned of = 0; of < 3; of++) {
		struct rows *l = &s->of[of];

		if (l->n > 1)
			qsort(l->row, l->n, sizeof(struct row *), by_forged);
		for (uint32_t i = 0; i < l->n && r == CM_OK; i++) {
			if (i < CM_ACROSS_ITEMS)
				r = put_row(s, (enum cm_rate_of)of, l->row[i]);
			else
				s->m->out->left_off++;
		}
	}
	return r;
}

/* The first row of ${l} against all that was counted. */
static void
against_rest(struct rates *s, enum cm_table_of of, const struct row *r)
{
	const struct share *all = s->side[CM_TABLE_FIRST];
	struct share *side = s->side[of];

	side[0].k = r->k;
	side[0].n = r->n;
	side[1].k = all[0].k + all[1].k - r->k;
	side[1].n = all[0].n + all[1].n - r->n;
	memcpy(side[0].example, r->example, sizeof(r->example));
	side[0].n_examples = r->n_examples;
}

/* Only where there is something on both sides. */
static enum cm_result
put_table(struct rates *s, enum cm_table_of of, struct cm_across_table *table)
{
	const struct share *a = &s->side[of][0], *b = &s->side[of][1];
	struct cm_across_table *o = &table[s->m->out->n_tables];
	enum cm_result r;

	if (a->n == 0 || b->n == 0)
		return CM_OK;
	*o = (struct cm_across_table) { .of = of, .a = cm_wilson(a->k, a->n),
		.b = cm_wilson(b->k, b->n), .tried = 1,
		.more = cm_fisher_more(a->k, a->n - a->k, b->k, b->n - b->k) };
	if (of == CM_TABLE_CLIENT) {
		o->tried = s->of[CM_RATE_CLIENT].n;
		o->client = s->of[CM_RATE_CLIENT].row[0]->host;
	} else if (of == CM_TABLE_PORT) {
		o->tried = s->of[CM_RATE_SERVER].n;
		o->port = s->of[CM_RATE_SERVER].row[0]->port;
	}
	s->m->out->n_tables++;
	r = take(s, a->example, a->n_examples, &o->examples_a);
	return r == CM_OK ? take(s, b->example, b->n_examples, &o->examples_b) : r;
}

/* Requests at the port with most, and at other ports of the same servers. */
static void
count_ports(struct rates *s)
{
	const struct cm_exchanges *log = &s->m->e->exchanges;
	uint16_t port = s->of[CM_RATE_SERVER].row[0]->port;
	struct row key = { 0 };

	for (uint32_t i = 0; i < log->n; i++) {
		const struct cm_exchange *x = &log->item[i];
		uint32_t at;

		set_key(&key, HOSTS, x);
		if (cm_exchange_counts(log, x) && find(&s->of[HOSTS], &key, &at) != NULL)
			count_side(&s->side[CM_TABLE_PORT][x->server_port != port], x, forged(s, x));
	}
}

static enum cm_result
put_tables(struct rates *s)
{
	struct cm_across_table *table = cm_arena_array(s->m->a, 4, sizeof(*table));
	enum cm_result r = CM_OK;

	if (table == NULL)
		return CM_E_NOMEM;
	s->m->out->tables = table;
	if (s->of[CM_RATE_CLIENT].n == 0)
		return CM_OK;
	against_rest(s, CM_TABLE_CLIENT, s->of[CM_RATE_CLIENT].row[0]);
	if (s->ports_differ)
		count_ports(s);
	for (unsigned of = 0; of < 4 && r == CM_OK; of++)
		r = put_table(s, (enum cm_table_of)of, table);
	return r;
}

static enum cm_result
run(struct rates *s)
{
	const struct cm_exchanges *log = &s->m->e->exchanges;
	struct row key = { 0 };
	enum cm_result r = CM_OK;

	s->log_port = log->n > 0 ? log->item[0].server_port : 0;
	s->out = cm_arena_array(s->m->a, 3 * CM_ACROSS_ITEMS, sizeof(*s->out));
	if (s->out == NULL)
		return CM_E_NOMEM;
	s->m->out->rates = s->out;
	for (uint32_t i = 0; i < log->n && r == CM_OK; i++)
		if (cm_exchange_counts(log, &log->item[i]) && forged(s, &log->item[i]))
			r = add_rows(s, &log->item[i]);
	for (uint32_t i = 0; i < log->n && r == CM_OK && s->of[HOSTS].n > 0; i++)
		if (cm_exchange_counts(log, &log->item[i]))
			count(s, &key, &log->item[i]);
	if (r == CM_OK)
		r = put_rows(s);
	return r == CM_OK ? put_tables(s) : r;
}

CM_RESULT
cm_across_make_rates(struct cm_maker *m)
{
	struct rates *s;
	enum cm_result r;

	if (m->triggers.n == 0)
		return CM_OK;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return CM_E_NOMEM;
	s->m = m;
	r = run(s);
	for (unsigned of = 0; of < 4; of++) {
		struct rows *l = &s->of[of];

		for (uint32_t i = 0; i < l->n; i++)
			free(l->row[i]);
		free(l->row);
	}
	free(s);
	return r;
}

const char *
cm_table_word(enum cm_table_of of, bool second)
{
	static const char *const word[][2] = {
		[CM_TABLE_FIRST] = { "first requests of their connections", "later requests" },
		[CM_TABLE_BEFORE] = { "requests of a client up to its first forged answer",
				      "requests after it" },
		[CM_TABLE_CLIENT] = { "requests of the client with most", "of all others" },
		[CM_TABLE_PORT] = { "requests at the port with most", "at other ports" },
	};

	return word[of][second];
}
