/* `comity investigate`: look, seal, state, and a dossier, in one go. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/dossier.h"
#include "cli/investigate_state.h"
#include "cli/strongest.h"
#include "cli/state_seal.h"
#include "cli/verify.h"

enum {
	OPT_JSON = CM_OPT,
	OPT_SUMMARY,
	OPT_FILTER,
	OPT_FROM,
	OPT_TO,
	OPT_APART,
	OPT_THREADS,
	OPT_FINDINGS
};

static const struct cm_option options[] = {
	{ 'o', "output", "FILE", "the dossier (default: named like the first capture)" },
	CM_CLAIM_OPTIONS,
	{ OPT_FILTER, "filter", "BPF", "look only at frames that match (pcap-filter(7))" },
	{ OPT_FROM, "from", "TIME", "leave out frames before TIME (2015-03-18T11:00:00Z)" },
	{ OPT_TO, "to", "TIME", "leave out frames from TIME on" },
	{ OPT_APART, "apart", NULL, "each file is a vantage point of its own, whatever its times" },
	{ CM_WISH_HIDE, "hide", "WHAT", "addresses, payload, or both: addresses,payload" },
	{ CM_WISH_ALSO, "also", "WHAT", "hide that, too" },
	{ CM_WISH_LEAK_OK, "leak-ok", NULL, "accept hidden addresses that show in what is opened" },
	{ CM_WISH_WHOLE_HOST, "whole-host", NULL, "show headers of every packet of an accused host" },
	{ CM_WISH_TIE_ALL, "tie-all", NULL, "tie the addresses of every packet, so that they can be counted" },
	{ CM_WISH_FOR, "for", "WHO", "to whom the dossier is addressed" },
	{ OPT_JSON, "json", NULL, "print findings as JSON, one a line" },
	{ OPT_SUMMARY, "summary", "FILE", "write what was read, as JSON, to FILE" },
	{ OPT_FINDINGS, "findings", "N", "state and show the N strongest findings (default 200, at most 2000)" },
	{ OPT_THREADS, "threads", "N", "use so many threads (default: as many as there are processors)" },
	{ CM_WISH_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct investigate {
	const struct cm_context *ctx;
	struct cm_look look;
	struct cm_file **files; /* as the scan wants them */
	struct cm_bring bring;
	struct cm_seal_wish seal;
	struct cm_stating stating;
	struct cm_dossier_wish wish;
	struct cm_case *c;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_bpf *bpf;
	const char *filter, *summary;
	struct cm_buf out; /* default name */
	struct cm_buf answer;
	struct cm_confine_child child; /* that looks */
	int seals[2]; /* a pipe, by which the child hears how the seals are called */
	struct cm_answered answered;
	struct cm_err err;
};

static bool
take_most(struct investigate *in, const struct cm_args *a)
{
	uint64_t n;

	if (!cm_args_number(a, "findings", CM_STATED_MAX, &n))
		return false;
	in->look.most = (size_t)n;
	return true;
}

static bool
take_option(struct investigate *in, const struct cm_args *a, int id)
{
	struct cm_scan *scan = &in->look.scan;

	switch (id) {
	case OPT_JSON:
		in->look.json = true;
		return true;
	case OPT_SUMMARY:
		in->summary = a->value;
		return true;
	case OPT_FILTER:
		in->filter = a->value;
		return true;
	case OPT_FROM:
		scan->has_from = true;
		return cm_args_time(a, "from", &scan->from_ns);
	case OPT_TO:
		scan->has_to = true;
		return cm_args_time(a, "to", &scan->to_ns);
	case OPT_APART:
		in->look.apart = true;
		return true;
	case OPT_FINDINGS:
		return take_most(in, a);
	case OPT_THREADS:
		return cm_args_threads(a, &in->look.threads);
	default:
		return cm_cli_claim(a, id, &in->seal) || cm_cli_wish(a, id, &in->wish);
	}
}

static CM_RESULT
no_memory(struct investigate *in)
{
	return cm_err_set(&in->err, CM_E_NOMEM, "out of memory");
}

