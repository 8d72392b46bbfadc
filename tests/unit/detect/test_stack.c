/* R2: what the sender's own stack would not have sent, and what only looks so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static struct wire w;

#define REQUEST "GET / HTTP/1.1\r\nHost: example\r\n\r\n"
#define REDIRECT                                                                                   \
	"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://a/\r\nConnection: close\r\n\r\n"

static void
quiet_transfer(uint32_t from, unsigned segments)
{
	for (unsigned i = 0; i < segments; i++) {
		wire_fill(&w, wire_data(&w, SERVER, from + i * 100, 34, ""), (uint8_t)i, 100);
		wire_tcp(&w, CLIENT, CM_TCP_ACK, 34, from + i * 100 + 100);
	}
}

static void
an_ordinary_connection_is_quiet(void **state)
{
	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 20);
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

/* In the path, no conflict at all: the real answer never comes. */
static void
a_data_segment_without_timestamps_by_another_stack_is_forged_without_any_conflict(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	p = wire_data(&w, SERVER, 1, 34, REDIRECT);
	p->flags |= CM_TCP_FIN;
	p->opts = 0;
	p->ipid = 0x3412;
	wire_tcp(&w, CLIENT, CM_TCP_ACK | CM_TCP_FIN, 34, 1 + p->payload_len + 1);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 6 }));
	assert_true(wire_has_cue(x, "ts-missing"));
	assert_true(wire_has_cue(x, "ack-then-other-stack"));
	assert_true(wire_has_cue(x, "fin-redirect"));
	assert_false(wire_has_cue(x, "conflict"));
	wire_end(&w);
}

static void
options_stripped_from_the_syn_were_not_agreed_on(void **state)
{
	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	w.p[0].opts &= (uint8_t)~CM_OPT_TS;
	w.timestamps = false;
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 5);
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

static void
a_reroute_in_the_middle_of_a_flow_is_quiet(void **state)
{
	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 30);
	for (unsigned i = 34; i < w.n; i++)
		w.p[i].ttl = (uint8_t)(w.p[i].ttl - 9);
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

/* One flow that changes TTL and DF, and is given away by a FIN cue besides: enough
 * for a stack break, unless the host does it all the time. */
static void
balanced_flow(bool odd)
{
	struct cm_packet *p;

	w.timestamps = false;
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 4);
	p = wire_data(&w, SERVER, 401, 34, REDIRECT);
	p->flags |= CM_TCP_FIN;
	if (!odd)
		return;
	p->ttl = 240;
	p->df = false;
	p->window = 60000;
}

static void
one_odd_flow_of_a_host_is_a_stack_break(void **state)
{
	const struct cm_incident *x;

	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 10; k++) {
		wire_flow(&w, (uint16_t)(41000 + k));
		balanced_flow(k == 4);
	}
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_STACK_BREAK);
	assert_true(wire_has_cue(x, "df-cleared"));
	wire_end(&w);
}

static void
a_load_balancer_explains_what_all_flows_of_the_host_show(void **state)
{
	const struct cm_engine *e;

	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 10; k++) {
		wire_flow(&w, (uint16_t)(41000 + k));
		balanced_flow(true);
	}
	e = wire_judge(&w);
	for (size_t i = 0; i < cm_engine_count(e); i++)
		assert_int_equal(cm_engine_incident(e, i)->verdict, CM_VERDICT_EXPLAINED);
	assert_true(cm_engine_count(e) >= 1);
	assert_string_equal(cm_engine_incident(e, 0)->explained_by, "load balancer");
	assert_true(cm_engine_incident(e, 0)->support_host.n > 0);
	wire_end(&w);
}

static void
a_fixed_identification_in_two_flows_is_a_hand_and_shows_the_other_flow(void **state)
{
	const struct cm_engine *e;

	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 2; k++) {
		struct cm_packet *p;

		wire_flow(&w, (uint16_t)(42000 + k));
		w.timestamps = false;
		wire_handshake(&w);
		wire_data(&w, CLIENT, 1, 1, REQUEST);
		wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
		p = wire_data(&w, SERVER, 1, 34, REDIRECT);
		p->flags |= CM_TCP_FIN;
		p->ipid = 0x3412;
		p->window = 32120;
		wire_tcp(&w, SERVER, CM_TCP_ACK, 1 + p->payload_len + 1, 34);
		w.p[w.n - 1].ipid = 0x3412;
		w.p[w.n - 1].window = 32120;
	}
	e = wire_judge(&w);
	assert_int_equal(cm_engine_count(e), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct cm_incident *x = cm_engine_incident(e, i);

		assert_int_equal(x->verdict, CM_VERDICT_FORGED);
		assert_int_equal(x->forged.n, 2);
		assert_true(wire_has_cue(x, "ipid-constant"));
		assert_true(x->support_host.n > 0);
	}
	wire_end(&w);
}

