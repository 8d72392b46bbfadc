/* Requests counted: floods of HTTP are found, and what only looks like them is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asked_world.h"

static struct gen g;
static struct world w;
static struct cm_arena arena;
static struct world_found found;

static void
look(uint64_t thin)
{
	struct world_part part = { .thin = thin };

	world_sort(&w);
	assert_true(world_feed(&w, &part, &arena, &found));
}

static const struct cm_traffic_finding *
only(enum cm_traffic_verdict verdict)
{
	look(1);
	assert_int_equal(found.n, 1);
	assert_string_equal(cm_traffic_verdict_word(found.at[0].verdict), cm_traffic_verdict_word(verdict));
	return &found.at[0];
}

static void
assert_near(int64_t got, int64_t want, int64_t off)
{
	if (got < want - off || got > want + off)
		fail_msg("%lld is not near %lld", (long long)got, (long long)want);
}

static int64_t
at_s(int64_t t_ns)
{
	return (t_ns - WORLD_BEGAN) / 1000000000;
}

static struct world_flood
cannon(double from_s, double to_s)
{
	return (struct world_flood) { .from_s = from_s, .to_s = to_s, .clients = 500, .period_s = 2, .jitter = 0.1, .paths = 2,
		.buster = WORLD_MS, .referers = 37, .agents = 40 };
}

static void
browsers_sent_by_other_sites_are_a_flood_with_its_cause_said(void **state)
{
	struct world_flood f = cannon(600, 900);
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	world_people(&w, 0, 1000, 0.2);
	x = only(CM_TRAFFIC_FLOOD);
	assert_int_equal(x->kind, CM_TRAFFIC_HTTP);
	assert_string_equal(x->http->name, "v.example");
	assert_int_equal(x->port, 80);
	assert_int_equal(x->target.addr[3], 0x50);
	assert_near(at_s(x->from_ns), 600, 3);
	assert_near(at_s(x->to_ns), 900, 3);
	assert_near((int64_t)x->mean_per_s, 250, 15);
	assert_near((int64_t)x->sources, 570, 60);
	assert_int_equal(x->baseline.how, CM_BASELINE_BEFORE);
	assert_string_equal(x->http->buster, "milliseconds since 1970");
	assert_true(x->http->busted_ppm > 900000);
	assert_near(x->http->period_ms, 2000, 60);
	assert_true(x->http->period_ppm > 800000);
	assert_true(x->http->cookie_known && x->http->with_cookie_ppm < 100000);
	assert_memory_equal(x->http->paths[0].text, "/path", 5);
	assert_memory_equal(x->http->paths[1].text, "/path", 5);
	assert_near((int64_t)x->http->referers_seen, 39, 1);
	assert_true(world_has_sign(x, "referers-spread"));
	assert_true(world_has_sign(x, "asked-again"));
	assert_true(world_has_sign(x, "above-baseline"));
	assert_false(world_has_sign(x, "one-each"));
}

static void
a_capture_that_begins_inside_the_flood_is_enough(void **state)
{
	struct world_flood f = cannon(0, 20);
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	x = only(CM_TRAFFIC_FLOOD);
	assert_int_equal(x->baseline.how, CM_BASELINE_NONE);
	assert_true(x->cut_begin && x->cut_end);
}

static void
thirty_programs_at_two_a_second_are_a_flood(void **state)
{
	struct world_flood f = { .from_s = 300, .to_s = 400, .clients = 30, .period_s = 0.5, .jitter = 0.1, .paths = 1,
		.buster = WORLD_LETTERS, .agents = 1 };
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	x = only(CM_TRAFFIC_FLOOD);
	assert_string_equal(x->http->buster, "a text never used twice");
	assert_true(world_has_sign(x, "agent-uniform") && world_has_sign(x, "no-referers"));
	world_release(&w);
	f.buster = WORLD_NO_BUSTER; /* then only that it is far more than usual makes it one */
	world_flood(&w, &f);
	look(1);
	assert_int_equal(found.n, 0);
	world_people(&w, 0, 300, 0.05);
	x = only(CM_TRAFFIC_FLOOD);
	assert_true(x->first < w.n / 2);
}

