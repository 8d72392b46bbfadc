/* What is counted: an honest draw is made again, whoever hides what; a cheat is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"
#include "statement/draw.h"

enum { LOUD_SECONDS = 9 };

/* A capture: quiet visitors, and from the second ten on, for nine seconds, SYNs that are lies. */
struct capture {
	struct cm_buf bytes;
	uint64_t rows;
	uint32_t seed;
};

static uint32_t
chance(struct capture *c)
{
	c->seed = c->seed * 1664525u + 1013904223u;
	return c->seed >> 8;
}

static void
put_le(struct cm_buf *b, uint32_t v)
{
	const uint8_t four[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	cm_buf_add(b, four, 4);
}

struct segment {
	int64_t us;
	uint32_t src, dst;
	uint16_t sport, dport;
	uint8_t flags;
	const char *payload;
};

static void
put_segment(struct capture *c, const struct segment *s)
{
	size_t len = 40 + strlen(s->payload);
	struct cm_buf *b = &c->bytes;

	put_le(b, 1700000000 + (uint32_t)(s->us / 1000000));
	put_le(b, (uint32_t)(s->us % 1000000));
	put_le(b, (uint32_t)(14 + len));
	put_le(b, (uint32_t)(14 + len));
	cm_buf_add(b, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", 14);
	cm_buf_add_u16(b, 0x4500);
	cm_buf_add_u16(b, (uint16_t)len);
	cm_buf_add_u32(b, (chance(c) & 0xffff) << 16 | 0x4000);
	cm_buf_add_u32(b, 0x40060000);
	cm_buf_add_u32(b, s->src);
	cm_buf_add_u32(b, s->dst);
	cm_buf_add_u16(b, s->sport);
	cm_buf_add_u16(b, s->dport);
	cm_buf_add_u32(b, chance(c));
	cm_buf_add_u32(b, (s->flags & 0x10) != 0 ? 1 : 0);
	cm_buf_add_u16(b, (uint16_t)(0x5000 | s->flags));
	cm_buf_add_u16(b, 8192);
	cm_buf_add_u32(b, 0);
	cm_buf_add_str(b, s->payload);
	c->rows++;
}

#define SITE 0xcb00710au
#define VISITOR 0xc6336400u

static void
put_visit(struct capture *c, int64_t us)
{
	uint32_t who = VISITOR + chance(c) % 20;
	uint16_t port = (uint16_t)(20000 + chance(c) % 30000);
	const struct segment one[] = { { us, who, SITE, port, 80, 0x02, "" }, { us + 100, SITE, who, 80, port, 0x12, "" },
		{ us + 20000, who, SITE, port, 80, 0x10, "" },
		{ us + 20100, who, SITE, port, 80, 0x18, "GET /secret-page HTTP/1.1\r\nHost: site.example\r\nCookie: a=b\r\n\r\n" },
		{ us + 30000, SITE, who, 80, port, 0x18, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
		{ us + 50000, who, SITE, port, 80, 0x11, "" }, { us + 50100, SITE, who, 80, port, 0x11, "" } };
	size_t i;

	for (i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		put_segment(c, &one[i]);
}

/* Now and then a visit; in the loud seconds ${per_s} SYNs each. */
static struct cm_span
flood(struct capture *c, uint32_t per_s)
{
	static const uint8_t head[] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0 };
	int64_t second, i;

	*c = (struct capture) { .seed = 7, .rows = 1 };
	cm_buf_add(&c->bytes, head, sizeof(head));
	for (second = 0; second < 30; second++) {
		put_visit(c, second * 1000000 + 1000);
		put_visit(c, second * 1000000 + 100000);
		for (i = 0; second >= 10 && second < 10 + LOUD_SECONDS && i < per_s; i++) {
			struct segment s = { second * 1000000 + 200000 + i * 700000 / per_s, chance(c) << 8 ^ chance(c), SITE,
				(uint16_t)chance(c), 80, 0x02, "" };

			put_segment(c, &s);
		}
	}
	return cm_buf_span(&c->bytes);
}

/* Made and verified; ${size}: SYNs a second. */
static struct made_verdict
through(uint32_t size, const struct made_how *how)
{
	struct made_verdict v = { .rc = CM_E_USAGE };
	struct capture c;
	struct made m;

	if (!made_dossier(flood(&c, size), how, &m))
		fail_msg("no dossier: %s", m.why);
	assert_int_equal(m.traffic, 1);
	v = made_verify(cm_buf_span(&m.dossier), true);
	made_release(&m);
	cm_buf_release(&c.bytes);
	return v;
}

static void
an_honest_draw_is_made_again(void **state)
{
	static const uint32_t size[] = { 400, 600, 2000 };
	const struct made_how how = { .counted = true, .blind = true };

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct made_verdict v = through(size[i], &how);

		if (v.rc != CM_OK || v.traffic != 1 || v.counted > CM_OUTCOME_AS_SHOWN || v.end != CM_VERIFY_HOLDS)
			fail_msg("%u: %s; %s", size[i], v.text, v.counted_text);
		/* the smallest one needs no draw */
		assert_int_equal(strstr(v.counted_text, "the draw of one in") != NULL, i > 0);
	}
}

static void
an_index_changes_nothing(void **state)
{
	const struct made_how how = { .counted = true, .blind = true, .index = true, .turned = true };
	struct made_verdict v = through(2000, &how);

	(void)state;
	if (v.counted > CM_OUTCOME_AS_SHOWN)
		fail_msg("%s", v.counted_text);
}

/* Nothing of what people said is opened for SYNs. */
static void
payload_that_is_not_read_stays_shut(void **state)
{
	const struct made_how how = { .counted = true, .blind = true };
	struct capture c;
	struct made m;

	(void)state;
	assert_true(made_dossier(flood(&c, 2000), &how, &m));
	assert_null(memmem(m.dossier.ptr, m.dossier.len, "secret-page", 11));
	made_release(&m);
	cm_buf_release(&c.bytes);
}

static void
hidden_addresses_are_never_called_a_lie(void **state)
{
	const struct made_how how = { .counted = true, .blind = true, .hides = CM_HIDE_ADDRESSES, .leak_ok = true },
	    both = { .counted = true, .blind = true, .hides = CM_HIDE_ADDRESSES | CM_HIDE_PAYLOAD, .leak_ok = true };
	struct made_verdict v = through(2000, &how), w = through(2000, &both);

	(void)state;
	if (v.rc != CM_OK || v.counted == CM_OUTCOME_CONTRADICTED || w.counted == CM_OUTCOME_CONTRADICTED)
		fail_msg("%s; %s", v.counted_text, w.counted_text);
	/* ties are enough for a flood */
	if (v.counted > CM_OUTCOME_PARTLY)
		fail_msg("%s", v.counted_text);
}

/* ---- cheats ---- */

static void
more_packets(struct cm_traffic_v1 *t)
{
	t->drawn.packets += t->thin;
}

static void
another_peak(struct cm_traffic_v1 *t)
{
	t->drawn.peak_per_s += t->thin;
}

static void
another_port(struct cm_traffic_v1 *t)
{
	t->drawn.port++;
}

static void
another_verdict(struct cm_traffic_v1 *t)
{
	t->drawn.verdict = CM_TRAFFIC_SURGE;
}

static struct cm_traffic_sign changed[32];

static void
copy_signs(struct cm_traffic_v1 *t)
{
	assert_in_range(t->drawn.n_signs, 1, 32);
	memcpy(changed, t->drawn.signs, t->drawn.n_signs * sizeof(changed[0]));
	t->drawn.signs = changed;
}

/* The first that a draw says, too. */
static struct cm_traffic_sign *
sign_of_draw(struct cm_traffic_v1 *t)
{
	size_t i;

	copy_signs(t);
	for (i = 0; i < t->drawn.n_signs; i++)
		if (changed[i].kind->thins)
			return &changed[i];
	fail_msg("no sign is of the draw");
	return NULL;
}

static void
another_value(struct cm_traffic_v1 *t)
{
	sign_of_draw(t)->value++;
}

static void
another_limit(struct cm_traffic_v1 *t)
{
	sign_of_draw(t)->limit--;
}

static void
another_base_rate(struct cm_traffic_v1 *t)
{
	static struct cm_traffic_sign_kind kind;
	struct cm_traffic_sign *s = sign_of_draw(t);

	kind = *s->kind;
	kind.base_rate = "0 of all captures";
	s->kind = &kind;
}

static void
a_sign_less(struct cm_traffic_v1 *t)
{
	struct cm_traffic_sign *s = sign_of_draw(t);

	memmove(s, s + 1, (size_t)(changed + t->drawn.n_signs - (s + 1)) * sizeof(*s));
	t->drawn.n_signs--;
	t->claimed.n_signs = 0;
}

static void
what_is_stated_otherwise_is_contradicted(void **state)
{
	static void (*const cheat[])(struct cm_traffic_v1 *) = { more_packets, another_peak, another_port, another_verdict,
		another_value, another_limit, another_base_rate, a_sign_less };

	(void)state;
	for (size_t i = 0; i < sizeof(cheat) / sizeof(cheat[0]); i++) {
		const struct made_how how = { .counted = true, .blind = true, .traffic = cheat[i] };
		struct made_verdict v = through(2000, &how);

		if (v.rc != CM_OK || v.counted != CM_OUTCOME_CONTRADICTED || v.end != CM_VERIFY_REFUSED)
			fail_msg("cheat %zu: %s; %s", i, v.text, v.counted_text);
	}
}

static void
three_times_as_many(struct cm_traffic_v1 *t)
{
	t->claimed.packets *= 3;
}

static void
a_claim_that_does_not_fit_the_draw_is_no_good(void **state)
{
	const struct made_how how = { .counted = true, .blind = true, .traffic = three_times_as_many };
	struct made_verdict v = through(2000, &how);

	(void)state;
	assert_int_equal(v.rc, CM_OK);
	assert_int_equal(v.counted, CM_OUTCOME_PARTLY);
	assert_non_null(strstr(v.counted_text, "does not fit"));
}

static cm_packet_id more[CM_DRAW_ROWS + 1];

/* A row that suits better, though the draw does not give it. */
static void
a_row_more(struct cm_traffic_v1 *t)
{
	uint64_t row = t->range[0].first;
	size_t i;

	while (cm_traffic_drawn(t->seals[0], t->thin, row))
		row++;
	for (i = 0; i < t->support.n && t->support.id[i] < row; i++)
		more[i] = t->support.id[i];
	more[i] = row;
	memcpy(more + i + 1, t->support.id + i, (t->support.n - i) * sizeof(more[0]));
	t->support = (struct cm_ids) { more, t->support.n + 1 };
}

static void
a_row_that_the_draw_does_not_give_is_refused(void **state)
{
	const struct made_how how = { .counted = true, .blind = true, .traffic = a_row_more };
	struct capture c;
	struct made m;

	(void)state;
	/* the maker reads it, too */
	assert_false(made_dossier(flood(&c, 2000), &how, &m));
	assert_non_null(strstr(m.why, "draw"));
	made_release(&m);
	cm_buf_release(&c.bytes);
}

/* Rows of visitors, whose acknowledgements speak against it. */
static cm_packet_id left[8];
static size_t n_left;

static bool
leaves_out(uint64_t row)
{
	size_t i;

	for (i = 0; i < n_left; i++)
		if (cm_packet_frame(left[i]) == row)
			return true;
	return false;
}

static void
find_left(struct cm_traffic_v1 *t)
{
	n_left = t->support.n < 8 ? 0 : 8;
	for (size_t i = 0; i < n_left; i++)
		left[i] = t->support.id[100 + 7 * i];
}

/* Who leaves rows out, and counts without them, is seen if they show. */
static void
rows_left_out_are_counted_or_seen(void **state)
{
	const struct made_how first = { .counted = true, .blind = true, .traffic = find_left };
	const struct made_how shut = { .counted = true, .blind = true, .skip = leaves_out };
	struct cm_ids rows = { left, 8 };
	const struct made_how shown = { .counted = true, .blind = true, .skip = leaves_out, .rows = &rows };
	struct made_verdict v;
	char *said, *with;

	(void)state;
	v = through(2000, &first);
	said = strdup(v.counted_text);
	assert_int_equal(n_left, 8);
	v = through(2000, &shut);
	with = strdup(v.counted_text);
	assert_int_equal(v.counted, CM_OUTCOME_AS_SHOWN);
	assert_string_not_equal(said, with);
	v = through(2000, &shown);
	if (v.counted != CM_OUTCOME_CONTRADICTED || strstr(v.counted_text, "leaves it out") == NULL)
		fail_msg("%s", v.counted_text);
	free(said);
	free(with);
}

/* In the loud seconds visits, ${per_s} each: whole ones, of many. */
static struct cm_span
crowd(struct capture *c, uint32_t per_s)
{
	int64_t second, i;

	(void)flood(c, 0);
	for (second = 30; second < 30 + LOUD_SECONDS; second++)
		for (i = 0; i < per_s; i++)
			put_visit(c, second * 1000000 + i * 900000 / per_s);
	return cm_buf_span(&c->bytes);
}

/* Of a visit's seven packets the first, a SYN. */
static bool
is_no_opening(uint64_t row)
{
	return row == 0 || (row - 1) % 7 != 0;
}

static enum cm_traffic_kind met;

static void
note_kind(struct cm_traffic_v1 *t)
{
	met = t->drawn.kind;
}

static struct made_verdict
through_crowd(const struct made_how *how, size_t *n)
{
	struct made_verdict v = { .rc = CM_E_USAGE };
	struct capture c;
	struct made m;

	if (!made_dossier(crowd(&c, 600), how, &m))
		fail_msg("no dossier: %s", m.why);
	*n = m.traffic;
	v = made_verify(cm_buf_span(&m.dossier), true);
	made_release(&m);
	cm_buf_release(&c.bytes);
	return v;
}

/* Who leaves out all that answers makes a flood of a crowd.  Nobody can see that who sees nothing but
 * what he shows; but that most of the draw is shut, and what that could change, is said. */
static void
a_crowd_whose_answers_are_left_out_is_no_flood_without_a_word(void **state)
{
	const struct made_how honest = { .counted = true, .blind = true, .traffic = note_kind },
	    cheat = { .counted = true, .blind = true, .skip = is_no_opening, .blind_too = true, .traffic = note_kind };
	struct made_verdict v;
	const char *at;
	size_t n;

	(void)state;
	met = CM_TRAFFIC_KINDS;
	v = through_crowd(&honest, &n);
	assert_int_not_equal(met, CM_TRAFFIC_SYN);
	v = through_crowd(&cheat, &n);
	assert_int_equal(n, 1);
	assert_int_equal(met, CM_TRAFFIC_SYN);
	assert_int_equal(v.rc, CM_OK);
	assert_int_equal(v.counted, CM_OUTCOME_AS_SHOWN);
	at = strstr(v.counted_text, "one who seals could leave out so what speaks against it");
	if (at == NULL || strstr(v.counted_text, "are shut") == NULL)
		fail_msg("%s", v.counted_text);
	/* at most one in seven is of the kind, by what the draw shows */
	assert_null(strstr(v.counted_text, "at least 9"));
	assert_non_null(strstr(v.counted_text, "% are (with 95 % confidence)"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_draw_is_made_again),
		cmocka_unit_test(an_index_changes_nothing),
		cmocka_unit_test(payload_that_is_not_read_stays_shut),
		cmocka_unit_test(hidden_addresses_are_never_called_a_lie),
		cmocka_unit_test(what_is_stated_otherwise_is_contradicted),
		cmocka_unit_test(a_claim_that_does_not_fit_the_draw_is_no_good),
		cmocka_unit_test(a_row_that_the_draw_does_not_give_is_refused),
		cmocka_unit_test(rows_left_out_are_counted_or_seen),
		cmocka_unit_test(a_crowd_whose_answers_are_left_out_is_no_flood_without_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
