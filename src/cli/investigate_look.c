/* What `comity investigate` does with untrusted bytes: all of it confined. */
#include <string.h>
#include <unistd.h>

#include "cli/inspect.h"
#include "cli/investigate_looking.h"
#include "cli/state_seal.h"
#include "os/random.h"
#include "worker/summary_json.h"

/* Which files of a place are sealed. */
static CM_RESULT
number_seals(struct looking *l, const struct cm_vantage *p, struct look_place *out)
{
	size_t i;

	out->seal = cm_arena_array(&l->arena, l->in->n_files + 1, sizeof(out->seal[0]));
	if (out->seal == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < l->in->n_files; i++)
		out->seal[i] = UINT32_MAX;
	for (i = 0; i < p->n_files; i++)
		if (l->seal_scan.file[p->file[i]].yes)
			out->seal[p->file[i]] = (uint32_t)out->n_seals++;
	return CM_OK;
}

/* Which frame is which row, for what findings speak of. */
static CM_RESULT
find_rows(struct looking *l, size_t k)
{
	struct look_place *out = &l->place[k];
	enum cm_result rc = number_seals(l, &l->survey.vantage[k], out);
	size_t i;

	if (rc == CM_OK)
		rc = cm_frame_rows_of(l->survey.vantage[k].engine, l->in->n_files, &l->arena, &out->rows);
	for (i = 0; rc == CM_OK && i < l->in->n_files; i++)
		if (out->rows[i].n > 0)
			rc = cm_seal_scan_rows(&l->seal_scan, i, out->rows[i].frame, out->rows[i].n, out->rows[i].row);
	return rc;
}

/* Why it ended: an index that can not be written knows best. */
static CM_RESULT
sealing_failed(struct looking *l, enum cm_result rc)
{
	size_t i;

	for (i = 0; i < l->in->n_files; i++)
		if (l->index[i].to.why != 0)
			return cm_err_set(&l->err, CM_E_IO, "%s: the index in the case: %s",
			    l->in->file[i].name, strerror(l->index[i].to.why));
	if (l->seal_scan.err.code != CM_OK)
		return cm_err_set(&l->err, l->seal_scan.err.code, "%s: %s",
		    l->in->file[l->seal_scan.at].name, l->seal_scan.err.text);
	return rc;
}

/* One pass over the files: scanned and sealed. */
static CM_RESULT
read_files(struct looking *l)
{
	struct cm_err why = { 0 };
	enum cm_result rc = cm_survey_run(&l->how, &l->survey, &why);
	size_t i;

	if (rc == CM_OK)
		rc = cm_seal_scan_end(&l->seal_scan, &l->survey.summary);
	if (rc != CM_OK)
		rc = sealing_failed(l, rc);
	if (rc != CM_OK)
		return cm_err_set(&l->err, rc, "%s", why.text);
	for (i = 0; rc == CM_OK && i < l->survey.n; i++)
		rc = find_rows(l, i);
	return rc;
}

static void
put_file(struct cm_jsonw *w, const struct cm_seal_scan_file *s)
{
	cm_jsonw_object(w);
	cm_jsonw_kbool(w, "sealed", s->yes);
	if (s->yes) {
		cm_jsonw_kbool(w, "lines", s->kind == CM_KIND_LINES);
		cm_sealed_write(w, &s->sealed);
	}
	cm_jsonw_object_end(w);
}

void
cm_look_put_cited(struct looking *l, struct cm_jsonw *w, size_t vantage)
{
	const struct cm_vantage *p = &l->survey.vantage[vantage];
	size_t i;

	cm_jsonw_key(w, "files");
	cm_jsonw_array(w);
	for (i = 0; i < p->n_files; i++)
		if (l->seal_scan.file[p->file[i]].yes)
			cm_jsonw_uint(w, p->file[i]);
	cm_jsonw_array_end(w);
}

static CM_RESULT
put_finding(struct looking *l, struct cm_buf *line, const struct cm_strong *of)
{
	const struct look_place *p = &l->place[of->place];
	struct cm_of_incident how = { p->rows, p->seal, p->n_seals, &l->how.params, { 0 } };
	struct cm_jsonw w = cm_jsonw_of(line, 0);
	struct cm_finding f;
	enum cm_result rc;

	memcpy(how.source, l->in->source, 32);
	rc = cm_finding_of_incident(of->incident, &how, &l->arena, &f);
	if (rc == CM_E_NOTFOUND) {
		cm_cli_say(l->in->ctx, "one finding speaks of frames that a seal does not cut (Simple Packet "
				       "Blocks); it is reported, but not stated");
		return CM_OK;
	}
	if (rc != CM_OK)
		return rc;
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "what", "finding");
	cm_look_put_cited(l, &w, of->place);
	cm_finding_write(&w, &f);
	cm_jsonw_object_end(&w);
	cm_buf_add_str(line, "\n");
	l->stated[l->n_stated++] = *of;
	return CM_OK;
}

static void
put_files(struct looking *l, struct cm_buf *line)
{
	struct cm_jsonw w = cm_jsonw_of(line, 0);
	size_t i;

	cm_jsonw_array(&w);
	for (i = 0; i < l->in->n_files; i++) {
		put_file(&w, &l->seal_scan.file[i]);
		cm_say_crowded(l->in->ctx, l->in->file[i].name, &l->seal_scan.file[i].sealed);
	}
	cm_jsonw_array_end(&w);
	cm_buf_add_str(line, "\n");
}

static void
say_left(const struct looking *l, const struct cm_strongest *s)
{
	if (s->left > 0)
		cm_cli_say(l->in->ctx, "of %zu findings the %zu strongest are stated and shown; the others are "
				       "listed above only (--findings N states up to %u)", s->n + s->left, s->n,
		    CM_STATED_MAX);
}

