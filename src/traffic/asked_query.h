/* traffic/asked_query.h -- what a target and a referer tell by their form.
 *
 * Untrusted text: total, linear, and looks at CM_QUERY_MAX bytes of each.  Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_QUERY_H
#define CM_TRAFFIC_ASKED_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define CM_QUERY_MAX 2048u

/* What keeps a cache from answering: a value that is another one each time. */
enum cm_buster {
	CM_BUSTER_NONE,
	CM_BUSTER_MS,	      /* milliseconds since 1970, and it is now */
	CM_BUSTER_S,	      /* seconds */
	CM_BUSTER_MS_ELSE,    /* they look like it, by another clock */
	CM_BUSTER_S_ELSE,
	CM_BUSTER_FRACTION,   /* 0.123456: Math.random() */
	CM_BUSTER_NUMBER,     /* five digits or more */
	CM_BUSTER_HEX,	      /* eight or more, with a letter and a digit */
	CM_BUSTER_WORD,	      /* anything else of four characters or more */
	CM_BUSTERS
};

/* "milliseconds since 1970", ... */
const char *cm_buster_word(enum cm_buster b);

struct cm_query {
	enum cm_buster kind; /* of the value in the query (or the last part of the path) that comes first in the enum */
	struct cm_span value;
};

/* ${t_ns}: when it was asked. */
struct cm_query cm_query_look(struct cm_span target, int64_t t_ns);

/* The path of ${target}, without query; runs of eight digits and more are one "#". Into ${out}, which
 * has room for CM_PATH_MAX bytes and holds it. */
#define CM_PATH_MAX 255u
struct cm_span cm_path_shape(struct cm_span target, uint8_t *out);

/* Is the path that of a part of a page: style, script, image, font? */
bool cm_path_is_part(struct cm_span path);
bool cm_path_is_script(struct cm_span path);

/* Are these names of one site?  Their last two labels are the same; three where the last two are
 * as short as those of co.uk. */
bool cm_same_site(struct cm_span a, struct cm_span b);

#endif
