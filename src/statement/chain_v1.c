#include <string.h>

#include "statement/chain_v1.h"
#include "statement/detector.h"
#include "statement/evidence.h"
#include "statement/finding.h"
#include "statement/statement.h"

const char *const cm_chain_v1_members[] = { "seals", "detector", "evidence", "vantages", "clocks", "scripts", "layers",
	"floods", "clients", "table", "lag", NULL };

static const char *const clock_words[] = { "same", "unknown", "one-way", "both-ways", "seconds" };
#define CLOCKS 5

const char *
cm_chain_clock_word(enum cm_chain_clock_how how)
{
	return clock_words[how];
}

static void
write_head(struct cm_jsonw *w, const struct cm_chain_v1 *c)
{
	size_t i;

	cm_seals_write(w, c->seals, c->n_seals);
	cm_detector_write(w, c->detector, c->version, c->source);
	cm_evidence_write(w, c->evidence);
	cm_jsonw_key(w, "vantages");
	cm_jsonw_array(w);
	for (i = 0; i < c->n_seals; i++)
		cm_jsonw_uint(w, c->vantage[i]);
	cm_jsonw_array_end(w);
}

static void
write_clocks(struct cm_jsonw *w, const struct cm_chain_v1 *c)
{
	size_t i;

	cm_jsonw_key(w, "clocks");
	cm_jsonw_array(w);
	for (i = 0; i < c->n_clocks; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "how", clock_words[c->clock[i].how]);
		if (c->clock[i].how > CM_CHAIN_CLOCK_UNKNOWN) {
			cm_put_int(w, "least_ns", c->clock[i].least_ns);
			cm_put_int(w, "most_ns", c->clock[i].most_ns);
			cm_put_int(w, "middle_ns", c->clock[i].middle_ns);
			cm_put_uint(w, "matched", c->clock[i].matched);
		}
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_joined(struct cm_jsonw *w, const struct cm_chain_v1 *c)
{
	size_t i;

	cm_jsonw_key(w, "scripts");
	cm_jsonw_array(w);
	for (i = 0; i < c->n_scripts; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "finding", cm_span_of(c->scripts[i].finding, 32));
		cm_rowset_write(w, "rows", &c->scripts[i].rows, c->n_seals);
		cm_jsonw_kuint(w, "target", c->scripts[i].target);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "layers");
	cm_jsonw_array(w);
	for (i = 0; i < c->n_layers; i++)
		cm_jsonw_str(w, c->layers[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "floods");
	cm_jsonw_array(w);
	for (i = 0; i < c->n_floods; i++)
		cm_jsonw_hex(w, cm_span_of(c->floods[i], 32));
	cm_jsonw_array_end(w);
}

void
cm_chain_v1_write(struct cm_jsonw *w, const struct cm_chain_v1 *c)
{
	write_head(w, c);
	write_clocks(w, c);
	write_joined(w, c);
	cm_rowset_write(w, "clients", &c->clients, c->n_seals);
	cm_jsonw_key(w, "table");
	cm_jsonw_object(w);
	cm_put_uint(w, "a", c->a);
	cm_put_uint(w, "b", c->b);
	cm_put_uint(w, "c", c->c);
	cm_put_uint(w, "d", c->d);
	cm_jsonw_kuint(w, "p_milli", c->p_milli);
	cm_jsonw_object_end(w);
	cm_jsonw_key(w, "lag");
	cm_jsonw_object(w);
	cm_put_uint(w, "before", c->before);
	cm_put_uint(w, "known", c->lags);
	if (c->lags > 0) {
		cm_put_int(w, "least_ns", c->lag_least_ns);
		cm_put_int(w, "median_ns", c->lag_median_ns);
		cm_put_int(w, "most_ns", c->lag_most_ns);
		cm_put_int(w, "unsure_ns", c->lag_unsure_ns);
	}
	cm_jsonw_object_end(w);
}

struct reading {
	struct cm_arena *arena;
	struct cm_err *err;
};

static CM_RESULT
no_memory(const struct reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "no memory for the statement");
}

static CM_RESULT
read_uint(const struct reading *r, struct cm_json v, const char *name, uint64_t *out)
{
	return cm_json_get_u64(v, name, CM_JSON_INT_MAX, out, r->err);
}

static CM_RESULT
read_int(const struct reading *r, struct cm_json v, const char *name, int64_t *out)
{
	return cm_json_get_int(v, name, -CM_JSON_INT_MAX, CM_JSON_INT_MAX, out, r->err);
}

