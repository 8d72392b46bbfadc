#include <stdlib.h>

#include "seal/cut.h"
#include "worker/draw_pass.h"

struct passing {
	const struct cm_draw_pass *in;
	struct cm_span line; /* the last one; lives until the next */
};

static enum cm_result
begin_file(void *arg, size_t file, enum cm_weblog_form form, bool has_time, int64_t t_ns)
{
	(void)arg, (void)file, (void)form, (void)has_time, (void)t_ns;
	return CM_OK;
}

static void
expect(void *arg, struct cm_packet *p, size_t n)
{
	(void)arg, (void)p, (void)n;
}

static enum cm_result
take_packet(void *arg, const struct cm_packet *p, bool stable)
{
	const struct cm_draw_pass *in = ((struct passing *)arg)->in;
	uint32_t file = cm_packet_file(p->id);
	uint64_t row = cm_row_map_find(&in->file[file].map, cm_packet_frame(p->id));
	enum cm_result rc = CM_OK;
	size_t i;

	(void)stable;
	if (p->n_parts > 0 || row == UINT64_MAX || in->seal[file] == UINT32_MAX)
		return CM_OK;
	for (i = 0; rc == CM_OK && i < in->n; i++)
		rc = cm_drawn_packet(in->drawn[i], in->seal[file], row, p);
	return rc;
}

static enum cm_result
take_line(void *arg, size_t file, uint64_t number, const struct cm_row *row)
{
	struct passing *p = arg;

	(void)file, (void)number;
	p->line = row->bytes;
	return CM_OK;
}

static enum cm_result
take_request(void *arg, const struct cm_request *r)
{
	const struct passing *p = arg;
	const struct cm_draw_pass *in = p->in;
	uint32_t file = cm_packet_file(r->id);
	enum cm_result rc = CM_OK;
	size_t i;

	if (in->seal[file] == UINT32_MAX)
		return CM_OK;
	for (i = 0; rc == CM_OK && i < in->n; i++)
		rc = cm_drawn_line(in->drawn[i], in->seal[file], cm_packet_frame(r->id) - 1, p->line, r);
	return rc;
}

/* Only this vantage's files are read. */
static bool *
others(const struct cm_draw_pass *in)
{
	bool *skip = calloc(in->scan->n_files + 1, sizeof(*skip));
	size_t i;

	for (i = 0; skip != NULL && i < in->scan->n_files; i++)
		skip[i] = true;
	for (i = 0; skip != NULL && i < in->vantage->n_files; i++)
		skip[in->vantage->file[i]] = false;
	return skip;
}

/* A draw of half a file would say of the other half that nothing is there. */
static CM_RESULT
check_same(const struct cm_draw_pass *in, const struct cm_scan_summary *again, struct cm_err *err)
{
	size_t i;

	for (i = 0; i < in->vantage->n_files; i++) {
		size_t file = in->vantage->file[i];
		const struct cm_scan_file *a = &in->first->file[file], *b = &again->file[file];

		if (in->seal[file] == UINT32_MAX) /* a pipe gives its bytes once */
			continue;
		if (a->bytes != b->bytes || a->frames != b->frames || a->lines != b->lines ||
		    a->refused.code != b->refused.code)
			return cm_err_set(err, CM_E_IO, "a file is not what it was when it was read first");
	}
	return CM_OK;
}

CM_RESULT
cm_draw_pass(const struct cm_draw_pass *in, struct cm_err *err)
{
	struct passing p = { .in = in };
	const struct cm_scan_sink sink = { &p, begin_file, expect, take_packet, take_request };
	struct cm_scan_summary summary = { 0 };
	struct cm_scan scan = *in->scan;
	bool *skip = others(in);
	enum cm_result rc;

	if (skip == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	scan.row = NULL;
	scan.line = take_line;
	scan.row_arg = &p;
	scan.skip = skip;
	rc = cm_scan_run(&scan, &sink, &summary, err);
	if (rc == CM_OK)
		rc = check_same(in, &summary, err);
	cm_scan_summary_fini(&summary);
	free(skip);
	return rc;
}
