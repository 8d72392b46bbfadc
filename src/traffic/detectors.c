#include "traffic/judge.h"

const struct cm_flood_detector *const cm_flood_detectors[] = {
	&cm_flood_syn,
	&cm_flood_reflection,
	&cm_flood_amplification,
	&cm_flood_fragments,
	&cm_flood_udp,
	&cm_flood_icmp,
	&cm_flood_tcp,
	&cm_flood_other,
	&cm_flood_leases,
};
const size_t cm_flood_n_detectors = sizeof(cm_flood_detectors) / sizeof(cm_flood_detectors[0]);
