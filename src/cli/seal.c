/* `comity seal`: commits to exhibits of any kind, so that parts of them can be shown later. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/seal_file.h"
#include "cli/verify.h"
#include "worker/guess.h"

enum { OPT_KIND = CM_OPT, OPT_MEMBERS, OPT_JSON, OPT_THREADS, OPT_NO_CONFINE };

static const struct cm_option options[] = {
	{ OPT_KIND, "kind", "KIND", "capture, lines, records or blob (default: guessed, and said)" },
	{ OPT_MEMBERS, "members", "LIST", "records: members that become columns of their own (ip,user)" },
	CM_CLAIM_OPTIONS,
	{ OPT_JSON, "json", NULL, "print JSON, one object for each file" },
	{ OPT_THREADS, "threads", "N", "use so many threads (default: as many as there are processors)" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

/* One file. */
struct sealing_file {
	struct cm_brought of;
	struct cm_schema schema;
	const char *reason; /* of the guess; NULL: it was said */
	struct cm_sealed sealed;
	struct cm_case_exhibit exhibit;
};

struct sealing {
	unsigned threads; /* 0: as many as there are processors */
	const struct cm_context *ctx;
	bool json, kind_said;
	enum cm_kind kind;
	const char *members;
	struct cm_schema records; /* of --members */
	struct cm_bring bring;
	struct cm_seal_wish wish;
	struct cm_stating stating;
	struct sealing_file *file;
	size_t n_files;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_err err;
};

static bool
take_kind(struct sealing *s, const struct cm_args *a)
{
	char word[16];

	snprintf(word, sizeof(word), "%.10s/1", a->value);
	s->kind_said = true;
	if (cm_kind_parse(cm_span_str(word), &s->kind) == CM_OK)
		return true;
	(void)cm_cli_usage(s->ctx, a->command, "--kind is capture, lines, records or blob, not %s", a->value);
	return false;
}

static bool
take_option(struct sealing *s, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_KIND:
		return take_kind(s, a);
	case OPT_MEMBERS:
		s->members = a->value;
		return true;
	case OPT_JSON:
		s->json = true;
		return true;
	case OPT_THREADS:
		return cm_args_threads(a, &s->threads);
	case OPT_NO_CONFINE:
		s->bring.no_confine = true;
		return true;
	default:
		return cm_cli_claim(a, id, &s->wish);
	}
}

/* A name that no member can have: names are compared as the bytes between their quotes. */
static bool
is_no_name(struct cm_span name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] == '"' || name.ptr[i] < 0x20)
			return true;
	}
	return name.len == 0;
}

/* "ip,user" */
static CM_RESULT
read_members(struct sealing *s)
{
	struct cm_span name[CM_COLUMNS_MAX];
	const char *at = s->members;
	size_t n = 0, len;

	do {
		len = strcspn(at, ",");
		if (n == CM_COLUMNS_MAX - 1)
			return cm_err_set(&s->err, CM_E_USAGE, "--members: more than %d", CM_COLUMNS_MAX - 1);
		name[n] = cm_span_of(at, len);
		if (is_no_name(name[n++]))
			return cm_err_set(&s->err, CM_E_USAGE, "--members: a name that no member can have");
		at += len;
	} while (*at++ == ',');
	return cm_schema_records(name, n, &s->records, &s->err);
}

/* What was said makes sense together. */
static CM_RESULT
check_wish(struct sealing *s)
{
	if (s->members != NULL && s->kind_said && s->kind != CM_KIND_RECORDS)
		return cm_err_set(&s->err, CM_E_USAGE, "--members is for --kind records");
	if (s->members == NULL && s->kind_said && s->kind == CM_KIND_RECORDS)
		return cm_err_set(&s->err, CM_E_USAGE, "--kind records wants --members: which become columns?");
	return s->members != NULL ? read_members(s) : CM_OK;
}

/* Guessing, in a child: the first bytes, unpacked. */
struct guessing {
	struct sealing *s;
	struct sealing_file *f;
};

