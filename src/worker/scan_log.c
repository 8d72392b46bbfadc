#include "capture/packet.h"
#include "seal/cut.h"
#include "worker/guess.h"
#include "worker/scan_log.h"

enum cm_weblog_form
cm_scan_log_guess(struct cm_source source)
{
	struct cm_err why = { 0 };
	struct cm_guess guess;
	struct cm_span head;

	if (cm_guess_kind(source, &guess, &why) != CM_OK || guess.kind != CM_KIND_LINES ||
	    source.fill(source.arg, 0, CM_GUESS_WINDOW, &head, &why) != CM_OK)
		return CM_WEBLOG_NONE;
	return cm_weblog_guess(cm_span_part(head, 0, CM_GUESS_WINDOW));
}

static bool
is_wanted(const struct cm_scan *scan, int64_t t_ns)
{
	return !(scan->has_from && t_ns < scan->from_ns) && !(scan->has_to && t_ns >= scan->to_ns);
}

static void
note_bad(struct cm_scan_file *out, const struct cm_row *row, const struct cm_err *why)
{
	if (out->bad_lines++ > 0)
		return;
	out->bad_at = row->offset;
	out->bad = *why;
}

static CM_RESULT
take_line(struct cm_scan_log *l, struct cm_weblog *w, const struct cm_row *row, bool *begun)
{
	struct cm_request r = { 0 };
	struct cm_err why = { 0 };
	enum cm_result rc = row->continues ? cm_err_set(&why, CM_E_MALFORMED, "a line of more than %u bytes", CM_LINE_MAX) :
					     cm_weblog_line(w, row->bytes, &r, &why);

	if (rc == CM_E_NOMEM)
		return rc;
	if (rc != CM_OK) {
		note_bad(l->out, row, &why);
		return CM_OK;
	}
	if (!is_wanted(l->scan, r.t_ns))
		return CM_OK;
	r.id = cm_packet_id_of(l->file, l->out->lines);
	cm_scan_note_time(l->sum, r.t_ns);
	if (!*begun)
		rc = l->sink->begin(l->sink->arg, l->file, l->out->log, true, r.t_ns);
	*begun = true;
	return rc == CM_OK ? l->sink->request(l->sink->arg, &r) : rc;
}

static CM_RESULT
read_lines(struct cm_scan_log *l, struct cm_weblog *w, struct cm_split *split)
{
	struct cm_row row;
	bool begun = false;
	enum cm_result rc;

	while ((rc = cm_split_next(split, &row, &l->out->refused)) == CM_OK) {
		l->out->lines++;
		if (l->stays && l->scan->line != NULL)
			rc = l->scan->line(l->scan->row_arg, l->file, l->out->lines, &row);
		if (rc == CM_OK)
			rc = take_line(l, w, &row, &begun);
		if (rc != CM_OK)
			return rc;
		if (l->out->lines % 4096 == 0 && l->scan->progress != NULL)
			l->scan->progress(l->scan->progress_arg, l->file, split->at);
	}
	l->out->bytes = split->at;
	return rc == CM_E_NOTFOUND || l->out->refused.code != CM_OK ? CM_OK : rc;
}

CM_RESULT
cm_scan_log(struct cm_scan_log *l, struct cm_source source)
{
	struct cm_split split = { .kind = CM_KIND_LINES, .source = source };
	struct cm_weblog *w;
	enum cm_result rc = cm_weblog_new(l->out->log, &w);

	if (rc != CM_OK)
		return rc;
	rc = read_lines(l, w, &split);
	cm_weblog_free(w);
	return rc;
}
