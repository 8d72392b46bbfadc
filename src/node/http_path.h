/* node/http_path.h -- which paths are looked at, and whose they are; for http_server.c only. */
#ifndef CM_NODE_HTTP_PATH_H
#define CM_NODE_HTTP_PATH_H

#include "node/http_server.h"

/* A slash, then segments of letters, digits and - . _ ~, none empty, none of them `.` or `..`;
 * or the slash alone.  Nothing in it can mean another path. */
bool cm_http_path_ok(const char *path);

/* The site whose prefix begins ${path}, and what stands behind it; NULL: none. */
const struct cm_http_site *cm_http_path_site(
    const struct cm_http_site *site, size_t n, const char *path, const char **rest);

#endif
