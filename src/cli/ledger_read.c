#include <stdlib.h>
#include <string.h>

#include "cli/completes.h"
#include "cli/ledger.h"
#include "codec/rfc3339.h"

struct reading {
	struct cm_ledger *l;
	struct cm_case_disclosures disclosures;
	struct cm_case_receipts receipts;
	struct cm_err *err;
};

static CM_RESULT
no_memory(struct reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "out of memory");
}

/* What one disclosure says of itself. */
static CM_RESULT
read_statement(struct reading *r, const uint8_t digest[32], struct cm_ledger_disclosure *out)
{
	struct cm_arena *arena = &r->l->arena;
	struct cm_disclosure *d = cm_arena_array(arena, 1, sizeof(*d));
	struct cm_statement_doc doc = { 0 };
	struct cm_buf json = { 0 };
	enum cm_result rc = d == NULL ? no_memory(r) : cm_case_statement_text(r->l->c, digest, &json, NULL, r->err);

	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), arena, &doc, r->err);
	if (rc == CM_OK)
		rc = cm_disclosure_read(doc.predicate, arena, d, r->err);
	if (rc == CM_OK) {
		out->number = doc.head.number;
		out->made = doc.head.made;
		out->terms = d->has_terms ? &d->terms : NULL;
	}
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return rc;
}

static CM_RESULT
read_receipts(struct reading *r, struct cm_ledger_disclosure *d)
{
	size_t i;

	d->receipt = cm_arena_array(&r->l->arena, r->receipts.n + 1, sizeof(d->receipt[0]));
	if (d->receipt == NULL)
		return no_memory(r);
	for (i = 0; i < r->receipts.n; i++) {
		const struct cm_case_receipt *x = &r->receipts.item[i];

		if (memcmp(x->says.disclosure, d->row->statement, 32) != 0)
			continue;
		d->receipt[d->n_receipts++] = x;
		if (d->counts == NULL && x->ours)
			d->counts = x;
	}
	return CM_OK;
}

static int
by_state(const void *a, const void *b)
{
	return cm_due_order(a, b);
}

/* What the owner of the ledger says was done. */
static CM_RESULT
read_settled(struct reading *r, const uint8_t statement[32], struct cm_due_in *in)
{
	enum cm_result rc = CM_OK;
	int w;

	for (w = 0; rc == CM_OK && w < CM_DUE_N; w++) {
		if (cm_due_find(cm_due_word((enum cm_due_what)w)) == CM_DUE_N)
			continue;
		rc = cm_case_settled(r->l->c, statement, cm_due_word((enum cm_due_what)w), &in->settled_at[w], r->err);
		in->settled[w] = rc == CM_OK;
		rc = rc == CM_E_NOTFOUND ? CM_OK : rc;
	}
	return rc;
}

static void
add_due(struct reading *r, const char *text, const struct cm_due_in *in, struct cm_due *due, size_t *n)
{
	cm_due_of(text, in, &due[*n]);
	r->l->n_overdue += due[*n].state == CM_DUE_OVERDUE;
	(*n)++;
}

static CM_RESULT
read_due(struct reading *r, struct cm_ledger_disclosure *d)
{
	struct cm_due_in in = { .made = d->made, .now = r->l->now, .received = d->counts != NULL,
		.closed = r->l->closed, .closed_at = r->l->closed_at };
	size_t n = d->terms != NULL && d->terms->use == CM_TERMS_CHARTER ? d->terms->n_obliges : 0, i;
	enum cm_result rc = read_settled(r, d->row->statement, &in);

	if (d->counts != NULL)
		in.received_at = d->counts->made;
	d->due = cm_arena_array(&r->l->arena, n + 1, sizeof(d->due[0]));
	if (d->due == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < n; i++)
		add_due(r, d->terms->obliges[i], &in, d->due, &d->n_due);
	qsort(d->due, d->n_due, sizeof(d->due[0]), by_state);
	return rc;
}

static CM_RESULT
read_map(struct reading *r, struct cm_ledger_disclosure *d, struct cm_ledger_recipient *to)
{
	struct cm_map m = { 0 };
	enum cm_result rc = cm_case_opened(r->l->c, d->row->statement, &m, r->err);

	if (rc == CM_E_NOTFOUND)
		return CM_OK;
	d->known = rc == CM_OK;
	if (rc == CM_OK && cm_map_join(&to->has, &m) != CM_OK)
		rc = cm_err_set(r->err, CM_E_MALFORMED, "the maps of what was opened can not be added up");
	cm_map_release(&m);
	return rc;
}

