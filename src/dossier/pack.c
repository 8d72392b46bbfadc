#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/facts.h"
#include "dossier/load.h"
#include "dossier/pack.h"
#include "dossier/pack_pairs.h"
#include "dossier/opened_write.h"
#include "dossier/report.h"

struct packing {
	const struct cm_pack_in *in;
	struct cm_arena *arena;
	struct cm_pack_out *out;
	struct cm_err *err;
	struct cm_zip_entry *entry;
	size_t n, cap;
	struct cm_plan *plan;
	struct cm_terms terms;
	bool no_parts; /* of datagrams are opened in full */
	struct cm_buf *opening, *opened; /* of each exhibit: the proof, and the file for other tools */
	struct cm_buf *pairs; /* the same: how many rows the hosts of findings have */
	struct cm_buf report, draft, map;
};

static enum cm_result
write_buf(void *arg, const void *ptr, size_t len)
{
	struct cm_buf *b = arg;

	cm_buf_add(b, ptr, len);
	return cm_buf_ok(b) ? CM_OK : CM_E_NOMEM;
}

struct cm_sink
cm_sink_of_buf(struct cm_buf *b)
{
	return (struct cm_sink) { write_buf, b };
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory to make the dossier");
}

static CM_RESULT
add_entry(struct packing *p, const char *name, struct cm_span data)
{
	const char *kept = cm_arena_printf(p->arena, "%s", name);

	if (kept == NULL)
		return no_memory(p->err);
	if (p->n == p->cap)
		return cm_err_set(p->err, CM_E_LIMIT, "more files than a dossier may have");
	p->entry[p->n++] = (struct cm_zip_entry) { cm_span_str(kept), data };
	return CM_OK;
}

static CM_RESULT
add_texts(struct packing *p, const char *word, const struct cm_pack_text *text, size_t i)
{
	const struct {
		const char *ending;
		struct cm_span data;
		bool there;
	} file[] = { { ".json", text->json, true }, { ".json.sig", text->sig, true },
		{ CM_RECEIPT_ENDING, text->receipt, text->receipt.len > 0 },
		{ CM_STAMP_ENDING, text->stamp, text->stamp.len > 0 } };
	char name[CM_ZIP_NAME + 1];
	enum cm_result rc = CM_OK;
	size_t k;

	for (k = 0; rc == CM_OK && k < sizeof(file) / sizeof(file[0]); k++) {
		snprintf(name, sizeof(name), "%s-%zu%s", word, i + 1, file[k].ending);
		if (file[k].there)
			rc = add_entry(p, name, file[k].data);
	}
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct cm_zip_entry *x = a, *y = b;

	return cm_span_cmp(x->name, y->name);
}

static struct cm_zip
as_zip(struct packing *p)
{
	qsort(p->entry, p->n, sizeof(p->entry[0]), by_name);
	return (struct cm_zip) { p->entry, p->n, NULL };
}

static CM_RESULT
begin(struct packing *p)
{
	const struct cm_pack_in *in = p->in;
	enum cm_result rc = CM_OK;
	size_t i;

	p->cap = CM_ZIP_ENTRIES;
	p->entry = cm_arena_array(p->arena, p->cap, sizeof(p->entry[0]));
	p->plan = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->plan[0]));
	p->opening = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->opening[0]));
	p->opened = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->opened[0]));
	p->pairs = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->pairs[0]));
	p->out->sum = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->out->sum[0]));
	p->out->compared = cm_arena_array(p->arena, in->n_exhibits + 1, sizeof(p->out->compared[0]));
	if (p->entry == NULL || p->plan == NULL || p->opening == NULL || p->opened == NULL || p->pairs == NULL ||
	    p->out->sum == NULL || p->out->compared == NULL)
		return no_memory(p->err);
	for (i = 0; rc == CM_OK && i < in->n_exhibits; i++)
		rc = add_texts(p, "seal", &in->exhibits[i].seal, i);
	for (i = 0; rc == CM_OK && i < in->n_findings; i++)
		rc = add_texts(p, "finding", &in->findings[i], i);
	for (i = 0; rc == CM_OK && i < in->n_traffic; i++)
		rc = add_texts(p, "traffic", &in->traffic[i], i);
	for (i = 0; rc == CM_OK && i < in->n_chains; i++)
		rc = add_texts(p, "chain", &in->chains[i], i);
	for (i = 0; rc == CM_OK && i < in->n_assessments; i++)
		rc = add_texts(p, "assessment", &in->assessments[i], i);
	for (i = 0; rc == CM_OK && i < in->n_custody; i++)
		rc = add_texts(p, "custody", &in->custody[i], i);
	for (i = 0; rc == CM_OK && i < in->n_consents; i++)
		rc = add_texts(p, "consent", &in->consents[i], i);
	if (rc == CM_OK && in->governed != NULL)
		rc = add_entry(p, CM_CHARTER_FILE, in->charter);
	if (rc == CM_OK && in->governed != NULL)
		rc = add_entry(p, CM_CHARTER_SIGS_FILE, in->charter_sigs);
	return rc;
}

