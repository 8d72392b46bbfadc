#include <stdio.h>
#include <string.h>

#include "codec/rfc3339.h"
#include "statement/detector.h"
#include "statement/evidence.h"
#include "statement/finding.h"
#include "statement/statement.h"
#include "statement/traffic_v1.h"

#define ROW_MAX ((UINT64_C(1) << 40) - 1)
#define SECOND INT64_C(1000000000)

const char *const cm_traffic_v1_members[] = { "seals", "detector", "evidence", "parameters", "kind", "verdict", "thin",
	"range", "support", "port", "proto", "service", "signs", "drawn", "claimed", NULL };

static const char *const how_words[] = { "none", "before", "others" };

void
cm_time_ns_format(int64_t t_ns, char out[CM_TIME_NS_LEN + 1])
{
	char seconds[CM_RFC3339_LEN + 1];
	int64_t t = t_ns < 0 ? 0 : t_ns;

	cm_rfc3339_format(t / SECOND, seconds);
	snprintf(out, CM_TIME_NS_LEN + 1, "%.19s.%09dZ", seconds, (int)(t % SECOND));
}

CM_RESULT
cm_time_ns_parse(const char *text, int64_t *out)
{
	char seconds[CM_RFC3339_LEN + 1], again[CM_TIME_NS_LEN + 1];
	int64_t t, ns = 0;
	size_t i;

	if (strlen(text) != CM_TIME_NS_LEN)
		return CM_E_MALFORMED;
	snprintf(seconds, sizeof(seconds), "%.19sZ", text);
	for (i = CM_RFC3339_LEN; i < CM_TIME_NS_LEN - 1; i++)
		ns = ns * 10 + (text[i] - '0');
	if (cm_rfc3339_parse(cm_span_str(seconds), &t) != CM_OK || t >= INT64_MAX / SECOND || ns < 0 || ns >= SECOND)
		return CM_E_MALFORMED;
	cm_time_ns_format(t * SECOND + ns, again);
	if (strcmp(text, again) != 0)
		return CM_E_MALFORMED;
	*out = t * SECOND + ns;
	return CM_OK;
}

const struct cm_traffic_sign *
cm_traffic_sign_of(const struct cm_traffic_sign *sign, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(sign[i].kind->name, name) == 0)
			return &sign[i];
	return NULL;
}

static void
put_time(struct cm_jsonw *w, const char *name, int64_t t_ns)
{
	char text[CM_TIME_NS_LEN + 1];

	cm_time_ns_format(t_ns, text);
	cm_jsonw_kstr(w, name, text);
}

static void
write_head(struct cm_jsonw *w, const struct cm_traffic_v1 *t)
{
	cm_seals_write(w, t->seals, t->n_seals);
	cm_detector_write(w, t->detector, t->version, t->source);
	cm_evidence_write(w, t->evidence);
	cm_jsonw_key(w, "parameters");
	cm_jsonw_object(w);
	cm_put_uint(w, "memory", t->memory);
	cm_jsonw_object_end(w);
	cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(t->drawn.kind));
	cm_jsonw_kstr(w, "verdict", cm_traffic_verdict_word(t->drawn.verdict));
	cm_jsonw_kuint(w, "thin", t->thin);
}