static CM_RESULT
read_clock(const struct reading *r, struct cm_json o, struct cm_chain_v1_clock *k)
{
	static const char *const full[] = { "how", "least_ns", "most_ns", "middle_ns", "matched", NULL };
	static const char *const bare[] = { "how", NULL };
	unsigned how = 0;
	enum cm_result rc = cm_statement_word(o, "how", clock_words, CLOCKS, &how, r->err);

	k->how = (enum cm_chain_clock_how)how;
	if (rc == CM_OK)
		rc = cm_json_only(o, how > CM_CHAIN_CLOCK_UNKNOWN ? full : bare, r->err);
	if (rc != CM_OK || how <= CM_CHAIN_CLOCK_UNKNOWN)
		return rc;
	rc = read_int(r, o, "least_ns", &k->least_ns);
	if (rc == CM_OK)
		rc = read_int(r, o, "most_ns", &k->most_ns);
	if (rc == CM_OK && k->least_ns > k->most_ns)
		return cm_err_set(r->err, CM_E_MALFORMED, "clocks: the least is more than the most");
	if (rc == CM_OK)
		rc = read_int(r, o, "middle_ns", &k->middle_ns);
	return rc == CM_OK ? read_uint(r, o, "matched", &k->matched) : rc;
}

static CM_RESULT
read_clocks(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	struct cm_chain_v1_clock *clock;
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, "clocks", &list, r->err);
	size_t i, same = 0;

	if (rc != CM_OK)
		return rc;
	c->n_clocks = cm_json_len(list);
	if (c->n_clocks == 0 || c->n_clocks > CM_CHAIN_CLOCKS_MAX)
		return cm_err_set(r->err, CM_E_MALFORMED, "clocks: expected 1 to %u", CM_CHAIN_CLOCKS_MAX);
	clock = cm_arena_array(r->arena, c->n_clocks, sizeof(*clock));
	if (clock == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < c->n_clocks; i++) {
		if (cm_json_type(cm_json_at(list, i)) != CM_JSON_OBJECT)
			return cm_err_set(r->err, CM_E_MALFORMED, "clocks: expected objects");
		rc = read_clock(r, cm_json_at(list, i), &clock[i]);
		same += clock[i].how == CM_CHAIN_CLOCK_SAME;
	}
	if (rc == CM_OK && same != 1)
		return cm_err_set(r->err, CM_E_MALFORMED, "clocks: expected one that is the scripts' own");
	c->clock = clock;
	return rc;
}

/* Which clock each seal goes by. */
static CM_RESULT
read_vantages(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	uint32_t *vantage = cm_arena_array(r->arena, c->n_seals, sizeof(*vantage));
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, "vantages", &list, r->err);
	uint64_t one = 0;
	size_t i;

	if (vantage == NULL)
		return no_memory(r);
	if (rc == CM_OK && cm_json_len(list) != c->n_seals)
		return cm_err_set(r->err, CM_E_MALFORMED, "vantages: expected one for each of %zu seals", c->n_seals);
	for (i = 0; rc == CM_OK && i < c->n_seals; i++) {
		rc = cm_json_u64(cm_json_at(list, i), "vantages", c->n_clocks - 1, &one, r->err);
		vantage[i] = (uint32_t)one;
	}
	c->vantage = vantage;
	return rc;
}

static CM_RESULT
read_scripts(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	static const char *const only[] = { "finding", "rows", "target", NULL };
	struct cm_json list, o;
	enum cm_result rc = cm_json_get_list(v, "scripts", &list, r->err);
	size_t i, rows = 0;

	if (rc != CM_OK)
		return rc;
	c->n_scripts = cm_json_len(list);
	if (c->n_scripts == 0 || c->n_scripts > CM_CHAIN_SCRIPTS_MAX)
		return cm_err_set(r->err, CM_E_MALFORMED, "scripts: expected 1 to %u", CM_CHAIN_SCRIPTS_MAX);
	c->scripts = cm_arena_array(r->arena, c->n_scripts, sizeof(c->scripts[0]));
	if (c->scripts == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < c->n_scripts; i++) {
		o = cm_json_at(list, i);
		rc = cm_json_only(o, only, r->err);
		if (rc == CM_OK)
			rc = cm_json_get_hex(o, "finding", c->scripts[i].finding, 32, r->err);
		if (rc == CM_OK)
			rc = cm_rowset_read(o, "rows", c->n_seals, CM_FINDING_ROWS_MAX - rows, r->arena,
			    &c->scripts[i].rows, r->err);
		if (rc == CM_OK && c->scripts[i].rows.n == 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "scripts: one without rows");
		rows += c->scripts[i].rows.n;
		if (rc == CM_OK)
			rc = read_uint(r, o, "target", &c->scripts[i].target);
	}
	return rc;
}

