#include <inttypes.h>
#include <string.h>

#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/lines.h"

static enum cm_result
read_origin(struct cm_lines *l, struct cm_checkpoint *out, struct cm_err *err)
{
	struct cm_span line;
	enum cm_result r = cm_lines_next(l, "the origin", &line, err);

	if (r != CM_OK)
		return r;
	if (line.len == 0)
		return cm_err_at(err, CM_E_MALFORMED, 0, "an empty line in place of the origin");
	if (line.len > CM_NOTE_NAME)
		return cm_err_at(err, CM_E_LIMIT, 0, "an origin of %zu bytes; at most %u", line.len,
		    CM_NOTE_NAME);
	if (cm_span_eq(line, cm_span_of(CM_COSIGNATURE_HEAD, sizeof(CM_COSIGNATURE_HEAD) - 2)))
		return cm_err_at(err, CM_E_MALFORMED, 0,
		    "this origin would make a checkpoint look like the message of a cosignature");
	memcpy(out->origin, line.ptr, line.len);
	return CM_OK;
}

static enum cm_result
read_extensions(struct cm_lines *l, struct cm_checkpoint *out, struct cm_err *err)
{
	size_t begin = l->at, at = begin;
	struct cm_span line;
	enum cm_result r;

	while ((at = l->at) < l->in.len) {
		r = cm_lines_next(l, "an extension line", &line, err);
		if (r != CM_OK)
			return r;
		if (line.len == 0)
			return cm_err_at(err, CM_E_MALFORMED, at, "an empty line in a checkpoint");
	}
	out->extensions = cm_span_part(l->in, begin, at - begin);
	return CM_OK;
}

enum cm_result
cm_checkpoint_parse(struct cm_span text, struct cm_checkpoint *out, struct cm_err *err)
{
	struct cm_lines l = { .in = text };
	struct cm_checkpoint c = { 0 };
	enum cm_result r = cm_text_check(text, err);

	if (r == CM_OK)
		r = read_origin(&l, &c, err);
	if (r == CM_OK)
		r = cm_lines_number(&l, NULL, &c.size, err);
	if (r == CM_OK)
		r = cm_lines_hash(&l, "the root", c.root, err);
	if (r == CM_OK)
		r = read_extensions(&l, &c, err);
	if (r == CM_OK)
		*out = c;
	return r;
}

void
cm_checkpoint_write(const struct cm_checkpoint *c, struct cm_buf *out)
{
	cm_buf_printf(out, "%s\n%" PRIu64 "\n", c->origin, c->size);
	cm_lines_put_hash(c->root, out);
	cm_buf_add_span(out, c->extensions);
}

enum cm_result
cm_checkpoint_read(struct cm_span bytes, size_t base, struct cm_arena *arena,
    struct cm_checkpoint *out, struct cm_note *note, struct cm_err *err)
{
	struct cm_err inner = { 0 };
	struct cm_checkpoint c;
	struct cm_note n;
	enum cm_result r = cm_note_parse(bytes, arena, &n, &inner);

	if (r == CM_OK)
		r = cm_checkpoint_parse(n.text, &c, &inner);
	if (r != CM_OK && inner.has_offset)
		return cm_err_at(err, r, base + inner.offset, "%s", inner.text);
	if (r != CM_OK)
		return cm_err_set(err, r, "%s", inner.text);
	*out = c;
	if (note != NULL)
		*note = n;
	return CM_OK;
}

enum cm_result
cm_checkpoint_open(struct cm_span bytes, const struct cm_vkey *key, struct cm_arena *arena,
    struct cm_checkpoint *out, struct cm_note *note, struct cm_err *err)
{
	struct cm_checkpoint c;
	struct cm_note n;
	enum cm_result r = cm_checkpoint_read(bytes, 0, arena, &c, &n, err);

	if (r != CM_OK)
		return r;
	if (strcmp(c.origin, key->name) != 0)
		return cm_err_set(err, CM_E_NOTFOUND,
		    "a checkpoint of the log %.120s; the key is that of %.120s", c.origin,
		    key->name);
	r = cm_note_verify(&n, key, err);
	if (r != CM_OK)
		return r;
	*out = c;
	if (note != NULL)
		*note = n;
	return CM_OK;
}
