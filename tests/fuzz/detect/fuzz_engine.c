/* The whole engine on packets made from bytes, 12 bytes each: few hosts, few ports,
 * small sequence numbers, so that streams overlap and hands repeat.  What is said
 * names packets that were fed, and its support gives it again. */
#include "../fuzz.h"

#include <string.h>

#include "detect/engine.h"

#define STEP 12u
#define PACKETS 400u

static struct cm_packet
packet_of(const uint8_t *b, cm_packet_id id, int64_t *t_ns)
{
	struct cm_packet p = { .id = id, .open = CM_OPEN_ALL };
	unsigned from = b[0] & 1;

	*t_ns += (int64_t)(b[1] & 15) * (b[1] & 0x80 ? 10000000000 : 1000000);
	p.t_ns = *t_ns;
	p.src.net = p.dst.net = b[0] & 2 ? 6 : 4;
	p.src.addr[0] = (uint8_t)(from ? 1 + (b[0] >> 2 & 3) : 9);
	p.dst.addr[0] = (uint8_t)(from ? 9 : 1 + (b[0] >> 2 & 3));
	p.proto = b[0] & 0x80 ? 17 : 6;
	p.sport = from ? (uint16_t)(40000 + (b[0] >> 4 & 3)) : p.proto == 17 ? 53 : 80;
	p.dport = from ? p.proto == 17 ? 53 : 80 : (uint16_t)(40000 + (b[0] >> 4 & 3));
	p.ttl = (uint8_t)(b[2] & 0x40 ? 64 + (b[2] & 7) : 50);
	p.df = (b[2] & 0x80) != 0;
	p.ipid = (uint16_t)(b[2] & 0x20 ? 0x3412 : id);
	p.flags = b[3] & 0x3f;
	p.opts = b[3] & 0x40 ? CM_OPT_TS : 0;
	p.checksum = b[3] & 0x80 ? CM_CSUM_BAD : CM_CSUM_GOOD;
	p.seq = (uint32_t)b[4] * 16 + (b[9] & 0x80 ? 0xfffffe00u : 0);
	p.ack = (uint32_t)b[5] * 16;
	p.tsval = b[6];
	p.tsecr = b[7];
	p.window = (uint16_t)(b[8] << 8);
	p.payload_len = b[9] & 0x7f;
	p.payload = cm_span_of(b, STEP < p.payload_len ? STEP : p.payload_len);
	return p;
}

static bool
named(const struct cm_ids *ids, cm_packet_id id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->id[i] == id)
			return true;
	return false;
}

/* Feeds the packets, or those of ${only}. */
static struct cm_engine *
run(const uint8_t *data, size_t size, const struct cm_ids *only)
{
	struct cm_params params = cm_params_default();
	struct cm_engine *e = NULL;
	int64_t t_ns = 0;

	params.window = 64;
	params.support = only == NULL;
	if (cm_engine_new(&params, &e) != CM_OK)
		return NULL;
	for (size_t i = 0; i < PACKETS && (i + 1) * STEP <= size; i++) {
		struct cm_packet p = packet_of(data + i * STEP, i + 1, &t_ns);

		if (only != NULL && !named(only, p.id))
			continue;
		if (cm_engine_packet(e, &p, only != NULL || (size & 1) != 0) != CM_OK)
			break;
	}
	if (cm_engine_finish(e) == CM_OK)
		return e;
	must(false);
	cm_engine_free(e);
	return NULL;
}

static void
check(const uint8_t *data, size_t size, const struct cm_incident *x)
{
	struct cm_engine *again = run(data, size, &x->support);
	bool found = false;

	for (size_t i = 0; i < x->support.n; i++)
		must(x->support.id[i] >= 1 && x->support.id[i] <= PACKETS);
	for (size_t i = 0; i < x->forged.n; i++)
		must(named(&x->support, x->forged.id[i]));
	for (size_t i = 0; again != NULL && i < cm_engine_count(again); i++)
		found |= cm_incident_same(cm_engine_incident(again, i), x);
	must(found);
	cm_engine_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_engine *e = run(data, size, NULL);

	for (size_t i = 0; e != NULL && i < cm_engine_count(e) && i < 4; i++)
		check(data, size, cm_engine_incident(e, i));
	cm_engine_free(e);
	return 0;
}
