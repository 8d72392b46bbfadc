#include <string.h>

#include "codec/json_write.h"
#include "dossier/facts.h"
#include "seal/schema.h"

static void
write_collected(struct cm_jsonw *w, const struct cm_shown_exhibit *x)
{
	size_t i;

	cm_jsonw_key(w, "collected");
	cm_jsonw_object(w);
	for (i = 0; i < x->n_collected; i++) {
		cm_jsonw_key(w, x->collected[i].name);
		if (x->collected[i].text != NULL) {
			cm_jsonw_str(w, x->collected[i].text);
			continue;
		}
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "shut", x->collected[i].shut);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_object_end(w);
}

static void
write_seals(struct cm_jsonw *w, const struct cm_dossier *d)
{
	const struct cm_shown_exhibit *x;
	size_t i;

	cm_jsonw_key(w, "seals");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_exhibits; i++) {
		x = &d->exhibits[i];
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(x->statement, 32));
		cm_jsonw_khex(w, "exhibit", cm_span_of(x->exhibit, 32));
		cm_jsonw_kstr(w, "kind", x->kind);
		cm_jsonw_kuint(w, "rows", x->table_rows);
		cm_jsonw_khex(w, "root", cm_span_of(x->root, 32));
		write_collected(w, x);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "shows");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_exhibits; i++)
		cm_shows_write(w, &d->exhibits[i].shows);
	cm_jsonw_array_end(w);
}

/* Seals that a statement cites, in their order. */
struct cites {
	const struct cm_dossier *d;
	uint8_t (*seals)[32];
	size_t n;
};

/* A row set as the statement has it: one list for each seal that it cites. */
static void
write_rows(struct cm_jsonw *w, const char *name, const struct cites *c, const struct cm_ids *set)
{
	size_t k, j = 0, i = 0;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (k = 0; k < c->d->n_exhibits && j < c->n; k++) {
		if (memcmp(c->d->exhibits[k].statement, c->seals[j], 32) != 0)
			continue;
		cm_jsonw_array(w);
		for (; i < set->n && cm_packet_file(set->id[i]) <= k; i++)
			cm_jsonw_uint(w, cm_packet_frame(set->id[i]));
		cm_jsonw_array_end(w);
		j++;
	}
	cm_jsonw_array_end(w);
}

