/* What is counted beside is what is counted at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/counting.h"

#define SECOND INT64_C(1000000000)
#define HEAD_MAX CM_REQUEST_HEAD_MAX

struct counted {
	struct cm_traffic *traffic;
	struct cm_visits *visits;
};

static void
begin(struct counted *c)
{
	struct cm_traffic_params params = cm_traffic_params_default();

	params.memory = 0;
	assert_int_equal(cm_traffic_new(&params, &c->traffic), CM_OK);
	assert_int_equal(cm_visits_new(CM_VISITS_MEMORY, 7, &c->visits), CM_OK);
}

static void
drop(struct counted *c)
{
	cm_traffic_free(c->traffic);
	cm_visits_free(c->visits);
}

static struct cm_packet
packet(uint64_t frame, int64_t t_ns, uint8_t flags)
{
	return (struct cm_packet) { .id = cm_packet_id_of(0, frame), .t_ns = t_ns, .open = CM_OPEN_ALL,
		.src = { .addr = { 198, 51, (uint8_t)(frame >> 8), (uint8_t)frame }, .net = 4 },
		.dst = { .addr = { 203, 0, 113, 7 }, .net = 4 }, .proto = 6, .ttl = 60, .transport = true, .ip_len = 40,
		.sport = (uint16_t)(20000 + frame % 40000), .dport = 80, .flags = flags, .window = 500 };
}

/* Every hundredth is a request of ${len} bytes, whose buffer is another's the moment it is handed over. */
static void
story(struct cm_counting *c, struct counted *direct, size_t len)
{
	static uint8_t bytes[2 * HEAD_MAX];

	for (uint64_t i = 1; i <= 40000; i++) {
		struct cm_packet p = packet(i, 60 * SECOND + (int64_t)i * (SECOND / 4000), i % 100 == 0 ? CM_TCP_ACK : CM_TCP_SYN);
		struct cm_request r;

		if (i % 100 == 0) {
			memset(bytes, 'x', sizeof(bytes));
			(void)snprintf((char *)bytes, sizeof(bytes), "GET /%llu?a HTTP/1.1\r\nHost: h%llu.example\r\nCookie: ",
			    (unsigned long long)i, (unsigned long long)i % 7);
			bytes[strlen((char *)bytes)] = 'x';
			p.payload = cm_span_of(bytes, len);
			p.payload_len = (uint32_t)len;
			p.ip_len += p.payload_len;
		}
		if (c != NULL)
			assert_int_equal(cm_counting_packet(c, &p), CM_OK);
		else
			assert_int_equal(cm_traffic_packet(direct->traffic, &p), CM_OK);
		if (c == NULL && i % 100 == 0 && cm_request_of_packet(&p, &r))
			assert_int_equal(cm_visits_request(direct->visits, &r), CM_OK);
		if (i % 100 == 0)
			memset(bytes, 0, sizeof(bytes));
	}
}

static void
count_beside(struct counted *c, bool alone, size_t len)
{
	struct cm_counting *counting;

	begin(c);
	assert_int_equal(cm_counting_new(c->traffic, c->visits, alone, &counting), CM_OK);
	story(counting, c, len);
	assert_int_equal(cm_counting_end(counting), CM_OK);
	cm_counting_free(counting);
}

static void
check_same(struct counted *a, struct counted *b)
{
	cm_visits_settle(a->visits);
	cm_visits_settle(b->visits);
	assert_int_equal(cm_traffic_finish(a->traffic), CM_OK);
	assert_int_equal(cm_traffic_finish(b->traffic), CM_OK);
	assert_int_equal(cm_traffic_get_stats(a->traffic)->requests, cm_traffic_get_stats(b->traffic)->requests);
	assert_int_equal(cm_traffic_n(a->traffic), cm_traffic_n(b->traffic));
	for (size_t i = 0; i < cm_traffic_n(a->traffic); i++) {
		const struct cm_traffic_finding *x = cm_traffic_at(a->traffic, i), *y = cm_traffic_at(b->traffic, i);

		assert_true(cm_traffic_same(x, y));
		assert_int_equal(x->packets, y->packets);
		assert_int_equal(x->bytes, y->bytes);
		assert_int_equal(x->first, y->first);
		assert_int_equal(x->last, y->last);
		assert_int_equal(x->sources, y->sources);
	}
	assert_int_equal(cm_visits_n(a->visits), cm_visits_n(b->visits));
	for (size_t i = 0; i < cm_visits_n(a->visits); i++)
		assert_memory_equal(&cm_visits_at(a->visits, i)->name, &cm_visits_at(b->visits, i)->name, sizeof(uint64_t));
}

static void
try_lengths(bool alone)
{
	/* Of the last two a batch holds 16 or fewer before its bytes are used up. */
	static const size_t lens[] = { 200, HEAD_MAX, 2 * HEAD_MAX };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct counted beside, direct;

		begin(&direct);
		story(NULL, &direct, lens[i]);
		count_beside(&beside, alone, lens[i]);
		check_same(&beside, &direct);
		assert_true(cm_traffic_n(direct.traffic) > 0);
		assert_int_equal(cm_visits_n(direct.visits), 800); /* 400 clients: the name, and the path with a query */
		drop(&beside);
		drop(&direct);
	}
}

static void
in_a_thread_the_same_is_counted(void **state)
{
	(void)state;
	try_lengths(true);
}

static void
without_a_thread_the_same_is_counted(void **state)
{
	(void)state;
	try_lengths(false);
}

/* All bytes, none of them in the first packets of a batch. */
static void
a_batch_whose_bytes_are_used_up_goes_before_it_is_full(void **state)
{
	static uint8_t head[HEAD_MAX] = "GET / HTTP/1.1\r\nHost: www.example\r\nCookie: ";
	struct cm_counting *counting;
	struct counted c;

	(void)state;
	begin(&c);
	assert_int_equal(cm_counting_new(c.traffic, c.visits, true, &counting), CM_OK);
	for (uint64_t i = 1; i <= 1000; i++) {
		struct cm_packet p = packet(i, 0, CM_TCP_ACK);

		p.payload = cm_span_of(head, sizeof(head));
		p.payload_len = sizeof(head);
		assert_int_equal(cm_counting_packet(counting, &p), CM_OK);
	}
	assert_int_equal(cm_counting_end(counting), CM_OK);
	cm_visits_settle(c.visits);
	assert_int_equal(cm_visits_clients(c.visits), 1000);
	cm_counting_free(counting);
	drop(&c);
}

/* As short as a request can be. */
static void
the_shortest_request_is_a_visit(void **state)
{
	static uint8_t head[] = "GET / HTTP/1.1\r\n";
	struct counted c;
	struct cm_counting *counting;
	struct cm_packet p = packet(1, 0, CM_TCP_ACK);

	(void)state;
	begin(&c);
	assert_int_equal(cm_counting_new(c.traffic, c.visits, false, &counting), CM_OK);
	p.payload = cm_span_of(head, sizeof(head) - 1);
	p.payload_len = sizeof(head) - 1;
	assert_int_equal(cm_counting_packet(counting, &p), CM_OK);
	assert_int_equal(cm_counting_end(counting), CM_OK);
	assert_int_equal(cm_visits_n(c.visits), 1);
	cm_counting_free(counting);
	drop(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_a_thread_the_same_is_counted),
		cmocka_unit_test(without_a_thread_the_same_is_counted),
		cmocka_unit_test(a_batch_whose_bytes_are_used_up_goes_before_it_is_full),
		cmocka_unit_test(the_shortest_request_is_a_visit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
