#include <stdlib.h>
#include <string.h>

#include "dossier/datagrams.h"
#include "dossier/echoes.h"
#include "dossier/plan.h"

#define COL(c) cm_column_bit(CM_COL_##c)
#define ADDRESSES (COL(SRC) | COL(DST))
#define ALL_CAPTURE (COL(HEADERS) | ADDRESSES | COL(MASK) | COL(PAYLOAD))

struct host {
	uint8_t len; /* 0: not known (yet) */
	uint8_t addr[16];
};

struct want {
	cm_columns open, tied; /* tied: only where nothing names it */
	bool by_row;
};

struct cm_select {
	const struct cm_select_in *in;
	struct host *host;	 /* of each finding: whose address the accused packets bear */
	size_t *at;		 /* of each finding: place in its support */
	struct cm_leaks hidden; /* only for its set of hosts */
	struct cm_echoes echoes;
	bool ready; /* echoes can be searched for */
	struct cm_datagrams parted; /* not all parts of these are opened in full */
};

CM_RESULT
cm_select_new(const struct cm_select_in *in, struct cm_select **out)
{
	struct cm_select *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return CM_E_NOMEM;
	s->in = in;
	s->host = calloc(in->n_findings + 1, sizeof(s->host[0]));
	s->at = calloc(in->n_findings + 1, sizeof(s->at[0]));
	if (s->host == NULL || s->at == NULL) {
		cm_select_free(s);
		return CM_E_NOMEM;
	}
	*out = s;
	return CM_OK;
}

void
cm_select_free(struct cm_select *s)
{
	if (s == NULL)
		return;
	free(s->host);
	free(s->at);
	cm_leaks_release(&s->hidden);
	cm_echoes_release(&s->echoes);
	cm_datagrams_release(&s->parted);
	free(s);
}

static bool
is_packet(const struct cm_cells *c)
{
	return c->cell[CM_COL_HEADERS].len > 0 && c->cell[CM_COL_HEADERS].ptr[0] != 0;
}

