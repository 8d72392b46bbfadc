#include <string.h>

#include "cli/disclose_choose.h"
#include "detect/incident.h"
#include "statement/chain_v1.h"

/* More numbers than this nobody types. */
#define LIST_MAX ((size_t)1 << 22)
#define NUMBER_MAX (UINT64_C(1) << 44) /* as cm_packet_id has it */

struct choosing {
	const struct cm_choice *choice;
	struct cm_case *c;
	struct cm_arena *arena;
	struct cm_case_statements all;
	bool *mark; /* of each of them: it is shown */
	struct cm_err *err;
};

bool
cm_choice_any(const struct cm_choice *c)
{
	return c->findings != NULL || c->traffic != NULL || c->chains != NULL || c->assessments != NULL;
}

/* Digits and nothing else; NULL: there are none, or they say too much.  Else what stands behind. */
static const char *
read_number(const char *text, uint64_t *out)
{
	uint64_t n = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		n = n * 10 + (uint64_t)(*text - '0');
		if (n >= NUMBER_MAX)
			return NULL;
	}
	*out = n;
	return text;
}

/* "8" or "8-14", and a comma if more follows. */
static const char *
read_range(const char *text, uint64_t *from, uint64_t *to)
{
	text = read_number(text, from);
	*to = *from;
	if (text != NULL && *text == '-')
		text = read_number(text + 1, to);
	if (text == NULL || *to < *from || *to - *from >= LIST_MAX)
		return NULL;
	if (*text == ',' && text[1] != 0)
		return text + 1;
	return *text == 0 ? text : NULL;
}

CM_RESULT
cm_list_read(
    const char *text, struct cm_arena *arena, cm_packet_id **out, size_t *n, struct cm_err *err)
{
	uint64_t from = 0, to = 0, last = 0;
	cm_packet_id *id = NULL, *more;
	size_t cap = 0;

	for (*n = 0; *text != 0;) {
		text = read_range(text, &from, &to);
		if (text == NULL || (*n > 0 && from <= last) || *n + (to - from) >= LIST_MAX)
			return cm_err_set(err, CM_E_USAGE, "a list is 5,8-14: ascending, each number once");
		while (*n + (to - from) + 1 > cap) {
			cap = cap == 0 ? 64 : 2 * cap;
			more = cm_arena_array(arena, cap, sizeof(*id));
			if (more == NULL)
				return cm_err_set(err, CM_E_NOMEM, "out of memory");
			if (*n > 0)
				memcpy(more, id, *n * sizeof(*id));
			id = more;
		}
		for (last = to; from <= to; from++)
			id[(*n)++] = from;
	}
	*out = id;
	return *n > 0 ? CM_OK : cm_err_set(err, CM_E_USAGE, "an empty list");
}

static CM_RESULT
no_memory(struct choosing *k)
{
	return cm_err_set(k->err, CM_E_NOMEM, "out of memory");
}

/* Marks the statement with that digest. */
static CM_RESULT
mark(struct choosing *k, const uint8_t digest[32])
{
	for (size_t i = 0; i < k->all.n; i++) {
		if (memcmp(k->all.item[i].digest, digest, 32) != 0)
			continue;
		k->mark[i] = true;
		return CM_OK;
	}
	return cm_err_set(k->err, CM_E_NOTFOUND, "a statement that another one names is not in this case");
}

/* Lists ascend. */
static bool
is_listed(const cm_packet_id *id, size_t n, uint64_t number)
{
	return cm_ids_has(&(struct cm_ids) { id, n }, number);
}

/* ${found} of the numbers asked for were there. */
static CM_RESULT
check_found(struct choosing *k, const cm_packet_id *id, size_t n, size_t found, const char *what)
{
	if (found > 0 && (id == NULL || found == n))
		return CM_OK;
	return cm_err_set(k->err, CM_E_NOTFOUND, "no such %s; `comity show' lists them", what);
}

static CM_RESULT
read_numbers(struct choosing *k, const char *text, cm_packet_id **id, size_t *n)
{
	*id = NULL;
	*n = 0;
	return strcmp(text, "all") == 0 ? CM_OK : cm_list_read(text, k->arena, id, n, k->err);
}

static CM_RESULT
mark_findings(struct choosing *k)
{
	struct cm_case_findings all;
	cm_packet_id *id;
	size_t n, found = 0;
	enum cm_result rc;

	if (k->choice->findings == NULL)
		return CM_OK;
	rc = cm_case_findings(k->c, k->arena, &all, k->err);
	if (rc == CM_OK)
		rc = read_numbers(k, k->choice->findings, &id, &n);
	for (size_t i = 0; rc == CM_OK && i < all.n; i++) {
		if (id != NULL && !is_listed(id, n, all.item[i].id))
			continue;
		rc = mark(k, all.item[i].statement);
		found++;
	}
	return rc == CM_OK ? check_found(k, id, n, found, "finding") : rc;
}

/* Of a type of statement, counted from 1. */
static CM_RESULT
mark_type(struct choosing *k, const char *text, enum cm_predicate type, const char *what)
{
	cm_packet_id *id;
	size_t n, found = 0;
	uint64_t number = 0;
	enum cm_result rc;

	if (text == NULL)
		return CM_OK;
	rc = read_numbers(k, text, &id, &n);
	for (size_t i = 0; rc == CM_OK && i < k->all.n; i++) {
		if (k->all.item[i].type != type)
			continue;
		number++;
		if (id != NULL && !is_listed(id, n, number))
			continue;
		k->mark[i] = true;
		found++;
	}
	return rc == CM_OK ? check_found(k, id, n, found, what) : rc;
}