static int
guess_run(void *arg, int out)
{
	struct guessing *g = arg;
	struct cm_fd_sink to = { out, 0 };
	struct cm_sink sink = cm_sink_of_fd(&to);
	struct cm_source src;
	struct cm_guess guess;
	uint8_t answer[2];
	enum cm_result rc = cm_file_unpacked(g->f->of.file, &src, NULL, &g->s->err);

	if (rc == CM_OK)
		rc = cm_guess_kind(src, &guess, &g->s->err);
	if (rc == CM_OK) {
		answer[0] = (uint8_t)guess.kind;
		answer[1] = guess.json;
		rc = cm_sink_write(&sink, answer, sizeof(answer));
	}
	(void)cm_err_set(&g->s->err, rc, "%s", cm_result_word(rc));
	if (rc != CM_OK)
		(void)cm_cli_error(g->s->ctx, g->f->of.name, &g->s->err, NULL);
	return rc == CM_OK ? CM_EXIT_OK : CM_EXIT_CANNOT;
}

/* From the kind of the first bytes to a schema. */
static enum cm_exit
take_guess(struct sealing *s, struct sealing_file *f, enum cm_kind kind, bool json)
{
	static const char *const reason[] = { [CM_KIND_CAPTURE] = "it begins as a capture does",
		[CM_KIND_LINES] = "it is text", [CM_KIND_RECORDS] = "its first lines are JSON objects",
		[CM_KIND_BLOB] = "it is neither a capture nor text" };

	if (s->members != NULL && !json)
		return cm_cli_usage(s->ctx, &cm_command_seal,
		    "--members is for lines that are JSON objects, and the first lines of %s are none; "
		    "--kind records seals it so all the same", f->of.name);
	f->schema = json && s->members != NULL ? s->records : cm_schema_of(kind);
	f->reason = reason[f->schema.kind];
	if (json && s->members == NULL)
		f->reason = "it is text; its first lines are JSON objects: with --members ip,user each of "
			    "these members could be shown or hidden by itself";
	return CM_EXIT_OK;
}

static enum cm_exit
guess(struct sealing *s, struct sealing_file *f)
{
	struct guessing job = { s, f };
	struct cm_buf answer = { .max = 16 };
	int fd = cm_file_fd(f->of.file);
	enum cm_exit code = cm_bring_confined(&s->bring, (struct cm_confine_job) { .run = guess_run,
	    .arg = &job, .what = f->of.name, .keep = &fd, .n_keep = fd >= 0, .result = &answer, .quiet = true });

	if (code == CM_EXIT_OK && (answer.len != 2 || answer.ptr[0] > CM_KIND_BLOB || answer.ptr[1] > 1)) {
		cm_cli_say(s->ctx, "the confined reader's answer makes no sense");
		code = CM_EXIT_CANNOT;
	}
	if (code == CM_EXIT_OK)
		code = take_guess(s, f, (enum cm_kind)answer.ptr[0], answer.ptr[1] == 1);
	cm_buf_release(&answer);
	return code;
}

/* The kind, and bytes that stay: a blob is sealed as it came, the others unpacked. */
static enum cm_exit
settle(struct sealing *s, struct sealing_file *f)
{
	bool mapped = cm_file_is_mapped(f->of.file);
	enum cm_exit code = CM_EXIT_OK;

	if (s->kind_said)
		f->schema = s->kind == CM_KIND_RECORDS ? s->records : cm_schema_of(s->kind);
	if (!mapped)
		code = cm_bring_keep(&s->bring, &f->of, !s->kind_said || s->kind != CM_KIND_BLOB);
	if (code == CM_EXIT_OK && !s->kind_said)
		code = guess(s, f);
	if (code == CM_EXIT_OK && mapped && f->schema.kind != CM_KIND_BLOB && cm_bring_is_packed(&f->of))
		code = cm_bring_keep(&s->bring, &f->of, true);
	return code == CM_EXIT_OK ? cm_bring_index(&s->bring, &f->of) : code;
}

static enum cm_exit
seal(struct sealing *s, struct sealing_file *f)
{
	const struct cm_seal_file job = { &s->bring, &s->wish, s->threads, &f->of, &f->schema };

	return cm_seal_file(&job, &f->sealed);
}

