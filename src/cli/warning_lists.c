#include <stdlib.h>
#include <string.h>

#include "cli/warning_lists.h"
#include "codec/json_read.h"
#include "os/disk.h"
#include "store/case.h"

struct listing {
	struct cm_warning_texts *t;
	const char **name;
	size_t n, cap;
	bool failed;
};

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory for warning lists");
}

static void
take_name(void *to, const char *name)
{
	struct listing *l = to;
	const char **more;

	if (name[0] == '.' || l->failed)
		return;
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : 2 * l->cap;
		more = realloc(l->name, l->cap * sizeof(*more));
		if (more == NULL) {
			l->failed = true;
			return;
		}
		l->name = more;
	}
	l->name[l->n] = cm_arena_copy(&l->t->arena, name, strlen(name) + 1);
	l->failed |= l->name[l->n] == NULL;
	l->n += !l->failed;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static CM_RESULT
load(struct cm_warning_texts *t, const char *path, struct cm_err *err)
{
	struct cm_warning_text *more, x = { .path = cm_arena_copy(&t->arena, path, strlen(path) + 1) };
	enum cm_result rc;

	if (t->n == CM_WARNING_LISTS)
		return cm_err_set(err, CM_E_LIMIT, "more than %u warning lists", CM_WARNING_LISTS);
	more = realloc(t->item, (t->n + 1) * sizeof(*more));
	if (more == NULL || x.path == NULL) {
		t->item = more != NULL ? more : t->item;
		return no_memory(err);
	}
	t->item = more;
	rc = cm_disk_load(cm_disk_here(), path, CM_JSON_TEXT, &x.json, err);
	if (rc != CM_OK) {
		cm_buf_release(&x.json);
		return rc;
	}
	t->item[t->n++] = x;
	return CM_OK;
}

/* NAME.json is a list; the folder NAME may have one. */
static CM_RESULT
load_named(struct cm_warning_texts *t, const char *folder, const char *name, struct cm_err *err)
{
	const struct cm_disk *d = cm_disk_here();
	size_t len = strlen(name);
	struct cm_disk_stat st = { 0 };
	const char *path = cm_arena_printf(&t->arena, "%s/%s", folder, name), *inner;

	if (path == NULL)
		return no_memory(err);
	if (d->ops->stat(d->arg, path, &st) == 0 && st.folder) {
		inner = cm_arena_printf(&t->arena, "%s/list.json", path);
		if (inner == NULL)
			return no_memory(err);
		return d->ops->stat(d->arg, inner, &st) == 0 ? load(t, inner, err) : CM_OK;
	}
	return len > 5 && strcmp(name + len - 5, ".json") == 0 ? load(t, path, err) : CM_OK;
}

CM_RESULT
cm_warning_texts_add(struct cm_warning_texts *t, const char *folder, struct cm_err *err)
{
	const struct cm_disk *d = cm_disk_here();
	struct listing l = { .t = t };
	int failed = d->ops->list(d->arg, folder, take_name, &l);
	enum cm_result rc = CM_OK;

	if (failed != 0)
		rc = cm_disk_failed(failed, folder, err);
	else if (l.failed)
		rc = no_memory(err);
	if (rc == CM_OK && l.n > 1)
		qsort(l.name, l.n, sizeof(*l.name), by_name);
	for (size_t i = 0; rc == CM_OK && i < l.n; i++)
		rc = load_named(t, folder, l.name[i], err);
	free(l.name);
	return rc;
}

CM_RESULT
cm_warning_texts_of_case(struct cm_warning_texts *t, const struct cm_context *ctx, struct cm_err *err)
{
	struct cm_buf folder = { 0 };
	struct cm_disk_stat st = { 0 };
	enum cm_result rc = CM_OK;

	if (cm_case_find(ctx->case_folder, ".", &folder, NULL) == CM_OK) {
		const struct cm_disk *d = cm_disk_here();

		cm_buf_add_str(&folder, "/" CM_WARNING_FOLDER);
		if (cm_buf_cstr(&folder) == NULL)
			rc = no_memory(err);
		else if (d->ops->stat(d->arg, cm_buf_cstr(&folder), &st) == 0 && st.folder)
			rc = cm_warning_texts_add(t, cm_buf_cstr(&folder), err);
	}
	cm_buf_release(&folder);
	return rc;
}

void
cm_warning_texts_free(struct cm_warning_texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		cm_buf_release(&t->item[i].json);
	free(t->item);
	cm_arena_fini(&t->arena);
	t->item = NULL;
	t->n = 0;
}

CM_RESULT
cm_warning_texts_build(const struct cm_warning_texts *t, struct cm_warnings **out, const char **bad, struct cm_err *err)
{
	struct cm_warnings *w = cm_warnings_new();
	enum cm_result rc;

	*bad = NULL;
	if (w == NULL)
		return no_memory(err);
	rc = cm_warnings_add_builtin(w, err);
	for (size_t i = 0; rc == CM_OK && i < t->n; i++) {
		rc = cm_warnings_add(w, cm_buf_span(&t->item[i].json), err);
		if (rc != CM_OK)
			*bad = t->item[i].path;
	}
	if (rc != CM_OK) {
		cm_warnings_free(w);
		return rc;
	}
	cm_warnings_end(w);
	*out = w;
	return CM_OK;
}
