/* Floods, scans and chains of a case, as `comity disclose --traffic` and `--chain` count them. */
#include "chain/chain_json.h"
#include "cli/show_counted.h"
#include "cli/show_evidence.h"
#include "statement/chain_v1.h"
#include "statement/traffic_v1.h"

static const char *
number(struct cm_show *s, uint64_t n)
{
	return cm_arena_printf(&s->arena, "%llu", (unsigned long long)n);
}

static const char *
short_hex(struct cm_show *s, const uint8_t digest[32])
{
	return cm_arena_printf(&s->arena, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

CM_RESULT
cm_show_traffic_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err)
{
	enum cm_result r = CM_OK;
	struct cm_traffic_v1 v;
	uint64_t n = 0;

	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		if (s->doc[i].head.type != CM_PREDICATE_TRAFFIC)
			continue;
		r = cm_traffic_v1_read(s->doc[i].predicate, &s->arena, &v, err);
		if (r != CM_OK)
			break;
		r = cm_table_row(t, (const char *const[]) { number(s, ++n), cm_traffic_kind_word(v.drawn.kind),
			cm_traffic_verdict_word(v.drawn.verdict), number(s, v.claimed.packets),
			number(s, v.claimed.peak_per_s), number(s, v.thin), number(s, v.support.n),
			cm_show_evidence_cell(s, cm_show_evidence_traffic(s, &v)), short_hex(s, s->doc[i].digest) });
	}
	return r;
}

CM_RESULT
cm_show_chain_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err)
{
	enum cm_result r = CM_OK;
	char p[CM_FISHER_TEXT];
	struct cm_chain_v1 v;
	uint64_t n = 0;

	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		if (s->doc[i].head.type != CM_PREDICATE_CHAIN)
			continue;
		r = cm_chain_v1_read(s->doc[i].predicate, &s->arena, &v, err);
		if (r != CM_OK)
			break;
		cm_fisher_text((struct cm_fisher) { .milli = v.p_milli }, p);
		r = cm_table_row(t, (const char *const[]) { number(s, ++n), number(s, v.n_scripts), number(s, v.n_floods),
			cm_arena_printf(&s->arena, "%llu of %llu", (unsigned long long)v.a, (unsigned long long)(v.a + v.b)),
			cm_arena_printf(&s->arena, "%llu of %llu", (unsigned long long)v.c, (unsigned long long)(v.c + v.d)),
			cm_arena_printf(&s->arena, "%s", p), cm_show_evidence_cell(s, cm_show_evidence_chain(&v)), short_hex(s, s->doc[i].digest) });
	}
	return r;
}

size_t
cm_show_count(const struct cm_show *s, enum cm_predicate type)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_docs; i++)
		n += s->doc[i].head.type == type;
	return n;
}

CM_RESULT
cm_show_traffic_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	enum cm_result r = CM_OK;
	struct cm_traffic_v1 v;
	uint64_t n = 0;

	cm_jsonw_key(w, "traffic");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		if (s->doc[i].head.type != CM_PREDICATE_TRAFFIC)
			continue;
		r = cm_traffic_v1_read(s->doc[i].predicate, &s->arena, &v, err);
		if (r != CM_OK)
			break;
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", ++n);
		cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(v.drawn.kind));
		cm_jsonw_kstr(w, "verdict", cm_traffic_verdict_word(v.drawn.verdict));
		cm_jsonw_kuint(w, "packets", v.claimed.packets);
		cm_jsonw_kuint(w, "peak_per_second", v.claimed.peak_per_s);
		cm_jsonw_kuint(w, "thin", v.thin);
		cm_jsonw_kuint(w, "support", v.support.n);
		cm_show_evidence_json(w, cm_show_evidence_traffic(s, &v));
		cm_jsonw_khex(w, "statement", cm_span_of(s->doc[i].digest, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r;
}

CM_RESULT
cm_show_chain_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	enum cm_result r = CM_OK;
	struct cm_chain_v1 v;
	uint64_t n = 0;

	cm_jsonw_key(w, "chains");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		if (s->doc[i].head.type != CM_PREDICATE_CHAIN)
			continue;
		r = cm_chain_v1_read(s->doc[i].predicate, &s->arena, &v, err);
		if (r != CM_OK)
			break;
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", ++n);
		cm_jsonw_kuint(w, "scripts", v.n_scripts);
		cm_jsonw_kuint(w, "floods", v.n_floods);
		cm_jsonw_kuint(w, "script_asked", v.a);
		cm_jsonw_kuint(w, "script_not", v.b);
		cm_jsonw_kuint(w, "none_asked", v.c);
		cm_jsonw_kuint(w, "none_not", v.d);
		cm_show_evidence_json(w, cm_show_evidence_chain(&v));
		cm_jsonw_khex(w, "statement", cm_span_of(s->doc[i].digest, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r;
}
