#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "asks.h"

/* A network of ten clients.  1 to 4 got a script that aims at www.v.example: 1 to 3 asked for it 2,
 * 3 and 4 seconds later; 9 asked for it by itself; 10 asked for nothing else. */
struct network {
	struct cm_visits *visits;
	struct cm_clock *clock;
	struct cm_script_target target[3];
	struct cm_chain_script script[4];
	struct cm_chain_vantage vantage[2];
	struct cm_arena arena;
	struct cm_chain_result found;
};

static void
visit(struct cm_visits *v, uint8_t client, const char *name, int64_t t_ns)
{
	struct cm_request r = ask(host_of(100, client), name, t_ns, client);

	assert_int_equal(cm_visits_request(v, &r), CM_OK);
}

static int
set_up(void **state)
{
	static struct network n;
	uint8_t i;

	n = (struct network) { 0 };
	cm_arena_init(&n.arena, 0);
	assert_int_equal(cm_visits_new(CM_VISITS_MEMORY, 3, &n.visits), CM_OK);
	assert_int_equal(cm_clock_new(&n.clock), CM_OK);
	n.target[0] = (struct cm_script_target) { .scheme = "http", .host = "www.v.example", .path = "/a", .query = "", .how = CM_SCRIPT_REPEATED };
	n.target[1] = (struct cm_script_target) { .scheme = "http", .host = "libs.example", .path = "/j.js", .query = "", .how = CM_SCRIPT_LOADED };
	n.target[2] = (struct cm_script_target) { .scheme = "http", .host = "www.v.example", .path = "/b", .query = "", .how = CM_SCRIPT_REPEATED };
	for (i = 0; i < 4; i++)
		n.script[i] = (struct cm_chain_script) { .client = host_of(100, (uint8_t)(i + 1)), .t_ns = 10 * SECOND,
			.first = cm_packet_id_of(0, 50u + i), .asked = "stat.example/h.js",
			.script = { .targets = n.target, .n_targets = 3, .layers = { "packer" }, .n_layers = 1,
			    .repeats = true, .period_ms = 2000 } };
	for (i = 1; i < 10; i++)
		visit(n.visits, i, "news.example", SECOND);
	for (i = 1; i < 4; i++)
		visit(n.visits, i, "www.v.example", (11 + i) * SECOND);
	visit(n.visits, 9, "www.v.example", 5 * SECOND);
	visit(n.visits, 10, "www.v.example", 6 * SECOND);
	cm_visits_settle(n.visits);
	n.vantage[0] = (struct cm_chain_vantage) { .scripts = n.script, .n_scripts = 4, .visits = n.visits,
		.clock = n.clock };
	*state = &n;
	return 0;
}

static int
tear_down(void **state)
{
	struct network *n = *state;

	cm_visits_free(n->visits);
	cm_clock_free(n->clock);
	cm_arena_fini(&n->arena);
	return 0;
}

static const struct cm_chain *
find(struct network *n, const char *host)
{
	size_t i;

	assert_int_equal(cm_chain_find(n->vantage, 1, &n->arena, &n->found), CM_OK);
	for (i = 0; i < n->found.n; i++)
		if (cm_span_eq(cm_span_str(n->found.chain[i].host), cm_span_str(host)))
			return &n->found.chain[i];
	return NULL;
}

static void
each_name_aimed_at_is_one_chain_with_its_paths(void **state)
{
	struct network *n = *state;
	const struct cm_chain *c = find(n, "www.v.example");

	assert_int_equal(n->found.n, 2);
	assert_non_null(c);
	assert_int_equal(c->n_scripts, 4);
	assert_int_equal(c->script_clients, 4);
	assert_int_equal(c->n_paths, 2);
	assert_string_equal(c->paths[1], "/b");
	assert_int_equal(c->period_ms, 2000);
	assert_string_equal(c->layers, "packer");
	assert_int_equal(c->n_instead, 1);
	assert_string_equal(c->instead[0], "stat.example/h.js");
	assert_int_equal(c->instead_n[0], 4);
}

