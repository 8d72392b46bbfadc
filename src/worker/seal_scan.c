#include "capture/reader.h"
#include "worker/seal_scan.h"

/* What stands behind the index. */
static enum cm_result
write_behind(const struct cm_seal_scan_file *f, const struct cm_sealing *sealing, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	if (f->index != NULL && !f->places.crowded)
		rc = cm_sink_write(f->index, f->places.list.ptr, f->places.list.len);
	if (f->index != NULL && rc == CM_OK)
		rc = cm_sealing_pairs(sealing, f->index);
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "the index can not be written");
}

/* The file that was being read is over. */
static enum cm_result
end_file(struct cm_seal_scan *s)
{
	struct cm_seal_scan_file *f = &s->file[s->at];
	enum cm_result rc;

	if (s->sealing == NULL)
		return CM_OK;
	rc = cm_sealing_end(s->sealing, &f->sealed, &s->err);
	if (rc == CM_OK && f->kind == CM_KIND_CAPTURE)
		rc = write_behind(f, s->sealing, &s->err);
	cm_sealing_free(s->sealing);
	s->sealing = NULL;
	f->yes = rc == CM_OK;
	return rc;
}

static enum cm_result
begin_file(struct cm_seal_scan *s, size_t file, const struct cm_schema *schema)
{
	struct cm_sealing_job job = { schema, s->file[file].secret, s->file[file].index, s->pool,
		s->file_digest, s->no_pairs, cm_file_window(s->scan->files[file]) };

	s->at = file;
	s->file[file].kind = schema->kind;
	return cm_sealing_new(&job, &s->sealing, &s->err);
}

/* The next row of a file, perhaps the first. */
static enum cm_result
add_row(struct cm_seal_scan *s, size_t file, const struct cm_schema *schema, const struct cm_row *row)
{
	enum cm_result rc = CM_OK;

	if (s->sealing != NULL && file != s->at)
		rc = end_file(s);
	if (rc == CM_OK && s->sealing == NULL)
		rc = begin_file(s, file, schema);
	return rc == CM_OK ? cm_sealing_row(s->sealing, row, &s->err) : rc;
}

static enum cm_result
take_row(void *arg, size_t file, const struct cm_reader *reader, const struct cm_record *rec)
{
	struct cm_seal_scan *s = arg;
	struct cm_seal_scan_file *f = &s->file[file];
	const struct cm_row row = { rec->bytes, rec->offset, rec, false };
	enum cm_result rc = CM_OK;

	if (rec->cut && rec->frame != 0)
		rc = cm_row_map_add(&f->map, rec->frame, rec->row);
	if (rc == CM_OK)
		rc = add_row(s, file, &s->capture, &row);
	cm_places_meet(&f->places, reader);
	return rc;
}

static enum cm_result
take_line(void *arg, size_t file, uint64_t number, const struct cm_row *row)
{
	struct cm_seal_scan *s = arg;
	enum cm_result rc = cm_row_map_add(&s->file[file].map, number, number - 1);

	return rc == CM_OK ? add_row(s, file, &s->lines, row) : rc;
}

void
cm_seal_scan_watch(struct cm_seal_scan *s, struct cm_scan *scan)
{
	s->capture = cm_schema_of(CM_KIND_CAPTURE);
	s->lines = cm_schema_of(CM_KIND_LINES);
	s->scan = scan;
	scan->row = take_row;
	scan->line = take_line;
	scan->row_arg = s;
}

CM_RESULT
cm_seal_scan_end(struct cm_seal_scan *s, const struct cm_scan_summary *summary)
{
	enum cm_result rc = end_file(s);
	size_t i;

	for (i = 0; rc == CM_OK && i < s->n_files; i++) {
		const char *name = cm_file_name(s->scan->files[i]);

		if (!s->file[i].yes)
			continue;
		if (summary->file[i].refused.code != CM_OK)
			rc = cm_err_set(&s->err, summary->file[i].refused.code, "%s: %s", name,
			    summary->file[i].refused.text);
		else if (s->file[i].sealed.bytes != cm_file_size(s->scan->files[i]))
			rc = cm_err_set(&s->err, CM_E_IO,
			    "%s: it is not as long as it was when it was opened", name);
	}
	return rc;
}

/* All rows again, for those frames that the map does not have. */
static enum cm_result
read_again(struct cm_seal_scan *s, struct cm_file *file, const uint64_t *frame, size_t n, uint64_t *row)
{
	struct cm_reader *reader = NULL;
	struct cm_record rec;
	size_t at = 0;
	enum cm_result rc = cm_reader_new(cm_file_raw(file), cm_file_name(file), &reader, &s->err);

	while (rc == CM_OK && at < n) {
		rc = cm_reader_next(reader, &rec, &s->err);
		if (rc != CM_OK || !rec.cut || rec.frame == 0)
			continue;
		while (at < n && frame[at] < rec.frame)
			at++;
		if (at < n && frame[at] == rec.frame)
			row[at] = rec.row;
	}
	cm_reader_free(reader);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

CM_RESULT
cm_seal_scan_rows(
    struct cm_seal_scan *s, size_t i, const uint64_t *frame, size_t n, uint64_t *row)
{
	size_t k;

	for (k = 0; k < n; k++)
		row[k] = cm_row_map_find(&s->file[i].map, frame[k]);
	return s->file[i].map.full ? read_again(s, s->scan->files[i], frame, n, row) : CM_OK;
}

void
cm_seal_scan_fini(struct cm_seal_scan *s)
{
	size_t i;

	cm_sealing_free(s->sealing);
	s->sealing = NULL;
	for (i = 0; i < s->n_files; i++) {
		cm_row_map_release(&s->file[i].map);
		cm_buf_release(&s->file[i].places.list);
	}
}
