/* Texts that were made to take long, to go deep or to be many: one line says no, or they are read in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "assess/check.h"
#include "assess/text.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "assessment 1\ntitle t\nhypothesis state A\n  prior 0.5\nhypothesis state other\n  prior 0.5\n"
#define SECONDS 10.0 /* with sanitizers, on a machine that has other things to do */

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a;
	struct cm_assess_places p;
	struct cm_err err;
	double seconds;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum cm_result
read_buf(struct made *m, struct cm_buf *text)
{
	enum cm_result rc;
	double began;

	assert_true(cm_buf_ok(text));
	*m = (struct made) { 0 };
	cm_arena_init(&m->arena, (size_t)256 << 20);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->registry, NULL), CM_OK);
	began = now();
	rc = cm_assess_text_read(cm_buf_span(text), &m->registry, &m->arena, &m->a, &m->p, &m->err);
	m->seconds = now() - began;
	assert_true(m->seconds < SECONDS);
	assert_int_equal(m->err.code, rc);
	assert_null(strchr(m->err.text, '\n'));
	cm_buf_release(text);
	return rc;
}

static void
assert_limit(struct cm_buf *text, const char *says)
{
	struct made m;

	assert_int_equal(read_buf(&m, text), CM_E_LIMIT);
	if (strstr(m.err.text, says) == NULL)
		fail_msg("it says: %s", m.err.text);
	cm_arena_fini(&m.arena);
}

static void
one_more_than_the_bound_is_refused_in_one_line(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_add_str(&b, "assessment 1\ntitle t\n");
	for (unsigned i = 0; i < 1000; i++)
		cm_buf_printf(&b, "hypothesis state h%u\n  prior 0.001\n", i);
	assert_limit(&b, "line 515, column 1: more than 256 lines `hypothesis'");
	cm_buf_add_str(&b, HEAD);
	for (unsigned i = 0; i < CM_ASSESS_ITEMS + 1; i++)
		cm_buf_printf(&b, "item i%u\n  type N4\n  rests chain %s\n", i, DIGEST);
	assert_limit(&b, "more than 4096 lines `item'");
	cm_buf_add_str(&b, HEAD);
	for (unsigned i = 0; i < CM_ASSESS_GROUPS + 1; i++)
		cm_buf_printf(&b, "rho g%u 0.5\n", i);
	assert_limit(&b, "more than 1024 lines `rho'");
	cm_buf_add_str(&b, HEAD);
	for (unsigned i = 0; i < CM_ASSESS_GROUPS + 1; i++)
		cm_buf_printf(&b, "item i%u\n  type N4\n  group g%u\n  rests chain %s\n", i, i, DIGEST);
	assert_limit(&b, "more than 1024 groups");
	cm_buf_add_str(&b, "assessment 1\ntitle t\n");
	for (unsigned i = 0; i < CM_ASSESS_HYPOTHESES; i++)
		cm_buf_printf(&b, "hypothesis state h%u\n", i);
	for (unsigned i = 0; i < CM_ASSESS_CELLS / CM_ASSESS_HYPOTHESES + 1; i++)
		cm_buf_printf(&b, "item i%u\n", i);
	assert_limit(&b, "1025 items times 256 hypotheses are more than 262144 likelihoods");
	cm_buf_add_str(&b, HEAD "item x\n  type N4\n");
	for (unsigned i = 0; i < CM_ASSESS_RESTS + 1; i++)
		cm_buf_printf(&b, "  rests chain %064x\n", i);
	assert_limit(&b, "more than 64 statements behind one item");
	cm_buf_add_str(&b, HEAD "item x\n  view shared p");
	for (unsigned i = 0; i < CM_ASSESS_SHOWN; i++)
		cm_buf_printf(&b, ", p%u", i);
	assert_limit(&b, "shown to more than 64 parties");
}

static void
a_text_that_is_too_long_is_not_looked_at(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_add_str(&b, HEAD);
	memset(cm_buf_grow(&b, CM_ASSESS_TEXT + 1 - b.len), '\n', CM_ASSESS_TEXT + 1 - sizeof(HEAD) + 1);
	assert_limit(&b, "a text of 8388609 bytes; at most 8388608");
}

static void
fill(struct cm_buf *b, const char *line)
{
	size_t len = strlen(line), n = (CM_ASSESS_TEXT - b->len) / len * len;
	uint8_t *p = cm_buf_grow(b, n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)line[i % len];
}

