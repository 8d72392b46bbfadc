/* What only several flows together show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "detect/across.h"
#include "wire.h"

static struct wire w;

static const struct cm_across *
across(void)
{
	const struct cm_across *a = cm_engine_across(wire_judge(&w));

	assert_non_null(a);
	return a;
}

/* ---- requests to many servers ---- */

/* Server number ${n} has an address of its own. */
static struct cm_packet *
at_server(struct cm_packet *p, unsigned n)
{
	struct cm_host *h = p->dport == 80 ? &p->dst : &p->src;

	h->addr[1] = (uint8_t)(n + 1);
	return p;
}

static struct cm_packet *
by_client(struct cm_packet *p, unsigned n)
{
	struct cm_host *h = p->dport == 80 ? &p->src : &p->dst;

	h->addr[1] = (uint8_t)(n + 1);
	return p;
}

/* A connection to server ${n}: a request to ${host} for ${path}, and ${answer}. */
static void
visit(unsigned n, const char *host, const char *path, const char *answer)
{
	char text[300];
	uint32_t len;

	wire_flow(&w, (uint16_t)(40000 + w.n));
	at_server(wire_tcp(&w, CLIENT, CM_TCP_SYN, 0, 0), n);
	at_server(wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1), n);
	at_server(wire_tcp(&w, CLIENT, CM_TCP_ACK, 1, 1), n);
	len = (uint32_t)snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
	at_server(wire_data(&w, CLIENT, 1, 1, text), n);
	at_server(wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 1 + len), n);
	at_server(wire_data(&w, SERVER, 1, 1 + len, answer), n);
	at_server(wire_tcp(&w, CLIENT, CM_TCP_ACK, 1 + len, 1 + (uint32_t)strlen(answer)), n);
}

static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\nHello there.";
static const char away[] = "HTTP/1.1 302 Found\r\nServer: it\r\nLocation: http://malice.example/x\r\n"
			   "Content-Length: 0\r\n\r\n";
static const char *const names[] = { "www.red.example", "green.example.org", "www.blue.test", "yellow.example.net" };

static void
one_redirect_for_unrelated_servers_is_a_pattern_and_no_verdict(void **state)
{
	const struct cm_across *a;

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 4; i++)
		visit(i, names[i], "/a", page);
	for (unsigned i = 0; i < 4; i++)
		visit(i, names[i], "/a", away);
	a = across();
	assert_int_equal(cm_engine_count(w.engine), 0);
	assert_int_equal(a->n_same, 1);
	assert_int_equal(a->same[0].points, CM_POINTS_REDIRECT);
	assert_string_equal(a->same[0].to, "malice.example");
	assert_int_equal(a->same[0].servers, 4);
	assert_int_equal(a->same[0].signed_by, 4);
	assert_int_equal(a->same[0].with[0], 4);
	assert_int_equal(a->same[0].with[2], 0);
	assert_int_equal(a->same[0].n_members, 4);
	assert_string_equal(a->same[0].member[1].name, "green.example.org");
	assert_string_equal(a->same[0].member[1].path, "/a");
	/* Four visits of seven packets came before; the request is the fourth of its visit. */
	assert_int_equal(cm_packet_frame(a->same[0].member[0].request), 28 + 4);
	assert_int_equal(cm_packet_frame(a->same[0].member[0].answer), 28 + 6);
	assert_int_equal(cm_packet_frame(a->same[0].member[0].other_answer), 6);
	assert_true(a->same[0].n_rivals > 2);
	assert_int_equal(a->n_bodies, 0); /* told already */
	wire_end(&w);
}

static void
that_names_differ_inside_the_answers_hides_nothing(void **state)
{
	char text[300];

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 3; i++) {
		visit(i, names[i], "/a", page);
		snprintf(text, sizeof(text), "HTTP/1.1 302 Found\r\nDate: %u\r\nSet-Cookie: n=%u\r\n"
		    "Location: http://malice.example/?back=%s/a\r\nContent-Length: 0\r\n\r\n", i, i, names[i]);
		visit(i, names[i], "/a", text);
	}
	assert_int_equal(across()->n_same, 1);
	wire_end(&w);
}

/* ${n} servers of ${name}s, each of which answers otherwise at other times. */
static size_t
patterns(unsigned n, const char *const name[], const char *answer, bool otherwise)
{
	size_t found;

	wire_start(&w);
	for (unsigned i = 0; i < n; i++) {
		if (otherwise)
			visit(i, name[i], "/a", page);
		visit(i, name[i], "/a", answer);
	}
	found = across()->n_same;
	wire_end(&w);
	return found;
}