enum pass { PASS_LEARN, PASS_PARTS, PASS_PLAN, PASS_LEAKS, PASS_N };

/* The rows of an exhibit, which can be read out of turn if the case has its index. */
static CM_RESULT
rows_of(struct packing *p, const struct cm_seal *seal, size_t k, struct cm_cut_rows **out)
{
	const struct cm_pack_exhibit *x = &p->in->exhibits[k];
	struct cm_cut_rows *rows = NULL;
	enum cm_result rc = cm_cut_rows_new(&seal->schema, x->source, x->name, &rows, p->err);

	if (rc == CM_OK)
		rc = cm_cut_rows_index(rows, x->index, seal->rows, p->err);
	if (rc == CM_OK)
		*out = rows;
	else
		cm_cut_rows_free(rows);
	return rc;
}

static CM_RESULT
one_pass(struct packing *p, struct cm_select *s, const struct cm_loaded *l, enum pass pass, size_t k)
{
	const struct cm_seal *seal = &l->seal[k].seal;
	struct cm_select_exhibit x = { (uint32_t)k, &seal->schema, &l->dossier.exhibits[k].shows, seal->rows,
		NULL };
	enum cm_result rc = rows_of(p, seal, k, &x.rows);

	if (rc != CM_OK)
		return rc;
	if (pass == PASS_LEARN)
		rc = cm_select_learn(s, &x, p->err);
	else if (pass == PASS_PARTS)
		rc = cm_select_parts(s, &x, p->err);
	else if (pass == PASS_PLAN)
		rc = cm_select_plan(s, &x, &p->plan[k], &p->out->sum[k], p->err);
	else if (p->in->governed != NULL)
		rc = cm_select_shut(s, &x, &p->plan[k], &p->out->sum[k], p->err);
	else
		rc = cm_select_leaks(s, &x, &p->plan[k], &p->out->leaks, p->err);
	cm_cut_rows_free(x.rows);
	return rc;
}

/* A dossier that hides nothing has nothing that shows through. */
static bool
is_needed(const struct packing *p, const struct cm_select *s, enum pass pass)
{
	if (pass == PASS_PARTS)
		return cm_select_needs_parts(s);
	if (pass != PASS_LEAKS)
		return true;
	return p->in->governed != NULL ? cm_select_shuts(s) : cm_select_hides(s);
}

/* What statements need opened. */
static CM_RESULT
select_cited(struct packing *p, const struct cm_loaded *l, struct cm_select_in *in)
{
	const struct cm_pack_in *from = p->in;
	const struct cm_finding **finding = cm_arena_array(p->arena, from->n_findings + 1, sizeof(*finding));
	struct cm_select_set *set = cm_arena_array(p->arena, from->n_traffic + from->n_chains + 1, sizeof(*set));
	size_t i;

	if (finding == NULL || set == NULL)
		return no_memory(p->err);
	*in = from->select;
	in->released = from->governed != NULL ? &from->governed->released : NULL;
	for (i = 0; i < from->n_findings; i++)
		finding[i] = &l->finding[i];
	in->findings = finding;
	in->n_findings = from->n_findings;
	in->sets = set;
	in->n_sets = from->n_traffic + from->n_chains;
	for (i = 0; i < from->n_traffic; i++)
		*set++ = (struct cm_select_set) { &l->traffic[i].support, l->traffic[i].drawn.kind };
	for (i = 0; i < from->n_chains; i++)
		*set++ = (struct cm_select_set) { &l->chain[i].clients, CM_TRAFFIC_HTTP };
	return CM_OK;
}

