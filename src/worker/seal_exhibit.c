#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "seal/places.h"
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

/* Gives all rows of a capture to the sealing, with notes of where one may begin to read. */
static enum cm_result
feed_capture(const struct cm_seal_exhibit *in, struct cm_sealing *s, struct cm_places *places,
    struct cm_err *err)
{
	struct cm_source source;
	struct cm_reader *reader = NULL;
	struct cm_record record;
	enum cm_result rc = cm_file_once(in->file, &source, err);

	if (rc == CM_OK)
		rc = cm_reader_new(source, in->name, &reader, err);
	while (rc == CM_OK) {
		rc = cm_reader_next(reader, &record, err);
		if (rc != CM_OK)
			break;
		cm_places_meet(places, reader);
		rc = cm_sealing_row(s,
		    &(struct cm_row) { record.bytes, record.offset, &record, false }, err);
	}
	cm_reader_free(reader);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

static enum cm_result
feed_other(const struct cm_seal_exhibit *in, struct cm_sealing *s, struct cm_err *err)
{
	struct cm_split split = { .kind = in->schema->kind };
	struct cm_row row;
	enum cm_result rc = cm_file_once(in->file, &split.source, err);

	while (rc == CM_OK) {
		rc = cm_split_next(&split, &row, err);
		if (rc == CM_OK)
			rc = cm_sealing_row(s, &row, err);
	}
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

static enum cm_result
seal_rows(const struct cm_seal_exhibit *in, struct cm_sealing *s, const struct cm_sink *index,
    struct cm_sealed *out, struct cm_err *err)
{
	struct cm_places places = { 0 };
	enum cm_result rc = in->schema->kind == CM_KIND_CAPTURE ? feed_capture(in, s, &places, err) :
								   feed_other(in, s, err);

	if (rc == CM_OK)
		rc = cm_sealing_end(s, out, err);
	if (rc == CM_OK && !places.crowded)
		rc = cm_sink_write(index, places.list.ptr, places.list.len);
	if (rc == CM_OK)
		rc = cm_sealing_pairs(s, index);
	cm_buf_release(&places.list);
	return rc;
}

enum cm_result
cm_seal_exhibit(const struct cm_seal_exhibit *in, struct cm_sealed *out, struct cm_err *err)
{
	struct cm_fd_sink to = { in->index_fd, 0 };
	struct cm_sink index = cm_sink_of_fd(&to);
	struct cm_sealing_job job = { in->schema, in->secret, &index, in->pool, in->file_digest, in->no_pairs,
		cm_file_window(in->file) };
	struct cm_sealing *s = NULL;
	struct cm_err why = { 0 };
	enum cm_result rc;

	*out = (struct cm_sealed) { 0 };
	rc = cm_sealing_new(&job, &s, &why);
	if (rc == CM_OK)
		rc = seal_rows(in, s, &index, out, &why);
	cm_sealing_free(s);
	if (to.why != 0)
		return cm_err_set(err, CM_E_IO, "the index in the case: %s", strerror(to.why));
	if (rc == CM_OK && out->bytes != cm_file_size(in->file))
		return cm_err_set(err, CM_E_IO, "it is not as long as it was when it was opened");
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "%s", why.text);
}
