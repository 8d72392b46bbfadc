#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "codec/zip.h"

/* APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16: the fixed parts of the three records. */
#define LOCAL_LEN 30u
#define CENTRAL_LEN 46u
#define END_LEN 22u
#define VERSION_NEEDED 10u   /* 1.0: stored */
#define VERSION_MADE 0x0314u /* Unix, 2.0: so that the mode counts */
#define DOS_DATE 0x0021u     /* 1980-01-01, the first there is */
#define REGULAR_0644 0x81a40000u

struct field {
	uint8_t at, len;
	const char *name;
};

static const struct field local_fields[] = { { 0, 4, "signature of a local header" },
	{ 4, 2, "version needed 1.0" }, { 6, 2, "flags 0" }, { 8, 2, "method 0 (stored)" },
	{ 10, 4, "the time 1980-01-01 00:00" }, { 14, 4, "the CRC-32 of the content" },
	{ 18, 8, "two equal sizes" }, { 26, 2, "the length of the name" },
	{ 28, 2, "no extra field" }, { 0, 0, NULL } };

static const struct field central_fields[] = { { 0, 4, "signature of a directory entry" },
	{ 4, 2, "version made by 0x0314" }, { 6, 2, "version needed 1.0" }, { 8, 2, "flags 0" },
	{ 10, 2, "method 0 (stored)" }, { 12, 4, "the time 1980-01-01 00:00" },
	{ 16, 4, "the CRC-32 of the local header" }, { 20, 8, "the sizes of the local header" },
	{ 28, 2, "the length of the name" }, { 30, 4, "no extra field and no comment" },
	{ 34, 4, "disk 0 and internal attributes 0" }, { 38, 4, "attributes of a regular file" },
	{ 42, 4, "the offset of the local header" }, { 0, 0, NULL } };

static const struct field end_fields[] = { { 0, 4, "signature of the end record" },
	{ 4, 4, "one disk" }, { 8, 4, "the number of entries" },
	{ 12, 4, "the size of the directory" }, { 16, 4, "the offset of the directory" },
	{ 20, 2, "no comment" }, { 0, 0, NULL } };

static void
put16le(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

bool
cm_zip_name_ok(struct cm_span name)
{
	if (name.len == 0 || name.len > CM_ZIP_NAME)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!alnum && (i == 0 || (c != '.' && c != '_' && c != '-')))
			return false;
	}
	return true;
}

static uint32_t
crc_of(struct cm_span s)
{
	return (uint32_t)crc32_z(0, s.ptr, s.len);
}

/* Time, date, CRC and the two sizes: 16 bytes that both headers share. */
static void
put_shared(uint8_t *p, struct cm_span data, uint32_t crc)
{
	put16le(p, 0);
	put16le(p + 2, DOS_DATE);
	cm_put32le(p + 4, crc);
	cm_put32le(p + 8, (uint32_t)data.len);
	cm_put32le(p + 12, (uint32_t)data.len);
}

static void
put_local(uint8_t h[LOCAL_LEN], const struct cm_zip_entry *e, uint32_t crc)
{
	memset(h, 0, LOCAL_LEN);
	cm_put32le(h, 0x04034b50);
	put16le(h + 4, VERSION_NEEDED);
	put_shared(h + 10, e->data, crc);
	put16le(h + 26, (uint32_t)e->name.len);
}

static void
put_central(uint8_t h[CENTRAL_LEN], const struct cm_zip_entry *e, uint32_t crc, uint32_t offset)
{
	memset(h, 0, CENTRAL_LEN);
	cm_put32le(h, 0x02014b50);
	put16le(h + 4, VERSION_MADE);
	put16le(h + 6, VERSION_NEEDED);
	put_shared(h + 12, e->data, crc);
	put16le(h + 28, (uint32_t)e->name.len);
	cm_put32le(h + 38, REGULAR_0644);
	cm_put32le(h + 42, offset);
}