static void
on_a_busy_site_a_flood_is_what_is_more_than_usual(void **state)
{
	struct world_flood f = cannon(300, 500);
	const struct cm_traffic_finding *x;

	(void)state;
	f.clients = 3000;
	world_people(&w, 0, 700, 3);
	world_flood(&w, &f);
	x = only(CM_TRAFFIC_FLOOD);
	assert_near(at_s(x->from_ns), 300, 3);
	assert_near(at_s(x->to_ns), 500, 4);
	assert_int_equal(x->baseline.how, CM_BASELINE_BEFORE);
	assert_near((int64_t)x->baseline.milli, 127000, 25000);
}

static void
one_that_comes_and_goes_or_grows_is_one(void **state)
{
	const struct cm_traffic_finding *x;

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		struct world_flood f = cannon(100 + i * 40, 110 + i * 40);

		f.period_s = 1;
		world_flood(&w, &f);
	}
	world_people(&w, 0, 900, 0.1);
	x = only(CM_TRAFFIC_FLOOD);
	assert_near(at_s(x->from_ns), 100, 3);
	assert_near(at_s(x->to_ns), 470, 20);
	world_release(&w);
	for (unsigned i = 0; i < 8; i++) {
		struct world_flood f = cannon(100 + i * 50, 500);

		f.clients = 25u << i;
		world_flood(&w, &f);
	}
	world_people(&w, 0, 900, 0.1);
	x = only(CM_TRAFFIC_FLOOD);
	assert_near(at_s(x->from_ns), 100, 10);
	assert_near(at_s(x->to_ns), 500, 4);
}

static void
answers_in_packets_are_timed_and_those_that_lack_are_seen(void **state)
{
	struct cm_traffic_params params = cm_traffic_params_default();
	struct cm_traffic_finding out[4];
	struct cm_asked *a;
	size_t n;

	(void)state;
	assert_int_equal(cm_asked_new(&params, &a), CM_OK);
	for (uint32_t i = 0; i < 40000; i++) { /* one in a second, then 200; from the 20,000th on every other is answered */
		int64_t t_ns = WORLD_BEGAN + (i < 100 ? i * INT64_C(1000000000) : 100000000000 + (i - 100) * INT64_C(5000000));
		char target[32];
		struct cm_request r = { .id = i + 1, .t_ns = t_ns, .took_ns = -1, .client_port = (uint16_t)(1024 + i % 60000), .server_port = 80,
			.host = cm_span_str("v.example"), .cookie_known = true, .referer_known = true };
		struct cm_packet p = { .t_ns = t_ns + (i < 20000 ? 30000000 : 800000000), .proto = 6, .sport = 80, .dport = r.client_port,
			.payload = cm_span_str(i % 3 == 0 ? "HTTP/1.1 503 Service\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n") };

		snprintf(target, sizeof(target), "/?%lld", (long long)(t_ns / 1000000));
		r.target = cm_span_str(target);
		r.client.net = r.server.net = 4;
		r.client.addr[3] = (uint8_t)(i % 100);
		r.server.addr[0] = 203;
		p.dst = r.client;
		p.src = r.server;
		assert_int_equal(cm_asked_request(a, &r), CM_OK);
		if (i < 20000 || i % 2 == 0)
			assert_int_equal(cm_asked_packet(a, &p), CM_OK);
	}
	assert_int_equal(cm_asked_findings(a, &arena, out, 4, &n), CM_OK);
	cm_asked_free(a);
	assert_int_equal(n, 1);
	assert_near(out[0].effect.answer_ms[0], 30, 4);
	assert_near(out[0].effect.answered_ppm[0], 1000000, 10000); /* one waits when its block ends */
	assert_near(out[0].effect.answered_ppm[1], 750000, 10000);
	assert_near(out[0].effect.errors_ppm[1], 333333, 10000);
	assert_null(out[0].effect.unseen);
	assert_true(out[0].effect.degraded && !out[0].effect.recovered);
}

static void
a_log_that_knows_less_still_shows_it(void **state)
{
	struct world_flood f = cannon(600, 900);

	(void)state;
	world_flood(&w, &f);
	world_people(&w, 0, 1000, 0.2);
	w.log = w.no_host = w.no_cookie = true;
	assert_true(world_has_sign(only(CM_TRAFFIC_FLOOD), "foreign-referers"));
	assert_string_equal(found.at[0].http->name, "");
	assert_int_equal(found.at[0].target.net, 0);
	w.no_referer = true;
	assert_false(world_has_sign(only(CM_TRAFFIC_FLOOD), "foreign-referers"));
	assert_int_equal(found.at[0].http->n_referers, 0);
}

