/* Sorted, and searched. */
#include <stdlib.h>
#include <string.h>

#include "warning/state.h"

static const struct cm_warning_prefix *
prefixes(const struct cm_warnings *w)
{
	return (const void *)w->prefixes.ptr;
}

static const struct cm_warning_name *
names(const struct cm_buf *b)
{
	return (const void *)b->ptr;
}

static int
less(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_prefix(const void *x, const void *y)
{
	const struct cm_warning_prefix *a = x, *b = y;
	int d = less(a->len, b->len);

	if (d == 0)
		d = less(a->bits, b->bits);
	if (d == 0)
		d = memcmp(a->base, b->base, a->len);
	if (d == 0)
		d = less(a->list, b->list);
	return d != 0 ? d : strcmp(a->entry, b->entry);
}

int
cm_warning_name_cmp(const struct cm_warning_name *x, const char *key, size_t len)
{
	int d = memcmp(x->key, key, x->len < len ? x->len : len);

	return d != 0 ? d : less(x->len, len);
}

static int
by_name(const void *x, const void *y)
{
	const struct cm_warning_name *a = x, *b = y;
	int d = cm_warning_name_cmp(a, b->key, b->len);

	if (d == 0)
		d = less(a->list, b->list);
	return d != 0 ? d : strcmp(a->entry, b->entry);
}

void
cm_warnings_end(struct cm_warnings *w)
{
	size_t n = w->prefixes.len / sizeof(struct cm_warning_prefix), i;
	size_t n_names = w->names.len / sizeof(struct cm_warning_name);

	if (w->ready)
		return;
	if (n > 1)
		qsort(w->prefixes.ptr, n, sizeof(struct cm_warning_prefix), by_prefix);
	if (n_names > 1)
		qsort(w->names.ptr, n_names, sizeof(struct cm_warning_name), by_name);
	for (i = n; i-- > 0;) {
		const struct cm_warning_prefix *p = &prefixes(w)[i];

		w->from[p->len == 16][p->bits] = i;
		w->n[p->len == 16][p->bits]++;
	}
	w->ready = true;
}

/* ---- asking ---- */

struct found {
	const struct cm_warnings *w;
	struct cm_warning_match *out;
	size_t max, n;
	unsigned kind;
};

static void
add(struct found *f, uint32_t list, const char *entry)
{
	const struct cm_warning_list *l = cm_warnings_at(f->w, list);

	if ((l->kinds & f->kind) == 0)
		return;
	if (f->n < f->max)
		f->out[f->n] = (struct cm_warning_match) { l, entry };
	f->n++;
}

static void
find_prefix(struct found *f, const uint8_t *addr, size_t len, unsigned bits)
{
	const struct cm_warnings *w = f->w;
	size_t low = w->from[len == 16][bits], end = low + w->n[len == 16][bits], high = end, mid;
	const struct cm_warning_prefix *p = prefixes(w);
	uint8_t masked[16];

	memcpy(masked, addr, len);
	cm_warning_mask(masked, len, bits);
	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(p[mid].base, masked, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < end && memcmp(p[low].base, masked, len) == 0; low++)
		add(f, p[low].list, p[low].entry);
}

size_t
cm_warning_check_address(const struct cm_warnings *w, struct cm_span addr, struct cm_warning_match *out, size_t max)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct found f = { .w = w, .out = out, .max = max, .kind = CM_WARNING_ADDRESS };

	if (!w->ready || (addr.len != 4 && addr.len != 16))
		return 0;
	if (addr.len == 16 && memcmp(addr.ptr, mapped, sizeof(mapped)) == 0)
		addr = cm_span_part(addr, 12, 4);
	/* the longest prefix says most */
	for (unsigned bits = 8 * (unsigned)addr.len; bits > 0; bits--)
		if (w->n[addr.len == 16][bits] > 0)
			find_prefix(&f, addr.ptr, addr.len, bits);
	return f.n;
}

/* Entries that are ${key}; if it is only the end of a name, those that stand for all names below. */
static void
find_name(struct found *f, const char *key, size_t len, bool whole)
{
	const struct cm_warning_name *x = names(&f->w->names);
	size_t n = f->w->names.len / sizeof(*x), low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cm_warning_name_cmp(&x[mid], key, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && cm_warning_name_cmp(&x[low], key, len) == 0; low++)
		if (whole || x[low].below)
			add(f, x[low].list, x[low].entry);
}

static void
find_parts(struct found *f, const char *key, size_t len)
{
	const struct cm_warning_name *x = names(&f->w->parts);
	size_t n = f->w->parts.len / sizeof(*x);

	for (size_t i = 0; i < n; i++)
		if (x[i].len <= len && memmem(key, len, x[i].key, x[i].len) != NULL)
			add(f, x[i].list, x[i].entry);
}

size_t
cm_warning_check_host(const struct cm_warnings *w, struct cm_span name, struct cm_warning_match *out, size_t max)
{
	struct found f = { .w = w, .out = out, .max = max, .kind = CM_WARNING_HOST };
	char key[CM_WARNING_VALUE + 1];
	size_t len = cm_warning_fold(name, key), i;

	if (!w->ready || len == 0)
		return 0;
	find_name(&f, key, len, true);
	for (i = 0; i + 1 < len; i++)
		if (key[i] == '.')
			find_name(&f, key + i + 1, len - i - 1, false);
	find_parts(&f, key, len);
	return f.n;
}

size_t
cm_warning_check_hash(const struct cm_warnings *w, struct cm_span hash, struct cm_warning_match *out, size_t max)
{
	struct found f = { .w = w, .out = out, .max = max, .kind = CM_WARNING_HASH };
	char key[CM_WARNING_VALUE + 1];
	size_t len = cm_warning_fold(hash, key);

	if (!w->ready || len == 0)
		return 0;
	find_name(&f, key, len, true);
	find_parts(&f, key, len);
	return f.n;
}
