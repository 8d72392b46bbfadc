/* node/witness_site.h -- lets others ask the own witness, as C2SP tlog-witness has it.
 *
 *	POST add-checkpoint                            what store/witness_files says
 *	GET  <hex SHA-256 of an origin>/checkpoint     the newest that it cosigned of that log */
#ifndef CM_NODE_WITNESS_SITE_H
#define CM_NODE_WITNESS_SITE_H

#include "node/http_server.h"
#include "node/trouble.h"
#include "store/witness_files.h"

/* The body a server must let through for it. */
#define CM_WITNESS_SITE_BODY CM_WITNESS_REQUEST_BYTES

struct cm_witness_site {
	struct cm_witness_files *files;
	struct cm_trouble trouble; /* it can not keep what it is asked */
};

/* For the server, with ${arg} a struct cm_witness_site.  Waits until an answer is on disk. */
void cm_witness_site_handle(
    void *arg, const struct cm_http_request *request, struct cm_http_answer *out);

#endif