/* As servers write them: when the answer ends, with the whole second in which it began. */
static int
by_end(const void *a, const void *b)
{
	const struct world_request *x = a, *y = b;
	int64_t t = x->t_ns + x->took_ns, u = y->t_ns + y->took_ns;

	return (t > u) - (t < u);
}

static void
write_when_answered(void)
{
	for (size_t i = 0; i < w.n; i++)
		w.all[i].took_ns = gen_u64(&g) % 3 == 0 ? (int64_t)(gen_u64(&g) % 15000) * 1000000 : 0;
	qsort(w.all, w.n, sizeof(*w.all), by_end);
	for (size_t i = 0; i < w.n; i++) {
		w.all[i].t_ns -= w.all[i].t_ns % 1000000000;
		w.all[i].took_ns = 0;
	}
}

static void
a_log_out_of_order_has_its_rows_and_its_fullest_second(void **state)
{
	struct world_flood f = cannon(60, 120);
	uint64_t in_second[200] = { 0 }, most = 0;
	const struct cm_traffic_finding *x;

	(void)state;
	w.log = true;
	world_flood(&w, &f);
	world_people(&w, 0, 180, 0.2);
	world_sort(&w);
	write_when_answered();
	for (size_t i = 0; i < w.n; i++) {
		uint64_t *n = &in_second[at_s(w.all[i].t_ns)];

		most = ++*n > most ? *n : most;
	}
	assert_true(world_feed(&w, &(struct world_part) { .thin = 1 }, &arena, &found));
	assert_int_equal(found.n, 1);
	x = &found.at[0];
	assert_int_equal(x->peak_per_s, most);
	assert_true(x->mean_per_s <= x->peak_per_s);
	/* all are for one name: no more are counted than there are lines */
	assert_true(x->packets <= x->last - x->first + 1);
}

static void
every_kind_of_cache_buster_is_named(void **state)
{
	static const struct {
		enum world_buster how;
		const char *said;
	} kinds[] = { { WORLD_MS, "milliseconds since 1970" }, { WORLD_RANDOM, "random number" }, { WORLD_FRACTION, "random fraction" },
		{ WORLD_HEX, "random hexadecimal digits" }, { WORLD_LETTERS, "a text never used twice" } };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct world_flood f = cannon(0, 30);

		f.buster = kinds[i].how;
		world_flood(&w, &f);
		assert_string_equal(only(CM_TRAFFIC_FLOOD)->http->buster, kinds[i].said);
		world_release(&w);
	}
}

static void
a_crowd_is_a_surge(void **state)
{
	const struct cm_traffic_finding *x;

	(void)state;
	world_people(&w, 0, 600, 0.3);
	world_people(&w, 600, 900, 10);
	x = only(CM_TRAFFIC_SURGE);
	assert_true(world_has_sign(x, "sub-resources") && world_has_sign(x, "cookies"));
	assert_near(at_s(x->from_ns), 600, 3);
}

static void
a_busy_site_is_nothing(void **state)
{
	(void)state;
	world_people(&w, 0, 600, 4);
	look(1);
	assert_int_equal(found.n, 0);
}

static void
own_pages_that_poll_are_no_flood(void **state)
{
	(void)state;
	world_people(&w, 0, 900, 0.05);
	world_polling(&w, 300, 900, 100, 2);
	assert_true(world_has_sign(only(CM_TRAFFIC_SURGE), "own-referers"));
	w.log = w.no_host = true;
	assert_true(world_has_sign(only(CM_TRAFFIC_SURGE), "own-referers"));
	world_release(&w);
	world_polling(&w, 0, 300, 100, 2);
	look(1);
	assert_int_equal(found.n, 0);
}

static void
letters_with_a_link_of_their_own_are_no_flood(void **state)
{
	(void)state;
	world_people(&w, 0, 900, 0.1);
	world_mailing(&w, 300, 600, 20000);
	assert_true(world_has_sign(only(CM_TRAFFIC_SURGE), "one-each"));
}

