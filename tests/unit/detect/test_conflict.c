/* R1: two answers for one place, and every benign way to come by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static struct wire w;

#define REQUEST "GET / HTTP/1.1\r\nHost: example\r\n\r\n"

static void
begin(void)
{
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
}

static void
two_answers_of_one_stack_are_undecidable(void **state)
{
	const struct cm_incident *x;

	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nEVIL");
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
	assert_true(wire_is(&x->suspect, 2, (unsigned[]) { 5, 6 }));
	assert_int_equal(x->forged.n, 0);
	wire_end(&w);
}

/* Which came first says nothing: here the genuine one did. */
static void
the_stack_says_which_of_two_is_forged_in_either_order(void **state)
{
	const struct cm_incident *x;

	(void)state;
	for (unsigned forged = 5; forged <= 6; forged++) {
		begin();
		wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
		wire_data(&w, SERVER, 1, 34, "HTTP/1.1 302 Found\r\n\r\nEVIL");
		w.p[forged - 1].opts = 0;
		w.p[forged - 1].ttl = 64;
		x = wire_only(&w);
		assert_int_equal(x->verdict, CM_VERDICT_FORGED);
		assert_true(wire_is(&x->forged, 1, (unsigned[]) { forged }));
		assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 11 - forged }));
		wire_end(&w);
	}
}

static void
explained_as(const char *name)
{
	const struct cm_incident *x = wire_only(&w);

	assert_int_equal(x->verdict, CM_VERDICT_EXPLAINED);
	assert_string_equal(x->explained_by, name);
	wire_end(&w);
}

static void
a_keep_alive_of_any_byte_is_a_keep_alive(void **state)
{
	(void)state;
	begin();
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	wire_data(&w, CLIENT, 33, 1, "y");
	wire_data(&w, CLIENT, 33, 1, "\x01");
	explained_as("keep-alive");
}

static void
zero_padding_taken_for_data_is_padding(void **state)
{
	struct cm_packet *p;

	(void)state;
	begin();
	p = wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	wire_fill(&w, p, 0, 6);
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\n");
	explained_as("padding");
}

static void
data_on_the_syn_begins_behind_the_isn(void **state)
{
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	p = wire_tcp(&w, CLIENT, CM_TCP_SYN, 0, 0);
	memcpy(w.bytes[0], REQUEST, strlen(REQUEST));
	p->payload_len = (uint32_t)(p->payload.len = strlen(REQUEST));
	wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

static void
a_super_segment_and_its_pieces_are_offload(void **state)
{
	struct cm_packet *p;

	(void)state;
	begin();
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	p = wire_data(&w, SERVER, 1, 34, "");
	wire_fill(&w, p, 'a', 1600);
	w.t_ns -= 999000;
	p = wire_data(&w, SERVER, 1, 34, "");
	wire_fill(&w, p, 'b', 100);
	explained_as("segmentation offload");
}

static void
the_same_numbers_a_minute_later_are_another_matter(void **state)
{
	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "one answer here");
	w.t_ns += INT64_C(70) * 1000000000;
	wire_data(&w, SERVER, 1, 34, "another one now");
	explained_as("port reuse");
}

static void
a_reused_port_is_another_connection(void **state)
{
	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "one answer here");
	w.t_ns += INT64_C(70) * 1000000000;
	w.isn[CLIENT] += 77;
	wire_handshake(&w);
	wire_data(&w, SERVER, 1, 34, "another one now");
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	assert_int_equal(cm_engine_stats(w.engine)->tcp_flows, 2);
	wire_end(&w);
}

static void
bytes_beyond_the_snap_length_are_not_compared(void **state)
{
	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "same start, then this");
	wire_data(&w, SERVER, 1, 34, "same start, then that");
	w.p[4].payload.len = w.p[5].payload.len = 15;
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	assert_int_equal(cm_engine_stats(w.engine)->cut_short, 2);
	wire_end(&w);
}

static void
the_same_bytes_in_other_cuts_or_twice_are_no_conflict(void **state)
{
	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "abcdefghij");
	wire_data(&w, SERVER, 11, 34, "klmnopqrst");
	wire_data(&w, SERVER, 6, 34, "fghijklmno");
	w.p[w.n] = w.p[w.n - 1]; /* captured twice */
	w.p[w.n].id++;
	w.n++;
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

static void
a_conflict_across_the_wrap_of_the_numbers_is_found(void **state)
{
	const struct cm_incident *x;

	(void)state;
	wire_start(&w);
	w.isn[SERVER] = UINT32_C(0xfffffff0);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	wire_data(&w, SERVER, 15, 34, "something other altogether");
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
}

static void
times_that_run_a_little_backwards_hide_nothing(void **state)
{
	const struct cm_incident *x;

	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	w.t_ns -= 5000000;
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nEVIL");
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
}

static void
a_shut_payload_says_nothing(void **state)
{
	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nEVIL");
	for (unsigned i = 0; i < w.n; i++) {
		w.p[i].open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
		w.p[i].payload.len = 0;
	}
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	assert_int_equal(cm_engine_stats(w.engine)->cut_short, 0);
	wire_end(&w);
}

