/* The program: looks at the world once, finds the command, and sees to it that what
 * the command wrote has arrived. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "os/tty.h"

static struct cm_context
look_around(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return (struct cm_context) {
		.program = "comity",
		.out = stdout,
		.err = stderr,
		.out_tty = cm_tty_is(STDOUT_FILENO),
		.err_tty = cm_tty_is(STDERR_FILENO),
		.out_colour = cm_tty_colour(STDOUT_FILENO, no_color, term),
		.err_colour = cm_tty_colour(STDERR_FILENO, no_color, term),
		.width = cm_tty_width(STDOUT_FILENO),
		.case_folder = getenv("COMITY_CASE"),
		.agent = getenv("SSH_AUTH_SOCK"),
		.home = getenv("HOME"),
		.tmp = getenv("TMPDIR"),
	};
}

/* `comity X ... --help` is `comity help X`. */
static bool
wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || (i == 1 && strcmp(argv[i], "-h") == 0))
			return true;
	return false;
}

/* `--case FOLDER`, wherever it stands, is for every command: it is taken out.  False: the folder is missing. */
static bool
take_case(int *argc, char **argv, struct cm_context *ctx)
{
	int from = 1, to = 1;

	for (; from < *argc && strcmp(argv[from], "--") != 0; from++) {
		if (strncmp(argv[from], "--case=", 7) == 0) {
			ctx->case_folder = argv[from] + 7;
		} else if (strcmp(argv[from], "--case") == 0) {
			if (++from == *argc)
				return false;
			ctx->case_folder = argv[from];
		} else {
			argv[to++] = argv[from];
		}
	}
	for (; from < *argc; from++)
		argv[to++] = argv[from];
	argv[to] = NULL;
	*argc = to;
	return true;
}

static enum cm_exit
dispatch(int argc, char **argv, const struct cm_context *ctx)
{
	const struct cm_command *c;
	char *help[4] = { argv[0], NULL, NULL, NULL };
	bool part;

	if (argc < 2) {
		cm_cli_say(ctx, "which command?  `comity help` lists them");
		return CM_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cm_command_help.run(1, help, ctx);
	c = cm_command_find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (c == NULL) {
		cm_cli_say(ctx, "there is no command %s; `comity help` lists them", argv[1]);
		return CM_EXIT_USAGE;
	}
	if (!wants_help(argc - 1, argv + 1))
		return c->run(argc - 1, argv + 1, ctx);
	help[1] = argv[1];
	part = argc > 2 && cm_command_part(c, argv[2]) != NULL;
	help[2] = part ? argv[2] : NULL;
	return cm_command_help.run(part ? 3 : 2, help, ctx);
}

int
main(int argc, char **argv)
{
	struct cm_context ctx = look_around();

	/* A closed pipe is an error to report, not a death. */
	signal(SIGPIPE, SIG_IGN);
	if (!take_case(&argc, argv, &ctx)) {
		cm_cli_say(&ctx, "a folder is missing behind --case");
		return CM_EXIT_USAGE;
	}
	return (int)cm_cli_finish(&ctx, dispatch(argc, argv, &ctx));
}
