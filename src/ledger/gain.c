#include <inttypes.h>
#include <string.h>

#include "ledger/gain.h"
#include "ledger/map_parts.h"

#define CONTENT                                                                                              \
	(cm_column_bit(CM_COL_HEADERS) | cm_column_bit(CM_COL_SRC) | cm_column_bit(CM_COL_DST) |             \
	    cm_column_bit(CM_COL_PAYLOAD))

struct finding {
	struct cm_gain *out;
	const struct cm_map_exhibit *before, *more, *now; /* earlier, new, both */
};

static void
note(struct cm_gain *out, struct cm_gained g)
{
	if (out->n == CM_GAINS_MAX)
		out->more = true;
	else
		out->item[out->n++] = g;
}

static cm_columns
every(const struct cm_map_exhibit *x)
{
	return ~(cm_columns)0 >> (64 - x->n_columns);
}

/* What nobody needs to see to have seen it all: checksums tell nothing beside all else. */
static cm_columns
content(const struct cm_map_exhibit *x)
{
	return x->kind == CM_KIND_CAPTURE ? CONTENT : every(x);
}

static cm_columns
known_of(const struct cm_plan_range *r)
{
	return r->open & ~r->tied;
}

/* Rows of ranges that hold both here and there: each stretch of rows in which neither changes. */
struct stretches {
	const struct cm_plan *a, *b;
	size_t i, k;
	uint64_t at;
};

static const struct cm_plan_range nothing = { .from = 0 };

/* The next one where ${b} has a range; what ${a} has of it, or nothing. */
static bool
next_stretch(struct stretches *s, const struct cm_plan_range **a, const struct cm_plan_range **b, uint64_t *rows)
{
	const struct cm_plan_range *x, *y;
	uint64_t from, to;

	if (s->k == s->b->n)
		return false;
	y = &s->b->range[s->k];
	from = s->at > y->from ? s->at : y->from;
	while (s->i < s->a->n && s->a->range[s->i].to <= from)
		s->i++;
	x = s->i < s->a->n ? &s->a->range[s->i] : &nothing;
	to = y->to;
	if (x != &nothing && x->from > from) {
		to = x->from < to ? x->from : to;
		x = &nothing;
	} else if (x != &nothing && x->to < to) {
		to = x->to;
	}
	*a = x;
	*b = y;
	*rows = to - from;
	s->at = to;
	s->k += to == y->to;
	return true;
}

static void
find_rows(const struct finding *f)
{
	struct stretches s = { .a = &f->before->open, .b = &f->now->open };
	const struct cm_plan_range *a, *b;
	cm_columns headers = cm_column_bit(CM_COL_HEADERS), payload = cm_column_bit(CM_COL_PAYLOAD), whole = content(f->now);
	bool capture = f->now->kind == CM_KIND_CAPTURE;
	uint64_t full = 0, beside[2] = { 0 }, rows;

	while (next_stretch(&s, &a, &b, &rows)) {
		if (a->open == 0)
			continue;
		if ((known_of(b) & whole) == whole && (known_of(a) & whole) != whole)
			full += rows;
		if (capture && (a->open & headers) && !(a->open & payload) && (b->open & payload))
			beside[0] += rows;
		if (capture && (a->open & payload) && !(a->open & headers) && (b->open & headers))
			beside[1] += rows;
	}
	if (full > 0)
		note(f->out, (struct cm_gained) { .what = CM_GAIN_ROWS, .exhibit = f->more, .rows = full });
	if (beside[0] > 0)
		note(f->out, (struct cm_gained) { .what = CM_GAIN_PAYLOAD, .exhibit = f->more, .rows = beside[0] });
	if (beside[1] > 0)
		note(f->out, (struct cm_gained) { .what = CM_GAIN_HEADERS, .exhibit = f->more, .rows = beside[1] });
}

