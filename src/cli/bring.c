#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bring.h"
#include "os/private.h"
#include "os/random.h"
#include "worker/seal_exhibit.h"

enum cm_exit
cm_bring_start(const struct cm_bring *b, struct cm_confine_job job, struct cm_confine_child *out)
{
	struct cm_err err = { 0 };

	job.unconfined = b->no_confine;
	fflush(b->ctx->out);
	fflush(b->ctx->err);
	if (cm_confine_start(&job, out, &err) == CM_OK)
		return CM_EXIT_OK;
	(void)cm_cli_error(b->ctx, NULL, &err, NULL);
	return CM_EXIT_CANNOT;
}

enum cm_exit
cm_bring_await(const struct cm_bring *b, struct cm_confine_child *child)
{
	struct cm_err err = { 0 };
	int status = CM_EXIT_CANNOT;

	if (cm_confine_end(child, &status, &err) == CM_OK)
		return (enum cm_exit)status;
	(void)cm_cli_error(b->ctx, NULL, &err, NULL);
	return CM_EXIT_CANNOT;
}

enum cm_exit
cm_bring_confined(const struct cm_bring *b, struct cm_confine_job job)
{
	struct cm_confine_child child;
	enum cm_exit code = cm_bring_start(b, job, &child);

	return code == CM_EXIT_OK ? cm_bring_await(b, &child) : code;
}

enum cm_exit
cm_bring_open(struct cm_bring *b, const char *name, struct cm_brought *f)
{
	struct cm_err err = { 0 };

	*f = (struct cm_brought) { .name = name, .index_fd = -1 };
	if (cm_file_open(name, &f->file, &err) != CM_OK) {
		(void)cm_cli_error(b->ctx, name, &err, NULL);
		return CM_EXIT_CANNOT;
	}
	if (cm_random(&f->secret, sizeof(f->secret)) == CM_OK)
		return CM_EXIT_OK;
	cm_cli_say(b->ctx, "the system gives no randomness");
	return CM_EXIT_CANNOT;
}

bool
cm_bring_is_packed(const struct cm_brought *f)
{
	struct cm_source src;
	struct cm_span head;

	if (!cm_file_is_mapped(f->file))
		return false;
	src = cm_file_raw(f->file);
	return src.fill(src.arg, 0, 4, &head, NULL) == CM_OK && cm_packing_of(head) != CM_PACKING_NONE;
}

/* In a child: the bytes of a file into ${fd}. */
struct keeping {
	const struct cm_context *ctx;
	struct cm_file *file;
	int fd;
	bool unpack;
};

static CM_RESULT
copy(struct cm_source *src, struct cm_fd_sink *out, struct cm_err *err)
{
	struct cm_sink sink = cm_sink_of_fd(out);
	struct cm_span part;
	uint64_t at = 0;
	enum cm_result rc;

	for (;;) {
		rc = src->fill(src->arg, at, 65536, &part, err);
		if (rc != CM_OK || part.len == 0)
			return rc;
		rc = cm_sink_write(&sink, part.ptr, part.len);
		if (rc != CM_OK)
			return rc;
		at += part.len;
	}
}

static int
keep_run(void *arg, int answer)
{
	struct keeping *k = arg;
	struct cm_fd_sink out = { k->fd, 0 };
	enum cm_exit code = CM_EXIT_OK;
	struct cm_source src = { 0 };
	struct cm_err err = { 0 };
	enum cm_result rc = CM_OK;

	(void)answer;
	if (k->unpack)
		rc = cm_file_unpacked(k->file, &src, NULL, &err);
	else
		src = cm_file_raw(k->file);
	if (rc == CM_OK)
		rc = copy(&src, &out, &err);
	if (rc != CM_OK) {
		(void)cm_err_set(&err, rc, "it can not be kept in the case: %s",
		    out.why != 0 ? strerror(out.why) : cm_result_word(rc));
		(void)cm_cli_error(k->ctx, cm_file_name(k->file), &err, NULL);
		code = CM_EXIT_CANNOT;
	} else if (src.damage != NULL && src.damage->code != CM_OK) {
		(void)cm_cli_error(k->ctx, cm_file_name(k->file), src.damage, "what came before it is kept");
		code = CM_EXIT_MALFORMED;
	}
	return (int)cm_cli_finish(k->ctx, code);
}