static CM_RESULT
make_plans(struct packing *p, const struct cm_loaded *l)
{
	struct cm_select_in in;
	struct cm_select *s = NULL;
	enum cm_result rc = select_cited(p, l, &in);
	int pass;
	size_t i;

	if (rc == CM_OK)
		rc = cm_select_new(&in, &s);
	for (pass = PASS_LEARN; rc == CM_OK && pass < PASS_N; pass++) {
		if (!is_needed(p, s, (enum pass)pass))
			continue;
		for (i = 0; rc == CM_OK && i < p->in->n_exhibits; i++)
			rc = one_pass(p, s, l, (enum pass)pass, i);
	}
	p->no_parts = rc == CM_OK && cm_select_has_no_parts(s);
	cm_select_free(s);
	if (rc == CM_OK && p->in->governed != NULL)
		cm_governed_picture(p->in->governed);
	if (rc == CM_OK && p->out->leaks.n != 0 && !p->in->leak_ok && !p->in->dry_run)
		return cm_err_set(p->err, CM_E_REFUSED, "hidden values stand in cells that would be opened");
	return rc == CM_E_NOMEM ? no_memory(p->err) : rc;
}

/* What the plans come to, for the ledger of the case. */
static CM_RESULT
make_map(struct packing *p, const struct cm_loaded *l)
{
	enum cm_result rc = CM_OK;
	size_t k;

	for (k = 0; rc == CM_OK && k < p->in->n_exhibits; k++) {
		struct cm_mapped_exhibit x = { &l->seal[k].seal, p->in->exhibits[k].secret, &p->plan[k], NULL };

		if (p->plan[k].n == 0)
			continue;
		rc = rows_of(p, x.seal, k, &x.rows);
		if (rc == CM_OK)
			rc = cm_mapped_add(&p->out->map, &x, p->err);
		cm_cut_rows_free(x.rows);
	}
	if (rc == CM_OK)
		rc = cm_map_write(&p->out->map, &p->map, p->err);
	return rc == CM_E_NOMEM ? no_memory(p->err) : rc;
}

/* Then the digest of the whole file can be shown, too, where it was sealed. */
static bool
opens_all(const struct cm_plan *plan, const struct cm_seal *seal)
{
	const struct cm_plan_range *r = plan->range;

	return seal->has_file && plan->n == 1 && r->from == 0 && r->to == seal->rows && r->tied == 0 &&
	    r->open == ~(cm_columns)0 >> (64 - seal->schema.n);
}

static CM_RESULT
open_exhibit(struct packing *p, const struct cm_loaded *l, size_t k)
{
	const struct cm_pack_exhibit *x = &p->in->exhibits[k];
	struct cm_table_open open = { .seal = &l->seal[k].seal, .secret = x->secret, .plan = &p->plan[k],
		.index = x->index, .no_parts = p->no_parts,
		.together = p->in->together };
	struct cm_sink sink = cm_sink_of_buf(&p->opening[k]);
	struct cm_cut_rows *rows;
	char name[CM_ZIP_NAME + 1];
	enum cm_result rc;

	if (p->plan[k].n == 0)
		return CM_OK;
	rc = rows_of(p, open.seal, k, &rows);
	if (rc != CM_OK)
		return rc;
	open.source = cm_cut_rows_source(rows);
	open.with_file = opens_all(&p->plan[k], open.seal);
	p->out->diff_exhibit = k;
	rc = cm_table_open(&open, &sink, &p->out->diff, p->err);
	cm_cut_rows_free(rows);
	p->out->compared[k] = p->out->diff.compared;
	snprintf(name, sizeof(name), "seal-%zu.opening", k + 1);
	return rc == CM_OK ? add_entry(p, name, cm_buf_span(&p->opening[k])) : rc;
}

/* Two files of the same openings, made together. */
struct made {
	struct packing *p;
	const struct cm_dossier *d;
	enum cm_result rc;
};

