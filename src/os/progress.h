/* os/progress.h -- a line on stderr that says how far a long job is.
 *
 * Drawn only on a terminal, only after one second, at most five times a second;
 * wiped at the end.  Nothing of it ever reaches a file or a pipe.  Calling
 * cm_progress_at often is cheap: it looks at the clock each 4,096th time, unless `each' is set. */
#ifndef CM_OS_PROGRESS_H
#define CM_OS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cm_progress {
	int fd;
	bool on;	   /* a terminal */
	bool drawn;	   /* something stands there and must be wiped */
	const char *label; /* borrowed: "reading capture.pcap" */
	uint64_t total;	   /* bytes; 0: unknown */
	const char *unit;  /* NULL, or what is counted instead of bytes: "entries"; borrowed */
	uint32_t each;	   /* looks at the clock each so many times; 0: 4,096 */
	uint32_t calls;
	int64_t begun_ns, next_ns;
};

struct cm_progress cm_progress_of(int fd, const char *label, uint64_t total);
void cm_progress_at(struct cm_progress *p, uint64_t done);
void cm_progress_end(struct cm_progress *p);

#endif