static void
write_finding(struct cm_jsonw *w, const struct cm_dossier *d, const struct cm_shown_finding *s)
{
	const struct cm_finding *f = s->body;
	const struct cites c = { d, f->seals, f->n_seals };
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_khex(w, "statement", cm_span_of(s->statement, 32));
	cm_jsonw_kstr(w, "type", cm_incident_type_word(f->type));
	cm_jsonw_kstr(w, "verdict", cm_verdict_word(f->verdict));
	cm_jsonw_kint(w, "bits", f->bits);
	write_rows(w, "forged", &c, &f->forged);
	write_rows(w, "genuine", &c, &f->genuine);
	write_rows(w, "suspect", &c, &f->suspect);
	write_rows(w, "support", &c, &f->support);
	cm_jsonw_key(w, "cues");
	cm_jsonw_array(w);
	for (i = 0; i < f->n_cues; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", f->cues[i].name);
		cm_jsonw_kint(w, "bits", f->cues[i].bits);
		cm_jsonw_kstr(w, "rests_on", cm_rests_word(f->cues[i].rests));
		write_rows(w, "rows", &c, &f->cues[i].rows);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

static void
write_range(struct cm_jsonw *w, const struct cites *c, const struct cm_traffic_range *range)
{
	size_t k, j = 0;

	cm_jsonw_key(w, "range");
	cm_jsonw_array(w);
	for (k = 0; k < c->d->n_exhibits && j < c->n; k++) {
		if (memcmp(c->d->exhibits[k].statement, c->seals[j], 32) != 0)
			continue;
		j++;
		if (!range[k].any) {
			cm_jsonw_null(w);
			continue;
		}
		cm_jsonw_array(w);
		cm_jsonw_uint(w, range[k].first);
		cm_jsonw_uint(w, range[k].last);
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_figures(struct cm_jsonw *w, const char *name, const struct cm_traffic_finding *f)
{
	char time[CM_TIME_NS_LEN + 1];

	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	cm_time_ns_format(f->from_ns, time);
	cm_jsonw_kstr(w, "from", time);
	cm_time_ns_format(f->to_ns, time);
	cm_jsonw_kstr(w, "to", time);
	cm_jsonw_kuint(w, "packets", f->packets);
	cm_jsonw_kuint(w, "bytes", f->bytes);
	cm_jsonw_kuint(w, "peak_per_s", f->peak_per_s);
	cm_jsonw_kuint(w, "mean_per_s", f->mean_per_s);
	cm_jsonw_object_end(w);
}

static void
write_traffic(struct cm_jsonw *w, const struct cm_dossier *d, const struct cm_shown_traffic *s)
{
	const struct cm_traffic_v1 *t = s->body;
	const struct cites c = { d, t->seals, t->n_seals };
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_khex(w, "statement", cm_span_of(s->statement, 32));
	cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(t->drawn.kind));
	cm_jsonw_kstr(w, "verdict", cm_traffic_verdict_word(t->drawn.verdict));
	cm_jsonw_kuint(w, "thin", t->thin);
	write_range(w, &c, t->range);
	write_rows(w, "support", &c, &t->support);
	cm_jsonw_kuint(w, "port", t->drawn.port);
	cm_jsonw_kuint(w, "proto", t->drawn.proto);
	if (t->drawn.service != NULL)
		cm_jsonw_kstr(w, "service", t->drawn.service);
	cm_jsonw_key(w, "signs");
	cm_jsonw_array(w);
	for (i = 0; i < t->drawn.n_signs; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", t->drawn.signs[i].kind->name);
		cm_jsonw_kint(w, "value", t->drawn.signs[i].value);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	write_figures(w, "drawn", &t->drawn);
	write_figures(w, "claimed", &t->claimed);
	cm_jsonw_object_end(w);
}

static void
write_table(struct cm_jsonw *w, const struct cm_chain_v1 *v)
{
	cm_jsonw_key(w, "table");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "a", v->a);
	cm_jsonw_kuint(w, "b", v->b);
	cm_jsonw_kuint(w, "c", v->c);
	cm_jsonw_kuint(w, "d", v->d);
	cm_jsonw_kuint(w, "p_milli", v->p_milli);
	cm_jsonw_object_end(w);
}

static void
write_chain(struct cm_jsonw *w, const struct cm_dossier *d, const struct cm_shown_chain *s)
{
	const struct cm_chain_v1 *v = s->body;
	const struct cites c = { d, v->seals, v->n_seals };
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_khex(w, "statement", cm_span_of(s->statement, 32));
	cm_jsonw_key(w, "scripts");
	cm_jsonw_array(w);
	for (i = 0; i < v->n_scripts; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "finding", cm_span_of(v->scripts[i].finding, 32));
		write_rows(w, "rows", &c, &v->scripts[i].rows);
		cm_jsonw_kuint(w, "target", v->scripts[i].target);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "floods");
	cm_jsonw_array(w);
	for (i = 0; i < v->n_floods; i++)
		cm_jsonw_hex(w, cm_span_of(v->floods[i], 32));
	cm_jsonw_array_end(w);
	write_rows(w, "clients", &c, &v->clients);
	write_table(w, v);
	cm_jsonw_object_end(w);
}

/* What is open of an assessment; its sums are the report's. */
static void
write_assessment(struct cm_jsonw *w, const struct cm_dossier *d, const struct cm_shown_assessment *a)
{
	cm_jsonw_object(w);
	cm_jsonw_khex(w, "statement", cm_span_of(a->statement, 32));
	cm_jsonw_kstr(w, "by", a->by);
	cm_jsonw_kstr(w, "made", a->made);
	cm_jsonw_khex(w, "seal", cm_span_of(d->exhibits[a->exhibit].statement, 32));
	cm_jsonw_kuint(w, "items", a->body->items);
	cm_jsonw_kuint(w, "items_open", a->items_open);
	cm_jsonw_kuint(w, "results", a->body->results);
	cm_jsonw_kuint(w, "results_open", a->results_open);
	cm_jsonw_object_end(w);
}

/* Members that are absent if there is nothing to say. */
static void
write_more(struct cm_jsonw *w, const struct cm_dossier *d)
{
	size_t i;

	if (d->n_traffic > 0) {
		cm_jsonw_key(w, "traffic");
		cm_jsonw_array(w);
		for (i = 0; i < d->n_traffic; i++)
			write_traffic(w, d, &d->traffic[i]);
		cm_jsonw_array_end(w);
	}
	if (d->n_chains > 0) {
		cm_jsonw_key(w, "chains");
		cm_jsonw_array(w);
		for (i = 0; i < d->n_chains; i++)
			write_chain(w, d, &d->chains[i]);
		cm_jsonw_array_end(w);
	}
	if (d->n_assessments > 0) {
		cm_jsonw_key(w, "assessments");
		cm_jsonw_array(w);
		for (i = 0; i < d->n_assessments; i++)
			write_assessment(w, d, &d->assessments[i]);
		cm_jsonw_array_end(w);
	}
}

/* The writer of JSON escapes more than 3.3 says, and knows no \b and \f. */
static size_t
copy_escape(struct cm_span s, struct cm_buf *out)
{
	static const char *const from[] = { "\\u0008", "\\u000c", "\\u007f" };
	static const char *const to[] = { "\\b", "\\f", "\x7f" };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (s.len >= 6 && memcmp(s.ptr, from[i], 6) == 0) {
			cm_buf_add_str(out, to[i]);
			return 6;
		}
	}
	cm_buf_add_span(out, cm_span_part(s, 0, 2));
	return 2;
}

static void
copy_plainly(struct cm_span s, struct cm_buf *out)
{
	size_t i = 0;

	while (i < s.len) {
		if (s.ptr[i] == '\\') {
			i += copy_escape(cm_span_part(s, i, s.len - i), out);
			continue;
		}
		if (s.ptr[i] == '<')
			cm_buf_add_str(out, "\\u003c");
		else
			cm_buf_add_u8(out, s.ptr[i]);
		i++;
	}
}

CM_RESULT
cm_facts_write(const struct cm_dossier *d, struct cm_buf *out)
{
	struct cm_buf plain = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&plain, 0);
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kint(&w, "layout", CM_DISCLOSURE_LAYOUT);
	cm_jsonw_kstr(&w, "by", d->by);
	cm_jsonw_kstr(&w, "made", d->made);
	if (d->terms != NULL) {
		cm_jsonw_key(&w, "terms");
		cm_terms_write(&w, d->terms);
	}
	write_seals(&w, d);
	cm_jsonw_key(&w, "findings");
	cm_jsonw_array(&w);
	for (i = 0; i < d->n_findings; i++)
		write_finding(&w, d, &d->findings[i]);
	cm_jsonw_array_end(&w);
	write_more(&w, d);
	cm_jsonw_object_end(&w);
	copy_plainly(cm_buf_span(&plain), out);
	out->failed |= !cm_buf_ok(&plain);
	cm_buf_release(&plain);
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