static struct cm_ledger_recipient *
recipient(struct reading *r, const char *name)
{
	struct cm_ledger *l = r->l;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->recipient[i].name, name) == 0)
			return &l->recipient[i];
	l->recipient[l->n] = (struct cm_ledger_recipient) { .name = name };
	return &l->recipient[l->n++];
}

static CM_RESULT
append(struct reading *r, struct cm_ledger_recipient *to, const struct cm_ledger_disclosure *d)
{
	struct cm_ledger_disclosure *grown;

	if (to->n == to->cap) {
		to->cap = to->cap == 0 ? 8 : 2 * to->cap;
		grown = cm_arena_array(&r->l->arena, to->cap, sizeof(*grown));
		if (grown == NULL)
			return no_memory(r);
		if (to->n > 0)
			memcpy(grown, to->item, to->n * sizeof(*grown));
		to->item = grown;
	}
	to->item[to->n++] = *d;
	return CM_OK;
}

static bool
is_own(const struct cm_ledger_disclosure *d)
{
	return d->row->to[0] == '\0' && d->terms != NULL && d->terms->use == CM_TERMS_OWN;
}

static CM_RESULT
add(struct reading *r, const struct cm_case_disclosure *row)
{
	struct cm_ledger_disclosure d = { .row = row };
	struct cm_ledger_recipient *to;
	enum cm_result rc = read_statement(r, row->statement, &d);
	size_t i;

	if (rc != CM_OK)
		return rc;
	if (is_own(&d)) {
		r->l->n_own++;
		return CM_OK;
	}
	to = recipient(r, row->to);
	rc = read_receipts(r, &d);
	if (rc == CM_OK)
		rc = read_due(r, &d);
	if (rc == CM_OK)
		rc = read_map(r, &d, to);
	for (i = 0; i < d.n_due; i++)
		to->n_overdue += d.due[i].state == CM_DUE_OVERDUE;
	to->n_known += d.known;
	to->n_acknowledged += d.counts != NULL;
	return rc == CM_OK ? append(r, to, &d) : rc;
}

/* Everybody has what was published. */
static CM_RESULT
add_published(struct reading *r)
{
	struct cm_ledger *l = r->l;
	const struct cm_ledger_recipient *all = NULL;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->recipient[i].name, CM_PUBLIC) == 0)
			all = &l->recipient[i];
	for (i = 0; rc == CM_OK && all != NULL && all->has.n > 0 && i < l->n; i++) {
		if (&l->recipient[i] == all)
			continue;
		rc = cm_map_join(&l->recipient[i].has, &all->has);
		l->recipient[i].published = true;
	}
	return rc == CM_OK ? rc : cm_err_set(r->err, rc, "the maps of what was opened can not be added up");
}

/* Is the case closed, and since when? */
static CM_RESULT
read_phase(struct reading *r)
{
	struct cm_team t = { 0 };
	enum cm_result rc = cm_case_team(r->l->c, &r->l->arena, &t, r->err);
	size_t i;

	r->l->closed = rc == CM_OK && t.in_force != NULL && t.phase == CM_PHASE_CLOSED;
	for (i = 0; r->l->closed && i < t.n_said; i++)
		if (t.said[i].head.type == CM_PREDICATE_CLOSE && t.said[i].head.made > r->l->closed_at)
			r->l->closed_at = t.said[i].head.made;
	return rc;
}

/* Leaves only that one. */
static CM_RESULT
choose(struct reading *r, const char *to)
{
	struct cm_ledger *l = r->l;
	struct cm_ledger_recipient kept;
	size_t i, at = l->n;

	for (i = 0; i < l->n; i++)
		at = strcmp(l->recipient[i].name, to) == 0 ? i : at;
	if (at == l->n)
		return cm_err_set(r->err, CM_E_NOTFOUND, "nothing was disclosed to %.100s", to);
	kept = l->recipient[at];
	for (i = 0; i < l->n; i++)
		if (i != at)
			cm_map_release(&l->recipient[i].has);
	l->recipient[0] = kept;
	l->n = 1;
	l->n_overdue = kept.n_overdue;
	return CM_OK;
}

