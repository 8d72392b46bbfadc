/* `comity compare`: what happened between two places that saw the same traffic.  Opens both
 * files, then reads them in a confined child, which prints its own result. */
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/compare.h"
#include "os/heap.h"
#include "os/progress.h"
#include "os/random.h"
#include "worker/scan.h"

#define MEMORY ((size_t)384 << 20)

enum { OPT_JSON = CM_OPT, OPT_FILTER, OPT_NO_CONFINE };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object a line: findings, rewrites, what was compared" },
	{ OPT_FILTER, "filter", "BPF", "look only at frames that match (pcap-filter(7)), at both places" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct job {
	bool json, no_confine;
	const char *filter;
	const char *name[2];
	int fds[2];
	struct cm_bpf *bpf;
	struct cm_compare_scan scan;
	struct cm_progress progress;
};

static bool
take_option(struct job *j, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_JSON:
		j->json = true;
		return true;
	case OPT_FILTER:
		j->filter = a->value;
		return true;
	case OPT_NO_CONFINE:
		j->no_confine = true;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
open_file(struct job *j, const struct cm_args *a, unsigned k)
{
	struct cm_err err = { 0 };

	if (cm_file_open(a->operand[k], &j->scan.file[k], &err) != CM_OK) {
		(void)cm_cli_error(a->ctx, a->operand[k], &err, NULL);
		return CM_EXIT_CANNOT;
	}
	j->name[k] = cm_file_path(j->scan.file[k]);
	j->fds[k] = cm_file_fd(j->scan.file[k]);
	if (cm_file_is_mapped(j->scan.file[k]))
		return CM_EXIT_OK;
	cm_cli_say(a->ctx, "%s: both captures are read twice, so a pipe will not do; write it to a file first",
	    cm_file_name(j->scan.file[k]));
	return CM_EXIT_CANNOT;
}

/* Everything that needs a path or a name. */
static enum cm_exit
prepare(struct job *j, const struct cm_args *a)
{
	struct cm_err err = { 0 };
	enum cm_exit code = open_file(j, a, 0);

	if (code == CM_EXIT_OK)
		code = open_file(j, a, 1);
	if (code != CM_EXIT_OK)
		return code;
	if (j->filter != NULL &&
	    cm_bpf_new(j->filter, cm_scan_linktypes, cm_scan_n_linktypes, &j->bpf, &err) != CM_OK)
		return cm_cli_error(a->ctx, NULL, &err, NULL);
	j->scan.filter = j->bpf;
	return CM_EXIT_OK;
}

/* On ctx->err: what the files lack.  The exit code that this alone calls for. */
static enum cm_exit
troubles(const struct job *j, const struct cm_context *ctx, const struct cm_compare_side side[2])
{
	enum cm_exit code = CM_EXIT_OK;

	for (unsigned k = 0; k < 2; k++) {
		const struct cm_compare_side *s = &side[k];
		struct cm_err err = { .code = CM_E_MALFORMED, .has_offset = true, .offset = s->skipped_at };

		if (s->refused.code != CM_OK)
			code = cm_cli_error(ctx, j->name[k], &s->refused, NULL);
		else if (s->damage.code != CM_OK)
			code = cm_cli_error(ctx, j->name[k], &s->damage, NULL);
		if (s->n_skipped == 0 || s->damage.code != CM_OK)
			continue;
		snprintf(err.text, sizeof(err.text), "%s%s; %llu place%s in all",
		    s->packing == CM_PACKING_NONE ? "" : "of the unpacked file: ", s->skipped,
		    (unsigned long long)s->n_skipped, s->n_skipped == 1 ? "" : "s");
		code = cm_cli_error(ctx, j->name[k], &err, NULL);
	}
	return code;
}

static bool
has_findings(const struct cm_compare_result *r)
{
	return r->count[CM_BETWEEN_BORN] + r->count[CM_BETWEEN_SUPPRESSED] + r->count[CM_BETWEEN_REWRITTEN] > 0;
}

static enum cm_exit
print_all(const struct job *j, const struct cm_context *ctx, const struct cm_compare *c,
    const struct cm_compare_side side[2])
{
	const struct cm_compare_result *r = cm_compare_result(c);
	enum cm_exit code = troubles(j, ctx, side);
	bool whole = j->json ? cm_compare_json(ctx, r, side, j->name) : cm_compare_text(ctx, r, side, j->name);

	if (!whole) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (code != CM_EXIT_OK)
		return code;
	return has_findings(r) ? CM_EXIT_FINDINGS : CM_EXIT_OK;
}

static void
show_progress(void *arg, uint64_t bytes)
{
	struct job *j = arg;

	cm_progress_at(&j->progress, bytes);
}

/* In the child. */
static enum cm_exit
look(void *arg, const struct cm_context *ctx)
{
	struct job *j = arg;
	struct cm_compare_side side[2] = { 0 };
	struct cm_compare *c = NULL;
	struct cm_err err = { 0 };
	enum cm_exit code, file_code;
	enum cm_result rc;

	cm_heap_keep();
	/* Whoever made a capture can not know what would have the same hash. */
	rc = cm_random(&j->scan.hash_seed, sizeof(j->scan.hash_seed));
	if (rc == CM_OK)
		rc = cm_compare_scan(&j->scan, side, &c, &err);
	cm_progress_end(&j->progress);
	if (rc == CM_OK) {
		code = print_all(j, ctx, c, side);
	} else {
		file_code = troubles(j, ctx, side);
		code = side[0].refused.code != CM_OK || side[1].refused.code != CM_OK ? file_code :
											   cm_cli_error(ctx, NULL, &err, NULL);
	}
	cm_compare_free(c);
	return code;
}

static void
clean_up(struct job *j)
{
	cm_file_close(j->scan.file[0]);
	cm_file_close(j->scan.file[1]);
	cm_bpf_free(j->bpf);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_compare, argc, argv, ctx);
	struct job j = { .scan = { .memory = MEMORY, .progress = show_progress } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&j, &a, id))
			return CM_EXIT_USAGE;
	if (a.n != 2)
		return cm_cli_usage(ctx, &cm_command_compare, "which two captures?");
	code = prepare(&j, &a);
	if (code == CM_EXIT_OK) {
		struct cm_confined job = { .file = j.name[0], .fds = j.fds, .n_fds = 2, .run = look, .arg = &j,
			.unconfined = j.no_confine };

		/* Each is read twice. */
		j.progress = cm_progress_of(STDERR_FILENO, "comparing",
		    2 * (cm_file_size(j.scan.file[0]) + cm_file_size(j.scan.file[1])));
		j.scan.progress_arg = &j;
		code = cm_cli_confined(ctx, &job);
	}
	clean_up(&j);
	return code;
}

const struct cm_command cm_command_compare = {
	.name = "compare",
	.run = run,
	.line = "Says what happened between two places that captured the same traffic",
	.operands = "A B",
	.options = options,
	.more = "A and B are captures (pcap or pcapng, also packed as .gz or .zst) of two places on one\n"
		"way: say, of a client and of a server.  Says how far their clocks and the places are\n"
		"apart, what lies between rewrites, and which packets were seen at one place only:\n"
		"born in between, kept back, lost, or not to be told.  Both are read twice: no pipes.\n"
		"Needs neither a case folder nor a key.\n"
		"\n"
		"Exits 0 if nothing happened in between, 1 with packets that were born, suppressed or\n"
		"rewritten there, 2 for wrong use, 3 if it could not do its work, 4 if the input is\n"
		"malformed (what was readable is compared; 4 wins over 1).\n",
};