static void
make_opened(void *arg)
{
	struct made *m = arg;
	struct cm_sink sink;
	uint32_t k;

	for (k = 0; m->rc == CM_OK && k < m->d->n_exhibits; k++) {
		sink = cm_sink_of_buf(&m->p->opened[k]);
		if (m->d->exhibits[k].has_opening)
			m->rc = cm_opened_write(m->d, k, &sink);
	}
}

static void
make_report(void *arg)
{
	struct made *m = arg;
	struct cm_buf facts = { 0 };

	m->rc = cm_facts_write(m->d, &facts);
	if (m->rc == CM_OK)
		m->rc = cm_report_render(m->d, cm_buf_span(&facts), NULL, &m->p->report);
	cm_buf_release(&facts);
}

static CM_RESULT
add_opened(struct packing *p, const struct cm_dossier *d)
{
	char name[CM_ZIP_NAME + 1];
	enum cm_result rc = CM_OK;
	uint32_t k;

	for (k = 0; rc == CM_OK && k < d->n_exhibits; k++) {
		if (!d->exhibits[k].has_opening)
			continue;
		snprintf(name, sizeof(name), "seal-%u%s", k + 1,
		    cm_opened_ending(d->exhibits[k].schema->kind));
		rc = add_entry(p, name, cm_buf_span(&p->opened[k]));
	}
	return rc;
}

static CM_RESULT
add_both(struct packing *p, const struct cm_dossier *d)
{
	struct made opened = { .p = p, .d = d }, report = { .p = p, .d = d };
	enum cm_result rc;

	cm_together_do(p->in->together, make_report, &report, make_opened, &opened);
	if (opened.rc != CM_OK || report.rc != CM_OK)
		return no_memory(p->err);
	rc = add_opened(p, d);
	if (rc == CM_OK && p->in->governed != NULL && !p->in->governed->picture)
		return CM_OK;
	return rc == CM_OK ? add_entry(p, "report.html", cm_buf_span(&p->report)) : rc;
}

static CM_RESULT
add_draft(struct packing *p, const struct cm_dossier *d)
{
	struct cm_disclosure x = { .n_seals = d->n_exhibits, .n_findings = d->n_findings,
		.n_traffic = d->n_traffic, .n_chains = d->n_chains, .n_assessments = d->n_assessments, .hides = d->hides,
		.leaks_accepted = d->leaks_accepted, .tool_name = p->in->tool_name,
		.tool_version = p->in->tool_version, .has_terms = true, .terms = p->terms };
	struct cm_jsonw w = cm_jsonw_of(&p->draft, 0);
	size_t i;

	memcpy(x.tool_source, p->in->tool_source, 32);
	x.seals = cm_arena_array(p->arena, x.n_seals + 1, 32);
	x.findings = cm_arena_array(p->arena, x.n_findings + 1, 32);
	x.traffic = cm_arena_array(p->arena, x.n_traffic + 1, 32);
	x.chains = cm_arena_array(p->arena, x.n_chains + 1, 32);
	x.assessments = cm_arena_array(p->arena, x.n_assessments + 1, 32);
	x.shows = cm_arena_array(p->arena, x.n_seals + 1, sizeof(x.shows[0]));
	if (x.seals == NULL || x.findings == NULL || x.traffic == NULL || x.chains == NULL || x.assessments == NULL ||
	    x.shows == NULL)
		return no_memory(p->err);
	for (i = 0; i < x.n_seals; i++) {
		memcpy(x.seals[i], d->exhibits[i].statement, 32);
		x.shows[i] = d->exhibits[i].shows;
	}
	for (i = 0; i < x.n_findings; i++)
		memcpy(x.findings[i], d->findings[i].statement, 32);
	for (i = 0; i < x.n_traffic; i++)
		memcpy(x.traffic[i], d->traffic[i].statement, 32);
	for (i = 0; i < x.n_chains; i++)
		memcpy(x.chains[i], d->chains[i].statement, 32);
	for (i = 0; i < x.n_assessments; i++)
		memcpy(x.assessments[i], d->assessments[i].statement, 32);
	cm_jsonw_object(&w);
	cm_disclosure_write(&w, &x);
	cm_jsonw_object_end(&w);
	if (!cm_buf_ok(&p->draft))
		return no_memory(p->err);
	return add_entry(p, CM_PACK_DRAFT, cm_buf_span(&p->draft));
}

