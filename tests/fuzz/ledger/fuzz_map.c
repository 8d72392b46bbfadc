/* The decoder of maps: total, in one form only, and what it gives can be joined and compared. */
#include <stdlib.h>

#include "fuzz.h"
#include "ledger/gain.h"

static void
use(const struct cm_map *m)
{
	struct cm_gain_in in = { m, m, NULL, 0 };
	struct cm_gain *gain = calloc(1, sizeof(*gain));
	struct cm_map both = { 0 };
	struct cm_map_sum sum;
	size_t i;

	for (i = 0; i < m->n; i++) {
		cm_map_sum(&m->exhibit[i], &sum);
		must(sum.rows <= m->exhibit[i].rows && sum.whole <= sum.rows);
	}
	if (cm_map_join(&both, m) == CM_OK)
		must(cm_map_join(&both, m) == CM_OK);
	if (gain != NULL && cm_gain_find(&in, gain) == CM_OK)
		must(gain->n == 0); /* nothing is new in what is there already */
	free(gain);
	cm_map_release(&both);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span in = cm_span_of(data, size);
	struct cm_map m = { 0 };
	struct cm_buf out = { 0 };
	struct cm_err err = { 0 };

	if (cm_map_read(in, &m, &err) == CM_OK) {
		must(cm_map_write(&m, &out, &err) == CM_OK);
		must(cm_span_eq(cm_buf_span(&out), in));
		use(&m);
	} else {
		must(m.n == 0 && err.text[0] != '\0');
	}
	cm_buf_release(&out);
	cm_map_release(&m);
	return 0;
}
