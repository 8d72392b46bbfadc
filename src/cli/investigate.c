/* `comity investigate`: look, seal, state, and a dossier, in one go. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/dossier.h"
#include "cli/investigate.h"
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
	size_t stated; /* bytes of the answer */
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
	int *fds = cm_arena_array(&in->arena, 2 * in->look.n_files + 2, sizeof(*fds));
	size_t i;

	if (fds == NULL) {
		cm_cli_say(in->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	for (i = 0; i < in->look.n_files; i++) {
		fds[job.n_keep++] = in->look.file[i].index_fd;
		fds[job.n_keep++] = cm_file_fd(in->look.file[i].file);
	}
	if (in->look.summary_file != NULL)
		fds[job.n_keep++] = fileno(in->look.summary_file);
	job.keep = fds;
	return cm_bring_start(&in->bring, job, &in->child);
}

/* What is to be stated, read from the confined reader's answer. */
struct stating {
	struct investigate *in;
	struct cm_finding finding;
	struct cm_case_exhibit *exhibit;
	size_t n_exhibits;
	size_t *exhibit_of; /* of each file that is sealed */
	struct cm_subject *subject; /* of each exhibit */
	uint8_t (*findings)[32];
	size_t n_findings;
};

static void
write_finding(void *arg, struct cm_jsonw *w)
{
	const struct stating *s = arg;

	cm_finding_write(w, &s->finding);
}

static CM_RESULT
state_seal(struct stating *s, size_t i, struct cm_json v)
{
	struct investigate *in = s->in;
	struct cm_case_exhibit *x = &s->exhibit[s->n_exhibits];
	struct cm_subject *subject = &s->subject[s->n_exhibits];
	struct cm_sealed sealed;
	bool lines = false;
	enum cm_result rc = cm_sealed_read(v, &sealed, &in->err);

	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "lines", &lines, &in->err);
	sealed.seal.schema = cm_schema_of(lines ? CM_KIND_LINES : CM_KIND_CAPTURE);
	if (rc == CM_OK)
		rc = cm_state_seal(&in->stating, &in->look.file[i], &sealed, x, &in->err);
	if (rc != CM_OK)
		return rc;
	memcpy(subject->exhibit, x->x, 32);
	memcpy(subject->root, x->root, 32);
	s->exhibit_of[i] = s->n_exhibits++;
	in->look.file[i].stated = true;
	return CM_OK;
}

