/* gen/weblog.h -- a web server's log beside the capture. */
#ifndef GEN_WEBLOG_H
#define GEN_WEBLOG_H

#include "world.h"

struct gen_line {
	const char *client;
	uint16_t port;
	int64_t came; /* by the host's clock */
	const struct gen_ask *ask;
	const struct gen_asked *got;
};

/* Written when the request is done, at ${t} of ${s}. */
void gen_log_line(struct gen_sim *s, uint8_t form, int64_t t, const struct gen_line *l);

#endif
