/* os/map.h -- a source over a regular file, mapped.
 *
 * Stable: any offset may be asked for again.  Pages far behind the offset asked
 * for last are given back to the system, and read again if somebody looks: a
 * file larger than memory is read within a window of it.  A file that somebody
 * makes shorter meanwhile ends the process (SIGBUS); that is why a confined
 * child reads it. */
#ifndef CM_OS_MAP_H
#define CM_OS_MAP_H

#include "base/source.h"

struct cm_map {
	const uint8_t *ptr; /* NULL: an empty file */
	int fd;		    /* borrowed */
	uint64_t len;
	uint64_t released; /* pages before this have been given back */
	uint64_t faults;   /* of the process, when all were given back last */
	bool apart;	   /* is read here and there: */
	uint64_t asked;	   /* for a little from here on, last */
};

/* Maps the whole of ${fd}, ${len} bytes; ${fd} stays the caller's, open till the end.
 * CM_E_IO: it can not be mapped (the reason is in errno). */
CM_RESULT cm_map_init(struct cm_map *m, int fd, uint64_t len);
void cm_map_fini(struct cm_map *m);

struct cm_source cm_map_source(struct cm_map *m);

/* It will be read here and there: little more is read from the disk than is asked for. */
void cm_map_read_apart(struct cm_map *m);

/* Reads ${len} bytes that lie at ${at} into ${room} without mapping their pages, which for
 * a few bytes costs more.  False: they do not lie in this map, or can not be read so. */
bool cm_map_look(const struct cm_map *m, const uint8_t *at, size_t len, uint8_t *room);

/* Gives all pages back, unless too few can have come since the last time to be worth it.
 * They come again when somebody looks. */
void cm_map_give_back(struct cm_map *m);

#endif
