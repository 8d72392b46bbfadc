/* Segments, each after its length, a time to the one before and a direction: as requests and answers they are counted, and
 * what is found keeps its bounds.  The first byte says what each stands for. */
#include <string.h>

#include "fuzz.h"
#include "traffic/asked.h"

static void
take(struct cm_asked *a, struct cm_span data, int64_t t_ns, uint8_t how)
{
	struct cm_packet p = { .t_ns = t_ns, .proto = 6, .payload = data, .sport = (uint16_t)(how << 4), .dport = 80 };
	struct cm_request r;

	p.src.net = p.dst.net = 4;
	p.src.addr[3] = how & 15;
	p.dst.addr[3] = 80;
	if (cm_request_of_packet(&p, &r)) {
		/* Again and again, so that few bytes can be a flood. */
		for (unsigned i = 0; i < 64; i++, r.t_ns += (int64_t)how * 1000000)
			if (cm_asked_request(a, &r) != CM_OK)
				return;
		return;
	}
	p.dst = p.src;
	p.dport = p.sport;
	p.src.addr[3] = 80;
	p.sport = 80;
	if (cm_asked_packet(a, &p) != CM_OK)
		return;
}

static void
look(const struct cm_traffic_finding *f)
{
	must(f->kind == CM_TRAFFIC_HTTP && f->http != NULL && f->series != NULL && f->http->name != NULL);
	must(f->from_ns <= f->to_ns && f->packets == f->http->requests && f->peak_per_s >= f->mean_per_s);
	must(f->http->n_paths <= CM_TRAFFIC_TOP && f->http->busted_ppm <= 1000000 && f->series->n <= CM_TRAFFIC_BINS);
	for (uint32_t i = 0; i < f->http->n_paths; i++)
		must(f->http->paths[i].text != NULL && f->http->paths[i].n <= f->packets);
	for (size_t i = 1; i < f->n_signs; i++)
		must(strcmp(f->signs[i - 1].kind->name, f->signs[i].kind->name) < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	struct cm_traffic_params params = { .memory = 1, .hash_seed = 7 };
	struct cm_traffic_finding out[8];
	struct cm_arena arena;
	struct cm_asked *a;
	size_t n;
	int64_t t_ns = INT64_C(1426676400000000000);

	params.thin = cm_cursor_u8(&c);
	if (cm_asked_new(&params, &a) != CM_OK)
		return 0;
	cm_arena_init(&arena, 0);
	while (cm_cursor_left(&c) > 0) {
		uint8_t len = cm_cursor_u8(&c), how = cm_cursor_u8(&c);

		t_ns += (int64_t)cm_cursor_u16(&c) * 1000000;
		take(a, cm_cursor_take(&c, len), t_ns, how);
	}
	if (cm_asked_findings(a, &arena, out, 8, &n) == CM_OK)
		for (size_t i = 0; i < n; i++)
			look(&out[i]);
	cm_arena_fini(&arena);
	cm_asked_free(a);
	return 0;
}
