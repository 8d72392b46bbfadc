#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "dossier/plan_walk.h"

static const struct cm_ids *
accused_of(const struct cm_finding *f)
{
	return f->forged.n != 0 ? &f->forged : &f->suspect;
}

static CM_RESULT
note_rows(struct cm_select *s)
{
	enum cm_result rc = CM_OK;
	uint32_t i;

	for (i = 0; rc == CM_OK && i < s->in->n_findings; i++) {
		rc = cm_cited_add(&s->accused, accused_of(s->in->findings[i]), i, 0);
		if (rc == CM_OK)
			rc = cm_cited_add(&s->support, &s->in->findings[i]->support, i, 0);
	}
	for (i = 0; rc == CM_OK && i < s->in->n_sets; i++)
		rc = cm_cited_add(&s->counted, s->in->sets[i].rows, i, s->in->sets[i].kind);
	cm_cited_sort(&s->accused);
	cm_cited_sort(&s->support);
	cm_cited_sort(&s->counted);
	return rc;
}

CM_RESULT
cm_select_new(const struct cm_select_in *in, struct cm_select **out)
{
	struct cm_select *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return CM_E_NOMEM;
	s->in = in;
	s->host = calloc(in->n_findings + 1, sizeof(s->host[0]));
	s->any = calloc(in->n_findings + 1, sizeof(s->any[0]));
	if (s->host == NULL || s->any == NULL || note_rows(s) != CM_OK) {
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
	free(s->any);
	cm_cited_release(&s->accused);
	cm_cited_release(&s->support);
	cm_cited_release(&s->counted);
	cm_leaks_release(&s->hidden);
	cm_echoes_release(&s->echoes);
	cm_datagrams_release(&s->parted);
	cm_plan_pairs_release(&s->pairs);
	free(s);
}

/* Will all of it be opened, unless something is to be hidden? */
static bool
opens_in_full(const struct cm_walk *w, uint64_t row)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	const struct cm_cited_row *of;
	size_t i, n;

	if (cm_walk_asked_for(w, row) && (in->columns == 0 || (in->columns & ALL_CAPTURE) == ALL_CAPTURE))
		return true;
	n = cm_cited_of(&w->s->support, id, &of);
	for (i = 0; i < n; i++) {
		if (!cm_ids_has(&in->findings[of[i].finding]->support_host, id))
			return true;
	}
	return false;
}

static enum cm_result
learn(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	struct cm_span src = cells->cell[CM_COL_SRC];
	const struct cm_cited_row *of;
	struct cm_plan_host *h;
	uint64_t key;
	size_t i, n;

	if (w->s->in->hides == 0 && !cm_walk_asked_for(w, row) && opens_in_full(w, row))
		w->s->needs_parts |= cm_walk_is_fragment(w, cells, &key);
	n = cm_cited_of(&w->s->accused, id, &of);
	if (n > 0 && w->s->in->whole_pair && cm_plan_pairs_add(&w->s->pairs, cells) != CM_OK)
		return cm_walk_no_memory(w);
	for (i = 0; i < n; i++) {
		h = &w->s->host[of[i].finding];
		if (h->len != 0 || (src.len != 4 && src.len != 16))
			continue;
		h->len = (uint8_t)src.len;
		memcpy(h->addr, src.ptr, src.len);
	}
	return CM_OK;
}

CM_RESULT
cm_select_learn(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_err *err)
{
	struct cm_walk w = { .s = s, .x = x, .err = err };
	enum cm_result rc;

	if (x->schema->kind != CM_KIND_CAPTURE)
		return CM_OK;
	rc = cm_walk_find_asked(&w);
	if (rc == CM_OK)
		rc = cm_walk_wanted(&w, learn);
	free(w.asked);
	return rc;
}

static enum cm_result
learn_part(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	uint64_t key;

	if (cm_walk_is_fragment(w, cells, &key) && !opens_in_full(w, row) &&
	    cm_datagrams_add(&w->s->parted, key) != CM_OK)
		return cm_walk_no_memory(w);
	return CM_OK;
}

