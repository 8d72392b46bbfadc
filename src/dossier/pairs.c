#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/pairs.h"
#include "dossier/view.h"
#include "dossier/words.h"

/* One exhibit. */
struct counting {
	struct cm_loaded *l;
	size_t k;
	const struct cm_seal *seal;
	struct cm_shown_exhibit *x;
	struct cm_opened_pair *opened;
	size_t n_opened;
	struct cm_shown_pair *pair;
	struct cm_pair_count *count; /* of each */
	size_t n;
	uint64_t settled; /* rows of which it shows whose they are, or that they are nobody's */
	struct cm_err *err;
};

static CM_RESULT
no_memory(struct counting *c)
{
	return cm_err_set(c->err, CM_E_NOMEM, "no memory for the pairs of hosts");
}

/* ---- which pairs ---- */

static const struct cm_ids *
accused_of(const struct cm_finding *f)
{
	return f->forged.n != 0 ? &f->forged : &f->suspect;
}

static int
by_key(const void *a, const void *b)
{
	const struct cm_shown_pair *x = a, *y = b;

	return memcmp(x->key, y->key, CM_HASH_LEN);
}

/* The key of the pair that a row is between, if both its hosts show. */
static bool
key_of_row(const struct cm_shown_exhibit *x, const struct cm_shown_row *row, uint8_t key[CM_HASH_LEN])
{
	const uint8_t *src = cm_view_tie(x, row->src_host), *dst = cm_view_tie(x, row->dst_host);

	if (src == NULL || dst == NULL)
		return false;
	cm_pair_key(x->exhibit, src, dst, key);
	return true;
}

static size_t
count_accused(const struct counting *c)
{
	const struct cm_dossier *d = &c->l->dossier;
	size_t n = 0, i;

	for (i = 0; i < d->n_findings; i++)
		n += accused_of(d->findings[i].body)->n;
	return n;
}

/* Each once, ascending. */
static void
settle(struct counting *c)
{
	size_t i, n = 0;

	if (c->n > 1)
		qsort(c->pair, c->n, sizeof(c->pair[0]), by_key);
	for (i = 0; i < c->n; i++) {
		if (n == 0 || by_key(&c->pair[n - 1], &c->pair[i]) != 0)
			c->pair[n++] = c->pair[i];
	}
	c->n = n;
}

static CM_RESULT
list_pairs(struct counting *c)
{
	const struct cm_dossier *d = &c->l->dossier;
	const struct cm_shown_row *row;
	const struct cm_ids *set;
	size_t i, k;

	c->pair = cm_arena_array(c->l->arena, count_accused(c) + c->n_opened + 1, sizeof(c->pair[0]));
	if (c->pair == NULL)
		return no_memory(c);
	for (i = 0; i < d->n_findings; i++) {
		set = accused_of(d->findings[i].body);
		for (k = 0; k < set->n; k++) {
			row = cm_packet_file(set->id[k]) != c->k ? NULL : cm_dossier_row(d, set->id[k]);
			c->n += row != NULL && key_of_row(c->x, row, c->pair[c->n].key);
		}
	}
	for (i = 0; i < c->n_opened; i++)
		memcpy(c->pair[c->n++].key, c->opened[i].key, CM_HASH_LEN);
	settle(c);
	c->count = cm_arena_array(c->l->arena, c->n + 1, sizeof(c->count[0]));
	return c->count != NULL ? CM_OK : no_memory(c);
}

/* ---- which rows ---- */

static void
count_row(struct counting *c, const struct cm_opened_row *row)
{
	const struct cm_opened_cell *cell = row->cell;
	bool headers = cell[CM_COL_HEADERS].state == CM_CELL_OPEN;
	struct cm_shown_pair key, *p;

	if (cell[CM_COL_SRC].state == CM_CELL_SHUT || cell[CM_COL_DST].state == CM_CELL_SHUT) {
		c->settled += headers && cell[CM_COL_HEADERS].value.len > 0 && cell[CM_COL_HEADERS].value.ptr[0] == 0;
		return;
	}
	c->settled++;
	cm_pair_key(c->seal->x, cell[CM_COL_SRC].tie, cell[CM_COL_DST].tie, key.key);
	p = bsearch(&key, c->pair, c->n, sizeof(c->pair[0]), by_key);
	if (p == NULL)
		return;
	if (p->known++ == 0)
		p->row = row->row;
	p->headers += headers;
	p->payload += headers && cell[CM_COL_PAYLOAD].state == CM_CELL_OPEN;
	cm_pair_count_add(&c->count[p - c->pair], row->row);
}