/* All has been asked for: under which terms it goes out. */
static CM_RESULT
settle_terms(struct packing *p, struct cm_loaded *l)
{
	p->terms = p->in->terms;
	l->dossier.terms = &p->terms;
	return p->in->governed == NULL ? CM_OK : cm_governed_terms(p->in->governed, p->arena, &p->terms, p->err);
}

static CM_RESULT
add_pairs(struct packing *p, struct cm_loaded *l)
{
	char name[CM_ZIP_NAME + 1];
	enum cm_result rc = CM_OK;
	struct cm_zip zip;
	size_t k;

	for (k = 0; rc == CM_OK && k < p->in->n_exhibits; k++) {
		if (l->seal[k].seal.has_pairs && p->in->governed != NULL && !cm_governed_count(p->in->governed, k))
			continue;
		rc = cm_pack_pairs(l, k, &p->in->exhibits[k], &p->pairs[k], p->err);
		snprintf(name, sizeof(name), "seal-%zu" CM_PAIRS_ENDING, k + 1);
		if (rc == CM_OK && p->pairs[k].len > 0)
			rc = add_entry(p, name, cm_buf_span(&p->pairs[k]));
	}
	zip = as_zip(p);
	return rc == CM_OK ? cm_load_pairs(l, &zip, p->err) : rc;
}

/* What is made of the openings, as the receiver will read them. */
static CM_RESULT
add_made(struct packing *p, struct cm_loaded *l)
{
	struct cm_zip zip = as_zip(p);
	enum cm_result rc = cm_load_openings(l, &zip, p->err);

	if (rc == CM_OK)
		rc = add_pairs(p, l);
	l->dossier.by = p->in->by;
	l->dossier.made = p->in->made;
	l->dossier.to = p->in->to;
	l->dossier.version = p->in->tool_version;
	l->dossier.hides = p->in->select.hides;
	l->dossier.leaks_accepted = p->out->leaks.n;
	if (rc == CM_OK)
		rc = settle_terms(p, l);
	if (rc == CM_OK)
		rc = add_both(p, &l->dossier);
	if (rc == CM_OK)
		rc = add_draft(p, &l->dossier);
	return rc;
}

static CM_RESULT
pack(struct packing *p, struct cm_loaded *l)
{
	struct cm_zip zip;
	enum cm_result rc;
	size_t k;

	rc = begin(p);
	if (rc != CM_OK)
		return rc;
	zip = as_zip(p);
	rc = cm_load(l, &zip, p->err);
	p->out->exhibits = l->dossier.exhibits;
	if (rc == CM_OK)
		rc = make_plans(p, l);
	if (rc == CM_OK)
		rc = make_map(p, l);
	if (rc != CM_OK || p->in->dry_run)
		return rc;
	for (k = 0; rc == CM_OK && k < p->in->n_exhibits; k++)
		rc = open_exhibit(p, l, k);
	if (rc == CM_OK)
		rc = add_made(p, l);
	if (rc == CM_OK)
		rc = add_entry(p, CM_PACK_MAP, cm_buf_span(&p->map));
	return rc == CM_OK ? cm_zip_write(p->entry, p->n, p->in->files, p->err) : rc;
}

CM_RESULT
cm_pack(const struct cm_pack_in *in, struct cm_arena *arena, struct cm_pack_out *out, struct cm_err *err)
{
	struct packing p = { .in = in, .arena = arena, .out = out, .err = err };
	struct cm_loaded l = { .arena = arena, .together = in->together };
	enum cm_result rc = pack(&p, &l);
	size_t k;

	cm_loaded_release(&l);
	for (k = 0; p.plan != NULL && p.opening != NULL && p.opened != NULL && k < in->n_exhibits; k++) {
		cm_plan_release(&p.plan[k]);
		cm_buf_release(&p.opening[k]);
		cm_buf_release(&p.opened[k]);
		if (p.pairs != NULL)
			cm_buf_release(&p.pairs[k]);
	}
	cm_buf_release(&p.report);
	cm_buf_release(&p.draft);
	cm_buf_release(&p.map);
	return rc;
}

void
cm_pack_release(struct cm_pack_out *out)
{
	cm_leaks_release(&out->leaks);
	cm_map_release(&out->map);
}
