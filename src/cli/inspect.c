/* `comity inspect`: what is forged in a capture.  Opens the files, then reads them in a
 * confined child, which prints its own result. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/inspect.h"
#include "os/heap.h"
#include "os/progress.h"
#include "os/random.h"
#include "worker/summary_json.h"

enum { OPT_JSON = CM_OPT, OPT_SUMMARY, OPT_FILTER, OPT_FROM, OPT_TO, OPT_APART, OPT_NO_CONFINE };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object a line, one for each incident" },
	{ OPT_SUMMARY, "summary", "FILE", "write what was read, as JSON, to FILE" },
	{ OPT_FILTER, "filter", "BPF", "look only at frames that match (pcap-filter(7))" },
	{ OPT_FROM, "from", "TIME", "leave out frames before TIME (2015-03-18T11:00:00Z)" },
	{ OPT_TO, "to", "TIME", "leave out frames from TIME on" },
	{ OPT_APART, "apart", NULL, "each file is a vantage point of its own, whatever its times" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct inspect {
	bool json, apart, no_confine;
	const char *filter, *summary;
	struct cm_file **files;
	const char **names;
	int *fds; /* to be kept open in the child */
	size_t n_fds;
	FILE *summary_file;
	struct cm_bpf *bpf;
	struct cm_scan scan;
	struct cm_progress progress;
};

