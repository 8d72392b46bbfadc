#include "cli/seal_file.h"

struct sealing {
	const struct cm_seal_file *in;
	struct cm_sealed sealed;
};

/* In the child: seals, and answers with what came out. */
static int
seal_run(void *arg, int out)
{
	struct sealing *s = arg;
	const struct cm_seal_file *in = s->in;
	struct cm_seal_exhibit job = { .file = in->of->file, .name = in->of->name, .schema = in->schema,
		.secret = &in->of->secret, .index_fd = in->of->index_fd, .file_digest = in->wish->file_digest,
		.no_pairs = in->wish->no_pairs };
	struct cm_fd_sink to = { out, 0 };
	struct cm_sink sink = cm_sink_of_fd(&to);
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	struct cm_err err = { 0 };
	enum cm_result rc = cm_pool_new(in->threads, &job.pool);

	if (rc == CM_OK)
		rc = cm_seal_exhibit(&job, &s->sealed, &err);
	cm_pool_free(job.pool);
	if (rc == CM_OK) {
		cm_jsonw_object(&w);
		cm_sealed_write(&w, &s->sealed);
		cm_jsonw_object_end(&w);
		rc = cm_buf_ok(&text) ? cm_sink_write(&sink, text.ptr, text.len) : CM_E_NOMEM;
	}
	cm_buf_release(&text);
	if (rc == CM_OK)
		return CM_EXIT_OK;
	(void)cm_err_set(&err, rc, "it was not sealed: %s", cm_result_word(rc));
	return (int)cm_cli_error(in->bring->ctx, in->of->name, &err, "nothing was stated");
}

enum cm_exit
cm_seal_file(const struct cm_seal_file *in, struct cm_sealed *out)
{
	struct sealing s = { .in = in };
	struct cm_buf answer = { 0 };
	struct cm_json_doc doc = { 0 };
	struct cm_err err = { 0 };
	int keep[2] = { in->of->index_fd, cm_file_fd(in->of->file) };
	enum cm_exit code = cm_bring_confined(in->bring, (struct cm_confine_job) { .run = seal_run, .arg = &s,
	    .what = in->of->name, .keep = keep, .n_keep = keep[1] >= 0 ? 2 : 1, .result = &answer });

	if (code == CM_EXIT_OK && (cm_json_parse(cm_buf_span(&answer), &doc, &err) != CM_OK ||
				      cm_sealed_read(cm_json_root(&doc), out, &err) != CM_OK)) {
		(void)cm_cli_error(in->bring->ctx, in->of->name, &err, "the confined reader's answer makes no sense");
		code = CM_EXIT_CANNOT;
	}
	out->seal.schema = *in->schema;
	cm_say_crowded(in->bring->ctx, in->of->name, out);
	cm_json_release(&doc);
	cm_buf_release(&answer);
	return code;
}
