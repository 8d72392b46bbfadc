#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "dossier/cited.h"
#include "dossier/datagrams.h"
#include "dossier/echoes.h"
#include "dossier/model.h"
#include "dossier/plan.h"
#include "dossier/plan_pairs.h"

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
	struct host *any;	 /* of all of them, ascending, once they are known */
	size_t n_any;
	bool any_known;
	struct cm_cited accused, support; /* rows of findings */
	struct cm_cited counted;	  /* rows of sets */
	struct cm_leaks hidden; /* only for its set of hosts */
	struct cm_echoes echoes;
	bool ready; /* echoes can be searched for */
	struct cm_datagrams parted; /* not all parts of these are opened in full; */
	struct cm_plan_pairs pairs; /* hosts between which packets are accused, if they matter */
	bool needs_parts;	    /* and it matters: some row opened in full is a part */
};

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

struct walk {
	struct cm_select *s;
	const struct cm_select_exhibit *x;
	struct cm_plan *plan;
	struct cm_select_sum *sum;
	const struct cm_plan *done;
	struct cm_leaks *leaks;
	struct cm_err *err;
	uint64_t *asked; /* rows by number, ascending */
	size_t n_asked;
	size_t range; /* of `done` */
};

typedef enum cm_result visit_fn(struct walk *w, uint64_t row, const struct cm_cells *cells);

static CM_RESULT
no_memory(struct walk *w)
{
	return cm_err_set(w->err, CM_E_NOMEM, "no memory to choose what to open");
}

/* Every row, until the exhibit ends. */
static CM_RESULT
each_row(struct walk *w, visit_fn *visit)
{
	struct cm_cell_source src = cm_cut_rows_source(w->x->rows);
	struct cm_cells cells;
	enum cm_result rc = cm_cut_rows_to(w->x->rows, 0, w->err);
	uint64_t row;

	for (row = 0; rc == CM_OK; row++) {
		rc = src.next(src.arg, &cells, w->err);
		if (rc == CM_E_NOTFOUND)
			return CM_OK;
		if (rc == CM_OK)
			rc = visit(w, row, &cells);
	}
	return rc;
}

static CM_RESULT
visit_one(struct walk *w, uint64_t row, visit_fn *visit)
{
	struct cm_cell_source src = cm_cut_rows_source(w->x->rows);
	struct cm_cells cells;
	enum cm_result rc = cm_cut_rows_to(w->x->rows, row, w->err);

	if (rc == CM_OK)
		rc = src.next(src.arg, &cells, w->err);
	if (rc == CM_E_NOTFOUND)
		return cm_err_set(w->err, CM_E_REFUSED,
		    "the exhibit is not what was sealed: row %" PRIu64 " is missing", row);
	return rc == CM_OK ? visit(w, row, &cells) : rc;
}

/* The rows of a list that the table has. */
static CM_RESULT
each_of(struct walk *w, const uint64_t *row, size_t n, visit_fn *visit)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < n && row[i] < w->x->table_rows; i++)
		rc = visit_one(w, row[i], visit);
	return rc;
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

static size_t
first_of(const struct cm_ids *set, uint32_t seal)
{
	size_t low = 0, high = set->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cm_packet_file(set->id[mid]) < seal)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The numbers of one exhibit in a set. */
static struct cm_ids
part_of(const struct cm_ids *set, uint32_t seal)
{
	size_t from = first_of(set, seal), to = first_of(set, seal + 1);

	return (struct cm_ids) { set->id + from, to - from };
}

static enum cm_result
take_frame(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_row *last = cm_cut_rows_last(w->x->rows);

	(void)cells;
	if (last->record != NULL && last->record->frame != 0 &&
	    has(w->s->in->rows, cm_packet_id_of(w->x->seal, last->record->frame)))
		w->asked[w->n_asked++] = row;
	return CM_OK;
}

/* Frames by the index; where it does not say, by all rows. */
static CM_RESULT
find_frames(struct walk *w, const struct cm_ids *frames)
{
	enum cm_result rc;
	uint64_t number, row;
	size_t i;

	for (i = 0; i < frames->n; i++) {
		number = cm_packet_frame(frames->id[i]);
		rc = cm_cut_rows_frame(w->x->rows, number, &row);
		if (rc == CM_E_UNSUPPORTED)
			return each_row(w, take_frame);
		if (rc != CM_OK || row >= w->x->table_rows)
			continue;
		rc = visit_one(w, row, take_frame);
		if (rc != CM_OK)
			return rc;
	}
	return CM_OK;
}

