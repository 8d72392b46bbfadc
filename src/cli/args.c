#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "cli/cli.h"
#include "os/pool.h"

struct cm_args
cm_args_of(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx)
{
	return (struct cm_args) { .command = command, .ctx = ctx, .argv = argv, .argc = argc,
		.at = 1, .operand = argv + 1 };
}

enum cm_exit
cm_cli_usage(const struct cm_context *ctx, const struct cm_command *command, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(ctx->err, "%s %s: ", ctx->program, command->name);
	cm_cli_text(ctx->err, cm_span_str(text));
	fprintf(ctx->err, "; `%s help %s` says what it takes\n", ctx->program, command->name);
	return CM_EXIT_USAGE;
}

static const struct cm_option *
by_name(const struct cm_command *c, const char *name, size_t len)
{
	const struct cm_option *o;

	for (o = c->options; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static const struct cm_option *
by_letter(const struct cm_command *c, char letter)
{
	const struct cm_option *o;

	for (o = c->options; o != NULL && o->name != NULL; o++)
		if (o->id < CM_OPT && o->id == letter)
			return o;
	return NULL;
}

static int
bad(const struct cm_args *a, const char *what, const char *word)
{
	cm_cli_usage(a->ctx, a->command, "%s %s", what, word);
	return CM_ARGS_BAD;
}

/* --name, --name=value, --name value */
static int
long_option(struct cm_args *a, const char *word)
{
	const char *eq = strchr(word, '=');
	size_t len = eq != NULL ? (size_t)(eq - word) : strlen(word);
	const struct cm_option *o = by_name(a->command, word + 2, len - 2);

	if (o == NULL)
		return bad(a, "there is no option", word);
	if (o->arg == NULL)
		return eq == NULL ? o->id : bad(a, "this option takes no value:", word);
	if (eq == NULL && a->at == a->argc)
		return bad(a, "a value is missing behind", word);
	a->value = eq != NULL ? eq + 1 : a->argv[a->at++];
	return o->id;
}

/* -o value, -ovalue; letters are not bundled */
static int
short_option(struct cm_args *a, const char *word)
{
	const struct cm_option *o = by_letter(a->command, word[1]);

	if (o == NULL || (o->arg == NULL && word[2] != 0))
		return bad(a, "there is no option", word);
	if (o->arg == NULL)
		return o->id;
	if (word[2] == 0 && a->at == a->argc)
		return bad(a, "a value is missing behind", word);
	a->value = word[2] != 0 ? word + 2 : a->argv[a->at++];
	return o->id;
}

int
cm_args_next(struct cm_args *a)
{
	char *word;

	a->value = NULL;
	while (a->at < a->argc) {
		word = a->argv[a->at++];
		if (strcmp(word, "--") == 0)
			break;
		if (strncmp(word, "--", 2) == 0)
			return long_option(a, word);
		if (word[0] == '-' && word[1] != 0)
			return short_option(a, word);
		/* Operands move to the front, over what has been read already. */
		a->operand[a->n++] = word;
	}
	while (a->at < a->argc)
		a->operand[a->n++] = a->argv[a->at++];
	return CM_ARGS_END;
}

bool
cm_args_json(struct cm_args *a, int id_json, bool *json)
{
	int id;

	*json = false;
	while ((id = cm_args_next(a)) != CM_ARGS_END) {
		if (id != id_json)
			return false;
		*json = true;
	}
	return true;
}

bool
cm_args_number(const struct cm_args *a, const char *option, uint64_t max, uint64_t *out)
{
	const char *s = a->value;
	uint64_t v = 0, digit;

	if (s == NULL || *s == 0)
		s = "x";
	for (; *s >= '0' && *s <= '9'; s++) {
		digit = (uint64_t)(*s - '0');
		if (digit > max || v > (max - digit) / 10)
			break;
		v = v * 10 + digit;
	}
	if (*s != 0) {
		cm_cli_usage(a->ctx, a->command, "--%s wants a whole number up to %llu, not %s", option,
		    (unsigned long long)max, a->value != NULL ? a->value : "nothing");
		return false;
	}
	*out = v;
	return true;
}

bool
cm_args_threads(const struct cm_args *a, unsigned *out)
{
	uint64_t n;

	if (!cm_args_number(a, "threads", CM_POOL_THREADS_MAX, &n))
		return false;
	if (n == 0) {
		cm_cli_usage(a->ctx, a->command, "--threads: at least one is needed");
		return false;
	}
	*out = (unsigned)n;
	return true;
}

bool
cm_args_time(const struct cm_args *a, const char *option, int64_t *out)
{
	if (a->value != NULL && cm_time_parse(cm_span_str(a->value), out) == CM_OK)
		return true;
	cm_cli_usage(a->ctx, a->command,
	    "--%s %s: a time is 2015-03-18, 2015-03-18T11:00:00Z or @SECONDS", option,
	    a->value != NULL ? a->value : "");
	return false;
}

FILE *
cm_cli_create(const struct cm_context *ctx, const char *path)
{
	FILE *f = fopen(path, "we");

	if (f == NULL)
		cm_cli_say(ctx, "%s: cannot be written", path);
	return f;
}