/* All statements, or none. */
static CM_RESULT
state_all(struct sealing *s)
{
	enum cm_result rc = cm_case_begin(s->bring.c, &s->err);
	size_t i;

	for (i = 0; rc == CM_OK && i < s->n_files; i++)
		rc = cm_state_seal(&s->stating, &s->file[i].of, &s->file[i].sealed, &s->file[i].exhibit, &s->err);
	if (rc == CM_OK)
		rc = cm_case_commit(s->bring.c, &s->err);
	else
		cm_case_rollback(s->bring.c);
	return rc;
}

/* The numbers that the case gave them. */
static CM_RESULT
number_all(struct sealing *s)
{
	struct cm_case_exhibits all;
	enum cm_result rc = cm_case_exhibits(s->bring.c, &s->arena, &all, &s->err);
	size_t i, k;

	for (k = 0; rc == CM_OK && k < all.n; k++) {
		for (i = 0; i < s->n_files; i++) {
			if (memcmp(all.item[k].x, s->file[i].exhibit.x, 32) == 0)
				s->file[i].exhibit.id = all.item[k].id;
		}
	}
	return rc;
}

static void
print_digest(FILE *f, const char *name, const uint8_t digest[32])
{
	char hex[65] = { 0 };

	cm_hex_encode(cm_span_of(digest, 32), hex);
	fprintf(f, "  %-10s %s\n", name, hex);
}

static bool
print_text(const struct sealing *s, const struct sealing_file *f)
{
	FILE *out = s->ctx->out;
	size_t i;

	fprintf(out, "Exhibit %" PRIu64 ": ", f->exhibit.id);
	cm_cli_text(out, cm_span_str(f->exhibit.path));
	fprintf(out, "\n  %-10s %s", "kind", f->exhibit.kind);
	if (f->reason != NULL)
		fprintf(out, " (guessed: %s; --kind says otherwise)", f->reason);
	fprintf(out, "\n  %-10s ", "columns");
	for (i = 0; i < f->schema.n; i++) {
		fputs(i > 0 ? ", " : "", out);
		cm_cli_text(out, f->schema.column[i].name);
	}
	fprintf(out, "\n  %-10s %" PRIu64 ", %" PRIu64 " bytes\n", "rows", f->exhibit.rows, f->exhibit.size);
	print_digest(out, "root", f->exhibit.root);
	if (f->sealed.seal.has_pairs)
		print_digest(out, "pairs", f->sealed.seal.pairs);
	if (f->exhibit.has_sha256)
		print_digest(out, "sha256", f->exhibit.sha256);
	print_digest(out, "statement", f->exhibit.statement);
	return true;
}

static bool
print_json(const struct sealing *s, const struct sealing_file *f)
{
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	bool ok;
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "no", f->exhibit.id);
	cm_jsonw_khex(&w, "exhibit", cm_span_of(f->exhibit.x, 32));
	cm_jsonw_kstr(&w, "kind", f->exhibit.kind);
	cm_jsonw_kstr(&w, "guessed", f->reason);
	cm_jsonw_key(&w, "columns");
	cm_jsonw_array(&w);
	for (i = 0; i < f->schema.n; i++)
		cm_jsonw_span(&w, f->schema.column[i].name);
	cm_jsonw_array_end(&w);
	cm_jsonw_kuint(&w, "rows", f->exhibit.rows);
	cm_jsonw_khex(&w, "root", cm_span_of(f->exhibit.root, 32));
	if (f->sealed.seal.has_pairs)
		cm_jsonw_khex(&w, "pairs", cm_span_of(f->sealed.seal.pairs, 32));
	cm_jsonw_khex(&w, "statement", cm_span_of(f->exhibit.statement, 32));
	cm_jsonw_kstr(&w, "file", f->exhibit.path);
	cm_jsonw_kuint(&w, "bytes", f->exhibit.size);
	if (f->exhibit.has_sha256)
		cm_jsonw_khex(&w, "sha256", cm_span_of(f->exhibit.sha256, 32));
	cm_jsonw_object_end(&w);
	cm_buf_add_str(&text, "\n");
	ok = cm_buf_ok(&text);
	if (ok)
		fwrite(text.ptr, 1, text.len, s->ctx->out);
	cm_buf_release(&text);
	return ok;
}