/* Which rows were asked for by number. */
static CM_RESULT
find_asked(struct walk *w)
{
	const struct cm_select_in *in = w->s->in;
	struct cm_ids of;
	size_t i;

	if (in->rows == NULL)
		return CM_OK;
	of = part_of(in->rows, w->x->seal);
	w->asked = calloc(of.n + 1, sizeof(w->asked[0]));
	if (w->asked == NULL)
		return no_memory(w);
	if (in->frames)
		return w->x->schema->kind == CM_KIND_CAPTURE ? find_frames(w, &of) : CM_OK;
	for (i = 0; i < of.n; i++)
		w->asked[w->n_asked++] = cm_packet_frame(of.id[i]);
	return CM_OK;
}

static int
by_row(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The set of rows with this number, of findings and then of what is counted; NULL: that was all. */
static const struct cm_ids *
cited_set(const struct cm_select_in *in, size_t i)
{
	if (i < in->n_findings)
		return &in->findings[i]->support;
	return i - in->n_findings < in->n_sets ? in->sets[i - in->n_findings].rows : NULL;
}

/* Rows asked for, and those that statements cite: ascending, each once. */
static CM_RESULT
find_wanted(struct walk *w, uint64_t **out, size_t *n)
{
	const struct cm_select_in *in = w->s->in;
	const struct cm_ids *set;
	struct cm_ids of;
	uint64_t *row;
	size_t all = w->n_asked, i, k;

	for (i = 0; (set = cited_set(in, i)) != NULL; i++)
		all += part_of(set, w->x->seal).n;
	*out = row = calloc(all + 1, sizeof(*row));
	if (row == NULL)
		return no_memory(w);
	for (all = 0; all < w->n_asked; all++)
		row[all] = w->asked[all];
	for (i = 0; (set = cited_set(in, i)) != NULL; i++) {
		of = part_of(set, w->x->seal);
		for (k = 0; k < of.n; k++)
			row[all++] = cm_packet_frame(of.id[k]);
	}
	*n = cm_numbers_sort(row, all);
	return CM_OK;
}

static CM_RESULT
each_wanted(struct walk *w, visit_fn *visit)
{
	uint64_t *row = NULL;
	size_t n = 0;
	enum cm_result rc = find_wanted(w, &row, &n);

	if (rc == CM_OK)
		rc = each_of(w, row, n, visit);
	free(row);
	return rc;
}

/* All rows of the exhibit are asked for. */
static bool
is_whole(const struct walk *w)
{
	return w->s->in->all && w->s->in->all_seal == w->x->seal;
}

static bool
asked_for(const struct walk *w, uint64_t row)
{
	if (is_whole(w))
		return true;
	return w->n_asked > 0 &&
	       bsearch(&row, w->asked, w->n_asked, sizeof(row), by_row) != NULL;
}

/* Will all of it be opened, unless something is to be hidden? */
static bool
opens_in_full(const struct walk *w, uint64_t row)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	const struct cm_cited_row *of;
	size_t i, n;

	if (asked_for(w, row) && (in->columns == 0 || (in->columns & ALL_CAPTURE) == ALL_CAPTURE))
		return true;
	n = cm_cited_of(&w->s->support, id, &of);
	for (i = 0; i < n; i++) {
		if (!has(&in->findings[of[i].finding]->support_host, id))
			return true;
	}
	return false;
}

static enum cm_result
learn(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	struct cm_span src = cells->cell[CM_COL_SRC];
	const struct cm_cited_row *of;
	struct host *h;
	uint64_t key;
	size_t i, n;

	if (w->s->in->hides == 0 && !asked_for(w, row) && opens_in_full(w, row))
		w->s->needs_parts |= is_fragment(w, cells, &key);
	n = cm_cited_of(&w->s->accused, id, &of);
	if (n > 0 && w->s->in->whole_pair && cm_plan_pairs_add(&w->s->pairs, cells) != CM_OK)
		return no_memory(w);
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
	struct walk w = { .s = s, .x = x, .err = err };
	enum cm_result rc;

	if (x->schema->kind != CM_KIND_CAPTURE)
		return CM_OK;
	rc = find_asked(&w);
	if (rc == CM_OK)
		rc = each_wanted(&w, learn);
	free(w.asked);
	return rc;
}