static void
put_end(uint8_t h[END_LEN], size_t n, uint64_t start, uint64_t len)
{
	memset(h, 0, END_LEN);
	cm_put32le(h, 0x06054b50);
	put16le(h + 8, (uint32_t)n);
	put16le(h + 10, (uint32_t)n);
	cm_put32le(h + 12, (uint32_t)len);
	cm_put32le(h + 16, (uint32_t)start);
}

/* Writing. */

/* An entry on its way into order. */
struct summed {
	struct cm_zip_entry entry;
	struct cm_zip_sum sum;
};

static int
by_name(const void *a, const void *b)
{
	const struct summed *x = a, *y = b;

	return cm_span_cmp(x->entry.name, y->entry.name);
}

static enum cm_result
check_entries(const struct cm_zip_entry *e, size_t n, struct cm_err *err)
{
	uint64_t total = END_LEN;

	for (size_t i = 0; i < n; i++) {
		if (!cm_zip_name_ok(e[i].name))
			return cm_err_set(err, CM_E_USAGE,
			    "a dossier can not hold a file named %.*s",
			    (int)(e[i].name.len > 80 ? 80 : e[i].name.len),
			    (const char *)e[i].name.ptr);
		if (i > 0 && cm_span_eq(e[i].name, e[i - 1].name))
			return cm_err_set(err, CM_E_USAGE, "two files of one name: %.*s",
			    (int)e[i].name.len, (const char *)e[i].name.ptr);
		if (e[i].data.len > CM_ZIP_BYTES)
			return cm_err_set(err, CM_E_LIMIT, "more than 2^32-1 bytes");
		total += LOCAL_LEN + CENTRAL_LEN + 2 * e[i].name.len + e[i].data.len;
	}
	if (total > CM_ZIP_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "a dossier of more than 2^32-1 bytes");
	return CM_OK;
}

struct written {
	uint32_t crc, offset;
};

static enum cm_result
write_entry(const struct cm_zip_entry *e, uint32_t crc, const struct cm_sink *out)
{
	uint8_t head[LOCAL_LEN];
	enum cm_result r;

	put_local(head, e, crc);
	r = cm_sink_write(out, head, sizeof(head));
	if (r == CM_OK)
		r = cm_sink_write(out, e->name.ptr, e->name.len);
	if (r == CM_OK)
		r = cm_sink_write(out, e->data.ptr, e->data.len);
	return r;
}

static enum cm_result
write_directory(const struct cm_zip_entry *e, const struct written *w, size_t n, uint64_t start,
    const struct cm_sink *out)
{
	uint8_t head[CENTRAL_LEN], end[END_LEN];
	uint64_t len = 0;

	for (size_t i = 0; i < n; i++) {
		enum cm_result r;

		put_central(head, &e[i], w[i].crc, w[i].offset);
		r = cm_sink_write(out, head, sizeof(head));
		if (r == CM_OK)
			r = cm_sink_write(out, e[i].name.ptr, e[i].name.len);
		if (r != CM_OK)
			return r;
		len += CENTRAL_LEN + e[i].name.len;
	}
	put_end(end, n, start, len);
	return cm_sink_write(out, end, sizeof(end));
}

static enum cm_result
write_sorted(const struct cm_zip_entry *e, struct written *w, size_t n, const struct cm_sink *out)
{
	uint64_t at = 0;

	for (size_t i = 0; i < n; i++) {
		enum cm_result r;

		w[i].offset = (uint32_t)at;
		r = write_entry(&e[i], w[i].crc, out);
		if (r != CM_OK)
			return r;
		at += LOCAL_LEN + e[i].name.len + e[i].data.len;
	}
	return write_directory(e, w, n, at, out);
}

/* In order, each with its sum. */
static void
put_in_order(const struct cm_zip_entry *entries, const struct cm_zip_sum *sum, size_t n, struct summed *order,
    struct cm_zip_entry *e, struct written *w)
{
	for (size_t i = 0; i < n; i++) {
		order[i].entry = entries[i];
		order[i].sum = sum != NULL ? sum[i] : (struct cm_zip_sum) { false, 0 };
	}
	qsort(order, n, sizeof(*order), by_name);
	for (size_t i = 0; i < n; i++) {
		e[i] = order[i].entry;
		w[i].crc = order[i].sum.known ? order[i].sum.crc : crc_of(e[i].data);
	}
}

