/* The verifier of openings: total, and what it accepts can be read, joined and, where all
 * is open, gives the bytes that were sealed. */
#include <string.h>

#include "exhibit.h"
#include "fuzz.h"

static void
read_all(const struct exhibit *e, struct cm_opening *o)
{
	const struct cm_opened_row *row = NULL;
	struct cm_buf joined = { 0 };
	size_t at = 0, seen = 0;
	enum cm_result rc;

	while (cm_opening_next(o, &row) == CM_OK) {
		must(row->row < e->seal.rows && row->row >= seen);
		seen = (size_t)row->row;
		rc = cm_join(&e->schema, row, &joined, NULL);
		must(rc == CM_OK || rc == CM_E_NOTFOUND);
		if (!cm_opening_stats(o)->whole || rc != CM_OK)
			continue;
		must(joined.len <= e->file.len - at &&
		     memcmp(joined.ptr, e->file.ptr + at, joined.len) == 0);
		at += joined.len;
	}
	must(!cm_opening_stats(o)->whole || at == e->file.len);
	cm_buf_release(&joined);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_name_book book = { 0 };
	struct cm_opening *o = NULL;
	struct cm_err err = { 0 };
	struct exhibit e;

	if (size == 0 || !exhibit_make(data[0] % EXHIBITS, &e))
		return 0;
	if (cm_opening_new(&e.seal, cm_span_of(data + 1, size - 1), NULL, &book, &o, &err) ==
	    CM_OK) {
		read_all(&e, o);
		cm_opening_rewind(o);
		read_all(&e, o);
		must(!book.conflict);
	} else {
		must(o == NULL && err.text[0] != '\0');
	}
	cm_opening_free(o);
	cm_name_book_release(&book);
	return 0;
}
