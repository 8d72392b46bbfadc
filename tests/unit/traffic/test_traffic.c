#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../laws/traffic/scene.h"

/* ---- what is asked of the findings ---- */

struct look {
	struct replay r;
	struct scene s;
	struct cm_traffic *t;
};

static void
begin(struct look *l)
{
	*l = (struct look) { .s = { .rnd = 1, .per_s = 1000, .sources = 500 } };
	l->s.out = &l->r;
}

static void
run(struct look *l)
{
	scene_done(&l->s);
	l->t = replay_traffic(&l->r, &(struct replay_run) { .seed = 77 });
}

static void
end(struct look *l)
{
	cm_traffic_free(l->t);
	replay_free(&l->r);
}

static const struct cm_traffic_finding *
only(const struct look *l, enum cm_traffic_kind kind, enum cm_traffic_verdict verdict)
{
	const struct cm_traffic_finding *f = cm_traffic_at(l->t, 0);

	assert_int_equal(cm_traffic_n(l->t), 1);
	assert_string_equal(cm_traffic_kind_word(f->kind), cm_traffic_kind_word(kind));
	assert_string_equal(cm_traffic_verdict_word(f->verdict), cm_traffic_verdict_word(verdict));
	return f;
}

static bool
has_sign(const struct cm_traffic_finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_signs; i++)
		if (strcmp(f->signs[i].kind->name, name) == 0)
			return true;
	return false;
}

static bool
about(uint64_t value, uint64_t wanted, unsigned percent)
{
	return value * 100 >= wanted * (100 - percent) && value * 100 <= wanted * (100 + percent);
}

static void
during(struct look *l, int64_t from_s, int64_t to_s, uint32_t per_s, uint32_t sources)
{
	l->s.from_ns = from_s * S;
	l->s.to_ns = to_s * S;
	l->s.per_s = per_s;
	l->s.sources = sources;
}

/* ---- floods ---- */

static void
a_syn_flood_upon_ordinary_connections_is_found_where_it_was_and_what_it_did(void **state)
{
	struct look l;
	const struct cm_traffic_finding *f;

	(void)state;
	begin(&l);
	during(&l, 0, 60, 50, 300);
	scene_connections(&l.s, V, 80);
	during(&l, 20, 30, 4000, 0);
	scene_syn_flood(&l.s, V, SCENE_BARE, false);
	run(&l);
	f = only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_FLOOD);
	assert_memory_equal(f->target.addr, "\300\0\2\1", 4);
	assert_int_equal(f->port, 80);
	assert_int_equal(f->proto, 6);
	assert_true(f->from_ns > 19 * S && f->from_ns < 21 * S);
	assert_true(f->to_ns > 29 * S && f->to_ns < 32 * S);
	assert_true(about(f->packets, 40500, 2));
	assert_true(about(f->sources, 40000, 6));
	assert_int_equal(f->baseline.how, CM_BASELINE_BEFORE);
	assert_true(about(f->baseline.milli, 50000, 15));
	assert_true(has_sign(f, "uncompleted") && has_sign(f, "sources-spread") && has_sign(f, "bare"));
	assert_true(f->effect.syn_answered_ppm[0] > 900000);
	assert_true(f->effect.syn_answered_ppm[1] < 50000);
	assert_true(f->effect.degraded && f->effect.recovered);
	assert_true(f->effect.recovered_ns > 28 * S && f->effect.recovered_ns < 45 * S);
	assert_false(f->cut_begin || f->cut_end);
	end(&l);
}

static void
a_syn_flood_answered_with_cookies_on_a_busy_server_is_found_by_its_openings(void **state)
{
	struct look l;
	const struct cm_traffic_finding *f;

	(void)state;
	begin(&l);
	during(&l, 0, 30, 1000, 3000);
	scene_connections(&l.s, V, 80);
	during(&l, 10, 20, 15000, 0);
	scene_syn_flood(&l.s, V, SCENE_BARE, true);
	run(&l);
	f = only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_FLOOD);
	assert_false(has_sign(f, "unanswered"));
	assert_true(has_sign(f, "uncompleted"));
	end(&l);
}

