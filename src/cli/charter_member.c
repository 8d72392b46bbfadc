/* `comity charter member' and `comity charter new': the own line, and a text to begin with. */
#include <string.h>

#include "charter/templates.h"
#include "cli/age_keys.h"
#include "cli/commands.h"
#include "cli/team.h"
#include "os/private.h"

enum { OPT_JSON = CM_OPT, OPT_RECIPIENT, OPT_TEMPLATE };

static const struct cm_option member_options[] = {
	{ OPT_RECIPIENT, "recipient", "KEY", "what is encrypted to you: age1... or another ssh-ed25519 key (default: that of `comity key age')" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};
static const struct cm_option new_options[] = {
	{ OPT_TEMPLATE, "template", "NAME", "which one (default: joint-team); `list' prints their names" },
	{ OPT_RECIPIENT, "recipient", "KEY", "what is encrypted to you: age1... or another ssh-ed25519 key (default: that of `comity key age')" },
	{ 'o', "out", "FILE", "the text to be edited (default: charter.md)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct own {
	struct cm_cli_team t;
	const char *recipient, *template, *out;
	struct cm_ssh_public key;
	struct cm_member member;
	struct cm_buf line, text;
};

/* What is encrypted to this party, unless another key was named: that of `comity key age', if it was made. */
static enum cm_result
own_recipient(struct own *o)
{
	struct cm_age_identity own;
	char text[CM_AGE_RECIPIENT_TEXT];
	struct cm_err none = { 0 };
	enum cm_result r;
	bool made;

	if (o->recipient != NULL)
		return CM_OK;
	r = cm_age_keys_own(o->t.c, false, &own, &made, &none);
	if (r == CM_E_NOTFOUND)
		return CM_OK;
	if (r != CM_OK)
		return cm_err_set(&o->t.err, r, "%s", none.text);
	cm_age_recipient_text(&own.to, text);
	cm_age_identity_wipe(&own);
	o->recipient = cm_arena_printf(&o->t.arena, "%s", text);
	return o->recipient != NULL ? CM_OK : cm_err_set(&o->t.err, CM_E_NOMEM, "out of memory");
}

/* The line, and whether a charter would read it. */
static enum cm_result
make_line(struct own *o)
{
	const struct cm_case_self *self = cm_case_self(o->t.c);
	struct cm_buf path = { 0 };
	struct cm_members read;
	enum cm_result r;

	if (self->role[0] == '\0')
		return cm_err_set(&o->t.err, CM_E_USAGE, "the case was made without a role, and a member has one of " CM_CASE_ROLES);
	cm_buf_printf(&path, "%s.pub", self->key_path);
	r = cm_buf_cstr(&path) == NULL ? CM_E_NOMEM : cm_keyring_public(cm_buf_cstr(&path), &o->member.key, &o->t.err);
	cm_buf_release(&path);
	if (r == CM_OK)
		r = own_recipient(o);
	if (r != CM_OK)
		return r;
	o->member.name = self->name;
	o->member.recipient = o->recipient;
	if (!cm_member_role_of_word(self->role, &o->member.role))
		return cm_err_set(&o->t.err, CM_E_USAGE, "a role is one of " CM_CASE_ROLES);
	cm_member_write(&o->member, &o->line);
	if (!cm_buf_ok(&o->line))
		return cm_err_set(&o->t.err, CM_E_NOMEM, "out of memory");
	return cm_members_read(cm_buf_span(&o->line), 1, &o->t.arena, &read, &o->t.err);
}

static enum cm_exit
print_line(struct own *o)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (!o->t.json) {
		cm_cli_text(o->t.ctx->out, cm_buf_span(&o->line));
		fputc('\n', o->t.ctx->out);
		return CM_EXIT_OK;
	}
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "name", o->member.name);
	cm_jsonw_kstr(&w, "role", cm_member_role_word(o->member.role));
	cm_jsonw_kstr(&w, "fingerprint", cm_case_self(o->t.c)->fingerprint);
	cm_jsonw_kstr(&w, "recipient", o->recipient);
	cm_jsonw_kbuf(&w, "line", &o->line);
	cm_jsonw_object_end(&w);
	return cm_cli_json(o->t.ctx, &b);
}

/* Templates. */

struct place {
	size_t line, len; /* of a line of the list of members */
	struct cm_span name; /* with its quotes */
};

