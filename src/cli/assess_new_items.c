/* Findings of a case propose themselves as items; the numbers are left to people. */
#include <string.h>

#include "base/hex.h"
#include "capture/packet.h"
#include "cli/assess_new.h"
#include "cli/case.h"
#include "cli/disclose_choose.h"
#include "cli/show_evidence.h"
#include "statement/chain_v1.h"
#include "traffic/traffic.h"

struct proposing {
	struct cm_assess_begin *b;
	struct cm_show s;
	size_t n; /* items so far */
	struct cm_err err;
};

static void
put_forms(struct cm_buf *text, uint8_t forms)
{
	const char *comma = "";

	cm_buf_add_str(text, "  form   ");
	for (unsigned k = 0; k < CM_CHECK_FORMS; k++) {
		if ((forms >> k & 1) == 0)
			continue;
		cm_buf_printf(text, "%sC%u", comma, k + 1);
		comma = ", ";
	}
	cm_buf_add_str(text, "\n");
}

static void
put_type(struct cm_buf *text, const struct cm_evidence_type *t)
{
	int forge = t->forge_lo == CM_FORGE_GRADED ? 0 : t->forge_lo;

	cm_buf_printf(text, "  # %s: supports %s\n", t->name, t->supports);
	cm_buf_printf(text, "  type   %s\n  group  %s\n  forge  F%d\n  cost   D%u\n", t->id, t->group, forge, (unsigned)t->cost_hi);
	if (t->forms != 0)
		put_forms(text, t->forms);
}

static void
put_cells(struct cm_assess_begin *b, enum cm_layer layer)
{
	const char *word = cm_layer_word(layer);

	for (size_t i = 0; i < b->n_actors; i++)
		cm_buf_printf(&b->text, "  %s %s ?\n", word, b->actor[i]);
	for (size_t i = 0; i < b->n_actors && cm_assess_begin_kinds(layer); i++)
		cm_buf_printf(&b->text, "  %s %s-sponsored ?\n", word, b->actor[i]);
	if (cm_assess_begin_kinds(layer))
		cm_buf_printf(&b->text, "  %s criminals ?\n", word);
	cm_buf_printf(&b->text, "  %s other ?\n", word);
}

/* ${kind}: "finding", "traffic", "chain", which is also what its name begins with. */
static CM_RESULT
put_item(struct proposing *p, const char *kind, unsigned long long number, const char *text, const uint8_t digest[32], const char *id)
{
	struct cm_assess_begin *b = p->b;
	const struct cm_evidence_type *t = cm_registry_find(&b->registry, id);
	char hex[65] = { 0 };

	if (t == NULL)
		return cm_err_set(&p->err, CM_E_NOTFOUND, "%s %llu is of type %.8s, which is not known here", kind, number, id);
	cm_hex_encode(cm_span_of(digest, 32), hex);
	cm_buf_printf(&b->text, "item %s-%llu\n  text   %s\n", kind, number, text);
	put_type(&b->text, t);
	cm_buf_printf(&b->text, "  rests  %s %s\n  view   own\n", kind, hex);
	for (int k = 0; k < CM_LAYERS; k++)
		if ((b->layers >> k & 1) != 0)
			put_cells(b, (enum cm_layer)k);
	cm_buf_add_str(&b->text, "\n");
	p->n++;
	return CM_OK;
}

/* ---- findings ---- */

static CM_RESULT
put_findings(struct proposing *p, const uint64_t *id, size_t n, bool all)
{
	enum cm_result rc = CM_OK;
	struct cm_evidence_said said;

	for (size_t i = 0; i < p->s.findings.n && rc == CM_OK; i++) {
		const struct cm_case_finding *f = &p->s.findings.item[i];
		const char *text = cm_arena_printf(&p->b->arena, "%s, %s", f->type, f->verdict);
		bool asked = all;

		for (size_t k = 0; k < n && !asked; k++)
			asked = id[k] == f->id;
		if (!asked)
			continue;
		rc = text != NULL ? cm_show_evidence_finding(&p->s, i, &said, &p->err) : CM_E_NOMEM;
		if (rc == CM_OK)
			rc = put_item(p, "finding", (unsigned long long)f->id, text, f->statement, said.id);
	}
	return rc;
}

static CM_RESULT
put_traffic(struct proposing *p, size_t i, unsigned long long number)
{
	struct cm_traffic_v1 v;
	enum cm_result rc = cm_traffic_v1_read(p->s.doc[i].predicate, &p->s.arena, &v, &p->err);
	const char *text;

	if (rc != CM_OK)
		return rc;
	text = cm_arena_printf(&p->b->arena, "%s, %s", cm_traffic_kind_word(v.drawn.kind), cm_traffic_verdict_word(v.drawn.verdict));
	return text == NULL ? CM_E_NOMEM :
			      put_item(p, "traffic", number, text, p->s.doc[i].digest, cm_show_evidence_traffic(&p->s, &v).id);
}

static CM_RESULT
put_chain(struct proposing *p, size_t i, unsigned long long number)
{
	struct cm_chain_v1 v;
	enum cm_result rc = cm_chain_v1_read(p->s.doc[i].predicate, &p->s.arena, &v, &p->err);

	return rc == CM_OK ? put_item(p, "chain", number, "those who were handed a script asked for what was flooded",
				 p->s.doc[i].digest, cm_show_evidence_chain(&v).id) :
			     rc;
}

static CM_RESULT
put_counted(struct proposing *p)
{
	unsigned long long traffic = 0, chain = 0;
	enum cm_result rc = CM_OK;

	for (size_t i = 0; i < p->s.n_docs && rc == CM_OK; i++) {
		if (p->s.doc[i].head.type == CM_PREDICATE_TRAFFIC)
			rc = put_traffic(p, i, ++traffic);
		else if (p->s.doc[i].head.type == CM_PREDICATE_CHAIN)
			rc = put_chain(p, i, ++chain);
	}
	return rc;
}

static CM_RESULT
put_all(struct proposing *p)
{
	bool all = strcmp(p->b->findings, "all") == 0;
	uint64_t *id = NULL;
	size_t n = 0;
	enum cm_result rc = all ? CM_OK : cm_list_read(p->b->findings, &p->b->arena, &id, &n, &p->err);

	if (rc == CM_OK)
		rc = cm_show_load(&p->s, &p->err);
	if (rc == CM_OK)
		rc = put_findings(p, id, n, all);
	if (rc == CM_OK && all)
		rc = put_counted(p);
	if (rc == CM_OK && (p->n == 0 || (!all && p->n != n)))
		rc = cm_err_set(&p->err, CM_E_NOTFOUND, "no such finding; `comity show' lists them");
	return rc;
}

enum cm_exit
cm_assess_begin_items(struct cm_assess_begin *b)
{
	struct proposing p = { .b = b, .s = { .ctx = b->ctx } };
	enum cm_exit code;
	enum cm_result rc;

	if (!cm_cli_case(b->ctx, &p.s.c, &code))
		return code;
	cm_arena_init(&p.s.arena, 0);
	cm_buf_add_str(&b->text, "# From the case.  Text and type are proposals; a type that does not speak at a layer has no business there:\n"
				 "# then its lines of that layer go.\n\n");
	rc = put_all(&p);
	cm_show_release(&p.s);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(b->ctx, NULL, &p.err, NULL);
}
