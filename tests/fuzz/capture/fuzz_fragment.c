/* Frames of raw IP, each after two bytes of length: reassembly counts every part as
 * still under way, lost, or in a datagram, and datagrams decode. */
#include "capture/fragment.h"
#include "fuzz.h"

static void
take(struct cm_fragments *all, struct cm_span data, uint64_t n)
{
	struct cm_frame f = { .id = n, .t_ns = (int64_t)(n * 700000000), .data = data,
		.orig_len = (uint32_t)data.len, .linktype = CM_LINK_RAW };
	struct cm_frame whole;
	struct cm_layers l;
	struct cm_packet p;

	if (cm_decode(&f, &p, &l) != CM_DECODED_FRAGMENT)
		return;
	if (cm_fragments_add(all, &f, &l, &whole) != CM_OK)
		return;
	must(whole.id <= n && whole.data.len >= 20);
	must(cm_decode(&whole, &p, &l) != CM_DECODED_NO_IP);
	must(l.net != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	struct cm_fragments *all;

	if (cm_fragments_new(40000, &all) != CM_OK)
		return 0;
	for (uint64_t n = 1; cm_cursor_left(&c) > 0; n++) {
		uint16_t len = cm_cursor_u16(&c);
		struct cm_span s = cm_cursor_take(&c, len);

		if (!c.bad)
			take(all, s, n);
	}
	cm_fragments_finish(all);
	must(cm_fragments_stats(all)->lost <= cm_fragments_stats(all)->parts);
	cm_fragments_free(all);
	return 0;
}
