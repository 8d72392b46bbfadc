/* `comity assess new`: an assessment to begin with, which explains itself. */
#include "cli/assess_new.h"

#include <string.h>

#include "assess/text.h"
#include "cli/assess_load.h"
#include "cli/case_registry.h"
#include "cli/commands.h"
#include "os/private.h"

enum { OPT_TITLE = CM_OPT, OPT_PARTY, OPT_LAYER, OPT_ACTORS, OPT_FINDING };

static const struct cm_option options[] = {
	{ OPT_TITLE, "title", "TITLE", "what is asked: Who did it? (default)" },
	{ OPT_PARTY, "party", "NAME", "whose assessment it is; in a case folder its party, if not said" },
	{ OPT_LAYER, "layer", "LAYER", "may be given again; organisation and state, if not said" },
	{ OPT_ACTORS, "actors", "NAMES", "who may have done it: A,B (default); at most 8" },
	{ OPT_FINDING, "finding", "LIST", "an item for these findings of the case (1,3-5), or for `all', floods and chains too" },
	{ 'o', "out", "FILE", "write it there; printed, if not said" },
	{ 0 },
};

#define OTHER 3000u /* of ten thousand: the least prior of `other' */

static void
put_head(struct cm_assess_begin *b)
{
	cm_buf_printf(&b->text,
	    "assessment 1\n"
	    "# An assessment: who may have done it, what speaks for whom, how strongly.  docs/assessments.md explains every line.\n"
	    "# Lines that begin with # are comments; they stay in this file and are never sealed or shown.\n"
	    "#\n"
	    "# What is left to do, in this order:\n"
	    "#   1. name the hypotheses, and say why their priors are what they are;\n"
	    "#   2. add an item for each piece of evidence, also for what was looked for and not found;\n"
	    "#   3. give each item a likelihood for each hypothesis; what nobody has given yet is `?';\n"
	    "#   4. `comity assess check FILE' says what is missing, `comity assess show FILE' what it comes to.\n\n"
	    "title %s\n", b->title);
	if (b->party != NULL)
		cm_buf_printf(&b->text, "party %s\n", b->party);
	else
		cm_buf_add_str(&b->text, "# party NAME   (whose assessment this is)\n");
	cm_buf_add_str(&b->text,
	    "# about TEXT   (more about what is asked: when, where, what happened)\n\n"
	    "# Items of one group look at one thing: the strongest counts whole, each other one 1 - rho.  0.8 if not said.\n"
	    "# rho code 0.8 because \"three looks at one source tree\"\n\n");
}

static size_t
hypotheses_of(const struct cm_assess_begin *b, enum cm_layer layer)
{
	size_t n = b->n_actors;

	return n + n * (n - 1) + (cm_assess_begin_kinds(layer) ? n + 1 : 0);
}

static void
put_prior(struct cm_assess_begin *b, unsigned prior)
{
	cm_buf_printf(&b->text, "  prior  0.%04u\n", prior);
}

static void
put_kinds(struct cm_assess_begin *b, unsigned prior)
{
	cm_buf_add_str(&b->text, "# Whom a state pays, steers or lets be; `degree' says which of these.\n");
	for (size_t i = 0; i < b->n_actors; i++) {
		cm_buf_printf(&b->text, "hypothesis state %s-sponsored\n  text   a group that %s sponsors\n  kind   state-sponsored\n"
					"  degree encouraged\n", b->actor[i], b->actor[i]);
		put_prior(b, prior);
	}
	cm_buf_add_str(&b->text, "hypothesis state criminals\n  text   criminals, for money, with no state behind them\n"
				 "  kind   criminal\n");
	put_prior(b, prior);
}