static void
a_generator_with_one_identification_for_all_is_no_hand(void **state)
{
	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 6; k++) {
		wire_flow(&w, (uint16_t)(43000 + k));
		wire_handshake(&w);
		wire_data(&w, CLIENT, 1, 1, REQUEST);
		quiet_transfer(1, 3);
	}
	for (unsigned i = 0; i < w.n; i++)
		w.p[i].ipid = 1;
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

static void
a_ttl_that_rises_by_one_per_packet_far_from_the_servers_is_a_break(void **state)
{
	const struct cm_incident *x;

	(void)state;
	wire_start(&w);
	w.timestamps = false;
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	for (unsigned i = 0; i < 3; i++) {
		struct cm_packet *p = wire_data(&w, SERVER, 1 + i * 100, 34, "");

		wire_fill(&w, p, 'x', 100);
		p->ttl = (uint8_t)(227 + i);
	}
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_int_equal(x->forged.n, 3);
	assert_string_equal(x->fingerprint.ttl, "rises by 1 per packet");
	assert_string_equal(x->fingerprint.name, "Great-Cannon-like");
	wire_end(&w);
}

static void
a_capture_with_many_wrong_checksums_accuses_nobody(void **state)
{
	const struct cm_engine *e;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	p = wire_data(&w, SERVER, 1, 34, REDIRECT);
	p->opts = 0;
	p->df = false;
	quiet_transfer(1, 10);
	for (unsigned i = 6; i < w.n; i += 3)
		w.p[i].checksum = w.p[i + 1].checksum = CM_CSUM_BAD;
	e = wire_judge(&w);
	for (size_t i = 0; i < cm_engine_count(e); i++)
		assert_true(cm_engine_incident(e, i)->verdict >= CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
}

static void
one_direction_alone_can_be_judged(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;
	unsigned n = 0;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	p = wire_data(&w, SERVER, 1, 34, REDIRECT);
	p->opts = 0;
	p->df = false;
	p->ttl = 61;
	quiet_transfer(1, 5);
	for (unsigned i = 0; i < w.n; i++)
		if (w.p[i].sport == 80)
			w.p[n++] = w.p[i];
	w.n = n;
	x = wire_only(&w);
	assert_true(wire_has_cue(x, "conflict"));
	assert_true(wire_has_cue(x, "df-cleared"));
	assert_true(x->verdict <= CM_VERDICT_STACK_BREAK);
	wire_end(&w);
}

static void
over_ipv6_the_other_cues_carry_the_verdict(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	w.ipv6 = true;
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	p = wire_data(&w, SERVER, 1, 34, REDIRECT);
	p->opts = 0;
	p->ttl = 61;
	quiet_transfer(1, 5);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_string_equal(x->fingerprint.ipid, "none (IPv6)");
	wire_end(&w);
}

/* The server's counter goes on; the forger takes the number that comes next. */
static struct cm_packet *
with_the_number_of_the_last(struct cm_packet *p)
{
	p->ipid = w.p[w.n - 2].ipid;
	w.ipid[SERVER] = p->ipid + 1;
	return p;
}

static void
of_two_that_share_the_next_number_only_the_odd_one_is_accused(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 3);
	p = wire_data(&w, SERVER, 334, 34, "");
	wire_fill(&w, p, 'E', 60);
	p->opts = 0;
	p = wire_data(&w, SERVER, 301, 34, "");
	wire_fill(&w, p, 'g', 100);
	with_the_number_of_the_last(p);
	quiet_transfer(401, 4);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 11 }));
	assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 12 }));
	assert_int_equal(x->suspect.n, 0);
	assert_true(wire_has_cue(x, "ipid-repeated"));
	assert_false(wire_has_cue(x, "same-hand"));
	wire_end(&w);
}

