/* `comity consent': what the victim allows to be shown, and until when. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "charter/vocabulary.h"
#include "cli/commands.h"
#include "cli/consents.h"
#include "codec/rfc3339.h"

#define LIST_MAX 64u

enum { OPT_JSON = CM_OPT, OPT_TYPES, OPT_PURPOSES, OPT_TO, OPT_UNTIL };

static const struct cm_option give_options[] = {
	{ OPT_TYPES, "types", "LIST", "evidence types, N1,N3 (default: any)" },
	{ OPT_PURPOSES, "for", "LIST", "purposes, as the rules name them (default: any)" },
	{ OPT_TO, "to", "NAME", "a member it may be shown to; again for more (default: any member of now)" },
	{ OPT_UNTIL, "until", "TIME", "a day, 2026-12-31, or a time, 2026-12-31T12:00:00Z, up to which it holds" },
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sig (default: consent)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};
static const struct cm_option revoke_options[] = {
	{ 'o', "out", "NAME", "write NAME.json and NAME.json.sig (default: consent-revoked)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};
static const struct cm_option show_options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct consent {
	struct cm_cli_team t;
	const char *out, *which;
	struct cm_consent_v1 v;
	const char *types[LIST_MAX], *purposes[LIST_MAX], *to[LIST_MAX];
};

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ascending, each once. */
static void
sort(struct cm_words *l, const char **list)
{
	size_t n = 0;

	qsort(list, l->n, sizeof(*list), compare);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || strcmp(list[n - 1], list[i]) != 0)
			list[n++] = list[i];
	*l = (struct cm_words) { list, n };
}

static enum cm_result
add(struct consent *c, struct cm_words *l, const char **list, struct cm_span word)
{
	if (word.len == 0 || l->n == LIST_MAX)
		return cm_err_set(&c->t.err, CM_E_USAGE, "a list of 1 to %u words, with commas between them", LIST_MAX);
	list[l->n] = cm_arena_printf(&c->t.arena, "%.*s", (int)word.len, (const char *)word.ptr);
	if (list[l->n++] == NULL)
		return cm_err_set(&c->t.err, CM_E_NOMEM, "out of memory");
	return CM_OK;
}

static enum cm_result
split(struct consent *c, struct cm_words *l, const char **list, const char *text)
{
	enum cm_result r = CM_OK;

	for (const char *comma; r == CM_OK && (comma = strchr(text, ',')) != NULL; text = comma + 1)
		r = add(c, l, list, cm_span_of(text, (size_t)(comma - text)));
	return r == CM_OK ? add(c, l, list, cm_span_str(text)) : r;
}

/* A day means all of it. */
static enum cm_result
read_until(struct consent *c, const char *text)
{
	const char *full = strchr(text, 'T') != NULL ? text : cm_arena_printf(&c->t.arena, "%sT23:59:59Z", text);

	c->v.has_until = true;
	if (full == NULL || cm_rfc3339_parse(cm_span_str(full), &c->v.until) != CM_OK)
		return cm_err_set(&c->t.err, CM_E_USAGE, "--until: a day, 2026-12-31, or a time, 2026-12-31T12:00:00Z");
	return CM_OK;
}

/* A word that no rule knows would be a consent for nothing. */
static enum cm_result
check_words(struct consent *c, enum cm_asks ask, const struct cm_words *l, const struct cm_vocabulary *v)
{
	const struct cm_attribute *a = &v->attribute[ask];

	for (size_t i = 0; i < l->n; i++) {
		size_t k = 0;

		while (k < a->n_words && strcmp(a->words[k], l->word[i]) != 0)
			k++;
		if (k == a->n_words)
			return cm_err_set(&c->t.err, CM_E_USAGE, "%s: no such %s", l->word[i], a->name);
	}
	return CM_OK;
}