static void
a_crowd_is_a_surge_and_no_flood(void **state)
{
	struct look l;
	const struct cm_traffic_finding *f;

	(void)state;
	begin(&l);
	during(&l, 0, 60, 20, 300);
	scene_connections(&l.s, V, 443);
	during(&l, 30, 50, 800, 5000);
	scene_connections(&l.s, V, 443);
	run(&l);
	f = only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_SURGE);
	assert_true(has_sign(f, "completed") && has_sign(f, "more-than-usual"));
	assert_int_equal(f->first, 1); /* what was usual is part of it */
	end(&l);
}

static void
a_busy_server_that_was_always_busy_is_nothing(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 20, 2000, 5000);
	scene_connections(&l.s, V, 443);
	run(&l);
	assert_int_equal(cm_traffic_n(l.t), 0);
	end(&l);
}

static void
answers_of_tcp_that_nobody_asked_for_are_a_reflection(void **state)
{
	struct look l;
	const struct cm_traffic_finding *f;

	(void)state;
	begin(&l);
	during(&l, 5, 6, 8000, 3000);
	scene_reflection(&l.s, V);
	run(&l);
	f = only(&l, CM_TRAFFIC_REFLECTION, CM_TRAFFIC_FLOOD);
	assert_int_equal(f->packets, 8000);
	assert_true(about(f->sources, 2800, 8));
	assert_true(f->cut_begin && f->cut_end);
	assert_int_equal(f->baseline.how, CM_BASELINE_NONE);
	end(&l);
}

static void
each_service_that_amplifies_has_its_name(void **state)
{
	static const struct {
		uint16_t port, len;
		const char *name;
	} services[] = { { 53, 1400, "DNS" }, { 123, 468, "NTP" }, { 161, 1200, "SNMP" }, { 389, 1450, "CLDAP" },
		{ 500, 232, "ISAKMP" }, { 1900, 320, "SSDP" }, { 11211, 1400, "memcached" }, { 19, 1000, "chargen" },
		{ 3702, 600, "WS-Discovery" }, { 3283, 1000, "ARD" }, { 10001, 200, "Ubiquiti" },
		{ 37810, 600, "DVR" } };

	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		const struct cm_traffic_finding *f;
		struct look l;

		begin(&l);
		during(&l, 0, 2, 3000, 400);
		scene_amplification(&l.s, V, services[i].port, services[i].len);
		run(&l);
		f = only(&l, CM_TRAFFIC_AMPLIFICATION, CM_TRAFFIC_FLOOD);
		assert_string_equal(f->service, services[i].name);
		assert_int_equal(f->proto, 17);
		end(&l);
	}
}

static void
two_services_at_once_are_two_findings(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 3, 2000, 400);
	scene_amplification(&l.s, V, 123, 468);
	scene_amplification(&l.s, V, 53, 1400);
	run(&l);
	assert_int_equal(cm_traffic_n(l.t), 2);
	assert_string_not_equal(cm_traffic_at(l.t, 0)->service, cm_traffic_at(l.t, 1)->service);
	end(&l);
}

static void
fragments_of_what_never_began_are_a_flood(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 3, 2000, 400);
	scene_fragments(&l.s, V);
	run(&l);
	(void)only(&l, CM_TRAFFIC_FRAGMENTS, CM_TRAFFIC_FLOOD);
	end(&l);
}

