/* Two bytes of link type, then a frame: every place the walk names lies in it, and the
 * ranges of `mask` are ascending and touch neither addresses nor payload. */
#include "capture/decode.h"
#include "fuzz.h"

struct seen {
	const struct cm_layers *l;
	size_t len;
	uint32_t end;
};

static bool
apart(uint32_t at, uint32_t len, uint32_t from, uint32_t to)
{
	return at + len <= from || at >= to;
}

static void
visit(void *arg, uint32_t at, uint32_t len)
{
	struct seen *s = arg;
	const struct cm_layers *l = s->l;

	must(len > 0 && at >= s->end && at + len <= s->len);
	must(apart(at, len, l->payload_at, l->payload_end));
	must(l->net == 0 || (apart(at, len, l->src_at, l->src_at + l->addr_len) &&
				apart(at, len, l->dst_at, l->dst_at + l->addr_len)));
	s->end = at + len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_frame f = { .orig_len = (uint32_t)size };
	struct cm_layers l;
	struct cm_packet p;
	struct seen s = { &l, 0, 0 };

	if (size < 2 || size > CM_PACKET_ROW_MAX)
		return 0;
	f.linktype = cm_get16(data);
	f.data = cm_span_of(data + 2, size - 2);
	s.len = f.data.len;
	(void)cm_decode(&f, &p, &l);
	must(l.payload_at <= l.payload_end && l.payload_end <= s.len);
	must(l.transport_at <= s.len && l.net_at <= s.len);
	must(p.payload.len <= s.len);
	cm_layers_mask(f.data, &l, visit, &s);
	return 0;
}