static CM_RESULT
count_rows(struct counting *c)
{
	struct cm_opening *o = c->l->opening[c->k];
	const struct cm_opened_row *row;
	enum cm_result rc;
	size_t i;

	for (i = 0; i < c->n; i++)
		cm_pair_count_begin(&c->count[i]);
	cm_opening_rewind(o);
	while ((rc = cm_opening_next(o, &row)) == CM_OK)
		count_row(c, row);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* ---- do they agree? ---- */

/* What the seal counted, and what is shown. */
static CM_RESULT
check_pair(struct counting *c, const struct cm_opened_pair *o, struct cm_shown_pair *p, struct cm_pair_count *count)
{
	const char *by = c->x->by;

	p->proven = true;
	p->rows = o->rows;
	if (p->known == 0)
		return cm_err_set(c->err, CM_E_REFUSED, "it opens a pair of hosts of which no row is shown");
	if (p->known > o->rows)
		return cm_err_set(c->err, CM_E_REFUSED, "%" PRIu64 " rows are shown between the two hosts of row %" PRIu64
		    ", and the seal counted %" PRIu64 ": whoever made this seal (%s) lied in it", p->known, p->row, o->rows, by);
	if (p->known < o->rows && o->whole)
		return cm_err_set(c->err, CM_E_REFUSED, "of the two hosts of row %" PRIu64 " it gives a salt, and not all their "
		    "rows are shown", p->row);
	if (p->known < o->rows && c->settled == c->seal->rows)
		return cm_err_set(c->err, CM_E_REFUSED, "all rows of the capture are shown, %" PRIu64 " of them between the two "
		    "hosts of row %" PRIu64 ", and the seal counted %" PRIu64 ": whoever made this seal (%s) lied in it",
		    p->known, p->row, o->rows, by);
	if (p->known < o->rows)
		return CM_OK;
	if (!o->whole)
		return cm_err_set(c->err, CM_E_REFUSED, "all rows of the two hosts of row %" PRIu64 " are shown, and the salt of "
		    "their cover is not", p->row);
	if (!cm_pair_count_is(count, o))
		return cm_err_set(c->err, CM_E_REFUSED, "the seal counted other rows between the two hosts of row %" PRIu64
		    " than are shown: whoever made this seal (%s) lied in it, or the salt is not that of their cover", p->row, by);
	return CM_OK;
}

/* Both lists ascend, and what is opened is in the other one. */
static CM_RESULT
check_pairs(struct counting *c)
{
	enum cm_result rc = CM_OK;
	size_t i, k = 0;

	for (i = 0; rc == CM_OK && i < c->n_opened; i++) {
		while (memcmp(c->pair[k].key, c->opened[i].key, CM_HASH_LEN) != 0)
			k++;
		rc = check_pair(c, &c->opened[i], &c->pair[k], &c->count[k]);
	}
	return rc;
}

static CM_RESULT
load_pairs(struct counting *c, struct cm_span file)
{
	enum cm_result rc = CM_OK;

	if (file.len > 0)
		rc = cm_pairs_read(c->seal, file, c->l->arena, &c->opened, &c->n_opened, c->err);
	if (rc == CM_OK)
		rc = list_pairs(c);
	if (rc == CM_OK && c->n > 0)
		rc = count_rows(c);
	if (rc == CM_OK)
		rc = check_pairs(c);
	if (rc != CM_OK)
		return rc;
	c->x->pairs = c->pair;
	c->x->n_pairs = c->n;
	c->x->n_pairs_opened = c->n_opened;
	return CM_OK;
}

CM_RESULT
cm_load_pairs(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err)
{
	size_t n = l->dossier.n_exhibits, k;
	struct cm_shown_exhibit *x = cm_arena_copy(l->arena, l->dossier.exhibits, (n + 1) * sizeof(*x));
	enum cm_result rc = CM_OK;
	struct cm_span file;

	if (x == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the pairs of hosts");
	l->dossier.exhibits = x;
	for (k = 0; rc == CM_OK && k < n; k++) {
		struct counting c = { .l = l, .k = k, .seal = &l->seal[k].seal, .x = &x[k], .err = err };

		l->at = cm_arena_printf(l->arena, "seal-%zu" CM_PAIRS_ENDING, k + 1);
		if (l->at == NULL)
			return no_memory(&c);
		file = cm_span_of(NULL, 0);
		if (cm_zip_find(zip, l->at, &file) == CM_OK && (!c.seal->has_pairs || l->opening[k] == NULL || file.len == 0))
			return cm_err_set(err, CM_E_REFUSED, "it is there, and should not be");
		if (c.seal->has_pairs && l->opening[k] != NULL)
			rc = load_pairs(&c, file);
	}
	if (rc == CM_OK)
		l->at = NULL;
	return rc;
}

CM_RESULT
cm_pairs_make(const struct cm_loaded *l, size_t k, const struct cm_pair_list *list,
    const struct cm_seal_secret *secret, struct cm_buf *out, struct cm_err *err)
{
	const struct cm_shown_exhibit *x = &l->dossier.exhibits[k];
	struct cm_pair_wish *wish = cm_arena_array(l->arena, x->n_pairs + 1, sizeof(*wish));
	const struct cm_pair *p;
	size_t n = 0, i;

	if (wish == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the pairs of hosts");
	for (i = 0; i < x->n_pairs; i++) {
		if (cm_pair_list_find(list, x->pairs[i].key, &p) != CM_OK)
			continue;
		memcpy(wish[n].key, p->key, CM_HASH_LEN);
		wish[n++].whole = x->pairs[i].known == p->rows;
	}
	return n == 0 ? CM_OK : cm_pairs_open(list, secret, &l->seal[k].seal, wish, n, out, err);
}

/* ---- what it says of a finding ---- */

const char *
cm_complete_word(enum cm_complete c)
{
	static const char *const word[] = { "all", "tied", "part", "unsaid", "unknown" };

	return word[c];
}

static const struct cm_shown_pair *
find_pair(const struct cm_shown_exhibit *x, const struct cm_shown_row *row)
{
	struct cm_shown_pair key;

	if (row == NULL || x->n_pairs == 0 || !key_of_row(x, row, key.key))
		return NULL;
	return bsearch(&key, x->pairs, x->n_pairs, sizeof(key), by_key);
}

static enum cm_complete
complete(const struct cm_shown_pair *p)
{
	if (p == NULL)
		return CM_COMPLETE_UNKNOWN;
	if (!p->proven)
		return CM_COMPLETE_UNSAID;
	if (p->known < p->rows)
		return CM_COMPLETE_PART;
	return p->headers == p->rows ? CM_COMPLETE_ALL : CM_COMPLETE_TIED;
}

static bool
is_told(const struct cm_completeness *c, size_t n, uint32_t seal, const struct cm_shown_pair *pair)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c[i].seal == seal && c[i].pair == pair)
			return true;
	return false;
}

size_t
cm_completeness(
    const struct cm_dossier *d, const struct cm_finding *f, struct cm_completeness out[CM_COMPLETENESS_MAX])
{
	const struct cm_ids *set = accused_of(f);
	const struct cm_shown_pair *pair;
	const struct cm_shown_row *row;
	size_t n = 0, i;
	uint32_t k;

	for (i = 0; i < set->n && n < CM_COMPLETENESS_MAX; i++) {
		k = cm_packet_file(set->id[i]);
		if (k >= d->n_exhibits || !d->exhibits[k].has_pairs)
			continue;
		row = cm_dossier_row(d, set->id[i]);
		pair = find_pair(&d->exhibits[k], row);
		if (is_told(out, n, k, pair))
			continue;
		out[n++] = (struct cm_completeness) { k, complete(pair), row, pair };
	}
	return n;
}

static void
put_hosts(struct cm_buf *out, const struct cm_completeness *c)
{
	cm_words_host(out, c->row->src, &c->row->alias_src);
	cm_buf_add_str(out, " and ");
	cm_words_host(out, c->row->dst, &c->row->alias_dst);
}

void
cm_words_completeness(struct cm_buf *out, const struct cm_dossier *d, const struct cm_completeness *c)
{
	const struct cm_shown_pair *p = c->pair;

	if (d->n_exhibits > 1)
		cm_buf_printf(out, "seal-%" PRIu32 ": ", c->seal + 1);
	switch (c->how) {
	case CM_COMPLETE_ALL:
		cm_buf_printf(out, "all %" PRIu64 " rows between ", p->rows);
		put_hosts(out, c);
		cm_buf_printf(out, " were shown, as many as the seal counted; "
				   "with payload %" PRIu64, p->payload);
		return;
	case CM_COMPLETE_TIED:
		cm_buf_printf(out, "%" PRIu64 " of %" PRIu64 " rows between ", p->headers, p->rows);
		put_hosts(out, c);
		cm_buf_printf(out, " were shown; of the other %" PRIu64 " nothing shows but that they are these hosts'",
		    p->rows - p->headers);
		return;
	case CM_COMPLETE_PART:
		cm_buf_printf(out, "%" PRIu64 " of %" PRIu64 " rows between ", p->headers, p->rows);
		put_hosts(out, c);
		cm_buf_printf(out, " were shown; the other %" PRIu64 " stay shut: what speaks against this finding may be "
				   "among them", p->rows - p->headers);
		return;
	case CM_COMPLETE_UNSAID:
		cm_buf_add_str(out, "how many rows there are between ");
		put_hosts(out, c);
		cm_buf_add_str(out, " the seal has counted, and the sender could have shown it and did not");
		return;
	case CM_COMPLETE_UNKNOWN:
		cm_buf_add_str(out, "whether all rows between the two hosts were shown can not be seen: their addresses are shut "
				    "where a packet is accused");
		return;
	}
}
