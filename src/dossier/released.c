#include <string.h>

#include "dossier/released.h"

#define FORM_ARTEFACT 1 /* C1 */
#define FORM_CELL 2	/* C2: with the proof that it is the sealed one */

CM_RESULT
cm_released_init(struct cm_released *r, const struct cm_released_in *in)
{
	struct cm_leak_prefix p;
	enum cm_result rc = CM_OK;
	size_t i;

	*r = (struct cm_released) { .in = *in };
	for (i = 0; rc == CM_OK && i < in->marks->n_prefixes; i++) {
		if (in->marks->prefix[i].who != CM_MARK_VICTIM)
			continue;
		p = (struct cm_leak_prefix) { .len = in->marks->prefix[i].len, .bits = in->marks->prefix[i].bits };
		memcpy(p.addr, in->marks->prefix[i].addr, sizeof(p.addr));
		rc = cm_leaks_hide_prefix(&r->victim, p);
	}
	return rc;
}

void
cm_released_fini(struct cm_released *r)
{
	cm_leaks_release(&r->victim);
}

static enum cm_content
content_of(const struct cm_released_row *row, size_t column, bool tied)
{
	if (row->schema->kind == CM_KIND_BLOB)
		return CM_CONTENT_BYTES;
	if (row->schema->kind != CM_KIND_CAPTURE)
		return CM_CONTENT_TEXT;
	if (column == CM_COL_SRC || column == CM_COL_DST)
		return tied ? CM_CONTENT_PSEUDONYM : CM_CONTENT_ADDRESS;
	if (column == CM_COL_MASK)
		return CM_CONTENT_MASK;
	if (column == CM_COL_PAYLOAD)
		return row->is_packet ? CM_CONTENT_PAYLOAD : CM_CONTENT_BYTES;
	return CM_CONTENT_HEADERS;
}

/* Is the victim seen in it?  Of headers only an address of the packet itself can be there. */
static CM_RESULT
look_for_victim(struct cm_released *r, const struct cm_released_row *row, enum cm_content content, struct cm_span value,
    bool *out)
{
	const struct cm_marks *m = r->in.marks;
	const struct cm_leak where = { 0 };
	uint64_t before = r->victim.n;
	enum cm_result rc = CM_OK;

	if (content == CM_CONTENT_ADDRESS || content == CM_CONTENT_PSEUDONYM) {
		*out = cm_marks_has(m, CM_MARK_VICTIM, value);
		return CM_OK;
	}
	if (content == CM_CONTENT_HEADERS)
		rc = cm_leaks_search_headers(&r->victim, value, row->cells->cell[CM_COL_SRC],
		    row->cells->cell[CM_COL_DST], where);
	else
		rc = cm_leaks_search(&r->victim, value, where);
	*out = r->victim.n != before || (content != CM_CONTENT_HEADERS && cm_marks_names(m, value));
	return rc;
}

static bool
is_third_party(const struct cm_marks *m, enum cm_content content, struct cm_span value, bool victim)
{
	if (content == CM_CONTENT_HEADERS || content == CM_CONTENT_PSEUDONYM)
		return false;
	if (content != CM_CONTENT_ADDRESS)
		return true;
	return !victim && !cm_marks_has(m, CM_MARK_OWN, value) && !cm_marks_has(m, CM_MARK_KNOWN, value);
}

/* A sample attacks unless it is known not to. */
static bool
attacks(const struct cm_released *r, const struct cm_released_row *row, enum cm_content content)
{
	const struct cm_mark_exhibit *x = &r->in.exhibit[row->seal].mark;

	if (content != CM_CONTENT_PAYLOAD && content != CM_CONTENT_BYTES && content != CM_CONTENT_TEXT)
		return false;
	if (cm_marks_exploit(r->in.marks, x->id, row->row))
		return true;
	return row->schema->kind == CM_KIND_BLOB && !x->harmless;
}

static CM_RESULT
object_of(struct cm_released *r, const struct cm_released_row *row, size_t column, bool tied, struct cm_object *out)
{
	const struct cm_released_exhibit *x = &r->in.exhibit[row->seal];
	enum cm_content content = content_of(row, column, tied);
	struct cm_span value = row->cells->cell[column];
	bool victim = false;
	enum cm_result rc = look_for_victim(r, row, content, value, &victim);

	*out = (struct cm_object) { .group = row->seal, .type = x->type, .content = content, .tlp = x->mark.tlp,
		.pap = x->mark.pap, .victim = victim,
		.third_party = is_third_party(r->in.marks, content, value, victim),
		.personal = content != CM_CONTENT_HEADERS && content != CM_CONTENT_PSEUDONYM,
		.exploit = attacks(r, row, content) };
	/* what attacks is handed out as it is, whatever proof stands beside it */
	out->form = out->exploit || row->schema->kind == CM_KIND_BLOB ? FORM_ARTEFACT : FORM_CELL;
	return rc;
}

static CM_RESULT
ask(struct cm_released *r, const struct cm_released_row *row, size_t column, bool tied, bool *may)
{
	struct cm_object o;
	enum cm_result rc = object_of(r, row, column, tied, &o);

	*may = rc == CM_OK && cm_release_may(r->in.release, &o);
	return rc;
}

CM_RESULT
cm_released_cells(struct cm_released *r, const struct cm_released_row *row, cm_columns *open, cm_columns *tied)
{
	enum cm_result rc = CM_OK;
	bool may = false;
	size_t c;

	for (c = 0; rc == CM_OK && c < row->schema->n; c++) {
		if (*open & cm_column_bit(c)) {
			rc = ask(r, row, c, false, &may);
			if (may)
				continue;
			*open &= ~cm_column_bit(c);
			*tied |= row->schema->column[c].link != CM_LINK_PLAIN && row->is_packet ? cm_column_bit(c) : 0;
		}
		if (rc == CM_OK && (*tied & cm_column_bit(c))) {
			rc = ask(r, row, c, true, &may);
			*tied &= ~(may ? (cm_columns)0 : cm_column_bit(c));
		}
	}
	return rc;
}

CM_RESULT
cm_released_echo(struct cm_released *r, const struct cm_released_row *row, size_t column)
{
	struct cm_object o;
	enum cm_result rc = object_of(r, row, column, false, &o);

	if (rc == CM_OK)
		cm_release_echo(r->in.release, &o);
	return rc;
}

CM_RESULT
cm_released_cover(struct cm_released *r, const struct cm_released_row *row, size_t column)
{
	struct cm_object o;
	enum cm_result rc = object_of(r, row, column, false, &o);

	if (rc == CM_OK)
		cm_release_cover(r->in.release, &o);
	return rc;
}
