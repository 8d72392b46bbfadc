/* Whose keys count: OpenSSH's allowed_signers, read strictly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/signers.h"

static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

/* Parses ${format} in which %s is the key of hand_key(1). */
static enum cm_result
parse(const char *before, const char *behind, struct cm_signers *out, struct cm_err *err)
{
	struct cm_key k = hand_key(1);
	struct cm_buf b = { 0 };
	enum cm_result r;

	*err = (struct cm_err) { 0 };
	cm_buf_add_str(&b, before);
	cm_ssh_public_text(&k.pub, &b);
	cm_buf_add_str(&b, behind);
	r = cm_signers_parse(cm_buf_span(&b), &arena, out, err);
	cm_buf_release(&b);
	return r;
}

static void
good(const char *before, const char *behind, const char *principals)
{
	const struct cm_signer_line *line;
	struct cm_key k = hand_key(1);
	struct cm_signers s;
	struct cm_err err;

	if (parse(before, behind, &s, &err) != CM_OK)
		fail_msg("%s: %s", before, err.text);
	assert_int_equal(s.n, 1);
	assert_int_equal(cm_signers_find(&s, &k.pub, 1795475200, &line, NULL), CM_OK);
	assert_string_equal(line->principals, principals);
}

static void
skipped(const char *before)
{
	struct cm_signers s;
	struct cm_err err;

	if (parse(before, "\n", &s, &err) != CM_OK)
		fail_msg("%s: %s", before, err.text);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.skipped, 1);
}

static void
refused(const char *before, const char *behind, const char *because)
{
	struct cm_signers s;
	struct cm_err err;

	assert_int_not_equal(parse(before, behind, &s, &err), CM_OK);
	if (strstr(err.text, because) == NULL)
		fail_msg("%s: expected \"%s\" in \"%s\"", before, because, err.text);
}

static void
lines_as_ssh_keygen_takes_them_are_read(void **state)
{
	(void)state;
	good("alpha ", "", "alpha");
	good("alpha ", "\n", "alpha");
	good("alpha ", " a comment\n", "alpha");
	good("# comment\n\n   \n\t# other\nalpha\t", "\r\n", "alpha");
	good("\"CERT Alpha\" ", "\n", "CERT Alpha");
	good("a@example.org,*@example.net ", "\n", "a@example.org,*@example.net");
	good("alpha namespaces=\"statement@comity\" ", "\n", "alpha");
	good("alpha namespaces=\"git,statement@*\" ", "\n", "alpha");
	good("alpha NAMESPACES=statement@comity ", "\n", "alpha");
	good("alpha valid-after=\"20260101Z\",valid-before=\"20270101120000Z\" ", "\n", "alpha");
}

static void
lines_that_lend_no_trust_here_are_skipped(void **state)
{
	struct cm_signers s;
	struct cm_err err;

	(void)state;
	skipped("alpha namespaces=\"git\" ");
	skipped("alpha namespaces=\"*,!statement@comity\" ");
	skipped("alpha cert-authority ");
	skipped("alpha namespaces=\"statement@comity\",cert-authority ");
	assert_int_equal(
	    cm_signers_parse(
		cm_span_str("a ssh-rsa AAAA\nb ecdsa-sha2-nistp256 AAAA\n"), &arena, &s, &err),
	    CM_OK);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.skipped, 2);
}

static void
lines_that_can_not_be_read_refuse_the_file_by_number(void **state)
{
	(void)state;
	refused("\n\nalpha", "\n", "line 3");
	refused("alpha wat ", "\n", "option");
	refused("alpha valid-after=20260101 ", "\n", "without Z");
	refused("alpha valid-after=\"20260101\" ", "\n", "without Z");
	refused("alpha valid-after=2026010Z ", "\n", "YYYYMMDD");
	refused("alpha valid-after=20260231Z ", "\n", "is not");
	refused("alpha valid-after=2026023xZ ", "\n", "is not");
	refused("alpha valid-after= ", "\n", "without Z");
	refused("alpha valid-after=20260101Z,valid-after=20260101Z ", "\n", "twice");
	refused("alpha valid-before=20260101Z,valid-before=20260101Z ", "\n", "twice");
	refused("alpha valid-before=20260101Z, ", "\n", "comma");
	refused("alpha namespaces=\"x ", "\n", "quote");
	refused("\"alpha ", "\n", "quote");
	refused("\"\" ", "\n", "principals");
	refused("alpha x namespaces=\"git\" ", "\n", "option");
	refused("alpha ", "!\n", "base64");
	refused("alpha namespaces=\"git\" wat ", "\n", "no key");
}

