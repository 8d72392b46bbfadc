/* cli/investigate.h -- the confined half of `comity investigate`. */
#ifndef CM_CLI_INVESTIGATE_H
#define CM_CLI_INVESTIGATE_H

#include "base/buf.h"
#include "cli/bring.h"
#include "worker/scan.h"

struct cm_look {
	const struct cm_context *ctx;
	struct cm_brought *file;
	size_t n_files;
	struct cm_scan scan; /* files, filter, times */
	bool json;
	bool file_digest; /* seal the whole file's SHA-256, too */
	bool no_pairs;	  /* and no table of pairs */
	FILE *summary_file; /* or NULL */
	uint8_t source[32];
	bool apart; /* each file is a vantage of its own */
	int seals_fd; /* from which the child hears how the seals are called: 32 bytes each */
	size_t most; /* findings to be stated (cli/strongest.h) */
	unsigned threads; /* 0: as many as there are processors */
};

/* In the child: looks for findings and prints them, seals every file, and writes to
 * ${out} what the parent is to state, a line of JSON each:
 *	[{"sealed": true, "lines": false, members of cm_sealed_write}, ...], one for each file
 *	{"what": "finding", "files": [0, 1], members of finding/v1}, for each finding to be stated: the
 *	files whose seals it cites, in order
 *	{"what": "traffic", "files": [0, 1], members of traffic/v1}, for each flood or scan, and
 *	{"what": "chain", "files": [0, 1, 2], members of chain/v1}, for each chain: its `seals` are
 *	right, and where another statement's digest belongs stands its number (from 0) among the
 *	findings (traffic), big-endian in the first 8 bytes
 * closing it behind the last, before findings are printed.
 * Returns the exit code that findings and damage call for. */
int cm_look_run(void *arg, int out);

#endif
