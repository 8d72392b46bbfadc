/* os/confine.h -- runs a function on untrusted bytes in a process that can do nothing else.
 *
 * The child keeps descriptors 0, 1, 2, those listed, and a pipe to the parent;
 * it has no network, no paths, no other process: Landlock denies every path and
 * TCP port, seccomp allows only what reading, writing to open descriptors and
 * memory need.  Where the kernel lacks one of them the program says so once
 * and goes on with what there is.  Under sanitizers, which need more of the
 * system, nothing is confined; cm_confine_kind says what is in force. */
#ifndef CM_OS_CONFINE_H
#define CM_OS_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/result.h"

struct cm_confine_job {
	/* Runs in the child; what it returns (0..125) is the exit status.  What it
	 * writes to ${out} the parent gets as ${result}; out is -1 without one. */
	int (*run)(void *arg, int out);
	void *arg;
	const char *what;	/* named if the child dies: usually the file */
	const int *keep;	/* further descriptors the child keeps */
	size_t n_keep;
	struct cm_buf *result;	/* collects what the child writes to ${out}, up to its max; or NULL */
	bool unconfined;	/* run in a child, but with all rights (--no-confine) */
	bool quiet;		/* do not say what the kernel lacks */
};

/* Forks, runs, waits.  CM_OK: ${*status} is what run returned.
 * CM_E_IO: the child could not be started, or was stopped by a signal; ${err}
 * has one line for a person.  CM_E_LIMIT: the result is beyond its max. */
CM_RESULT cm_confine_run(const struct cm_confine_job *job, int *status, struct cm_err *err);

/* The same in steps, for a parent that has something to do meanwhile.  Zero: there is no child. */
struct cm_confine_child {
	struct cm_confine_job job;
	int pid;
	int answer; /* the end of the pipe that is read, or -1 */
	bool torn;  /* the result is beyond its max */
};

CM_RESULT cm_confine_start(const struct cm_confine_job *job, struct cm_confine_child *out, struct cm_err *err);

/* Some more of the answer, as soon as there is some; false: the child closed ${out} or ended. */
bool cm_confine_hear(struct cm_confine_child *c);

/* Until the child closes ${out} or ends: then ${job->result} is whole, unless the child
 * is not well, which only cm_confine_end says. */
void cm_confine_listen(struct cm_confine_child *c);

/* Listens, and waits for the end; returns what cm_confine_run does. */
CM_RESULT cm_confine_end(struct cm_confine_child *c, int *status, struct cm_err *err);

/* Stops a child whose answer nobody wants any more; none is fine. */
void cm_confine_drop(struct cm_confine_child *c);

/* "seccomp+landlock", "seccomp", "landlock", "none": what this build and kernel give. */
const char *cm_confine_kind(void);

#endif
