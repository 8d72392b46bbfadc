#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "asks.h"

/* At 0 five clients got a script that aims at www.v.example, and asked news.example before; what happens
 * at 1 is up to the test. */
#define CLIENTS 5u

struct world {
	struct cm_visits *visits[2];
	struct cm_traffic *traffic[2];
	struct cm_clock *clock[2];
	struct cm_script_target target;
	struct cm_chain_script script[CLIENTS];
	struct cm_chain_vantage vantage[2];
	struct cm_arena arena;
	struct cm_chain_result found;
};

static void
visit(struct cm_visits *v, uint8_t client, const char *name, const char *target, int64_t t_ns)
{
	struct cm_request r = ask(host_of(100, client), name, t_ns, client);

	r.target = cm_span_str(target);
	assert_int_equal(cm_visits_request(v, &r), CM_OK);
}

static int
set_up(void **state)
{
	static struct world w;
	struct cm_traffic_params params = cm_traffic_params_default();

	w = (struct world) { .target = { .scheme = "http", .host = "www.v.example", .path = "/page", .query = "",
		.how = CM_SCRIPT_REPEATED } };
	params.memory = 0;
	cm_arena_init(&w.arena, 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(cm_visits_new(CM_VISITS_MEMORY, 3 + i, &w.visits[i]), CM_OK);
		assert_int_equal(cm_traffic_new(&params, &w.traffic[i]), CM_OK);
		assert_int_equal(cm_clock_new(&w.clock[i]), CM_OK);
		w.vantage[i] = (struct cm_chain_vantage) { .traffic = w.traffic[i], .visits = w.visits[i],
			.clock = w.clock[i] };
	}
	for (uint8_t i = 0; i < CLIENTS; i++) {
		w.script[i] = (struct cm_chain_script) { .client = host_of(100, i), .t_ns = 10 * SECOND,
			.first = cm_packet_id_of(0, 50u + i), .asked = "",
			.script = { .targets = &w.target, .n_targets = 1, .repeats = true, .period_ms = 2000 } };
		visit(w.visits[0], i, "news.example", "/", SECOND);
	}
	w.vantage[0].scripts = w.script;
	w.vantage[0].n_scripts = CLIENTS;
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		cm_visits_free(w->visits[i]);
		cm_traffic_free(w->traffic[i]);
		cm_clock_free(w->clock[i]);
	}
	cm_arena_fini(&w->arena);
	return 0;
}

static const struct cm_chain *
find(struct world *w)
{
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(cm_traffic_finish(w->traffic[i]), CM_OK);
		cm_visits_settle(w->visits[i]);
	}
	assert_int_equal(cm_chain_find(w->vantage, 2, &w->arena, &w->found), CM_OK);
	assert_int_equal(w->found.n, 1);
	return &w->found.chain[0];
}

/* ---- what the victim saw ---- */

static struct cm_packet
segment(uint8_t client, uint64_t frame, int64_t t_ns)
{
	return (struct cm_packet) { .id = cm_packet_id_of(1, frame), .t_ns = t_ns, .open = CM_OPEN_ALL,
		.src = host_of(100, client), .dst = { .addr = { 203, 0, 113, 7 }, .net = 4 }, .proto = 6, .ttl = 60,
		.transport = true, .ip_len = 40, .sport = (uint16_t)(40000 + frame % 20000), .dport = 80,
		.flags = CM_TCP_ACK, .seq = (uint32_t)frame, .window = 500 };
}

/* Acknowledgements of no connection: far more than the 60 s before had.  They say no name. */
static void
flood_of_acks(struct world *w)
{
	uint64_t frame = 0;

	for (int64_t t = 0; t < 60; t++) {
		struct cm_packet p = segment(0, ++frame, t * SECOND);

		assert_int_equal(cm_traffic_packet(w->traffic[1], &p), CM_OK);
	}
	for (unsigned i = 0; i < 60000; i++) {
		struct cm_packet p = segment((uint8_t)(i % 200), ++frame, 60 * SECOND + i * (SECOND / 3000));

		assert_int_equal(cm_traffic_packet(w->traffic[1], &p), CM_OK);
	}
}

static void
log_line(struct world *w, struct cm_request r)
{
	memset(&r.server, 0, sizeof(r.server));
	r.method = cm_span_str("GET");
	r.host = (struct cm_span) { 0 };
	r.status = 200;
	r.referer_known = true;
	assert_int_equal(cm_traffic_request(w->traffic[1], &r), CM_OK);
	assert_int_equal(cm_visits_request(w->visits[1], &r), CM_OK);
}

/* A log that says no names: a visitor a second for a minute, then browsers on all kinds of sites that ask
 * for one path every two seconds, each time with another number behind it. */
static void
flood_in_a_log(struct world *w, const char *path)
{
	char target[64], referer[64];

	w->vantage[1].is_log = true;
	for (unsigned i = 0; i < 60; i++) {
		struct cm_request r = ask(host_of(101, (uint8_t)i), "", i * SECOND, i + 1);

		r.target = cm_span_str("/index.html");
		r.agent = cm_span_str("Mozilla/5.0");
		log_line(w, r);
	}
	for (unsigned i = 0; i < 12500; i++) {
		struct cm_request r = ask(host_of(100, (uint8_t)(i % 250)), "", (60 + i / 125) * SECOND, i + 61);

		snprintf(target, sizeof(target), "%s?%u", path, 1600000000u + i * 7919u);
		snprintf(referer, sizeof(referer), "http://site%u.example/", i % 250);
		r.target = cm_span_str(target);
		r.referer = cm_span_str(referer);
		r.agent = cm_span_str("Mozilla/5.0");
		log_line(w, r);
	}
}

