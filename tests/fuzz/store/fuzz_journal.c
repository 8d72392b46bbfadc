/* A witness's journal, as a disk may have left it: what is read of it lies inside it, in order, and
 * without a torn end it is read the same again. */
#include "fuzz.h"
#include "store/witness_journal.h"

struct seen {
	struct cm_span journal;
	const uint8_t *end; /* of the last record's bytes */
	size_t n;
};

static enum cm_result
one(void *arg, struct cm_span bytes, struct cm_err *err)
{
	struct seen *s = arg;

	(void)err;
	must(bytes.ptr >= s->end);
	must(bytes.ptr + bytes.len <= s->journal.ptr + s->journal.len);
	s->end = bytes.ptr + bytes.len;
	s->n++;
	return CM_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span journal = cm_span_of(data, size);
	struct seen s = { journal, data, 0 }, again = { journal, data, 0 };
	struct cm_journal_read out = { 0 }, same = { 0 };
	struct cm_err err = { 0 };

	if (cm_journal_read(journal, one, &s, &out, &err) != CM_OK) {
		must(err.has_offset && err.offset <= size);
		return 0;
	}
	must(out.end >= CM_JOURNAL_HEAD && out.end <= size);
	journal.len = (size_t)out.end;
	must(cm_journal_read(journal, one, &again, &same, NULL) == CM_OK);
	must(same.end == out.end && same.id == out.id && again.n == s.n);
	return 0;
}