static CM_RESULT
read_shown(struct reading *r, const char *to)
{
	struct cm_ledger *l = r->l;
	enum cm_result rc = cm_case_disclosures(l->c, &l->arena, &r->disclosures, r->err);
	size_t i;

	if (rc == CM_OK)
		rc = cm_case_receipts(l->c, &l->arena, &r->receipts, r->err);
	l->recipient = cm_arena_array(&l->arena, r->disclosures.n + 1, sizeof(l->recipient[0]));
	if (rc == CM_OK && l->recipient == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < r->disclosures.n; i++)
		rc = add(r, &r->disclosures.item[i]);
	if (rc == CM_OK)
		rc = add_published(r);
	return rc == CM_OK && to != NULL ? choose(r, to) : rc;
}

/* Lines of a text, ended by newlines. */
static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static CM_RESULT
read_one_owed(struct reading *r, const struct cm_case_owed *row, struct cm_ledger_owed *out)
{
	struct cm_due_in in = { .made = row->made, .now = r->l->now, .received = true, .received_at = row->made,
		.closed = r->l->closed, .closed_at = r->l->closed_at };
	const char *at = row->obliges, *text;
	enum cm_result rc = read_settled(r, row->disclosure, &in);
	size_t len;

	out->row = row;
	out->due = cm_arena_array(&r->l->arena, count_lines(at) + 1, sizeof(out->due[0]));
	if (out->due == NULL)
		return no_memory(r);
	for (; rc == CM_OK && *at != '\0'; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		text = cm_arena_printf(&r->l->arena, "%.*s", (int)len, at);
		if (text == NULL)
			return no_memory(r);
		add_due(r, text, &in, out->due, &out->n_due);
	}
	qsort(out->due, out->n_due, sizeof(out->due[0]), by_state);
	return rc;
}

static CM_RESULT
read_owed(struct reading *r)
{
	struct cm_case_owed_list all;
	enum cm_result rc = cm_case_owed(r->l->c, &r->l->arena, &all, r->err);
	size_t i;

	if (rc != CM_OK)
		return rc;
	r->l->owed = cm_arena_array(&r->l->arena, all.n + 1, sizeof(r->l->owed[0]));
	if (r->l->owed == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < all.n; i++)
		rc = read_one_owed(r, &all.item[i], &r->l->owed[r->l->n_owed++]);
	return rc;
}

enum cm_result
cm_ledger_read(struct cm_ledger *l, const char *to, bool owed, struct cm_err *err)
{
	struct reading r = { .l = l, .err = err };
	enum cm_result rc = cm_case_exhibits(l->c, &l->arena, &l->exhibits, err);

	if (rc == CM_OK)
		rc = read_phase(&r);
	if (rc == CM_OK)
		rc = owed ? read_owed(&r) : read_shown(&r, to);
	return rc;
}

void
cm_ledger_fini(struct cm_ledger *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		cm_map_release(&l->recipient[i].has);
	l->n = 0;
}

const char *
cm_ledger_receipt_text(const struct cm_ledger_disclosure *d, struct cm_arena *arena)
{
	char when[CM_RFC3339_LEN + 1];
	bool differs = false;
	size_t i;

	if (d->counts == NULL)
		return d->n_receipts == 0 ? "none" : "only for a file that was not written here";
	for (i = 0; i < d->n_receipts; i++)
		differs = differs || d->receipt[i]->differs;
	cm_rfc3339_format(d->counts->made, when);
	return cm_arena_printf(arena, "%s, obligations %s, %s%s", cm_receipt_found_word(d->counts->says.found),
	    d->counts->says.accepts ? "accepted" : "not accepted", when, differs ? "; another receipt CONTRADICTS it" : "");
}

const char *
cm_ledger_due_text(const struct cm_due *d, struct cm_arena *arena)
{
	char by[CM_RFC3339_LEN + 1] = "", done[CM_RFC3339_LEN + 1] = "";

	if (d->has_by)
		cm_rfc3339_format(d->by, by);
	if (d->has_done)
		cm_rfc3339_format(d->done, done);
	switch (d->state) {
	case CM_DUE_OVERDUE:
		return cm_arena_printf(arena, "OVERDUE since %s", by);
	case CM_DUE_OPEN:
		return d->has_by ? cm_arena_printf(arena, "until %s", by) : "open";
	case CM_DUE_DONE:
		return cm_arena_printf(arena, "done %s", done);
	case CM_DUE_LATE:
		return cm_arena_printf(arena, "done %s, after %s", done, by);
	case CM_DUE_ALWAYS:
		break;
	}
	return "always";
}
