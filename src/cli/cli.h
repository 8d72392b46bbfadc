/* cli/cli.h -- what every subcommand gets, and the little they share.
 *
 * One file a subcommand, which exports one `const struct cm_command`; cli/commands.c
 * lists them.  A command writes its data to ctx->out and its talk to ctx->err, and
 * returns an exit code; main makes sure that what was written has arrived.  Only
 * main reads the environment.
 *
 * To add one: write src/cli/NAME.c, add it to src/cli/meson.build and to
 * cli/commands.c, and write man/comity-NAME.1.scd (a test compares its options). */
#ifndef CM_CLI_CLI_H
#define CM_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

enum cm_exit {
	CM_EXIT_OK = 0,
	CM_EXIT_FINDINGS = 1, /* inspect, investigate: something was found */
	CM_EXIT_REFUSED = 1,  /* verify, disclose: no */
	CM_EXIT_USAGE = 2,
	CM_EXIT_CANNOT = 3,
	CM_EXIT_MALFORMED = 4,
	CM_EXIT_PARTLY = 5 /* verify: all holds, not all could be redone */
};

/* What the world outside looks like.  Borrowed strings, NULL where not set. */
struct cm_context {
	const char *program; /* "comity" */
	FILE *out, *err;
	bool out_tty, err_tty;
	bool out_colour, err_colour;
	int width;		 /* of stdout in columns; 80 if unknown */
	const char *case_folder; /* --case, or COMITY_CASE */
	const char *agent;	 /* SSH_AUTH_SOCK */
	const char *home;	 /* HOME */
	const char *tmp;	 /* TMPDIR; or NULL */
};

/* One option.  ${id} is what cm_args_next returns: a letter makes it a short
 * option too, anything from CM_OPT up has only its long name. */
#define CM_OPT 256
struct cm_option {
	int id;
	const char *name; /* "json" */
	const char *arg;  /* "FILE"; NULL: takes none */
	const char *help;
};

enum cm_command_flag {
	CM_COMMAND_CASE = 1, /* works on a case folder */
	CM_COMMAND_MORE = 2  /* not in the short list */
};

struct cm_command {
	const char *name; /* "seal"; of a part of a group "log show" */
	enum cm_exit (*run)(int argc, char **argv, const struct cm_context *ctx); /* argv[0]: its name */
	unsigned flags; /* enum cm_command_flag */
	const char *line;     /* what it does, in one line */
	const char *operands; /* "FILE..." */
	const struct cm_option *options; /* ends with {0}; --help is always there */
	const char *more; /* paragraphs for `help`; may be NULL */
	const struct cm_command *const *parts; /* of a group, ends with NULL; else NULL */
};

/* cli/commands.c: ends with NULL. */
extern const struct cm_command *const cm_commands[];
const struct cm_command *cm_command_find(const char *name); /* NULL: none */

/* The part of a group by its second word; NULL: none, or no group. */
const struct cm_command *cm_command_part(const struct cm_command *group, const char *word);

/* What a group does: runs the part that its first argument names. */
enum cm_exit cm_cli_group(
    const struct cm_command *group, int argc, char **argv, const struct cm_context *ctx);

/* cli/args.c: options in any order among the operands; `--` ends them.
 *
 *	struct cm_args a = cm_args_of(&cm_command_inspect, argc, argv, ctx);
 *	while ((id = cm_args_next(&a)) != CM_ARGS_END)
 *		switch (id) { case 'o': out = a.value; break; ... default: return CM_EXIT_USAGE; }
 *	for (i = 0; i < a.n; i++) ... a.operand[i] ...
 *
 * CM_ARGS_BAD: it has been said on ctx->err what was wrong; return CM_EXIT_USAGE. */
enum { CM_ARGS_END = -1, CM_ARGS_BAD = -2 };
struct cm_args {
	const struct cm_command *command;
	const struct cm_context *ctx;
	char **argv;
	int argc, at;
	const char *value; /* of the option just returned; NULL if it takes none */
	char **operand;	   /* all others, in order; complete at CM_ARGS_END */
	int n;
};
struct cm_args cm_args_of(const struct cm_command *command, int argc, char **argv,
    const struct cm_context *ctx);
int cm_args_next(struct cm_args *a);

