#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/completes.h"
#include "statement/disclosure.h"
#include "statement/finding.h"

#define FINDINGS_MAX 4096u /* of a case that are looked at */

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static bool
is_for(const struct cm_case_disclosure *d, const char *to)
{
	return strcmp(d->to, to) == 0 || strcmp(d->to, CM_PUBLIC) == 0;
}

static CM_RESULT
add_map(struct cm_completes *k, struct cm_case *c, const struct cm_case_disclosure *d, struct cm_err *err)
{
	struct cm_map m = { 0 };
	enum cm_result rc = cm_case_opened(c, d->statement, &m, err);

	if (rc == CM_E_NOTFOUND) {
		k->n_unknown++;
		return CM_OK;
	}
	if (rc == CM_OK) {
		rc = cm_map_join(&k->before, &m);
		if (rc != CM_OK)
			(void)cm_err_set(err, rc, "what %s has already can not be added up", d->to);
	}
	cm_map_release(&m);
	return rc;
}

/* Did its owner make it for his own use?  Only among those without a recipient's name. */
static CM_RESULT
is_own_use(struct cm_case *c, const struct cm_case_disclosure *d, struct cm_arena *arena, bool *out, struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_disclosure body;
	struct cm_buf json = { 0 };
	enum cm_result rc;

	*out = false;
	if (d->to[0] != 0)
		return CM_OK;
	rc = cm_case_statement_text(c, d->statement, &json, NULL, err);
	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), arena, &doc, err);
	if (rc == CM_OK)
		rc = cm_disclosure_read(doc.predicate, arena, &body, err);
	*out = rc == CM_OK && body.has_terms && body.terms.use == CM_TERMS_OWN;
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return rc;
}

static CM_RESULT
read_before(struct cm_completes *k, struct cm_case *c, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_case_disclosures all;
	enum cm_result rc = cm_case_disclosures(c, arena, &all, err);
	bool own = false;
	size_t i;

	for (i = 0; rc == CM_OK && i < all.n; i++) {
		if (!is_for(&all.item[i], k->to))
			continue;
		rc = is_own_use(c, &all.item[i], arena, &own, err);
		if (own)
			continue;
		k->n_before++;
		if (rc == CM_OK)
			rc = add_map(k, c, &all.item[i], err);
	}
	return rc;
}

/* The exhibit whose seal has that digest. */
static const struct cm_case_exhibit *
sealed_by(const struct cm_case_exhibits *all, const uint8_t statement[32])
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (memcmp(all->item[i].statement, statement, 32) == 0)
			return &all->item[i];
	return NULL;
}

/* One group for each exhibit that the finding cites. */
static CM_RESULT
add_groups(struct cm_completes *k, const struct cm_finding *f, uint64_t number, struct cm_arena *arena, struct cm_err *err)
{
	size_t s, i;

	for (s = 0; s < f->n_seals; s++) {
		const struct cm_case_exhibit *x = sealed_by(&k->exhibits, f->seals[s]);
		struct cm_gain_group *g = &k->group[k->n_groups];
		uint64_t *row = cm_arena_array(arena, f->support.n + 1, sizeof(*row));

		g->name = cm_arena_printf(arena, "finding %" PRIu64, number);
		if (row == NULL || g->name == NULL)
			return no_memory(err);
		for (g->n = 0, i = 0; i < f->support.n; i++)
			if (cm_packet_file(f->support.id[i]) == s)
				row[g->n++] = cm_packet_frame(f->support.id[i]);
		g->row = row;
		if (x == NULL || g->n == 0)
			continue;
		memcpy(g->x, x->x, CM_HASH_LEN);
		if (++k->n_groups == FINDINGS_MAX)
			return CM_OK;
	}
	return CM_OK;
}

static CM_RESULT
read_finding(struct cm_completes *k, struct cm_case *c, const struct cm_case_finding *of, struct cm_arena *arena,
    struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_buf json = { 0 };
	struct cm_finding f;
	enum cm_result rc = cm_case_statement_text(c, of->statement, &json, NULL, err);

	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), arena, &doc, err);
	if (rc == CM_OK)
		rc = cm_finding_read(doc.predicate, arena, &f, err);
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return rc == CM_OK ? add_groups(k, &f, of->id, arena, err) : rc;
}

static CM_RESULT
read_findings(struct cm_completes *k, struct cm_case *c, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_case_findings all;
	enum cm_result rc = cm_case_findings(c, arena, &all, err);
	size_t i;

	k->group = cm_arena_array(arena, FINDINGS_MAX + 1, sizeof(k->group[0]));
	if (rc == CM_OK && k->group == NULL)
		return no_memory(err);
	for (i = 0; rc == CM_OK && i < all.n && k->n_groups < FINDINGS_MAX; i++)
		rc = read_finding(k, c, &all.item[i], arena, err);
	return rc;
}

