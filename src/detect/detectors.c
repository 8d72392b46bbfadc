/* The detectors, in the order in which they look: the stack first, since the
 * others weigh their findings by what it says. */
#include "detect/judge.h"

const struct cm_detector *const cm_detectors[] = {
	&cm_detector_stack,	/* R2 */
	&cm_detector_conflict,	/* R1 */
	&cm_detector_reset,	/* R3 */
	&cm_detector_handshake, /* R5 */
	&cm_detector_dns,	/* R4 */
};

const size_t cm_n_detectors = sizeof(cm_detectors) / sizeof(cm_detectors[0]);
