#include "codec/csv.h"

#include <string.h>

void
cm_csv_open(struct cm_csv *t, struct cm_span text, struct cm_span *cell, size_t most)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

	*t = (struct cm_csv) { .text = text, .separator = ',', .cell = cell, .most = most };
	if (text.len >= sizeof(mark) && memcmp(text.ptr, mark, sizeof(mark)) == 0)
		t->at = sizeof(mark);
	for (size_t i = t->at; i < text.len && text.ptr[i] != '\n' && text.ptr[i] != ','; i++) {
		if (text.ptr[i] == ';' || text.ptr[i] == '\t') {
			t->separator = text.ptr[i];
			return;
		}
	}
}

bool
cm_csv_ended(const struct cm_csv *t)
{
	return t->at == t->text.len;
}

void
cm_csv_close(struct cm_csv *t)
{
	cm_buf_release(&t->unquoted);
}

static struct cm_span
trimmed(struct cm_span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = cm_span_part(s, 1, s.len);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static bool
is(const struct cm_csv *t, size_t at, uint8_t c)
{
	return at < t->text.len && t->text.ptr[at] == c;
}

static bool
is_end_of_row(const struct cm_csv *t)
{
	return cm_csv_ended(t) || is(t, t->at, '\n') || (is(t, t->at, '\r') && (t->at + 1 == t->text.len || is(t, t->at + 1, '\n')));
}

static void
step_over_end(struct cm_csv *t)
{
	if (is(t, t->at, '\r'))
		t->at++;
	if (is(t, t->at, '\n'))
		t->at++;
}

/* From behind an opening quote to behind the closing one. */
static CM_RESULT
read_quoted(struct cm_csv *t, struct cm_err *err)
{
	for (; t->at < t->text.len; t->at++) {
		if (is(t, t->at, '"') && !is(t, ++t->at, '"'))
			return CM_OK;
		cm_buf_add_u8(&t->unquoted, t->text.ptr[t->at]);
	}
	return cm_err_set(err, CM_E_MALFORMED, "row %zu, column %zu: a quote that does not end", t->row, t->n + 1);
}

static CM_RESULT
read_cell(struct cm_csv *t, struct cm_err *err)
{
	size_t from = t->unquoted.len;
	enum cm_result rc = CM_OK;

	if (t->n == t->most)
		return cm_err_set(err, CM_E_LIMIT, "row %zu: more than %zu columns", t->row, t->most);
	if (is(t, t->at, '"')) {
		t->at++;
		rc = read_quoted(t, err);
	}
	while (rc == CM_OK && !is_end_of_row(t) && !is(t, t->at, t->separator))
		cm_buf_add_u8(&t->unquoted, t->text.ptr[t->at++]);
	/* for now the length only: the buffer may still move */
	t->cell[t->n++] = cm_span_of(NULL, t->unquoted.len - from);
	return rc;
}

enum cm_result
cm_csv_next(struct cm_csv *t, struct cm_err *err)
{
	enum cm_result rc;
	size_t from = 0;

	t->row++;
	t->n = 0;
	cm_buf_clear(&t->unquoted);
	rc = read_cell(t, err);
	while (rc == CM_OK && !is_end_of_row(t)) {
		t->at++; /* the separator */
		rc = read_cell(t, err);
	}
	if (rc != CM_OK)
		return rc;
	if (!cm_buf_ok(&t->unquoted))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	step_over_end(t);
	for (size_t i = 0; i < t->n; i++) {
		size_t len = t->cell[i].len;

		t->cell[i] = trimmed(cm_span_part(cm_buf_span(&t->unquoted), from, len));
		from += len;
	}
	return CM_OK;
}

void
cm_csv_put(struct cm_buf *out, struct cm_span cell, bool last)
{
	bool quote = false;

	for (size_t i = 0; i < cell.len; i++)
		quote = quote || strchr(",\"\n\r", cell.ptr[i]) != NULL;
	cm_buf_add_str(out, quote ? "\"" : "");
	for (size_t i = 0; i < cell.len; i++) {
		cm_buf_add_str(out, cell.ptr[i] == '"' ? "\"" : "");
		cm_buf_add_u8(out, cell.ptr[i]);
	}
	cm_buf_add_str(out, quote ? "\"" : "");
	cm_buf_add_str(out, last ? "\r\n" : ",");
}
