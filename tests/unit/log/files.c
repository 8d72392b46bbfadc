#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
stop(const char *why)
{
	fprintf(stderr, "%s\n", why);
	abort();
}

void
files_free(struct files *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		cm_buf_release(&f->file[i].bytes);
	free(f->file);
	*f = (struct files) { 0 };
}

static bool
same(const struct cm_log_tile *a, const struct cm_log_tile *b)
{
	return a->entries == b->entries && a->level == b->level && a->n == b->n &&
	       a->width == b->width;
}

/* The newest are looked at first. */
struct file *
files_find(const struct files *f, const struct cm_log_tile *name)
{
	size_t i;

	for (i = f->n; i-- > 0;)
		if (same(&f->file[i].name, name))
			return &f->file[i];
	return NULL;
}

void
files_drop(struct files *f, const struct cm_log_tile *name)
{
	struct file *file = files_find(f, name);

	if (file == NULL)
		stop("no such file to drop");
	cm_buf_release(&file->bytes);
	*file = f->file[--f->n];
}

static enum cm_result
put(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	struct files *f = arg;
	struct file *old = files_find(f, t);

	(void)err;
	if (t->width == 0 || t->width > CM_LOG_TILE_WIDTH ||
	    (!t->entries && bytes.len != t->width * CM_SHA256_LEN))
		stop("a tile of another length");
	if (old != NULL && !cm_span_eq(cm_buf_span(&old->bytes), bytes))
		stop("a file of the log changed");
	if (old != NULL)
		return CM_OK;
	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : 2 * f->room;
		f->file = realloc(f->file, f->room * sizeof(*f->file));
		if (f->file == NULL)
			stop("no memory");
	}
	f->file[f->n] = (struct file) { .name = *t };
	cm_buf_add_span(&f->file[f->n++].bytes, bytes);
	return CM_OK;
}

static enum cm_result
fetch(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	struct files *f = arg;
	const struct file *file = files_find(f, t);

	(void)err;
	f->fetched++;
	if (file == NULL)
		return CM_E_NOTFOUND;
	cm_buf_add_span(out, cm_buf_span(&file->bytes));
	return CM_OK;
}

struct cm_tile_sink
files_sink(struct files *f)
{
	return (struct cm_tile_sink) { put, f };
}

struct cm_tile_source
files_source(struct files *f)
{
	return (struct cm_tile_source) { fetch, f };
}

struct cm_span
files_entry(uint64_t i, struct made_entry *e)
{
	size_t len = (size_t)(i * 2654435761u % 251), k;

	for (k = 0; k < len; k++)
		e->bytes[k] = (uint8_t)(i >> 8 * (k % 4));
	return cm_span_of(e->bytes, len);
}

void
files_grow(struct cm_growth *g, uint64_t from, uint64_t n, const struct cm_tile_sink *sink)
{
	struct made_entry made[300];
	struct cm_span entries[300];
	struct cm_err err = { 0 };
	size_t i, some;

	for (; n > 0; n -= some, from += some) {
		some = n < 300 ? (size_t)n : 300;
		for (i = 0; i < some; i++)
			entries[i] = files_entry(from + i, &made[i]);
		if (cm_growth_add(g, entries, some, sink, &err) != CM_OK)
			stop(err.text);
	}
}
