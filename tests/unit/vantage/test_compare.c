/* Two captures, and what happened between them: each thing that can, by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"
#include "vantage/compare_state.h"

#define ACK CM_TCP_ACK

static char long_text[4000];

static struct made *
setup(void)
{
	struct made *m = malloc(sizeof(*m));

	assert_non_null(m);
	made_init(m);
	for (size_t i = 0; i < sizeof(long_text); i++)
		long_text[i] = (char)('A' + i * i % 53);
	return m;
}

/* A request, its answer in three segments of 1000 bytes, and the end. */
static void
request(struct made *m)
{
	made_handshake(m);
	made_tcp(m, 0, ACK, 1001, 5001, long_text, 300, AT_BOTH); /* frame 4 */
	made_tcp(m, 1, ACK, 5001, 1301, NULL, 0, AT_BOTH);
}

static void
answer(struct made *m)
{
	for (unsigned i = 0; i < 3; i++) {
		made_tcp(m, 1, ACK, 5001 + 1000 * i, 1301, long_text + 1000 * i, 1000, AT_BOTH);
		made_tcp(m, 0, ACK, 1301, 6001 + 1000 * i, NULL, 0, AT_BOTH);
	}
}

static void
end(struct made *m)
{
	made_tcp(m, 1, ACK | CM_TCP_FIN, 8001, 1301, NULL, 0, AT_BOTH);
	made_tcp(m, 0, ACK | CM_TCP_FIN, 1301, 8002, NULL, 0, AT_BOTH);
	made_tcp(m, 1, ACK, 8002, 1302, NULL, 0, AT_BOTH);
}

static const struct cm_compare_result *
compare(struct made *m, struct cm_compare **c)
{
	*c = made_compare(m);
	assert_non_null(*c);
	return cm_compare_result(*c);
}

static void
done(struct made *m, struct cm_compare *c)
{
	cm_compare_free(c);
	free(m);
}

static bool
rewrites(const struct cm_compare_result *r, const char *word)
{
	for (size_t i = 0; i < r->n_rewrites; i++)
		if (strstr(r->rewrites[i].what, word) != NULL)
			return true;
	return false;
}

static void
quiet(const struct cm_compare_result *r)
{
	assert_int_equal(r->count[CM_BETWEEN_BORN], 0);
	assert_int_equal(r->count[CM_BETWEEN_SUPPRESSED], 0);
	assert_int_equal(r->count[CM_BETWEEN_REWRITTEN], 0);
}

static void
the_same_at_both_is_nothing_but_distance(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	answer(m);
	end(m);
	r = compare(m, &c);
	assert_int_equal(r->n_findings, 0);
	assert_int_equal(r->n_rewrites, 0);
	assert_int_equal(r->dir[0].both, 7);
	assert_int_equal(r->dir[1].both, 7);
	assert_int_equal(r->dir[0].hops_usual, 5);
	assert_int_equal(r->dir[1].hops_usual, 5);
	assert_true(r->dir[1].hops_least == 5 && r->dir[1].hops_most == 5);
	assert_int_equal(r->flows_both, 1);
	assert_true(r->clock.middle_ns == m->skew);
	done(m, c);
}

static void
other_bytes_for_the_same_place_are_born(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_finding *f;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, "HTTP/1.1 302 Found, and so on", 29, AT_A);
	answer(m);
	end(m);
	compare(m, &c);
	f = made_finding(c, CM_BETWEEN_BORN, 0, 6);
	assert_non_null(f);
	assert_int_equal(f->n_frames[0], 1);
	assert_int_equal(f->n_frames[1], 0);
	assert_non_null(f->rival);
	assert_int_equal(f->sport, 80);
	assert_int_equal(cm_compare_result(c)->count[CM_BETWEEN_BORN], 1);
	done(m, c);
}

static void
a_reset_of_another_hand_is_born(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	request(m);
	made_tcp(m, 1, CM_TCP_RST, 5001, 0, NULL, 0, AT_A);
	made_last(m, 0)->ttl = 51;
	answer(m);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 6));
	done(m, c);
}

/* The same reset where A is the server's side: it is born at B, and cited there. */
static void
what_is_born_towards_b_is_cited_at_b(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	request(m);
	made_tcp(m, 0, CM_TCP_RST, 1301, 0, NULL, 0, AT_B);
	answer(m);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 1, 6));
	assert_int_equal(cm_compare_result(c)->dir[0].only_b, 1);
	done(m, c);
}

