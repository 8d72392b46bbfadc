/* The room's functions as a filter, for those who count in another way (test_stat.py).
 *
 *	w K N		->	PPM LOW HIGH
 *	t PPM		->	TRIALS
 *	f A B C D	->	MILLI
 */
#include <inttypes.h>
#include <stdio.h>

#include "stat/fisher.h"
#include "stat/wilson.h"

int
main(void)
{
	uint64_t a, b, c, d;
	char line[128];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "w %" SCNu64 " %" SCNu64, &a, &b) == 2) {
			struct cm_share s = cm_wilson(a, b);

			printf("%u %u %u\n", s.ppm, s.low_ppm, s.high_ppm);
		} else if (sscanf(line, "t %" SCNu64, &a) == 1) {
			printf("%" PRIu64 "\n", cm_trials_to_see((uint32_t)a));
		} else if (sscanf(line, "f %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &a, &b,
			       &c, &d) == 4) {
			printf("%u\n", cm_fisher_more(a, b, c, d).milli);
		} else {
			return 1;
		}
	}
	return 0;
}