static bool
has(const struct cm_ids *set, cm_packet_id id)
{
	size_t low = 0, high = set->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (set->id[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < set->n && set->id[low] == id;
}

/* Every row, until the exhibit ends. */
struct walk {
	struct cm_select *s;
	const struct cm_select_exhibit *x;
	struct cm_plan *plan;
	struct cm_select_sum *sum;
	const struct cm_plan *done;
	struct cm_leaks *leaks;
	struct cm_err *err;
	size_t range; /* of `done` */
};

typedef enum cm_result visit_fn(struct walk *w, uint64_t row, const struct cm_cells *cells);

static CM_RESULT
each_row(struct walk *w, visit_fn *visit)
{
	struct cm_cell_source src = cm_cut_rows_source(w->x->rows);
	struct cm_cells cells;
	enum cm_result rc;
	uint64_t row;

	for (row = 0;; row++) {
		rc = src.next(src.arg, &cells, w->err);
		if (rc == CM_E_NOTFOUND)
			return CM_OK;
		if (rc == CM_OK)
			rc = visit(w, row, &cells);
		if (rc != CM_OK)
			return rc;
	}
}

/* If so: of which datagram? */
static bool
is_fragment(const struct walk *w, const struct cm_cells *cells, uint64_t *key)
{
	const struct cm_row *row = cm_cut_rows_last(w->x->rows);
	struct cm_layers l;

	if (row == NULL || row->record == NULL)
		return false;
	cm_layers_walk(cm_record_data(row->record), row->record->linktype, &l);
	if (l.fragment)
		*key = cm_datagram_key(&l, cells->cell[CM_COL_SRC], cells->cell[CM_COL_DST]);
	return l.fragment;
}

/* By number of row, or of frame. */
static bool
asked_for(const struct walk *w, uint64_t row)
{
	const struct cm_select_in *in = w->s->in;
	const struct cm_row *last;

	if (in->all && in->all_seal == w->x->seal)
		return true;
	if (in->rows == NULL)
		return false;
	if (!in->frames)
		return has(in->rows, cm_packet_id_of(w->x->seal, row));
	last = cm_cut_rows_last(w->x->rows);
	return last != NULL && last->record != NULL && last->record->frame != 0 &&
	    has(in->rows, cm_packet_id_of(w->x->seal, last->record->frame));
}

/* Will all of it be opened, unless something is to be hidden? */
static bool
opens_in_full(const struct walk *w, uint64_t row)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	size_t i;

	if (asked_for(w, row) && (in->columns == 0 || (in->columns & ALL_CAPTURE) == ALL_CAPTURE))
		return true;
	for (i = 0; i < in->n_findings; i++) {
		if (has(&in->findings[i]->support, id) && !has(&in->findings[i]->support_host, id))
			return true;
	}
	return false;
}

static enum cm_result
learn(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	const struct cm_finding *f;
	struct cm_span src = cells->cell[CM_COL_SRC];
	uint64_t key;
	size_t i;

	if (is_fragment(w, cells, &key) && !opens_in_full(w, row) &&
	    cm_datagrams_add(&w->s->parted, key) != CM_OK)
		return cm_err_set(w->err, CM_E_NOMEM, "no memory to choose what to open");
	for (i = 0; i < w->s->in->n_findings; i++) {
		f = w->s->in->findings[i];
		if (w->s->host[i].len != 0 || (src.len != 4 && src.len != 16))
			continue;
		if (!has(f->forged.n != 0 ? &f->forged : &f->suspect, id))
			continue;
		w->s->host[i].len = (uint8_t)src.len;
		memcpy(w->s->host[i].addr, src.ptr, src.len);
	}
	return CM_OK;
}

CM_RESULT
cm_select_learn(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_err *err)
{
	struct walk w = { .s = s, .x = x, .err = err };

	return x->schema->kind == CM_KIND_CAPTURE ? each_row(&w, learn) : CM_OK;
}

static bool
is_host(const struct host *h, struct cm_span addr)
{
	return h->len != 0 && addr.len == h->len && memcmp(addr.ptr, h->addr, h->len) == 0;
}

static void
want_finding(struct walk *w, size_t i, cm_packet_id id, const struct cm_cells *cells, struct want *want)
{
	const struct cm_finding *f = w->s->in->findings[i];
	const struct host *h = &w->s->host[i];

	while (w->s->at[i] < f->support.n && f->support.id[w->s->at[i]] < id)
		w->s->at[i]++;
	if (w->s->at[i] >= f->support.n || f->support.id[w->s->at[i]] != id)
		return;
	if (!has(&f->support_host, id)) {
		want->open |= ALL_CAPTURE;
		return;
	}
	want->open |= COL(HEADERS);
	/* a name server's other answers are its model: what they say, not how they look */
	want->open |= f->type == CM_INCIDENT_DNS ? COL(PAYLOAD) : 0;
	want->open |= is_host(h, cells->cell[CM_COL_SRC]) ? COL(SRC) : 0;
	want->open |= is_host(h, cells->cell[CM_COL_DST]) ? COL(DST) : 0;
	want->tied |= ADDRESSES;
}

static bool
of_a_host(const struct cm_select *s, const struct cm_cells *cells)
{
	size_t i;

	for (i = 0; i < s->in->n_findings; i++) {
		if (is_host(&s->host[i], cells->cell[CM_COL_SRC]) ||
		    is_host(&s->host[i], cells->cell[CM_COL_DST]))
			return true;
	}
	return false;
}

/* A fragment's checksum is of the whole datagram: all of it must be opened. */
static bool
is_parted(const struct walk *w, const struct cm_cells *cells)
{
	uint64_t key;

	return is_fragment(w, cells, &key) && cm_datagrams_has(&w->s->parted, key);
}

static void
apply_hides(const struct walk *w, const struct cm_cells *cells, struct want *want)
{
	uint8_t hides = w->s->in->hides;

	if (hides & CM_HIDE_ADDRESSES) {
		want->tied |= want->open & ADDRESSES;
		want->open &= ~(ADDRESSES | COL(MASK));
	}
	if (hides & CM_HIDE_PAYLOAD)
		want->open &= ~(COL(PAYLOAD) | COL(MASK));
	if (!is_packet(cells)) {
		/* no place to hide anything in: all or nothing */
		if (!want->by_row || hides != 0)
			*want = (struct want) { 0 };
		want->open &= COL(HEADERS) | COL(PAYLOAD);
		want->tied = 0;
		return;
	}
	if ((want->open & ALL_CAPTURE) != ALL_CAPTURE || (!want->by_row && is_parted(w, cells)))
		want->open &= ~COL(MASK);
	want->tied &= ~want->open;
}

static void
count(struct cm_select_sum *sum, const struct want *want, const struct cm_cells *cells, size_t columns)
{
	size_t c;

	sum->rows++;
	if ((want->open | want->tied) == 0)
		return;
	sum->open_rows++;
	for (c = 0; c < columns; c++) {
		if (want->open & cm_column_bit(c)) {
			sum->cells[c]++;
			sum->bytes[c] += cells->cell[c].len;
		} else if (want->tied & cm_column_bit(c)) {
			sum->tied[c]++;
		}
	}
}

static CM_RESULT
add(struct walk *w, uint64_t row, const struct want *want)
{
	struct cm_plan_range r = { row, row + 1, want->open | want->tied, want->tied, want->by_row };

	return (r.open == 0) ? CM_OK : cm_plan_add(w->plan, r);
}

/* Addresses that stay hidden: tied, or shut beside open headers. */
static CM_RESULT
hide(struct walk *w, const struct want *want, const struct cm_cells *cells)
{
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = CM_COL_SRC; rc == CM_OK && c <= CM_COL_DST; c++) {
		if ((want->open | want->tied) != 0 && !(want->open & cm_column_bit(c)))
			rc = cm_leaks_hide(&w->s->hidden, cells->cell[c]);
	}
	return rc;
}