/* Pieces of 24 bytes: each sixth is the first of its datagram, and too small to say what it is of. */
static void
first_pieces_are_no_flood_beside_that_of_the_later_ones(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 3, 9000, 400);
	scene_fragments(&l.s, V);
	for (size_t i = 0; i < l.r.n; i++) {
		l.r.at[i].ip_len = 44;
		l.r.at[i].proto = 6;
		l.r.at[i].transport = l.r.at[i].fragment && i % 6 == 0;
	}
	run(&l);
	(void)only(&l, CM_TRAFFIC_FRAGMENTS, CM_TRAFFIC_FLOOD);
	end(&l);
}

static void
floods_of_udp_icmp_and_acknowledgements_are_told_by_protocol(void **state)
{
	static void (*const make[])(struct scene *, uint32_t) = { scene_icmp_flood, scene_ack_flood };
	static const uint8_t proto[] = { 1, 6 };
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 3, 6000, 400);
	scene_udp_flood(&l.s, V, 0, 540);
	run(&l);
	assert_int_equal(only(&l, CM_TRAFFIC_VOLUME, CM_TRAFFIC_FLOOD)->proto, 17);
	assert_int_equal(cm_traffic_at(l.t, 0)->port, 0);
	end(&l);
	for (size_t i = 0; i < 2; i++) {
		begin(&l);
		during(&l, 0, 3, 6000, 400);
		make[i](&l.s, V);
		run(&l);
		assert_int_equal(only(&l, CM_TRAFFIC_VOLUME, CM_TRAFFIC_FLOOD)->proto, proto[i]);
		end(&l);
	}
}

static void
discoveries_from_many_hardware_addresses_that_take_nothing_use_up_leases(void **state)
{
	struct look l;
	const struct cm_traffic_finding *f;

	(void)state;
	begin(&l);
	during(&l, 0, 10, 50, 0);
	scene_leases(&l.s, false);
	run(&l);
	f = only(&l, CM_TRAFFIC_LEASES, CM_TRAFFIC_FLOOD);
	assert_int_equal(f->target.net, 0);
	assert_true(has_sign(f, "not-taken") && has_sign(f, "clients-spread"));
	end(&l);
	begin(&l);
	during(&l, 0, 10, 50, 0);
	scene_leases(&l.s, true);
	run(&l);
	assert_int_equal(cm_traffic_n(l.t), 0);
	end(&l);
}

/* ---- scans ---- */

static void
check_scan(const struct scene_scan *c, uint32_t per_s, enum cm_traffic_kind kind, bool udp)
{
	const struct cm_traffic_finding *f;
	uint64_t targets = (uint64_t)c->hosts * c->ports;
	struct look l;

	begin(&l);
	l.s.per_s = per_s;
	if (udp)
		scene_udp_scan(&l.s, c);
	else
		scene_scan(&l.s, c);
	run(&l);
	f = only(&l, kind, CM_TRAFFIC_SCAN);
	assert_true(about(f->targets, targets, 5));
	assert_true(about(f->hosts, c->hosts, 10));
	assert_true(about(f->ports, c->ports, 10));
	assert_int_equal(f->target.net, c->hosts == 1 ? 4 : 0);
	assert_int_equal(f->port, c->ports == 1 ? c->first_port : 0);
	assert_int_equal(f->source.addr[3], c->source & 0xff);
	assert_int_equal(f->slow, per_s == 0);
	end(&l);
}

static void
scans_are_vertical_or_horizontal_fast_or_slow(void **state)
{
	struct scene_scan c = { .source = 0xc633640a, .target = 0x0a000001, .hosts = 1, .ports = 1000,
		.first_port = 1, .answer = SCENE_RESET };

	(void)state;
	check_scan(&c, 500, CM_TRAFFIC_SCAN_SYN, false);
	c.answer = SCENE_SILENCE;
	check_scan(&c, 5000, CM_TRAFFIC_SCAN_SYN, false);
	c.hosts = 250;
	c.ports = 1;
	c.first_port = 22;
	check_scan(&c, 100, CM_TRAFFIC_SCAN_SYN, false);
	c.connect = true;
	c.answer = SCENE_RESET;
	check_scan(&c, 50, CM_TRAFFIC_SCAN_CONNECT, false);
	c.hosts = 1;
	c.ports = 300;
	check_scan(&c, 50, CM_TRAFFIC_SCAN_CONNECT, false);
	check_scan(&c, 50, CM_TRAFFIC_SCAN_UDP, true);
	c.hosts = 60;
	c.ports = 1;
	c.first_port = 161;
	check_scan(&c, 50, CM_TRAFFIC_SCAN_UDP, true);
}