/* The first line of a member with this role; without one, the first line of a member. */
static bool
find_place(struct cm_span text, const char *role, struct place *out)
{
	char after[32];
	bool any = false;

	snprintf(after, sizeof(after), ", %s, ", role);
	for (size_t at = 0; at < text.len;) {
		const uint8_t *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end == NULL ? text.len - at : (size_t)(end - text.ptr) - at;
		const uint8_t *p = text.ptr + at, *quote;

		if (len > 3 && memcmp(p, "- \"", 3) == 0 && (quote = memchr(p + 3, '"', len - 3)) != NULL) {
			bool same = memmem(p, len, after, strlen(after)) != NULL;

			if (!any || same)
				*out = (struct place) { at, len, cm_span_of(p + 2, (size_t)(quote - p) - 1) };
			any = true;
			if (same)
				return true;
		}
		at += len + 1;
	}
	return any;
}

/* The own line in the place of one that is to be filled in, and the own name wherever the rules have that one's. */
static void
fill_in(struct own *o, struct cm_span text)
{
	struct place p;

	if (!find_place(text, cm_member_role_word(o->member.role), &p)) {
		cm_buf_add_span(&o->text, text);
		return;
	}
	for (size_t at = 0; at < text.len;) {
		struct cm_span rest = cm_span_part(text, at, text.len);

		if (at == p.line) {
			cm_buf_add_span(&o->text, cm_buf_span(&o->line));
			at += p.len;
		} else if (cm_span_eq(cm_span_part(rest, 0, p.name.len), p.name)) {
			cm_buf_printf(&o->text, "\"%s\"", o->member.name);
			at += p.name.len;
		} else {
			cm_buf_add_u8(&o->text, text.ptr[at++]);
		}
	}
}

static enum cm_exit
list_templates(const struct own *o)
{
	for (size_t i = 0; i < cm_charter_templates_n; i++)
		fprintf(o->t.ctx->out, "%.*s\n", (int)(strlen(cm_charter_templates[i].name) - 3), cm_charter_templates[i].name);
	return CM_EXIT_OK;
}

static enum cm_result
write_new(struct own *o)
{
	const struct cm_embedded *e = cm_charter_template(o->template);
	struct cm_write_mode mode = { CM_WRITE_NEW, 0644 };

	if (e == NULL)
		return cm_err_set(&o->t.err, CM_E_NOTFOUND, "no template %s; --template list prints their names", o->template);
	fill_in(o, e->bytes);
	if (!cm_buf_ok(&o->text))
		return cm_err_set(&o->t.err, CM_E_NOMEM, "out of memory");
	return cm_whole_write(o->out, cm_buf_span(&o->text), mode, &o->t.err);
}

static enum cm_exit
make_new(struct own *o)
{
	enum cm_exit code = CM_EXIT_OK;

	if (write_new(o) != CM_OK)
		return cm_cli_error(o->t.ctx, NULL, &o->t.err, NULL);
	if (o->t.json)
		return cm_cli_settled(o->t.ctx, "file", o->out, true);
	fprintf(o->t.ctx->out,
	    "%s is a charter to be edited: other members' lines (`comity charter member' of each), and the rules.\n"
	    "`comity charter check %s' says what they allow; `comity charter propose %s' signs it.\n",
	    o->out, o->out, o->out);
	return code;
}

static enum cm_exit
run_either(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct own o = { .t = { .ctx = ctx }, .template = "joint-team", .out = "charter.md" };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == 'o')
			o.out = a.value;
		else if (id == OPT_JSON)
			o.t.json = true;
		else if (id == OPT_RECIPIENT)
			o.recipient = a.value;
		else if (id == OPT_TEMPLATE)
			o.template = a.value;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, command, "it takes no operand");
	if (command == &cm_command_charter_new && strcmp(o.template, "list") == 0)
		return list_templates(&o);
	code = cm_cli_team_begin(&o.t);
	if (code == CM_EXIT_OK && make_line(&o) != CM_OK)
		code = cm_cli_error(ctx, NULL, &o.t.err, NULL);
	if (code == CM_EXIT_OK)
		code = command == &cm_command_charter_new ? make_new(&o) : print_line(&o);
	cm_buf_release(&o.line);
	cm_buf_release(&o.text);
	cm_cli_team_end(&o.t);
	return code;
}

static enum cm_exit
run_member(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_member, argc, argv, ctx);
}

static enum cm_exit
run_new(int argc, char **argv, const struct cm_context *ctx)
{
	return run_either(&cm_command_charter_new, argc, argv, ctx);
}

const struct cm_command cm_command_charter_member = {
	.name = "charter member",
	.run = run_member,
	.flags = CM_COMMAND_CASE,
	.line = "Prints this party's line for the list of members, for whoever writes the charter",
	.options = member_options,
	.more = "Have its fingerprint compared over another channel: who changes the line on its way\n"
		"signs in this party's place.\n",
};

const struct cm_command cm_command_charter_new = {
	.name = "charter new",
	.run = run_new,
	.flags = CM_COMMAND_CASE,
	.line = "Writes a charter to begin with, this party's line filled in",
	.options = new_options,
};
