/* Chains joined again from a dossier made up in memory: what is stated as it is, and otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/redo_chain.h"
#include "dossier/rejoin.h"
#include "dossier/report.h"
#include "stat/fisher.h"

#define T0 INT64_C(1426587630000000000)
#define MS INT64_C(1000000)
#define BODY "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n"

enum { SERVER = 1, VICTIM = 2, ANN = 11, BOB = 12, EVE = 13 };

static struct cm_host
host(uint8_t last)
{
	return (struct cm_host) { .addr = { 192, 0, 2, last }, .net = 4 };
}

static struct cm_packet
packet(uint64_t row, int64_t t_ns, uint8_t src, uint8_t dst, const char *payload)
{
	struct cm_packet p = { .id = cm_packet_id_of(0, row), .t_ns = t_ns, .open = CM_OPEN_ALL, .src = host(src), .dst = host(dst),
		.proto = 6, .transport = true, .sport = 1000, .dport = 80, .seq = 5, .payload = cm_span_str(payload),
		.payload_len = (uint32_t)strlen(payload) };

	return p;
}

/* A dossier with all that a chain needs; what a test changes lies open. */
struct made_up {
	struct cm_shown_row rows[4];
	struct cm_counted_row counted[8];
	struct cm_shown_exhibit exhibit;
	struct cm_finding body[2];
	struct cm_shown_finding finding[2];
	struct cm_traffic_v1 traffic;
	struct cm_shown_traffic shown_traffic;
	struct cm_chain_v1_script script[2];
	struct cm_chain_v1_clock clock;
	struct cm_chain_v1 chain;
	struct cm_shown_chain shown;
	struct cm_dossier d;
	struct cm_redone redone[3];
	size_t findings[2], floods[1];
	uint32_t clocks[1], vantage[1];
};

static const cm_packet_id forged_ann[] = { 10, 11 }, forged_bob[] = { 20 }, asked[] = { 30, 31 }, support[] = { 30, 31, 40, 41 };
static uint8_t digests[1][32];

static void
put_script(struct made_up *m, size_t i, uint64_t row, int64_t t_ns, uint8_t client, const char *payload, uint32_t seq)
{
	m->rows[i] = (struct cm_shown_row) { .row = row, .is_packet = true, .has_packet = true,
		.packet = packet(row, t_ns, SERVER, client, payload) };
	m->rows[i].packet.seq = seq;
}

static void
put_request(struct made_up *m, size_t i, uint64_t row, int64_t t_ns, uint8_t client, const char *payload)
{
	m->counted[i] = (struct cm_counted_row) { .packet = packet(row, t_ns, client, VICTIM, payload) };
}

static void
put_statements(struct made_up *m)
{
	static const char *const none[1];
	size_t i;

	m->body[0] = (struct cm_finding) { .forged = { forged_ann, 2 } };
	m->body[1] = (struct cm_finding) { .forged = { forged_bob, 1 } };
	for (i = 0; i < 2; i++) {
		m->finding[i].body = &m->body[i];
		m->findings[i] = i;
		m->redone[i].outcome = CM_OUTCOME_AS_SHOWN;
		m->script[i] = (struct cm_chain_v1_script) { .rows = m->body[i].forged };
	}
	m->redone[2].outcome = CM_OUTCOME_AS_SHOWN;
	m->traffic = (struct cm_traffic_v1) { .drawn = { .kind = CM_TRAFFIC_HTTP, .verdict = CM_TRAFFIC_FLOOD }, .thin = 1,
		.support = { support, 4 } };
	m->shown_traffic.body = &m->traffic;
	m->chain = (struct cm_chain_v1) { .seals = digests, .n_seals = 1, .detector = CM_CHAIN_NAME, .version = CM_CHAIN_VERSION,
		.vantage = m->vantage, .clock = &m->clock, .n_clocks = 1, .scripts = m->script, .n_scripts = 2, .layers = none,
		.floods = digests, .n_floods = 1, .clients = { asked, 2 }, .a = 2, .b = 0, .c = 1, .d = 97, .lags = 2,
		.lag_least_ns = 250 * MS, .lag_median_ns = 400 * MS, .lag_most_ns = 400 * MS };
	m->chain.p_milli = cm_fisher_more(2, 0, 1, 97).milli;
	m->shown = (struct cm_shown_chain) { .body = &m->chain, .findings = m->findings, .traffic = m->floods, .clock = m->clocks };
	m->d = (struct cm_dossier) { .exhibits = &m->exhibit, .n_exhibits = 1, .findings = m->finding, .n_findings = 2,
		.traffic = &m->shown_traffic, .n_traffic = 1, .chains = &m->shown, .n_chains = 1 };
}

