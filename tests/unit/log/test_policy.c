/* A trust file says whose cosignatures count, and from when they are enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/policy.h"
#include "made.h"

/* Text in which @An stands for the key of a log A with seed n, @wn for that of a witness w. */
static void
put_text(const char *text, struct cm_buf *out)
{
	for (; *text != '\0'; text++) {
		char name[2] = { 0 };
		struct made_key k;
		unsigned n;
		int len;

		if (*text != '@') {
			cm_buf_add_u8(out, (uint8_t)*text);
			continue;
		}
		assert_int_equal(sscanf(text + 1, "%1c%u%n", name, &n, &len), 2);
		k = made_key(
		    name, name[0] <= 'Z' ? CM_NOTE_ED25519 : CM_NOTE_COSIGNATURE, (uint8_t)n);
		cm_vkey_write(&k.v, out);
		text += len;
	}
}

static enum cm_result
parse(const char *text, struct cm_arena *a, struct cm_policy *p, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	enum cm_result r;

	put_text(text, &b);
	r = cm_policy_parse(cm_buf_span(&b), a, p, err);
	cm_buf_release(&b);
	return r;
}

/* The example of C2SP tlog-policy.md. */
static const char example[] = "log @A1 https://a.example/log\n\n"
			      "witness X1 @x11\nwitness X2 @x12\nwitness X3 @x13\n"
			      "group X-witnesses 2 X1 X2 X3\n\n"
			      "witness Y1 @y21\nwitness Y2 @y22\nwitness Y3 @y23\n"
			      "group Y-witnesses any Y1 Y2 Y3\n"
			      "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

static void
the_example_of_the_specification_is_read(void **state)
{
	struct cm_policy p;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(parse(example, &a, &p, NULL), CM_OK);
	assert_int_equal(p.n_logs, 1);
	assert_string_equal(p.log[0].url, "https://a.example/log");
	assert_int_equal(p.n_members, 9);
	assert_true(p.has_quorum);
	assert_int_equal(p.quorum, 8);
	assert_int_equal(p.member[3].k, 2);
	assert_int_equal(p.member[7].k, 1);
	assert_int_equal(p.member[8].k, 2);
	assert_int_equal(p.member[8].part[0], 3);
	assert_int_equal(p.member[8].part[1], 7);
	assert_null(p.member[0].url);
	assert_ptr_equal(cm_policy_find_log(&p, "A"), &p.log[0]);
	assert_null(cm_policy_find_log(&p, "x"));
	cm_arena_fini(&a);
}

