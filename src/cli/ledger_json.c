#include <string.h>

#include "cli/ledger.h"
#include "codec/json_write.h"
#include "codec/rfc3339.h"

static void
put_time(struct cm_jsonw *w, const char *name, int64_t t)
{
	char text[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(t, text);
	cm_jsonw_kstr(w, name, text);
}

static void
put_due(struct cm_jsonw *w, const struct cm_due *due, size_t n)
{
	size_t i;

	cm_jsonw_key(w, "due");
	cm_jsonw_array(w);
	for (i = 0; i < n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "what", cm_due_word(due[i].what));
		cm_jsonw_kstr(w, "text", due[i].text);
		cm_jsonw_kstr(w, "state", cm_due_state_word(due[i].state));
		if (due[i].has_by)
			put_time(w, "by", due[i].by);
		if (due[i].has_done)
			put_time(w, "done", due[i].done);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_receipts(struct cm_jsonw *w, const struct cm_ledger_disclosure *d)
{
	size_t i;

	cm_jsonw_kbool(w, "acknowledged", d->counts != NULL);
	cm_jsonw_key(w, "receipts");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_receipts; i++) {
		const struct cm_case_receipt *r = d->receipt[i];

		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(r->digest, 32));
		cm_jsonw_kstr(w, "by", r->by);
		cm_jsonw_kstr(w, "found", cm_receipt_found_word(r->says.found));
		cm_jsonw_kbool(w, "accepts", r->says.accepts);
		put_time(w, "made", r->made);
		put_time(w, "taken", r->taken);
		cm_jsonw_kbool(w, "of_our_file", r->ours);
		cm_jsonw_kbool(w, "contradicts", r->differs);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_disclosure(struct cm_jsonw *w, const struct cm_ledger_disclosure *d)
{
	bool under = d->terms != NULL && d->terms->use == CM_TERMS_CHARTER;

	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "no", d->row->id);
	cm_jsonw_kuint(w, "number", d->number);
	cm_jsonw_khex(w, "statement", cm_span_of(d->row->statement, 32));
	put_time(w, "made", d->made);
	cm_jsonw_khex(w, "dossier", cm_span_of(d->row->sha256, 32));
	cm_jsonw_kstr(w, "path", d->row->path);
	cm_jsonw_kbool(w, "known", d->known);
	cm_jsonw_kstr(w, "purpose", under ? d->terms->purpose : NULL);
	cm_jsonw_key(w, "charter");
	if (under)
		cm_jsonw_hex(w, cm_span_of(d->terms->charter, 32));
	else
		cm_jsonw_null(w);
	put_receipts(w, d);
	put_due(w, d->due, d->n_due);
	cm_jsonw_object_end(w);
}

static void
put_columns(struct cm_jsonw *w, const struct cm_map_exhibit *x, const struct cm_map_sum *sum)
{
	size_t c;

	cm_jsonw_key(w, "columns");
	cm_jsonw_array(w);
	for (c = 0; c < x->n_columns; c++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", x->name[c]);
		cm_jsonw_kuint(w, "open", sum->open[c]);
		cm_jsonw_kuint(w, "tied", sum->tied[c]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

/* Ranges as [from, to, open, tied], columns as bits; hosts as [key, rows, named]. */
static void
put_map(struct cm_jsonw *w, const struct cm_map_exhibit *x)
{
	uint8_t key[8];
	size_t i;

	cm_jsonw_key(w, "ranges");
	cm_jsonw_array(w);
	for (i = 0; i < x->open.n; i++) {
		cm_jsonw_array(w);
		cm_jsonw_uint(w, x->open.range[i].from);
		cm_jsonw_uint(w, x->open.range[i].to);
		cm_jsonw_uint(w, x->open.range[i].open);
		cm_jsonw_uint(w, x->open.range[i].tied);
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "hosts");
	cm_jsonw_array(w);
	for (i = 0; i < x->n_hosts; i++) {
		cm_put64(key, x->host[i].key);
		cm_jsonw_array(w);
		cm_jsonw_hex(w, cm_span_of(key, 8));
		cm_jsonw_uint(w, x->host[i].rows);
		cm_jsonw_bool(w, x->host[i].named);
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_exhibit(struct cm_jsonw *w, const struct cm_ledger *l, const struct cm_map_exhibit *x, bool map)
{
	struct cm_map_sum sum;
	size_t i;

	cm_map_sum(x, &sum);
	cm_jsonw_object(w);
	for (i = 0; i < l->exhibits.n; i++)
		if (memcmp(l->exhibits.item[i].x, x->x, 32) == 0)
			cm_jsonw_kuint(w, "no", l->exhibits.item[i].id);
	cm_jsonw_khex(w, "exhibit", cm_span_of(x->x, 32));
	cm_jsonw_kstr(w, "kind", cm_kind_word(x->kind));
	cm_jsonw_kuint(w, "rows", x->rows);
	cm_jsonw_kuint(w, "open_rows", sum.rows);
	cm_jsonw_kuint(w, "whole_rows", sum.whole);
	put_columns(w, x, &sum);
	cm_jsonw_kuint(w, "hosts_named", sum.named_hosts);
	cm_jsonw_kuint(w, "hosts_tied", sum.tied_hosts);
	cm_jsonw_kbool(w, "hosts_all", x->hosts_all);
	if (map)
		put_map(w, x);
	cm_jsonw_object_end(w);
}

static void
put_recipient(struct cm_jsonw *w, const struct cm_ledger *l, const struct cm_ledger_recipient *r, bool map)
{
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "to", r->name[0] != '\0' ? r->name : NULL);
	cm_jsonw_kuint(w, "overdue", r->n_overdue);
	cm_jsonw_kuint(w, "acknowledged", r->n_acknowledged);
	cm_jsonw_kuint(w, "unknown", r->n - r->n_known);
	cm_jsonw_kbool(w, "published", r->published);
	cm_jsonw_key(w, "disclosures");
	cm_jsonw_array(w);
	for (i = 0; i < r->n; i++)
		put_disclosure(w, &r->item[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "has");
	cm_jsonw_array(w);
	for (i = 0; i < r->has.n; i++)
		put_exhibit(w, l, &r->has.exhibit[i], map);
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

static void
put_owed(struct cm_jsonw *w, const struct cm_ledger_owed *o)
{
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "no", o->row->id);
	cm_jsonw_kstr(w, "from", o->row->from[0] != '\0' ? o->row->from : NULL);
	cm_jsonw_kstr(w, "by", o->row->by);
	put_time(w, "made", o->row->made);
	cm_jsonw_khex(w, "disclosure", cm_span_of(o->row->disclosure, 32));
	cm_jsonw_khex(w, "dossier", cm_span_of(o->row->dossier, 32));
	cm_jsonw_khex(w, "receipt", cm_span_of(o->row->receipt, 32));
	cm_jsonw_kstr(w, "purpose", o->row->purpose[0] != '\0' ? o->row->purpose : NULL);
	cm_jsonw_kstr(w, "found", cm_receipt_found_word(o->row->found));
	cm_jsonw_kbool(w, "accepts", o->row->accepts);
	put_due(w, o->due, o->n_due);
	cm_jsonw_object_end(w);
}

enum cm_exit
cm_ledger_json(const struct cm_context *ctx, const struct cm_ledger *l, bool owed, bool map)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	size_t i;

	cm_jsonw_object(&w);
	put_time(&w, "at", l->now);
	cm_jsonw_kbool(&w, "closed", l->closed);
	cm_jsonw_kuint(&w, "overdue", l->n_overdue);
	cm_jsonw_key(&w, owed ? "owed" : "recipients");
	cm_jsonw_array(&w);
	for (i = 0; owed && i < l->n_owed; i++)
		put_owed(&w, &l->owed[i]);
	for (i = 0; !owed && i < l->n; i++)
		put_recipient(&w, l, &l->recipient[i], map);
	cm_jsonw_array_end(&w);
	if (!owed)
		cm_jsonw_kuint(&w, "own", l->n_own);
	cm_jsonw_object_end(&w);
	return cm_cli_json(ctx, &b);
}