static void
put_layer(struct cm_assess_begin *b, enum cm_layer layer)
{
	const char *word = cm_layer_word(layer);
	size_t n = hypotheses_of(b, layer);
	unsigned prior = (unsigned)((10000 - OTHER) / n);
	bool kinds = cm_assess_begin_kinds(layer), below = (b->layers >> CM_LAYER_ORGANISATION & 1) != 0;

	cm_buf_printf(&b->text,
	    "# ---- Layer %s: %s ----\n"
	    "# Priors are what you thought before any item; here all are equal.  They sum to 1.  Say why: because \"...\"; and what you\n"
	    "# would also accept: prior 0.2 admits 0.1 to 0.3 because \"...\".\n\n", word, b->registry.layer_text[layer]);
	for (size_t i = 0; i < b->n_actors; i++) {
		cm_buf_printf(&b->text, "hypothesis %s %s\n  text   %s, in its own way\n", word, b->actor[i], b->actor[i]);
		if (kinds)
			cm_buf_add_str(&b->text, "  kind   state\n  # prohibited, prohibited-but-inadequate, ignored, encouraged, shaped, "
						 "coordinated, ordered, rogue-conducted, executed, integrated\n  degree executed\n");
		if (kinds && below)
			cm_buf_printf(&b->text, "  # the state can hardly be likelier than its organisation:\n  needs  organisation %s\n",
			    b->actor[i]);
		put_prior(b, prior);
	}
	if (kinds)
		put_kinds(b, prior);
	cm_buf_add_str(&b->text, "# A deceiver has no likelihoods of its own: what is planted looks like the one it is planted on.\n"
				 "# A pair that need not be looked at is said instead: without LAYER B>A because \"...\"\n");
	for (size_t pair = 0; pair < b->n_actors * b->n_actors; pair++) {
		const char *by = b->actor[pair / b->n_actors], *as = b->actor[pair % b->n_actors];

		if (by == as)
			continue;
		cm_buf_printf(&b->text, "hypothesis %s %s>%s\n  text   %s, made to look like %s\n", word, by, as, by, as);
		put_prior(b, prior);
	}
	cm_buf_printf(&b->text, "# Somebody nobody thought of.  No small number: 0.3 at least, unless there is a reason.\n"
				"hypothesis %s other\n", word);
	put_prior(b, 10000 - prior * (unsigned)n);
	cm_buf_add_str(&b->text, "\n");
}

static void
put_example(struct cm_assess_begin *b)
{
	cm_buf_add_str(&b->text,
	    "# ---- Items ----\n"
	    "# One for each piece of evidence.  `comity types' lists the types; `comity assess new --finding all' in a case folder\n"
	    "# writes one for each finding of the case.  Without the # at the beginning of the lines this is one:\n"
	    "#\n"
	    "# item config-key\n"
	    "#   text   the configuration key is also on a private server of B\n"
	    "#   type   N4\n"
	    "#   rests  finding 64-HEX-DIGITS-OF-THE-STATEMENT\n"
	    "#   view   own\n");
	for (unsigned k = 0; k < CM_LAYERS; k++)
		if ((b->layers >> k & 1) != 0)
			cm_buf_printf(&b->text, "#   %s %s ?\n", cm_layer_word((enum cm_layer)k), b->actor[0]);
	cm_buf_add_str(&b->text, "#   (a line for each hypothesis that is no deceiver: 0.3, or 0.3 to 0.5 because \"...\")\n\n");
}

/* It teaches nothing if it can not be read. */
static CM_RESULT
read_again(struct cm_assess_begin *b, struct cm_err *err)
{
	struct cm_assessment a;

	if (!cm_buf_ok(&b->text))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	return cm_assess_text_read(cm_buf_span(&b->text), &b->registry, &b->arena, &a, NULL, err);
}

static enum cm_exit
make(struct cm_assess_begin *b, const char *out)
{
	struct cm_err err = { 0 };
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result rc;

	put_head(b);
	for (int k = 0; k < CM_LAYERS; k++)
		if ((b->layers >> k & 1) != 0)
			put_layer(b, (enum cm_layer)k);
	put_example(b);
	if (b->findings != NULL)
		code = cm_assess_begin_items(b);
	if (code != CM_EXIT_OK)
		return code;
	rc = read_again(b, &err);
	if (rc == CM_OK && out != NULL)
		rc = cm_whole_write(out, cm_buf_span(&b->text), (struct cm_write_mode) { CM_WRITE_NEW, 0644 }, &err);
	else if (rc == CM_OK)
		fwrite(b->text.ptr, 1, b->text.len, b->ctx->out);
	return rc == CM_OK ? CM_EXIT_OK : cm_cli_error(b->ctx, out, &err, NULL);
}

