/* node/log_site.h -- shows a party's log to others, as C2SP tlog-tiles has it.
 *
 *	GET checkpoint              text/plain, to be asked for again soon
 *	GET tile/L/N[.p/W]          application/octet-stream, which never changes
 *	GET tile/entries/N[.p/W]
 *
 * Nothing else of the folder is shown, however it is asked for: a path is read as the name of a
 * tile, and the file is opened by the name that is made of it.  Tiles beyond the published
 * checkpoint are not shown either: a crash may have left them there, and they may yet change.
 * Takes no lock, so that the log can be appended to meanwhile. */
#ifndef CM_NODE_LOG_SITE_H
#define CM_NODE_LOG_SITE_H

#include "node/http_server.h"
#include "node/trouble.h"
#include "os/disk.h"

struct cm_log_site;

struct cm_log_site_new {
	const struct cm_disk *disk; /* outlives the site */
	const char *folder;         /* of the log */
	struct cm_trouble trouble;  /* files that can not be read */
};

/* CM_E_NOTFOUND: no log there; CM_E_MALFORMED, CM_E_IO: its checkpoint can not be read;
 * CM_E_NOMEM. */
CM_RESULT cm_log_site_new(
    const struct cm_log_site_new *in, struct cm_log_site **out, struct cm_err *err);
void cm_log_site_free(struct cm_log_site *s); /* NULL is fine */

/* For the server, with ${arg} the site. */
void cm_log_site_handle(
    void *arg, const struct cm_http_request *request, struct cm_http_answer *out);

#endif
