#include "dossier/fork.h"
#include "dossier/pack.h"

#define TEXT "fork.txt"
#define ONE "one.note"
#define TWO "two.note"
#define FILES 3

enum cm_result
cm_fork_pack(const struct cm_fork *f, struct cm_buf *out, struct cm_err *err)
{
	struct cm_zip_entry entry[FILES] = { { cm_span_str(TEXT), { 0 } }, { cm_span_str(ONE), f->one },
		{ cm_span_str(TWO), f->two } };
	struct cm_sink sink = cm_sink_of_buf(out);
	struct cm_buf text = { 0 };
	enum cm_result r;

	cm_fork_write(f, &text);
	entry[0].data = cm_buf_span(&text);
	r = cm_buf_ok(&text) ? cm_zip_write(entry, FILES, &sink, err)
			     : cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&text);
	return r;
}

enum cm_result
cm_fork_unpack(struct cm_span file, struct cm_arena *arena, struct cm_fork *out, struct cm_err *err)
{
	struct cm_span text, one, two;
	struct cm_zip zip;
	enum cm_result r = cm_zip_read(file, arena, &zip, err);

	if (r != CM_OK)
		return r;
	r = cm_zip_find(&zip, TEXT, &text);
	if (r != CM_OK)
		return r;
	if (zip.n != FILES || cm_zip_find(&zip, ONE, &one) != CM_OK || cm_zip_find(&zip, TWO, &two) != CM_OK)
		return cm_err_set(err, CM_E_MALFORMED, "the dossier of a fork has %s, %s and %s, and nothing else", TEXT, ONE, TWO);
	r = cm_fork_parse(text, out, err);
	if (r == CM_OK) {
		out->one = one;
		out->two = two;
	}
	return r;
}