/* In a case folder it is that party's, if nobody says otherwise, and evidence is weighed as its charter has it. */
static CM_RESULT
look_for_case(struct cm_assess_begin *b, struct cm_err *err)
{
	struct cm_case *c = NULL;
	enum cm_result rc = cm_assess_case(b->ctx, &c, err);

	if (rc == CM_OK)
		rc = cm_case_registry(c, &b->arena, &b->registry, err);
	if (rc == CM_OK && c != NULL && b->party == NULL) {
		b->party = cm_arena_copy(&b->arena, cm_case_self(c)->name, strlen(cm_case_self(c)->name) + 1);
		rc = b->party != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	cm_case_close(c);
	return rc;
}

/* "A,B": names that differ, and none of them one that stands there already. */
static bool
read_actors(struct cm_assess_begin *b, const struct cm_args *a, const char *list)
{
	const char *why = "--actors is A,B: names of letters, digits, - _ and . , none of them twice, at most 8";

	for (b->n_actors = 0; list != NULL && b->n_actors < CM_ASSESS_ACTORS;) {
		const char *comma = strchr(list, ',');
		size_t len = comma != NULL ? (size_t)(comma - list) : strlen(list);
		char *name = cm_arena_printf(&b->arena, "%.*s", (int)(len < 100 ? len : 100), list);
		bool ok = name != NULL && cm_assess_name_ok(cm_span_str(name)) && len + strlen("-sponsored") <= CM_ASSESS_NAME &&
			  strcmp(name, CM_ASSESS_OTHER) != 0 && strcmp(name, "criminals") != 0 && strstr(name, "-sponsored") == NULL;

		for (size_t i = 0; ok && i < b->n_actors; i++)
			ok = strcmp(b->actor[i], name) != 0;
		if (!ok) {
			(void)cm_cli_usage(a->ctx, a->command, "%s", why);
			return false;
		}
		b->actor[b->n_actors++] = name;
		list = comma != NULL ? comma + 1 : NULL;
	}
	if (list != NULL)
		(void)cm_cli_usage(a->ctx, a->command, "%s", why);
	return list == NULL;
}

/* Titles and parties end up in a line of their own. */
static bool
one_line(const struct cm_args *a, const char *option)
{
	bool ok = a->value[0] != '\0' && a->value[0] != ' ';

	for (const char *c = a->value; *c != '\0'; c++)
		ok = ok && (unsigned char)*c >= 0x20;
	if (!ok)
		(void)cm_cli_usage(a->ctx, a->command, "--%s is one line of text", option);
	return ok;
}

static bool
take_option(struct cm_assess_begin *b, const struct cm_args *a, int id, const char **out)
{
	int layer;

	switch (id) {
	case OPT_TITLE:
		b->title = a->value;
		return one_line(a, "title");
	case OPT_PARTY:
		b->party = a->value;
		return one_line(a, "party");
	case OPT_LAYER:
		layer = cm_layer_find(a->value);
		if (layer < 0)
			(void)cm_cli_usage(a->ctx, a->command, "--layer is machine, operator, organisation, state or beneficiary");
		b->layers |= layer < 0 ? 0 : 1u << layer;
		return layer >= 0;
	case OPT_ACTORS:
		return read_actors(b, a, a->value);
	case OPT_FINDING:
		b->findings = a->value;
		return true;
	case 'o':
		*out = a->value;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
begin(struct cm_assess_begin *b, struct cm_args *a)
{
	const char *out = NULL;
	struct cm_err err = { 0 };
	int id;

	if (!read_actors(b, a, "A,B"))
		return CM_EXIT_CANNOT;
	while ((id = cm_args_next(a)) != CM_ARGS_END)
		if (!take_option(b, a, id, &out))
			return CM_EXIT_USAGE;
	if (a->n > 0)
		return cm_cli_usage(a->ctx, a->command, "it takes no file; --out says where it goes");
	if (look_for_case(b, &err) != CM_OK)
		return cm_cli_error(b->ctx, NULL, &err, NULL);
	if (b->layers == 0)
		b->layers = 1u << CM_LAYER_ORGANISATION | 1u << CM_LAYER_STATE;
	return make(b, out);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_assess_new, argc, argv, ctx);
	struct cm_assess_begin b = { .ctx = ctx, .title = "Who did it?" };
	enum cm_exit code;

	cm_arena_init(&b.arena, 0);
	code = begin(&b, &a);
	cm_buf_release(&b.text);
	cm_arena_fini(&b.arena);
	return cm_cli_finish(ctx, code);
}

const struct cm_command cm_command_assess_new = {
	.name = "assess new",
	.run = run,
	.line = "Writes an assessment to begin with, which explains itself",
	.operands = "",
	.options = options,
	.more = "Hypotheses for each actor, for each who poses as another, and `other', with equal priors.\n"
		"With --finding, in a case folder, also an item for each finding asked for, with its statement,\n"
		"type, group, forge class, cost and form, and `?' for every number: those people have to give.\n",
};
