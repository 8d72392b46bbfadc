#include <inttypes.h>
#include <string.h>

#include "cli/serve.h"
#include "os/stop.h"

bool
cm_serve_option(const struct cm_args *a, int id, struct cm_serve *s)
{
	if (id == CM_SERVE_ADDRESS)
		s->address = a->value;
	return id == CM_SERVE_ADDRESS ||
	    (id == CM_SERVE_PORT && cm_args_number(a, "port", UINT16_MAX, &s->port));
}

static void
say(void *arg, const struct cm_err *err)
{
	cm_cli_say(arg, "%s", err->text);
}

struct cm_trouble
cm_serve_trouble(const struct cm_context *ctx)
{
	/* the context is only read, by a function that takes it so */
	return (struct cm_trouble) { say, (void *)(uintptr_t)ctx };
}

enum cm_exit
cm_serve_run(const struct cm_context *ctx, const struct cm_serve *s, const struct cm_http_site *site,
    size_t body_max)
{
	const char *address = s->address != NULL ? s->address : "127.0.0.1";
	bool v6 = strchr(address, ':') != NULL;
	struct cm_http_server_new fresh = { .address = address, .port = (uint16_t)s->port,
		.limits = { .body = body_max }, .site = site, .n_sites = 1 };
	struct cm_http_server *server = NULL;
	struct cm_err err = { 0 };

	if (cm_stop_begin() != CM_OK || cm_http_server_start(&fresh, &server, &err) != CM_OK)
		return cm_cli_error(ctx, NULL, &err, NULL);
	fprintf(ctx->out, "http://%s%s%s:%" PRIu16 "/\n", v6 ? "[" : "", address, v6 ? "]" : "",
	    cm_http_server_port(server));
	fflush(ctx->out);
	cm_stop_wait();
	cm_http_server_stop(server);
	return CM_EXIT_OK;
}
