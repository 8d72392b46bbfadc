/* cli/bring.h -- a file on its way into the case as an exhibit; shared by investigate and seal.
 *
 * In this order: cm_bring_open, cm_bring_keep if what comes packed or through a pipe must
 * be kept, cm_bring_index; then it can be sealed in a confined child, and stated
 * (cli/state_seal.h).  cm_bring_end in any case. */
#ifndef CM_CLI_BRING_H
#define CM_CLI_BRING_H

#include "cli/cli.h"
#include "os/confine.h"
#include "os/file.h"
#include "seal/schema.h"
#include "store/case.h"

struct cm_bring {
	const struct cm_context *ctx;
	struct cm_case *c;
	const char *ending; /* of the name under which bytes are kept: ".pcap" */
	bool no_confine;
	bool damaged; /* set: a packed file ended early; what came before is there */
};

struct cm_brought {
	struct cm_file *file;
	const char *name; /* as the user gave it */
	char *path;	  /* absolute, of what is sealed; from cm_bring_index on */
	struct cm_seal_secret secret;
	int index_fd; /* -1: not yet */
	bool kept;    /* in the case, by cm_bring_keep */
	bool stated;  /* set by the caller when its seal is committed */
};

/* Each of these has said what was wrong unless it gives CM_EXIT_OK. */

/* Opens it, and draws X and S. */
enum cm_exit cm_bring_open(struct cm_bring *b, const char *name, struct cm_brought *f);

bool cm_bring_is_packed(const struct cm_brought *f);

/* Bytes that came packed or through a pipe, into the case: a seal needs bytes that stay.
 * ${unpack} false: as they came. */
enum cm_exit cm_bring_keep(struct cm_bring *b, struct cm_brought *f, bool unpack);

/* In place of both: bytes that were made here are kept in the case, and called ${name}. */
enum cm_exit cm_bring_made(struct cm_bring *b, const char *name, struct cm_span bytes, struct cm_brought *f);

/* The absolute path, and a place for the index. */
enum cm_exit cm_bring_index(struct cm_bring *b, struct cm_brought *f);

/* Closes it and wipes the secret.  If no seal was stated, what was put into the case for it
 * is removed. */
void cm_bring_end(struct cm_bring *b, struct cm_brought *f);

/* Runs ${job} confined (or not, as ${b} says); its exit code. */
enum cm_exit cm_bring_confined(const struct cm_bring *b, struct cm_confine_job job);

/* The same in two steps; in between cm_confine_listen may be called. */
enum cm_exit cm_bring_start(const struct cm_bring *b, struct cm_confine_job job, struct cm_confine_child *out);
enum cm_exit cm_bring_await(const struct cm_bring *b, struct cm_confine_child *child);

#endif
