#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/refresh.h"
#include "codec/zip.h"
#include "dossier/pack.h"
#include "os/kept.h"
#include "os/pool.h"

#define JSON ".json"
#define PROOF ".tlog-proof"
#define STAMP ".tsr"
#define RECEIPT_USUAL 8192u /* bytes of receipt and stamp in the ZIP, not often more */

struct refreshing {
	const struct cm_refresh *in;
	struct cm_arena arena;
	struct cm_kept bytes;
	struct cm_zip zip;
	struct cm_zip_entry *entry; /* of the new file */
	struct cm_zip_sum *sum;
	struct cm_buf *receipt;
	size_t n, n_receipts;
	struct cm_err *err;
};

static bool
ends(struct cm_span name, const char *ending)
{
	size_t len = strlen(ending);

	return name.len > len && memcmp(name.ptr + name.len - len, ending, len) == 0;
}

/* The bytes as they lie there now. */
static enum cm_result
take_bytes(struct refreshing *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum cm_result r;

	if (fd < 0)
		return cm_err_set(f->err, CM_E_NOTFOUND, "%s: not there any more", path);
	r = cm_kept_take(&f->bytes, fd, CM_ZIP_BYTES, NULL, f->err);
	close(fd);
	return r;
}

/* Is it the dossier of this disclosure? */
static enum cm_result
check_ours(struct refreshing *f, const struct cm_case_disclosure *d)
{
	uint8_t digest[32];
	struct cm_span json;
	enum cm_result r = cm_zip_read(cm_kept_bytes(&f->bytes), &f->arena, &f->zip, NULL);

	if (r == CM_OK)
		r = cm_zip_find(&f->zip, "disclosure.json", &json);
	if (r == CM_E_NOMEM)
		return r;
	if (r == CM_OK)
		cm_sha256(json.ptr, json.len, digest);
	if (r == CM_OK && memcmp(digest, d->statement, 32) == 0)
		return CM_OK;
	return cm_err_set(f->err, CM_E_NOTFOUND, "%s: not the dossier that was written there", d->path);
}

static enum cm_result
put(struct refreshing *f, struct cm_span json_name, const char *ending, struct cm_span data)
{
	struct cm_zip_entry *e = &f->entry[f->n];
	const char *name = cm_arena_printf(&f->arena, "%.*s%s", (int)(json_name.len - strlen(JSON)),
	    (const char *)json_name.ptr, ending);

	if (name == NULL)
		return CM_E_NOMEM;
	*e = (struct cm_zip_entry) { cm_span_str(name), data };
	f->n++;
	return CM_OK;
}

/* A statement gets its receipt if it has a place in the log; other JSON files have none. */
static enum cm_result
add_receipt(struct refreshing *f, size_t i)
{
	const struct cm_zip_entry *json = &f->zip.entry[i];
	struct cm_buf *receipt = &f->receipt[f->n_receipts];
	struct cm_err why = { 0 };
	uint8_t digest[32];
	uint64_t place;
	enum cm_result r;

	if (f->in->zip != NULL)
		memcpy(digest, f->in->digest[i], 32);
	else
		cm_sha256(json->data.ptr, json->data.len, digest);
	r = cm_case_logged_at(f->in->c, digest, &place, &why);
	if (r == CM_E_NOTFOUND)
		return CM_OK;
	if (r != CM_OK)
		return cm_err_set(f->err, r, "%s", why.text);
	f->n_receipts++;
	r = cm_receipts_make(f->in->receipts, place, receipt, f->err);
	if (r == CM_OK)
		r = put(f, json->name, PROOF, cm_buf_span(receipt));
	if (r == CM_OK && f->in->stamp.len > 0)
		r = put(f, json->name, STAMP, f->in->stamp);
	return r;
}

