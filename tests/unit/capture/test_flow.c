/* The flow table: epochs, windows, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/flow.h"

struct seen {
	unsigned parts, flows, segments;
	uint64_t last_serial;
	uint32_t from;
	unsigned client_dir_first; /* direction of the first segment, and who is client */
	bool client_is_first;
	size_t copied;
};

static enum cm_result
count(void *ctx, const struct cm_flow_view *v)
{
	struct seen *s = ctx;

	s->parts++;
	s->flows += v->last;
	s->segments += v->n - v->from;
	s->from = v->from;
	s->last_serial = v->serial;
	s->client_is_first = cm_flow_client(v) == v->segs[0].dir;
	for (uint32_t i = 0; i < v->n; i++)
		s->copied += v->segs[i].copied ? v->segs[i].cap_len : 0;
	return CM_OK;
}

static struct cm_packet
packet(uint64_t frame, bool from_client, uint8_t flags, uint32_t seq)
{
	struct cm_packet p = { .id = cm_packet_id_of(0, frame), .open = CM_OPEN_ALL, .proto = 6 };

	p.src = (struct cm_host) { .addr = { from_client ? 1 : 2 }, .net = 4 };
	p.dst = (struct cm_host) { .addr = { from_client ? 2 : 1 }, .net = 4 };
	p.sport = from_client ? 40000 : 80;
	p.dport = from_client ? 80 : 40000;
	p.flags = flags;
	p.seq = seq;
	p.t_ns = (int64_t)frame * 1000000;
	return p;
}

static struct cm_flow_table *
table(struct seen *s, size_t memory, uint32_t window)
{
	struct cm_flow_limits limits = { memory, window, 0 };
	struct cm_flow_table *t;

	memset(s, 0, sizeof(*s));
	assert_int_equal(cm_flow_table_new(&limits, count, s, &t), CM_OK);
	return t;
}

static void
feed(struct cm_flow_table *t, struct cm_packet p)
{
	assert_int_equal(cm_flow_table_packet(t, &p, true), CM_OK);
}

static void
a_new_isn_is_a_new_connection_and_the_same_one_is_a_retransmission(void **state)
{
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 2048);

	(void)state;
	feed(t, packet(1, true, CM_TCP_SYN, 100));
	feed(t, packet(2, true, CM_TCP_SYN, 100));
	feed(t, packet(3, false, CM_TCP_SYN | CM_TCP_ACK, 900));
	feed(t, packet(4, true, CM_TCP_SYN, 55000));
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_int_equal(s.flows, 2);
	assert_int_equal(cm_flow_table_stats(t)->tcp_flows, 2);
	assert_int_equal(cm_flow_table_stats(t)->one_sided, 1);
	cm_flow_table_free(t);
}

static void
a_syn_that_comes_after_its_syn_ack_belongs_to_it(void **state)
{
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 2048);
	struct cm_packet p = packet(1, false, CM_TCP_SYN | CM_TCP_ACK, 900);

	(void)state;
	p.ack = 101;
	feed(t, p);
	feed(t, packet(2, true, CM_TCP_SYN, 100));
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_int_equal(s.flows, 1);
	assert_false(s.client_is_first);
	cm_flow_table_free(t);
}

static void
silence_ends_a_flow_sooner_when_it_was_closed(void **state)
{
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 2048);
	struct cm_packet p = packet(2, true, CM_TCP_ACK, 1);

	(void)state;
	feed(t, packet(1, true, CM_TCP_ACK, 1));
	p.t_ns = CM_FLOW_LINGER_NS * 2;
	feed(t, p);
	p.flags |= CM_TCP_FIN;
	feed(t, p);
	p.t_ns += CM_FLOW_LINGER_NS + 1;
	feed(t, p);
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_int_equal(s.flows, 2);
	cm_flow_table_free(t);
}

static void
a_long_flow_comes_in_parts_that_keep_the_head_and_miss_nothing(void **state)
{
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 128);

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		feed(t, packet(i, true, CM_TCP_ACK, (uint32_t)i));
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_true(s.parts > 10);
	assert_int_equal(s.flows, 1);
	assert_int_equal(s.from, CM_FLOW_HEAD);
	assert_true(s.segments >= 1000);
	cm_flow_table_free(t);
}

static void
a_full_table_judges_the_longest_quiet_flows_early(void **state)
{
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 2048);

	(void)state;
	for (uint64_t i = 1; i <= 20000; i++) {
		struct cm_packet p = packet(i, true, CM_TCP_ACK, 1);

		p.src.addr[1] = (uint8_t)i;
		p.src.addr[2] = (uint8_t)(i >> 8);
		feed(t, p);
	}
	assert_true(cm_flow_table_stats(t)->evicted > 10000);
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_int_equal(s.flows, 20000);
	cm_flow_table_free(t);
}

static void
payloads_that_do_not_stay_are_copied_and_bounded(void **state)
{
	static const uint8_t bytes[1400];
	struct seen s;
	struct cm_flow_table *t = table(&s, 1 << 20, 2048);

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++) {
		struct cm_packet p = packet(i, true, CM_TCP_ACK, (uint32_t)i * 1400);

		p.payload = cm_span_of(bytes, sizeof(bytes));
		p.payload_len = sizeof(bytes);
		assert_int_equal(cm_flow_table_packet(t, &p, false), CM_OK);
	}
	assert_int_equal(cm_flow_table_finish(t), CM_OK);
	assert_true(s.copied >= CM_FLOW_HELD - 1400 && s.copied <= CM_FLOW_HELD);
	cm_flow_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_isn_is_a_new_connection_and_the_same_one_is_a_retransmission),
		cmocka_unit_test(a_syn_that_comes_after_its_syn_ack_belongs_to_it),
		cmocka_unit_test(silence_ends_a_flow_sooner_when_it_was_closed),
		cmocka_unit_test(a_long_flow_comes_in_parts_that_keep_the_head_and_miss_nothing),
		cmocka_unit_test(a_full_table_judges_the_longest_quiet_flows_early),
		cmocka_unit_test(payloads_that_do_not_stay_are_copied_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
