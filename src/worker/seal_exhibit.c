#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "crypto/sha256.h"
#include "seal/table.h"
#include "worker/seal_exhibit.h"

static enum cm_result
write_fd(void *arg, const void *ptr, size_t len)
{
	struct cm_fd_sink *out = arg;
	const char *p = ptr;
	ssize_t n;

	while (len > 0) {
		n = write(out->fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			out->why = n < 0 ? errno : EIO;
			return CM_E_IO;
		}
		p += n;
		len -= (size_t)n;
	}
	return CM_OK;
}

struct cm_sink
cm_sink_of_fd(struct cm_fd_sink *out)
{
	return (struct cm_sink) { write_fd, out };
}

/* The rows as they are sealed, and who is told of them. */
struct watching {
	const struct cm_seal_exhibit *in;
	struct cm_cut_rows *rows;
	struct cm_cell_source from;
	uint64_t row, bytes;
};

static enum cm_result
watch(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct watching *w = arg;
	enum cm_result rc = w->from.next(w->from.arg, out, err);
	const struct cm_row *last;

	if (rc != CM_OK)
		return rc;
	last = cm_cut_rows_last(w->rows);
	w->bytes += last->bytes.len;
	if (w->in->row != NULL)
		w->in->row(w->in->row_arg, w->row, last);
	w->row++;
	return CM_OK;
}

static CM_RESULT
hash_file(struct cm_file *f, uint8_t sha256[32], struct cm_err *err)
{
	struct cm_source src = cm_file_raw(f);
	struct cm_sha256 h;
	struct cm_span part;
	uint64_t at = 0;
	enum cm_result rc;

	cm_sha256_init(&h);
	for (;;) {
		rc = src.fill(src.arg, at, 65536, &part, err);
		if (rc != CM_OK)
			return rc;
		part.len = part.len > CM_SOURCE_WANT_MAX ? CM_SOURCE_WANT_MAX : part.len;
		if (part.len == 0)
			break;
		cm_sha256_add(&h, part.ptr, part.len);
		at += part.len;
	}
	cm_sha256_end(&h, sha256);
	return CM_OK;
}

static CM_RESULT
commit(const struct cm_seal_exhibit *in, struct watching *w, struct cm_sealed *out, struct cm_err *err)
{
	struct cm_fd_sink to = { in->index_fd, 0 };
	struct cm_sink index = cm_sink_of_fd(&to);
	struct cm_cell_source source = { w, watch, NULL, NULL };
	struct cm_err why = { 0 };
	enum cm_result rc;

	w->from = cm_cut_rows_source(w->rows);
	rc = cm_table_commit(in->schema, in->secret, source, &index, &out->seal, &why);
	if (rc == CM_OK)
		rc = cm_cut_rows_places(w->rows, &index);
	if (to.why != 0)
		return cm_err_set(err, CM_E_IO, "the index in the case: %s", strerror(to.why));
	out->bytes = w->bytes;
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "%s", why.text);
}

enum cm_result
cm_seal_exhibit(const struct cm_seal_exhibit *in, struct cm_sealed *out, struct cm_err *err)
{
	struct watching w = { .in = in };
	enum cm_result rc;

	*out = (struct cm_sealed) { 0 };
	rc = cm_cut_rows_new(in->schema, cm_file_raw(in->file), in->name, &w.rows, err);
	if (rc != CM_OK)
		return rc;
	rc = commit(in, &w, out, err);
	cm_cut_rows_free(w.rows);
	if (rc != CM_OK || !in->file_digest)
		return rc;
	rc = hash_file(in->file, out->sha256, err);
	if (rc != CM_OK)
		return rc;
	out->seal.has_file = true;
	cm_table_file(in->secret, out->sha256, out->seal.file);
	return CM_OK;
}
