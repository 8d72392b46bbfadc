#include <string.h>

#include "made_up.h"

enum { ROWS = 14 };

static const char request[] = "GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\n";
static const char forged[] = "HTTP/1.1 302 Found\r\nLocation: http://example.net/<script>x</script>\r\n\r\n";
static const char genuine[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";

struct line {
	uint64_t row;
	int64_t us;
	int from_client; /* 2: another client of the same server */
	uint8_t ttl;
	uint8_t flags;
	uint32_t seq;
	const char *payload;
};

static const struct line lines[ROWS] = {
	{ 1, 0, 1, 64, CM_TCP_SYN, 99, "" },
	{ 2, 41200, 0, 51, CM_TCP_SYN | CM_TCP_ACK, 4999, "" },
	{ 3, 41300, 1, 64, CM_TCP_ACK, 100, "" },
	{ 4, 41900, 1, 64, CM_TCP_PSH | CM_TCP_ACK, 100, request },
	{ 5, 52200, 0, 64, CM_TCP_PSH | CM_TCP_ACK, 5000, forged },
	{ 6, 52300, 0, 65, CM_TCP_FIN | CM_TCP_ACK, 5069, "" },
	{ 7, 52400, 1, 64, CM_TCP_ACK, 148, "" },
	{ 8, 83400, 0, 51, CM_TCP_ACK, 5000, "" },
	{ 9, 84100, 0, 51, CM_TCP_PSH | CM_TCP_ACK, 5000, genuine },
	{ 10, 84200, 1, 64, CM_TCP_ACK, 148, "" },
	{ 21, 4084200, 2, 51, CM_TCP_SYN | CM_TCP_ACK, 1, "" },
	{ 22, 4084900, 2, 51, CM_TCP_ACK, 2, "hello" },
	{ 33, 9084200, 2, 51, CM_TCP_SYN | CM_TCP_ACK, 1, "" },
	{ 34, 9084900, 2, 52, CM_TCP_ACK, 2, "hello" },
};

static uint8_t server[4] = { 203, 0, 113, 80 }, client[4] = { 192, 0, 2, 17 }, other[4] = { 192, 0, 2, 33 };
static const uint8_t tie[32];
static struct cm_shown_row rows[ROWS];
static struct cm_shown_exhibit exhibit;
static struct cm_dossier dossier;
static cm_packet_id support[ROWS];
static uint64_t frames[ROWS];

static struct cm_pseudonym
stand_in(const uint8_t real[4])
{
	return (struct cm_pseudonym) { { 240, 7, 33, real[3] }, 4 };
}

static void
fill_row(struct cm_shown_row *r, const struct line *l, int variant, uint64_t frame)
{
	const uint8_t *peer = l->from_client == 2 ? other : client;
	const uint8_t *src = l->from_client == 1 ? peer : server, *dst = l->from_client == 1 ? server : peer;
	struct cm_packet *p = &r->packet;
	size_t i;

	*r = (struct cm_shown_row) { .row = l->row, .is_packet = true, .has_packet = true, .frame = frame };
	for (i = 0; i < CM_CAPTURE_COLUMNS; i++)
		r->cell[i] = CM_CELL_OPEN;
	r->cell[CM_COL_SRC] = r->cell[CM_COL_DST] = variant ? CM_CELL_TIED : CM_CELL_NAMED;
	r->cell[CM_COL_MASK] = variant ? CM_CELL_SHUT : CM_CELL_OPEN;
	r->cell[CM_COL_PAYLOAD] = variant ? CM_CELL_SHUT : CM_CELL_OPEN;
	r->src = cm_span_of(src, 4);
	r->dst = cm_span_of(dst, 4);
	r->addr_len = 4;
	if (variant) {
		r->src = r->dst = cm_span_of(tie, sizeof(tie));
		r->alias_src = stand_in(src);
		r->alias_dst = stand_in(dst);
	}
	*p = (struct cm_packet) { .id = cm_packet_id_of(0, l->row), .t_ns = INT64_C(1426676400000000000) +
		l->us * 1000, .proto = 6, .ttl = l->ttl, .seq = l->seq, .flags = l->flags };
	memcpy(p->src.addr, src, 4);
	memcpy(p->dst.addr, dst, 4);
	p->src.net = p->dst.net = 4;
	p->payload_len = (uint32_t)strlen(l->payload);
	if (!variant)
		p->payload = cm_span_str(l->payload);
}

static const cm_packet_id id_forged[] = { 5, 6 }, id_genuine[] = { 9 }, id_trigger[] = { 4 },
    id_host[] = { 21, 22, 33, 34 }, id_forged_and[] = { 2, 5 };

static const struct cm_finding_cue cues[] = {
	{ "conflict", 7, "not measured", CM_RESTS_LOCAL, CM_OPEN_HEADERS | CM_OPEN_PAYLOAD,
	    { id_forged_and, 2 } },
	{ "ts-missing", 12, "3 of 13,810 benign directions", CM_RESTS_FLOW, CM_OPEN_HEADERS,
	    { id_forged, 2 } },
	{ "ttl-far", 6, "192 of 13,810 benign directions", CM_RESTS_HOST, CM_OPEN_HEADERS, { id_forged, 2 } },
};

static const struct cm_finding_alternative alternatives[] = { { "keep-alive", false },
	{ "load balancer", false }, { "duplicate capture", false } };

static struct cm_finding finding = {
	.n_seals = 1, .detector = "comity-injection", .version = 1, .type = CM_INCIDENT_INJECTION,
	.verdict = CM_VERDICT_FORGED, .bits = 25, .forged = { id_forged, 2 }, .genuine = { id_genuine, 1 },
	.support_host = { id_host, 4 }, .trigger = { id_trigger, 1 }, .cues = cues, .n_cues = 3,
	.fingerprint = { .known = true, .ipid = "constant 0x3412", .df = "0", .ttl = "rises by 1 per packet",
	    .window = "8192", .options = "none", .fin = "in a packet of its own" },
	.alternatives = alternatives, .n_alternatives = 3,
};

const struct cm_dossier *
made_up_dossier(int variant)
{
	static const struct cm_claim collected[] = { { "by", "A. <b>Analyst</b>", NULL },
		{ "vantage", NULL, "00ff" } };
	static const struct cm_claim how[] = { { "from", "lab", NULL }, { "to_whom", "court", NULL },
		{ "how", "memory stick, sealed bag 7", NULL } };
	static const struct cm_handover handover = { { 9 }, "SHA256:made-up-key", "2026-01-02T03:04:05Z",
		"2026-01-03T00:00:00Z", how, 3 };
	static struct cm_shown_finding shown;
	static uint8_t seals[1][32];
	size_t i;

	for (i = 0; i < ROWS; i++) {
		fill_row(&rows[i], &lines[i], variant, i + 1);
		support[i] = cm_packet_id_of(0, lines[i].row);
		frames[i] = lines[i].row;
	}
	finding.support = (struct cm_ids) { support, ROWS };
	finding.frames = frames;
	finding.seals = seals;
	exhibit = (struct cm_shown_exhibit) { .kind = "capture/1", .by = "SHA256:made-up-key",
		.made = "2026-01-02T03:04:05Z", .table_rows = 4000, .collected = collected, .n_collected = 2,
		.rows = rows, .n_rows = ROWS };
	exhibit.shows = (struct cm_shows) { .capture = true, .rows = ROWS, .packets = ROWS, .headers = ROWS,
		.src_named = variant ? 0 : ROWS, .dst_named = variant ? 0 : ROWS, .src_tied = variant ? ROWS : 0,
		.dst_tied = variant ? ROWS : 0, .mask = variant ? 0 : ROWS, .payload = variant ? 0 : ROWS };
	shown = (struct cm_shown_finding) { .by = "SHA256:made-up-key", .made = "2026-01-02T03:04:05Z",
		.body = &finding };
	dossier = (struct cm_dossier) { .by = "SHA256:made-up-key", .made = "2026-01-04T00:00:00Z",
		.version = "0.1.0", .exhibits = &exhibit, .n_exhibits = 1, .findings = &shown, .n_findings = 1,
		.handovers = &handover, .n_handovers = 1,
		.hides = variant ? CM_HIDE_ADDRESSES | CM_HIDE_PAYLOAD : 0 };
	return &dossier;
}
