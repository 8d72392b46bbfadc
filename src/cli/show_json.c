/* The case as one JSON object. */
#include "cli/show.h"
#include "cli/show_assessed.h"
#include "cli/show_counted.h"
#include "cli/show_evidence.h"
#include "codec/rfc3339.h"
#include "statement/custody.h"

static void
digest(struct cm_jsonw *w, const char *name, const uint8_t d[32])
{
	cm_jsonw_khex(w, name, cm_span_of(d, 32));
}

static void
exhibits(const struct cm_show *s, struct cm_jsonw *w)
{
	cm_jsonw_key(w, "exhibits");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->exhibits.n; i++) {
		const struct cm_case_exhibit *e = &s->exhibits.item[i];

		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", e->id);
		digest(w, "exhibit", e->x);
		cm_jsonw_kstr(w, "kind", e->kind);
		cm_jsonw_key(w, "columns");
		cm_jsonw_array(w);
		for (size_t c = 0; c < s->schema[i].n; c++)
			cm_jsonw_span(w, s->schema[i].column[c].name);
		cm_jsonw_array_end(w);
		cm_jsonw_kuint(w, "rows", e->rows);
		cm_show_evidence_json(w, cm_show_evidence_exhibit(s, i));
		digest(w, "root", e->root);
		digest(w, "statement", e->statement);
		cm_jsonw_kstr(w, "file", e->path);
		cm_jsonw_kuint(w, "bytes", e->size);
		if (e->has_sha256)
			digest(w, "sha256", e->sha256);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static enum cm_result
findings(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	struct cm_evidence_said said;
	enum cm_result r = CM_OK;

	cm_jsonw_key(w, "findings");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->findings.n && r == CM_OK; i++) {
		const struct cm_case_finding *f = &s->findings.item[i];

		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", f->id);
		cm_jsonw_kstr(w, "type", f->type);
		cm_jsonw_kstr(w, "verdict", f->verdict);
		cm_jsonw_kint(w, "bits", f->bits);
		cm_jsonw_kuint(w, "forged", f->forged);
		cm_jsonw_kuint(w, "genuine", f->genuine);
		cm_jsonw_kuint(w, "suspect", f->suspect);
		cm_jsonw_kuint(w, "support", f->support);
		r = cm_show_evidence_finding(s, i, &said, err);
		if (r == CM_OK)
			cm_show_evidence_json(w, said);
		digest(w, "statement", f->statement);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r;
}

static void
statements(const struct cm_show *s, struct cm_jsonw *w)
{
	char made[CM_RFC3339_LEN + 1];

	cm_jsonw_key(w, "statements");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->statements.n; i++) {
		const struct cm_case_statement *st = &s->statements.item[i];

		cm_rfc3339_format(st->made, made);
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "number", st->number);
		cm_jsonw_kstr(w, "type", cm_predicate_word(st->type));
		cm_jsonw_kstr(w, "by", st->by);
		cm_jsonw_kstr(w, "made", made);
		digest(w, "sha256", st->digest);
		cm_jsonw_kstr(w, "file", st->path);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "chain");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->chain.n; i++) {
		const struct cm_sequence_note *n = &s->chain.note[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", cm_sequence_word(n->kind));
		digest(w, "a", s->statements.item[n->a].digest);
		digest(w, "b", s->statements.item[n->b].digest);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
disclosures(const struct cm_show *s, struct cm_jsonw *w)
{
	cm_jsonw_key(w, "disclosures");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->disclosures.n; i++) {
		const struct cm_case_disclosure *d = &s->disclosures.item[i];

		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", d->id);
		cm_jsonw_kstr(w, "to", d->to);
		digest(w, "statement", d->statement);
		cm_jsonw_kstr(w, "dossier", d->path);
		cm_jsonw_kuint(w, "bytes", d->bytes);
		digest(w, "sha256", d->sha256);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static enum cm_result
custody(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	cm_jsonw_key(w, "custody");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		struct cm_custody c = { 0 };

		if (s->doc[i].head.type != CM_PREDICATE_CUSTODY)
			continue;
		r = cm_custody_read(&s->doc[i], &s->arena, &c, err);
		cm_jsonw_object(w);
		digest(w, "statement", s->doc[i].digest);
		cm_custody_write(w, &c);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r;
}

static enum cm_result
write_all(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	const struct cm_case_self *self = cm_case_self(s->c);
	enum cm_result r = CM_OK;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "case", cm_case_folder(s->c));
	cm_jsonw_kstr(w, "name", self->name);
	cm_jsonw_kstr(w, "role", self->role[0] == '\0' ? NULL : self->role);
	cm_jsonw_kstr(w, "fingerprint", self->fingerprint);
	if (s->parts & 1u << CM_SHOW_EXHIBITS)
		exhibits(s, w);
	if (s->parts & 1u << CM_SHOW_FINDINGS) {
		r = findings(s, w, err);
		if (r == CM_OK)
			r = cm_show_traffic_json(s, w, err);
		if (r == CM_OK)
			r = cm_show_chain_json(s, w, err);
		if (r == CM_OK)
			r = cm_show_assessment_json(s, w, err);
	}
	if (s->parts & 1u << CM_SHOW_STATEMENTS)
		statements(s, w);
	if (s->parts & 1u << CM_SHOW_DISCLOSURES)
		disclosures(s, w);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_CUSTODY))
		r = custody(s, w, err);
	cm_jsonw_object_end(w);
	return r;
}

enum cm_result
cm_show_json(struct cm_show *s, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_result r = write_all(s, &w, err);

	cm_buf_add_u8(&b, '\n');
	if (r == CM_OK && !cm_buf_ok(&b))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		fwrite(b.ptr, 1, b.len, s->ctx->out);
	cm_buf_release(&b);
	return r;
}
