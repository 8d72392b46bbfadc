/* seal/places.h -- how to begin in the middle of a capture (docs/formats.md 1.5).
 *
 * What a row of a capture is does not follow from its own bytes alone: byte order
 * and interfaces of pcapng stand in blocks before it, a long run of bytes that are
 * no packet goes on over many rows, and frames are counted from the front.  Whoever
 * seals a capture notes the few rows at which that changes, behind the index of the
 * case: 24 bytes each,
 *	what u8 || row (low 56 bits) || offset u64 || frames before it u64
 * big-endian, ascending by row.  An ordinary file has a handful.  A file that has
 * more than CM_PLACES_MAX gets none, and is read from the front each time.
 *
 * Like the index this is the owner's own note and proves nothing: rows that are
 * read by it are compared with the seal. */
#ifndef CM_SEAL_PLACES_H
#define CM_SEAL_PLACES_H

#include "base/buf.h"
#include "capture/reader.h"

#define CM_PLACE_LEN 24u
#define CM_PLACES_MAX ((size_t)1 << 20)

enum cm_place_what {
	CM_PLACE_SECTION = 1, /* a section of pcapng begins, */
	CM_PLACE_INTERFACE,   /* describes one more interface */
	CM_PLACE_RUN,	      /* the first row of a run, */
	CM_PLACE_AFTER,	      /* the first behind it */
	CM_PLACE_COUNTED,     /* from here on every row has the next number of a frame, */
	CM_PLACE_UNCOUNTED    /* or none has */
};

struct cm_place {
	enum cm_place_what what;
	uint64_t row, offset, frames;
};

/* Takes notes.  Zero-initialise; ends with cm_buf_release(&p->list). */
struct cm_places {
	struct cm_buf list;
	struct cm_reader_stand before;
	bool run, counted;
	bool crowded; /* too many, or no memory: there is no list */
};

/* Once for every row, from the first one on, after it has been read. */
void cm_places_meet(struct cm_places *p, const struct cm_reader *r);

/* Is this a list, as far as its length tells? */
bool cm_places_ok(struct cm_span list);

/* The row whose number as a frame is ${frame}, if any has it: the row must be asked. */
CM_RESULT cm_places_frame(struct cm_span list, uint64_t frame, uint64_t *row); /* CM_E_NOTFOUND */

/* How far a reader has got in the list.  Zero-initialise, for a new reader. */
struct cm_places_walk {
	size_t next;	       /* first place not passed */
	struct cm_place run;   /* that the reader is in; what = 0: in none */
	struct cm_place count; /* the last change of counting; what = 0: none */
};

/* Makes ${row}, which lies at ${offset}, the next one of ${r}, which has been read by rows
 * or by this function only.  The rows that tell it byte order and interfaces are read
 * again, once each as long as it goes forward.  CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_places_go(struct cm_span list, struct cm_places_walk *w, struct cm_reader *r,
    uint64_t row, uint64_t offset, struct cm_err *err);

#endif