static void
a_bare_ack_that_nobody_sent_is_born(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1290, NULL, 0, AT_A);
	answer(m);
	end(m);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 6));
	done(m, c);
}

static void
lost_and_sent_again_is_loss(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 1000, AT_B);
	answer(m);
	end(m);
	r = compare(m, &c);
	quiet(r);
	assert_non_null(made_finding(c, CM_BETWEEN_LOST, 1, 6));
	assert_int_equal(r->count[CM_BETWEEN_LOST], 1);
	done(m, c);
}

static void
kept_back_while_later_ones_pass_is_suppressed(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	made_handshake(m);
	made_tcp(m, 0, ACK, 1001, 5001, long_text, 300, AT_A); /* frame 4 */
	made_tcp(m, 1, ACK, 5001, 1301, "HTTP/1.1 200 OK forged", 22, AT_A);
	made_last(m, 0)->ttl = 99;
	made_tcp(m, 0, ACK, 1301, 5023, NULL, 0, AT_BOTH);
	made_tcp(m, 1, ACK, 5001, 1001, NULL, 0, AT_BOTH);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_SUPPRESSED, 0, 4));
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 5));
	done(m, c);
}

/* In-path: the server's answer is held, another of other length comes in its place. */
static void
an_answer_in_place_of_another_is_born_and_the_other_suppressed(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 900, AT_B); /* frame 6 at B */
	made_tcp(m, 1, ACK, 5001, 1301, "another answer altogether", 25, AT_A);
	made_tcp(m, 0, ACK, 1301, 5026, NULL, 0, AT_BOTH);
	made_tcp(m, 1, ACK, 5901, 1301, NULL, 0, AT_BOTH);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 6));
	assert_non_null(made_finding(c, CM_BETWEEN_SUPPRESSED, 1, 6));
	done(m, c);
}

static void
the_same_packet_with_other_bytes_is_rewritten(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_finding *f;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, "PORT 10,0,0,1", 13, AT_BOTH);
	made_last(m, 0)->payload = cm_span_str("PORT 192,0,21");
	made_tcp(m, 0, ACK, 1301, 5014, NULL, 0, AT_BOTH);
	compare(m, &c);
	f = made_finding(c, CM_BETWEEN_REWRITTEN, 0, 6);
	assert_non_null(f);
	assert_int_equal(cm_packet_frame(f->frames[1][0]), 6);
	done(m, c);
}

/* ---- what a capture lacks ---- */

static void
a_hole_in_the_senders_stream_accuses_nobody(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 1000, AT_A);
	made_tcp(m, 0, ACK, 1301, 6001, NULL, 0, AT_BOTH);
	/* B's capture drops: then it is no witness of this one either. */
	made_tcp(m, 1, ACK, 6001, 1290, NULL, 0, AT_A);
	made_tcp(m, 1, ACK, 6001, 1301, long_text + 1000, 1000, AT_BOTH);
	end(m);
	r = compare(m, &c);
	quiet(r);
	assert_int_equal(r->holes[1], 1);
	assert_non_null(made_finding(c, CM_BETWEEN_UNSEEN, 0, 8));
	done(m, c);
}

/* A Linux host answers a SYN with identification 0, and counts from there on. */
static void
what_opens_a_connection_is_no_measure_of_its_data(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	made_handshake(m);
	m->p[0][1].ipid = m->p[1][1].ipid = 0;
	/* B's capture is not there for all the rest of the flow. */
	for (unsigned i = 0; i < 20; i++) {
		made_tcp(m, 0, ACK, 1001 + 300 * i, 5001 + 1000 * i, long_text, 300, AT_A);
		made_tcp(m, 1, ACK, 5001 + 1000 * i, 1301 + 300 * i, long_text, 1000, AT_A);
	}
	m->cport++;
	request(m);
	answer(m);
	quiet(compare(m, &c));
	done(m, c);
}

static void
acknowledged_means_it_arrived(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	made_handshake(m);
	made_tcp(m, 0, ACK, 1001, 5001, long_text, 300, AT_A); /* B has not captured it */
	made_tcp(m, 1, ACK, 5001, 1301, NULL, 0, AT_BOTH);
	answer(m);
	r = compare(m, &c);
	quiet(r);
	assert_int_equal(r->holes[1], 1);
	done(m, c);
}

static void
before_the_other_capture_begins_nothing_is_said(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, CM_TCP_RST, 5001, 0, NULL, 0, AT_A);
	m->n[1] = 0;
	answer(m);
	end(m);
	r = compare(m, &c);
	quiet(r);
	assert_int_equal(r->outside, 6);
	done(m, c);
}

