/* R3, R4, R5: resets, names, handshakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static struct wire w;

static void
transfer(void)
{
	wire_start(&w);
	wire_handshake(&w);
	wire_data(&w, CLIENT, 1, 1, "GET /keyword HTTP/1.1\r\n\r\n");
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 26);
}

static void
a_reset_of_another_stack_that_the_server_knows_nothing_of_is_forged(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;

	(void)state;
	transfer();
	p = wire_tcp(&w, SERVER, CM_TCP_RST | CM_TCP_ACK, 1, 26);
	p->ttl = 97;
	p->df = false;
	p->window = 2200;
	wire_data(&w, SERVER, 1, 26, "HTTP/1.1 200 OK\r\n\r\n");
	wire_data(&w, SERVER, 20, 26, "and so on");
	x = wire_only(&w);
	assert_int_equal(x->type, CM_INCIDENT_RESET);
	assert_true(x->verdict <= CM_VERDICT_STACK_BREAK);
	assert_true(wire_has_cue(x, "rst-then-data"));
	wire_end(&w);
}

/* Sequence alone is never a verdict: all of these have the server's own header. */
static void
resets_with_many_numbers_after_a_close_are_quiet(void **state)
{
	(void)state;
	transfer();
	wire_tcp(&w, CLIENT, CM_TCP_FIN | CM_TCP_ACK, 26, 1);
	for (unsigned i = 0; i < 8; i++) {
		wire_data(&w, SERVER, 1 + i * 10, 27, "0123456789");
		wire_tcp(&w, CLIENT, CM_TCP_RST, 27 + i * 1460, 0)->window = 0;
	}
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

/* A reset that is like the server's other packets but for its number, and data behind it;
 * ${step}: by how much the server's numbers grow. */
static void
reset_with_number(uint16_t id, uint16_t step, uint32_t seq)
{
	transfer();
	wire_data(&w, SERVER, 1, 26, "HTTP/1.1 200 OK\r\n\r\n");
	wire_tcp(&w, SERVER, CM_TCP_RST | CM_TCP_ACK, seq, 26);
	wire_data(&w, SERVER, 20, 26, "and so on");
	wire_data(&w, SERVER, 29, 26, "and on");
	for (unsigned i = 0, n = 0; i < w.n; i++)
		if (w.p[i].sport == 80)
			w.p[i].ipid = (w.p[i].flags & CM_TCP_RST) != 0 ? id
			    : (uint16_t)(step == 0 ? 0 : 20000 + step * ++n);
}

/* Frames: 2, 5, 6 are the server's, 7 the reset, 8 and 9 go on. */
static void
a_reset_with_a_number_that_is_not_the_servers_is_another_stacks(void **state)
{
	static const struct { uint16_t id, step; } odd[] = {
		{ 50000, 1 }, /* outside the count */
		{ 20004, 1 }, /* within, but the data behind it has it, too */
		{ 50000, 0 }, /* of a server that gives none */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const struct cm_incident *x;

		reset_with_number(odd[i].id, odd[i].step, 20);
		x = wire_only(&w);
		assert_int_equal(x->type, CM_INCIDENT_RESET);
		assert_int_equal(x->verdict, CM_VERDICT_STACK_BREAK);
		assert_true(wire_has_cue(x, "rst-ipid"));
		assert_true(wire_is(&x->suspect, 1, (unsigned[]) { 7 }));
		wire_end(&w);
	}
}

static void
a_reset_of_the_servers_own_header_that_it_belies_is_undecidable(void **state)
{
	static const struct { uint16_t id, step; } like[] = {
		{ 0, 1 },	  /* resets often have none */
		{ 0, 0 },
		{ 50000, 23456 }, /* drawn at random: tells nothing */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(like) / sizeof(like[0]); i++) {
		const struct cm_incident *x;

		reset_with_number(like[i].id, like[i].step, 20);
		x = wire_only(&w);
		assert_int_equal(x->type, CM_INCIDENT_RESET);
		assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
		assert_true(wire_has_cue(x, "rst-then-data"));
		assert_true(wire_is(&x->suspect, 2, (unsigned[]) { 7, 8 }));
		wire_end(&w);
	}
}

/* A close that the server did not send hides nothing that comes behind it. */
static void
a_forged_close_does_not_cover_a_reset(void **state)
{
	const struct cm_engine *e;
	struct cm_packet *p;

	(void)state;
	transfer();
	p = wire_data(&w, SERVER, 1, 26, "HTTP/1.1 302 No\r\n\r\n");
	p->flags |= CM_TCP_FIN;
	p->opts = 0;
	p->df = false;
	wire_data(&w, SERVER, 1, 26, "HTTP/1.1 200 OK\r\n\r\n");
	wire_data(&w, SERVER, 20, 26, "and so on");
	wire_tcp(&w, SERVER, CM_TCP_RST | CM_TCP_ACK, 29, 26)->ipid = 0;
	wire_data(&w, SERVER, 29, 26, "and on");
	e = wire_judge(&w);
	assert_int_equal(cm_engine_count(e), 2);
	assert_int_equal(cm_engine_incident(e, 0)->verdict, CM_VERDICT_FORGED);
	assert_int_equal(cm_engine_incident(e, 1)->verdict, CM_VERDICT_UNDECIDABLE);
	assert_int_equal(cm_engine_incident(e, 1)->type, CM_INCIDENT_RESET);
	wire_end(&w);
}

/* One that does not stand where the server was; one behind a close; and data that was sent before. */
static void
resets_that_nothing_belies_are_quiet(void **state)
{
	(void)state;
	reset_with_number(0, 1, 7);
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
	reset_with_number(0, 1, 20);
	w.p[3].flags |= CM_TCP_FIN;
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
	transfer();
	wire_data(&w, SERVER, 1, 26, "HTTP/1.1 200 OK\r\n\r\n");
	wire_tcp(&w, SERVER, CM_TCP_RST | CM_TCP_ACK, 20, 26);
	wire_data(&w, SERVER, 1, 26, "HTTP/1.1 200 OK\r\n\r\n");
	assert_int_equal(cm_engine_count(wire_judge(&w)), 0);
	wire_end(&w);
}

static void
ask(uint16_t port, uint16_t id, const char *name, uint32_t address)
{
	wire_flow(&w, port);
	wire_dns(&w, CLIENT, id, name, 1, 0);
	w.t_ns += 20000000;
	wire_dns(&w, SERVER, id, name, 1, address);
}

static void
a_copied_identification_and_a_strange_ttl_give_a_dns_answer_away(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;
	uint16_t ipid;

	(void)state;
	wire_start(&w);
	ask(50001, 1, "one", 0xc0000201);
	ask(50002, 2, "two", 0xc0000202);
	wire_flow(&w, 50003);
	ipid = wire_dns(&w, CLIENT, 3, "three", 1, 0)->ipid;
	p = wire_dns(&w, SERVER, 3, "three", 1, 0x0a0a2245);
	p->ttl = 128;
	p->ipid = ipid;
	w.t_ns += 20000000;
	wire_dns(&w, SERVER, 3, "three", 1, 0xc0000203);
	ask(50004, 4, "four", 0xc0000204);
	x = wire_only(&w);
	assert_int_equal(x->type, CM_INCIDENT_DNS);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 6 }));
	assert_true(wire_is(&x->genuine, 1, (unsigned[]) { 7 }));
	assert_string_equal(x->fingerprint.ipid, "copies the query's");
	wire_end(&w);
}