enum cm_result
cm_zip_write_summed(const struct cm_zip_entry *entries, const struct cm_zip_sum *sum, size_t n,
    const struct cm_sink *out, struct cm_err *err)
{
	struct cm_zip_entry *e;
	struct summed *order;
	struct written *w;
	enum cm_result r = CM_E_NOMEM;

	if (n > CM_ZIP_ENTRIES)
		return cm_err_set(
		    err, CM_E_LIMIT, "a dossier of more than %u files", CM_ZIP_ENTRIES);
	e = calloc(n + 1, sizeof(*e));
	order = calloc(n + 1, sizeof(*order));
	w = calloc(n + 1, sizeof(*w));
	if (e == NULL || order == NULL || w == NULL)
		goto out;
	put_in_order(entries, sum, n, order, e, w);
	r = check_entries(e, n, err);
	if (r == CM_OK)
		r = write_sorted(e, w, n, out);
out:
	free(e);
	free(order);
	free(w);
	return r;
}

enum cm_result
cm_zip_write(
    const struct cm_zip_entry *entries, size_t n, const struct cm_sink *out, struct cm_err *err)
{
	return cm_zip_write_summed(entries, NULL, n, out, err);
}

/* Reading: each record is made again from what it describes, and must be equal. */

static enum cm_result
same(struct cm_span file, uint64_t at, struct cm_span want, const struct field *fields,
    struct cm_err *err)
{
	struct cm_span have = cm_span_part(file, (size_t)at, want.len);
	size_t i = 0;

	while (i < have.len && have.ptr[i] == want.ptr[i])
		i++;
	if (i == want.len)
		return CM_OK;
	if (i == have.len)
		return cm_err_at(err, CM_E_MALFORMED, at + i, "the ZIP is cut short");
	while (fields->name != NULL && i >= (size_t)fields->at + fields->len)
		fields++;
	return cm_err_at(err, CM_E_MALFORMED, at + i, "not our ZIP: expected %s",
	    fields->name != NULL ? fields->name : "the name of the local header");
}

static enum cm_result
read_local(struct cm_span file, bool trusting, size_t *at, struct cm_zip_entry *out, uint32_t *crc,
    struct cm_err *err)
{
	struct cm_span head = cm_span_part(file, *at, LOCAL_LEN);
	size_t name_at = *at + LOCAL_LEN, name_len, size;
	uint8_t want[LOCAL_LEN];

	if (head.len < LOCAL_LEN)
		return cm_err_at(err, CM_E_MALFORMED, file.len, "the ZIP is cut short");
	size = cm_get32le(head.ptr + 22);
	name_len = cm_get16le(head.ptr + 26);
	out->name = cm_span_part(file, name_at, name_len);
	if (!cm_zip_name_ok(out->name) || out->name.len != name_len)
		return cm_err_at(err, CM_E_MALFORMED, name_at,
		    "not our ZIP: expected a name of a-z, 0-9, dot, dash, underscore");
	out->data = cm_span_part(file, name_at + name_len, size);
	if (out->data.len != size)
		return cm_err_at(err, CM_E_MALFORMED, *at + 22,
		    "an entry of %zu bytes, more than the file has", size);
	*crc = trusting ? cm_get32le(head.ptr + 14) : crc_of(out->data);
	put_local(want, out, *crc);
	*at = name_at + name_len + size;
	return same(file, name_at - LOCAL_LEN, cm_span_of(want, LOCAL_LEN), local_fields, err);
}

static enum cm_result
read_central(struct cm_span file, const struct cm_zip_entry *e, const struct written *w, size_t *at,
    struct cm_err *err)
{
	uint8_t want[CENTRAL_LEN + CM_ZIP_NAME];
	size_t len = CENTRAL_LEN + e->name.len;

	put_central(want, e, w->crc, w->offset);
	memcpy(want + CENTRAL_LEN, e->name.ptr, e->name.len);
	*at += len;
	return same(file, *at - len, cm_span_of(want, len), central_fields, err);
}