static enum cm_result
plan_row(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	struct want want = { 0 };
	enum cm_result rc;
	size_t i;

	for (i = 0; i < in->n_findings; i++)
		want_finding(w, i, id, cells, &want);
	if (asked_for(w, row)) {
		want.by_row = true;
		want.open |= in->columns != 0 ? in->columns : ALL_CAPTURE;
	}
	if (is_packet(cells) && in->whole_host && of_a_host(w->s, cells)) {
		want.open |= COL(HEADERS);
		want.tied |= ADDRESSES;
	}
	if (is_packet(cells) && in->tie_all)
		want.tied |= ADDRESSES;
	if ((want.open | want.tied) != 0)
		apply_hides(w, cells, &want);
	count(w->sum, &want, cells, 5);
	rc = hide(w, &want, cells);
	return rc == CM_OK ? add(w, row, &want) : rc;
}

/* What stays shut in a row of which other cells are open. */
static CM_RESULT
hide_cells(struct walk *w, uint64_t row, cm_columns open, const struct cm_cells *cells)
{
	struct cm_leak where = { .seal = w->x->seal, .row = row };
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; rc == CM_OK && c < w->x->schema->n; c++) {
		where.column = w->x->shows->columns[c].name;
		if (!(open & cm_column_bit(c)))
			rc = cm_echoes_hide(&w->s->echoes, cells->cell[c], where);
	}
	if (rc == CM_E_LIMIT)
		return cm_err_set(w->err, rc, "more is hidden than can be searched for: open fewer rows at once");
	return rc;
}

/* The other kinds know rows and columns chosen by hand, nothing else. */
static enum cm_result
plan_other(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_columns every = ~(cm_columns)0 >> (64 - w->x->schema->n);
	struct want want = { .by_row = true };
	enum cm_result rc = CM_OK;

	if (asked_for(w, row))
		want.open = in->columns != 0 ? in->columns : ~(cm_columns)0;
	want.open &= every;
	count(w->sum, &want, cells, w->x->schema->n);
	if (want.open != 0 && want.open != every) {
		w->sum->parted++;
		rc = hide_cells(w, row, want.open, cells);
	}
	return rc == CM_OK ? add(w, row, &want) : rc;
}

CM_RESULT
cm_select_plan(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_plan *plan,
    struct cm_select_sum *sum, struct cm_err *err)
{
	struct walk w = { .s = s, .x = x, .plan = plan, .sum = sum, .err = err };

	*sum = (struct cm_select_sum) { 0 };
	return each_row(&w, x->schema->kind == CM_KIND_CAPTURE ? plan_row : plan_other);
}

/* The range of the plan in which the row lies, rows being asked for in order; NULL: none. */
static const struct cm_plan_range *
range_of(struct walk *w, uint64_t row)
{
	const struct cm_plan_range *r;

	while (w->range < w->done->n && w->done->range[w->range].to <= row)
		w->range++;
	r = w->range < w->done->n ? &w->done->range[w->range] : NULL;
	return r != NULL && r->from <= row ? r : NULL;
}

static enum cm_result
search_row(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	static const char *const name[] = { "headers", "src", "dst", "mask", "payload" };
	const struct cm_plan_range *r = range_of(w, row);
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; r != NULL && rc == CM_OK && c < 5; c++) {
		if (c == CM_COL_SRC || c == CM_COL_DST || !(r->open & cm_column_bit(c)))
			continue;
		rc = cm_leaks_search(w->leaks, cells->cell[c],
		    (struct cm_leak) { .seal = w->x->seal, .row = row, .column = name[c] });
	}
	return rc;
}

static enum cm_result
search_other(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_plan_range *r = range_of(w, row);
	struct cm_leak where = { .seal = w->x->seal, .row = row };
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; r != NULL && rc == CM_OK && c < w->x->schema->n; c++) {
		if (!(r->open & cm_column_bit(c)))
			continue;
		where.column = w->x->shows->columns[c].name;
		rc = cm_leaks_search(w->leaks, cells->cell[c], where);
		if (rc == CM_OK && w->s->echoes.n != 0)
			rc = cm_echoes_search(&w->s->echoes, cells->cell[c], where, w->leaks);
	}
	return rc;
}

bool
cm_select_hides(const struct cm_select *s)
{
	return (s->in->hides & CM_HIDE_ADDRESSES) != 0 || s->echoes.n != 0;
}

CM_RESULT
cm_select_leaks(struct cm_select *s, const struct cm_select_exhibit *x, const struct cm_plan *plan,
    struct cm_leaks *leaks, struct cm_err *err)
{
	struct walk w = { .s = s, .x = x, .done = plan, .leaks = leaks, .err = err };
	enum cm_result rc = CM_OK;

	if (s->in->hides & CM_HIDE_ADDRESSES)
		rc = cm_leaks_share(leaks, &s->hidden);
	if (rc == CM_OK && !s->ready)
		rc = cm_echoes_ready(&s->echoes);
	s->ready = true;
	if (rc != CM_OK)
		return rc;
	return each_row(&w, x->schema->kind == CM_KIND_CAPTURE ? search_row : search_other);
}