static enum cm_result
gather(struct refreshing *f)
{
	enum cm_result r = CM_OK;
	size_t i;

	f->entry = cm_arena_array(&f->arena, 3 * f->zip.n + 1, sizeof(f->entry[0]));
	f->sum = cm_arena_array(&f->arena, 3 * f->zip.n + 1, sizeof(f->sum[0]));
	f->receipt = cm_arena_array(&f->arena, f->zip.n + 1, sizeof(f->receipt[0]));
	if (f->entry == NULL || f->sum == NULL || f->receipt == NULL)
		return cm_err_set(f->err, CM_E_NOMEM, "out of memory");
	for (i = 0; r == CM_OK && i < f->zip.n; i++) {
		const struct cm_zip_entry *e = &f->zip.entry[i];

		if (ends(e->name, PROOF) || ends(e->name, STAMP))
			continue;
		f->sum[f->n] = f->zip.sum[i];
		f->entry[f->n++] = *e;
		if (ends(e->name, JSON))
			r = add_receipt(f, i);
	}
	return r;
}

/* Of the old file, or somewhat more. */
static size_t
length_of(const struct refreshing *f)
{
	size_t n = (size_t)cm_kept_bytes(&f->bytes).len, i;

	for (i = 0; f->in->zip != NULL && i < f->zip.n; i++)
		n += f->zip.entry[i].data.len + 2 * f->zip.entry[i].name.len + 76;
	return n;
}

/* The new file is hashed and written at a time. */
struct putting {
	const char *path;
	struct cm_buf file;
	struct cm_refreshed *out;
	enum cm_result written;
	struct cm_err err;
};

static void
hash_file(void *arg)
{
	struct putting *p = arg;

	p->out->bytes = p->file.len;
	cm_sha256(p->file.ptr, p->file.len, p->out->sha256);
}

static void
write_file(void *arg)
{
	struct putting *p = arg;
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0644 };

	if (p->out->changed)
		p->written = cm_whole_write(p->path, cm_buf_span(&p->file), mode, &p->err);
}

static enum cm_result
put_file(struct refreshing *f, struct putting *p)
{
	struct cm_together together;
	struct cm_pool *pool;

	if (cm_pool_new(0, &pool) != CM_OK)
		return cm_err_set(f->err, CM_E_NOMEM, "out of memory");
	together = cm_pool_together(pool);
	cm_together_do(&together, hash_file, p, write_file, p);
	cm_pool_free(pool);
	return p->written == CM_OK ? CM_OK : cm_err_set(f->err, p->written, "%s", p->err.text);
}

static bool
is_changed(const struct refreshing *f, const struct cm_buf *file)
{
	return f->n_receipts > 0 &&
	    (f->in->zip != NULL || !cm_span_eq(cm_buf_span(file), cm_kept_bytes(&f->bytes)));
}

static enum cm_result
write_anew(struct refreshing *f, const struct cm_case_disclosure *d, struct cm_refreshed *out)
{
	struct putting p = { .path = d->path, .out = out };
	struct cm_sink sink = cm_sink_of_buf(&p.file);
	enum cm_result r;

	/* at once: it would be copied while it grows */
	(void)cm_buf_reserve(&p.file, length_of(f) + f->n_receipts * RECEIPT_USUAL);
	r = cm_zip_write_summed(f->entry, f->sum, f->n, &sink, f->err);
	out->changed = r == CM_OK && is_changed(f, &p.file);
	if (r == CM_OK)
		r = put_file(f, &p);
	if (r == CM_OK)
		r = cm_case_disclosure_renewed(f->in->c, d->statement, out->bytes, out->sha256, f->err);
	cm_buf_release(&p.file);
	return r;
}

enum cm_result
cm_cli_refresh(const struct cm_refresh *in, const struct cm_case_disclosure *d,
    struct cm_refreshed *out, struct cm_err *err)
{
	struct refreshing f = { .in = in, .err = err };
	enum cm_result r;
	size_t i;

	*out = (struct cm_refreshed) { 0 };
	cm_arena_init(&f.arena, 0);
	r = in->zip != NULL ? CM_OK : take_bytes(&f, d->path);
	if (in->zip != NULL)
		f.zip = *in->zip;
	else if (r == CM_OK)
		r = check_ours(&f, d);
	if (r == CM_OK)
		r = gather(&f);
	if (r == CM_OK)
		r = write_anew(&f, d, out);
	for (i = 0; i < f.n_receipts; i++)
		cm_buf_release(&f.receipt[i]);
	cm_kept_fini(&f.bytes);
	cm_arena_fini(&f.arena);
	return r;
}