static const struct {
	const char *text;
	enum cm_result want;
	unsigned line; /* that the text names; 0: none */
} files[] = {
	{ "quorum none\n", CM_OK, 0 },
	{ "# comment\n \t# another\n\n \t \n\tquorum \t none \t\n", CM_OK, 0 },
	{ "log @A1\nlog @B2\nwitness any @x3 u\ngroup all any any\nquorum all\n", CM_OK, 0 },
	{ "witness w @x3\nquorum w\n", CM_OK, 0 },
	{ "", CM_E_MALFORMED, 0 },
	{ "log @A1\n", CM_E_MALFORMED, 0 },
	{ "quorum none", CM_E_MALFORMED, 0 },
	{ "quorum none\n#", CM_E_MALFORMED, 0 },
	{ "quorum none\r\n", CM_E_MALFORMED, 0 },
	{ "# \x7f\nquorum none\n", CM_E_MALFORMED, 0 },
	{ "quorum none\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "quorum\n", CM_E_MALFORMED, 1 },
	{ "quorum none none\n", CM_E_MALFORMED, 1 },
	{ "quorum w\nwitness w @x3\n", CM_E_MALFORMED, 1 },
	{ "LOG @A1\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "log\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "log @A1 u v\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "log @x1\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "witness w @A1\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "witness none @x1\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "witness @x1\nquorum none\n", CM_E_MALFORMED, 1 },
	{ "witness w @x1\nwitness w @x2\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup w any w\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g any w w\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g any w\ngroup h any w\nquorum none\n", CM_E_MALFORMED, 3 },
	{ "witness w @x1\ngroup g any\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g 0 w\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g 2 w\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g 01 w\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g any none\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "witness w @x1\ngroup g any g\nquorum none\n", CM_E_MALFORMED, 2 },
	{ "group g any w\nwitness w @x1\nquorum none\n", CM_E_MALFORMED, 1 },
	/* one key in two roles, or twice under other names */
	{ "log @A1\nlog @A1\nquorum none\n", CM_E_REFUSED, 2 },
	{ "log @A1\nlog @B1\nquorum none\n", CM_E_REFUSED, 2 },
	{ "log @A1\nwitness w @x1\nquorum none\n", CM_E_REFUSED, 2 },
	{ "log @A1\nlog @B2\nlog @C2\nquorum none\n", CM_E_REFUSED, 3 },
	{ "witness v @x1\nwitness w @x2\ngroup g any v\nwitness x @y2\nquorum none\n", CM_E_REFUSED,
	    4 },
	{ "log @A1\nlog @B2\nlog @B3\nquorum none\n", CM_E_UNSUPPORTED, 3 },
	{ "witness w @x1\n\nlog @A1\nquorum none\n", CM_E_REFUSED, 3 },
	{ "witness v @x1\nwitness w @y1\nquorum none\n", CM_E_REFUSED, 2 },
	{ "log A+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nquorum none\n",
	    CM_E_REFUSED, 1 },
	/* Two keys of one name whose ids agree, found among 200000: a note could not tell them apart. */
	{ "witness v w+674c4489+BD5pnrsTJpbY98aIuPXMUyuVb/S4JCbYciWfOwokq/cH\n"
	  "witness w w+674c4489+BP4+aTv1WTTHrNJAc2EB2oKQNsh0xnZAWY7niaMbA0aI\nquorum none\n",
	    CM_E_REFUSED, 2 },
	{ "witness v @x1\nwitness w @x2\nquorum none\n", CM_OK, 0 },
	{ "log @A1\nlog @A2\nquorum none\n", CM_E_UNSUPPORTED, 2 },
	{ "witness w A+00000000+Bg==\nquorum none\n", CM_E_UNSUPPORTED, 1 },
};

static void
a_file_that_is_not_clear_is_refused_with_its_line(void **state)
{
	struct cm_arena a;
	char line[32];

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct cm_policy p;
		struct cm_err err = { 0 };

		snprintf(line, sizeof(line), "line %u:", files[i].line);
		if (parse(files[i].text, &a, &p, &err) != files[i].want)
			fail_msg("%zu: %s", i, err.text);
		if (files[i].line != 0 && strncmp(err.text, line, strlen(line)) != 0)
			fail_msg("%zu: %s", i, err.text);
		if (files[i].want != CM_OK)
			assert_true(err.has_offset);
	}
	cm_arena_fini(&a);
}

static void
words_keep_their_ends(void **state)
{
	/* Of 16 bytes each, next to each other in memory. */
	static const char text[] = "log @A1 https://a.exampl\nlog @B2 https://b.exampl\n"
				   "witness wwwwwwwwwwwwwwww @x3 https://c.exampl\nquorum none\n";
	struct cm_policy p;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(parse(text, &a, &p, NULL), CM_OK);
	assert_string_equal(p.log[0].url, "https://a.exampl");
	assert_string_equal(p.log[1].url, "https://b.exampl");
	assert_string_equal(p.member[0].name, "wwwwwwwwwwwwwwww");
	assert_string_equal(p.member[0].url, "https://c.exampl");
	assert_ptr_equal(cm_policy_find_log(&p, "B"), &p.log[1]);
	cm_arena_fini(&a);
}

static void
a_file_is_bounded(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_policy p;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	cm_buf_add_str(&b, "quorum none\n#");
	while (b.len < CM_POLICY_BYTES - 1)
		cm_buf_add_u8(&b, ' ');
	cm_buf_add_u8(&b, '\n');
	assert_int_equal(cm_policy_parse(cm_buf_span(&b), &a, &p, NULL), CM_OK);
	cm_buf_add_u8(&b, '\n');
	assert_int_equal(cm_policy_parse(cm_buf_span(&b), &a, &p, NULL), CM_E_LIMIT);
	cm_arena_fini(&a);
	cm_buf_release(&b);
}

static void
at_least_as_many_are_read_as_the_specification_asks_for(void **state)
{
	struct cm_buf text = { 0 };
	struct cm_policy p;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (unsigned i = 0; i < 32; i++) {
		char name[8];
		struct made_key l, w;

		snprintf(name, sizeof(name), "l%u", i);
		l = made_key(name, CM_NOTE_ED25519, (uint8_t)(1 + i));
		w = made_key(name, CM_NOTE_COSIGNATURE, (uint8_t)(101 + i));
		cm_buf_add_str(&text, "log ");
		cm_vkey_write(&l.v, &text);
		cm_buf_printf(&text, "\nwitness w%u ", i);
		cm_vkey_write(&w.v, &text);
		cm_buf_printf(&text, "\ngroup g%u any w%u", i, i);
		if (i > 0)
			cm_buf_printf(&text, " g%u", i - 1);
		cm_buf_add_str(&text, "\n");
	}
	cm_buf_add_str(&text, "quorum g31\n");
	assert_int_equal(cm_policy_parse(cm_buf_span(&text), &a, &p, NULL), CM_OK);
	assert_int_equal(p.n_logs, 32);
	assert_int_equal(p.n_members, 64);
	cm_arena_fini(&a);
	cm_buf_release(&text);
}

/* ---- judging ---- */

struct cosigned {
	const char *by; /* as behind @ */
	uint64_t time;
};

/* What ${policy} says of a checkpoint with these cosignatures; the first of which is by a stranger. */
static enum cm_result
judge_without(const char *policy, const struct cosigned *c, size_t n, const bool *left_out,
    struct cm_witnessed *out, struct cm_arena *a)
{
	struct cm_err err = { 0 };
	struct made_key stranger = made_key("s", CM_NOTE_COSIGNATURE, 99);
	struct cm_buf text = { 0 }, note = { 0 };
	struct cm_policy p;
	struct cm_note parsed;
	enum cm_result r;

	assert_int_equal(parse(policy, a, &p, NULL), CM_OK);
	made_text("A", 5, 1, &text);
	cm_buf_add_span(&note, cm_buf_span(&text));
	cm_buf_add_u8(&note, '\n');
	cm_note_put_line(&stranger.v, cm_span_str("no signature at all"), &note);
	for (size_t i = 0; i < n; i++) {
		char name[2] = { c[i].by[0] };
		struct made_key k =
		    made_key(name, CM_NOTE_COSIGNATURE, (uint8_t)strtoul(c[i].by + 1, NULL, 10));

		assert_int_equal(
		    cm_cosign(cm_buf_span(&text), &k.v, k.seed, c[i].time, &note, NULL), CM_OK);
	}
	/* What was read lives as long as the arena. */
	assert_int_equal(cm_note_parse(cm_span_of(cm_arena_copy(a, note.ptr, note.len), note.len),
			     a, &parsed, NULL),
	    CM_OK);
	r = left_out == NULL ? cm_policy_judge(&p, &parsed, a, out, &err)
			     : cm_policy_judge_without(&p, &parsed, left_out, a, out, &err);
	assert_int_equal(err.code, r);
	cm_buf_release(&text);
	cm_buf_release(&note);
	return r;
}

static enum cm_result
judge(const char *policy, const struct cosigned *c, size_t n, struct cm_witnessed *out,
    struct cm_arena *a)
{
	return judge_without(policy, c, n, NULL, out, a);
}

static void
who_is_left_out_has_not_cosigned(void **state)
{
	const char *policy = "witness a @x1\nwitness b @x2\ngroup g any a b\nquorum g\n";
	const struct cosigned by[] = { { "x1", 10 }, { "x2", 20 } };
	const bool none[3] = { false }, first[3] = { true }, both[3] = { true, true };
	struct cm_witnessed w;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(judge_without(policy, by, 2, none, &w, &a), CM_OK);
	assert_int_equal(w.time, 10);
	assert_int_equal(judge_without(policy, by, 2, first, &w, &a), CM_OK);
	assert_true(w.enough);
	assert_int_equal(w.time, 20);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.witness[0], 1);
	assert_int_equal(judge_without(policy, by, 2, both, &w, &a), CM_OK);
	assert_false(w.enough);
	assert_int_equal(w.n, 0);
	cm_arena_fini(&a);
}