/* One pair is decided, the other is not: that is no reason to call anybody genuine. */
static void
an_undecided_pair_beside_a_forged_one_stays_undecided(void **state)
{
	const struct cm_engine *e;
	const struct cm_incident *x, *y;

	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 302 Found\r\n\r\nEVIL");
	w.p[5].opts = 0;
	w.p[5].ttl = 64;
	wire_data(&w, SERVER, 101, 34, "these bytes are good bytes");
	wire_data(&w, SERVER, 101, 34, "these bytes are evil bytes");
	e = wire_judge(&w);
	assert_int_equal(cm_engine_count(e), 2);
	x = cm_engine_incident(e, 0);
	y = cm_engine_incident(e, 1);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 6 }));
	assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 5 }));
	assert_int_equal(x->suspect.n, 0);
	assert_int_equal(y->verdict, CM_VERDICT_UNDECIDABLE);
	assert_true(wire_is(&y->suspect, 2, (unsigned[]) { 7, 8 }));
	wire_end(&w);
}

/* Three segments for one place: one is forged, of the other two nobody knows. */
static void
two_that_differ_beside_a_forged_third_are_not_genuine(void **state)
{
	const struct cm_engine *e;

	(void)state;
	begin();
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nGOOD");
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 302 Found\r\n\r\nEVIL");
	w.p[5].opts = 0;
	w.p[5].ttl = 64;
	wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nMEAN");
	e = wire_judge(&w);
	for (size_t i = 0; i < cm_engine_count(e); i++)
		assert_int_equal(cm_engine_incident(e, i)->genuine.n, 0);
	assert_true(wire_is(&cm_engine_incident(e, 0)->forged, 1, (unsigned[]) { 6 }) ||
	    wire_is(&cm_engine_incident(e, 1)->forged, 1, (unsigned[]) { 6 }));
	wire_end(&w);
}

/* The server counts; one of the two has a number that its counter did not give. */
static const struct cm_incident *
judged_with_number(uint16_t id, bool df)
{
	begin();
	for (unsigned i = 0; i < 3; i++)
		wire_fill(&w, wire_data(&w, SERVER, 1 + i * 100, 34, ""), 'g', 100);
	wire_data(&w, SERVER, 301, 34, "these bytes are evil bytes");
	w.p[w.n - 1].ipid = id;
	w.p[w.n - 1].df = df;
	w.ipid[SERVER]--;
	wire_data(&w, SERVER, 301, 34, "these bytes are good bytes");
	for (unsigned i = 0; i < 3; i++)
		wire_fill(&w, wire_data(&w, SERVER, 327 + i * 100, 34, ""), 'g', 100);
	return wire_only(&w);
}

static void
a_number_outside_the_senders_count_tells_the_two_apart(void **state)
{
	const struct cm_incident *x;

	(void)state;
	x = judged_with_number(50, true);
	assert_int_equal(x->verdict, CM_VERDICT_STACK_BREAK);
	assert_true(wire_has_cue(x, "ipid-apart"));
	assert_true(wire_is(&x->suspect, 1, (unsigned[]) { 8 }));
	assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 9 }));
	wire_end(&w);
	x = judged_with_number(50, false);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 8 }));
	wire_end(&w);
}

static void
a_number_of_zero_or_of_a_sender_that_draws_them_tells_nothing(void **state)
{
	const struct cm_incident *x;

	(void)state;
	x = judged_with_number(0, true);
	assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
	begin();
	wire_data(&w, SERVER, 1, 34, "these bytes are good bytes");
	wire_data(&w, SERVER, 1, 34, "these bytes are evil bytes");
	wire_data(&w, SERVER, 27, 34, "and so on");
	for (unsigned i = 1; i < w.n; i++)
		w.p[i].ipid = (uint16_t)(w.p[i].sport == 80 ? i * 23456 : i);
	assert_int_equal(wire_only(&w)->verdict, CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_answers_of_one_stack_are_undecidable),
		cmocka_unit_test(the_stack_says_which_of_two_is_forged_in_either_order),
		cmocka_unit_test(a_keep_alive_of_any_byte_is_a_keep_alive),
		cmocka_unit_test(zero_padding_taken_for_data_is_padding),
		cmocka_unit_test(data_on_the_syn_begins_behind_the_isn),
		cmocka_unit_test(a_super_segment_and_its_pieces_are_offload),
		cmocka_unit_test(the_same_numbers_a_minute_later_are_another_matter),
		cmocka_unit_test(a_reused_port_is_another_connection),
		cmocka_unit_test(bytes_beyond_the_snap_length_are_not_compared),
		cmocka_unit_test(the_same_bytes_in_other_cuts_or_twice_are_no_conflict),
		cmocka_unit_test(a_conflict_across_the_wrap_of_the_numbers_is_found),
		cmocka_unit_test(times_that_run_a_little_backwards_hide_nothing),
		cmocka_unit_test(a_shut_payload_says_nothing),
		cmocka_unit_test(an_undecided_pair_beside_a_forged_one_stays_undecided),
		cmocka_unit_test(two_that_differ_beside_a_forged_third_are_not_genuine),
		cmocka_unit_test(a_number_outside_the_senders_count_tells_the_two_apart),
		cmocka_unit_test(a_number_of_zero_or_of_a_sender_that_draws_them_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