enum cm_result
cm_completes_begin(
    struct cm_completes *k, struct cm_case *c, const char *to, struct cm_arena *arena, struct cm_err *err)
{
	enum cm_result rc;

	k->to = to != NULL ? to : "";
	rc = cm_case_exhibits(c, arena, &k->exhibits, err);
	if (rc == CM_OK)
		rc = read_before(k, c, arena, err);
	/* who has nothing gets nothing completed */
	return rc == CM_OK && k->before.n > 0 ? read_findings(k, c, arena, err) : rc;
}

void
cm_completes_fini(struct cm_completes *k)
{
	cm_map_release(&k->before);
	free(k->gain);
	memset(k, 0, sizeof(*k));
}

enum cm_result
cm_completes_find(struct cm_completes *k, const struct cm_map *more, struct cm_err *err)
{
	struct cm_gain_in in = { &k->before, more, k->group, k->n_groups };
	enum cm_result rc;

	free(k->gain);
	k->gain = calloc(1, sizeof(*k->gain));
	if (k->gain == NULL)
		return no_memory(err);
	rc = cm_gain_find(&in, k->gain);
	return rc == CM_OK ? rc : cm_err_set(err, rc, "what this adds to earlier disclosures can not be told: %s",
				      cm_result_word(rc));
}

void
cm_exhibit_name(const struct cm_case_exhibits *all, const uint8_t x[32], char out[32])
{
	size_t i;

	snprintf(out, 32, "an exhibit");
	for (i = 0; i < all->n; i++)
		if (memcmp(all->item[i].x, x, 32) == 0)
			snprintf(out, 32, "exhibit %" PRIu64, all->item[i].id);
}

/* False: no memory. */
static bool
line_of(const struct cm_completes *k, const struct cm_gained *g, struct cm_buf *out)
{
	char name[32], other[32];

	cm_exhibit_name(&k->exhibits, g->exhibit->x, name);
	if (g->other != NULL)
		cm_exhibit_name(&k->exhibits, g->other->x, other);
	cm_buf_clear(out);
	return cm_gain_line(g, name, g->other != NULL ? other : NULL, out) == CM_OK;
}

void
cm_completes_say(const struct cm_context *ctx, const struct cm_completes *k)
{
	const char *whom = k->to[0] != '\0' ? k->to : "whoever got dossiers without a name";
	struct cm_buf line = { 0 };
	size_t i;

	for (i = 0; i < k->gain->n; i++) {
		bool all = line_of(k, &k->gain->item[i], &line);

		fprintf(ctx->err, "comity: completes for ");
		cm_cli_text(ctx->err, cm_span_str(whom));
		fprintf(ctx->err, ": ");
		cm_cli_text(ctx->err, all ? cm_buf_span(&line) : cm_span_str("a picture, and there is no memory to say which"));
		fputc('\n', ctx->err);
	}
	if (k->gain->more)
		cm_cli_say(ctx, "and more than can be listed");
	if (k->n_unknown > 0)
		cm_cli_say(ctx, "what %zu earlier disclosure%s opened to the same is not known: %s older than the ledger", k->n_unknown,
		    k->n_unknown == 1 ? "" : "s", k->n_unknown == 1 ? "it is" : "they are");
	cm_buf_release(&line);
}

void
cm_completes_put(struct cm_jsonw *w, const struct cm_completes *k)
{
	struct cm_buf line = { 0 };
	size_t i;

	cm_jsonw_key(w, "completes");
	cm_jsonw_array(w);
	for (i = 0; k->gain != NULL && i < k->gain->n; i++) {
		const struct cm_gained *g = &k->gain->item[i];

		if (!line_of(k, g, &line))
			w->out->failed = true;
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", cm_gain_word(g->what));
		cm_jsonw_khex(w, "exhibit", cm_span_of(g->exhibit->x, CM_HASH_LEN));
		cm_jsonw_kuint(w, "rows", g->rows);
		if (g->hosts > 0)
			cm_jsonw_kuint(w, "hosts", g->hosts);
		cm_jsonw_key(w, "text");
		cm_jsonw_span(w, cm_buf_span(&line));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_buf_release(&line);
}

enum cm_result
cm_completes_still(const struct cm_completes *k, struct cm_case *c, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_case_disclosures all;
	enum cm_result rc = cm_case_disclosures(c, arena, &all, err);
	bool own = false;
	size_t i, n = 0;

	for (i = 0; rc == CM_OK && i < all.n; i++) {
		if (!is_for(&all.item[i], k->to))
			continue;
		rc = is_own_use(c, &all.item[i], arena, &own, err);
		n += !own;
	}
	if (rc == CM_OK && n != k->n_before)
		rc = cm_err_set(err, CM_E_REFUSED, "something else was disclosed to the same recipient meanwhile: do it again");
	return rc;
}