static const struct {
	const char *policy;
	struct cosigned by[8];
	uint64_t time; /* 0: not enough */
} verdicts[] = {
	{ "witness w @x1\nquorum w\n", { { "x1", 7 } }, 7 },
	{ "witness w @x1\nquorum w\n", { { "x2", 7 } }, 0 },
	{ "witness w @x1\nquorum w\n", { { NULL, 0 } }, 0 },
	/* The same one several times: when it did so first. */
	{ "witness w @x1\nquorum w\n", { { "x1", 9 }, { "x1", 4 }, { "x1", 6 } }, 4 },
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g 2 a b c\nquorum g\n",
	    { { "x1", 30 }, { "x2", 10 }, { "x3", 20 } }, 20 },
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g all a b c\nquorum g\n",
	    { { "x1", 30 }, { "x2", 10 }, { "x3", 20 } }, 30 },
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g any a b c\nquorum g\n",
	    { { "x1", 30 }, { "x2", 10 }, { "x3", 20 } }, 10 },
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g 2 a b c\nquorum g\n",
	    { { "x3", 20 } }, 0 },
	/* One witness twice is one witness. */
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g 2 a b c\nquorum g\n",
	    { { "x3", 20 }, { "x3", 21 } }, 0 },
	{ "witness a @x1\nwitness b @x2\nwitness c @x3\ngroup g 2 a b c\nquorum g\n",
	    { { "x3", 20 }, { "x1", 20 } }, 20 },
	/* A witness that the quorum does not ask. */
	{ "witness a @x1\nwitness b @x2\nquorum a\n", { { "x1", 5 }, { "x2", 1 } }, 5 },
	{ example, { { "x11", 5 }, { "x13", 8 }, { "y22", 3 } }, 8 },
	{ example, { { "x11", 5 }, { "x13", 8 }, { "y22", 30 }, { "y21", 31 } }, 30 },
	{ example, { { "x11", 5 }, { "y21", 8 }, { "y22", 30 }, { "y23", 31 } }, 0 },
	{ example, { { "x11", 5 }, { "x12", 8 }, { "x13", 30 } }, 0 },
};

