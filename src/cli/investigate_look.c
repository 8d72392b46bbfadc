/* What `comity investigate` does with untrusted bytes: all of it confined. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/inspect.h"
#include "cli/investigate.h"
#include "crypto/sha256.h"
#include "dossier/of_incident.h"
#include "dossier/pack.h"
#include "seal/cut.h"
#include "seal/table.h"
#include "worker/summary_json.h"

struct sealed {
	bool yes;
	struct cm_seal seal;
	uint8_t sha256[32];
	uint64_t bytes;
};

struct looking {
	struct cm_look *in;
	struct cm_engine *engine;
	struct cm_scan_summary summary;
	struct cm_arena arena;
	struct cm_err err;
	struct cm_params params;
	struct cm_frame_rows *rows;
	struct sealed *sealed;
	uint32_t *seal; /* of each file: its place among the seals */
	size_t n_seals;
	struct cm_file_names names;
};

struct file_out {
	int fd;
	int why; /* errno of what failed; 0: nothing did */
};

static CM_RESULT
write_fd(void *arg, const void *ptr, size_t len)
{
	struct file_out *out = arg;
	const char *p = ptr;
	ssize_t n;

	while (len > 0) {
		n = write(out->fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			out->why = n < 0 ? errno : EIO;
			return CM_E_IO;
		}
		p += n;
		len -= (size_t)n;
	}
	return CM_OK;
}

/* The rows as they are sealed, and on the way which frame is which row. */
struct watching {
	struct cm_cut_rows *rows;
	struct cm_cell_source from;
	struct cm_frame_rows *frames;
	uint64_t row;
};

static enum cm_result
watch(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct watching *w = arg;
	enum cm_result rc = w->from.next(w->from.arg, out, err);
	const struct cm_row *last;

	if (rc != CM_OK)
		return rc;
	last = cm_cut_rows_last(w->rows);
	if (last->record != NULL && last->record->cut && last->record->frame != 0)
		cm_frame_rows_meet(w->frames, last->record->frame, w->row);
	w->row++;
	return CM_OK;
}

static CM_RESULT
hash_file(struct cm_file *f, struct sealed *out, struct cm_err *err)
{
	struct cm_source src = cm_file_raw(f);
	struct cm_sha256 h;
	struct cm_span part;
	enum cm_result rc;

	cm_sha256_init(&h);
	out->bytes = 0;
	for (;;) {
		rc = src.fill(src.arg, out->bytes, 65536, &part, err);
		if (rc != CM_OK)
			return rc;
		part.len = part.len > CM_SOURCE_WANT_MAX ? CM_SOURCE_WANT_MAX : part.len;
		if (part.len == 0)
			break;
		cm_sha256_add(&h, part.ptr, part.len);
		out->bytes += part.len;
	}
	cm_sha256_end(&h, out->sha256);
	return CM_OK;
}

static CM_RESULT
seal_file(struct looking *l, size_t i)
{
	struct cm_look_file *f = &l->in->file[i];
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct file_out out = { f->index_fd, 0 };
	struct cm_sink index = { write_fd, &out };
	struct watching w = { .frames = &l->rows[i] };
	struct cm_cell_source source = { &w, watch, NULL };
	struct cm_err ignored = { 0 };
	enum cm_result rc;

	l->seal[i] = UINT32_MAX;
	rc = cm_cut_rows_new(&schema, cm_file_raw(f->file), f->name, &w.rows, &ignored);
	if (rc == CM_E_MALFORMED || rc == CM_E_UNSUPPORTED)
		return CM_OK; /* no capture: said already */
	if (rc != CM_OK)
		return cm_err_set(&l->err, rc, "%s: %s", f->name, ignored.text);
	w.from = cm_cut_rows_source(w.rows);
	rc = cm_table_commit(&schema, &f->secret, source, &index, &l->sealed[i].seal, &l->err);
	cm_cut_rows_free(w.rows);
	if (out.why != 0) {
		l->err = (struct cm_err) { 0 };
		return cm_err_set(&l->err, CM_E_IO, "the index in the case: %s", strerror(out.why));
	}
	if (rc == CM_OK)
		rc = hash_file(f->file, &l->sealed[i], &l->err);
	if (rc != CM_OK)
		return rc;
	l->sealed[i].yes = true;
	l->seal[i] = (uint32_t)l->n_seals++;
	return CM_OK;
}