static void
fewer_servers_or_one_owner_or_nothing_beside_it_is_no_pattern(void **state)
{
	static const char *const family[] = { "a.one.example", "b.one.example", "c.one.example", "one.example" };

	(void)state;
	assert_int_equal(patterns(4, names, away, true), 1);
	assert_int_equal(patterns(2, names, away, true), 0);
	assert_int_equal(patterns(4, family, away, true), 0);
	assert_int_equal(patterns(4, names, away, false), 0);
}

static void
one_server_for_all_names_is_no_pattern(void **state)
{
	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 4; i++) {
		visit(0, names[i], "/a", page);
		visit(0, names[i], "/a", away);
	}
	assert_int_equal(across()->n_same, 0);
	wire_end(&w);
}

static void
a_server_that_sends_to_itself_sends_nowhere(void **state)
{
	char text[300];

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "HTTP/1.1 301 Moved\r\nLocation: https://www.%s/a\r\n"
		    "Content-Length: 0\r\n\r\n", strchr(names[i], '.') + 1);
		visit(i, names[i], "/a", page);
		visit(i, names[i], "/a", text);
	}
	assert_int_equal(across()->n_same, 0);
	assert_int_equal(w.engine == NULL ? 1 : cm_engine_across(w.engine)->n_bodies, 0);
	wire_end(&w);
}

static void
plain_pages_and_scripts_that_all_servers_have_are_no_pattern(void **state)
{
	static const char script[] = "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n"
				     "Content-Length: 10\r\n\r\nvar a = 1;";
	static const char other[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nno.";

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 4; i++) {
		visit(i, names[i], "/", i % 2 ? other : page);
		visit(i, names[i], "/", page);
		visit(i, names[i], "/lib.js", script);
	}
	assert_int_equal(across()->n_same, 0);
	wire_end(&w);
}

static void
a_script_in_place_of_what_is_there_otherwise_is_a_pattern(void **state)
{
	static const char script[] = "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n"
				     "Content-Length: 10\r\n\r\neval('a');";

	(void)state;
	assert_int_equal(patterns(3, names, script, true), 1);
}

static void
one_address_with_a_page_and_a_redirect_is_told(void **state)
{
	const struct cm_across *a;

	(void)state;
	wire_start(&w);
	visit(0, names[0], "/a?q=1", page);
	visit(0, names[0], "/a?q=1", away);
	visit(0, names[0], "/a?q=1", page);
	visit(1, names[1], "/a?q=1", away);
	visit(1, names[1], "/a?q=2", page); /* asked otherwise */
	a = across();
	assert_int_equal(a->n_bodies, 1);
	assert_string_equal(a->bodies[0].at.name, names[0]);
	assert_int_equal(a->bodies[0].other, 2);
	assert_int_equal(a->bodies[0].sent_away, 1);
	assert_int_equal(a->n_same, 0);
	assert_int_equal(a->requests, 5);
	assert_int_equal(a->answers, 5);
	wire_end(&w);
}

/* ---- forged answers ---- */

static const char request[] = "GET /a HTTP/1.1\r\nHost: www.red.example\r\n\r\n";
#define END (1 + (uint32_t)sizeof(request) - 1)

/* What the forger's stack is like: no timestamps, another TTL, DF not set, one identification. */
static struct cm_packet *
forge(struct cm_packet *p)
{
	p->opts = 0;
	p->tsval = p->tsecr = 0;
	p->ttl = 61;
	p->df = false;
	p->ipid = 0x4242;
	return p;
}

/* Handshake and request of a new connection; the whole way there and back takes ${rtt} ms. */
static void
ask(uint16_t port, unsigned rtt)
{
	wire_flow(&w, port);
	wire_tcp(&w, CLIENT, CM_TCP_SYN, 0, 0);
	w.t_ns += (int64_t)(rtt - 1) * 1000000;
	wire_tcp(&w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1);
	wire_tcp(&w, CLIENT, CM_TCP_ACK, 1, 1);
	wire_data(&w, CLIENT, 1, 1, request);
}

static const struct cm_across_reach *
only_reach(void)
{
	const struct cm_across *a = across();

	assert_int_equal(a->n_reach, 1);
	assert_int_equal(a->n_places, 1);
	return &a->reach[0];
}

static void
wait_ms(unsigned ms)
{
	w.t_ns += (int64_t)ms * 1000000;
}