static enum cm_result
learn_part(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	uint64_t key;

	if (is_fragment(w, cells, &key) && !opens_in_full(w, row) &&
	    cm_datagrams_add(&w->s->parted, key) != CM_OK)
		return no_memory(w);
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
	struct walk w = { .s = s, .x = x, .err = err };
	enum cm_result rc;

	if (x->schema->kind != CM_KIND_CAPTURE)
		return CM_OK;
	rc = find_asked(&w);
	if (rc == CM_OK)
		rc = each_row(&w, learn_part);
	free(w.asked);
	return rc;
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

static int
by_address(const void *a, const void *b)
{
	const struct host *x = a, *y = b;

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
	struct host key = { .len = (uint8_t)addr.len };

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
		/* its other cells are empty, and opened only for all of a file */
		if (!is_whole(w) || w->s->in->columns != 0)
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

/* The packet of the row; false: it is none. */
static bool
decode(const struct walk *w, struct cm_packet *out)
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
want_counted(struct walk *w, cm_packet_id id, struct want *want)
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

static struct cm_released_row
row_of(const struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	return (struct cm_released_row) { w->x->seal, row, w->x->schema, cells,
		w->x->schema->kind == CM_KIND_CAPTURE && is_packet(cells) };
}

/* What the rules took away from a row. */
static CM_RESULT
note_denied(struct walk *w, const struct want *before, const struct want *now, const struct cm_cells *cells)
{
	cm_columns left = now->open | now->tied, denied = (before->open & ~now->open) | (before->tied & ~left);
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = CM_COL_SRC; rc == CM_OK && c <= CM_COL_DST; c++)
		if (denied & cm_column_bit(c))
			rc = cm_leaks_hide(&w->s->hidden, cells->cell[c]);
	return rc;
}

/* Checksums need the rest of their row, and of a fragment the rest of its datagram, which rules may shut. */
static void
drop_mask(const struct walk *w, const struct cm_cells *cells, struct want *want)
{
	uint64_t key;

	if ((want->open & ALL_CAPTURE) != ALL_CAPTURE || is_fragment(w, cells, &key))
		want->open &= ~COL(MASK);
}

static CM_RESULT
release_row(struct walk *w, uint64_t row, const struct cm_cells *cells, struct want *want)
{
	struct cm_released_row r = row_of(w, row, cells);
	struct want before = *want;
	enum cm_result rc;

	if (w->s->in->released == NULL || (want->open | want->tied) == 0)
		return CM_OK;
	rc = cm_released_cells(w->s->in->released, &r, &want->open, &want->tied);
	if (rc != CM_OK || w->x->schema->kind != CM_KIND_CAPTURE)
		return rc;
	if (r.is_packet)
		drop_mask(w, cells, want);
	else if (want->open != before.open)
		*want = (struct want) { 0 };
	return note_denied(w, &before, want, cells);
}

static enum cm_result
plan_row(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_packet_id id = cm_packet_id_of(w->x->seal, row);
	const struct cm_cited_row *of;
	struct want want = { 0 };
	enum cm_result rc;
	size_t i, n;

	n = cm_cited_of(&w->s->support, id, &of);
	for (i = 0; i < n; i++)
		want_finding(w, of[i].finding, id, cells, &want);
	want_counted(w, id, &want);
	if (asked_for(w, row)) {
		want.by_row = true;
		want.open |= in->columns != 0 ? in->columns : ALL_CAPTURE;
	}
	if (is_packet(cells) && ((in->whole_host && of_a_host(w->s, cells)) ||
				    (in->whole_pair && cm_plan_pairs_has(&w->s->pairs, cells)))) {
		want.open |= COL(HEADERS);
		want.tied |= ADDRESSES;
	}
	if (is_packet(cells) && in->tie_all)
		want.tied |= ADDRESSES;
	if ((want.open | want.tied) != 0)
		apply_hides(w, cells, &want);
	rc = release_row(w, row, cells, &want);
	count(w->sum, &want, cells, 5);
	if (rc == CM_OK && (w->s->in->released == NULL || in->hides != 0))
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

/* The other kinds know rows and columns chosen by hand, and lines that are counted. */
static enum cm_result
plan_other(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_select_in *in = w->s->in;
	cm_columns every = ~(cm_columns)0 >> (64 - w->x->schema->n);
	const struct cm_cited_row *of;
	struct want want = { .by_row = true };
	enum cm_result rc = CM_OK;

	if (asked_for(w, row))
		want.open = in->columns != 0 ? in->columns : ~(cm_columns)0;
	if (in->hides == 0 && cm_cited_of(&w->s->counted, cm_packet_id_of(w->x->seal, row), &of) > 0)
		want.open |= every;
	want.open &= every;
	rc = release_row(w, row, cells, &want);
	count(w->sum, &want, cells, w->x->schema->n);
	if (rc == CM_OK && want.open != 0 && want.open != every) {
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
	enum cm_result rc = find_asked(&w);

	*sum = (struct cm_select_sum) { .rows = x->table_rows };
	if (rc == CM_OK && x->schema->kind != CM_KIND_CAPTURE)
		rc = is_whole(&w) ? each_row(&w, plan_other) : each_wanted(&w, plan_other);
	else if (rc == CM_OK && (s->in->whole_host || s->in->whole_pair || s->in->tie_all || is_whole(&w)))
		rc = each_row(&w, plan_row);
	else if (rc == CM_OK)
		rc = each_wanted(&w, plan_row);
	free(w.asked);
	return rc;
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

/* Does this opened cell show what stays hidden? */
static CM_RESULT
shows_hidden(struct walk *w, size_t column, const struct cm_cells *cells, bool *out)
{
	const struct cm_leak where = { 0 };
	struct cm_leaks *hidden = &w->s->hidden;
	struct cm_span value = cells->cell[column];
	uint64_t before = hidden->n;
	enum cm_result rc;

	if (w->x->schema->kind == CM_KIND_CAPTURE && column == CM_COL_HEADERS)
		rc = cm_leaks_search_headers(hidden, value, cells->cell[CM_COL_SRC], cells->cell[CM_COL_DST], where);
	else
		rc = cm_leaks_search(hidden, value, where);
	if (rc == CM_OK && w->s->echoes.n != 0)
		rc = cm_echoes_search(&w->s->echoes, value, where, hidden);
	*out = hidden->n != before;
	return rc;
}

static void
uncount(struct walk *w, size_t column, const struct cm_cells *cells)
{
	w->sum->cells[column]--;
	w->sum->bytes[column] -= cells->cell[column].len;
}

static enum cm_result
shut_row(struct walk *w, uint64_t row, const struct cm_cells *cells)
{
	const struct cm_plan_range *r = range_of(w, row);
	struct want want = { r->open & ~r->tied, r->tied, r->by_row };
	struct cm_released_row of = row_of(w, row, cells);
	bool shows = false;
	enum cm_result rc = CM_OK;
	size_t c;

	for (c = 0; rc == CM_OK && c < w->x->schema->n; c++) {
		if (!(want.open & cm_column_bit(c)) || w->x->schema->column[c].link != CM_LINK_PLAIN)
			continue;
		rc = shows_hidden(w, c, cells, &shows);
		if (rc != CM_OK || !shows)
			continue;
		rc = cm_released_echo(w->s->in->released, &of, c);
		want.open &= ~cm_column_bit(c);
		uncount(w, c, cells);
	}
	if (of.is_packet && (want.open & COL(MASK)) && (want.open & ALL_CAPTURE) != ALL_CAPTURE) {
		want.open &= ~COL(MASK);
		uncount(w, CM_COL_MASK, cells);
	}
	w->sum->open_rows -= (want.open | want.tied) == 0;
	return rc == CM_OK ? add(w, row, &want) : rc;
}

bool
cm_select_shuts(const struct cm_select *s)
{
	return s->in->released != NULL && (s->hidden.n_host != 0 || s->echoes.n != 0);
}

CM_RESULT
cm_select_shut(struct cm_select *s, const struct cm_select_exhibit *x, struct cm_plan *plan,
    struct cm_select_sum *sum, struct cm_err *err)
{
	struct cm_plan now = { 0 };
	struct walk w = { .s = s, .x = x, .done = plan, .plan = &now, .sum = sum, .err = err };
	enum cm_result rc = s->ready ? CM_OK : cm_echoes_ready(&s->echoes);
	uint64_t row;
	size_t i;

	s->ready = true;
	for (i = 0; rc == CM_OK && i < plan->n; i++)
		for (row = plan->range[i].from; rc == CM_OK && row < plan->range[i].to; row++)
			rc = visit_one(&w, row, shut_row);
	if (rc == CM_OK) {
		cm_plan_release(plan);
		*plan = now;
	} else {
		cm_plan_release(&now);
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
	visit_fn *search = x->schema->kind == CM_KIND_CAPTURE ? search_row : search_other;
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
			rc = visit_one(&w, row, search);
	return rc;
}
