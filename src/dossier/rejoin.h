/* dossier/rejoin.h -- a chain, joined again from what is open (docs/formats.md 2.7, 4.10).
 *
 * Puts the forged bodies together, unpacks them, looks what the flood's requests ask for, and who of
 * those that got the script asked for its target, and when.  For the verifier and for the report. */
#ifndef CM_DOSSIER_REJOIN_H
#define CM_DOSSIER_REJOIN_H

#include "base/arena.h"
#include "base/result.h"
#include "dossier/recounted.h"
#include "script/script.h"

/* So many different bodies of one chain are unpacked; the others are not looked at. */
#define CM_REJOIN_BODIES 64u

struct cm_rejoined_flood {
	uint64_t requests; /* in its draw, that say a name; or lines of a log that says none, if any is below a path of the script's */
	uint64_t named;	   /* of these: for the target's name (or below such a path), */
	uint64_t asked;	   /* and for something below a path that the first script has on it */
	bool by_address;   /* it shows no names, and goes to where clients asked for the target */
};

struct cm_rejoined {
	size_t read;	 /* scripts that were unpacked, or have a body that was */
	size_t shut;	 /* scripts of which rows are shut, or that were not looked at */
	size_t pointless; /* scripts that have no such target, */
	size_t elsewhere; /* or of which it is another name than the first one's */
	struct cm_script script; /* the first that was unpacked; */
	size_t script_at;	 /* its number in the chain; SIZE_MAX: none was */
	const struct cm_script_target *target; /* of it; NULL: not known */
	const struct cm_rejoined_flood *floods;

	uint64_t clients;   /* different ones, with script, that asked for the target */
	uint64_t not_shown; /* rows of `clients` that are shut, or of hosts that are only tied in another exhibit */
	uint64_t strangers; /* rows that are no request for the target, or of a client that got no script */
	cm_packet_id stranger; /* the first of these */
	uint64_t before, lags;
	int64_t least_ns, median_ns, most_ns, unsure_ns;
	const int64_t *lag; /* all of them, ascending */
};

/* Of chain ${i} of ${d}.  Texts live in ${arena} and the dossier's bytes.  CM_E_NOMEM. */
CM_RESULT cm_rejoin(const struct cm_dossier *d, size_t i, struct cm_arena *arena, struct cm_rejoined *out);

#endif