static void
put_file(struct cm_jsonw *w, const struct sealed *s)
{
	cm_jsonw_object(w);
	cm_jsonw_kbool(w, "sealed", s->yes);
	if (s->yes) {
		cm_jsonw_kuint(w, "rows", s->seal.rows);
		cm_jsonw_khex(w, "root", cm_span_of(s->seal.root, 32));
		cm_jsonw_khex(w, "sha256", cm_span_of(s->sha256, 32));
		cm_jsonw_kuint(w, "bytes", s->bytes);
	}
	cm_jsonw_object_end(w);
}

static CM_RESULT
put_finding(struct looking *l, struct cm_jsonw *w, const struct cm_incident *in)
{
	struct cm_of_incident how = { l->rows, l->seal, l->n_seals, &l->params, { 0 } };
	struct cm_finding f;
	enum cm_result rc;

	if (in->verdict == CM_VERDICT_EXPLAINED)
		return CM_OK;
	memcpy(how.source, l->in->source, 32);
	rc = cm_finding_of_incident(in, &how, &l->arena, &f);
	if (rc == CM_E_NOTFOUND) {
		cm_cli_say(l->in->ctx, "one finding speaks of frames that a seal does not cut (Simple Packet "
				       "Blocks); it is reported, but not stated");
		return CM_OK;
	}
	if (rc != CM_OK)
		return cm_err_set(&l->err, rc, "no memory for a finding");
	cm_jsonw_object(w);
	cm_finding_write(w, &f);
	cm_jsonw_object_end(w);
	return CM_OK;
}

static CM_RESULT
hand_over(struct looking *l, int out)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	enum cm_result rc = CM_OK;
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_key(&w, "files");
	cm_jsonw_array(&w);
	for (i = 0; i < l->in->n_files; i++)
		put_file(&w, &l->sealed[i]);
	cm_jsonw_array_end(&w);
	cm_jsonw_key(&w, "findings");
	cm_jsonw_array(&w);
	for (i = 0; rc == CM_OK && i < cm_engine_count(l->engine); i++)
		rc = put_finding(l, &w, cm_engine_incident(l->engine, i));
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	if (rc == CM_OK && !cm_buf_ok(&text))
		rc = cm_err_set(&l->err, CM_E_NOMEM, "out of memory");
	if (rc == CM_OK && write_fd(&out, text.ptr, text.len) != CM_OK)
		rc = cm_err_set(&l->err, CM_E_IO, "the parent does not listen");
	cm_buf_release(&text);
	return rc;
}

static void
print_findings(struct looking *l)
{
	const struct cm_context *ctx = l->in->ctx;
	size_t i;

	if (!l->in->json) {
		cm_inspect_text(ctx, l->engine, &l->summary, &l->names);
		return;
	}
	for (i = 0; i < cm_engine_count(l->engine); i++) {
		struct cm_buf line = { 0 };
		struct cm_jsonw w = cm_jsonw_of(&line, 0);

		cm_incident_json(&w, cm_engine_incident(l->engine, i), &l->names);
		cm_buf_add_str(&line, "\n");
		if (cm_buf_ok(&line))
			fwrite(line.ptr, 1, line.len, ctx->out);
		cm_buf_release(&line);
	}
}

