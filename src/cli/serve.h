/* cli/serve.h -- serving a site until the program is told to stop; shared by log and witness. */
#ifndef CM_CLI_SERVE_H
#define CM_CLI_SERVE_H

#include "cli/cli.h"
#include "node/http_server.h"
#include "node/trouble.h"

enum { CM_SERVE_ADDRESS = CM_OPT + 32, CM_SERVE_PORT };
/* Lines of a table of options. */
#define CM_SERVE_OPTIONS \
	{ CM_SERVE_ADDRESS, "address", "IP", "listen here (default: 127.0.0.1, which only this machine reaches)" }, \
	{ CM_SERVE_PORT, "port", "N", "and at this port (default: any that is free)" }

struct cm_serve {
	const char *address; /* NULL: 127.0.0.1 */
	uint64_t port;	     /* 0: any */
};

/* Takes one of these options.  False: it is none of them, or its value is wrong, which has been said. */
bool cm_serve_option(const struct cm_args *a, int id, struct cm_serve *s);

/* Prints where it serves, one line, on ctx->out, and returns when it was told to stop. */
enum cm_exit cm_serve_run(const struct cm_context *ctx, const struct cm_serve *s,
    const struct cm_http_site *site, size_t body_max);

/* Says on ctx->err what went wrong on the own side. */
struct cm_trouble cm_serve_trouble(const struct cm_context *ctx);

#endif
