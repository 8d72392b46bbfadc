/* tests/laws/detect/captures.h -- captures in memory, and the engine run on them in several ways. */
#ifndef TESTS_LAWS_DETECT_CAPTURES_H
#define TESTS_LAWS_DETECT_CAPTURES_H

#include "detect/engine.h"

enum law { AS_IS, OTHER_NAMES, OTHER_SEED, NOT_STABLE, NO_SUPPORT, ALONE };

struct packets {
	struct cm_packet *p;
	size_t n, room;
};

/* ${p}, or the end of the program: there is no memory. */
void *need(void *p);

struct cm_span read_whole(const char *path);
struct packets read_packets(const struct cm_span *file, const char *name);

bool wanted(const struct cm_ids *only, cm_packet_id id);

/* All packets, or ${only} those; support is looked for where all are, and in ALONE. */
struct cm_engine *run(const struct packets *all, const struct cm_ids *only, enum law law);

/* Has ${try} called for each *.pcap and *.pcapng below each folder, two levels; COMITY_SHARED,
 * if set, stands for the last one.  The number of folders that do not exist. */
int try_folders(int n, char **folder, void (*try)(void *arg, const char *path), void *arg);

#endif