CM_RESULT
cm_look_send(const struct cm_sink *sink, struct cm_buf *line)
{
	enum cm_result rc = cm_buf_ok(line) ? cm_sink_write(sink, line->ptr, line->len) : CM_E_NOMEM;

	cm_buf_clear(line);
	return rc;
}

static CM_RESULT
hand_over(struct looking *l, int out)
{
	struct cm_fd_sink to = { out, 0 };
	struct cm_sink sink = cm_sink_of_fd(&to);
	struct cm_strongest chosen = { 0 };
	struct cm_buf line = { 0 };
	enum cm_result rc = cm_strongest_of(&l->survey, l->in->most, &l->arena, &chosen);
	size_t i;

	l->stated = cm_arena_array(&l->arena, chosen.n + 1, sizeof(l->stated[0]));
	if (rc == CM_OK && l->stated == NULL)
		rc = CM_E_NOMEM;
	if (rc == CM_OK)
		put_files(l, &line);
	/* each at once: the parent signs one while the next one is made */
	for (i = 0; rc == CM_OK && i < chosen.n; i++) {
		rc = cm_look_send(&sink, &line);
		if (rc == CM_OK)
			rc = put_finding(l, &line, &chosen.item[i]);
	}
	if (rc == CM_OK)
		rc = cm_look_send(&sink, &line);
	cm_buf_release(&line);
	if (rc == CM_OK)
		rc = cm_look_hand_over_counted(l, &sink);
	if (rc == CM_OK)
		say_left(l, &chosen);
	return rc == CM_E_IO ? cm_err_set(&l->err, rc, "the parent does not listen") : rc;
}

static CM_RESULT
print_findings(struct looking *l)
{
	const struct cm_context *ctx = l->in->ctx;
	bool ok = l->in->json ? cm_inspect_json(ctx, &l->survey, &l->names) :
				cm_inspect_text(ctx, &l->survey, &l->names);

	return ok ? CM_OK : cm_err_set(&l->err, CM_E_NOMEM, "out of memory");
}

static CM_RESULT
print_summary(struct looking *l)
{
	struct cm_engine_stats stats = cm_survey_stats(&l->survey);
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 2);
	bool ok;

	if (l->in->summary_file == NULL)
		return CM_OK;
	cm_scan_summary_json(&w, &l->survey.summary, &stats, &l->names);
	cm_buf_add_str(&text, "\n");
	ok = cm_buf_ok(&text) && fwrite(text.ptr, 1, text.len, l->in->summary_file) == text.len &&
	    fflush(l->in->summary_file) == 0;
	cm_buf_release(&text);
	return ok ? CM_OK : cm_err_set(&l->err, CM_E_IO, "the summary can not be written");
}

/* One file's index goes to its descriptor. */
static void
prepare_file(struct looking *l, size_t i)
{
	struct index_out *x = &l->index[i];

	x->to = (struct cm_fd_sink) { l->in->file[i].index_fd, 0 };
	x->sink = cm_sink_of_fd(&x->to);
	l->seal_scan.file[i].secret = &l->in->file[i].secret;
	l->seal_scan.file[i].index = &x->sink;
}

static CM_RESULT
begin(struct looking *l)
{
	size_t n = l->in->n_files, i;
	const char **name = cm_arena_array(&l->arena, n + 1, sizeof(*name));
	enum cm_result rc;

	l->index = cm_arena_array(&l->arena, n + 1, sizeof(l->index[0]));
	l->seal_scan.file = cm_arena_array(&l->arena, n + 1, sizeof(l->seal_scan.file[0]));
	if (name == NULL || l->index == NULL || l->seal_scan.file == NULL)
		return cm_err_set(&l->err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		name[i] = l->in->file[i].name;
		prepare_file(l, i);
	}
	l->names = (struct cm_file_names) { name, n };
	l->how = (struct cm_survey_in) { &l->in->scan, cm_params_default(), l->in->apart, l->in->threads == 1 };
	l->seal_scan.n_files = n;
	l->seal_scan.file_digest = l->in->file_digest;
	l->seal_scan.no_pairs = l->in->no_pairs;
	/* Whoever made the capture can not know where its flows will lie in our tables. */
	rc = cm_random(&l->how.params.hash_seed, sizeof(l->how.params.hash_seed));
	if (rc == CM_OK)
		rc = cm_pool_new(l->in->threads, &l->pool);
	if (rc != CM_OK)
		return rc;
	l->seal_scan.pool = l->pool;
	cm_seal_scan_watch(&l->seal_scan, &l->in->scan);
	return CM_OK;
}

static CM_RESULT
look(struct looking *l, int out)
{
	enum cm_result rc = begin(l);

	if (rc == CM_OK)
		rc = read_files(l);
	if (rc == CM_OK)
		rc = hand_over(l, out);
	if (rc != CM_OK)
		return cm_err_set(&l->err, rc, "the investigation stopped: %s", cm_result_word(rc));
	close(out); /* the parent goes on while this prints */
	rc = print_findings(l);
	return rc == CM_OK ? print_summary(l) : rc;
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
		code = cm_inspect_troubles(l.in->ctx, &l.survey.summary, &l.names);
		if (code == CM_EXIT_OK && cm_survey_findings(&l.survey) > 0)
			code = CM_EXIT_FINDINGS;
	}
	cm_seal_scan_fini(&l.seal_scan);
	cm_pool_free(l.pool);
	cm_survey_fini(&l.survey);
	cm_arena_fini(&l.arena);
	return (int)cm_cli_finish(l.in->ctx, code);
}