static void
a_slow_scan_is_found_and_said_to_be_slow(void **state)
{
	struct scene_scan c = { .source = 0xc633640a, .target = 0x0a000001, .hosts = 1, .ports = 1,
		.first_port = 1, .answer = SCENE_RESET };
	struct look l;

	(void)state;
	begin(&l);
	for (; c.first_port <= 60; c.first_port++) {
		scene_scan(&l.s, &c);
		l.s.from_ns += 30 * S;
	}
	l.s.from_ns = 0;
	l.s.to_ns = 1800 * S;
	l.s.per_s = 5;
	scene_connections(&l.s, V, 443);
	run(&l);
	assert_true(only(&l, CM_TRAFFIC_SCAN_SYN, CM_TRAFFIC_SCAN)->slow);
	end(&l);
}

static void
a_scan_of_a_host_that_browses_too_is_found(void **state)
{
	struct scene_scan c = { .source = 0x0a000000, .target = 0xc6336401, .hosts = 1, .ports = 500, .first_port = 1,
		.answer = SCENE_RESET };
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 20, 10, 1); /* source 10.0.0.0 */
	for (uint32_t i = 0; i < 20; i++)
		scene_connections(&l.s, 0xcb007101 + i, 443);
	l.s.per_s = 50;
	scene_scan(&l.s, &c);
	run(&l);
	(void)only(&l, CM_TRAFFIC_SCAN_SYN, CM_TRAFFIC_SCAN);
	end(&l);
}

static void
a_flood_from_everywhere_to_every_port_is_no_scan_and_a_scan_is_no_flood(void **state)
{
	struct scene_scan c = { .source = 0xc633640a, .target = V, .hosts = 1, .ports = 20000, .first_port = 1,
		.answer = SCENE_SILENCE };
	struct look l;

	(void)state;
	begin(&l);
	l.s.per_s = 8000;
	scene_scan(&l.s, &c);
	run(&l);
	(void)only(&l, CM_TRAFFIC_SCAN_SYN, CM_TRAFFIC_SCAN);
	end(&l);

	begin(&l);
	during(&l, 0, 5, 1, 0);
	for (uint32_t i = 0; i < 100; i++) { /* a hundred that try two hundred ports each */
		c.source = 0x0b000000 + i * 77777;
		c.ports = 200;
		c.first_port = 1 + i * 200;
		l.s.per_s = 100;
		scene_scan(&l.s, &c);
	}
	run(&l);
	(void)only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_FLOOD);
	end(&l);
}

/* ---- neither ---- */

static void
ordinary_things_in_great_number_are_neither_flood_nor_scan(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 10, 4000, 1);
	scene_bulk(&l.s, 0xc6336401, 0x0a000001);
	during(&l, 0, 10, 4000, 1);
	scene_video(&l.s, 0x0a000002);
	during(&l, 0, 10, 3000, 3000);
	scene_resolver(&l.s, 0x0a000003);
	scene_time_server(&l.s, 0x0a000004);
	during(&l, 0, 60, 1, 1);
	l.s.per_s = 1000;
	scene_health_checks(&l.s, 0x0a000005, 60);
	during(&l, 0, 60, 50, 3000);
	scene_peers(&l.s, 0x0a000006);
	during(&l, 0, 10, 3000, 0);
	scene_backscatter(&l.s, 0xc6336407);
	scene_traceroute(&l.s, 0x0a000008, 0xc6336408);
	during(&l, 0, 10, 3000, 2000);
	scene_sensors(&l.s, 0x0a000009);
	run(&l);
	if (cm_traffic_n(l.t) > 0)
		print_message("%s\n", cm_traffic_kind_word(cm_traffic_at(l.t, 0)->kind));
	assert_int_equal(cm_traffic_n(l.t), 0);
	end(&l);
}

