/* `comity charter withdraw' and `comity charter close'. */
#include <string.h>

#include "cli/commands.h"
#include "cli/team.h"

enum { OPT_JSON = CM_OPT, OPT_REASON };

static const struct cm_option withdraw_options[] = {
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sig (default: withdrawal)" },
	{ OPT_REASON, "reason", "TEXT", "why, for the others to read" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};
static const struct cm_option close_options[] = {
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sig (default: close)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct leaving {
	struct cm_cli_team t;
	bool closes;
	const char *out;
	struct cm_withdrawal_v1 withdrawal;
	struct cm_close_v1 close;
};

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct leaving *l = arg;

	if (l->closes)
		cm_close_v1_write(w, &l->close);
	else
		cm_withdrawal_v1_write(w, &l->withdrawal);
}

/* Said twice it would be the same. */
static enum cm_result
check(struct leaving *l)
{
	const struct cm_member *self;
	enum cm_result r = cm_cli_team_self(&l->t, &self);

	if (r != CM_OK)
		return r;
	if (cm_team_is_gone(&l->t.team, self->print.text))
		return cm_err_set(&l->t.err, CM_E_REFUSED, "this party has withdrawn already");
	if (l->closes && cm_team_has_closed(&l->t.team, self->print.text))
		return cm_err_set(&l->t.err, CM_E_REFUSED, "this party has closed the case already");
	return CM_OK;
}

static enum cm_exit
leave(struct leaving *l)
{
	struct cm_cli_saying s = { .type = l->closes ? CM_PREDICATE_CLOSE : CM_PREDICATE_WITHDRAWAL, .out = l->out, .body = write_body,
		.arg = l };
	enum cm_exit code = cm_cli_team_begin(&l->t);

	if (code != CM_EXIT_OK)
		return code;
	if (check(l) != CM_OK)
		return cm_cli_error(l->t.ctx, NULL, &l->t.err, "nothing was said");
	s.charter = l->t.team.in_force->file.digest;
	memcpy(l->withdrawal.charter, s.charter, 32);
	memcpy(l->close.charter, s.charter, 32);
	code = cm_cli_team_say(&l->t, &s);
	if (code != CM_EXIT_OK)
		return code;
	return cm_cli_team_said(&l->t, &s,
	    l->closes ? "closed         for this party; the case is when all members have"
		      : "withdrawn      this party has left; what it agreed to for what it was shown still binds it");
}

static enum cm_exit
run_either(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct leaving l = { .t = { .ctx = ctx }, .closes = command == &cm_command_charter_close };
	enum cm_exit code;
	int id;

	l.out = l.closes ? "close" : "withdrawal";
	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == 'o')
			l.out = a.value;
		else if (id == OPT_JSON)
			l.t.json = true;
		else if (id == OPT_REASON)
			l.withdrawal.reason.text = a.value;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, command, "it takes no operand");
	code = leave(&l);
	cm_cli_team_end(&l.t);
	return code;
}

static enum cm_exit
run_withdraw(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_withdraw, argc, argv, ctx);
}

static enum cm_exit
run_close(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_close, argc, argv, ctx);
}

const struct cm_command cm_command_charter_withdraw = {
	.name = "charter withdraw",
	.run = run_withdraw,
	.flags = CM_COMMAND_CASE,
	.line = "Leaves the case",
	.options = withdraw_options,
	.more = "The others go on: a new version needs no signature of who has left.\n",
};

const struct cm_command cm_command_charter_close = {
	.name = "charter close",
	.run = run_close,
	.flags = CM_COMMAND_CASE,
	.line = "For this party the case is over; it is for all when all members said so",
	.options = close_options,
	.more = "When one has said so, the case is closing.  A new version that all sign opens it again.\n",
};