static void
a_test_from_one_source_is_a_surge_and_names_it(void **state)
{
	(void)state;
	world_test(&w, 0, 60, 200, false);
	assert_int_equal(only(CM_TRAFFIC_SURGE)->source.addr[0], 0x32);
	world_release(&w);
	world_test(&w, 0, 60, 15, true); /* a crawler that takes its time */
	look(1);
	assert_int_equal(found.n, 0);
}

static void
a_counter_on_many_sites_is_no_flood(void **state)
{
	(void)state;
	world_beacon(&w, 0, 600, 100);
	look(1);
	assert_int_equal(found.n, 0);
}

static void
two_floods_on_two_names_are_two(void **state)
{
	struct world_flood f = cannon(0, 60);

	(void)state;
	world_flood(&w, &f);
	for (size_t i = 0; i < w.n; i += 2)
		snprintf(w.all[i].host, sizeof(w.all[i].host), "Other.Example.");
	look(1);
	assert_int_equal(found.n, 2);
	assert_non_null(world_find(&found, "other.example"));
	assert_non_null(world_find(&found, "v.example"));
}

/* Of each page of the referers' sites, the script that it asks a third host for. */
static void
embed(double from_s, double to_s, unsigned sites, const char *script_host, const char *script)
{
	for (unsigned i = 0; i < 400; i++) {
		struct world_request r = { .t_ns = WORLD_BEGAN + (int64_t)((from_s + (to_s - from_s) * i / 400) * 1e9), .client = 0x0a000000u + i,
			.took_ns = -1, .port = 5000 };

		snprintf(r.host, sizeof(r.host), "%s", script_host);
		snprintf(r.target, sizeof(r.target), "%s", script);
		snprintf(r.referer, sizeof(r.referer), "http://page%u.example/a", i % sites);
		world_one(&w, &r);
	}
}

static void
the_script_host_that_the_pages_share_is_named(void **state)
{
	struct world_flood f = cannon(100, 200);
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	embed(0, 100, 37, "count.ads.test", "/hm.js?17");
	embed(0, 100, 11, "fonts.other.test", "/f.js");
	embed(0, 100, 37, "pictures.test", "/a.png");
	look(1);
	x = world_find(&found, "v.example");
	assert_non_null(x);
	assert_string_equal(x->http->shared, "count.ads.test");
	assert_int_equal(x->http->shared_ppm, 1000000);
	assert_true(world_has_sign(x, "shared-script"));
}

static void
what_the_victim_felt_is_in_the_answers(void **state)
{
	struct world_flood f = cannon(100, 200);
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	world_people(&w, 0, 300, 0.3);
	w.log = true;
	for (size_t i = 0; i < w.n; i++) {
		bool ill = w.all[i].t_ns > WORLD_BEGAN + INT64_C(110000000000) && w.all[i].t_ns < WORLD_BEGAN + INT64_C(210000000000);

		w.all[i].status = ill && i % 2 == 0 ? 503 : 200;
		w.all[i].took_ns = ill ? 4000000000 : 20000000;
	}
	world_sort(&w);
	x = only(CM_TRAFFIC_FLOOD);
	assert_true(x->effect.degraded && x->effect.recovered);
	assert_near(at_s(x->effect.degraded_ns), 110, 3);
	assert_near(at_s(x->effect.recovered_ns), 210, 8);
	assert_near(x->effect.answer_ms[0], 20, 3);
	assert_near(x->effect.answer_ms[1], 4000, 500);
	assert_int_equal(x->effect.errors_ppm[0], 0);
	assert_near(x->effect.errors_ppm[1], 450000, 50000);
	assert_non_null(x->effect.unseen);
}

static void
the_hash_seed_changes_nothing(void **state)
{
	struct world_flood f = cannon(100, 200);
	struct world_part part = { .thin = 1, .hash_seed = 4711 };
	struct world_found other;

	(void)state;
	f.clients = 5000;
	f.buster = WORLD_RANDOM;
	world_flood(&w, &f);
	world_people(&w, 0, 300, 1);
	look(1);
	assert_true(world_feed(&w, &part, &arena, &other));
	assert_int_equal(found.n, other.n);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.at[0].sources, other.at[0].sources);
	assert_int_equal(found.at[0].n_signs, other.at[0].n_signs);
	for (size_t i = 0; i < other.at[0].n_signs; i++)
		assert_int_equal(found.at[0].signs[i].value, other.at[0].signs[i].value);
}