/* Ann got the script in two pieces and asked 250 ms later, Bob after 400 ms; Eve asks without. */
static void
make(struct made_up *m)
{
	*m = (struct made_up) { 0 };
	put_script(m, 0, 10, T0, ANN, BODY "<script src=\"http://mirror", 100);
	put_script(m, 1, 11, T0 + 1, ANN, ".example/a/\"></script>", 100 + (uint32_t)strlen(BODY "<script src=\"http://mirror"));
	put_script(m, 2, 20, T0 + 1000 * MS, BOB, BODY "<script src=\"http://mirror.example/a/\"></script>", 7);
	put_request(m, 0, 30, T0 + 250 * MS, ANN, "GET /a/?1 HTTP/1.1\r\nHost: mirror.example\r\n\r\n");
	put_request(m, 1, 31, T0 + 1400 * MS, BOB, "GET /a/?2 HTTP/1.1\r\nHost: Mirror.Example\r\n\r\n");
	put_request(m, 2, 40, T0 + 2000 * MS, EVE, "GET /a/?3 HTTP/1.1\r\nHost: mirror.example\r\n\r\n");
	put_request(m, 3, 41, T0 + 2100 * MS, EVE, "GET /other HTTP/1.1\r\nHost: mirror.example\r\n\r\n");
	m->exhibit = (struct cm_shown_exhibit) { .rows = m->rows, .n_rows = 3, .counted = m->counted, .n_counted = 4 };
	put_statements(m);
}