/* The subjects of what cites the seals of the listed files; their seals' digests into ${seals}. */
static CM_RESULT
cite(struct stating *s, struct cm_json v, size_t n, uint8_t (*seals)[32], struct cm_subject **out)
{
	struct investigate *in = s->in;
	struct cm_json files;
	enum cm_result rc = cm_json_get_list(v, "files", &files, &in->err);
	uint64_t file;
	size_t i, x;

	*out = cm_arena_array(&in->arena, n + 1, sizeof(**out));
	if (*out == NULL)
		return no_memory(in);
	if (rc == CM_OK && cm_json_len(files) != n)
		return cm_err_set(&in->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_json_u64(cm_json_at(files, i), "files", in->look.n_files - 1, &file, &in->err);
		x = rc == CM_OK ? s->exhibit_of[file] : SIZE_MAX;
		if (rc == CM_OK && x >= s->n_exhibits)
			rc = cm_err_set(&in->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
		if (rc != CM_OK)
			return rc;
		memcpy(seals[i], s->exhibit[x].statement, 32);
		(*out)[i] = s->subject[x];
	}
	return rc;
}

static CM_RESULT
state_finding(struct stating *s, struct cm_json v)
{
	struct investigate *in = s->in;
	struct cm_finding *f = &s->finding;
	struct cm_subject *subject;
	struct cm_case_draft d = { .type = CM_PREDICATE_FINDING, .body = write_finding, .arg = s };
	struct cm_case_finding row;
	struct cm_case_stated stated;
	enum cm_result rc = cm_finding_read(v, &in->arena, f, &in->err);

	if (rc == CM_OK && s->n_findings == CM_STATED_MAX)
		rc = cm_err_set(&in->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	if (rc == CM_OK)
		rc = cite(s, v, f->n_seals, f->seals, &subject);
	if (rc != CM_OK)
		return rc;
	d.subject = subject;
	d.n_subject = f->n_seals;
	rc = cm_state(&in->stating, &d, &stated, &in->err);
	if (rc != CM_OK)
		return rc;
	memcpy(s->findings[s->n_findings++], stated.digest, 32);
	row = (struct cm_case_finding) { .type = cm_incident_type_word(f->type),
		.verdict = cm_verdict_word(f->verdict), .bits = f->bits, .forged = f->forged.n,
		.genuine = f->genuine.n, .suspect = f->suspect.n, .support = f->support.n };
	memcpy(row.statement, stated.digest, 32);
	return cm_case_finding_add(in->c, &row, &in->err);
}

static CM_RESULT
state_seals(struct stating *s, struct cm_json files)
{
	struct investigate *in = s->in;
	enum cm_result rc = CM_OK;
	bool sealed;
	size_t i;

	if (cm_json_len(files) != in->look.n_files)
		return cm_err_set(&in->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	for (i = 0; rc == CM_OK && i < in->look.n_files; i++) {
		s->exhibit_of[i] = SIZE_MAX;
		rc = cm_json_get_bool(cm_json_at(files, i), "sealed", &sealed, &in->err);
		if (rc == CM_OK && sealed)
			rc = state_seal(s, i, cm_json_at(files, i));
	}
	return rc;
}

/* The next line of the answer, for which it waits; empty: that was the last.  It stays until
 * the next one is asked for. */
static struct cm_span
next_line(struct investigate *in)
{
	size_t seen = in->stated, len;
	const uint8_t *end = NULL;
	struct cm_span left;

	for (;;) {
		left = cm_span_part(cm_buf_span(&in->answer), seen, in->answer.len);
		end = left.len == 0 ? NULL : memchr(left.ptr, '\n', left.len);
		seen = in->answer.len;
		if (end != NULL || !cm_confine_hear(&in->child))
			break;
	}
	left = cm_span_part(cm_buf_span(&in->answer), in->stated, in->answer.len);
	len = end == NULL ? left.len : (size_t)(end - left.ptr);
	in->stated += len + (end != NULL);
	return cm_span_part(left, 0, len);
}

/* The first line is about the files, each other one a finding. */
static CM_RESULT
state_all(struct stating *s)
{
	struct cm_span line = next_line(s->in);
	struct cm_json_doc doc = { 0 };
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && line.len > 0; i++, line = next_line(s->in)) {
		rc = cm_json_parse(line, &doc, &s->in->err);
		if (rc == CM_OK)
			rc = i == 0 ? state_seals(s, cm_json_root(&doc)) : state_finding(s, cm_json_root(&doc));
		cm_json_release(&doc);
		doc = (struct cm_json_doc) { 0 };
	}
	return rc;
}

static void
undo(struct investigate *in)
{
	size_t i;

	cm_case_rollback(in->c);
	for (i = 0; i < in->look.n_files; i++)
		in->look.file[i].stated = false;
}

/* All statements, or none: a transaction that begins here, and that `settle` ends. */
static CM_RESULT
state_answer(struct stating *s)
{
	struct investigate *in = s->in;
	enum cm_result rc;

	s->exhibit = cm_arena_array(&in->arena, in->look.n_files, sizeof(s->exhibit[0]));
	s->subject = cm_arena_array(&in->arena, in->look.n_files, sizeof(s->subject[0]));
	s->exhibit_of = cm_arena_array(&in->arena, in->look.n_files, sizeof(s->exhibit_of[0]));
	s->findings = cm_arena_array(&in->arena, CM_STATED_MAX, 32);
	if (s->exhibit == NULL || s->subject == NULL || s->exhibit_of == NULL || s->findings == NULL)
		return no_memory(in);
	rc = cm_case_begin(in->c, &in->err);
	return rc == CM_OK ? state_all(s) : rc;
}

static void
say_sealed(const struct stating *s)
{
	FILE *f = s->in->ctx->out;
	char hex[65] = { 0 };
	size_t i;

	if (s->in->look.json)
		return;
	for (i = 0; i < s->n_exhibits; i++) {
		cm_hex_encode(cm_span_of(s->exhibit[i].statement, 32), hex);
		fputs("Sealed ", f);
		cm_cli_text(f, cm_span_str(s->exhibit[i].path));
		fprintf(f, ": %" PRIu64 " rows, statement %s\n", s->exhibit[i].rows, hex);
	}
	if (s->n_findings != 0)
		fprintf(f, "Stated %zu finding%s.\n", s->n_findings, s->n_findings == 1 ? "" : "s");
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
	struct stating *s = arg;
	struct investigate *in = s->in;

	if (cm_case_commit(in->c, &in->err) != CM_OK)
		return nothing_stated(in);
	say_sealed(s);
	return CM_EXIT_OK;
}

static bool
is_usable(enum cm_exit code)
{
	return code == CM_EXIT_OK || code == CM_EXIT_FINDINGS || code == CM_EXIT_MALFORMED;
}

static enum cm_exit
show(struct stating *s)
{
	struct investigate *in = s->in;
	enum cm_exit logged = CM_EXIT_OK, code;

	in->wish.c = in->c;
	in->wish.threads = in->look.threads;
	in->wish.signer = &in->keyring.signer;
	in->wish.arena = &in->arena;
	in->wish.exhibits = s->exhibit;
	in->wish.n_exhibits = s->n_exhibits;
	in->wish.findings = (const uint8_t (*)[32])s->findings;
	in->wish.n_findings = s->n_findings;
	in->wish.meanwhile = settle;
	in->wish.meanwhile_arg = s;
	in->wish.quiet = in->look.json;
	in->wish.logged = &logged;
	code = cm_cli_dossier(in->ctx, &in->wish);
	if (code == CM_EXIT_OK)
		fprintf(in->ctx->out, "%s\n", in->wish.out);
	return code == CM_EXIT_OK ? logged : code;
}

/* States what the child says while it prints; whether that was fine shows at its end. */
static enum cm_exit
state_and_show(struct investigate *in, enum cm_exit *looked)
{
	struct stating s = { .in = in };
	enum cm_result rc;

	in->stating = (struct cm_stating) { .c = in->c, .signer = &in->keyring.signer, .wish = &in->seal };
	memcpy(in->stating.source, in->look.source, 32);
	rc = cm_confine_hear(&in->child) ? state_answer(&s) : CM_OK;
	*looked = cm_bring_await(&in->bring, &in->child);
	if (!is_usable(*looked) || in->answer.len == 0) {
		undo(in);
		return *looked;
	}
	if (rc != CM_OK || name_dossier(in) != CM_OK)
		return nothing_stated(in);
	if (s.n_exhibits == 0) {
		undo(in);
		cm_cli_say(in->ctx, "no file is a capture or a web server's log, so nothing was sealed");
		return CM_EXIT_MALFORMED;
	}
	return show(&s);
}

static void
clean_up(struct investigate *in)
{
	size_t i;

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
	struct investigate in = { .ctx = ctx, .look = { .most = CM_STATED_USUAL } };
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
