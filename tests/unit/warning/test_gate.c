/* What would be named and should not be is said once, in a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "warning/gate.h"

static struct cm_warnings *
lists(void)
{
	static const char own[] = "{\"name\":\"ours\",\"type\":\"cidr\",\"list\":[\"203.0.113.0/24\",\"203.0.113.7\",\"77.0.0.0/8\"]}";
	struct cm_warnings *w = cm_warnings_new();

	assert_non_null(w);
	assert_int_equal(cm_warnings_add_builtin(w, NULL), CM_OK);
	assert_int_equal(cm_warnings_add(w, cm_span_str(own), NULL), CM_OK);
	cm_warnings_end(w);
	return w;
}

static struct cm_span
v4(uint32_t addr, uint8_t room[4])
{
	cm_put32(room, addr);
	return cm_span_of(room, 4);
}

static void
each_value_is_said_once_for_each_list_with_what_it_would_be(void **state)
{
	struct cm_warnings *w = lists();
	struct cm_gate *g = cm_gate_new(w);
	uint8_t a[4];

	(void)state;
	assert_non_null(g);
	assert_int_equal(cm_gate_address(g, v4(0x0a000001, a), false, 5), CM_OK);
	assert_int_equal(cm_gate_address(g, v4(0x5db8d822, a), true, 6), CM_OK); /* nobody's list */
	assert_int_equal(cm_gate_address(g, v4(0xcb007107, a), false, 7), CM_OK);
	assert_int_equal(cm_gate_address(g, v4(0x0a000001, a), true, 8), CM_OK);
	assert_int_equal(cm_gate_host(g, cm_span_str("WWW.example.com."), false, 9), CM_OK);
	assert_int_equal(cm_gate_hash(g, cm_span_str("d41d8cd98f00b204e9800998ecf8427e"), true, 10), CM_OK);
	assert_int_equal(cm_gate_n(g), 5);
	assert_string_equal(cm_gate_at(g, 0)->sentence, "10.0.0.1 is private: it names nobody outside that network");
	assert_string_equal(cm_gate_at(g, 0)->value, "10.0.0.1");
	assert_string_equal(cm_gate_at(g, 0)->entry, "10.0.0.0/8");
	assert_true(cm_gate_at(g, 0)->accused);
	assert_int_equal(cm_gate_at(g, 0)->times, 2);
	assert_int_equal(cm_gate_at(g, 0)->place, 5);
	assert_string_equal(cm_gate_at(g, 1)->sentence, "203.0.113.7 is an address of documentation: it belongs to nobody");
	/* two entries of one list: once, by the longer prefix */
	assert_string_equal(cm_gate_at(g, 2)->sentence, "203.0.113.7 is on the warning list \"ours\"");
	assert_false(cm_gate_at(g, 2)->accused);
	assert_int_equal(cm_gate_at(g, 3)->kind, CM_WARNING_HOST);
	assert_string_equal(cm_gate_at(g, 3)->sentence, "www.example.com is a name of special use: nobody has registered it");
	assert_int_equal(cm_gate_at(g, 4)->kind, CM_WARNING_HASH);
	assert_int_equal(cm_gate_lost(g), 0);
	cm_gate_free(g);
	cm_warnings_free(w);
}

static void
a_list_without_sentence_of_its_own_is_named(void **state)
{
	struct cm_warnings *w = lists();
	struct cm_gate *g = cm_gate_new(w);
	uint8_t a[4];

	(void)state;
	assert_int_equal(cm_gate_address(g, v4(0x4d010203, a), false, 0), CM_OK);
	assert_int_equal(cm_gate_n(g), 1);
	assert_string_equal(cm_gate_at(g, 0)->sentence, "77.1.2.3 is on the warning list \"ours\" (as 77.0.0.0/8)");
	cm_gate_free(g);
	cm_warnings_free(w);
}

static void
more_than_can_be_kept_is_counted(void **state)
{
	struct cm_warnings *w = lists();
	struct cm_gate *g = cm_gate_new(w);
	uint8_t a[4];

	(void)state;
	/* from the last to the first, so that each one goes before the others */
	for (uint32_t i = CM_GATE_HITS + 5; i-- > 0;)
		assert_int_equal(cm_gate_address(g, v4(0x0a000000 + i, a), false, i), CM_OK);
	assert_int_equal(cm_gate_n(g), CM_GATE_HITS);
	assert_int_equal(cm_gate_lost(g), 5);
	assert_int_equal(cm_gate_address(g, v4(0x0a000000 + CM_GATE_HITS, a), true, 0), CM_OK);
	assert_int_equal(cm_gate_lost(g), 5);
	for (size_t i = 1; i < cm_gate_n(g); i++)
		assert_true(strcmp(cm_gate_at(g, i - 1)->value, cm_gate_at(g, i)->value) < 0);
	cm_gate_free(g);
	cm_warnings_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_said_once_for_each_list_with_what_it_would_be),
		cmocka_unit_test(a_list_without_sentence_of_its_own_is_named),
		cmocka_unit_test(more_than_can_be_kept_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
