/* traffic/judge.h -- a watch, summed up over the time in which it was loud, and who judges it.
 * Private to src/traffic. */
#ifndef CM_TRAFFIC_JUDGE_H
#define CM_TRAFFIC_JUDGE_H

#include "traffic/signs.h"
#include "traffic/targets.h"

struct cm_tally {
	const struct cm_watch *w;
	uint64_t thin;
	uint32_t lo, hi; /* bins: from the first loud one to the last */
	int64_t from_ns, to_ns;
	/* in them, each packet as many as it stands for */
	uint64_t in, a, b, c, bytes, opened, answered;
	uint64_t per_s;	 /* while it was loud */
	uint64_t before, before_ns; /* `in` of all other bins, and how long they are */
	/* of what was loudest */
	uint64_t sources_milli, ports_milli;
	uint32_t port; /* of the most packets; */
	int64_t port_ppm, shape_ppm, size_ppm, bare_ppm;
	uint64_t mean_bytes;
};

/* A detector of floods: one file each, one table (detectors.c). */
struct cm_flood_detector {
	enum cm_traffic_kind kind;
	enum cm_class watches;
	uint64_t least;	      /* packets in all */
	uint64_t least_per_s; /* while it was loud */
	unsigned against;     /* enum cm_role: of one of these ordinary traffic has half as many at least */
	/* Is it one, and what speaks for it?  Signs go into ${l}, in any case. */
	bool (*is)(const struct cm_tally *t, struct cm_sign_list *l, enum cm_traffic_verdict *v);
};

/* Shrinks the bins of ${w}.  False: never loud. */
bool cm_tally_watch(struct cm_watch *w, uint64_t thin, const struct cm_flood_detector *d, struct cm_tally *out);

extern const struct cm_flood_detector cm_flood_syn, cm_flood_reflection, cm_flood_amplification,
    cm_flood_fragments, cm_flood_tcp, cm_flood_udp, cm_flood_icmp, cm_flood_other, cm_flood_leases;
extern const struct cm_flood_detector *const cm_flood_detectors[];
extern const size_t cm_flood_n_detectors;

/* The limits that several detectors share. */
#define CM_LIMIT_SPREAD 32000	   /* thousandths of a source or port */
#define CM_LIMIT_FEW 4000
#define CM_LIMIT_NEARLY_ALL 900000 /* ppm */
#define CM_LIMIT_USUAL 8000	   /* thousandths */
#define CM_LIMIT_PROBE 200	   /* bytes: who only asks whether a UDP port is open sends less */

/* The sign that the host before, or after, got far less.  A draw has nothing of a time in which
 * there was nothing: then it is the sealer's word, and true. */
bool cm_tally_unusual(const struct cm_tally *t, struct cm_sign_list *l);

#endif