/* ---- by what ---- */

static void
a_flood_without_names_is_the_scripts_where_its_name_was_asked_for(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	flood_of_acks(w);
	visit(w->visits[0], 1, "www.v.example", "/page", 11 * SECOND); /* at 203.0.113.7 */
	c = find(w);
	assert_true(c->n_floods >= 1);
	assert_int_equal(c->floods[0].by, CM_CHAIN_BY_ADDRESS);
	assert_int_equal(c->floods[0].vantage, 1);
}

static void
a_flood_at_an_address_where_nobody_asked_for_the_name_is_not(void **state)
{
	struct world *w = *state;

	flood_of_acks(w);
	visit(w->visits[0], 1, "other.example", "/page", 11 * SECOND);
	assert_int_equal(find(w)->n_floods, 0);
}

static void
a_log_is_known_by_the_scripts_paths(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	flood_in_a_log(w, "/page");
	c = find(w);
	assert_true(c->n_floods >= 1);
	assert_int_equal(c->floods[0].by, CM_CHAIN_BY_PATHS);
	assert_int_equal(c->floods[0].shared_clients, CLIENTS);
	assert_int_equal(c->floods[0].shared_with_script, CLIENTS);
}

static void
a_log_of_other_paths_is_not(void **state)
{
	struct world *w = *state;

	flood_in_a_log(w, "/other");
	assert_int_equal(find(w)->n_floods, 0);
}

/* ---- clocks ---- */

static void
where_nothing_says_how_far_clocks_are_apart_no_lag_is_told(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	flood_in_a_log(w, "/page");
	c = find(w);
	assert_int_equal(c->floods[0].offset.how, CM_OFFSET_UNKNOWN);
	assert_int_equal(c->a, CLIENTS);
	assert_int_equal(c->lags, 0);
	assert_int_equal(c->before, 0);
	for (size_t i = 0; i < c->n_clients; i++)
		assert_false(c->clients[i].lag_known);
}

/* Requests that both saw; the log's clock is ${ahead_ns} ahead. */
static void
shared_requests(struct world *w, int64_t ahead_ns)
{
	char target[32] = "/search?token=000000000000";

	for (unsigned i = 0; i < 64; i++) {
		struct cm_request r = ask(host_of(100, 200), "", i * SECOND + 7, i);

		target[14] = (char)('a' + i % 26);
		target[15] = (char)('a' + i / 26);
		r.target = cm_span_str(target);
		cm_clock_request(w->clock[0], &r);
		r.t_ns = i * SECOND + ahead_ns;
		cm_clock_request(w->clock[1], &r);
	}
}

static void
an_offset_of_seconds_moves_the_lags_and_widens_them(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	flood_in_a_log(w, "/page"); /* from 60 s by the log's clock */
	shared_requests(w, 30 * SECOND);
	c = find(w);
	assert_int_equal(c->floods[0].offset.how, CM_OFFSET_SECONDS);
	assert_int_equal(c->a, CLIENTS);
	assert_int_equal(c->lags, CLIENTS);
	assert_in_range(c->lag_median_ns, 19 * SECOND, 21 * SECOND); /* 60 - 30 - 10 */
	assert_in_range(c->lag_unsure_ns, SECOND - 1, SECOND + 1);
}

static void
one_bound_alone_gives_no_lag(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	flood_in_a_log(w, "/page");
	for (uint32_t i = 0; i < 64; i++) {
		struct cm_packet p = segment(200, 1000 + i, i * SECOND);

		p.payload_len = 0;
		p.flags = CM_TCP_SYN;
		p.tsval = i;
		cm_clock_packet(w->clock[0], &p);
		p.t_ns += SECOND;
		p.ttl -= 3;
		cm_clock_packet(w->clock[1], &p);
	}
	c = find(w);
	assert_int_equal(c->floods[0].offset.how, CM_OFFSET_ONE_WAY);
	assert_int_equal(c->a, CLIENTS);
	assert_int_equal(c->lags, 0);
}

/* Whoever wrote the capture wrote its times. */
static void
lags_between_the_ends_of_time_are_as_long_as_a_number_can_be(void **state)
{
	struct world *w = *state;
	const struct cm_chain *c;

	w->script[0].t_ns = INT64_MIN;
	visit(w->visits[0], 0, "www.v.example", "/page", INT64_MAX);
	w->script[1].t_ns = INT64_MAX;
	visit(w->visits[0], 1, "www.v.example", "/page", INT64_MIN);
	c = find(w);
	assert_int_equal(c->a, 2);
	assert_int_equal(c->before, 1);
	assert_int_equal(c->lags, 1);
	assert_true(c->lag_most_ns == INT64_MAX);
	for (size_t i = 0; i < c->n_clients; i++)
		assert_true(c->clients[i].lag_ns == INT64_MAX || c->clients[i].lag_ns == -INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_without_names_is_the_scripts_where_its_name_was_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_flood_at_an_address_where_nobody_asked_for_the_name_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_log_is_known_by_the_scripts_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_log_of_other_paths_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(where_nothing_says_how_far_clocks_are_apart_no_lag_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_offset_of_seconds_moves_the_lags_and_widens_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_bound_alone_gives_no_lag, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lags_between_the_ends_of_time_are_as_long_as_a_number_can_be, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
