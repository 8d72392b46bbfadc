/* `comity log checkpoint`: logs what is not logged yet, gathers cosignatures that are missing,
 * and puts the receipts into the dossiers. */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/publish.h"
#include "os/private.h"

enum { OPT_WAIT = CM_OPT, OPT_ANSWER, OPT_RESUME, OPT_JSON };

#define ANSWER_MAX ((size_t)64 << 10)

static const struct cm_option options[] = {
	{ OPT_WAIT, "wait", "SECONDS", "wait so long for each witness (default: 3)" },
	{ OPT_ANSWER, "answer", "FILE", "take the cosignatures of a witness that was asked by hand" },
	{ OPT_RESUME, "resume", NULL, "the log was moved here on purpose: go on, if no witness knows more of it" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static enum cm_exit
print_json(const struct cm_context *ctx, const struct cm_published *p)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "logged", p->logged);
	cm_jsonw_kuint(&w, "size", p->size);
	cm_jsonw_kuint(&w, "cosigned", p->witnessed.n);
	cm_jsonw_kbool(&w, "quorum", p->witnessed.enough);
	if (p->witnessed.time != 0)
		cm_jsonw_kuint(&w, "not_later_than", p->witnessed.time);
	cm_jsonw_kuint(&w, "refreshed", p->refreshed);
	cm_jsonw_object_end(&w);
	return cm_cli_json(ctx, &b);
}

static enum cm_exit
checkpoint(struct cm_publish *in, const char *answer, bool json)
{
	struct cm_published out;
	struct cm_buf lines = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_exit code = CM_EXIT_OK;

	cm_arena_init(&arena, 0);
	if (answer != NULL && cm_whole_read(answer, ANSWER_MAX, &lines, &err) != CM_OK)
		code = cm_cli_error(in->ctx, NULL, &err, NULL);
	in->answer = cm_buf_span(&lines);
	if (code == CM_EXIT_OK)
		code = cm_cli_publish(in, &arena, &out);
	if (code == CM_EXIT_OK && !out.has_log) {
		cm_cli_say(in->ctx, "the case has no log: `comity log init' makes one");
		code = CM_EXIT_CANNOT;
	}
	if (code == CM_EXIT_OK && !json && out.refreshed > 0)
		fprintf(in->ctx->out, "Put receipts into %zu dossier%s.\n", out.refreshed, out.refreshed == 1 ? "" : "s");
	if (code == CM_EXIT_OK && json)
		code = print_json(in->ctx, &out);
	if (code == CM_EXIT_OK && !out.witnessed.enough)
		code = CM_EXIT_PARTLY;
	cm_buf_release(&lines);
	cm_arena_fini(&arena);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_checkpoint, argc, argv, ctx);
	struct cm_publish in = { .ctx = ctx, .all = true, .wait_ms = CM_PUBLISH_WAIT_MS };
	const char *answer = NULL;
	enum cm_exit code = CM_EXIT_OK;
	bool json = false;
	uint64_t seconds;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_WAIT && cm_args_number(&a, "wait", 3600, &seconds))
			in.wait_ms = seconds == 0 ? 1 : (unsigned)seconds * 1000;
		else if (id == OPT_ANSWER)
			answer = a.value;
		else if (id == OPT_RESUME)
			in.resume = true;
		else if (id == OPT_JSON)
			in.quiet = json = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	if (!cm_cli_case(ctx, &in.c, &code))
		return code;
	code = checkpoint(&in, answer, json);
	cm_case_close(in.c);
	return code;
}

const struct cm_command cm_command_log_checkpoint = {
	.name = "log checkpoint",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Logs what is not logged yet, gathers cosignatures, renews dossiers",
	.options = options,
	.more = "Other commands do this by themselves for what they state, and wait for witnesses no\n"
		"longer than three seconds; what was missing then is gathered here.  Dossiers that lie\n"
		"where they were written get the receipts; nothing in them is signed anew.\n"
		"\n"
		"A log that was restored from a backup or copied refuses to grow, since it could sign a\n"
		"second history.  Put the newest copy back.  If it was moved on purpose, --resume goes on\n"
		"after every witness has said that it knows no more of it.\n"
		"\n"
		"Exits 0 if the quorum is reached (or none is asked for), 5 if not yet, 3 if it could not.\n",
};