static enum cm_result
read_end(struct cm_span file, size_t n, size_t start, size_t at, struct cm_err *err)
{
	uint8_t want[END_LEN];
	enum cm_result r;

	put_end(want, n, start, at - start);
	r = same(file, at, cm_span_of(want, END_LEN), end_fields, err);
	if (r == CM_OK && at + END_LEN != file.len)
		return cm_err_at(
		    err, CM_E_MALFORMED, at + END_LEN, "bytes behind the end of the ZIP");
	return r;
}

static bool
at_local(struct cm_span file, size_t at)
{
	struct cm_span sig = cm_span_part(file, at, 4);

	return sig.len == 4 && cm_get32le(sig.ptr) == 0x04034b50;
}

static enum cm_result
read_all(struct cm_span file, bool trusting, struct cm_zip_entry *e, struct written *w, size_t *count,
    struct cm_err *err)
{
	size_t at = 0, n = 0, start;
	enum cm_result r;

	for (; at_local(file, at); n++) {
		if (n == CM_ZIP_ENTRIES)
			return cm_err_at(
			    err, CM_E_MALFORMED, at, "more than %u entries", CM_ZIP_ENTRIES);
		w[n].offset = (uint32_t)at;
		r = read_local(file, trusting, &at, &e[n], &w[n].crc, err);
		if (r != CM_OK)
			return r;
		if (n > 0 && cm_span_cmp(e[n - 1].name, e[n].name) >= 0)
			return cm_err_at(err, CM_E_MALFORMED, w[n].offset + LOCAL_LEN,
			    "not our ZIP: expected a name behind the one before it");
	}
	start = at;
	for (size_t i = 0; i < n; i++) {
		r = read_central(file, &e[i], &w[i], &at, err);
		if (r != CM_OK)
			return r;
	}
	*count = n;
	return read_end(file, n, start, at, err);
}

/* No more than this many entries can begin in ${file}. */
static size_t
entries_at_most(struct cm_span file)
{
	size_t n = file.len / (LOCAL_LEN + 1) + 1;

	return n < CM_ZIP_ENTRIES ? n : CM_ZIP_ENTRIES;
}

static enum cm_result
read_zip(struct cm_span file, bool trusting, struct cm_arena *arena, struct cm_zip *out, struct cm_err *err)
{
	size_t room = entries_at_most(file), n = 0;
	struct cm_zip_sum *sum;
	struct cm_zip_entry *e;
	struct written *w;
	enum cm_result r;

	if (file.len > CM_ZIP_BYTES)
		return cm_err_set(err, CM_E_MALFORMED, "a dossier of more than 2^32-1 bytes");
	e = cm_arena_array(arena, room, sizeof(*e));
	w = cm_arena_array(arena, room, sizeof(*w));
	if (e == NULL || w == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory while reading a ZIP");
	r = read_all(file, trusting, e, w, &n, err);
	if (r != CM_OK)
		return r;
	sum = cm_arena_array(arena, n + 1, sizeof(*sum));
	if (sum == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory while reading a ZIP");
	for (size_t i = 0; i < n; i++)
		sum[i] = (struct cm_zip_sum) { true, w[i].crc };
	*out = (struct cm_zip) { e, n, sum };
	return CM_OK;
}

enum cm_result
cm_zip_read(struct cm_span file, struct cm_arena *arena, struct cm_zip *out, struct cm_err *err)
{
	return read_zip(file, false, arena, out, err);
}

enum cm_result
cm_zip_list(struct cm_span file, struct cm_arena *arena, struct cm_zip *out, struct cm_err *err)
{
	return read_zip(file, true, arena, out, err);
}

enum cm_result
cm_zip_find(const struct cm_zip *zip, const char *name, struct cm_span *out)
{
	struct cm_span want = cm_span_str(name);
	size_t lo = 0, hi = zip->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = cm_span_cmp(zip->entry[mid].name, want);

		if (cmp == 0) {
			*out = zip->entry[mid].data;
			return CM_OK;
		}
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return CM_E_NOTFOUND;
}