static const struct cm_map_host *
host_of(const struct cm_map_exhibit *x, uint64_t key)
{
	size_t low = 0, high = x->n_hosts, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (x->host[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n_hosts && x->host[low].key == key ? &x->host[low] : NULL;
}

/* Rows that get a tie which they did not have. */
static uint64_t
newly_tied(const struct finding *f)
{
	struct stretches s = { .a = &f->before->open, .b = &f->now->open };
	const struct cm_plan_range *a, *b;
	uint64_t n = 0, rows;

	while (next_stretch(&s, &a, &b, &rows))
		n += (b->tied & ~a->open) != 0 ? rows : 0;
	return n;
}

static void
find_names(const struct finding *f)
{
	uint64_t fresh = newly_tied(f);
	struct cm_gained names = { .what = CM_GAIN_NAMES, .exhibit = f->more, .least = true };
	struct cm_gained ties = { .what = CM_GAIN_TIES, .exhibit = f->more };
	size_t i;

	for (i = 0; i < f->more->n_hosts; i++) {
		const struct cm_map_host *h = &f->more->host[i], *was = host_of(f->before, h->key);

		if (was == NULL)
			continue;
		if (h->named && !was->named) {
			names.hosts++;
			names.rows = was->rows > names.rows ? was->rows : names.rows;
		} else if (!h->named && was->named && fresh > 0) {
			ties.hosts++;
			ties.rows += h->rows; /* of a row with two, both */
		}
	}
	if (names.hosts > 0)
		note(f->out, names);
	ties.rows = ties.rows < fresh ? ties.rows : fresh;
	if (ties.hosts > 0)
		note(f->out, ties);
}

static bool
is_whole(const struct cm_map_exhibit *x, const struct cm_map_sum *s, size_t column)
{
	return x->rows > 0 && s->open[column] == x->rows;
}

static void
find_columns(const struct finding *f)
{
	struct cm_map_sum was, now;
	bool all = true, all_was = true;
	size_t c;

	cm_map_sum(f->before, &was);
	cm_map_sum(f->now, &now);
	for (c = 0; c < f->now->n_columns; c++) {
		if (!(content(f->now) & cm_column_bit(c)))
			continue;
		all = all && is_whole(f->now, &now, c);
		all_was = all_was && is_whole(f->before, &was, c);
	}
	if (all && !all_was) {
		note(f->out, (struct cm_gained) { .what = CM_GAIN_EXHIBIT, .exhibit = f->more, .rows = f->now->rows });
		return;
	}
	for (c = 0; c < f->now->n_columns; c++)
		if (is_whole(f->now, &now, c) && !is_whole(f->before, &was, c))
			note(f->out, (struct cm_gained) { .what = CM_GAIN_COLUMN, .exhibit = f->more, .column = c,
				.rows = f->now->rows });
}

static bool
has_all(const struct cm_map_exhibit *x, const struct cm_gain_group *g)
{
	const struct cm_plan_range *r;
	size_t i;

	for (i = 0; i < g->n; i++) {
		r = cm_plan_find(&x->open, g->row[i]);
		if (r == NULL || (known_of(r) & content(x)) != content(x))
			return false;
	}
	return g->n > 0;
}

static void
find_groups(const struct cm_gain_in *in, const struct finding *f)
{
	size_t i;

	for (i = 0; i < in->n_groups; i++) {
		const struct cm_gain_group *g = &in->group[i];

		if (memcmp(g->x, f->now->x, CM_HASH_LEN) == 0 && has_all(f->now, g) && !has_all(f->before, g))
			note(f->out, (struct cm_gained) { .what = CM_GAIN_GROUP, .exhibit = f->more, .group = g,
				.rows = g->n });
	}
}

static bool
has_mark(const struct cm_map_exhibit *x, uint64_t mark)
{
	size_t low = 0, high = x == NULL ? 0 : x->n_marks, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (x->mark[mid] < mark)
			low = mid + 1;
		else
			high = mid;
	}
	return x != NULL && low < x->n_marks && x->mark[low] == mark;
}

/* Marks that both have, as far as both know all of theirs; but for those that ${was} shows already. */
static uint64_t
in_common(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b, const struct cm_map_exhibit *was)
{
	uint64_t end = cm_map_marks_end(a, b), n = 0;
	size_t i = 0, k = 0;

	while (i < a->n_marks && k < b->n_marks && a->mark[i] <= end && b->mark[k] <= end) {
		if (a->mark[i] == b->mark[k]) {
			n += !has_mark(was, a->mark[i]);
			i++;
			k++;
		} else if (a->mark[i] < b->mark[k]) {
			i++;
		} else {
			k++;
		}
	}
	return n;
}

static void
find_again(const struct cm_gain_in *in, const struct cm_map_exhibit *more, struct cm_gain *out)
{
	size_t i;
	uint64_t n;

	for (i = 0; i < in->before->n; i++) {
		const struct cm_map_exhibit *x = &in->before->exhibit[i];

		if (memcmp(x->x, more->x, CM_HASH_LEN) == 0)
			continue;
		n = in_common(x, more, cm_map_find(in->before, more->x));
		if (n > 0)
			note(out, (struct cm_gained) { .what = CM_GAIN_AGAIN, .exhibit = more, .other = x, .rows = n,
				.least = !x->marks_all || !more->marks_all });
	}
}

enum cm_result
cm_gain_find(const struct cm_gain_in *in, struct cm_gain *out)
{
	struct cm_map now = { 0 };
	enum cm_result rc = cm_map_join(&now, in->before);
	size_t i;

	if (rc == CM_OK)
		rc = cm_map_join(&now, in->more);
	for (i = 0; rc == CM_OK && i < in->more->n; i++) {
		const struct cm_map_exhibit *x = &in->more->exhibit[i];
		struct finding f = { out, cm_map_find(in->before, x->x), x, cm_map_find(&now, x->x) };

		if (f.before != NULL && f.before->open.n > 0 && f.now != NULL) {
			find_names(&f);
			find_rows(&f);
			find_columns(&f);
			find_groups(in, &f);
		}
		find_again(in, x, out);
	}
	cm_map_release(&now);
	return rc;
}

const char *
cm_gain_word(enum cm_gain_what what)
{
	static const char *const words[CM_GAIN_N] = { "names", "ties", "rows", "payload", "headers", "column", "exhibit",
		"statement", "again" };

	return what < CM_GAIN_N ? words[what] : "";
}

static const char *
s_of(uint64_t n)
{
	return n == 1 ? "" : "s";
}

enum cm_result
cm_gain_line(const struct cm_gained *g, const char *exhibit, const char *other, struct cm_buf *out)
{
	const char *least = g->least ? "at least " : "";

	switch (g->what) {
	case CM_GAIN_NAMES:
		cm_buf_printf(out, "%s: names %" PRIu64 " host%s that earlier openings showed as %s, in %s%" PRIu64
				   " row%s", exhibit, g->hosts, s_of(g->hosts), g->hosts == 1 ? "a pseudonym" : "pseudonyms", least, g->rows, s_of(g->rows));
		break;
	case CM_GAIN_TIES:
		cm_buf_printf(out, "%s: shows pseudonyms of %" PRIu64 " host%s that earlier openings named, in up to %" PRIu64
				   " row%s: they are named there, too", exhibit, g->hosts, s_of(g->hosts), g->rows, s_of(g->rows));
		break;
	case CM_GAIN_ROWS:
		cm_buf_printf(out, "%s: %" PRIu64 " row%s that earlier openings left shut in part %s open whole", exhibit,
		    g->rows, s_of(g->rows), g->rows == 1 ? "is" : "are");
		break;
	case CM_GAIN_PAYLOAD:
		cm_buf_printf(out, "%s: payload of %" PRIu64 " row%s of which headers were shown earlier", exhibit, g->rows,
		    s_of(g->rows));
		break;
	case CM_GAIN_HEADERS:
		cm_buf_printf(out, "%s: headers of %" PRIu64 " row%s of which payload was shown earlier", exhibit, g->rows,
		    s_of(g->rows));
		break;
	case CM_GAIN_COLUMN:
		cm_buf_printf(out, "%s: %s is open in all %" PRIu64 " rows", exhibit,
		    g->exhibit->name[g->column], g->rows);
		break;
	case CM_GAIN_EXHIBIT:
		cm_buf_printf(out, "%s: all of its %" PRIu64 " rows are open", exhibit, g->rows);
		break;
	case CM_GAIN_GROUP:
		cm_buf_printf(out, "%s: all %" PRIu64 " row%s that %s cites %s open", exhibit, g->rows, s_of(g->rows),
		    g->group->name, g->rows == 1 ? "is" : "are");
		break;
	case CM_GAIN_AGAIN:
		cm_buf_printf(out, "%s: shows %s%" PRIu64 " packet%s that %s showed earlier", exhibit, least, g->rows,
		    s_of(g->rows), other != NULL ? other : "another exhibit");
		break;
	case CM_GAIN_N:
		break;
	}
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}