/* Of a command whose only option is --json (the id is given): takes it, and puts the operands in
 * order.  False: CM_EXIT_USAGE. */
bool cm_args_json(struct cm_args *a, int id_json, bool *json);

/* "comity NAME: ...; `comity help NAME` ..." on ctx->err; returns CM_EXIT_USAGE. */
enum cm_exit cm_cli_usage(const struct cm_context *ctx, const struct cm_command *command,
    const char *fmt, ...) CM_PRINTF(3, 4);

/* A decimal number 0..${max}, nothing else.  On false it has been said. */
bool cm_args_number(const struct cm_args *a, const char *option, uint64_t max, uint64_t *out);

/* --threads: 1..CM_POOL_THREADS_MAX.  On false it has been said. */
bool cm_args_threads(const struct cm_args *a, unsigned *out);

/* A time as base/time.h reads it, in nanoseconds since 1970.  On false it has been said. */
bool cm_args_time(const struct cm_args *a, const char *option, int64_t *out);

/* Opens a file to be written to, new or empty.  On NULL it has been said. */
FILE *cm_cli_create(const struct cm_context *ctx, const char *path);

/* cli/say.c */

/* "comity: FILE: offset N: what was expected; REST" on ctx->err; file and rest may
 * be NULL.  Returns the exit code for err->code. */
enum cm_exit cm_cli_error(const struct cm_context *ctx, const char *file, const struct cm_err *err,
    const char *rest);
enum cm_exit cm_exit_of(enum cm_result code);

/* "comity: ..." on ctx->err. */
void cm_cli_say(const struct cm_context *ctx, const char *fmt, ...) CM_PRINTF(2, 3);

/* Prints what a writer of JSON put into ${b}, and a newline, and releases it. */
struct cm_buf;
enum cm_exit cm_cli_json(const struct cm_context *ctx, struct cm_buf *b);

/* What a command settled: "NAME  VALUE", or {"NAME": "VALUE"}. */
enum cm_exit cm_cli_settled(
    const struct cm_context *ctx, const char *name, const char *value, bool json);

/* Text that others wrote: control characters, bytes that are no UTF-8 and such as
 * turn the direction of writing come out as \xNN, so that no file can write to
 * somebody's terminal. */
void cm_cli_text(FILE *f, struct cm_span text);

/* Ends the output: flushes, and if anything of it did not arrive (disk full, pipe
 * closed) says so and returns CM_EXIT_CANNOT; else ${code}. */
enum cm_exit cm_cli_finish(const struct cm_context *ctx, enum cm_exit code);

/* Escape sequences, or "" where colour is not wanted. */
struct cm_paint {
	const char *bold, *dim, *red, *green, *yellow, *plain;
};
struct cm_paint cm_paint_of(bool colour);

/* cli/table.c: rows of text in columns, printed when all widths are known.  Cells are
 * copied into the arena; when that is full, cm_table_row fails. */
#define CM_TABLE_COLUMNS 12
struct cm_table_row;
struct cm_table {
	struct cm_arena *arena;
	unsigned columns;
	struct cm_table_row *first, *last;
};
struct cm_table cm_table_of(struct cm_arena *arena, unsigned columns);
CM_RESULT cm_table_row(struct cm_table *t, const char *const *cells);
/* The first row stands in bold where ${paint} has it; cells are written by cm_cli_text. */
void cm_table_print(const struct cm_table *t, FILE *f, const struct cm_paint *paint);

/* cli/confined.c: runs ${run} in a confined child (os/confine.h) whose exit code it
 * returns.  ${fds} stay open in it, besides 0, 1 and 2; nothing else does.  ${file} is
 * named if the child is stopped. */
struct cm_confined {
	const char *file;
	const int *fds;
	size_t n_fds;
	enum cm_exit (*run)(void *arg, const struct cm_context *ctx);
	void *arg;
	bool unconfined; /* --no-confine: a child, but with all rights */
	/* What else the child answers, behind its run: appended to ${result} of the parent.  NULL: nothing. */
	struct cm_buf *result;
	struct cm_span (*answer)(void *arg);
};
enum cm_exit cm_cli_confined(const struct cm_context *ctx, const struct cm_confined *job);

#endif
