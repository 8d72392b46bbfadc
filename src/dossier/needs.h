/* dossier/needs.h -- what a finding needs to be made again, and what of it is shut.
 *
 * A sign may fail to come out because of a cell that it does not itself read.  A datagram
 * in fragments is put together only if the payload of all its parts is open; so with one of
 * them shut it is as if the packet were not there.  And `mask` holds the checksum: where it
 * is shut a damaged packet, which counts for nothing, can not be told from a sound one, nor
 * parts that belong together from such that do not.  So what does not come out may be
 * true, and what does come out may be false. */
#ifndef CM_DOSSIER_NEEDS_H
#define CM_DOSSIER_NEEDS_H

#include "base/buf.h"
#include "dossier/model.h"

struct cm_needs {
	bool cells;	     /* a cell that a sign of the finding reads is shut, or it spans seals by ties */
	bool flow;	     /* any cell is, in a row of its own flow: of the support, but not of the host's */
	bool across;	     /* hosts that are only tied are not known to be the same in two exhibits */
	uint64_t parts;	     /* fragments of its own flow of which payload, an address or headers are shut */
	uint64_t host_parts; /* the same, of the rows that only fix a host model */
	uint64_t unsure;     /* fragments of its own flow of which `mask` is shut, and the rest open */
	uint64_t checksums;  /* other packets of its own flow of which `mask` is shut */
	bool weighs;	     /* the detectors leave a packet out for its checksum: TCP */
	bool hosted;	     /* a sign of the finding rests on a host model */
};

/* ${f} is one of ${d}. */
struct cm_needs cm_needs_of(const struct cm_dossier *d, const struct cm_finding *f);

/* May the sign ${c} be true, though it does not come out? */
bool cm_needs_excuse(const struct cm_needs *n, const struct cm_dossier *d, const struct cm_finding *f,
    const struct cm_finding_cue *c);

/* May something other than the signs be true that comes out differently?  ${in} has the same
 * signs as ${f}, or more if ${more}. */
bool cm_needs_excuse_rest(const struct cm_needs *n, const struct cm_finding *f,
    const struct cm_incident *in, bool more);

/* Appends what is missing of fragments and checksums, as a clause; nothing if nothing is. */
void cm_needs_say(const struct cm_needs *n, struct cm_buf *out);

#endif