static void
what_comes_after_a_forged_segment_with_its_number_goes_free(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 3);
	wire_fill(&w, wire_data(&w, SERVER, 301, 34, ""), 'g', 100);
	p = wire_data(&w, SERVER, 301, 34, "");
	wire_fill(&w, p, 'E', 100);
	p->opts = 0;
	p->ttl = 64;
	p = wire_data(&w, SERVER, 401, 34, "");
	wire_fill(&w, p, 'h', 100);
	with_the_number_of_the_last(p);
	quiet_transfer(501, 4);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 12 }));
	assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 11 }));
	assert_int_equal(x->suspect.n, 0);
	wire_end(&w);
}

static void
data_behind_a_forged_reset_with_its_number_goes_free(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, REQUEST);
	quiet_transfer(1, 3);
	p = wire_tcp(&w, SERVER, CM_TCP_RST | CM_TCP_ACK, 301, 34);
	p->opts = 0;
	p->ttl = 70;
	p = wire_data(&w, SERVER, 301, 34, "");
	wire_fill(&w, p, 'h', 100);
	with_the_number_of_the_last(p);
	quiet_transfer(401, 4);
	x = wire_only(&w);
	assert_int_equal(x->forged.n, 0);
	assert_true(wire_is(&x->suspect, 1, (unsigned[]) { 11 }));
	wire_end(&w);
}

/* A forger's number may by chance be one that the host used in another connection. */
static void
a_number_that_fits_its_sequence_is_no_fixed_one(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;
	uint16_t chance = 0;

	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 2; k++) {
		wire_flow(&w, (uint16_t)(42000 + k));
		w.timestamps = false;
		w.ipid[SERVER] = (uint16_t)(w.ipid[SERVER] + 9000);
		wire_handshake(&w);
		wire_data(&w, CLIENT, 1, 1, REQUEST);
		wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
		if (k == 0) {
			chance = w.ipid[SERVER];
		} else {
			p = wire_data(&w, SERVER, 1, 34, REDIRECT);
			p->flags |= CM_TCP_FIN;
			p->ipid = chance;
			p->ttl = 64;
		}
		quiet_transfer(1, 5);
	}
	x = wire_only(&w);
	assert_int_equal(x->forged.n + x->suspect.n, 1);
	wire_end(&w);
}

static void
numbers_drawn_at_random_meet_by_chance(void **state)
{
	static const uint16_t drawn[2][6] = { { 9000, 52000, 777, 33000, 12000, 61000 },
		{ 40000, 3000, 50000, 20000, 33000, 8000 } };

	(void)state;
	wire_start(&w);
	for (uint16_t k = 0; k < 2; k++) {
		unsigned n = 0, from = w.n;

		wire_flow(&w, (uint16_t)(42000 + k));
		w.timestamps = false;
		wire_handshake(&w);
		wire_data(&w, CLIENT, 1, 1, REQUEST);
		wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 34);
		quiet_transfer(1, 4);
		for (unsigned i = from; i < w.n; i++)
			if (w.p[i].sport == 80)
				w.p[i].ipid = drawn[k][n++];
		w.p[w.n - 2].ttl = 61; /* odd enough to be looked at */
	}
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_connection_is_quiet),
		cmocka_unit_test(
		    a_data_segment_without_timestamps_by_another_stack_is_forged_without_any_conflict),
		cmocka_unit_test(options_stripped_from_the_syn_were_not_agreed_on),
		cmocka_unit_test(a_reroute_in_the_middle_of_a_flow_is_quiet),
		cmocka_unit_test(one_odd_flow_of_a_host_is_a_stack_break),
		cmocka_unit_test(a_load_balancer_explains_what_all_flows_of_the_host_show),
		cmocka_unit_test(a_fixed_identification_in_two_flows_is_a_hand_and_shows_the_other_flow),
		cmocka_unit_test(a_generator_with_one_identification_for_all_is_no_hand),
		cmocka_unit_test(a_ttl_that_rises_by_one_per_packet_far_from_the_servers_is_a_break),
		cmocka_unit_test(a_capture_with_many_wrong_checksums_accuses_nobody),
		cmocka_unit_test(one_direction_alone_can_be_judged),
		cmocka_unit_test(over_ipv6_the_other_cues_carry_the_verdict),
		cmocka_unit_test(of_two_that_share_the_next_number_only_the_odd_one_is_accused),
		cmocka_unit_test(what_comes_after_a_forged_segment_with_its_number_goes_free),
		cmocka_unit_test(data_behind_a_forged_reset_with_its_number_goes_free),
		cmocka_unit_test(a_number_that_fits_its_sequence_is_no_fixed_one),
		cmocka_unit_test(numbers_drawn_at_random_meet_by_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
