/* Exhibits, their secrets and their indexes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "os/private.h"
#include "store/case_state.h"

/* A digest that was not asked for is an empty value. */
static enum cm_result
insert(struct cm_case *c, const struct cm_case_exhibit *in, const struct cm_seal_secret *secret,
    struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "INSERT INTO exhibit (x, secret, path, size, sha256, kind, row_count, root, statement)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(in->x, 32));
	cm_query_blob(&q, 2, cm_span_of(secret->s, 32));
	cm_query_text(&q, 3, in->path);
	cm_query_int(&q, 4, (int64_t)in->size);
	cm_query_blob(&q, 5, cm_span_of(in->sha256, in->has_sha256 ? 32 : 0));
	cm_query_text(&q, 6, in->kind);
	cm_query_int(&q, 7, (int64_t)in->rows);
	cm_query_blob(&q, 8, cm_span_of(in->root, 32));
	cm_query_blob(&q, 9, cm_span_of(in->statement, 32));
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_exhibit_add(struct cm_case *c, const struct cm_case_exhibit *in,
    const struct cm_seal_secret *secret, struct cm_err *err)
{
	if (memcmp(secret->x, in->x, 32) != 0)
		return cm_err_set(err, CM_E_USAGE, "a secret that is not this exhibit's");
	if (in->size > INT64_MAX || in->rows > INT64_MAX)
		return cm_err_set(err, CM_E_LIMIT, "an exhibit beyond 2^63 bytes or rows");
	return insert(c, in, secret, err);
}

static enum cm_result
read_exhibit(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_exhibit *out = item;
	enum cm_result r = cm_column_fixed(q, 1, out->x, 32, err);

	if (r == CM_OK)
		r = cm_column_text(q, 2, arena, &out->path, err);
	out->has_sha256 = cm_column_blob(q, 4).len != 0;
	if (r == CM_OK && out->has_sha256)
		r = cm_column_fixed(q, 4, out->sha256, 32, err);
	if (r == CM_OK)
		r = cm_column_text(q, 5, arena, &out->kind, err);
	if (r == CM_OK)
		r = cm_column_fixed(q, 7, out->root, 32, err);
	if (r == CM_OK)
		r = cm_column_fixed(q, 8, out->statement, 32, err);
	out->id = (uint64_t)cm_column_int(q, 0);
	out->size = (uint64_t)cm_column_int(q, 3);
	out->rows = (uint64_t)cm_column_int(q, 6);
	return r;
}

enum cm_result
cm_case_exhibits(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_exhibits *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "SELECT id, x, path, size, sha256, kind, row_count, root, statement FROM exhibit"
	    " ORDER BY id");
	struct cm_case_list l = { arena, sizeof(*out->item), read_exhibit, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_exhibits) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_secret(
    struct cm_case *c, const uint8_t x[32], struct cm_seal_secret *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT secret FROM exhibit WHERE x = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(x, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_NOTFOUND, "this case has no secret of that exhibit");
	if (r == CM_OK)
		r = cm_column_fixed(&q, 0, out->s, 32, err);
	if (r == CM_OK)
		memcpy(out->x, x, 32);
	cm_query_end(&q);
	return r;
}

/* Indexes. */

enum cm_result
cm_case_index_path(struct cm_case *c, const uint8_t x[32], struct cm_buf *out)
{
	cm_buf_printf(out, "%s/index/", c->folder);
	cm_buf_add_hex(out, cm_span_of(x, 32));
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

static enum cm_result
index_names(struct cm_case *c, const uint8_t x[32], char name[PATH_MAX], char tmp[PATH_MAX],
    struct cm_err *err)
{
	char hex[65] = { 0 };
	int n, m;

	cm_hex_encode(cm_span_of(x, 32), hex);
	n = snprintf(name, PATH_MAX, "%s/index/%s", c->folder, hex);
	m = snprintf(tmp, PATH_MAX, "%s/index/%s.tmp", c->folder, hex);
	if (n < 0 || n >= PATH_MAX || m < 0 || m >= PATH_MAX)
		return cm_err_set(err, CM_E_IO, "a path that is too long");
	return CM_OK;
}

enum cm_result
cm_case_index_begin(struct cm_case *c, const uint8_t x[32], int *fd, struct cm_err *err)
{
	char name[PATH_MAX], tmp[PATH_MAX];
	enum cm_result r = index_names(c, x, name, tmp, err);
	int f;

	if (r != CM_OK)
		return r;
	f = open(tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f < 0)
		return cm_err_set(err, CM_E_IO, "%s: %s", tmp, strerror(errno));
	*fd = f;
	return CM_OK;
}

enum cm_result
cm_case_index_keep(struct cm_case *c, const uint8_t x[32], int fd, struct cm_err *err)
{
	char name[PATH_MAX], tmp[PATH_MAX];
	enum cm_result r = index_names(c, x, name, tmp, err);

	if (r == CM_OK && fsync(fd) != 0)
		r = cm_err_set(err, CM_E_IO, "%s: %s", tmp, strerror(errno));
	return r == CM_OK ? cm_private_place(tmp, name, err) : r;
}

void
cm_case_index_drop(struct cm_case *c, const uint8_t x[32])
{
	char name[PATH_MAX], tmp[PATH_MAX];

	if (index_names(c, x, name, tmp, NULL) == CM_OK)
		unlink(tmp);
}