static bool
take_option(struct inspect *in, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_JSON:
		in->json = true;
		return true;
	case OPT_SUMMARY:
		in->summary = a->value;
		return true;
	case OPT_FILTER:
		in->filter = a->value;
		return true;
	case OPT_FROM:
		in->scan.has_from = true;
		return cm_args_time(a, "from", &in->scan.from_ns);
	case OPT_TO:
		in->scan.has_to = true;
		return cm_args_time(a, "to", &in->scan.to_ns);
	case OPT_APART:
		in->apart = true;
		return true;
	case OPT_NO_CONFINE:
		in->no_confine = true;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
open_files(struct inspect *in, const struct cm_args *a)
{
	size_t n = (size_t)a->n;
	struct cm_err err = { 0 };
	bool has_stdin = false;

	in->files = calloc(n, sizeof(in->files[0]));
	in->names = calloc(n, sizeof(in->names[0]));
	in->fds = calloc(n + 1, sizeof(in->fds[0]));
	if (in->files == NULL || in->names == NULL || in->fds == NULL) {
		cm_cli_say(a->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	for (size_t i = 0; i < n; i++) {
		bool is_stdin = strcmp(a->operand[i], "-") == 0;

		if (is_stdin && has_stdin)
			return cm_cli_usage(a->ctx, a->command, "standard input can be read once");
		has_stdin |= is_stdin;
		if (cm_file_open(a->operand[i], &in->files[i], &err) != CM_OK) {
			(void)cm_cli_error(a->ctx, a->operand[i], &err, NULL);
			return CM_EXIT_CANNOT;
		}
		in->scan.n_files = i + 1;
		in->names[i] = cm_file_path(in->files[i]);
		if (cm_file_fd(in->files[i]) >= 0)
			in->fds[in->n_fds++] = cm_file_fd(in->files[i]);
	}
	in->scan.files = in->files;
	return CM_EXIT_OK;
}

/* Everything that needs a path or a name. */
static enum cm_exit
prepare(struct inspect *in, const struct cm_args *a)
{
	struct cm_err err = { 0 };
	enum cm_exit code = open_files(in, a);

	if (code != CM_EXIT_OK)
		return code;
	if (in->filter != NULL && cm_bpf_new(in->filter, cm_scan_linktypes, cm_scan_n_linktypes,
				      &in->bpf, &err) != CM_OK)
		return cm_cli_error(a->ctx, NULL, &err, NULL);
	in->scan.filter = in->bpf;
	if (in->summary == NULL)
		return CM_EXIT_OK;
	in->summary_file = cm_cli_create(a->ctx, in->summary);
	if (in->summary_file == NULL)
		return CM_EXIT_CANNOT;
	in->fds[in->n_fds++] = fileno(in->summary_file);
	return CM_EXIT_OK;
}

static void
clean_up(struct inspect *in)
{
	for (size_t i = 0; i < in->scan.n_files; i++)
		cm_file_close(in->files[i]);
	free(in->files);
	free(in->names);
	free(in->fds);
	cm_bpf_free(in->bpf);
	if (in->summary_file != NULL)
		fclose(in->summary_file);
}

static bool
put_line(FILE *f, struct cm_buf *line)
{
	bool ok = cm_buf_ok(line);

	if (ok) {
		fwrite(line->ptr, 1, line->len, f);
		fputc('\n', f);
	}
	cm_buf_release(line);
	return ok;
}

static bool
write_summary(struct inspect *in, const struct cm_survey *s, const struct cm_file_names *names)
{
	struct cm_engine_stats stats = cm_survey_stats(s);
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 2);

	if (in->summary_file == NULL)
		return true;
	cm_scan_summary_json(&w, &s->summary, &stats, names);
	return put_line(in->summary_file, &text) && fflush(in->summary_file) == 0;
}

static enum cm_exit
print_all(struct inspect *in, const struct cm_context *ctx, const struct cm_survey *s)
{
	struct cm_file_names names = { in->names, in->scan.n_files };
	enum cm_exit code = cm_inspect_troubles(ctx, &s->summary, &names);
	bool some = s->summary.frames > 0 || code == CM_EXIT_OK || s->summary.has_time;

	if (in->json ? !cm_inspect_json(ctx, s, &names) : some && !cm_inspect_text(ctx, s, &names)) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (!write_summary(in, s, &names)) {
		cm_cli_say(ctx, "%s: cannot be written", in->summary);
		return CM_EXIT_CANNOT;
	}
	if (code != CM_EXIT_OK)
		return code;
	return cm_survey_findings(s) > 0 ? CM_EXIT_FINDINGS : CM_EXIT_OK;
}

static void
show_progress(void *arg, size_t file, uint64_t bytes)
{
	struct inspect *in = arg;

	if (file == 0)
		cm_progress_at(&in->progress, bytes);
}

/* In the child. */
static enum cm_exit
look(void *arg, const struct cm_context *ctx)
{
	struct inspect *in = arg;
	struct cm_survey_in survey = { .scan = &in->scan, .params = cm_params_default(), .apart = in->apart };
	struct cm_survey found = { 0 };
	struct cm_err err = { 0 };
	enum cm_exit code;
	enum cm_result rc;

	cm_heap_keep();
	/* Whoever made the capture can not know where its flows will lie in our tables. */
	rc = cm_random(&survey.params.hash_seed, sizeof(survey.params.hash_seed));
	if (rc == CM_OK)
		rc = cm_survey_run(&survey, &found, &err);
	cm_progress_end(&in->progress);
	if (rc == CM_OK) {
		code = print_all(in, ctx, &found);
	} else {
		(void)cm_err_set(&err, rc, "%s", cm_result_word(rc));
		code = cm_cli_error(ctx, NULL, &err, NULL);
	}
	cm_survey_fini(&found);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_inspect, argc, argv, ctx);
	struct inspect in = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, &cm_command_inspect, "which capture?");
	code = prepare(&in, &a);
	if (code == CM_EXIT_OK) {
		struct cm_confined job = { .file = in.names[0], .fds = in.fds, .n_fds = in.n_fds,
			.run = look, .arg = &in, .unconfined = in.no_confine };

		in.progress = cm_progress_of(STDERR_FILENO, in.names[0], cm_file_size(in.files[0]));
		in.scan.progress = show_progress;
		in.scan.progress_arg = &in;
		code = cm_cli_confined(ctx, &job);
	}
	clean_up(&in);
	return code;
}

const struct cm_command cm_command_inspect = {
	.name = "inspect",
	.run = run,
	.line = "Says what is forged in captures, and what floods and scans they show",
	.operands = "FILE...",
	.options = options,
	.more = "Reads pcap and pcapng, and logs of web servers (common, combined, JSON), also packed\n"
		"as .gz or .zst, and `-` for standard input.  Captures that follow one another in time\n"
		"are read as one that was rotated; one that overlaps the one before was taken\n"
		"elsewhere, and what both tell is put together.  Frames (lines) are numbered in each\n"
		"file.  Needs neither a case folder nor a key.\n"
		"\n"
		"Exits 0 if nothing was found, 1 with findings, 2 for wrong use, 3 if it could not\n"
		"do its work, 4 if the input is malformed (what was readable is reported; 4 wins\n"
		"over 1).\n",
};