static enum cm_exit
prepare(struct sealing *s, const struct cm_args *a)
{
	enum cm_exit code = CM_EXIT_OK;

	if (check_wish(s) != CM_OK)
		return cm_cli_usage(s->ctx, a->command, "%s", s->err.text);
	if (!cm_cli_case(s->ctx, &s->bring.c, &code))
		return code;
	s->file = cm_arena_array(&s->arena, (size_t)a->n, sizeof(s->file[0]));
	if (s->file == NULL) {
		cm_cli_say(s->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	if (cm_case_keyring(s->bring.c, s->ctx->agent, &s->keyring, &s->err) != CM_OK ||
	    cm_cli_source(s->stating.source) != CM_OK) {
		(void)cm_cli_error(s->ctx, NULL, &s->err, NULL);
		return CM_EXIT_CANNOT;
	}
	s->stating.c = s->bring.c;
	s->stating.signer = &s->keyring.signer;
	s->stating.wish = &s->wish;
	return CM_EXIT_OK;
}

static enum cm_exit
seal_all(struct sealing *s, const struct cm_args *a)
{
	enum cm_exit code = CM_EXIT_OK;
	size_t i, n = (size_t)a->n;

	for (i = 0; code == CM_EXIT_OK && i < n; i++) {
		code = cm_bring_open(&s->bring, a->operand[i], &s->file[i].of);
		s->n_files = i + 1;
		if (code == CM_EXIT_OK)
			code = settle(s, &s->file[i]);
	}
	for (i = 0; code == CM_EXIT_OK && i < n; i++)
		code = seal(s, &s->file[i]);
	if (code != CM_EXIT_OK)
		return code;
	if (state_all(s) != CM_OK || number_all(s) != CM_OK) {
		(void)cm_cli_error(s->ctx, NULL, &s->err, "nothing was stated");
		return CM_EXIT_CANNOT;
	}
	for (i = 0; i < n; i++)
		s->file[i].of.stated = true;
	for (i = 0; i < n; i++) {
		if (!(s->json ? print_json : print_text)(s, &s->file[i])) {
			cm_cli_say(s->ctx, "it is stated, but there is no memory to print it");
			return CM_EXIT_CANNOT;
		}
	}
	if (cm_cli_publish_usual(s->ctx, s->bring.c, s->json) != CM_EXIT_OK)
		return CM_EXIT_CANNOT;
	return s->bring.damaged ? CM_EXIT_MALFORMED : CM_EXIT_OK;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_seal, argc, argv, ctx);
	struct sealing s = { .ctx = ctx, .bring = { .ctx = ctx, .ending = ".bytes" } };
	enum cm_exit code;
	size_t i;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&s, &a, id))
			return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, &cm_command_seal, "which file?");
	cm_arena_init(&s.arena, 0);
	code = prepare(&s, &a);
	if (code == CM_EXIT_OK)
		code = seal_all(&s, &a);
	for (i = 0; i < s.n_files; i++)
		cm_bring_end(&s.bring, &s.file[i].of);
	cm_keyring_close(&s.keyring);
	cm_case_close(s.bring.c);
	cm_arena_fini(&s.arena);
	return code;
}

const struct cm_command cm_command_seal = {
	.name = "seal",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Seals logs, records, samples or captures without looking for anything",
	.operands = "FILE...",
	.options = options,
	.more = "Each file is one exhibit, sealed where it lies: keep it, unchanged.  Parts of it can\n"
		"be shown later, and proven to be what was sealed (`comity disclose').  By kind:\n"
		"\n"
		"  capture  pcap or pcapng: a row is a packet\n"
		"  lines    text: a row is a line\n"
		"  records  JSON, an object a line: members named by --members are columns, the rest is one\n"
		"  blob     anything, a sample, a disk image: a row is 4,096 bytes\n"
		"\n"
		"Packed or piped input is kept unpacked in the case; a packed file that is sealed as a\n"
		"blob stays as it is.\n"
		"\n"
		"Exits 0 when sealed and stated, 2 for wrong use, 3 if it could not, 4 if the input is\n"
		"malformed (a packed file that ends early is sealed as far as it goes).\n",
};
