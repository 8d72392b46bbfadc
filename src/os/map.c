#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/map.h"

/* Pages are given back in pieces of this size, one such piece behind the reader. */
#define PIECE ((uint64_t)16 << 20)
#define FAULTS_WORTH 512u /* 32 MiB at most */
#define LITTLE ((uint64_t)32 << 10) /* that is asked for at a time, read here and there */
#define LOOK_BACK ((uint64_t)256 << 20)

/* Advice only: a kernel that does not take it reads all the same. */
static void
advise(const struct cm_map *m)
{
	(void)madvise((void *)(uintptr_t)m->ptr, (size_t)m->len, m->apart ? MADV_RANDOM : MADV_SEQUENTIAL);
}

enum cm_result
cm_map_init(struct cm_map *m, int fd, uint64_t len)
{
	void *p;

	*m = (struct cm_map) { .fd = fd, .len = len };
	if (len == 0)
		return CM_OK;
	if (len > SIZE_MAX) {
		errno = EFBIG;
		return CM_E_IO;
	}
	p = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return CM_E_IO;
	m->ptr = p;
	advise(m);
	return CM_OK;
}

void
cm_map_read_apart(struct cm_map *m)
{
	m->apart = true;
	if (m->ptr != NULL)
		advise(m);
}

void
cm_map_fini(struct cm_map *m)
{
	if (m->ptr != NULL)
		munmap((void *)(uintptr_t)m->ptr, (size_t)m->len);
	*m = (struct cm_map) { .fd = -1 };
}

bool
cm_map_look(const struct cm_map *m, const uint8_t *at, size_t len, uint8_t *room)
{
	uintptr_t from = (uintptr_t)m->ptr, want = (uintptr_t)at;

	if (m->ptr == NULL || want < from || want - from >= m->len || len > m->len - (want - from))
		return false;
	return pread(m->fd, room, len, (off_t)(want - from)) == (ssize_t)len;
}

/* Mapping the file anew over itself also frees the page tables, which for a file
 * larger than memory would be the next to fill it. */
static void
release_all(const struct cm_map *m)
{
	void *at = (void *)(uintptr_t)m->ptr;

	if (m->ptr == NULL)
		return;
	if (mmap(at, (size_t)m->len, PROT_READ, MAP_PRIVATE | MAP_FIXED, m->fd, 0) == MAP_FAILED)
		(void)madvise(at, (size_t)m->len, MADV_DONTNEED);
	else
		advise(m);
}

static uint64_t
faults_so_far(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return UINT64_MAX;
	return (uint64_t)u.ru_minflt + (uint64_t)u.ru_majflt;
}

/* A fault brings at most the 16 pages around it. */
void
cm_map_give_back(struct cm_map *m)
{
	uint64_t faults = faults_so_far();

	if (faults - m->faults < FAULTS_WORTH)
		return;
	release_all(m);
	m->faults = faults;
}

/* Whoever keeps spans may have looked at pages far behind meanwhile: so the last
 * LOOK_BACK bytes are given back at each step, and everything at each LOOK_BACK. */
static void
release_before(const struct cm_map *m, uint64_t end)
{
	uint64_t from = end < LOOK_BACK ? 0 : end - LOOK_BACK;

	if (end % LOOK_BACK == 0)
		release_all(m);
	else
		(void)madvise((void *)(uintptr_t)(m->ptr + from), (size_t)(end - from), MADV_DONTNEED);
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
	release_before(m, piece);
	m->released = piece;
}

/* How much of ${left} to give; read here and there it is asked for first. */
static uint64_t
give(struct cm_map *m, uint64_t offset, size_t want, uint64_t left)
{
	uint64_t most = m->apart ? (want > LITTLE ? want : LITTLE) : PIECE;
	uint64_t page = offset & ~(uint64_t)4095;

	most = left < most ? left : most;
	if (m->apart && most > 0 && (offset < m->asked || offset + most > m->asked + LITTLE)) {
		(void)madvise((void *)(uintptr_t)(m->ptr + page), (size_t)(offset + most - page),
		    MADV_WILLNEED);
		m->asked = offset;
	}
	return most;
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
	*out = cm_span_of(m->ptr + offset, (size_t)give(m, offset, want, left));
	release_behind(m, offset);
	return CM_OK;
}

struct cm_source
cm_map_source(struct cm_map *m)
{
	return (struct cm_source) { m, fill, true, NULL };
}