static void
a_repeated_question_may_have_two_answers(void **state)
{
	const struct cm_engine *e;

	(void)state;
	wire_start(&w);
	wire_flow(&w, 50003);
	wire_dns(&w, CLIENT, 3, "three", 1, 0);
	wire_dns(&w, CLIENT, 3, "three", 1, 0);
	wire_dns(&w, SERVER, 3, "three", 1, 0xc0000203);
	wire_dns(&w, SERVER, 3, "three", 1, 0xc0000204);
	e = wire_judge(&w);
	for (size_t i = 0; i < cm_engine_count(e); i++)
		assert_int_equal(cm_engine_incident(e, i)->verdict, CM_VERDICT_EXPLAINED);
	wire_end(&w);
}

static void
two_answers_of_one_gateway_are_not_decided(void **state)
{
	const struct cm_incident *x;

	(void)state;
	wire_start(&w);
	ask(50001, 1, "one", 0xc0000201);
	wire_dns(&w, SERVER, 1, "one", 1, 0xc0000299);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
	wire_end(&w);
}

static void
a_syn_ack_made_from_the_syn_is_the_forged_one_of_two(void **state)
{
	const struct cm_incident *x;
	struct cm_packet *p;
	uint16_t ipid;

	(void)state;
	wire_start(&w);
	ipid = wire_tcp(&w, CLIENT, CM_TCP_SYN, 0, 0)->ipid;
	p = wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 5000, 1);
	p->ipid = ipid;
	p->ttl = 61;
	p->df = false;
	p->opt_layout = 7;
	wire_tcp(&w, CLIENT, CM_TCP_ACK, 1, 5001);
	wire_data(&w, CLIENT, 1, 5001, "GET / HTTP/1.1\r\n\r\n");
	wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1);
	x = wire_only(&w);
	assert_int_equal(x->type, CM_INCIDENT_HANDSHAKE);
	assert_int_equal(x->verdict, CM_VERDICT_FORGED);
	assert_true(wire_is(&x->forged, 1, (unsigned[]) { 2 }));
	wire_end(&w);
}

static void
syn_acks_of_one_stack_far_apart_are_a_restart(void **state)
{
	const struct cm_incident *x;

	(void)state;
	wire_start(&w);
	wire_tcp(&w, CLIENT, CM_TCP_SYN, 0, 0);
	wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1);
	w.t_ns += INT64_C(11800000000);
	wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 777777, 1);
	wire_tcp(&w, CLIENT, CM_TCP_ACK, 1, 777778);
	x = wire_only(&w);
	assert_int_equal(x->verdict, CM_VERDICT_EXPLAINED);
	assert_string_equal(x->explained_by, "SYN proxy or restart");
	wire_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_of_another_stack_that_the_server_knows_nothing_of_is_forged),
		cmocka_unit_test(resets_with_many_numbers_after_a_close_are_quiet),
		cmocka_unit_test(a_reset_with_a_number_that_is_not_the_servers_is_another_stacks),
		cmocka_unit_test(a_reset_of_the_servers_own_header_that_it_belies_is_undecidable),
		cmocka_unit_test(a_forged_close_does_not_cover_a_reset),
		cmocka_unit_test(resets_that_nothing_belies_are_quiet),
		cmocka_unit_test(a_copied_identification_and_a_strange_ttl_give_a_dns_answer_away),
		cmocka_unit_test(a_repeated_question_may_have_two_answers),
		cmocka_unit_test(two_answers_of_one_gateway_are_not_decided),
		cmocka_unit_test(a_syn_ack_made_from_the_syn_is_the_forged_one_of_two),
		cmocka_unit_test(syn_acks_of_one_stack_far_apart_are_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