static enum cm_result
check_given(struct consent *c)
{
	const struct cm_members *m = &c->t.team.in_force->file.says.members;
	struct cm_charter says;
	enum cm_result r = cm_cli_charter_read(c->t.team.in_force->file.text, &c->t.arena, &says, &c->t.err);

	if (r == CM_OK)
		r = check_words(c, CM_ASKS_TYPE, &c->v.types, says.vocabulary);
	if (r == CM_OK)
		r = check_words(c, CM_ASKS_PURPOSE, &c->v.purposes, says.vocabulary);
	for (size_t i = 0; r == CM_OK && i < c->v.to.n; i++)
		if (cm_members_named(m, c->v.to.word[i]) == NULL)
			r = cm_err_set(&c->t.err, CM_E_USAGE, "%s is no member", c->v.to.word[i]);
	return r;
}

static enum cm_result
check_victim(struct consent *c)
{
	const struct cm_member *self;
	enum cm_result r = cm_cli_team_self(&c->t, &self);

	if (r == CM_OK && self->role != CM_MEMBER_VICTIM)
		r = cm_err_set(&c->t.err, CM_E_REFUSED, "only a victim gives consent, and this party is %s",
		    cm_member_role_word(self->role));
	return r;
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct consent *c = arg;

	cm_consent_v1_write(w, &c->v);
}

static enum cm_exit
say(struct consent *c, const uint8_t *supersedes, const char *what)
{
	struct cm_cli_saying s = { .type = CM_PREDICATE_CONSENT, .out = c->out, .supersedes = supersedes, .body = write_body, .arg = c };
	enum cm_exit code;

	s.charter = c->t.team.in_force->file.digest;
	memcpy(c->v.charter, s.charter, 32);
	code = cm_cli_team_say(&c->t, &s);
	return code == CM_EXIT_OK ? cm_cli_team_said(&c->t, &s, what) : code;
}

static enum cm_exit
give(struct consent *c)
{
	sort(&c->v.types, c->types);
	sort(&c->v.purposes, c->purposes);
	sort(&c->v.to, c->to);
	if (check_victim(c) != CM_OK || check_given(c) != CM_OK)
		return cm_cli_error(c->t.ctx, NULL, &c->t.err, "nothing was said");
	return say(c, NULL, "given          `comity consent show' lists it, `comity consent revoke' ends it");
}

/* Which one: the first digits of its digest. */
static enum cm_result
find(struct consent *c, size_t *out)
{
	size_t n = 0;
	bool ended = false;

	for (size_t i = 0; i < c->t.team.n_consents; i++) {
		const struct cm_consent_token *k = &c->t.team.consent[i];
		char hex[65] = { 0 };

		cm_hex_encode(cm_span_of(k->digest, 32), hex);
		if (k->says.revoked || strncmp(hex, c->which, strlen(c->which)) != 0 ||
		    strcmp(k->by.text, cm_case_self(c->t.c)->fingerprint) != 0)
			continue;
		ended = cm_consent_ended(k, c->t.team.consent, c->t.team.n_consents) != NULL;
		*out = i;
		n++;
	}
	if (n == 0 || strlen(c->which) < 4)
		return cm_err_set(&c->t.err, CM_E_NOTFOUND, "%s: no consent of this party begins so; at least 4 digits of those "
		    "that `comity consent show' prints", c->which);
	if (n > 1)
		return cm_err_set(&c->t.err, CM_E_USAGE, "%s: more than one begins so", c->which);
	return ended ? cm_err_set(&c->t.err, CM_E_REFUSED, "%s has ended already", c->which) : CM_OK;
}

static enum cm_exit
revoke(struct consent *c)
{
	size_t place = 0;

	if (check_victim(c) != CM_OK || find(c, &place) != CM_OK)
		return cm_cli_error(c->t.ctx, NULL, &c->t.err, "nothing was said");
	c->v = (struct cm_consent_v1) { .revoked = true };
	return say(c, c->t.team.consent[place].digest,
	    "revoked        for what is shown from now on; what was shown before stays with who has it");
}