static void
a_server_that_answers_has_seen_the_request(void **state)
{
	const struct cm_across_reach *r;

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	forge(wire_data(&w, SERVER, 1, END, away));
	wait_ms(40);
	wire_data(&w, SERVER, 1, END, page);
	wire_tcp(&w, CLIENT, CM_TCP_ACK, END, 1 + (uint32_t)strlen(page));
	wire_data(&w, SERVER, 1 + (uint32_t)strlen(page), END, "more");
	r = only_reach();
	assert_int_equal(r->reached, CM_REACHED_YES);
	assert_int_equal(r->by, CM_REACH_ANSWERED);
	assert_true(wire_is(&r->frames, 2, (const unsigned[]) { 4, 6 }));
	wire_end(&w);
}

static void
a_server_that_only_acknowledges_has_seen_it_too(void **state)
{
	const struct cm_across_reach *r;

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, END);
	forge(wire_data(&w, SERVER, 1, END, away));
	r = only_reach();
	assert_int_equal(r->reached, CM_REACHED_YES);
	assert_int_equal(r->by, CM_REACH_ACKNOWLEDGED);
	assert_true(wire_is(&r->frames, 2, (const unsigned[]) { 4, 5 }));
	wire_end(&w);
}

/* The client goes on behind the forged answer, and the server knows nothing of the request. */
static void
a_server_that_acknowledges_less_later_has_not_seen_it(void **state)
{
	const struct cm_across_reach *r;
	uint32_t end = 1 + (uint32_t)strlen(away);

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	wait_ms(10);
	forge(wire_data(&w, SERVER, 1, END, away));
	wire_tcp(&w, CLIENT, CM_TCP_ACK, END, end);
	wait_ms(100);
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 1);
	r = only_reach();
	assert_int_equal(r->reached, CM_REACHED_NO);
	assert_int_equal(r->by, CM_REACH_BEHIND);
	assert_true(wire_is(&r->frames, 4, (const unsigned[]) { 1, 2, 4, 7 }));
	wire_end(&w);
}

static void
what_was_on_its_way_before_says_nothing(void **state)
{
	const struct cm_across_reach *r;

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	wire_tcp(&w, SERVER, CM_TCP_ACK, 1, 1);
	forge(wire_data(&w, SERVER, 1, END, away));
	r = only_reach();
	assert_int_equal(r->reached, CM_REACHED_UNKNOWN);
	assert_int_equal(r->by, CM_REACH_TOO_SOON);
	wire_end(&w);
}

static void
a_repeated_request_that_is_acknowledged_leaves_it_open(void **state)
{
	const struct cm_across_reach *r;

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	wait_ms(10);
	forge(wire_data(&w, SERVER, 1, END, away));
	wait_ms(300);
	wire_data(&w, CLIENT, 1, 1, request);
	wait_ms(40);
	wire_data(&w, SERVER, 1, END, page);
	wire_data(&w, SERVER, 1 + (uint32_t)strlen(page), END, "more");
	r = only_reach();
	assert_int_equal(r->reached, CM_REACHED_UNKNOWN);
	assert_int_equal(r->by, CM_REACH_AFTER_REPEAT);
	assert_true(wire_is(&r->frames, 3, (const unsigned[]) { 4, 6, 7 }));
	wire_end(&w);
}

static void
silence_says_nothing(void **state)
{
	(void)state;
	wire_start(&w);
	ask(40001, 40);
	forge(wire_data(&w, SERVER, 1, END, away));
	assert_int_equal(only_reach()->by, CM_REACH_SILENT);
	wire_end(&w);
}

static void
an_answer_after_a_quarter_of_the_way_is_from_there_at_most(void **state)
{
	const struct cm_across_place *p;

	(void)state;
	wire_start(&w);
	ask(40001, 40);
	wait_ms(9);
	forge(wire_data(&w, SERVER, 1, END, away));
	wait_ms(40);
	wire_data(&w, SERVER, 1, END, page);
	wire_data(&w, SERVER, 1 + (uint32_t)strlen(page), END, "more");
	p = &across()->places[0];
	assert_int_equal(p->ttl_low, 61);
	assert_int_equal(p->initial, 64);
	assert_int_equal(p->hops, 3);
	assert_int_equal(p->genuine_hops, 64 - 52);
	assert_int_equal(p->delay_ns, 10000000);
	assert_int_equal(p->path_ns, 40000000);
	assert_int_equal(p->permille, 250);
	assert_false(p->rising);
	wire_end(&w);
}

/* ---- hands ---- */