static void
one_key_under_two_names_is_refused(void **state)
{
	struct cm_key k = hand_key(1);
	struct cm_buf b = { 0 };
	struct cm_signers s;
	struct cm_err err = { 0 };

	(void)state;
	cm_signers_line("alpha", &k.pub, &b);
	cm_signers_line("alpha", &k.pub, &b);
	assert_int_equal(cm_signers_parse(cm_buf_span(&b), &arena, &s, &err), CM_OK);
	cm_signers_line("beta gamma", &k.pub, &b);
	assert_int_equal(cm_signers_parse(cm_buf_span(&b), &arena, &s, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "line 3"));
	cm_buf_release(&b);
}

static void
a_key_counts_only_while_it_is_valid(void **state)
{
	const struct cm_signer_line *line;
	struct cm_key k = hand_key(1), other = hand_key(2);
	struct cm_signers s;
	struct cm_err err = { 0 };

	(void)state;
	/* 2026-01-01T00:00:00Z is 1767225600. */
	assert_int_equal(
	    parse("a valid-after=20260101Z,valid-before=202601010001Z ", "\n", &s, &err), CM_OK);
	assert_int_equal(cm_signers_find(&s, &k.pub, 1767225599, &line, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "line 1"));
	assert_int_equal(cm_signers_find(&s, &k.pub, 1767225600, &line, NULL), CM_OK);
	assert_int_equal(cm_signers_find(&s, &k.pub, 1767225660, &line, NULL), CM_OK);
	assert_int_equal(cm_signers_find(&s, &k.pub, 1767225661, &line, NULL), CM_E_REFUSED);
	assert_int_equal(cm_signers_find(&s, &other.pub, 1767225600, &line, NULL), CM_E_NOTFOUND);
}

static void
pattern_lists_match_as_ssh_s_do(void **state)
{
	static const struct {
		const char *patterns, *text;
		bool match;
	} all[] = { { "a", "a", true }, { "a", "b", false }, { "*", "", true },
		{ "a*c", "abbc", true }, { "a*c", "abbcd", false }, { "?", "", false },
		{ "?b", "ab", true }, { "x,a", "a", true }, { "!a,*", "a", false },
		{ "*,!a", "a", false }, { "!a", "b", false }, { "!a,b", "b", true },
		{ "", "a", false }, { ",", "", false }, { "**a**", "xxaxx", true },
		{ "*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    false } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (cm_signers_match(cm_span_str(all[i].patterns), cm_span_str(all[i].text)) !=
		    all[i].match)
			fail_msg("%s, %s", all[i].patterns, all[i].text);
}

static void
too_much_is_refused(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_signers s;

	(void)state;
	for (size_t i = 0; i < CM_SIGNERS_LINES; i++)
		cm_buf_add_u8(&b, '\n');
	assert_int_equal(cm_signers_parse(cm_buf_span(&b), &arena, &s, NULL), CM_E_LIMIT);
	cm_buf_release(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_as_ssh_keygen_takes_them_are_read),
		TEST(lines_that_lend_no_trust_here_are_skipped),
		TEST(lines_that_can_not_be_read_refuse_the_file_by_number),
		TEST(one_key_under_two_names_is_refused),
		TEST(a_key_counts_only_while_it_is_valid),
		TEST(pattern_lists_match_as_ssh_s_do),
		TEST(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
