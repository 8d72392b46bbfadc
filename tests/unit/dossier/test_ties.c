#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/ties.h"

static void
tie_of(uint8_t tie[32], uint32_t high, uint8_t rest)
{
	memset(tie, rest, 32);
	cm_put32(tie, high);
}

static uint32_t
pseudonym(struct cm_ties *t, uint32_t high, uint8_t rest)
{
	struct cm_pseudonym p;
	uint8_t tie[32];

	tie_of(tie, high, rest);
	assert_int_equal(cm_ties_pseudonym(t, tie, 4, &p), CM_OK);
	assert_int_equal(p.len, 4);
	return cm_get32(p.addr);
}

static void
a_pseudonym_is_the_first_28_bits_of_the_tie(void **state)
{
	struct cm_ties t = { 0 };

	(void)state;
	assert_int_equal(pseudonym(&t, 0x12345678u, 9), 0xf1234567u);
	assert_int_equal(pseudonym(&t, 0x12345678u, 9), 0xf1234567u);
	cm_ties_release(&t);
}

static void
no_two_ties_have_one_pseudonym(void **state)
{
	struct cm_ties t = { 0 };

	(void)state;
	assert_int_equal(pseudonym(&t, 0x12345671u, 1), 0xf1234567u);
	assert_int_equal(pseudonym(&t, 0x12345672u, 2), 0xf1234568u);
	assert_int_equal(pseudonym(&t, 0x12345673u, 3), 0xf1234569u);
	cm_ties_release(&t);
}

static void
zero_is_passed_over_and_the_range_goes_round(void **state)
{
	struct cm_ties t = { 0 };

	(void)state;
	assert_int_equal(pseudonym(&t, 0x0000000fu, 1), 0xf0000001u);
	assert_int_equal(pseudonym(&t, 0xffffffffu, 2), 0xffffffffu);
	assert_int_equal(pseudonym(&t, 0xfffffff1u, 3), 0xf0000002u);
	cm_ties_release(&t);
}

static void
ipv6_has_96_bits_behind_the_documentation_prefix(void **state)
{
	struct cm_ties t = { 0 };
	struct cm_pseudonym p;
	uint8_t tie[32];

	(void)state;
	tie_of(tie, 0xffffffffu, 0xff);
	assert_int_equal(cm_ties_pseudonym(&t, tie, 16, &p), CM_OK);
	assert_int_equal(cm_get32(p.addr), 0x20010db8u);
	assert_int_equal(cm_get64(p.addr + 8), UINT64_MAX);
	tie[31] = 1; /* the same first bits: one more, over the end, and past zero */
	assert_int_equal(cm_ties_pseudonym(&t, tie, 16, &p), CM_OK);
	assert_int_equal(cm_get32(p.addr), 0x20010db8u);
	assert_int_equal(cm_get32(p.addr + 4), 0);
	assert_int_equal(cm_get64(p.addr + 8), 1);
	cm_ties_release(&t);
}

static void
a_named_tie_is_known_by_its_address(void **state)
{
	static const uint8_t addr[] = { 192, 0, 2, 1 };
	struct cm_ties t = { 0 };
	uint8_t tie[32];
	uint32_t i, id = 0, again = 0;

	(void)state;
	for (i = 0; i < 1000; i++) {
		tie_of(tie, i * 77, (uint8_t)i);
		assert_int_equal(cm_ties_name(&t, tie, cm_span_of(addr, i % 2 == 0 ? 4 : 3)), CM_OK);
		assert_int_equal(cm_ties_id(&t, tie, &id), CM_OK);
		assert_int_equal(cm_ties_id(&t, tie, &again), CM_OK);
		assert_int_equal(id, again);
	}
	tie_of(tie, 154, 2);
	assert_true(cm_span_eq(cm_ties_find(&t, tie), cm_span_of(addr, 4)));
	tie_of(tie, 77, 1); /* three bytes are no address */
	assert_int_equal(cm_ties_find(&t, tie).len, 0);
	cm_ties_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pseudonym_is_the_first_28_bits_of_the_tie),
		cmocka_unit_test(no_two_ties_have_one_pseudonym),
		cmocka_unit_test(zero_is_passed_over_and_the_range_goes_round),
		cmocka_unit_test(ipv6_has_96_bits_behind_the_documentation_prefix),
		cmocka_unit_test(a_named_tie_is_known_by_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
