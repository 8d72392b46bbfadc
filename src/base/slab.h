/* base/slab.h -- small pieces of memory for one owner, quickly taken and given back.
 *
 * Sizes are rounded up to a multiple of CM_SLAB_UNIT; all pieces of a block of 8 KiB have
 * one size, and a block of which all pieces came back serves any size again.  A piece
 * of more than CM_SLAB_PIECE_MAX bytes is the C library's.  Pieces are aligned to
 * CM_SLAB_UNIT, not zeroed.  The owner remembers how large a piece is.
 *
 * A zeroed struct is an empty slab.  Blocks go back to the C library when all got at one time
 * are spare, but for the newest, and all of them with the slab. */
#ifndef CM_BASE_SLAB_H
#define CM_BASE_SLAB_H

#include <stddef.h>

#define CM_SLAB_UNIT 64u
#define CM_SLAB_PIECE_MAX 512u
#define CM_SLAB_CLASSES (CM_SLAB_PIECE_MAX / CM_SLAB_UNIT)

struct cm_slab_block;
struct cm_slab_region;

struct cm_slab {
	struct cm_slab_block *open[CM_SLAB_CLASSES]; /* with pieces to be had */
	struct cm_slab_block *spare;		     /* all of whose pieces came back */
	struct cm_slab_region *regions;
	size_t fresh; /* blocks of the newest region that were never used */
	size_t bytes; /* taken from the system, but for pieces larger than PIECE_MAX */
};

/* What ${size} bytes, more than none, take up. */
static inline size_t
cm_slab_size(size_t size)
{
	return (size + CM_SLAB_UNIT - 1) / CM_SLAB_UNIT * CM_SLAB_UNIT;
}

/* NULL: there is no memory. */
void *cm_slab_take(struct cm_slab *s, size_t size);
void cm_slab_give(struct cm_slab *s, void *piece, size_t size); /* of the size it was taken with */

/* Frees all blocks.  Pieces larger than CM_SLAB_PIECE_MAX must have been given back. */
void cm_slab_release(struct cm_slab *s);

#endif
