/* `comity key age': what others encrypt to, so that only this party reads it. */
#include "cli/age_keys.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "codec/json_write.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static enum cm_exit
print(const struct cm_context *ctx, struct cm_case *c, const char *recipient, bool made, bool json)
{
	struct cm_buf path = { 0 }, b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (!json) {
		fprintf(ctx->out, "%s\n", recipient);
		if (made)
			cm_cli_say(ctx, "%s/age is new: back it up; without it what is encrypted to that line can not be read",
			    cm_case_folder(c));
		return CM_EXIT_OK;
	}
	cm_buf_printf(&path, "%s/age", cm_case_folder(c));
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "recipient", recipient);
	cm_jsonw_kbuf(&w, "identity", &path);
	cm_jsonw_kbool(&w, "made", made);
	cm_jsonw_object_end(&w);
	cm_buf_release(&path);
	return cm_cli_json(ctx, &b);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_key_age, argc, argv, ctx);
	char recipient[CM_AGE_RECIPIENT_TEXT];
	struct cm_age_identity own = { 0 };
	struct cm_case *c = NULL;
	struct cm_err err = { 0 };
	enum cm_exit code = CM_EXIT_OK;
	bool json = false, made = false;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (a.n > 0)
		return cm_cli_usage(ctx, &cm_command_key_age, "it takes no operand");
	if (!cm_cli_case(ctx, &c, &code))
		return code;
	if (cm_age_keys_own(c, true, &own, &made, &err) != CM_OK) {
		code = cm_cli_error(ctx, NULL, &err, NULL);
	} else {
		cm_age_recipient_text(&own.to, recipient);
		code = print(ctx, c, recipient, made, json);
	}
	cm_age_identity_wipe(&own);
	cm_case_close(c);
	return code;
}

const struct cm_command cm_command_key_age = {
	.name = "key age",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Prints the age recipient of this party, and makes it the first time",
	.options = options,
	.more = "Give the line (age1...) to those who send you dossiers.  Its secret is the file `age' in the\n"
		"case, as age-keygen writes it: `age -d -i' reads it too.\n",
};
