/* traffic/v1: what was counted of sealed rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/disclosure.h"
#include "statement/traffic_v1.h"

#define T0 INT64_C(1426587630123456789)

static uint8_t seals[2][32] = { { 0xcc }, { 0xdd } };
static const struct cm_traffic_sign_kind bare = { "bare", "no options", "ppm", "0 of 102", false, true },
    many = { "many", "so many", "per second", "not measured", false, true },
    octets = { "octets", "spread", "", "not measured", true, false };
static const struct cm_traffic_sign drawn_signs[] = { { &bare, 990000, 900000 }, { &many, 3000, 200 },
	{ &octets, -7, 5 } };
static const struct cm_traffic_sign all_signs[] = { { &bare, 991000, 900000 }, { &octets, 7787, 7500 } };
static struct cm_traffic_series series;
static const cm_packet_id support[] = { 11, 17, (UINT64_C(1) << 44) | 3 };
static const struct cm_traffic_range ranges[] = { { true, 10, 20 }, { true, 3, 3 } };

static struct cm_traffic_v1
sample(uint64_t thin)
{
	struct cm_traffic_v1 t = { .seals = seals, .n_seals = 2, .detector = "comity-traffic", .version = 1, .source = { 5 },
		.evidence = "N1", .memory = 1 << 26, .thin = thin, .range = ranges, .support = { support, 3 } };

	series = (struct cm_traffic_series) { .from_ns = T0, .width_ns = 500000000, .n = 3, .in = { 1, 2, 3 },
		.rest = { 4, 5, 6 }, .out = { 7, 8, 9 }, .effect_is = CM_SERIES_OPENINGS, .effect = { { 10, 11, 12 }, { 13, 14, 15 } } };
	t.drawn = (struct cm_traffic_finding) { .kind = CM_TRAFFIC_AMPLIFICATION, .verdict = CM_TRAFFIC_SURGE, .port = 53,
		.proto = 17, .service = "DNS", .from_ns = T0, .to_ns = T0 + 1, .packets = 96, .bytes = 960, .peak_per_s = 64,
		.mean_per_s = 32, .signs = drawn_signs, .n_signs = 3 };
	t.claimed = t.drawn;
	t.claimed.packets = 101;
	t.claimed.sources = 12;
	t.claimed.slow = t.claimed.cut_end = true;
	t.claimed.baseline = (struct cm_baseline) { CM_BASELINE_OTHERS, 1200, 30000 };
	t.claimed.effect = (struct cm_effect) { .degraded = true, .degraded_ns = T0 + 5, .syn_answered_ppm = { -1, 20 },
		.answer_ms = { 18, 2304 }, .errors_ppm = { -1, -1 }, .answered_ppm = { 1, 2 }, .unseen = "one direction" };
	t.claimed.series = &series;
	t.claimed.name = "like a tool";
	t.claimed.signs = all_signs;
	t.claimed.n_signs = 2;
	return t;
}

static void
body(void *arg, struct cm_jsonw *w)
{
	cm_traffic_v1_write(w, arg);
}

static enum cm_result
read_members(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	enum cm_result r = cm_statement_only(d, cm_traffic_v1_members, err);

	return r == CM_OK ? cm_traffic_v1_read(d->predicate, a, out, err) : r;
}

static enum cm_result
read_text(const char *text, struct cm_arena *a, struct cm_traffic_v1 *out, struct cm_err *err)
{
	return hand_read(text, read_members, a, out, err);
}

static void
what_was_counted_comes_back_as_it_was_written(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_TRAFFIC);
	struct cm_traffic_v1 t = sample(32), out;
	struct cm_buf b = { 0 }, again = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &t, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_OK);
	assert_int_equal(out.n_seals, 2);
	assert_memory_equal(out.seals[1], seals[1], 32);
	assert_int_equal(out.thin, 32);
	assert_true(out.range[0].any && out.range[0].first == 10 && out.range[0].last == 20);
	assert_int_equal(out.support.n, 3);
	assert_int_equal(out.support.id[2], support[2]);
	assert_int_equal(out.drawn.kind, CM_TRAFFIC_AMPLIFICATION);
	assert_int_equal(out.drawn.verdict, CM_TRAFFIC_SURGE);
	assert_string_equal(out.drawn.service, "DNS");
	assert_int_equal(out.drawn.from_ns, T0);
	assert_int_equal(out.claimed.packets, 101);
	assert_int_equal(out.claimed.effect.answer_ms[1], 2304);
	assert_int_equal(out.claimed.effect.syn_answered_ppm[0], -1);
	assert_true(out.claimed.effect.degraded && !out.claimed.effect.recovered);
	assert_int_equal(out.claimed.series->n, 3);
	assert_int_equal(out.claimed.series->out[2], 9);
	assert_int_equal(out.claimed.series->effect_is, CM_SERIES_OPENINGS);
	assert_int_equal(out.claimed.series->effect[1][2], 15);
	assert_int_equal(out.claimed.baseline.how, CM_BASELINE_OTHERS);
	hand_text(&head, body, &out, &again);
	assert_string_equal(cm_buf_cstr(&b), cm_buf_cstr(&again));
	cm_buf_release(&b);
	cm_buf_release(&again);
	cm_arena_fini(&a);
}

static void
a_draw_says_only_what_thins_and_the_rest_is_claimed(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_TRAFFIC);
	struct cm_traffic_v1 t, out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	struct cm_arena a;
	const uint64_t thin[] = { 1, 2 };
	const size_t drawn[] = { 3, 2 }, claimed[] = { 0, 1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		cm_arena_init(&a, 0);
		t = sample(thin[i]);
		hand_text(&head, body, &t, &b);
		assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_OK);
		assert_int_equal(out.drawn.n_signs, drawn[i]);
		assert_int_equal(out.claimed.n_signs, claimed[i]);
		cm_buf_release(&b);
		cm_arena_fini(&a);
	}
}

static void
what_does_not_belong_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *because;
	} ways[] = { { "\"thin\": 32", "\"thin\": 33", "thin" }, { "\"thin\": 32", "\"thin\": 0", "thin" },
		{ "\"kind\": \"amp", "\"kind\": \"Amp", "kind" }, { "\"surge\"", "\"crowd\"", "verdict" },
		{ "        10,\n        20", "        20,\n        10", "range" }, { "\"port\": 53", "\"port\": 65536", "port" },
		{ "\"proto\": 17", "\"proto\": -1", "proto" }, { "\"N1\"", "\"N0\"", "evidence" }, { "        11,\n", "        9,\n", "support" },
		{ "        11,\n", "        17,\n", "ascend" }, { "        11,\n", "        10,\n        10,\n", "ascend" },
		{ "\"name\": \"many\"", "\"name\": \"bare\"", "signs" }, { "\"name\": \"many\"", "\"name\": \"a\"", "signs" },
		{ "\"name\": \"octets\"", "\"name\": \"many\"", "claimed" }, { ".123456789Z", ".12345678Z", "time" },
		{ ".123456789Z", ".1234567890Z", "time" }, { ".123456789Z", "Z", "time" }, { ".123456790Z", ".123456788Z", "ends" },
		{ "\"packets\": 96", "\"packets\": 9007199254740992", "integer" }, { "\"packets\": 96", "\"packets\": -1", "packets" },
		{ "\"how\": \"others\"", "\"how\": \"guess\"", "how" }, { "\"width_ns\": 500000000", "\"width_ns\": 0", "width" },
		{ "\"answer_ms\": [", "\"answer_ms\": [ 1,", "answer_ms" }, { "          7,\n", "", "out" },
		{ "\"opened\"", "\"errors\"", "openings" }, { "          13,\n", "", "answered" },
		{ "\"slow\": true", "\"slow\": 1", "slow" }, { "\"memory\"", "\"window\"", "window" },
		{ "\"service\"", "\"target\"", "target" }, { "\"unit\": \"ppm\",", "", "unit" } };
	struct cm_statement head = hand_head(CM_PREDICATE_TRAFFIC);
	struct cm_traffic_v1 t = sample(32), out;
	struct cm_buf b = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &t, &b);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *text = hand_swap(cm_buf_cstr(&b), ways[i].from, ways[i].to);
		struct cm_err err;

		if (read_text(text, &a, &out, &err) != CM_E_MALFORMED || strstr(err.text, ways[i].because) == NULL)
			fail_msg("%zu: expected \"%s\" in \"%s\"", i, ways[i].because, err.text);
		free(text);
	}
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
times_have_one_spelling(void **state)
{
	char text[CM_TIME_NS_LEN + 1];
	int64_t t;

	(void)state;
	cm_time_ns_format(T0, text);
	assert_string_equal(text, "2015-03-17T10:20:30.123456789Z");
	assert_int_equal(cm_time_ns_parse(text, &t), CM_OK);
	assert_int_equal(t, T0);
	cm_time_ns_format(-5, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000000Z");
	cm_time_ns_format(INT64_MAX, text);
	assert_string_equal(text, "2262-04-11T23:47:16.854775807Z");
	assert_int_equal(cm_time_ns_parse("2262-04-11T23:47:16.854775808Z", &t), CM_E_MALFORMED);
	assert_int_equal(cm_time_ns_parse("2015-03-17T10:20:30.12345678xZ", &t), CM_E_MALFORMED);
	assert_int_equal(cm_time_ns_parse("2015-03-17T10:20:30,123456789Z", &t), CM_E_MALFORMED);
	assert_int_equal(cm_time_ns_parse("2015-02-30T10:20:30.123456789Z", &t), CM_E_MALFORMED);
}

/* Dossiers of before there were such statements keep their bytes. */
static void
a_disclosure_names_them_only_if_there_are_some(void **state)
{
	static uint8_t one[1][32] = { { 1 } };
	struct cm_shows shows = { .capture = true };
	struct cm_disclosure d = { .seals = one, .n_seals = 1, .findings = one, .shows = &shows, .tool_name = "t",
		.tool_version = "1" }, out;
	struct cm_json_doc doc = { 0 };
	struct cm_arena a;

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		struct cm_buf b = { 0 };
		struct cm_jsonw w = cm_jsonw_of(&b, 0);

		cm_arena_init(&a, 0);
		d.traffic = d.chains = one;
		d.n_traffic = d.n_chains = n;
		cm_jsonw_object(&w);
		cm_disclosure_write(&w, &d);
		cm_jsonw_object_end(&w);
		assert_int_equal(strstr(cm_buf_cstr(&b), "traffic") != NULL, n);
		assert_int_equal(strstr(cm_buf_cstr(&b), "chains") != NULL, n);
		assert_int_equal(cm_json_parse(cm_buf_span(&b), &doc, NULL), CM_OK);
		assert_int_equal(cm_disclosure_read(cm_json_root(&doc), &a, &out, NULL), CM_OK);
		assert_int_equal(out.n_traffic, n);
		assert_int_equal(out.n_chains, n);
		cm_json_release(&doc);
		cm_buf_release(&b);
		cm_arena_fini(&a);
	}
	cm_arena_init(&a, 0);
	assert_int_equal(cm_json_parse(cm_span_str("{\"seals\":[],\"findings\":[],\"traffic\":[],\"files\":[]}"), &doc, NULL),
	    CM_OK);
	assert_int_equal(cm_disclosure_read(cm_json_root(&doc), &a, &out, NULL), CM_E_MALFORMED);
	cm_json_release(&doc);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_counted_comes_back_as_it_was_written),
		cmocka_unit_test(a_draw_says_only_what_thins_and_the_rest_is_claimed),
		cmocka_unit_test(what_does_not_belong_is_refused),
		cmocka_unit_test(times_have_one_spelling),
		cmocka_unit_test(a_disclosure_names_them_only_if_there_are_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
