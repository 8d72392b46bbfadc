#include <errno.h>
#include <sys/mman.h>

#include "os/map.h"

/* Pages are given back in pieces of this size, one such piece behind the reader. */
#define PIECE ((uint64_t)16 << 20)

enum cm_result
cm_map_init(struct cm_map *m, int fd, uint64_t len)
{
	void *p;

	*m = (struct cm_map) { .len = len };
	if (len == 0)
		return CM_OK;
	if (len > SIZE_MAX) {
		errno = EFBIG;
		return CM_E_IO;
	}
	p = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return CM_E_IO;
	/* Advice only: a kernel that does not take it reads all the same. */
	(void)madvise(p, (size_t)len, MADV_SEQUENTIAL);
	m->ptr = p;
	return CM_OK;
}

void
cm_map_fini(struct cm_map *m)
{
	if (m->ptr != NULL)
		munmap((void *)(uintptr_t)m->ptr, (size_t)m->len);
	*m = (struct cm_map) { 0 };
}

static void
release_behind(struct cm_map *m, uint64_t offset)
{
	uint64_t piece = offset / PIECE * PIECE;

	if (piece < m->released + 2 * PIECE) {
		if (offset < m->released)
			m->released = piece; /* a second pass */
		return;
	}
	piece -= PIECE;
	(void)madvise((void *)(uintptr_t)(m->ptr + m->released), (size_t)(piece - m->released),
	    MADV_DONTNEED);
	m->released = piece;
}

static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct cm_map *m = arg;
	uint64_t left;

	if (want > CM_SOURCE_WANT_MAX)
		return cm_err_set(err, CM_E_LIMIT, "a file was asked for too much at once");
	if (offset > m->len)
		offset = m->len;
	left = m->len - offset;
	/* No more than a piece, so that the reader comes back and pages can go. */
	*out = cm_span_of(m->ptr + offset, (size_t)(left < PIECE ? left : PIECE));
	release_behind(m, offset);
	return CM_OK;
}

struct cm_source
cm_map_source(struct cm_map *m)
{
	return (struct cm_source) { m, fill, true, NULL };
}
