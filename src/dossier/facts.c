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

/* A row set as the finding has it: one list for each seal that it cites. */
static void
write_rows(struct cm_jsonw *w, const char *name, const struct cm_dossier *d, const struct cm_finding *f,
    const struct cm_ids *set)
{
	size_t k, j = 0, i = 0;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (k = 0; k < d->n_exhibits && j < f->n_seals; k++) {
		if (memcmp(d->exhibits[k].statement, f->seals[j], 32) != 0)
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
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_khex(w, "statement", cm_span_of(s->statement, 32));
	cm_jsonw_kstr(w, "type", cm_incident_type_word(f->type));
	cm_jsonw_kstr(w, "verdict", cm_verdict_word(f->verdict));
	cm_jsonw_kint(w, "bits", f->bits);
	write_rows(w, "forged", d, f, &f->forged);
	write_rows(w, "genuine", d, f, &f->genuine);
	write_rows(w, "suspect", d, f, &f->suspect);
	write_rows(w, "support", d, f, &f->support);
	cm_jsonw_key(w, "cues");
	cm_jsonw_array(w);
	for (i = 0; i < f->n_cues; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", f->cues[i].name);
		cm_jsonw_kint(w, "bits", f->cues[i].bits);
		cm_jsonw_kstr(w, "rests_on", cm_rests_word(f->cues[i].rests));
		write_rows(w, "rows", d, f, &f->cues[i].rows);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
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
	write_seals(&w, d);
	cm_jsonw_key(&w, "findings");
	cm_jsonw_array(&w);
	for (i = 0; i < d->n_findings; i++)
		write_finding(&w, d, &d->findings[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	copy_plainly(cm_buf_span(&plain), out);
	out->failed |= !cm_buf_ok(&plain);
	cm_buf_release(&plain);
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
