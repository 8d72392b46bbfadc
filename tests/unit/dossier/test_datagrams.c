/* Which datagrams are not shown whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dossier/datagrams.h"

static void
what_was_added_is_there_and_nothing_else(void **state)
{
	struct cm_datagrams d = { 0 };
	uint64_t i;

	(void)state;
	assert_false(cm_datagrams_has(&d, 1));
	for (i = 1; i < 20000; i += 2)
		assert_int_equal(cm_datagrams_add(&d, i << 20), CM_OK);
	for (i = 1; i < 20000; i++)
		assert_int_equal(cm_datagrams_has(&d, i << 20), i % 2 == 1);
	assert_int_equal(d.n, 10000);
	assert_int_equal(cm_datagrams_add(&d, 1 << 20), CM_OK);
	assert_int_equal(d.n, 10000);
	cm_datagrams_release(&d);
}

static void
too_many_are_all_incomplete(void **state)
{
	struct cm_datagrams d = { 0 };
	uint64_t i;

	(void)state;
	for (i = 0; i <= CM_DATAGRAMS_MAX; i++)
		assert_int_equal(cm_datagrams_add(&d, i + 1), CM_OK);
	assert_true(cm_datagrams_has(&d, UINT64_MAX));
	cm_datagrams_release(&d);
}

static void
a_key_tells_addresses_identification_and_protocol_apart(void **state)
{
	struct cm_span a = cm_span_str("aaaa"), b = cm_span_str("bbbb");
	struct cm_layers l = { .net = 4, .proto = 17, .frag_id = 7 }, other = l;
	uint64_t key = cm_datagram_key(&l, a, b);

	(void)state;
	assert_true(cm_datagram_key(&l, b, a) != key);
	other.frag_id = 8;
	assert_true(cm_datagram_key(&other, a, b) != key);
	other = l;
	other.proto = 6;
	assert_true(cm_datagram_key(&other, a, b) != key);
	l.net = other.net = 6;
	assert_true(cm_datagram_key(&other, a, b) == cm_datagram_key(&l, a, b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_there_and_nothing_else),
		cmocka_unit_test(too_many_are_all_incomplete),
		cmocka_unit_test(a_key_tells_addresses_identification_and_protocol_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
