/* Two clocks: what packets and requests that both places saw say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

static struct made *
setup(void)
{
	struct made *m = malloc(sizeof(*m));

	assert_non_null(m);
	made_init(m);
	return m;
}

/* ${n} segments each way, each with other bytes. */
static void
talk(struct made *m, unsigned n)
{
	char text[64];

	for (unsigned i = 0; i < n; i++) {
		memset(text, (int)('a' + i % 26), sizeof(text));
		snprintf(text, sizeof(text), "number %u of %u", i, m->cport);
		made_tcp(m, 0, CM_TCP_ACK, 1001 + 64 * i, 5001 + 64 * i, text, sizeof(text), AT_BOTH);
		made_tcp(m, 1, CM_TCP_ACK, 5001 + 64 * i, 1065 + 64 * i, text, sizeof(text), AT_BOTH);
	}
}

static void
the_offset_lies_in_the_middle_of_both_ways(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	made_handshake(m);
	o = made_offset(m);
	assert_int_equal(o.how, CM_OFFSET_BOTH_WAYS);
	assert_int_equal(o.matched, 3);
	assert_true(o.least_ns == m->skew - MADE_WAY && o.most_ns == m->skew + MADE_WAY);
	assert_true(o.middle_ns == m->skew);
	assert_false(o.drifts);
	free(m);
}

static void
one_way_gives_one_bound(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	made_tcp(m, 0, CM_TCP_SYN, 1000, 0, NULL, 0, AT_BOTH);
	o = made_offset(m);
	assert_int_equal(o.how, CM_OFFSET_ONE_WAY);
	assert_true(o.most_ns == m->skew + MADE_WAY && o.least_ns == INT64_MIN);
	free(m);
}

static void
without_a_hop_between_the_answer_says_the_way(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	m->hops = 0;
	made_handshake(m);
	o = made_offset(m);
	assert_int_equal(o.how, CM_OFFSET_BOTH_WAYS);
	assert_true(o.least_ns == m->skew - MADE_WAY && o.most_ns == m->skew + MADE_WAY);
	free(m);
}

static void
nothing_in_common_is_unknown(void **state)
{
	struct made *m = setup();

	(void)state;
	made_tcp(m, 0, CM_TCP_SYN, 1000, 0, NULL, 0, AT_A);
	made_tcp(m, 0, CM_TCP_SYN, 2000, 0, NULL, 0, AT_B);
	assert_int_equal(made_offset(m).how, CM_OFFSET_UNKNOWN);
	assert_int_equal(made_offset(m).matched, 0);
	free(m);
}

/* Many ask for one picture, in the same words. */
static void
payloads_that_are_alike_by_chance_are_unknown(void **state)
{
	struct made *m = setup();
	char text[64];

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		memset(text, (int)('a' + i), sizeof(text));
		made_tcp(m, 0, CM_TCP_ACK, 1001 + 1000 * i, 5001, text, sizeof(text), AT_A);
		m->now += (3 * i * i + 1) * INT64_C(1000000000);
		made_tcp(m, 0, CM_TCP_ACK, 900001 + 1000 * i, 7001, text, sizeof(text), AT_B);
	}
	assert_int_equal(made_offset(m).how, CM_OFFSET_UNKNOWN);
	free(m);
}

static void
what_was_sent_twice_is_set_aside(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	made_handshake(m);
	/* The first of these is lost on the way: matched, it would be a second late. */
	made_tcp(m, 0, CM_TCP_ACK, 1001, 5001, "GET / HTTP/1.1\r\n", 16, AT_A);
	m->now += 1000000000;
	made_tcp(m, 0, CM_TCP_ACK, 1001, 5001, "GET / HTTP/1.1\r\n", 16, AT_BOTH);
	o = made_offset(m);
	assert_int_equal(o.matched, 3);
	assert_true(o.most_ns == m->skew + MADE_WAY);
	free(m);
}

/* Packets that arrive before they were sent, or long after: a forger's or a replayer's. */
static void
forged_packets_do_not_move_it(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	made_handshake(m);
	m->sport = 81; /* a flow keeps no more than eight */
	talk(m, 40);
	for (unsigned i = 0; i < 12; i++) {
		m->cport++;
		talk(m, 4);
	}
	for (unsigned i = 0; i < 2; i++) {
		made_tcp(m, 0, CM_TCP_ACK, 77 + i, 78, "forged", 6, AT_BOTH);
		made_last(m, 1)->t_ns -= 20000000 + (int64_t)i; /* near, and too early */
		made_tcp(m, 1, CM_TCP_ACK, 77 + i, 78, "replayed", 8, AT_BOTH);
		made_last(m, 1)->t_ns += INT64_C(3600000000000); /* far off */
	}
	o = made_offset(m);
	assert_int_equal(o.how, CM_OFFSET_BOTH_WAYS);
	assert_int_equal(o.misfits, 2);
	assert_true(o.least_ns == m->skew - MADE_WAY && o.most_ns == m->skew + MADE_WAY);
	free(m);
}

static void
one_flow_gives_eight_at_most(void **state)
{
	struct made *m = setup();

	(void)state;
	talk(m, 200);
	assert_int_equal(made_offset(m).matched, CM_CLOCK_PER_FLOW);
	free(m);
}

static void
addresses_and_what_a_nat_does_to_them_do_not_matter(void **state)
{
	struct made *m = setup();
	struct cm_offset o;

	(void)state;
	made_handshake(m);
	for (size_t i = 0; i < m->n[1]; i++) {
		struct cm_packet *p = &m->p[1][i];

		*(p->sport == 80 ? &p->dport : &p->sport) = 61000;
		(p->sport == 80 ? &p->dst : &p->src)->addr[0] = 203;
		p->ipid = (uint16_t)(p->ipid + 5);
	}
	o = made_offset(m);
	assert_int_equal(o.matched, 3);
	assert_true(o.middle_ns == m->skew);
	free(m);
}