static void
one_direction_only_accuses_nobody(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	size_t n = 0;

	(void)state;
	request(m);
	answer(m);
	end(m);
	for (size_t i = 0; i < m->n[1]; i++)
		if (m->p[1][i].dport == 80)
			m->p[1][n++] = m->p[1][i];
	m->n[1] = n;
	quiet(compare(m, &c));
	done(m, c);
}

static void
a_capture_that_sees_all_twice_accuses_nobody(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;
	size_t n;

	(void)state;
	request(m);
	answer(m);
	end(m);
	n = m->n[0];
	for (size_t i = 0; i < n; i++) {
		m->p[0][n + i] = m->p[0][i];
		m->p[0][n + i].id = cm_packet_id_of(0, n + i + 1);
		m->p[0][n + i].t_ns += 1000;
	}
	m->n[0] = 2 * n;
	r = compare(m, &c);
	quiet(r);
	assert_int_equal(r->dir[0].both + r->dir[1].both, n);
	done(m, c);
}

/* ---- middleboxes ---- */

static void
a_nat_is_seen_through_and_told_once(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, CM_TCP_RST, 5001, 0, NULL, 0, AT_A);
	made_last(m, 0)->ttl = 51;
	answer(m);
	end(m);
	for (size_t i = 0; i < m->n[1]; i++) {
		struct cm_packet *p = &m->p[1][i];

		*(p->sport == 80 ? &p->dport : &p->sport) = 61000;
		(p->sport == 80 ? &p->dst : &p->src)->addr[0] = 203;
	}
	r = compare(m, &c);
	assert_int_equal(r->flows_both, 1);
	assert_int_equal(r->flows_only[0] + r->flows_only[1], 0);
	assert_true(rewrites(r, "client (NAT), as 192.0.2.1 port 40000 at A, 203.0.2.1 port 61000 at B"));
	assert_false(rewrites(r, "server (NAT)"));
	assert_int_equal(r->count[CM_BETWEEN_BORN], 1);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 6));
	done(m, c);
}

static void
a_proxy_of_syns_shifts_the_numbers(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	answer(m);
	end(m);
	for (size_t i = 0; i < m->n[1]; i++) {
		struct cm_packet *p = &m->p[1][i];

		if (p->sport == 80)
			p->seq += 0xfff00000u;
		else if ((p->flags & ACK) != 0)
			p->ack += 0xfff00000u;
	}
	r = compare(m, &c);
	quiet(r);
	assert_true(rewrites(r, "sequence numbers shifted"));
	assert_int_equal(r->dir[0].both, 7);
	assert_true(r->dir[1].both >= 6); /* all but perhaps the SYN-ACK itself */
	done(m, c);
}

static void
options_of_syns_are_compared(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	made_tcp(m, 0, CM_TCP_SYN, 1000, 0, NULL, 0, AT_BOTH);
	m->p[0][0].opts = CM_OPT_MSS | CM_OPT_TS | CM_OPT_SACK_OK;
	m->p[1][0].opts = CM_OPT_MSS;
	m->p[1][0].mss = 1380;
	m->p[1][0].opt_layout = 78;
	made_tcp(m, 1, CM_TCP_SYN | ACK, 5000, 1001, NULL, 0, AT_BOTH);
	made_tcp(m, 0, ACK, 1001, 5001, long_text, 40, AT_BOTH);
	m->p[1][2].df = false;
	m->p[1][2].ipid = 4711;
	m->p[1][2].window = 1000;
	r = compare(m, &c);
	quiet(r);
	assert_true(rewrites(r, "MSS 1460 -> 1380"));
	assert_true(rewrites(r, "time stamps taken out of SYNs"));
	assert_true(rewrites(r, "SACK taken out"));
	assert_true(rewrites(r, "another order, or taken out"));
	assert_true(rewrites(r, "Don't Fragment cleared"));
	assert_true(rewrites(r, "identification written anew"));
	assert_true(rewrites(r, "window 500 -> 1000"));
	done(m, c);
}

static void
segments_that_are_cut_anew_are_the_same_bytes(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 3000, AT_B);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 1400, AT_A);
	made_tcp(m, 1, ACK, 6401, 1301, long_text + 1400, 1400, AT_A);
	made_tcp(m, 1, ACK, 7801, 1301, long_text + 2800, 200, AT_A);
	end(m);
	r = compare(m, &c);
	quiet(r);
	assert_true(rewrites(r, "segments cut anew"));
	assert_int_equal(r->dir[1].only_a + r->dir[1].only_b, 0);
	done(m, c);
}