static void
packets_of_one_hand_are_counted_together_whatever_their_ttl(void **state)
{
	const struct cm_across *a;

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 3; i++) {
		struct cm_packet *p;

		ask((uint16_t)(40001 + i), 40);
		p = forge(wire_data(&w, SERVER, 1, END, away));
		p->ttl = (uint8_t)(61 - i);
		if (i == 2)
			p->window = 32120;
		wait_ms(40);
		wire_data(&w, SERVER, 1, END, page);
		wire_data(&w, SERVER, 1 + (uint32_t)strlen(page), END, "more");
	}
	a = across();
	assert_int_equal(a->n_hands, 2);
	assert_int_equal(a->hands[0].incidents, 2);
	assert_int_equal(a->hands[0].servers, 1);
	assert_int_equal(a->hands[0].files, 1);
	assert_true(wire_is(&a->hands[0].forged, 2, (const unsigned[]) { 5, 12 }));
	assert_string_equal(a->hands[0].text, "comity hand v1\nipid constant 0x4242\ndf 0\nttl level\n"
					      "window 500\noptions none\nfin data without FIN\n");
	wire_end(&w);
}

/* ---- k of n ---- */

/* A connection with two requests, of client ${n}; the first one is answered by a forger if
 * ${forged}, and else both by the server. */
static void
exchange(unsigned n, uint16_t port, bool forged)
{
	unsigned from = w.n;

	ask(port, 40);
	if (forged)
		forge(wire_data(&w, SERVER, 1, END, away));
	wait_ms(40);
	wire_data(&w, SERVER, 1, END, page);
	wire_data(&w, CLIENT, END, 1 + (uint32_t)strlen(page), request);
	wait_ms(40);
	wire_data(&w, SERVER, 1 + (uint32_t)strlen(page), 2 * END - 1, page);
	wire_data(&w, SERVER, 1 + 2 * (uint32_t)strlen(page), 2 * END - 1, "more");
	for (unsigned i = from; i < w.n; i++)
		by_client(&w.p[i], n);
}

static const struct cm_across_rate *
rate_of(const struct cm_across *a, enum cm_rate_of of)
{
	for (size_t i = 0; i < a->n_rates; i++)
		if (a->rates[i].of == of)
			return &a->rates[i];
	fail_msg("no such rate");
	return NULL;
}

static const struct cm_across_table *
table_of(const struct cm_across *a, enum cm_table_of of)
{
	for (size_t i = 0; i < a->n_tables; i++)
		if (a->tables[i].of == of)
			return &a->tables[i];
	fail_msg("no such table");
	return NULL;
}

static void
answered_by_a_forger_is_counted_of_all_that_could_have_been(void **state)
{
	const struct cm_across *a;
	const struct cm_across_table *t;

	(void)state;
	wire_start(&w);
	for (unsigned i = 0; i < 20; i++)
		exchange(i / 2, (uint16_t)(40001 + i), i % 4 == 0);
	visit(5, names[1], "/b", page); /* another server: not eligible */
	a = across();
	assert_int_equal(rate_of(a, CM_RATE_SERVER)->share.k, 5);
	assert_int_equal(rate_of(a, CM_RATE_SERVER)->share.n, 40);
	assert_int_equal(rate_of(a, CM_RATE_SERVER)->examples.n, 5);
	assert_int_equal(cm_packet_frame(rate_of(a, CM_RATE_SERVER)->examples.id[0]), 4);
	assert_string_equal(rate_of(a, CM_RATE_ADDRESS)->name, "www.red.example");
	assert_string_equal(rate_of(a, CM_RATE_ADDRESS)->path, "/a");
	assert_int_equal(rate_of(a, CM_RATE_CLIENT)->share.k, 1);
	assert_int_equal(rate_of(a, CM_RATE_CLIENT)->share.n, 4);
	t = table_of(a, CM_TABLE_FIRST);
	assert_int_equal(t->a.k, 5);
	assert_int_equal(t->a.n, 20);
	assert_int_equal(t->b.k, 0);
	assert_int_equal(t->b.n, 20);
	t = table_of(a, CM_TABLE_BEFORE);
	assert_int_equal(t->a.k, 5);
	assert_int_equal(t->a.n, 5 + 5 * 4); /* of five clients the first request, of five all */
	assert_int_equal(t->b.k, 0);
	assert_int_equal(t->b.n, 5 * 3);
	wire_end(&w);
}

/* ---- probes ---- */

