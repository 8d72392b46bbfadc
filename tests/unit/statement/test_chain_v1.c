/* chain/v1: which script made which flood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/chain_v1.h"

static uint8_t seals[2][32] = { { 0xcc }, { 0xdd } }, floods[1][32] = { { 0xee } };
static const cm_packet_id rows[] = { 25, 26 }, clients[] = { 40, (UINT64_C(1) << 44) | 7 };
static struct cm_chain_v1_script scripts[] = { { { 0xf1 }, { rows, 2 }, 1 } };
static const uint32_t vantage[] = { 1, 0 };
static const struct cm_chain_v1_clock clocks[] = { { CM_CHAIN_CLOCK_BOTH_WAYS, -27, 26, 0, 350 },
	{ .how = CM_CHAIN_CLOCK_SAME }, { .how = CM_CHAIN_CLOCK_UNKNOWN } };
static const char *const layers[] = { "packer", "percent" };

static struct cm_chain_v1
sample(void)
{
	return (struct cm_chain_v1) { .seals = seals, .n_seals = 2, .detector = CM_CHAIN_NAME, .version = CM_CHAIN_VERSION,
		.source = { 5 }, .evidence = "N8", .vantage = vantage, .clock = clocks, .n_clocks = 3, .scripts = scripts, .n_scripts = 1,
		.layers = layers, .n_layers = 2, .floods = floods, .n_floods = 1, .clients = { clients, 2 }, .a = 3, .b = 1,
		.c = 2, .d = 90, .p_milli = 3200, .before = 1, .lags = 2, .lag_least_ns = -5, .lag_median_ns = 400,
		.lag_most_ns = 1500, .lag_unsure_ns = 27 };
}

static void
body(void *arg, struct cm_jsonw *w)
{
	cm_chain_v1_write(w, arg);
}

static enum cm_result
read_members(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	enum cm_result r = cm_statement_only(d, cm_chain_v1_members, err);

	return r == CM_OK ? cm_chain_v1_read(d->predicate, a, out, err) : r;
}

static enum cm_result
read_text(const char *text, struct cm_arena *a, struct cm_chain_v1 *out, struct cm_err *err)
{
	return hand_read(text, read_members, a, out, err);
}

static void
a_chain_comes_back_as_it_was_written(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_CHAIN);
	struct cm_chain_v1 c = sample(), out;
	struct cm_buf b = { 0 }, again = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &c, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_OK);
	assert_int_equal(out.n_scripts, 1);
	assert_string_equal(out.evidence, "N8");
	assert_memory_equal(out.scripts[0].finding, scripts[0].finding, 32);
	assert_int_equal(out.scripts[0].rows.id[1], 26);
	assert_int_equal(out.scripts[0].target, 1);
	assert_memory_equal(out.floods[0], floods[0], 32);
	assert_int_equal(out.clients.id[1], clients[1]);
	assert_int_equal(out.clock[0].least_ns, -27);
	assert_int_equal(out.clock[1].how, CM_CHAIN_CLOCK_SAME);
	assert_int_equal(out.vantage[0], 1);
	assert_string_equal(out.layers[1], "percent");
	assert_int_equal(out.d, 90);
	assert_int_equal(out.lag_least_ns, -5);
	hand_text(&head, body, &out, &again);
	assert_string_equal(cm_buf_cstr(&b), cm_buf_cstr(&again));
	cm_buf_release(&b);
	cm_buf_release(&again);
	cm_arena_fini(&a);
}

static void
what_does_not_belong_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *because;
	} ways[] = { { "\"how\": \"same\"", "\"how\": \"unknown\"", "clocks" },
		{ "\"how\": \"unknown\"", "\"how\": \"same\"", "clocks" },
		{ "\"how\": \"unknown\"", "\"how\": \"guessed\"", "how" },
		{ "\"how\": \"unknown\"", "\"how\": \"unknown\", \"matched\": 1", "matched" },
		{ "\"least_ns\": -27", "\"least_ns\": 27", "least" },
		{ "\"vantages\": [\n      1", "\"vantages\": [\n      3", "vantages" },
		{ "\"target\": 1", "\"target\": -1", "target" }, { "          25,\n", "          26,\n", "ascend" },
		{ "\"known\": 2", "\"known\": 0", "least_ns" }, { "\"known\": 2", "\"known\": 3", "lag" },
		{ "\"median_ns\": 400", "\"median_ns\": -400", "lag" }, { "\"unsure_ns\": 27", "\"unsure_ns\": -1", "lag" },
		{ "\"p_milli\": 3200", "\"p_milli\": 4294967296", "p_milli" }, { "\"a\": 3", "\"a\": \"3\"", "a" },
		{ "\"packer\"", "7", "layers" }, { "\"N8\"", "\"8N\"", "evidence" }, { "\"floods\"", "\"flood\"", "flood" }, { "\"f10", "\"F10", "finding" } };
	struct cm_statement head = hand_head(CM_PREDICATE_CHAIN);
	struct cm_chain_v1 c = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&head, body, &c, &b);
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
a_chain_without_script_or_flood_is_none(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_CHAIN);
	struct cm_chain_v1 c = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	c.n_scripts = 0;
	hand_text(&head, body, &c, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
	c = sample();
	c.n_floods = 0;
	hand_text(&head, body, &c, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &a, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_comes_back_as_it_was_written),
		cmocka_unit_test(what_does_not_belong_is_refused),
		cmocka_unit_test(a_chain_without_script_or_flood_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