/* The outcome; what is said of it must have ${text} in it. */
static enum cm_outcome
outcome(struct made_up *m, const char *text)
{
	const struct cm_redo_chains_in in = { &m->d, m->redone, m->redone + 2 };
	struct cm_redone out[1];
	struct cm_arena a;

	cm_arena_init(&a, 0);
	assert_int_equal(cm_redo_chains(&in, &a, out), CM_OK);
	if (strstr(out[0].text, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, out[0].text);
	cm_arena_fini(&a);
	return out[0].outcome;
}

static void
a_chain_comes_out_of_its_rows(void **state)
{
	struct made_up m;

	(void)state;
	make(&m);
	assert_int_equal(outcome(&m, "mirror.example/a/"), CM_OUTCOME_AS_SHOWN);
	assert_int_equal(outcome(&m, "of 4 requests shown of its floods 3 ask for it"), CM_OUTCOME_AS_SHOWN);
	assert_int_equal(outcome(&m, "2 clients got the script and asked for it, 0.250 to 0.400 s after it"), CM_OUTCOME_AS_SHOWN);
	assert_int_equal(outcome(&m, "1 of 98 without it asked, is the sender's word"), CM_OUTCOME_AS_SHOWN);
}

static void
what_is_stated_otherwise_is_contradicted(void **state)
{
	struct made_up m;

	(void)state;
	make(&m);
	m.script[0].target = 7;
	assert_int_equal(outcome(&m, "no such target"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.chain.n_layers = 1;
	m.chain.layers = (const char *const[]) { "packer" };
	assert_int_equal(outcome(&m, "not wrapped as stated"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.chain.p_milli++;
	assert_int_equal(outcome(&m, "p"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.chain.lag_least_ns++;
	assert_int_equal(outcome(&m, "other times"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.chain.before = 1;
	assert_int_equal(outcome(&m, "other times"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.chain.a = 1;
	m.chain.p_milli = cm_fisher_more(1, 0, 1, 97).milli;
	assert_int_equal(outcome(&m, "more than its table"), CM_OUTCOME_CONTRADICTED);
}

static void
clients_that_got_nothing_are_seen(void **state)
{
	struct made_up m;

	(void)state;
	make(&m);
	m.counted[1].packet.src = host(EVE);
	assert_int_equal(outcome(&m, "got the script"), CM_OUTCOME_CONTRADICTED);
	/* one client twice */
	make(&m);
	m.counted[1].packet.src = host(ANN);
	assert_int_equal(outcome(&m, "got the script"), CM_OUTCOME_CONTRADICTED);
	/* asked for something else */
	make(&m);
	m.counted[1].packet.payload = cm_span_str("GET /a/ HTTP/1.1\r\nHost: other.example\r\n\r\n");
	assert_int_equal(outcome(&m, "request for the target"), CM_OUTCOME_CONTRADICTED);
}

static void
a_flood_that_asks_for_something_else_is_seen(void **state)
{
	static const cm_packet_id others[] = { 40, 41 };
	struct made_up m;
	size_t i;

	(void)state;
	make(&m);
	m.traffic.support = (struct cm_ids) { others, 2 };
	for (i = 2; i < 4; i++)
		m.counted[i].packet.payload = cm_span_str("GET /a/ HTTP/1.1\r\nHost: other.example\r\n\r\n");
	assert_int_equal(outcome(&m, "does not ask for what the script aims at"), CM_OUTCOME_CONTRADICTED);
}

static void
a_flood_without_names_goes_to_the_same_address(void **state)
{
	static const cm_packet_id others[] = { 40, 41 };
	struct made_up m;
	size_t i;

	(void)state;
	make(&m);
	m.traffic.support = (struct cm_ids) { others, 2 };
	for (i = 2; i < 4; i++)
		m.counted[i].packet.payload = cm_span_of(NULL, 0);
	assert_int_equal(outcome(&m, "show"), CM_OUTCOME_AS_SHOWN);
	for (i = 2; i < 4; i++)
		m.counted[i].packet.dst = host(99);
	assert_int_equal(outcome(&m, "does not show what they ask for"), CM_OUTCOME_PARTLY);
}

static void
what_is_shut_is_said_and_no_lie(void **state)
{
	struct made_up m;
	size_t i;

	(void)state;
	make(&m);
	for (i = 0; i < 3; i++) {
		m.rows[i].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
		m.rows[i].packet.payload = cm_span_of(NULL, 0);
	}
	assert_int_equal(outcome(&m, "are shut"), CM_OUTCOME_NOT);
	make(&m);
	m.rows[2].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
	m.rows[2].packet.payload = cm_span_of(NULL, 0);
	assert_int_equal(outcome(&m, "1 more are shut"), CM_OUTCOME_PARTLY);
	make(&m);
	m.counted[1].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
	m.counted[1].packet.payload = cm_span_of(NULL, 0);
	assert_int_equal(outcome(&m, "shut or hidden"), CM_OUTCOME_PARTLY);
	make(&m);
	m.exhibit.n_counted = 1;
	assert_int_equal(outcome(&m, "shut or hidden"), CM_OUTCOME_PARTLY);
}

static void
ties_of_one_exhibit_are_enough(void **state)
{
	struct made_up m;
	size_t i;

	(void)state;
	make(&m);
	for (i = 0; i < 3; i++)
		m.rows[i].packet.dst.tied = true;
	for (i = 0; i < 4; i++)
		m.counted[i].packet.src.tied = true;
	assert_int_equal(outcome(&m, "2 clients got the script"), CM_OUTCOME_AS_SHOWN);
	/* known here, tied there: may be one or not */
	for (i = 0; i < 4; i++)
		m.counted[i].packet.src.tied = false;
	assert_int_equal(outcome(&m, "shut or hidden"), CM_OUTCOME_PARTLY);
}

static void
it_is_no_better_than_what_it_joins(void **state)
{
	struct made_up m;

	(void)state;
	make(&m);
	m.redone[1].outcome = CM_OUTCOME_CONTRADICTED;
	assert_int_equal(outcome(&m, "what it joins is contradicted"), CM_OUTCOME_CONTRADICTED);
	make(&m);
	m.redone[2].outcome = CM_OUTCOME_NOT;
	assert_int_equal(outcome(&m, "what it joins is not redone"), CM_OUTCOME_NOT);
}

static void
clocks_shift_and_blur_the_times(void **state)
{
	struct made_up m;
	struct cm_rejoined j;
	struct cm_arena a;

	(void)state;
	make(&m);
	cm_arena_init(&a, 0);
	m.clock = (struct cm_chain_v1_clock) { CM_CHAIN_CLOCK_BOTH_WAYS, 290 * MS, 310 * MS, 300 * MS, 5 };
	assert_int_equal(cm_rejoin(&m.d, 0, &a, &j), CM_OK);
	/* 250 - 300 is before, by more than the blur of 10; 400 - 300 is after */
	assert_int_equal(j.before, 1);
	assert_int_equal(j.lags, 1);
	assert_int_equal(j.least_ns, 100 * MS);
	assert_int_equal(j.unsure_ns, 10 * MS);
	m.clock.how = CM_CHAIN_CLOCK_ONE_WAY;
	assert_int_equal(cm_rejoin(&m.d, 0, &a, &j), CM_OK);
	assert_int_equal(j.lags + j.before, 0);
	assert_int_equal(j.clients, 2);
	cm_arena_fini(&a);
}

/* Every text of a sender, as markup. */
static void
no_text_of_a_statement_becomes_markup(void **state)
{
	static const char evil[] = "\"><script>alert(1)</script>";
	static const struct cm_traffic_sign_kind kind = { evil, evil, evil, evil, false, true };
	static const struct cm_traffic_sign sign = { &kind, 1, 2 };
	static struct cm_traffic_series series = { .from_ns = T0, .width_ns = 1000 * MS, .n = 2, .in = { 1, 2 }, .rest = { 3, 4 }, .out = { 5, 6 } };
	static const struct cm_traffic_range range[] = { { true, 1, 50 } };
	struct made_up m;
	struct cm_buf out = { 0 };

	(void)state;
	make(&m);
	m.exhibit.kind = m.exhibit.by = m.exhibit.made = "x";
	m.exhibit.shows.capture = true;
	m.d.by = m.d.made = m.d.version = "x";
	m.traffic.range = range;
	m.traffic.drawn = (struct cm_traffic_finding) { .kind = CM_TRAFFIC_AMPLIFICATION, .verdict = CM_TRAFFIC_SURGE,
		.service = evil, .signs = &sign, .n_signs = 1, .packets = 4 };
	m.traffic.claimed = m.traffic.drawn;
	m.traffic.claimed.name = m.traffic.claimed.effect.unseen = evil;
	m.traffic.claimed.series = &series;
	m.shown_traffic.rows = m.shown_traffic.drawn = 50;
	m.chain.layers = (const char *const[]) { evil };
	m.chain.n_layers = 1;
	m.counted[2].packet.payload = cm_span_str("GET /<script>alert(1)</script> HTTP/1.1\r\nHost: <script>alert(1)</script>\r\n\r\n");
	assert_int_equal(cm_report_render(&m.d, cm_span_str("{}"), NULL, &out), CM_OK);
	assert_null(strstr(cm_buf_cstr(&out), "<script>alert"));
	assert_non_null(strstr(cm_buf_cstr(&out), "&lt;script&gt;alert"));
	assert_non_null(strstr(cm_buf_cstr(&out), "id=\"c1\""));
	assert_non_null(strstr(cm_buf_cstr(&out), "id=\"t1\""));
	cm_buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_comes_out_of_its_rows),
		cmocka_unit_test(what_is_stated_otherwise_is_contradicted),
		cmocka_unit_test(clients_that_got_nothing_are_seen),
		cmocka_unit_test(a_flood_that_asks_for_something_else_is_seen),
		cmocka_unit_test(a_flood_without_names_goes_to_the_same_address),
		cmocka_unit_test(what_is_shut_is_said_and_no_lie),
		cmocka_unit_test(ties_of_one_exhibit_are_enough),
		cmocka_unit_test(it_is_no_better_than_what_it_joins),
		cmocka_unit_test(clocks_shift_and_blur_the_times),
		cmocka_unit_test(no_text_of_a_statement_becomes_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
