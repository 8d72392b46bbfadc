/* `comity ledger`: who has what, what came back, what is due. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/ledger.h"
#include "os/clock.h"

enum { OPT_TO = CM_OPT, OPT_OWED, OPT_DONE, OPT_AT, OPT_MAP, OPT_HTML, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_TO, "to", "NAME", "only this recipient" },
	{ OPT_OWED, "owed", NULL, "what this party owes others for dossiers that it gave receipts for" },
	{ OPT_DONE, "done", "NUMBER:WHAT", "note that it was done: delete, delete-on-close, notify-victim or encrypt" },
	{ OPT_AT, "at", "TIME", "what is overdue at this time (default: now)" },
	{ OPT_HTML, "html", "FILE", "write it as a page, too" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ OPT_MAP, "map", NULL, "with --json: the rows and cells, too, and the hosts by their ties" },
	{ 0 },
};

struct ledger {
	const struct cm_context *ctx;
	const char *to, *done, *html;
	bool owed, json, map;
	struct cm_ledger l;
	struct cm_err err;
};

static bool
take_option(struct ledger *in, const struct cm_args *a, int id)
{
	int64_t ns;

	switch (id) {
	case OPT_TO:
		in->to = a->value;
		return true;
	case OPT_OWED:
		in->owed = true;
		return true;
	case OPT_DONE:
		in->done = a->value;
		return true;
	case OPT_AT:
		if (!cm_args_time(a, "at", &ns))
			return false;
		in->l.now = ns / 1000000000;
		return true;
	case OPT_HTML:
		in->html = a->value;
		return true;
	case OPT_JSON:
		in->json = true;
		return true;
	case OPT_MAP:
		in->map = true;
		return true;
	default:
		return false;
	}
}

/* "3:delete" */
static bool
read_done(const char *text, uint64_t *number, enum cm_due_what *what)
{
	const char *at = text;

	for (*number = 0; *at >= '0' && *at <= '9' && at - text < 15; at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	if (at == text || *at != ':')
		return false;
	*what = cm_due_find(at + 1);
	return *what != CM_DUE_N;
}

/* The statement of disclosure ${number}, of this party's or of those that are owed for. */
static const uint8_t *
statement_of(const struct ledger *in, uint64_t number)
{
	size_t i, k;

	for (i = 0; i < in->l.n_owed; i++)
		if (in->l.owed[i].row->id == number)
			return in->l.owed[i].row->disclosure;
	for (i = 0; i < in->l.n; i++)
		for (k = 0; k < in->l.recipient[i].n; k++)
			if (in->l.recipient[i].item[k].row->id == number)
				return in->l.recipient[i].item[k].row->statement;
	return NULL;
}

static CM_RESULT
settle(struct ledger *in)
{
	enum cm_due_what what = CM_DUE_N;
	const uint8_t *statement;
	uint64_t number = 0;

	if (!read_done(in->done, &number, &what))
		return cm_err_set(&in->err, CM_E_USAGE, "--done is like 3:delete; what can be noted: delete, delete-on-close, "
							"notify-victim, encrypt");
	statement = statement_of(in, number);
	if (statement == NULL)
		return cm_err_set(&in->err, CM_E_NOTFOUND, "the ledger has no number %llu", (unsigned long long)number);
	return cm_case_settle(in->l.c, statement, cm_due_word(what), in->l.now, &in->err);
}

static enum cm_exit
write_html(struct ledger *in)
{
	struct cm_buf page = { 0 };
	enum cm_exit code = CM_EXIT_CANNOT;
	FILE *f = NULL;
	bool ok = cm_ledger_html(&in->l, &page) == CM_OK;

	if (!ok)
		cm_cli_say(in->ctx, "out of memory");
	else
		f = cm_cli_create(in->ctx, in->html);
	if (f != NULL) {
		ok = fwrite(page.ptr, 1, page.len, f) == page.len;
		ok = fclose(f) == 0 && ok;
		code = ok ? CM_EXIT_OK : CM_EXIT_CANNOT;
		if (!ok)
			cm_cli_say(in->ctx, "%s: cannot be written", in->html);
	}
	cm_buf_release(&page);
	return code;
}

static enum cm_exit
show(struct ledger *in)
{
	enum cm_exit code = CM_EXIT_OK;

	if (in->html != NULL)
		code = write_html(in);
	if (code != CM_EXIT_OK)
		return code;
	if (in->json)
		code = cm_ledger_json(in->ctx, &in->l, in->owed, in->map);
	else
		code = (in->owed ? cm_ledger_owed_text : cm_ledger_text)(in->ctx, &in->l);
	return code != CM_EXIT_OK ? code : in->l.n_overdue > 0 ? CM_EXIT_FINDINGS : CM_EXIT_OK;
}

static enum cm_exit
ledger(struct ledger *in)
{
	enum cm_exit code;
	enum cm_result rc;

	if (!cm_cli_case(in->ctx, &in->l.c, &code))
		return code;
	rc = cm_ledger_read(&in->l, in->to, in->owed, &in->err);
	if (rc == CM_OK && in->done != NULL) {
		rc = settle(in);
		if (rc == CM_OK)
			return CM_EXIT_OK;
	}
	if (rc == CM_E_USAGE)
		return cm_cli_usage(in->ctx, &cm_command_ledger, "%s", in->err.text);
	if (rc != CM_OK) {
		(void)cm_cli_error(in->ctx, NULL, &in->err, NULL);
		return CM_EXIT_CANNOT;
	}
	return show(in);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_ledger, argc, argv, ctx);
	struct ledger in = { .ctx = ctx, .l = { .now = cm_clock_now() } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, &cm_command_ledger, "what is %s?", a.operand[0]);
	if (in.map && !in.json)
		return cm_cli_usage(ctx, &cm_command_ledger, "--map is for --json");
	if (in.owed && (in.html != NULL || in.to != NULL))
		return cm_cli_usage(ctx, &cm_command_ledger, "--owed has neither --to nor --html");
	cm_arena_init(&in.l.arena, 0);
	code = ledger(&in);
	cm_ledger_fini(&in.l);
	cm_case_close(in.l.c);
	cm_arena_fini(&in.l.arena);
	return code;
}

const struct cm_command cm_command_ledger = {
	.name = "ledger",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Lists what was shown to whom, what came back, and what is due",
	.operands = "",
	.options = options,
	.more = "Of each recipient: all disclosures, their receipts and obligations, and the union of all that was\n"
		"ever opened to it.  What is overdue comes first.  Receipts come in by `comity take'; what was\n"
		"done otherwise is noted by --done, with the number of the disclosure, or of the dossier with --owed.\n"
		"\n"
		"Exits 0, 1 if something is overdue, 2 for wrong use, 3 if it could not do its work.\n",
};