static void
shorter_frames_at_one_place_do_not_matter(void **state)
{
	struct made *m = setup();

	(void)state;
	talk(m, 3);
	for (size_t i = 0; i < m->n[1]; i++)
		m->p[1][i].payload.len = 32;
	assert_int_equal(made_offset(m).matched, 6);
	free(m);
}

static void
a_clock_that_runs_fast_is_told(void **state)
{
	struct made *m = setup();
	int64_t begun, at;
	struct cm_offset o;

	(void)state;
	begun = m->now;
	for (unsigned i = 0; i < 200; i++) {
		m->cport++;
		talk(m, 1);
		m->now += 1000000000;
	}
	for (size_t i = 0; i < m->n[1]; i++)
		m->p[1][i].t_ns += (m->p[1][i].t_ns - m->skew - begun) / 1000000 * 25; /* 25 ppm */
	o = made_offset(m);
	assert_true(o.drifts);
	assert_true(o.drift_ppb > 24900 && o.drift_ppb < 25100);
	/* 100 s before the middle, 2.5 ms less. */
	at = cm_offset_when(&o, o.at_ns - INT64_C(100000000000)) - cm_offset_when(&o, o.at_ns);
	assert_true(at < -2490000 && at > -2510000);
	assert_true(cm_offset_when(&o, begun) > m->skew - 100000 && cm_offset_when(&o, begun) < m->skew + 100000);
	free(m);
}

static void
a_steady_clock_does_not_drift(void **state)
{
	struct made *m = setup();
	uint64_t dice = 7;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		m->cport++;
		talk(m, 1);
		m->now += 1000000000;
	}
	/* Some wait in a queue. */
	for (size_t i = 0; i < m->n[1]; i++) {
		dice = dice * UINT64_C(6364136223846793005) + 1;
		if (m->p[1][i].sport == 40000)
			m->p[1][i].t_ns += (int64_t)(dice >> 33) % 3000000;
	}
	assert_false(made_offset(m).drifts);
	free(m);
}

/* ---- requests ---- */

static struct cm_request
request(char *room, size_t size, unsigned nth, int64_t t_ns)
{
	snprintf(room, size, "/page?cachebuster=%08u", nth);
	return (struct cm_request) { .t_ns = t_ns, .client = { .addr = { 192, 0, 2, 9 }, .net = 4 },
		.target = cm_span_str(room) };
}

/* A log and a capture: ${late} is how long each request takes to be logged. */
static struct cm_offset
of_requests(int64_t skew, int64_t late, bool swap)
{
	struct cm_clock *c[2];
	struct cm_offset o;
	char text[64];

	assert_int_equal(cm_clock_new(&c[0]), CM_OK);
	assert_int_equal(cm_clock_new(&c[1]), CM_OK);
	for (unsigned i = 0; i < 50; i++) {
		int64_t t = INT64_C(1700000000000000000) + i * INT64_C(1370000001);
		struct cm_request r = request(text, sizeof(text), i, t);

		cm_clock_request(c[0], &r);
		r.t_ns = (t + skew + late) / 1000000000 * 1000000000;
		cm_clock_request(c[1], &r);
	}
	o = swap ? cm_clock_offset(c[1], c[0]) : cm_clock_offset(c[0], c[1]);
	cm_clock_free(c[0]);
	cm_clock_free(c[1]);
	return o;
}

static void
a_log_has_seconds_only(void **state)
{
	int64_t skew = 4321987654;
	struct cm_offset o = of_requests(skew, 0, false);

	(void)state;
	assert_int_equal(o.how, CM_OFFSET_SECONDS);
	assert_int_equal(o.matched, 50);
	assert_true(o.least_ns <= skew && skew <= o.most_ns);
	assert_true(o.most_ns - o.least_ns == 2000000000);
	o = of_requests(skew, 300000000, false);
	assert_true(o.least_ns <= skew && skew <= o.most_ns);
	o = of_requests(skew, 300000000, true);
	assert_true(o.least_ns <= -skew && -skew <= o.most_ns);
}

static void
requests_without_a_long_query_say_nothing(void **state)
{
	struct cm_clock *c;
	struct cm_request r = { .t_ns = 1, .client = { .net = 4 }, .target = cm_span_str("/index.html?v=1") };

	(void)state;
	assert_int_equal(cm_clock_new(&c), CM_OK);
	cm_clock_request(c, &r);
	assert_int_equal(cm_clock_offset(c, c).how, CM_OFFSET_UNKNOWN);
	cm_clock_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_offset_lies_in_the_middle_of_both_ways),
		cmocka_unit_test(one_way_gives_one_bound),
		cmocka_unit_test(without_a_hop_between_the_answer_says_the_way),
		cmocka_unit_test(nothing_in_common_is_unknown),
		cmocka_unit_test(payloads_that_are_alike_by_chance_are_unknown),
		cmocka_unit_test(what_was_sent_twice_is_set_aside),
		cmocka_unit_test(forged_packets_do_not_move_it),
		cmocka_unit_test(one_flow_gives_eight_at_most),
		cmocka_unit_test(addresses_and_what_a_nat_does_to_them_do_not_matter),
		cmocka_unit_test(shorter_frames_at_one_place_do_not_matter),
		cmocka_unit_test(a_clock_that_runs_fast_is_told),
		cmocka_unit_test(a_steady_clock_does_not_drift),
		cmocka_unit_test(a_log_has_seconds_only),
		cmocka_unit_test(requests_without_a_long_query_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