static void
the_quorum_had_cosigned_when_enough_of_it_had(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct cm_witnessed w = { 0 };
		struct cm_arena a;
		size_t n = 0;

		cm_arena_init(&a, 0);
		while (n < 8 && verdicts[i].by[n].by != NULL)
			n++;
		assert_int_equal(judge(verdicts[i].policy, verdicts[i].by, n, &w, &a), CM_OK);
		if (w.enough != (verdicts[i].time != 0) || w.time != verdicts[i].time)
			fail_msg("%zu: %d at %d", i, w.enough, (int)w.time);
		cm_arena_fini(&a);
	}
}

static void
whoever_cosigned_is_listed_with_the_time(void **state)
{
	static const struct cosigned by[] = { { "y22", 9 }, { "x13", 8 }, { "y22", 3 } };
	struct cm_witnessed w = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(judge(example, by, 3, &w, &a), CM_OK);
	assert_false(w.enough);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.witness[0], 2);
	assert_int_equal(w.at[0], 8);
	assert_int_equal(w.witness[1], 5);
	assert_int_equal(w.at[1], 3);
	cm_arena_fini(&a);
}

static void
where_no_quorum_is_asked_for_it_is_enough_at_no_time(void **state)
{
	static const struct cosigned by[] = { { "x1", 9 } };
	struct cm_witnessed w = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(judge("witness w @x1\nquorum none\n", by, 1, &w, &a), CM_OK);
	assert_true(w.enough);
	assert_int_equal(w.time, 0);
	assert_int_equal(w.n, 1);
	assert_int_equal(judge("quorum none\n", by, 1, &w, &a), CM_OK);
	assert_true(w.enough);
	assert_int_equal(w.n, 0);
	cm_arena_fini(&a);
}

static void
a_known_witness_whose_line_does_not_hold_spoils_the_note(void **state)
{
	/* s99 is the stranger of judge(), whose line is no signature. */
	static const struct cosigned by[] = { { "x1", 9 } };
	struct cm_witnessed w = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(
	    judge("witness w @x1\nwitness s @s99\nquorum w\n", by, 1, &w, &a), CM_E_REFUSED);
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_is_read),
		cmocka_unit_test(a_file_that_is_not_clear_is_refused_with_its_line),
		cmocka_unit_test(words_keep_their_ends),
		cmocka_unit_test(a_file_is_bounded),
		cmocka_unit_test(at_least_as_many_are_read_as_the_specification_asks_for),
		cmocka_unit_test(the_quorum_had_cosigned_when_enough_of_it_had),
		cmocka_unit_test(whoever_cosigned_is_listed_with_the_time),
		cmocka_unit_test(who_is_left_out_has_not_cosigned),
		cmocka_unit_test(where_no_quorum_is_asked_for_it_is_enough_at_no_time),
		cmocka_unit_test(a_known_witness_whose_line_does_not_hold_spoils_the_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
