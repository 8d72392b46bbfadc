#include "log/bundle.h"

enum cm_result
cm_bundle_add(struct cm_span entry, struct cm_buf *out)
{
	if (entry.len > CM_LOG_ENTRY_MAX)
		return CM_E_LIMIT;
	if (!cm_buf_reserve(out, 2 + entry.len))
		return CM_E_NOMEM;
	cm_buf_add_u16(out, (uint16_t)entry.len);
	cm_buf_add_span(out, entry);
	return CM_OK;
}

enum cm_result
cm_bundle_read(struct cm_span bundle, size_t n, struct cm_span *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(bundle);
	size_t i, at;

	for (i = 0; i < n; i++) {
		at = c.pos;
		out[i] = cm_cursor_take(&c, cm_cursor_u16(&c));
		if (c.bad)
			return cm_err_at(err, CM_E_MALFORMED, at,
			    "the bundle ends inside entry %zu of %zu", i, n);
	}
	if (cm_cursor_left(&c) > 0)
		return cm_err_at(err, CM_E_MALFORMED, c.pos,
		    "%zu bytes behind the last of %zu entries", cm_cursor_left(&c), n);
	return CM_OK;
}