static void
write_range(struct cm_jsonw *w, const struct cm_traffic_v1 *t)
{
	size_t k;

	cm_jsonw_key(w, "range");
	cm_jsonw_array(w);
	for (k = 0; k < t->n_seals; k++) {
		if (!t->range[k].any) {
			cm_jsonw_null(w);
			continue;
		}
		cm_jsonw_array(w);
		cm_jsonw_uint(w, t->range[k].first);
		cm_jsonw_uint(w, t->range[k].last);
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_sign(struct cm_jsonw *w, const struct cm_traffic_sign *s)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", s->kind->name);
	cm_put_int(w, "value", s->value);
	cm_put_int(w, "limit", s->limit);
	cm_jsonw_kstr(w, "unit", s->kind->unit);
	cm_jsonw_kstr(w, "base_rate", s->kind->base_rate);
	cm_jsonw_kbool(w, "against", s->kind->against);
	cm_jsonw_object_end(w);
}

/* Of a draw only what thins is said. */
static bool
is_drawn(const struct cm_traffic_v1 *t, const struct cm_traffic_sign *s)
{
	return t->thin == 1 || s->kind->thins;
}

static bool
is_said(const struct cm_traffic_v1 *t, const struct cm_traffic_sign *s)
{
	const struct cm_traffic_sign *other = cm_traffic_sign_of(t->drawn.signs, t->drawn.n_signs, s->kind->name);

	return other != NULL && is_drawn(t, other);
}

static void
write_signs(struct cm_jsonw *w, const struct cm_traffic_v1 *t, bool drawn)
{
	const struct cm_traffic_finding *f = drawn ? &t->drawn : &t->claimed;
	size_t i;

	cm_jsonw_key(w, "signs");
	cm_jsonw_array(w);
	for (i = 0; i < f->n_signs; i++)
		if (drawn ? is_drawn(t, &f->signs[i]) : !is_said(t, &f->signs[i]))
			write_sign(w, &f->signs[i]);
	cm_jsonw_array_end(w);
}

static void
write_figures(struct cm_jsonw *w, const struct cm_traffic_finding *f)
{
	put_time(w, "from", f->from_ns);
	put_time(w, "to", f->to_ns);
	cm_put_uint(w, "packets", f->packets);
	cm_put_uint(w, "bytes", f->bytes);
	cm_put_uint(w, "peak_per_s", f->peak_per_s);
	cm_put_uint(w, "mean_per_s", f->mean_per_s);
}

static void
write_two(struct cm_jsonw *w, const char *name, int64_t before, int64_t during)
{
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	cm_jsonw_int(w, before);
	cm_jsonw_int(w, during);
	cm_jsonw_array_end(w);
}

static void
write_effect(struct cm_jsonw *w, const struct cm_effect *e)
{
	cm_jsonw_key(w, "effect");
	cm_jsonw_object(w);
	if (e->degraded)
		put_time(w, "degraded", e->degraded_ns);
	if (e->recovered)
		put_time(w, "recovered", e->recovered_ns);
	write_two(w, "syn_answered_ppm", e->syn_answered_ppm[0], e->syn_answered_ppm[1]);
	write_two(w, "answer_ms", e->answer_ms[0], e->answer_ms[1]);
	write_two(w, "errors_ppm", e->errors_ppm[0], e->errors_ppm[1]);
	write_two(w, "answered_ppm", e->answered_ppm[0], e->answered_ppm[1]);
	if (e->unseen != NULL)
		cm_jsonw_kstr(w, "unseen", e->unseen);
	cm_jsonw_object_end(w);
}

static void
write_bins(struct cm_jsonw *w, const char *name, const uint64_t *bin, uint32_t n)
{
	uint32_t i;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		cm_jsonw_uint(w, bin[i] > (uint64_t)CM_JSON_INT_MAX ? (uint64_t)CM_JSON_INT_MAX : bin[i]);
	cm_jsonw_array_end(w);
}

/* What the lists of the effect are called; a series has the one pair or the other, or neither. */
static const char *const effect_lists[][2] = {
	[CM_SERIES_PLAIN] = { NULL, NULL },
	[CM_SERIES_ANSWERS] = { "errors", "wait_us" },
	[CM_SERIES_OPENINGS] = { "opened", "answered" },
};

static void
write_series(struct cm_jsonw *w, const struct cm_traffic_series *s)
{
	size_t i;

	if (s == NULL || s->n == 0)
		return;
	cm_jsonw_key(w, "series");
	cm_jsonw_object(w);
	put_time(w, "from", s->from_ns);
	cm_put_int(w, "width_ns", s->width_ns);
	write_bins(w, "in", s->in, s->n);
	write_bins(w, "rest", s->rest, s->n);
	write_bins(w, "out", s->out, s->n);
	for (i = 0; s->effect_is != CM_SERIES_PLAIN && i < 2; i++)
		write_bins(w, effect_lists[s->effect_is][i], s->effect[i], s->n);
	cm_jsonw_object_end(w);
}

static void
write_claimed(struct cm_jsonw *w, const struct cm_traffic_v1 *t)
{
	const struct cm_traffic_finding *f = &t->claimed;

	cm_jsonw_key(w, "claimed");
	cm_jsonw_object(w);
	write_figures(w, f);
	cm_put_uint(w, "sources", f->sources);
	cm_put_uint(w, "targets", f->targets);
	cm_put_uint(w, "hosts", f->hosts);
	cm_put_uint(w, "ports", f->ports);
	cm_jsonw_kbool(w, "slow", f->slow);
	cm_jsonw_kbool(w, "cut_begin", f->cut_begin);
	cm_jsonw_kbool(w, "cut_end", f->cut_end);
	cm_jsonw_key(w, "baseline");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "how", how_words[f->baseline.how]);
	cm_put_uint(w, "milli", f->baseline.milli);
	cm_put_uint(w, "span_ms", f->baseline.span_ms);
	cm_jsonw_object_end(w);
	write_signs(w, t, false);
	write_effect(w, &f->effect);
	write_series(w, f->series);
	if (f->name != NULL)
		cm_jsonw_kstr(w, "name", f->name);
	cm_jsonw_object_end(w);
}