static void
cut_anew_with_other_bytes_is_not_the_same(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 2000, AT_B);
	made_tcp(m, 1, ACK, 5001, 1301, "<script>and not what was sent</script>", 38, AT_A);
	made_tcp(m, 1, ACK, 5039, 1301, long_text + 38, 1962, AT_A);
	end(m);
	r = compare(m, &c);
	assert_true(r->count[CM_BETWEEN_BORN] > 0);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 6));
	done(m, c);
}

/* In-path: the server's segment is held; two others come, of its length and with its beginning. */
static void
a_segment_replaced_piece_by_piece_is_born(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	char other[1000];

	(void)state;
	memcpy(other, long_text, 400);
	memset(other + 400, 'x', 600);
	request(m);
	made_tcp(m, 1, ACK, 5001, 1301, long_text, 1000, AT_B);
	made_tcp(m, 1, ACK, 5001, 1301, other, 300, AT_A); /* frames 6 and 7 */
	made_tcp(m, 1, ACK, 5301, 1301, other + 300, 700, AT_A);
	made_tcp(m, 0, ACK, 1301, 6001, NULL, 0, AT_BOTH);
	end(m);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 7));
	done(m, c);
}

/* ---- datagrams ---- */

static void
ask(struct made *m, uint8_t id)
{
	uint8_t q[] = { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1 };

	q[1] = id;
	made_udp(m, 0, q, sizeof(q), AT_BOTH);
}

static void
reply(struct made *m, uint8_t id, uint8_t last, unsigned where)
{
	uint8_t a[] = { 0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1,
		192, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 203, 0, 113, 1 };

	a[1] = id;
	a[sizeof(a) - 1] = last;
	made_udp(m, 1, a, sizeof(a), where);
}

static void
an_answer_of_dns_that_the_server_never_gave_is_born(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	m->sport = 53;
	ask(m, 1);
	reply(m, 1, 1, AT_BOTH);
	ask(m, 2);
	reply(m, 2, 66, AT_A); /* frame 4 */
	reply(m, 2, 2, AT_BOTH);
	ask(m, 3);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 4));
	assert_int_equal(cm_compare_result(c)->count[CM_BETWEEN_BORN], 1);
	done(m, c);
}

static void
an_answer_of_dns_that_is_held_back_for_another_is_suppressed(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;

	(void)state;
	m->sport = 53;
	ask(m, 1);
	reply(m, 1, 1, AT_BOTH);
	ask(m, 2);
	reply(m, 2, 66, AT_A); /* frame 4 at A */
	reply(m, 2, 2, AT_B);  /* frame 4 at B */
	ask(m, 3);
	compare(m, &c);
	assert_non_null(made_finding(c, CM_BETWEEN_BORN, 0, 4));
	assert_non_null(made_finding(c, CM_BETWEEN_SUPPRESSED, 1, 4));
	done(m, c);
}

/* ---- the rest ---- */

static void
a_port_used_again_is_another_connection(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint32_t isn = 7000000u * (i + 1);

		made_tcp(m, 0, CM_TCP_SYN, isn, 0, NULL, 0, AT_BOTH);
		made_tcp(m, 1, CM_TCP_SYN | ACK, 2 * isn, isn + 1, NULL, 0, AT_BOTH);
		made_tcp(m, 0, ACK, isn + 1, 2 * isn + 1, long_text, 100, AT_BOTH);
		made_tcp(m, 1, ACK | CM_TCP_FIN, 2 * isn + 1, isn + 101, NULL, 0, AT_BOTH);
		made_tcp(m, 0, ACK | CM_TCP_FIN, isn + 101, 2 * isn + 2, NULL, 0, AT_BOTH);
	}
	r = compare(m, &c);
	quiet(r);
	assert_int_equal(r->flows_both, 3);
	assert_int_equal(r->dir[0].both + r->dir[1].both, 15);
	done(m, c);
}

static void
memory_is_bounded_and_what_is_given_up_accuses_nobody(void **state)
{
	struct made *m = setup();
	struct cm_compare *c;
	const struct cm_compare_result *r;
	static struct made *big;

	(void)state;
	free(m);
	big = setup();
	big->memory = 1 << 20;
	for (unsigned i = 0; i < 1500; i++) {
		big->cport = (uint16_t)(20000 + i);
		made_tcp(big, 0, CM_TCP_SYN, 1000 * i, 0, NULL, 0, AT_BOTH);
		made_tcp(big, 1, ACK, 99 + i, 1, "only A has this", 15, AT_A);
		made_last(big, 0)->ttl = 51;
		big->now -= 2 * MADE_STEP - 1000;
	}
	r = compare(big, &c);
	assert_true(r->evicted > 0);
	assert_int_equal(r->count[CM_BETWEEN_SUPPRESSED], 0);
	done(big, c);
}