bool
cm_select_needs_parts(const struct cm_select *s)
{
	return s->needs_parts;
}

bool
cm_select_has_no_parts(const struct cm_select *s)
{
	return s->in->rows == NULL && !s->in->all && s->in->hides == 0 && !s->needs_parts;
}

CM_RESULT
cm_select_parts(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_err *err)
{
	struct cm_walk w = { .s = s, .x = x, .err = err };
	enum cm_result rc;

	if (x->schema->kind != CM_KIND_CAPTURE)
		return CM_OK;
	rc = cm_walk_find_asked(&w);
	if (rc == CM_OK)
		rc = cm_walk_rows(&w, learn_part);
	free(w.asked);
	return rc;
}

static bool
is_host(const struct cm_plan_host *h, struct cm_span addr)
{
	return h->len != 0 && addr.len == h->len && memcmp(addr.ptr, h->addr, h->len) == 0;
}

static void
want_finding(struct cm_walk *w, size_t i, cm_packet_id id, const struct cm_cells *cells, struct cm_want *want)
{
	const struct cm_finding *f = w->s->in->findings[i];
	const struct cm_plan_host *h = &w->s->host[i];

	if (!cm_ids_has(&f->support_host, id)) {
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

static int
by_address(const void *a, const void *b)
{
	const struct cm_plan_host *x = a, *y = b;

	return x->len != y->len ? (int)x->len - (int)y->len : memcmp(x->addr, y->addr, sizeof(x->addr));
}

static void
know_hosts(struct cm_select *s)
{
	size_t i;

	for (i = 0; i < s->in->n_findings; i++) {
		if (s->host[i].len != 0)
			s->any[s->n_any++] = s->host[i];
	}
	if (s->n_any > 1)
		qsort(s->any, s->n_any, sizeof(s->any[0]), by_address);
	s->any_known = true;
}

static bool
is_any_host(const struct cm_select *s, struct cm_span addr)
{
	struct cm_plan_host key = { .len = (uint8_t)addr.len };

	if (s->n_any == 0 || (addr.len != 4 && addr.len != 16))
		return false;
	memcpy(key.addr, addr.ptr, addr.len);
	return bsearch(&key, s->any, s->n_any, sizeof(s->any[0]), by_address) != NULL;
}

/* All exhibits have been learnt from when this is asked. */
static bool
of_a_host(struct cm_select *s, const struct cm_cells *cells)
{
	if (!s->any_known)
		know_hosts(s);
	return is_any_host(s, cells->cell[CM_COL_SRC]) || is_any_host(s, cells->cell[CM_COL_DST]);
}

/* A fragment's checksum is of the whole datagram: all of it must be opened. */
static bool
is_parted(const struct cm_walk *w, const struct cm_cells *cells)
{
	uint64_t key;

	return cm_walk_is_fragment(w, cells, &key) && cm_datagrams_has(&w->s->parted, key);
}

static void
apply_hides(const struct cm_walk *w, const struct cm_cells *cells, struct cm_want *want)
{
	uint8_t hides = w->s->in->hides;

	if (hides & CM_HIDE_ADDRESSES) {
		want->tied |= want->open & ADDRESSES;
		want->open &= ~(ADDRESSES | COL(MASK));
	}
	if (hides & CM_HIDE_PAYLOAD)
		want->open &= ~(COL(PAYLOAD) | COL(MASK));
	if (!cm_walk_is_packet(cells)) {
		/* no place to hide anything in: all or nothing */
		if (!want->by_row || hides != 0)
			*want = (struct cm_want) { 0 };
		/* its other cells are empty, and opened only for all of a file */
		if (!cm_walk_is_whole(w) || w->s->in->columns != 0)
			want->open &= COL(HEADERS) | COL(PAYLOAD);
		want->tied = 0;
		return;
	}
	if ((want->open & ALL_CAPTURE) != ALL_CAPTURE || (!want->by_row && is_parted(w, cells)))
		want->open &= ~COL(MASK);
	want->tied &= ~want->open;
}

static void
count(struct cm_select_sum *sum, const struct cm_want *want, const struct cm_cells *cells, size_t columns)
{
	size_t c;

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

/* Addresses that stay hidden: tied, or shut beside open headers. */
static CM_RESULT
hide(struct cm_walk *w, const struct cm_want *want, const struct cm_cells *cells)
{
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = CM_COL_SRC; rc == CM_OK && c <= CM_COL_DST; c++) {
		if ((want->open | want->tied) != 0 && !(want->open & cm_column_bit(c)))
			rc = cm_leaks_hide(&w->s->hidden, cells->cell[c]);
	}
	return rc;
}

/* The packet of the row; false: it is none. */
static bool
decode(const struct cm_walk *w, struct cm_packet *out)
{
	const struct cm_row *row = cm_cut_rows_last(w->x->rows);
	struct cm_layers layers;
	struct cm_frame f;

	if (row == NULL || row->record == NULL)
		return false;
	f = cm_frame_of(row->record, 0);
	return cm_decode(&f, out, &layers) == CM_DECODED_PACKET;
}

static void
want_counted(struct cm_walk *w, cm_packet_id id, struct cm_want *want)
{
	const struct cm_cited_row *of;
	size_t n = cm_cited_of(&w->s->counted, id, &of), i;
	struct cm_packet p;
	bool payload = false;

	if (n == 0)
		return;
	want->open |= COL(HEADERS) | ADDRESSES;
	if (!decode(w, &p))
		return;
	for (i = 0; i < n; i++)
		payload |= cm_counted_reads((enum cm_traffic_kind)of[i].as, &p);
	want->open |= payload ? COL(PAYLOAD) : 0;
}

/* Addresses that are named, by row: would it be a blunder? */
static CM_RESULT
warn_of(struct cm_walk *w, uint64_t row, const struct cm_cells *cells, const struct cm_want *want)
{
	enum cm_result rc = CM_OK;
	bool accused;

	if (w->s->in->gate == NULL)
		return CM_OK;
	for (size_t c = CM_COL_SRC; rc == CM_OK && c <= CM_COL_DST; c++) {
		if (!(want->open & cm_column_bit(c)) || (cells->cell[c].len != 4 && cells->cell[c].len != 16))
			continue;
		if (!w->s->any_known)
			know_hosts(w->s);
		accused = is_any_host(w->s, cells->cell[c]);
		rc = cm_gate_address(w->s->in->gate, cells->cell[c], accused, cm_packet_id_of(w->x->seal, row));
	}
	return rc;
}

static enum cm_result
plan_row(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	const struct cm_cited_row *of;
	struct cm_want want = { 0 };
	enum cm_result rc;
	size_t i, n;

	n = cm_cited_of(&w->s->support, id, &of);
	for (i = 0; i < n; i++)
		want_finding(w, of[i].finding, id, cells, &want);
	want_counted(w, id, &want);
	if (cm_walk_asked_for(w, row)) {
		want.by_row = true;
		want.open |= in->columns != 0 ? in->columns : ALL_CAPTURE;
	}
	if (cm_walk_is_packet(cells) && ((in->whole_host && of_a_host(w->s, cells)) ||
				    (in->whole_pair && cm_plan_pairs_has(&w->s->pairs, cells)))) {
		want.open |= COL(HEADERS);
		want.tied |= ADDRESSES;
	}
	if (cm_walk_is_packet(cells) && in->tie_all)
		want.tied |= ADDRESSES;
	if ((want.open | want.tied) != 0)
		apply_hides(w, cells, &want);
	rc = cm_plan_release_row(w, row, cells, &want);
	if (rc == CM_OK)
		rc = warn_of(w, row, cells, &want);
	count(w->sum, &want, cells, 5);
	if (rc == CM_OK && (w->s->in->released == NULL || in->hides != 0))
		rc = hide(w, &want, cells);
	return rc == CM_OK ? cm_walk_add(w, row, &want) : rc;
}

/* What stays shut in a row of which other cells are open. */
static CM_RESULT
hide_cells(struct cm_walk *w, uint64_t row, cm_columns open, const struct cm_cells *cells)
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

/* The other kinds know rows and columns chosen by hand, and lines that are counted. */
static enum cm_result
plan_other(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_columns every = ~(cm_columns)0 >> (64 - w->x->schema->n);
	const struct cm_cited_row *of;
	struct cm_want want = { .by_row = true };
	enum cm_result rc = CM_OK;

	if (cm_walk_asked_for(w, row))
		want.open = in->columns != 0 ? in->columns : ~(cm_columns)0;
	if (in->hides == 0 && cm_cited_of(&w->s->counted, cm_packet_id_of(w->x->seal, row), &of) > 0)
		want.open |= every;
	want.open &= every;
	rc = cm_plan_release_row(w, row, cells, &want);
	count(w->sum, &want, cells, w->x->schema->n);
	if (rc == CM_OK && want.open != 0 && want.open != every) {
		w->sum->parted++;
		rc = hide_cells(w, row, want.open, cells);
	}
	return rc == CM_OK ? cm_walk_add(w, row, &want) : rc;
}

CM_RESULT
cm_select_plan(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_plan *plan,
    struct cm_select_sum *sum, struct cm_err *err)
{
	struct cm_walk w = { .s = s, .x = x, .plan = plan, .sum = sum, .err = err };
	enum cm_result rc = cm_walk_find_asked(&w);

	*sum = (struct cm_select_sum) { .rows = x->table_rows };
	if (rc == CM_OK && x->schema->kind != CM_KIND_CAPTURE)
		rc = cm_walk_is_whole(&w) ? cm_walk_rows(&w, plan_other) : cm_walk_wanted(&w, plan_other);
	else if (rc == CM_OK && (s->in->whole_host || s->in->whole_pair || s->in->tie_all || cm_walk_is_whole(&w)))
		rc = cm_walk_rows(&w, plan_row);
	else if (rc == CM_OK)
		rc = cm_walk_wanted(&w, plan_row);
	free(w.asked);
	return rc;
}

static enum cm_result
search_row(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	static const char *const name[] = { "headers", "src", "dst", "mask", "payload" };
	const struct cm_plan_range *r = cm_walk_range(w, row);
	struct cm_leak where = { .seal = w->x->seal, .row = row };
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; r != NULL && rc == CM_OK && c < 5; c++) {
		if (c == CM_COL_SRC || c == CM_COL_DST || !(r->open & cm_column_bit(c)))
			continue;
		where.column = name[c];
		rc = c == CM_COL_HEADERS ? cm_leaks_search_headers(w->leaks, cells->cell[c], cells->cell[CM_COL_SRC],
						   cells->cell[CM_COL_DST], where) :
					   cm_leaks_search(w->leaks, cells->cell[c], where);
	}
	return rc;
}

static enum cm_result
search_other(struct cm_walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_plan_range *r = cm_walk_range(w, row);
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
	struct cm_walk w = { .s = s, .x = x, .done = plan, .leaks = leaks, .err = err };
	cm_visit_fn *search = x->schema->kind == CM_KIND_CAPTURE ? search_row : search_other;
	enum cm_result rc = CM_OK;
	uint64_t row;
	size_t i;

	if (s->in->hides & CM_HIDE_ADDRESSES)
		rc = cm_leaks_share(leaks, &s->hidden);
	if (rc == CM_OK && !s->ready)
		rc = cm_echoes_ready(&s->echoes);
	s->ready = true;
	for (i = 0; rc == CM_OK && i < plan->n; i++)
		for (row = plan->range[i].from; rc == CM_OK && row < plan->range[i].to; row++)
			rc = cm_walk_row(&w, row, search);
	return rc;
}
