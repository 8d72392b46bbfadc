/* `comity approve': a member agrees to one release of another. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/commands.h"
#include "cli/team.h"
#include "crypto/sha256.h"
#include "os/private.h"

enum { OPT_JSON = CM_OPT, OPT_TO, OPT_FOR };

static const struct cm_option options[] = {
	{ OPT_TO, "to", "NAME", "to whom it may go: a member, or somebody else" },
	{ OPT_FOR, "for", "PURPOSE", "what for, as the rules name it" },
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sig (default: approval)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct approving {
	struct cm_cli_team t;
	const char *out;
	struct cm_approval_v1 v;
};

/* 64 digits, or the file of the finding's statement. */
static enum cm_result
read_what(struct approving *p, const char *operand, uint8_t out[32])
{
	struct cm_buf file = { 0 };
	enum cm_result r;

	if (cm_hex_decode(cm_span_str(operand), out, 32) == CM_OK)
		return CM_OK;
	r = cm_whole_read(operand, CM_CLI_TEAM_FILE, &file, &p->t.err);
	if (r == CM_OK)
		cm_sha256(file.ptr, file.len, out);
	cm_buf_release(&file);
	return r;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static enum cm_result
read_all(struct approving *p, char **operand, size_t n)
{
	uint8_t(*list)[32] = cm_arena_array(&p->t.arena, n, sizeof(*list));
	enum cm_result r = CM_OK;
	size_t k = 0;

	if (list == NULL)
		return cm_err_set(&p->t.err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = read_what(p, operand[i], list[i]);
	qsort(list, n, sizeof(*list), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || memcmp(list[k - 1], list[i], 32) != 0)
			memmove(list[k++], list[i], 32);
	p->v.what = (struct cm_digests) { list, k };
	return r;
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct approving *p = arg;

	cm_approval_v1_write(w, &p->v);
}

static enum cm_exit
approve(struct approving *p, char **operand, size_t n)
{
	struct cm_cli_saying s = { .type = CM_PREDICATE_APPROVAL, .out = p->out, .body = write_body, .arg = p };
	const struct cm_member *self;
	enum cm_exit code = cm_cli_team_begin(&p->t);

	if (code != CM_EXIT_OK)
		return code;
	if (cm_cli_team_self(&p->t, &self) != CM_OK || read_all(p, operand, n) != CM_OK)
		return cm_cli_error(p->t.ctx, NULL, &p->t.err, "nothing was said");
	s.charter = p->t.team.in_force->file.digest;
	memcpy(p->v.charter, s.charter, 32);
	code = cm_cli_team_say(&p->t, &s);
	return code == CM_EXIT_OK ? cm_cli_team_said(&p->t, &s, "approved       for this recipient and purpose, and nothing else") : code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_approve, argc, argv, ctx);
	struct approving p = { .t = { .ctx = ctx }, .out = "approval" };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == 'o')
			p.out = a.value;
		else if (id == OPT_JSON)
			p.t.json = true;
		else if (id == OPT_TO)
			p.v.recipient = a.value;
		else if (id == OPT_FOR)
			p.v.purpose = a.value;
		else
			return CM_EXIT_USAGE;
	if (a.n == 0 || a.n > (int)CM_WORDS_MAX || p.v.recipient == NULL || p.v.purpose == NULL)
		return cm_cli_usage(ctx, &cm_command_approve, "which findings, --to whom, --for what?");
	if (strlen(p.v.recipient) - 1 >= CM_WORD_BYTES || strlen(p.v.purpose) - 1 >= CM_WORD_BYTES)
		return cm_cli_usage(ctx, &cm_command_approve, "--to and --for have 1 to %u bytes", CM_WORD_BYTES);
	code = approve(&p, a.operand, (size_t)a.n);
	cm_cli_team_end(&p.t);
	return code;
}

const struct cm_command cm_command_approve = {
	.name = "approve",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Agrees to one release: these findings, to this recipient, for this purpose",
	.operands = "FINDING...",
	.options = options,
	.more = "FINDING is the SHA-256 of a finding's statement, or the statement's file.  The approval\n"
		"holds for these and any part of them, under the charter that is in force now.\n",
};
