#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../capture/make.h"
#include "os/bpf.h"

static const uint16_t links[] = { 1, 101, 113 };

static void
a_filter_is_compiled_for_each_link_type(void **state)
{
	struct cm_span frame = cm_span_of(frame_tcp, sizeof(frame_tcp));
	struct cm_span ip = cm_span_of(frame_tcp + 14, sizeof(frame_tcp) - 14);
	struct cm_bpf *f;

	(void)state;
	assert_int_equal(cm_bpf_new("tcp port 80 and host 10.0.0.1", links, 3, &f, NULL), CM_OK);
	assert_true(cm_bpf_match(f, 1, frame, 85));
	assert_true(cm_bpf_match(f, 101, ip, 71));
	assert_false(cm_bpf_match(f, 1, cm_span_of(frame_ipv6, sizeof(frame_ipv6)), 90));
	assert_false(cm_bpf_match(f, 147, frame, 85));
	assert_false(cm_bpf_match(f, 1, cm_span_of(NULL, 0), 0));
	cm_bpf_free(f);
}

static void
what_makes_no_sense_is_the_users_mistake(void **state)
{
	struct cm_bpf *f = NULL;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_bpf_new("tcp prot 80", links, 3, &f, &err), CM_E_USAGE);
	assert_true(err.text[0] != 0);
	assert_null(f);
	cm_bpf_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_is_compiled_for_each_link_type),
		cmocka_unit_test(what_makes_no_sense_is_the_users_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
