/* tests/unit/log/files.h -- the files of a log in memory, for tests. */
#ifndef TESTS_UNIT_LOG_FILES_H
#define TESTS_UNIT_LOG_FILES_H

#include "base/buf.h"
#include "log/growth.h"

struct file {
	struct cm_log_tile name;
	struct cm_buf bytes;
};

/* Zero-initialise.  Memory that cannot be had ends the test. */
struct files {
	struct file *file;
	size_t n, room;
	size_t fetched; /* how often one was */
};

void files_free(struct files *f);
struct file *files_find(const struct files *f, const struct cm_log_tile *name); /* or NULL */
void files_drop(struct files *f, const struct cm_log_tile *name);               /* it is there */

/* A file that is written again must be the same, else the test ends. */
struct cm_tile_sink files_sink(struct files *f);
struct cm_tile_source files_source(struct files *f);

/* Entry ${i} of all logs of these tests: 0 to some 250 bytes. */
struct made_entry {
	uint8_t bytes[256];
};
struct cm_span files_entry(uint64_t i, struct made_entry *e);

/* Adds entries [from, from + n). */
void files_grow(struct cm_growth *g, uint64_t from, uint64_t n, const struct cm_tile_sink *sink);

#endif