/* "CASE/exhibits/ID.pcap", mode 0600; the descriptor, or -1. */
static int
new_file(struct cm_bring *b, const uint8_t x[32], struct cm_buf *path)
{
	const char *folder;

	cm_buf_printf(path, "%s/exhibits", cm_case_folder(b->c));
	folder = cm_buf_cstr(path);
	if (folder != NULL && !cm_path_exists(folder) && cm_private_mkdir(folder, NULL) != CM_OK)
		return -1;
	cm_buf_add_str(path, "/");
	cm_buf_add_hex(path, cm_span_of(x, 8));
	cm_buf_add_str(path, b->ending);
	if (cm_buf_cstr(path) == NULL)
		return -1;
	return open(cm_buf_cstr(path), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
}

/* The file that was kept takes the place of the one that came. */
static enum cm_exit
take_kept(struct cm_bring *b, struct cm_brought *f, struct cm_buf *path, bool unpack)
{
	struct cm_err err = { 0 };

	cm_file_close(f->file);
	f->file = NULL;
	if (cm_file_open(cm_buf_cstr(path), &f->file, &err) != CM_OK) {
		(void)cm_cli_error(b->ctx, f->name, &err, NULL);
		return CM_EXIT_CANNOT;
	}
	f->kept = true;
	if (unpack)
		cm_cli_say(b->ctx, "%s was packed, is empty, or came through a pipe: what is sealed is its unpacked bytes, "
				   "kept as %s", f->name, cm_buf_cstr(path));
	else
		cm_cli_say(b->ctx, "%s is empty or came through a pipe: what is sealed is kept as %s", f->name,
		    cm_buf_cstr(path));
	return CM_EXIT_OK;
}

enum cm_exit
cm_bring_keep(struct cm_bring *b, struct cm_brought *f, bool unpack)
{
	struct keeping job = { b->ctx, f->file, -1, unpack };
	struct cm_buf path = { 0 };
	int keep[2];
	enum cm_exit code = CM_EXIT_CANNOT;

	job.fd = new_file(b, f->secret.x, &path);
	if (job.fd < 0) {
		cm_cli_say(b->ctx, "%s: no place to keep it in the case", f->name);
		cm_buf_release(&path);
		return code;
	}
	keep[0] = job.fd;
	keep[1] = cm_file_fd(f->file);
	code = cm_bring_confined(b, (struct cm_confine_job) { .run = keep_run, .arg = &job, .what = f->name,
					.keep = keep, .n_keep = keep[1] >= 0 ? 2 : 1 });
	if (fsync(job.fd) != 0 || close(job.fd) != 0)
		code = CM_EXIT_CANNOT;
	if (code == CM_EXIT_OK || code == CM_EXIT_MALFORMED) {
		b->damaged |= code == CM_EXIT_MALFORMED;
		code = take_kept(b, f, &path, unpack);
	} else {
		unlink(cm_buf_cstr(&path));
	}
	cm_buf_release(&path);
	return code;
}

static CM_RESULT
write_made(int fd, struct cm_span bytes, struct cm_err *err)
{
	struct cm_fd_sink out = { fd, 0 };
	struct cm_sink sink = cm_sink_of_fd(&out);
	enum cm_result rc = cm_sink_write(&sink, bytes.ptr, bytes.len);

	if (rc == CM_OK && fsync(fd) != 0)
		rc = CM_E_IO;
	if (close(fd) != 0 && rc == CM_OK)
		rc = CM_E_IO;
	return rc == CM_OK ? CM_OK : cm_err_set(err, CM_E_IO, "it can not be kept in the case");
}

enum cm_exit
cm_bring_made(struct cm_bring *b, const char *name, struct cm_span bytes, struct cm_brought *f)
{
	struct cm_buf path = { 0 };
	struct cm_err err = { 0 };
	enum cm_result rc;
	int fd = -1;

	*f = (struct cm_brought) { .name = name, .index_fd = -1 };
	rc = cm_random(&f->secret, sizeof(f->secret));
	if (rc != CM_OK)
		rc = cm_err_set(&err, CM_E_IO, "the system gives no randomness");
	if (rc == CM_OK) {
		fd = new_file(b, f->secret.x, &path);
		rc = fd < 0 ? cm_err_set(&err, CM_E_IO, "no place to keep it in the case") : write_made(fd, bytes, &err);
	}
	if (rc == CM_OK)
		rc = cm_file_open(cm_buf_cstr(&path), &f->file, &err);
	if (rc == CM_OK)
		f->kept = true;
	else if (fd >= 0)
		unlink(cm_buf_cstr(&path));
	cm_buf_release(&path);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(b->ctx, name, &err, NULL);
}

enum cm_exit
cm_bring_index(struct cm_bring *b, struct cm_brought *f)
{
	struct cm_err err = { 0 };
	enum cm_result rc;

	f->path = realpath(cm_file_path(f->file), NULL);
	rc = f->path == NULL ? cm_err_set(&err, CM_E_NOMEM, "out of memory") :
			       cm_case_index_begin(b->c, f->secret.x, &f->index_fd, &err);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(b->ctx, f->name, &err, NULL);
}

void
cm_bring_end(struct cm_bring *b, struct cm_brought *f)
{
	if (f->kept && !f->stated && f->file != NULL)
		unlink(cm_file_path(f->file));
	cm_file_close(f->file);
	if (f->index_fd >= 0) {
		close(f->index_fd);
		cm_case_index_drop(b->c, f->secret.x);
	}
	explicit_bzero(&f->secret, sizeof(f->secret));
	free(f->path);
	*f = (struct cm_brought) { .index_fd = -1 };
}
