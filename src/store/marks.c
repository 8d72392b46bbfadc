#include <limits.h>
#include <string.h>

#include "os/private.h"
#include "store/case_state.h"
#include "store/marks.h"

#define HEAD                                                                                             \
	"# What the exhibits of this case hold, for the rules of its charter; `comity help mark' says how.\n" \
	"# It stays here: no dossier has it.\n"

enum cm_result
cm_case_marks_text(const char *folder, struct cm_buf *out, struct cm_err *err)
{
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(folder, CM_MARKS_FILE, path, err);

	if (r != CM_OK || !cm_path_exists(path))
		return r;
	return cm_whole_read(path, CM_MARKS_BYTES, out, err);
}

/* Types and names are copied while it is read. */
static enum cm_result
parse(const struct cm_buf *text, struct cm_arena *arena, struct cm_marks *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_marks_read(cm_buf_span(text), arena, out, &why);

	return r == CM_OK ? CM_OK : cm_err_set(err, r, CM_MARKS_FILE ": %s", why.text);
}

enum cm_result
cm_case_marks(const char *folder, struct cm_arena *arena, struct cm_marks *out, struct cm_err *err)
{
	struct cm_buf text = { 0 };
	enum cm_result r = cm_case_marks_text(folder, &text, err);

	if (r == CM_OK)
		r = parse(&text, arena, out, err);
	cm_buf_release(&text);
	return r;
}

static enum cm_result
add(const char *folder, struct cm_buf *text, const char *line, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	struct cm_arena arena;
	struct cm_marks marks;
	char path[PATH_MAX];
	enum cm_result r;

	if (text->len == 0)
		cm_buf_add_str(text, HEAD);
	else if (text->ptr[text->len - 1] != '\n')
		cm_buf_add_str(text, "\n");
	cm_buf_printf(text, "%s\n", line);
	if (!cm_buf_ok(text))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_arena_init(&arena, 0);
	r = parse(text, &arena, &marks, err);
	cm_arena_fini(&arena);
	if (r == CM_OK)
		r = cm_case_path(folder, CM_MARKS_FILE, path, err);
	return r == CM_OK ? cm_whole_write(path, cm_buf_span(text), mode, err) : r;
}

enum cm_result
cm_case_marks_add(const char *folder, const char *line, struct cm_err *err)
{
	struct cm_buf text = { 0 };
	enum cm_result r = cm_case_marks_text(folder, &text, err);

	if (r == CM_OK)
		r = add(folder, &text, line, err);
	cm_buf_release(&text);
	return r;
}
