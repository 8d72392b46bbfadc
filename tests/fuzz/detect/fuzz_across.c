/* Connections with requests and answers made from bytes, 6 bytes a packet: few hosts, few
 * texts, two stacks, routers that quote.  What is told across them names packets that were fed
 * and stays within its bounds, and what a pattern cites gives the pattern again. */
#include "../fuzz.h"

#include <string.h>

#include "detect/across_json.h"
#include "detect/engine.h"

#define STEP 6u
#define PACKETS 300u

static const char *const texts[] = {
	"", "x",
	"GET /a HTTP/1.1\r\nHost: www.red.example\r\n\r\n",
	"GET /a?b HTTP/1.1\r\nHost: blue.test\r\n\r\n",
	"GET /c HTTP/1.1\r\nHost: www.green.example.org\r\n\r\n",
	"POST /a HTTP/1.0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 302 Found\r\nLocation: http://evil.example/?http://blue.test/a\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n<iframe src='http://evil.example/'>",
	"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: 7\r\n\r\neval(1)",
	"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static void
quote(const uint8_t *b, struct cm_packet *p, uint8_t room[32])
{
	memset(room, 0, 32);
	room[4] = 0x45;
	room[13] = 6;
	room[16] = 10;
	room[17] = b[0] >> 4 & 3;
	room[20] = (uint8_t)(1 + (b[0] >> 1 & 7));
	cm_put16(room + 24, (uint16_t)(4000 + (b[3] >> 6)));
	cm_put16(room + 26, 80);
	cm_put32(room + 28, (uint32_t)b[4] * 8);
	p->proto = 1;
	p->quoted = true;
	p->sport = 11;
	p->payload = cm_span_of(room, 32);
}

static struct cm_packet
packet_of(const uint8_t *b, cm_packet_id id, int64_t *t_ns, uint8_t room[32])
{
	struct cm_packet p = { .id = id, .open = CM_OPEN_ALL, .proto = 6, .checksum = CM_CSUM_GOOD };
	bool server = (b[0] & 1) != 0, other = (b[1] & 0x80) != 0;
	struct cm_host client = { .net = 4, .addr = { 10, b[0] >> 4 & 3 } };
	struct cm_host far = { .net = 4, .addr = { (uint8_t)(1 + (b[0] >> 1 & 7)) } };

	*t_ns += (int64_t)(b[2] >> 4) * 10000000;
	p.t_ns = *t_ns;
	p.src = server ? far : client;
	p.dst = server ? client : far;
	p.sport = server ? 80 : (uint16_t)(4000 + (b[3] >> 6));
	p.dport = server ? (uint16_t)(4000 + (b[3] >> 6)) : 80;
	p.ttl = (uint8_t)(server ? other ? 61 + (b[2] & 3) : 52 : 1 + (b[2] & 15));
	p.df = !other;
	p.ipid = (uint16_t)(other ? 0x4242 : id);
	p.opts = other ? 0 : CM_OPT_TS;
	p.tsval = p.tsecr = (uint32_t)id;
	p.flags = b[3] & 0x3f;
	p.seq = (uint32_t)b[4] * 8;
	p.ack = (uint32_t)b[5] * 8;
	p.window = other ? 32120 : 500;
	if ((b[1] & 0x7f) == 0x7f) {
		quote(b, &p, room);
		return p;
	}
	p.payload = cm_span_str(texts[(b[1] & 0x7f) % TEXTS]);
	p.payload_len = (uint32_t)p.payload.len;
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

static struct cm_engine *
run(const uint8_t *data, size_t size, const struct cm_ids *only)
{
	struct cm_params params = cm_params_default();
	uint8_t room[PACKETS][32];
	struct cm_engine *e = NULL;
	enum cm_result r = CM_OK;
	int64_t t_ns = 0;

	params.window = 64;
	if (cm_engine_new(&params, &e) != CM_OK)
		return NULL;
	for (size_t i = 0; i < PACKETS && (i + 1) * STEP <= size && r == CM_OK; i++) {
		struct cm_packet p = packet_of(data + i * STEP, i + 1, &t_ns, room[i]);

		cm_engine_expect(e, &p, 1);
		if (only == NULL || named(only, p.id))
			r = cm_engine_packet(e, &p, p.proto == 6);
	}
	if (r == CM_OK && cm_engine_finish(e) == CM_OK)
		return e;
	must(false);
	cm_engine_free(e);
	return NULL;
}

static void
fed(const struct cm_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		must(ids->id[i] >= 1 && ids->id[i] <= PACKETS && (i == 0 || ids->id[i] > ids->id[i - 1]));
}

static void
check_pattern(const uint8_t *data, size_t size, const struct cm_across_same *s)
{
	struct cm_engine *e = run(data, size, &s->support);
	const struct cm_across *a = e == NULL ? NULL : cm_engine_across(e);
	bool found = false;

	fed(&s->support);
	must(s->servers >= 3 && s->sites >= 3 && s->signed_by >= 3 && s->n_members >= 3);
	for (size_t i = 0; a != NULL && i < a->n_same; i++)
		found |= a->same[i].servers == s->servers && a->same[i].points == s->points &&
		    a->same[i].member[0].answer == s->member[0].answer;
	must(found);
	cm_engine_free(e);
}

static void
check(const struct cm_across *a, size_t incidents)
{
	for (size_t i = 0; i < a->n_reach; i++) {
		fed(&a->reach[i].frames);
		fed(&a->places[i].frames);
		must(a->reach[i].incident < incidents && a->places[i].permille <= 1000);
		must((a->reach[i].reached == CM_REACHED_UNKNOWN) == (a->reach[i].by <= CM_REACH_AFTER_REPEAT));
	}
	for (size_t i = 0; i < a->n_rates; i++) {
		fed(&a->rates[i].examples);
		must(a->rates[i].share.k <= a->rates[i].share.n && a->rates[i].share.k > 0);
	}
	for (size_t i = 0; i < a->n_tables; i++)
		must(a->tables[i].a.k <= a->tables[i].a.n && a->tables[i].b.k <= a->tables[i].b.n);
	for (size_t i = 0; i < a->n_probes; i++) {
		fed(&a->probes[i].support);
		must(a->probes[i].last_without == 0 || a->probes[i].last_without < a->probes[i].first_forged);
	}
	for (size_t i = 0; i < a->n_bodies; i++)
		fed(&a->bodies[i].support);
	for (size_t i = 0; i < a->n_hands; i++)
		fed(&a->hands[i].forged);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const name[] = { "a.pcap" };
	struct cm_file_names names = { name, 1 };
	struct cm_engine *e = run(data, size, NULL);
	struct cm_buf out = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&out, 0);

	if (e == NULL)
		return 0;
	check(cm_engine_across(e), cm_engine_count(e));
	for (size_t i = 0; i < cm_engine_across(e)->n_same && i < 2; i++)
		check_pattern(data, size, &cm_engine_across(e)->same[i]);
	cm_across_json(&w, cm_engine_across(e), &names, 0);
	must(cm_buf_ok(&out));
	cm_buf_release(&out);
	cm_engine_free(e);
	return 0;
}