static CM_RESULT
read_statement(struct cm_case *c, const uint8_t digest[32], struct cm_arena *arena,
    struct cm_statement_doc *doc, struct cm_err *err)
{
	struct cm_buf json = { 0 };
	enum cm_result rc = cm_case_statement_text(c, digest, &json, NULL, err);

	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), arena, doc, err);
	cm_buf_release(&json);
	return rc;
}

/* What a chain joins is shown with it. */
static CM_RESULT
mark_joined(struct choosing *k, const uint8_t digest[32])
{
	struct cm_statement_doc doc = { 0 };
	struct cm_chain_v1 chain;
	enum cm_result rc = read_statement(k->c, digest, k->arena, &doc, k->err);

	if (rc == CM_OK)
		rc = cm_chain_v1_read(doc.predicate, k->arena, &chain, k->err);
	for (size_t i = 0; rc == CM_OK && i < chain.n_scripts; i++)
		rc = mark(k, chain.scripts[i].finding);
	for (size_t i = 0; rc == CM_OK && i < chain.n_floods; i++)
		rc = mark(k, chain.floods[i]);
	cm_statement_release(&doc);
	return rc;
}

static CM_RESULT
collect(struct choosing *k, enum cm_predicate type, uint8_t (**out)[32], size_t *n)
{
	*out = cm_arena_array(k->arena, k->all.n + 1, 32);
	*n = 0;
	if (*out == NULL)
		return no_memory(k);
	for (size_t i = 0; i < k->all.n; i++)
		if (k->mark[i] && k->all.item[i].type == type)
			memcpy((*out)[(*n)++], k->all.item[i].digest, 32);
	return CM_OK;
}

CM_RESULT
cm_choose(const struct cm_choice *choice, struct cm_case *c, struct cm_arena *arena, struct cm_chosen *out,
    struct cm_err *err)
{
	struct choosing k = { .choice = choice, .c = c, .arena = arena, .err = err };
	enum cm_result rc = cm_case_statements(c, arena, &k.all, err);

	k.mark = rc == CM_OK ? cm_arena_array(arena, k.all.n + 1, sizeof(*k.mark)) : NULL;
	if (rc == CM_OK && k.mark == NULL)
		return no_memory(&k);
	if (rc == CM_OK)
		rc = mark_findings(&k);
	if (rc == CM_OK)
		rc = mark_type(&k, choice->traffic, CM_PREDICATE_TRAFFIC, "flood or scan");
	if (rc == CM_OK)
		rc = mark_type(&k, choice->chains, CM_PREDICATE_CHAIN, "chain");
	if (rc == CM_OK)
		rc = mark_type(&k, choice->assessments, CM_PREDICATE_ASSESSMENT, "assessment");
	for (size_t i = 0; rc == CM_OK && i < k.all.n; i++)
		if (k.mark[i] && k.all.item[i].type == CM_PREDICATE_CHAIN)
			rc = mark_joined(&k, k.all.item[i].digest);
	if (rc == CM_OK)
		rc = collect(&k, CM_PREDICATE_FINDING, &out->findings, &out->n_findings);
	if (rc == CM_OK)
		rc = collect(&k, CM_PREDICATE_TRAFFIC, &out->traffic, &out->n_traffic);
	if (rc == CM_OK)
		rc = collect(&k, CM_PREDICATE_CHAIN, &out->chains, &out->n_chains);
	return rc == CM_OK ? collect(&k, CM_PREDICATE_ASSESSMENT, &out->assessments, &out->n_assessments) : rc;
}

/* ---- what they are about ---- */

static CM_RESULT
mark_exhibits(struct cm_case *c, const uint8_t digest[32], struct cm_arena *arena,
    const struct cm_case_exhibits *all, bool *used, struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	enum cm_result rc = read_statement(c, digest, arena, &doc, err);
	size_t i, x;

	for (i = 0; rc == CM_OK && i < doc.head.n_subject; i++) {
		for (x = 0; x < all->n; x++)
			if (memcmp(all->item[x].x, doc.head.subject[i].exhibit, 32) == 0)
				break;
		if (x == all->n)
			rc = cm_err_set(err, CM_E_NOTFOUND, "an exhibit of a finding is not in this case");
		else
			used[x] = true;
	}
	cm_statement_release(&doc);
	return rc;
}

CM_RESULT
cm_chosen_exhibits(const struct cm_chosen *chosen, struct cm_case *c, struct cm_arena *arena,
    const struct cm_case_exhibits *all, bool *used, struct cm_err *err)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < chosen->n_findings; i++)
		rc = mark_exhibits(c, chosen->findings[i], arena, all, used, err);
	for (i = 0; rc == CM_OK && i < chosen->n_traffic; i++)
		rc = mark_exhibits(c, chosen->traffic[i], arena, all, used, err);
	for (i = 0; rc == CM_OK && i < chosen->n_chains; i++)
		rc = mark_exhibits(c, chosen->chains[i], arena, all, used, err);
	for (i = 0; rc == CM_OK && i < chosen->n_assessments; i++)
		rc = mark_exhibits(c, chosen->assessments[i], arena, all, used, err);
	return rc;
}