static enum cm_exit
show(struct consent *c)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (!c->t.json) {
		cm_consents_print(&c->t, c->t.ctx->out);
		return CM_EXIT_OK;
	}
	cm_jsonw_object(&w);
	cm_consents_put(&w, &c->t);
	cm_jsonw_object_end(&w);
	return cm_cli_json(c->t.ctx, &b);
}

static bool
take_option(struct consent *c, const struct cm_args *a, int id)
{
	switch (id) {
	case 'o':
		c->out = a->value;
		return true;
	case OPT_JSON:
		c->t.json = true;
		return true;
	case OPT_TYPES:
		(void)split(c, &c->v.types, c->types, a->value);
		return true;
	case OPT_PURPOSES:
		(void)split(c, &c->v.purposes, c->purposes, a->value);
		return true;
	case OPT_TO:
		(void)add(c, &c->v.to, c->to, cm_span_str(a->value));
		return true;
	case OPT_UNTIL:
		(void)read_until(c, a->value);
		return true;
	default:
		return false;
	}
}

static enum cm_exit
run_part(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct consent c = { .t = { .ctx = ctx } };
	bool gives = command == &cm_command_consent_give, revokes = command == &cm_command_consent_revoke;
	enum cm_exit code;
	int id;

	code = cm_cli_team_begin(&c.t);
	c.out = gives ? "consent" : "consent-revoked";
	while (code == CM_EXIT_OK && (id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&c, &a, id))
			code = CM_EXIT_USAGE;
	if (code == CM_EXIT_OK && c.t.err.code != CM_OK)
		code = cm_cli_error(ctx, NULL, &c.t.err, "nothing was said");
	else if (code == CM_EXIT_OK && a.n != (revokes ? 1 : 0))
		code = cm_cli_usage(ctx, command, revokes ? "which consent?" : "it takes no operand");
	if (code == CM_EXIT_OK) {
		c.which = revokes ? a.operand[0] : NULL;
		code = gives ? give(&c) : revokes ? revoke(&c) : show(&c);
	}
	cm_cli_team_end(&c.t);
	return code;
}

static enum cm_exit
run_give(int argc, char **argv, const struct cm_context *ctx)
{
	return run_part(&cm_command_consent_give, argc, argv, ctx);
}

static enum cm_exit
run_revoke(int argc, char **argv, const struct cm_context *ctx)
{
	return run_part(&cm_command_consent_revoke, argc, argv, ctx);
}

static enum cm_exit
run_show(int argc, char **argv, const struct cm_context *ctx)
{
	return run_part(&cm_command_consent_show, argc, argv, ctx);
}

const struct cm_command cm_command_consent_give = {
	.name = "consent give",
	.run = run_give,
	.flags = CM_COMMAND_CASE,
	.line = "The victim allows what is about it to be shown",
	.options = give_options,
};

const struct cm_command cm_command_consent_revoke = {
	.name = "consent revoke",
	.run = run_revoke,
	.flags = CM_COMMAND_CASE,
	.line = "The victim ends a consent",
	.operands = "DIGEST",
	.options = revoke_options,
	.more = "DIGEST: the first digits, at least 4, that `comity consent show' prints.\n",
};

const struct cm_command cm_command_consent_show = {
	.name = "consent show",
	.run = run_show,
	.flags = CM_COMMAND_CASE,
	.line = "Which consents there are, and which of them hold",
	.options = show_options,
};

static const struct cm_command *const parts[] = { &cm_command_consent_give, &cm_command_consent_revoke,
	&cm_command_consent_show, NULL };

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return cm_cli_group(&cm_command_consent, argc, argv, ctx);
}

const struct cm_command cm_command_consent = {
	.name = "consent",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "What the victim allows to be shown of it, to whom, and until when",
	.operands = "PART",
	.more = "Only a member with the role victim gives consent.  Without a list of members it is for\n"
		"those who are in now: who joins later is not covered.\n",
	.parts = parts,
};