static CM_RESULT
print_summary(struct looking *l)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 2);
	bool ok;

	if (l->in->summary_file == NULL)
		return CM_OK;
	cm_scan_summary_json(&w, &l->summary, cm_engine_stats(l->engine), &l->names);
	cm_buf_add_str(&text, "\n");
	ok = cm_buf_ok(&text) && fwrite(text.ptr, 1, text.len, l->in->summary_file) == text.len &&
	    fflush(l->in->summary_file) == 0;
	cm_buf_release(&text);
	return ok ? CM_OK : cm_err_set(&l->err, CM_E_IO, "the summary can not be written");
}

static CM_RESULT
begin(struct looking *l)
{
	size_t n = l->in->n_files, i;
	const char **name = cm_arena_array(&l->arena, n + 1, sizeof(*name));

	l->sealed = cm_arena_array(&l->arena, n + 1, sizeof(l->sealed[0]));
	l->seal = cm_arena_array(&l->arena, n + 1, sizeof(l->seal[0]));
	if (name == NULL || l->sealed == NULL || l->seal == NULL)
		return cm_err_set(&l->err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < n; i++)
		name[i] = l->in->file[i].name;
	l->names = (struct cm_file_names) { name, n };
	l->params = cm_params_default();
	return cm_engine_new(&l->params, &l->engine);
}

static CM_RESULT
look(struct looking *l, int out)
{
	enum cm_result rc = begin(l);
	size_t i;

	if (rc == CM_OK)
		rc = cm_scan_run(&l->in->scan, l->engine, &l->summary, &l->err);
	if (rc == CM_OK)
		rc = cm_engine_finish(l->engine);
	if (rc == CM_OK)
		rc = cm_frame_rows_of(l->engine, l->in->n_files, &l->arena, &l->rows);
	for (i = 0; rc == CM_OK && i < l->in->n_files; i++)
		rc = seal_file(l, i);
	if (rc == CM_OK)
		rc = hand_over(l, out);
	if (rc != CM_OK)
		return cm_err_set(&l->err, rc, "the investigation stopped: %s", cm_result_word(rc));
	print_findings(l);
	return print_summary(l);
}

int
cm_look_run(void *arg, int out)
{
	struct looking l = { .in = arg };
	enum cm_exit code;

	cm_arena_init(&l.arena, 0);
	if (look(&l, out) != CM_OK) {
		(void)cm_cli_error(l.in->ctx, NULL, &l.err, NULL);
		code = CM_EXIT_CANNOT;
	} else {
		code = cm_inspect_troubles(l.in->ctx, &l.summary, &l.names);
		if (code == CM_EXIT_OK && cm_inspect_findings(l.engine) > 0)
			code = CM_EXIT_FINDINGS;
	}
	cm_scan_summary_fini(&l.summary);
	cm_engine_free(l.engine);
	cm_arena_fini(&l.arena);
	return (int)cm_cli_finish(l.in->ctx, code);
}

int
cm_unpacking_run(void *arg, int answer)
{
	struct cm_unpacking *u = arg;
	struct file_out out = { u->fd, 0 };
	enum cm_exit code = CM_EXIT_OK;
	struct cm_source src;
	struct cm_err err = { 0 };
	struct cm_span part;
	uint64_t at = 0;
	enum cm_result rc;

	(void)answer;
	rc = cm_file_unpacked(u->file, &src, NULL, &err);
	while (rc == CM_OK) {
		rc = src.fill(src.arg, at, 65536, &part, &err);
		if (rc != CM_OK || part.len == 0)
			break;
		rc = write_fd(&out, part.ptr, part.len);
		at += part.len;
	}
	if (rc != CM_OK) {
		(void)cm_err_set(&err, rc, "it can not be unpacked: %s",
		    out.why != 0 ? strerror(out.why) : cm_result_word(rc));
		(void)cm_cli_error(u->ctx, cm_file_name(u->file), &err, NULL);
		code = CM_EXIT_CANNOT;
	} else if (src.damage != NULL && src.damage->code != CM_OK) {
		(void)cm_cli_error(u->ctx, cm_file_name(u->file), src.damage, "what came before it is kept");
		code = CM_EXIT_MALFORMED;
	}
	return (int)cm_cli_finish(u->ctx, code);
}