static enum cm_exit
open_file(struct investigate *in, size_t i, const char *name)
{
	struct cm_brought *f = &in->look.file[i];
	enum cm_exit code = cm_bring_open(&in->bring, name, f);

	in->look.n_files = i + 1;
	if (code == CM_EXIT_OK && (!cm_file_is_mapped(f->file) || cm_bring_is_packed(f)))
		code = cm_bring_keep(&in->bring, f, true);
	if (code == CM_EXIT_OK)
		code = cm_bring_index(&in->bring, f);
	in->files[i] = f->file;
	return code;
}

static enum cm_exit
open_all(struct investigate *in, const struct cm_args *a)
{
	enum cm_exit code = CM_EXIT_OK;
	size_t n = (size_t)a->n, i;

	in->look.file = calloc(n, sizeof(in->look.file[0]));
	in->files = calloc(n, sizeof(in->files[0]));
	if (in->look.file == NULL || in->files == NULL) {
		cm_cli_say(in->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	for (i = 0; code == CM_EXIT_OK && i < n; i++)
		code = open_file(in, i, a->operand[i]);
	in->look.scan.files = in->files;
	in->look.scan.n_files = n;
	return code;
}

static enum cm_exit
prepare(struct investigate *in, const struct cm_args *a)
{
	enum cm_exit code = CM_EXIT_OK;

	in->look.ctx = in->ctx;
	in->look.file_digest = in->seal.file_digest;
	in->look.no_pairs = in->seal.no_pairs;
	if (!cm_cli_case(in->ctx, &in->c, &code))
		return code;
	in->bring = (struct cm_bring) { .ctx = in->ctx, .c = in->c, .ending = ".pcap",
		.no_confine = in->wish.no_confine };
	if (cm_case_keyring(in->c, in->ctx->agent, &in->keyring, &in->err) != CM_OK ||
	    cm_cli_source(in->look.source) != CM_OK) {
		(void)cm_cli_error(in->ctx, NULL, &in->err, NULL);
		return CM_EXIT_CANNOT;
	}
	if (in->filter != NULL && cm_bpf_new(in->filter, cm_scan_linktypes, cm_scan_n_linktypes,
				      &in->bpf, &in->err) != CM_OK)
		return cm_cli_error(in->ctx, NULL, &in->err, NULL);
	in->look.scan.filter = in->bpf;
	if (in->summary != NULL) {
		in->look.summary_file = cm_cli_create(in->ctx, in->summary);
		if (in->look.summary_file == NULL)
			return CM_EXIT_CANNOT;
	}
	return open_all(in, a);
}

static enum cm_exit
look(struct investigate *in)
{
	struct cm_confine_job job = { .run = cm_look_run, .arg = &in->look, .what = in->look.file[0].name,
		.result = &in->answer };
	int *fds = cm_arena_array(&in->arena, 2 * in->look.n_files + 3, sizeof(*fds));
	size_t i;

	if (fds == NULL) {
		cm_cli_say(in->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (pipe2(in->seals, O_CLOEXEC) != 0) {
		cm_cli_say(in->ctx, "no pipe: %s", strerror(errno));
		return CM_EXIT_CANNOT;
	}
	in->look.seals_fd = in->seals[0];
	fds[job.n_keep++] = in->seals[0];
	for (i = 0; i < in->look.n_files; i++) {
		fds[job.n_keep++] = in->look.file[i].index_fd;
		fds[job.n_keep++] = cm_file_fd(in->look.file[i].file);
	}
	if (in->look.summary_file != NULL)
		fds[job.n_keep++] = fileno(in->look.summary_file);
	job.keep = fds;
	in->answered.seals_fd = in->seals[1];
	return cm_bring_start(&in->bring, job, &in->child);
}

static void
undo(struct investigate *in)
{
	size_t i;

	cm_case_rollback(in->c);
	for (i = 0; i < in->look.n_files; i++)
		in->look.file[i].stated = false;
}

static void
count(FILE *f, bool *any, size_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	fprintf(f, "%s%zu %s", *any ? ", " : "Stated ", n, n == 1 ? one : many);
	*any = true;
}

static void
say_sealed(const struct investigate *in)
{
	const struct cm_answered *a = &in->answered;
	FILE *f = in->ctx->out;
	char hex[65] = { 0 };
	bool any = false;
	size_t i;

	if (in->look.json)
		return;
	for (i = 0; i < a->n_exhibits; i++) {
		cm_hex_encode(cm_span_of(a->exhibit[i].statement, 32), hex);
		fputs("Sealed ", f);
		cm_cli_text(f, cm_span_str(a->exhibit[i].path));
		fprintf(f, ": %" PRIu64 " rows, statement %s\n", a->exhibit[i].rows, hex);
	}
	count(f, &any, a->n_findings, "finding", "findings");
	count(f, &any, a->n_traffic, "flood or scan", "floods and scans");
	count(f, &any, a->n_chains, "chain", "chains");
	if (any)
		fputs(".\n", f);
}

/* How much of ${base} is left without the endings that captures and packed files have. */
static size_t
stem_len(const char *base)
{
	static const char *const endings[] = { ".gz", ".zst", ".pcap", ".pcapng", ".cap" };
	size_t len = strlen(base), i, n;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		n = strlen(endings[i]);
		if (len > n && memcmp(base + len - n, endings[i], n) == 0)
			len -= n;
	}
	return len;
}

/* "capture.dossier" in the current folder, for "/x/capture.pcap.gz". */
static CM_RESULT
name_dossier(struct investigate *in)
{
	const char *name = in->look.file[0].name, *base = strrchr(name, '/');

	if (in->wish.out != NULL)
		return CM_OK;
	base = base != NULL ? base + 1 : name;
	if (strcmp(name, "-") == 0)
		cm_buf_add_str(&in->out, "stdin.dossier");
	else
		cm_buf_printf(&in->out, "%.*s.dossier", (int)stem_len(base), base);
	in->wish.out = cm_buf_cstr(&in->out);
	return in->wish.out != NULL ? CM_OK : no_memory(in);
}

static enum cm_exit
nothing_stated(struct investigate *in)
{
	undo(in);
	(void)cm_cli_error(in->ctx, NULL, &in->err, "nothing was stated");
	return CM_EXIT_CANNOT;
}

/* The statements are there for good, and said so: while the dossier is being made, since
 * copying them out takes as long. */
static enum cm_exit
settle(void *arg)
{
	struct investigate *in = arg;

	if (cm_case_commit(in->c, &in->err) != CM_OK)
		return nothing_stated(in);
	say_sealed(in);
	return CM_EXIT_OK;
}

static bool
is_usable(enum cm_exit code)
{
	return code == CM_EXIT_OK || code == CM_EXIT_FINDINGS || code == CM_EXIT_MALFORMED;
}

static enum cm_exit
show(struct investigate *in)
{
	const struct cm_answered *a = &in->answered;
	enum cm_exit logged = CM_EXIT_OK, code;

	in->wish.c = in->c;
	in->wish.terms.use = CM_TERMS_OWN;
	in->wish.threads = in->look.threads;
	in->wish.signer = &in->keyring.signer;
	in->wish.arena = &in->arena;
	in->wish.exhibits = a->exhibit;
	in->wish.n_exhibits = a->n_exhibits;
	in->wish.findings = (const uint8_t (*)[32])a->findings;
	in->wish.n_findings = a->n_findings;
	in->wish.traffic = (const uint8_t (*)[32])a->traffic;
	in->wish.n_traffic = a->n_traffic;
	in->wish.chains = (const uint8_t (*)[32])a->chains;
	in->wish.n_chains = a->n_chains;
	in->wish.meanwhile = settle;
	in->wish.meanwhile_arg = in;
	in->wish.quiet = in->look.json;
	in->wish.logged = &logged;
	code = cm_cli_dossier(in->ctx, &in->wish);
	if (code == CM_EXIT_OK)
		fprintf(in->ctx->out, "%s\n", in->wish.out);
	return code == CM_EXIT_OK ? logged : code;
}

static void
close_seals(struct investigate *in)
{
	if (in->answered.seals_fd >= 0)
		close(in->answered.seals_fd);
	if (in->seals[0] >= 0)
		close(in->seals[0]);
	in->answered.seals_fd = in->seals[0] = in->seals[1] = -1;
}

/* States what the child says while it prints; whether that was fine shows at its end. */
static enum cm_exit
state_and_show(struct investigate *in, enum cm_exit *looked)
{
	struct cm_answered *a = &in->answered;
	enum cm_result rc;

	in->stating = (struct cm_stating) { .c = in->c, .signer = &in->keyring.signer, .wish = &in->seal };
	memcpy(in->stating.source, in->look.source, 32);
	a->how = &in->stating;
	a->arena = &in->arena;
	a->file = in->look.file;
	a->n_files = in->look.n_files;
	a->child = &in->child;
	rc = cm_confine_hear(&in->child) ? cm_answer_state(a) : CM_OK;
	in->err = a->err;
	close_seals(in);
	*looked = cm_bring_await(&in->bring, &in->child);
	if (!is_usable(*looked) || in->answer.len == 0) {
		undo(in);
		return *looked;
	}
	if (rc != CM_OK || name_dossier(in) != CM_OK)
		return nothing_stated(in);
	if (a->n_exhibits == 0) {
		undo(in);
		cm_cli_say(in->ctx, "no file is a capture or a web server's log, so nothing was sealed");
		return CM_EXIT_MALFORMED;
	}
	return show(in);
}

static void
clean_up(struct investigate *in)
{
	size_t i;

	close_seals(in);
	cm_confine_drop(&in->child);
	for (i = 0; i < in->look.n_files; i++)
		cm_bring_end(&in->bring, &in->look.file[i]);
	free(in->look.file);
	free(in->files);
	if (in->look.summary_file != NULL)
		fclose(in->look.summary_file);
	cm_bpf_free(in->bpf);
	cm_keyring_close(&in->keyring);
	cm_case_close(in->c);
	cm_buf_release(&in->out);
	cm_buf_release(&in->answer);
	cm_arena_fini(&in->arena);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_investigate, argc, argv, ctx);
	struct investigate in = { .ctx = ctx, .look = { .most = CM_STATED_USUAL },
		.seals = { -1, -1 }, .answered = { .seals_fd = -1 } };
	enum cm_exit code, shown, looked = CM_EXIT_OK;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, &cm_command_investigate, "which capture?");
	cm_arena_init(&in.arena, 0);
	code = prepare(&in, &a);
	if (code == CM_EXIT_OK)
		code = look(&in);
	if (code == CM_EXIT_OK) {
		shown = state_and_show(&in, &looked);
		code = shown != CM_EXIT_OK ? shown : in.bring.damaged ? CM_EXIT_MALFORMED : looked;
	}
	clean_up(&in);
	return code;
}

const struct cm_command cm_command_investigate = {
	.name = "investigate",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Looks into a capture, seals it, and makes a dossier of what was found",
	.operands = "FILE...",
	.options = options,
	.more = "Captures that follow one another in time are read as one that was rotated; one that\n"
		"overlaps the one before was taken elsewhere.  Logs of web servers (common, combined,\n"
		"JSON) are read, too, and what all tell is put together.  Each file is\n"
		"sealed where it lies: keep it, unchanged.  Packed or piped input is kept unpacked in\n"
		"the case.  The dossier shows what each finding needs, and of other connections of the\n"
		"accused host headers only; it is verified before it is written, and its path is the\n"
		"last line of output.\n"
		"\n"
		"Exits 0 if nothing was found, 1 with findings, 2 for wrong use, 3 if it could not\n"
		"do its work, 4 if the input is malformed (what was readable is reported and sealed;\n"
		"4 wins over 1).\n",
};