/* Ten scripts, in place of nine things: only what the last two came for came twice. */
static void
what_a_script_came_for_most_is_told_first_however_late_it_shows(void **state)
{
	static const char *const asked[] = { "a", "b", "c", "d", "e", "f", "g", "h", "z", "z" };
	static struct cm_chain_script script[10];
	struct network *n = *state;
	const struct cm_chain *c;

	for (size_t i = 0; i < 10; i++) {
		script[i] = n->script[0];
		script[i].asked = asked[i];
	}
	n->vantage[0].scripts = script;
	n->vantage[0].n_scripts = 10;
	c = find(n, "www.v.example");
	assert_int_equal(c->n_instead, CM_CHAIN_INSTEAD);
	assert_string_equal(c->instead[0], "z");
	assert_int_equal(c->instead_n[0], 2);
	assert_string_equal(c->instead[1], "a");
	assert_string_equal(c->instead[7], "g");
}

static void
clients_fall_into_four_fields(void **state)
{
	const struct cm_chain *c = find(*state, "www.v.example");

	assert_int_equal(c->a, 3);
	assert_int_equal(c->b, 1);
	assert_int_equal(c->c, 1); /* the tenth asked nobody else: not of those that might have got it */
	assert_int_equal(c->d, 4);
	assert_int_equal(c->n_clients, 3);
}

static void
the_lag_is_from_script_to_first_request(void **state)
{
	const struct cm_chain *c = find(*state, "www.v.example");

	assert_int_equal(c->lags, 3);
	assert_int_equal(c->lag_least_ns, 2 * SECOND);
	assert_int_equal(c->lag_median_ns, 3 * SECOND);
	assert_int_equal(c->lag_most_ns, 4 * SECOND);
	assert_int_equal(c->lag_unsure_ns, 0);
	assert_int_equal(c->before, 0);
}

static void
who_asked_before_the_script_came_has_no_lag(void **state)
{
	struct network *n = *state;
	const struct cm_chain *c;

	n->script[2].t_ns = 30 * SECOND;
	c = find(n, "www.v.example");
	assert_int_equal(c->before, 1);
	assert_int_equal(c->lags, 2);
	assert_int_equal(c->a, 3);
}

static void
the_earliest_of_a_clients_scripts_counts(void **state)
{
	struct network *n = *state;
	const struct cm_chain *c;

	n->script[3].client = n->script[0].client;
	n->script[3].t_ns = 9 * SECOND;
	c = find(n, "www.v.example");
	assert_int_equal(c->script_clients, 3);
	assert_int_equal(c->n_scripts, 4);
	assert_int_equal(c->lag_least_ns, 3 * SECOND);
}

static void
across_clocks_that_are_not_known_no_lag_is_told(void **state)
{
	struct network *n = *state;
	const struct cm_chain *c;

	/* What the victim saw is not known to ask for it: no flood, so its visits do not count. */
	n->vantage[1] = n->vantage[0];
	n->vantage[1].n_scripts = 0;
	assert_int_equal(cm_chain_find(n->vantage, 2, &n->arena, &n->found), CM_OK);
	c = &n->found.chain[0];
	assert_int_equal(c->n_floods, 0);
}

static struct cm_chain
chain_of(const struct cm_chain_flood *floods, size_t n)
{
	return (struct cm_chain) { .floods = floods, .n_floods = n, .a = 9, .b = 1, .c = 2, .d = 300,
		.fisher = cm_fisher_more(9, 1, 2, 300) };
}

static void
a_script_made_a_flood_if_its_clients_asked_more_than_others_and_show_in_it(void **state)
{
	const struct cm_chain_flood here = { .vantage = 0 }, shared = { .vantage = 1, .shared_with_script = 9 },
		strange = { .vantage = 1, .shared_clients = 7 };
	struct cm_chain c = chain_of(&here, 1);

	(void)state;
	assert_true(cm_chain_made(&c));
	c = chain_of(&shared, 1);
	assert_true(cm_chain_made(&c));
	c = chain_of(&strange, 1);
	assert_false(cm_chain_made(&c));
	c = chain_of(NULL, 0);
	assert_false(cm_chain_made(&c));
	c = chain_of(&shared, 1);
	c.before = 9;
	assert_false(cm_chain_made(&c));
	c = chain_of(&shared, 1);
	c.fisher.milli = CM_FISHER_RARE - 1;
	assert_false(cm_chain_made(&c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_made_a_flood_if_its_clients_asked_more_than_others_and_show_in_it),
		cmocka_unit_test_setup_teardown(each_name_aimed_at_is_one_chain_with_its_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_script_came_for_most_is_told_first_however_late_it_shows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clients_fall_into_four_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_lag_is_from_script_to_first_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_asked_before_the_script_came_has_no_lag, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_earliest_of_a_clients_scripts_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(across_clocks_that_are_not_known_no_lag_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