/* "Time exceeded" from a router, about ${q}. */
static void
exceeded(const struct cm_packet *q, uint8_t router)
{
	struct cm_packet *p = &w.p[w.n];
	uint8_t *b = w.bytes[w.n++];

	w.t_ns += 1000000;
	*p = (struct cm_packet) { .id = cm_packet_id_of(0, w.n), .t_ns = w.t_ns, .open = CM_OPEN_ALL,
		.src = { .addr = { 192, 0, 2, router }, .net = 4 }, .dst = q->src, .proto = 1, .ttl = 250,
		.quoted = true, .transport = true, .sport = 11, .payload_len = 32, .payload = { b, 32 } };
	memset(b, 0, 32);
	b[4] = 0x45;
	b[4 + 9] = 6;
	memcpy(b + 4 + 12, q->src.addr, 4);
	memcpy(b + 4 + 16, q->dst.addr, 4);
	cm_put16(b + 24, q->sport);
	cm_put16(b + 26, q->dport);
	cm_put32(b + 28, q->seq);
}

static void
the_first_ttl_that_is_answered_by_a_forger_is_where_it_is(void **state)
{
	const struct cm_across_probe *p;
	unsigned asked;

	(void)state;
	wire_start(&w);
	for (uint8_t ttl = 3; ttl < 8; ttl++) {
		ask((uint16_t)(40000 + ttl), 40);
		asked = w.n - 1;
		w.p[asked].ttl = ttl;
		if (ttl < 7)
			exceeded(&w.p[asked], ttl);
		if (ttl >= 6)
			forge(wire_data(&w, SERVER, 1, END, away));
	}
	assert_int_equal(across()->n_probes, 1);
	p = &cm_engine_across(w.engine)->probes[0];
	assert_int_equal(p->n_steps, 5);
	assert_int_equal(p->first_forged, 6);
	assert_int_equal(p->last_without, 5);
	assert_int_equal(p->step[2].ttl, 5);
	assert_true(p->step[2].has_router);
	assert_int_equal(p->step[2].router.addr[3], 5);
	assert_int_equal(p->step[3].forged, 1);
	assert_false(p->step[4].has_router);
	assert_int_equal(cm_engine_across(w.engine)->quotes, 4);
	wire_end(&w);
}

/* ---- otherwise ---- */

static void
where_support_is_not_asked_for_nothing_is_made(void **state)
{
	struct cm_params params = cm_params_default();

	(void)state;
	wire_start(&w);
	visit(0, names[0], "/a", page);
	params.support = false;
	assert_int_equal(cm_engine_new(&params, &w.engine), CM_OK);
	for (unsigned i = 0; i < w.n; i++)
		assert_int_equal(cm_engine_packet(w.engine, &w.p[i], true), CM_OK);
	assert_int_equal(cm_engine_finish(w.engine), CM_OK);
	assert_null(cm_engine_across(w.engine));
	wire_end(&w);
}

static void
nothing_gives_empty_lists(void **state)
{
	const struct cm_across *a;

	(void)state;
	wire_start(&w);
	a = across();
	assert_int_equal(a->n_hands + a->n_reach + a->n_places + a->n_probes + a->n_rates +
	    a->n_tables + a->n_same + a->n_bodies, 0);
	assert_int_equal(a->every, 1);
	wire_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_redirect_for_unrelated_servers_is_a_pattern_and_no_verdict),
		cmocka_unit_test(that_names_differ_inside_the_answers_hides_nothing),
		cmocka_unit_test(fewer_servers_or_one_owner_or_nothing_beside_it_is_no_pattern),
		cmocka_unit_test(one_server_for_all_names_is_no_pattern),
		cmocka_unit_test(a_server_that_sends_to_itself_sends_nowhere),
		cmocka_unit_test(plain_pages_and_scripts_that_all_servers_have_are_no_pattern),
		cmocka_unit_test(a_script_in_place_of_what_is_there_otherwise_is_a_pattern),
		cmocka_unit_test(one_address_with_a_page_and_a_redirect_is_told),
		cmocka_unit_test(a_server_that_answers_has_seen_the_request),
		cmocka_unit_test(a_server_that_only_acknowledges_has_seen_it_too),
		cmocka_unit_test(a_server_that_acknowledges_less_later_has_not_seen_it),
		cmocka_unit_test(what_was_on_its_way_before_says_nothing),
		cmocka_unit_test(a_repeated_request_that_is_acknowledged_leaves_it_open),
		cmocka_unit_test(silence_says_nothing),
		cmocka_unit_test(an_answer_after_a_quarter_of_the_way_is_from_there_at_most),
		cmocka_unit_test(packets_of_one_hand_are_counted_together_whatever_their_ttl),
		cmocka_unit_test(answered_by_a_forger_is_counted_of_all_that_could_have_been),
		cmocka_unit_test(the_first_ttl_that_is_answered_by_a_forger_is_where_it_is),
		cmocka_unit_test(where_support_is_not_asked_for_nothing_is_made),
		cmocka_unit_test(nothing_gives_empty_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