void
cm_traffic_v1_write(struct cm_jsonw *w, const struct cm_traffic_v1 *t)
{
	write_head(w, t);
	write_range(w, t);
	cm_rowset_write(w, "support", &t->support, t->n_seals);
	cm_jsonw_kuint(w, "port", t->drawn.port);
	cm_jsonw_kuint(w, "proto", t->drawn.proto);
	if (t->drawn.service != NULL)
		cm_jsonw_kstr(w, "service", t->drawn.service);
	write_signs(w, t, true);
	cm_jsonw_key(w, "drawn");
	cm_jsonw_object(w);
	write_figures(w, &t->drawn);
	cm_jsonw_object_end(w);
	write_claimed(w, t);
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
read_time(const struct reading *r, struct cm_json v, const char *name, int64_t *out)
{
	const char *text;
	enum cm_result rc = cm_json_get_str(v, name, &text, r->err);

	if (rc == CM_OK && cm_time_ns_parse(text, out) != CM_OK)
		return cm_err_set(r->err, CM_E_MALFORMED, "%s: expected a time like 2026-01-31T23:59:59.000000000Z", name);
	return rc;
}

static CM_RESULT
read_head(const struct reading *r, struct cm_json v, struct cm_traffic_v1 *t)
{
	static const char *const params[] = { "memory", NULL };
	struct cm_json o;
	enum cm_result rc = cm_seals_read(v, r->arena, &t->seals, &t->n_seals, r->err);

	if (rc == CM_OK)
		rc = cm_detector_read(v, r->arena, &t->detector, &t->version, t->source, r->err);
	if (rc == CM_OK)
		rc = cm_evidence_read(v, r->arena, &t->evidence, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_object(v, "parameters", &o, r->err);
	if (rc == CM_OK)
		rc = cm_json_only(o, params, r->err);
	return rc == CM_OK ? read_uint(r, o, "memory", &t->memory) : rc;
}

static CM_RESULT
read_what(const struct reading *r, struct cm_json v, struct cm_traffic_v1 *t)
{
	const char *kinds[CM_TRAFFIC_KINDS], *verdicts[CM_TRAFFIC_SCAN + 1];
	unsigned kind = 0, verdict = 0;
	uint64_t port = 0, proto = 0;
	enum cm_result rc;

	for (unsigned i = 0; i < CM_TRAFFIC_KINDS; i++)
		kinds[i] = cm_traffic_kind_word((enum cm_traffic_kind)i);
	for (unsigned i = 0; i <= CM_TRAFFIC_SCAN; i++)
		verdicts[i] = cm_traffic_verdict_word((enum cm_traffic_verdict)i);
	rc = cm_statement_word(v, "kind", kinds, CM_TRAFFIC_KINDS, &kind, r->err);
	if (rc == CM_OK)
		rc = cm_statement_word(v, "verdict", verdicts, CM_TRAFFIC_SCAN + 1, &verdict, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(v, "port", UINT16_MAX, &port, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(v, "proto", UINT8_MAX, &proto, r->err);
	if (rc == CM_OK && cm_json_has(v, "service"))
		rc = cm_statement_text(v, "service", r->arena, &t->drawn.service, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(v, "thin", CM_DRAW_THIN_MAX, &t->thin, r->err);
	if (rc == CM_OK && !cm_draw_thin_ok(t->thin))
		return cm_err_set(r->err, CM_E_MALFORMED, "thin: expected a power of two");
	t->drawn.kind = (enum cm_traffic_kind)kind;
	t->drawn.verdict = (enum cm_traffic_verdict)verdict;
	t->drawn.port = (uint16_t)port;
	t->drawn.proto = (uint8_t)proto;
	return rc;
}

static CM_RESULT
read_one_range(const struct reading *r, struct cm_json v, struct cm_traffic_range *out)
{
	enum cm_result rc;

	if (cm_json_type(v) == CM_JSON_NULL)
		return CM_OK;
	if (cm_json_type(v) != CM_JSON_LIST || cm_json_len(v) != 2)
		return cm_err_set(r->err, CM_E_MALFORMED, "range: expected null or two rows");
	rc = cm_json_u64(cm_json_at(v, 0), "range", ROW_MAX, &out->first, r->err);
	if (rc == CM_OK)
		rc = cm_json_u64(cm_json_at(v, 1), "range", ROW_MAX, &out->last, r->err);
	if (rc == CM_OK && out->first > out->last)
		return cm_err_set(r->err, CM_E_MALFORMED, "range: it ends before it begins");
	out->any = true;
	return rc;
}

static CM_RESULT
read_rows(const struct reading *r, struct cm_json v, struct cm_traffic_v1 *t)
{
	struct cm_traffic_range *range = cm_arena_array(r->arena, t->n_seals, sizeof(*range));
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, "range", &list, r->err);
	size_t i;

	if (range == NULL)
		return no_memory(r);
	if (rc == CM_OK && cm_json_len(list) != t->n_seals)
		return cm_err_set(r->err, CM_E_MALFORMED, "range: expected one for each of %zu seals", t->n_seals);
	for (i = 0; rc == CM_OK && i < t->n_seals; i++)
		rc = read_one_range(r, cm_json_at(list, i), &range[i]);
	t->range = range;
	if (rc == CM_OK)
		rc = cm_rowset_read(v, "support", t->n_seals, CM_TRAFFIC_SUPPORT_MAX, r->arena, &t->support, r->err);
	for (i = 0; rc == CM_OK && i < t->support.n; i++) {
		const struct cm_traffic_range *in = &range[cm_packet_file(t->support.id[i])];
		uint64_t row = cm_packet_frame(t->support.id[i]);

		if (!in->any || row < in->first || row > in->last)
			return cm_err_set(r->err, CM_E_MALFORMED, "support: a row that is not in range");
	}
	return rc;
}

static CM_RESULT
read_sign(const struct reading *r, struct cm_json v, struct cm_traffic_sign *out, bool drawn)
{
	static const char *const only[] = { "name", "value", "limit", "unit", "base_rate", "against", NULL };
	struct cm_traffic_sign_kind *kind = cm_arena_alloc(r->arena, sizeof(*kind));
	enum cm_result rc = cm_json_only(v, only, r->err);

	if (kind == NULL)
		return no_memory(r);
	kind->thins = drawn;
	out->kind = kind;
	if (rc == CM_OK)
		rc = cm_statement_text(v, "name", r->arena, &kind->name, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_int(v, "value", -CM_JSON_INT_MAX, CM_JSON_INT_MAX, &out->value, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_int(v, "limit", -CM_JSON_INT_MAX, CM_JSON_INT_MAX, &out->limit, r->err);
	if (rc == CM_OK)
		rc = cm_statement_text(v, "unit", r->arena, &kind->unit, r->err);
	if (rc == CM_OK)
		rc = cm_statement_text(v, "base_rate", r->arena, &kind->base_rate, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "against", &kind->against, r->err);
	return rc;
}

static CM_RESULT
read_signs(const struct reading *r, struct cm_json v, struct cm_traffic_finding *f, bool drawn)
{
	struct cm_traffic_sign *sign;
	struct cm_json list;
	size_t i, n;
	enum cm_result rc = cm_json_get_list(v, "signs", &list, r->err);

	if (rc != CM_OK)
		return rc;
	n = cm_json_len(list);
	if (n > CM_TRAFFIC_SIGNS_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "signs: more than %d", CM_TRAFFIC_SIGNS_MAX);
	sign = cm_arena_array(r->arena, n + 1, sizeof(*sign));
	if (sign == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = read_sign(r, cm_json_at(list, i), &sign[i], drawn);
		if (rc == CM_OK && i > 0 && strcmp(sign[i - 1].kind->name, sign[i].kind->name) >= 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "signs: expected by name, each once");
	}
	f->signs = sign;
	f->n_signs = n;
	return rc;
}

static CM_RESULT
read_figures(const struct reading *r, struct cm_json v, struct cm_traffic_finding *f)
{
	enum cm_result rc = read_time(r, v, "from", &f->from_ns);

	if (rc == CM_OK)
		rc = read_time(r, v, "to", &f->to_ns);
	if (rc == CM_OK && f->to_ns < f->from_ns)
		return cm_err_set(r->err, CM_E_MALFORMED, "to: it ends before it begins");
	if (rc == CM_OK)
		rc = read_uint(r, v, "packets", &f->packets);
	if (rc == CM_OK)
		rc = read_uint(r, v, "bytes", &f->bytes);
	if (rc == CM_OK)
		rc = read_uint(r, v, "peak_per_s", &f->peak_per_s);
	return rc == CM_OK ? read_uint(r, v, "mean_per_s", &f->mean_per_s) : rc;
}

static CM_RESULT
read_two(const struct reading *r, struct cm_json v, const char *name, int64_t max, int64_t out[2])
{
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, name, &list, r->err);
	size_t i;

	if (rc == CM_OK && cm_json_len(list) != 2)
		return cm_err_set(r->err, CM_E_MALFORMED, "%s: expected two numbers", name);
	for (i = 0; rc == CM_OK && i < 2; i++)
		rc = cm_json_int(cm_json_at(list, i), name, -1, max, &out[i], r->err);
	return rc;
}

static CM_RESULT
read_share(const struct reading *r, struct cm_json v, const char *name, int32_t out[2])
{
	int64_t two[2] = { 0 };
	enum cm_result rc = read_two(r, v, name, INT32_MAX, two);

	out[0] = (int32_t)two[0];
	out[1] = (int32_t)two[1];
	return rc;
}

static CM_RESULT
read_effect(const struct reading *r, struct cm_json claimed, struct cm_effect *e)
{
	static const char *const only[] = { "degraded", "recovered", "syn_answered_ppm", "answer_ms", "errors_ppm",
		"answered_ppm", "unseen", NULL };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(claimed, "effect", &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc != CM_OK)
		return rc;
	e->degraded = cm_json_has(o, "degraded");
	e->recovered = cm_json_has(o, "recovered");
	if (e->degraded)
		rc = read_time(r, o, "degraded", &e->degraded_ns);
	if (rc == CM_OK && e->recovered)
		rc = read_time(r, o, "recovered", &e->recovered_ns);
	if (rc == CM_OK)
		rc = read_share(r, o, "syn_answered_ppm", e->syn_answered_ppm);
	if (rc == CM_OK)
		rc = read_two(r, o, "answer_ms", CM_JSON_INT_MAX, e->answer_ms);
	if (rc == CM_OK)
		rc = read_share(r, o, "errors_ppm", e->errors_ppm);
	if (rc == CM_OK)
		rc = read_share(r, o, "answered_ppm", e->answered_ppm);
	if (rc == CM_OK && cm_json_has(o, "unseen"))
		rc = cm_statement_text(o, "unseen", r->arena, &e->unseen, r->err);
	return rc;
}

static CM_RESULT
read_bins(const struct reading *r, struct cm_json v, const char *name, uint64_t *bin, uint32_t *n)
{
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, name, &list, r->err);
	size_t i;

	if (rc == CM_OK && (cm_json_len(list) == 0 || cm_json_len(list) > CM_TRAFFIC_BINS ||
			       (*n != 0 && *n != cm_json_len(list))))
		return cm_err_set(r->err, CM_E_MALFORMED, "%s: expected 1 to %u numbers, as many as in the others",
		    name, CM_TRAFFIC_BINS);
	for (i = 0; rc == CM_OK && i < cm_json_len(list); i++)
		rc = cm_json_u64(cm_json_at(list, i), name, CM_JSON_INT_MAX, &bin[i], r->err);
	if (rc == CM_OK)
		*n = (uint32_t)cm_json_len(list);
	return rc;
}

/* Lists of the effect; a series without them shows none. */
static CM_RESULT
read_effect_lists(const struct reading *r, struct cm_json o, struct cm_traffic_series *s)
{
	enum cm_series_effect is = cm_json_has(o, "errors") || cm_json_has(o, "wait_us") ? CM_SERIES_ANSWERS :
	    cm_json_has(o, "opened") || cm_json_has(o, "answered") ? CM_SERIES_OPENINGS : CM_SERIES_PLAIN;
	enum cm_result rc = CM_OK;
	size_t i;

	if (is == CM_SERIES_ANSWERS && (cm_json_has(o, "opened") || cm_json_has(o, "answered")))
		return cm_err_set(r->err, CM_E_MALFORMED, "series: of answers, and of openings");
	for (i = 0; rc == CM_OK && is != CM_SERIES_PLAIN && i < 2; i++)
		rc = read_bins(r, o, effect_lists[is][i], s->effect[i], &s->n);
	s->effect_is = is;
	return rc;
}

static CM_RESULT
read_series(const struct reading *r, struct cm_json claimed, const struct cm_traffic_series **out)
{
	static const char *const only[] = { "from", "width_ns", "in", "rest", "out", "errors", "wait_us", "opened", "answered",
		NULL };
	struct cm_traffic_series *s = cm_arena_alloc(r->arena, sizeof(*s));
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(claimed, "series", &o, r->err);

	if (s == NULL)
		return no_memory(r);
	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = read_time(r, o, "from", &s->from_ns);
	if (rc == CM_OK)
		rc = cm_json_get_int(o, "width_ns", 1, CM_JSON_INT_MAX, &s->width_ns, r->err);
	if (rc == CM_OK)
		rc = read_bins(r, o, "in", s->in, &s->n);
	if (rc == CM_OK)
		rc = read_bins(r, o, "rest", s->rest, &s->n);
	if (rc == CM_OK)
		rc = read_bins(r, o, "out", s->out, &s->n);
	if (rc == CM_OK)
		rc = read_effect_lists(r, o, s);
	*out = s;
	return rc;
}

static CM_RESULT
read_baseline(const struct reading *r, struct cm_json claimed, struct cm_baseline *b)
{
	static const char *const only[] = { "how", "milli", "span_ms", NULL };
	unsigned how = 0;
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(claimed, "baseline", &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = cm_statement_word(o, "how", how_words, 3, &how, r->err);
	if (rc == CM_OK)
		rc = read_uint(r, o, "milli", &b->milli);
	if (rc == CM_OK)
		rc = read_uint(r, o, "span_ms", &b->span_ms);
	b->how = (enum cm_baseline_how)how;
	return rc;
}

static CM_RESULT
read_claims(const struct reading *r, struct cm_json o, struct cm_traffic_finding *f)
{
	const char *const count[] = { "sources", "targets", "hosts", "ports" };
	uint64_t *const counted[] = { &f->sources, &f->targets, &f->hosts, &f->ports };
	enum cm_result rc = read_figures(r, o, f);
	size_t i;

	for (i = 0; rc == CM_OK && i < 4; i++)
		rc = read_uint(r, o, count[i], counted[i]);
	if (rc == CM_OK)
		rc = cm_json_get_bool(o, "slow", &f->slow, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(o, "cut_begin", &f->cut_begin, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(o, "cut_end", &f->cut_end, r->err);
	if (rc == CM_OK)
		rc = read_baseline(r, o, &f->baseline);
	if (rc == CM_OK)
		rc = read_signs(r, o, f, false);
	if (rc == CM_OK)
		rc = read_effect(r, o, &f->effect);
	if (rc == CM_OK && cm_json_has(o, "series"))
		rc = read_series(r, o, &f->series);
	if (rc == CM_OK && cm_json_has(o, "name"))
		rc = cm_statement_text(o, "name", r->arena, &f->name, r->err);
	return rc;
}

static CM_RESULT
read_claimed(const struct reading *r, struct cm_json v, struct cm_traffic_v1 *t)
{
	static const char *const only[] = { "from", "to", "packets", "bytes", "peak_per_s", "mean_per_s",
		"sources", "targets", "hosts", "ports", "slow", "cut_begin", "cut_end", "baseline", "signs",
		"effect", "series", "name", NULL };
	struct cm_traffic_finding *f = &t->claimed;
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "claimed", &o, r->err);
	size_t i;

	f->kind = t->drawn.kind;
	f->verdict = t->drawn.verdict;
	f->port = t->drawn.port;
	f->proto = t->drawn.proto;
	f->service = t->drawn.service;
	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = read_claims(r, o, f);
	for (i = 0; rc == CM_OK && i < f->n_signs; i++)
		if (cm_traffic_sign_of(t->drawn.signs, t->drawn.n_signs, f->signs[i].kind->name) != NULL)
			return cm_err_set(r->err, CM_E_MALFORMED, "signs: claimed, and said of the draw, too");
	return rc;
}

CM_RESULT
cm_traffic_v1_read(struct cm_json predicate, struct cm_arena *arena, struct cm_traffic_v1 *out,
    struct cm_err *err)
{
	static const char *const figures[] = { "from", "to", "packets", "bytes", "peak_per_s", "mean_per_s", NULL };
	const struct reading r = { arena, err };
	struct cm_traffic_v1 t = { 0 };
	struct cm_json o;
	enum cm_result rc = read_head(&r, predicate, &t);

	if (rc == CM_OK)
		rc = read_what(&r, predicate, &t);
	if (rc == CM_OK)
		rc = read_rows(&r, predicate, &t);
	if (rc == CM_OK)
		rc = read_signs(&r, predicate, &t.drawn, true);
	if (rc == CM_OK)
		rc = cm_json_get_object(predicate, "drawn", &o, err);
	if (rc == CM_OK)
		rc = cm_json_only(o, figures, err);
	if (rc == CM_OK)
		rc = read_figures(&r, o, &t.drawn);
	if (rc == CM_OK)
		rc = read_claimed(&r, predicate, &t);
	if (rc == CM_OK)
		*out = t;
	return rc;
}
