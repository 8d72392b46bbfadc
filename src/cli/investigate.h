/* cli/investigate.h -- the confined half of `comity investigate`. */
#ifndef CM_CLI_INVESTIGATE_H
#define CM_CLI_INVESTIGATE_H

#include "base/buf.h"
#include "cli/cli.h"
#include "os/file.h"
#include "seal/schema.h"
#include "worker/scan.h"

/* One file of the capture. */
struct cm_look_file {
	struct cm_file *file;
	const char *name; /* as the user gave it */
	struct cm_seal_secret secret;
	int index_fd;
};

struct cm_look {
	const struct cm_context *ctx;
	struct cm_look_file *file;
	size_t n_files;
	struct cm_scan scan; /* files, filter, times */
	bool json;
	FILE *summary_file; /* or NULL */
	uint8_t source[32];
};

/* In the child: looks for findings and prints them, seals every file, and writes to
 * ${out} what the parent is to state:
 *	{"files": [{"sealed": true, "rows", "root", "sha256", "bytes"}, ...],
 *	 "findings": [members of finding/v1, ...]}
 * Returns the exit code that findings and damage call for. */
int cm_look_run(void *arg, int out);

/* In a child: the unpacked bytes of a file into ${fd}. */
struct cm_unpacking {
	const struct cm_context *ctx;
	struct cm_file *file;
	int fd;
};
int cm_unpacking_run(void *arg, int out);

#endif
