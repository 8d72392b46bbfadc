/* Support: what the packets named for a finding give when they are all there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static struct wire w;

#define FLOWS 6u

/* Two answers for one place, one of them with DF cleared: four bits, and two for the conflict. */
static void
df_conflict(uint32_t seq)
{
	wire_data(&w, SERVER, seq, 34, "these bytes are good bytes");
	wire_data(&w, SERVER, seq, 34, "these bytes are evil bytes")->df = false;
}

static void
plain_conflict(uint32_t seq)
{
	wire_data(&w, SERVER, seq, 34, "some other bytes, good ones");
	wire_data(&w, SERVER, seq, 34, "some other bytes, evil ones");
}

/* ${odd} of FLOWS connections show both ways of the server to treat DF; the one before the last
 * also holds two answers that nothing tells apart. */
static void
balanced(unsigned odd)
{
	wire_start(&w);
	for (unsigned i = 0; i < FLOWS; i++) {
		wire_flow(&w, (uint16_t)(40001 + i));
		wire_handshake(&w);
		wire_data(&w, CLIENT, 1, 1, "GET / HTTP/1.1\r\nHost: example\r\n\r\n");
		wire_data(&w, SERVER, 1, 34, "HTTP/1.1 200 OK\r\n\r\nbytes");
		if (i >= FLOWS - odd)
			df_conflict(25);
		if (i == FLOWS - 2)
			plain_conflict(51);
		wire_data(&w, SERVER, 78, 34, "and so on");
	}
}

static unsigned
named_in(const struct cm_ids *ids, cm_packet_id id)
{
	unsigned n = 0;

	for (size_t i = 0; i < ids->n; i++)
		n += ids->id[i] == id;
	return n;
}

/* Is every packet whose bytes another one gainsays named by a finding? */
static void
all_named(const struct cm_engine *e)
{
	for (unsigned i = 0; i < w.n; i++) {
		unsigned n = 0;

		if (memcmp(w.bytes[i], "these", 5) != 0 && memcmp(w.bytes[i], "some ", 5) != 0)
			continue;
		for (size_t k = 0; k < cm_engine_count(e); k++) {
			const struct cm_incident *x = cm_engine_incident(e, k);

			n += named_in(&x->forged, w.p[i].id) + named_in(&x->genuine, w.p[i].id) +
			    named_in(&x->suspect, w.p[i].id);
		}
		assert_int_equal(n, 1);
	}
}

/* Two of six are a load balancer's doing (E16); the packets that a finding rests on have to
 * show that, or they would accuse where the whole capture does not. */
static void
what_a_balancer_does_is_no_accusation_where_less_is_shown(void **state)
{
	const struct cm_engine *e;

	(void)state;
	balanced(2);
	e = wire_judge(&w);
	assert_int_equal(cm_engine_count(e), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct cm_incident *x = cm_engine_incident(e, i);

		assert_int_equal(x->verdict, CM_VERDICT_UNDECIDABLE);
		assert_int_equal(x->suspect.n, i == 0 ? 4 : 2);
	}
	all_named(e);
	wire_end(&w);
}

static void
one_of_six_is_no_balancer(void **state)
{
	const struct cm_engine *e;

	(void)state;
	balanced(1);
	e = wire_judge(&w);
	assert_int_equal(cm_engine_count(e), 2);
	assert_int_equal(cm_engine_incident(e, 0)->verdict, CM_VERDICT_UNDECIDABLE);
	assert_int_equal(cm_engine_incident(e, 1)->verdict, CM_VERDICT_STACK_BREAK);
	all_named(e);
	wire_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_balancer_does_is_no_accusation_where_less_is_shown),
		cmocka_unit_test(one_of_six_is_no_balancer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