static void
a_flood_is_found_among_a_million_names(void **state)
{
	struct world_flood f = cannon(10, 60);

	(void)state;
	world_flood(&w, &f);
	for (unsigned i = 0; i < 200000; i++) {
		struct world_request r = { .t_ns = WORLD_BEGAN + i * INT64_C(300000), .client = i, .took_ns = -1 };

		snprintf(r.host, sizeof(r.host), "n%u.names.example", i);
		snprintf(r.target, sizeof(r.target), "/");
		world_one(&w, &r);
	}
	look(1);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.at[0].http->name, "v.example");
	assert_true(found.stats.names_evicted > 100000);
}

static void
times_that_jump_do_no_harm(void **state)
{
	static const int64_t odd[] = { INT64_MAX, INT64_MIN + 1, 0, -1, INT64_C(4000000000000000000) };
	struct world_flood f = cannon(0, 60);

	(void)state;
	world_flood(&w, &f);
	world_sort(&w);
	for (size_t i = 0; i < w.n; i += 997)
		w.all[i].t_ns = odd[i / 997 % 5];
	assert_true(world_feed(&w, &(struct world_part) { .thin = 1 }, &arena, &found));
	assert_true(world_feed(&w, &(struct world_part) { .thin = UINT64_MAX }, &arena, &found));
	assert_true(world_feed(&w, &(struct world_part) { .thin = 1, .memory = 1 }, &arena, &found));
}

static void
requests_belong_to_the_finding_of_their_name(void **state)
{
	struct world_flood f = cannon(0, 60);
	struct cm_request r = { .host = cm_span_str("V.EXAMPLE."), .target = cm_span_str("/x") };
	struct cm_packet p = { .proto = 6, .sport = 80, .payload = cm_span_str("HTTP/1.1 200 OK\r\n") };
	const struct cm_traffic_finding *x;

	(void)state;
	world_flood(&w, &f);
	x = only(CM_TRAFFIC_FLOOD);
	assert_true(cm_asked_touches_request(x, &r));
	r.host = cm_span_str("w.example");
	assert_false(cm_asked_touches_request(x, &r));
	p.src = x->target;
	assert_true(cm_asked_touches(x, &p));
	p.sport = 81;
	assert_false(cm_asked_touches(x, &p));
	p.payload = cm_span_str("GET / HTTP/1.1\r\nHost: v.example\r\n\r\n");
	assert_true(cm_asked_touches(x, &p));
}

static int
begin(void **state)
{
	(void)state;
	g = (struct gen) { .state = 20150326 };
	w = (struct world) { .g = &g };
	cm_arena_init(&arena, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_release(&w);
	cm_arena_fini(&arena);
	return 0;
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(browsers_sent_by_other_sites_are_a_flood_with_its_cause_said),
		WORLD_TEST(a_capture_that_begins_inside_the_flood_is_enough),
		WORLD_TEST(thirty_programs_at_two_a_second_are_a_flood),
		WORLD_TEST(on_a_busy_site_a_flood_is_what_is_more_than_usual),
		WORLD_TEST(one_that_comes_and_goes_or_grows_is_one),
		WORLD_TEST(answers_in_packets_are_timed_and_those_that_lack_are_seen),
		WORLD_TEST(a_log_that_knows_less_still_shows_it),
		WORLD_TEST(a_log_out_of_order_has_its_rows_and_its_fullest_second),
		WORLD_TEST(every_kind_of_cache_buster_is_named),
		WORLD_TEST(a_crowd_is_a_surge),
		WORLD_TEST(a_busy_site_is_nothing),
		WORLD_TEST(own_pages_that_poll_are_no_flood),
		WORLD_TEST(letters_with_a_link_of_their_own_are_no_flood),
		WORLD_TEST(a_test_from_one_source_is_a_surge_and_names_it),
		WORLD_TEST(a_counter_on_many_sites_is_no_flood),
		WORLD_TEST(two_floods_on_two_names_are_two),
		WORLD_TEST(the_script_host_that_the_pages_share_is_named),
		WORLD_TEST(what_the_victim_felt_is_in_the_answers),
		WORLD_TEST(the_hash_seed_changes_nothing),
		WORLD_TEST(a_flood_is_found_among_a_million_names),
		WORLD_TEST(times_that_jump_do_no_harm),
		WORLD_TEST(requests_belong_to_the_finding_of_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