static CM_RESULT
read_layers(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	const char **layer;
	struct cm_json list;
	const char *text;
	enum cm_result rc = cm_json_get_list(v, "layers", &list, r->err);
	size_t i;

	if (rc != CM_OK)
		return rc;
	c->n_layers = cm_json_len(list);
	if (c->n_layers > CM_CHAIN_LAYERS_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "layers: more than %u", CM_CHAIN_LAYERS_MAX);
	layer = cm_arena_array(r->arena, c->n_layers + 1, sizeof(*layer));
	if (layer == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < c->n_layers; i++) {
		rc = cm_json_str(cm_json_at(list, i), "layers", &text, r->err);
		if (rc != CM_OK)
			return rc;
		layer[i] = cm_arena_copy(r->arena, text, strlen(text) + 1);
		if (layer[i] == NULL)
			return no_memory(r);
	}
	c->layers = layer;
	return rc;
}

static CM_RESULT
read_table(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	static const char *const only[] = { "a", "b", "c", "d", "p_milli", NULL };
	uint64_t *const at[] = { &c->a, &c->b, &c->c, &c->d };
	uint64_t p = 0;
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "table", &o, r->err);
	size_t i;

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	for (i = 0; rc == CM_OK && i < 4; i++)
		rc = read_uint(r, o, only[i], at[i]);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "p_milli", UINT32_MAX, &p, r->err);
	c->p_milli = (uint32_t)p;
	return rc;
}

static CM_RESULT
read_lag(const struct reading *r, struct cm_json v, struct cm_chain_v1 *c)
{
	static const char *const full[] = { "before", "known", "least_ns", "median_ns", "most_ns", "unsure_ns", NULL };
	static const char *const bare[] = { "before", "known", NULL };
	int64_t *const at[] = { &c->lag_least_ns, &c->lag_median_ns, &c->lag_most_ns, &c->lag_unsure_ns };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "lag", &o, r->err);
	size_t i;

	if (rc == CM_OK)
		rc = read_uint(r, o, "before", &c->before);
	if (rc == CM_OK)
		rc = read_uint(r, o, "known", &c->lags);
	if (rc == CM_OK)
		rc = cm_json_only(o, c->lags > 0 ? full : bare, r->err);
	for (i = 0; rc == CM_OK && c->lags > 0 && i < 4; i++)
		rc = read_int(r, o, full[i + 2], at[i]);
	if (rc == CM_OK && (c->lag_least_ns > c->lag_median_ns || c->lag_median_ns > c->lag_most_ns || c->lag_unsure_ns < 0))
		return cm_err_set(r->err, CM_E_MALFORMED, "lag: expected least, median, most in order");
	if (rc == CM_OK && (c->lags > c->a || c->before > c->a - c->lags))
		return cm_err_set(r->err, CM_E_MALFORMED, "lag: of more clients than asked");
	return rc;
}

CM_RESULT
cm_chain_v1_read(struct cm_json predicate, struct cm_arena *arena, struct cm_chain_v1 *out,
    struct cm_err *err)
{
	const struct reading r = { arena, err };
	struct cm_digests floods = { 0 };
	struct cm_chain_v1 c = { 0 };
	enum cm_result rc = cm_seals_read(predicate, arena, &c.seals, &c.n_seals, err);

	if (rc == CM_OK)
		rc = cm_detector_read(predicate, arena, &c.detector, &c.version, c.source, err);
	if (rc == CM_OK)
		rc = cm_evidence_read(predicate, arena, &c.evidence, err);
	if (rc == CM_OK)
		rc = read_clocks(&r, predicate, &c);
	if (rc == CM_OK)
		rc = read_vantages(&r, predicate, &c);
	if (rc == CM_OK)
		rc = read_scripts(&r, predicate, &c);
	if (rc == CM_OK)
		rc = read_layers(&r, predicate, &c);
	if (rc == CM_OK)
		rc = cm_statement_digests(predicate, "floods", CM_CHAIN_FLOODS_MAX, arena, &floods, err);
	if (rc == CM_OK && floods.n == 0)
		return cm_err_set(err, CM_E_MALFORMED, "floods: expected 1 to %u", CM_CHAIN_FLOODS_MAX);
	c.floods = floods.digest;
	c.n_floods = floods.n;
	if (rc == CM_OK)
		rc = cm_rowset_read(predicate, "clients", c.n_seals, CM_CHAIN_CLIENTS_MAX, arena, &c.clients, err);
	if (rc == CM_OK)
		rc = read_table(&r, predicate, &c);
	if (rc == CM_OK)
		rc = read_lag(&r, predicate, &c);
	if (rc == CM_OK)
		*out = c;
	return rc;
}