static void
a_resolver_seen_from_one_side_is_no_amplification(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 10, 3000, 3000);
	l.s.one_way = true;
	scene_resolver(&l.s, V);
	scene_connections(&l.s, 0xc0000202, 443);
	run(&l);
	assert_int_equal(cm_traffic_n(l.t), 0);
	end(&l);
}

static void
nothing_gives_nothing(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	run(&l);
	assert_int_equal(cm_traffic_n(l.t), 0);
	assert_null(cm_traffic_at(l.t, 0));
	assert_int_equal(cm_traffic_get_stats(l.t)->packets, 0);
	end(&l);
}

static void
a_clock_that_jumps_does_not_hide_a_flood(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 10, 2000, 0);
	scene_syn_flood(&l.s, V, SCENE_BARE, false);
	scene_done(&l.s);
	for (size_t i = 100; i < l.r.n; i += 500)
		l.r.at[i].t_ns = i % 1000 < 500 ? INT64_MAX : INT64_MIN;
	l.t = replay_traffic(&l.r, &(struct replay_run) { 0 });
	assert_true(about(only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_FLOOD)->mean_per_s, 2000, 10));
	end(&l);
}

static void
a_capture_without_times_is_judged_by_its_shape(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	during(&l, 0, 10, 2000, 0);
	scene_syn_flood(&l.s, V, SCENE_BARE, false);
	scene_done(&l.s);
	for (size_t i = 0; i < l.r.n; i++)
		l.r.at[i].t_ns = 0;
	l.t = replay_traffic(&l.r, &(struct replay_run) { 0 });
	(void)only(&l, CM_TRAFFIC_SYN, CM_TRAFFIC_FLOOD);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_syn_flood_upon_ordinary_connections_is_found_where_it_was_and_what_it_did),
		cmocka_unit_test(a_syn_flood_answered_with_cookies_on_a_busy_server_is_found_by_its_openings),
		cmocka_unit_test(a_crowd_is_a_surge_and_no_flood),
		cmocka_unit_test(a_busy_server_that_was_always_busy_is_nothing),
		cmocka_unit_test(answers_of_tcp_that_nobody_asked_for_are_a_reflection),
		cmocka_unit_test(each_service_that_amplifies_has_its_name),
		cmocka_unit_test(two_services_at_once_are_two_findings),
		cmocka_unit_test(fragments_of_what_never_began_are_a_flood),
		cmocka_unit_test(first_pieces_are_no_flood_beside_that_of_the_later_ones),
		cmocka_unit_test(floods_of_udp_icmp_and_acknowledgements_are_told_by_protocol),
		cmocka_unit_test(discoveries_from_many_hardware_addresses_that_take_nothing_use_up_leases),
		cmocka_unit_test(scans_are_vertical_or_horizontal_fast_or_slow),
		cmocka_unit_test(a_slow_scan_is_found_and_said_to_be_slow),
		cmocka_unit_test(a_scan_of_a_host_that_browses_too_is_found),
		cmocka_unit_test(a_flood_from_everywhere_to_every_port_is_no_scan_and_a_scan_is_no_flood),
		cmocka_unit_test(ordinary_things_in_great_number_are_neither_flood_nor_scan),
		cmocka_unit_test(a_resolver_seen_from_one_side_is_no_amplification),
		cmocka_unit_test(nothing_gives_nothing),
		cmocka_unit_test(a_clock_that_jumps_does_not_hide_a_flood),
		cmocka_unit_test(a_capture_without_times_is_judged_by_its_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