static void
hashes_of_pieces_join(void **state)
{
	struct cm_stream_hash *h = malloc(sizeof(*h));
	uint64_t whole;

	(void)state;
	assert_non_null(h);
	for (size_t i = 0; i < sizeof(long_text); i++)
		long_text[i] = (char)(i * 7 % 251);
	cm_stream_hash_init(h, 3);
	whole = cm_stream_hash_of(h, cm_span_of(long_text, 3001));
	for (size_t cut = 0; cut <= 3001; cut += 13) {
		uint64_t a = cm_stream_hash_of(h, cm_span_of(long_text, cut));
		uint64_t b = cm_stream_hash_of(h, cm_span_of(long_text + cut, 3001 - cut));

		assert_true(cm_stream_hash_join(h, a, b, (uint32_t)(3001 - cut)) == whole);
	}
	long_text[1500] ^= 1;
	assert_true(cm_stream_hash_of(h, cm_span_of(long_text, 3001)) != whole);
	free(h);
}

static void
stretches_of_a_stream_join_across_the_wrap(void **state)
{
	struct cm_cover c = { 0 };

	(void)state;
	cm_cover_add(&c, 0xfffffff0u, 0xfffffff8u);
	cm_cover_add(&c, 5, 10);
	assert_false(cm_cover_has(&c, 0xfffffff0u, 10));
	assert_true(cm_cover_beyond(&c, 2));
	cm_cover_add(&c, 0xfffffff8u, 5);
	assert_true(cm_cover_has(&c, 0xfffffff0u, 10));
	assert_int_equal(c.n, 1);
	assert_true(cm_cover_touches(&c, 9, 20));
	assert_false(cm_cover_touches(&c, 10, 20));
	assert_false(cm_cover_beyond(&c, 10));
	for (uint32_t i = 0; i < 5; i++)
		cm_cover_add(&c, 100 + 10 * i, 105 + 10 * i);
	assert_true(c.ragged);
	assert_true(cm_cover_has(&c, 140, 145));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_at_both_is_nothing_but_distance),
		cmocka_unit_test(other_bytes_for_the_same_place_are_born),
		cmocka_unit_test(a_reset_of_another_hand_is_born),
		cmocka_unit_test(what_is_born_towards_b_is_cited_at_b),
		cmocka_unit_test(a_bare_ack_that_nobody_sent_is_born),
		cmocka_unit_test(lost_and_sent_again_is_loss),
		cmocka_unit_test(kept_back_while_later_ones_pass_is_suppressed),
		cmocka_unit_test(an_answer_in_place_of_another_is_born_and_the_other_suppressed),
		cmocka_unit_test(the_same_packet_with_other_bytes_is_rewritten),
		cmocka_unit_test(a_hole_in_the_senders_stream_accuses_nobody),
		cmocka_unit_test(what_opens_a_connection_is_no_measure_of_its_data),
		cmocka_unit_test(acknowledged_means_it_arrived),
		cmocka_unit_test(before_the_other_capture_begins_nothing_is_said),
		cmocka_unit_test(one_direction_only_accuses_nobody),
		cmocka_unit_test(a_capture_that_sees_all_twice_accuses_nobody),
		cmocka_unit_test(a_nat_is_seen_through_and_told_once),
		cmocka_unit_test(a_proxy_of_syns_shifts_the_numbers),
		cmocka_unit_test(options_of_syns_are_compared),
		cmocka_unit_test(segments_that_are_cut_anew_are_the_same_bytes),
		cmocka_unit_test(cut_anew_with_other_bytes_is_not_the_same),
		cmocka_unit_test(a_segment_replaced_piece_by_piece_is_born),
		cmocka_unit_test(an_answer_of_dns_that_the_server_never_gave_is_born),
		cmocka_unit_test(an_answer_of_dns_that_is_held_back_for_another_is_suppressed),
		cmocka_unit_test(a_port_used_again_is_another_connection),
		cmocka_unit_test(memory_is_bounded_and_what_is_given_up_accuses_nobody),
		cmocka_unit_test(hashes_of_pieces_join),
		cmocka_unit_test(stretches_of_a_stream_join_across_the_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