static void
eight_megabytes_of_anything_are_read_in_time(void **state)
{
	static const char *const lines[] = { "\n", "#\n", "    goes on\n", "#\n    goes on\n", "\t\n", "about x\n",
		"  text x\n", "    \"\n", "without state other>A because \"x\"\n", "  state A 0.5\n", "x", "item y\n" };
	static const char *const before[] = { "about more\n", "item x\n  state A 0.5 because \"x\n" };
	struct cm_buf b = { 0 };
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++) {
			cm_buf_add_str(&b, HEAD);
			cm_buf_add_str(&b, before[k]);
			fill(&b, lines[i]);
			if (read_buf(&m, &b) == CM_OK)
				assert_int_equal(k, 0);
			cm_arena_fini(&m.arena);
		}
}

/* Each item rests on the next, the last on ${last}. */
static enum cm_result
chain(struct made *m, const char *type, const char *odd, const char *even, unsigned last)
{
	struct cm_buf b = { 0 };

	cm_buf_add_str(&b, HEAD);
	for (unsigned i = 0; i < CM_ASSESS_ITEMS; i++) {
		cm_buf_printf(&b, "item i%u\n  type %s\n  rests chain %s\n", i, type, DIGEST);
		if (i + 1 < CM_ASSESS_ITEMS || last < CM_ASSESS_ITEMS)
			cm_buf_printf(&b, "  %s i%u\n", i % 2 == 0 ? even : odd, i + 1 < CM_ASSESS_ITEMS ? i + 1 : last);
	}
	return read_buf(m, &b);
}

static void
the_longest_chain_is_gone_along_and_the_largest_circle_is_found(void **state)
{
	static const char *const how[] = { "repeats", "derived" };
	struct made m;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(chain(&m, "G1", how[i & 1], how[i >> 1], CM_ASSESS_ITEMS), CM_OK);
		assert_string_equal(m.a.item[0].group, "geo");
		assert_int_equal(m.a.n_groups, 1);
		cm_arena_fini(&m.arena);
		assert_int_equal(chain(&m, "N4", how[i & 1], how[i >> 1], 0), CM_E_MALFORMED);
		assert_non_null(strstr(m.err.text, "a circle of 4096 items, each a copy of the next or derived from it: i0, i1, i2, "
						   "i3, ..., and i0 again"));
		cm_arena_fini(&m.arena);
		assert_int_equal(chain(&m, "N4", how[i & 1], how[i >> 1], 4094), CM_E_MALFORMED);
		assert_non_null(strstr(m.err.text, "a circle of 2 items"));
		cm_arena_fini(&m.arena);
	}
}

/* As many likelihoods as there may be; all items move all odds, so that remarks have most to do. */
static void
the_largest_table_is_read_and_checked_in_time(void **state)
{
	enum { HYPOTHESES = CM_ASSESS_CELLS / CM_ASSESS_ITEMS - 1 }; /* and `other' */
	struct cm_assess_remarks remarks;
	struct cm_buf b = { 0 };
	struct made m;
	double began;

	(void)state;
	cm_buf_add_str(&b, "assessment 1\ntitle t\nhypothesis state other\n  prior 0.37\n");
	for (unsigned i = 0; i < HYPOTHESES; i++)
		cm_buf_printf(&b, "hypothesis state %02x\n  prior 0.01\n", i);
	for (unsigned i = 0; i < CM_ASSESS_ITEMS; i++) {
		cm_buf_printf(&b, "item i%u\n  type N4\n  rests chain %s\n  state other 0.1\n", i, DIGEST);
		for (unsigned k = 0; k < HYPOTHESES; k++)
			cm_buf_printf(&b, "  state %02x 1\n", k);
	}
	assert_true(b.len <= CM_ASSESS_TEXT);
	assert_int_equal(read_buf(&m, &b), CM_OK);
	assert_int_equal(m.a.n_items, CM_ASSESS_ITEMS);
	assert_true(cm_assess_item_speaks(&m.a, CM_ASSESS_ITEMS - 1, CM_LAYER_STATE));
	began = now();
	assert_int_equal(cm_assess_check(&m.a, &m.p, &m.registry, &m.arena, &remarks, NULL), CM_OK);
	assert_true(now() - began < SECONDS);
	assert_int_equal(remarks.n, CM_ASSESS_REMARKS);
	assert_true(remarks.left_out > 0);
	print_message("read in %.2f s, checked in %.2f s\n", m.seconds, now() - began);
	cm_arena_fini(&m.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_more_than_the_bound_is_refused_in_one_line),
		cmocka_unit_test(a_text_that_is_too_long_is_not_looked_at),
		cmocka_unit_test(eight_megabytes_of_anything_are_read_in_time),
		cmocka_unit_test(the_longest_chain_is_gone_along_and_the_largest_circle_is_found),
		cmocka_unit_test(the_largest_table_is_read_and_checked_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
