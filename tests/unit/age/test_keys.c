/* To whom, and who can read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "age/bech32.h"
#include "made.h"

#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
/* of the seed 42 42 42 ..., as ssh-keygen writes it */
#define SSH "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h"

static void
an_identity_has_its_recipient(void **state)
{
	struct cm_age_identities all;
	char text[CM_AGE_RECIPIENT_TEXT], back[CM_AGE_IDENTITY_TEXT];

	(void)state;
	assert_int_equal(
	    cm_age_identities_parse(cm_span_str("# created\r\n\n" IDENTITY "\n#\n"), &all, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	cm_age_recipient_text(&all.item[0].to, text);
	assert_string_equal(text, RECIPIENT);
	cm_age_identity_text(&all.item[0], back);
	assert_string_equal(back, IDENTITY);
	cm_age_identities_wipe(&all);
	assert_int_equal(all.item[0].secret[0], 0);
}

static void
recipients_are_written_as_they_were_read(void **state)
{
	static const char *const good[] = { RECIPIENT, NULL };
	struct cm_age_identity ssh = made_ssh(0x2a);
	char text[CM_AGE_RECIPIENT_TEXT], more[128];
	struct cm_age_recipient r;

	(void)state;
	assert_int_equal(cm_age_recipient_parse(cm_span_str(good[0]), &r, NULL), CM_OK);
	cm_age_recipient_text(&r, text);
	assert_string_equal(text, good[0]);
	cm_age_recipient_text(&ssh.to, text);
	assert_string_equal(text, SSH);
	snprintf(more, sizeof(more), "%s and a comment", text);
	assert_int_equal(cm_age_recipient_parse(cm_span_str(more), &r, NULL), CM_OK);
	assert_memory_equal(&r, &ssh.to, sizeof(r));
}

static enum cm_result
parse(const char *text)
{
	struct cm_age_recipient r;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_age_recipient_parse(cm_span_str(text), &r, &err);

	assert_int_equal(rc, err.code);
	return rc;
}

static void
what_is_no_recipient_is_refused(void **state)
{
	char text[80];
	uint8_t point[32] = { 0 };

	(void)state;
	assert_int_equal(parse(""), CM_E_MALFORMED);
	assert_int_equal(parse(IDENTITY), CM_E_MALFORMED);
	assert_int_equal(parse(RECIPIENT " "), CM_E_MALFORMED);
	assert_int_equal(parse(SSH "="), CM_E_MALFORMED);
	assert_int_equal(parse("ssh-ed25519  AAAAC3NzaC1lZDI1NTE5AAAAIBl/"), CM_E_MALFORMED);
	assert_int_equal(parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE4AAAAIBl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h"),
	    CM_E_MALFORMED);
	assert_int_equal(parse("ssh-rsa AAAA"), CM_E_UNSUPPORTED);
	assert_int_equal(parse("sk-ssh-ed25519@openssh.com AAAA"), CM_E_UNSUPPORTED);
	/* of small order: everybody could read what is encrypted to it */
	cm_bech32_encode("age", point, text);
	assert_int_equal(parse(text), CM_E_REFUSED);
	point[0] = 1;
	cm_bech32_encode("age", point, text);
	assert_int_equal(parse(text), CM_E_REFUSED);
	/* the neutral point of Ed25519 */
	assert_int_equal(
	    parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), CM_E_REFUSED);
}

static void
a_file_of_identities_is_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		enum cm_result want;
		const char *line;
	} bad[] = { { "", CM_E_MALFORMED, "no identity" }, { "# nothing\n\n", CM_E_MALFORMED, "no identity" },
		{ IDENTITY "\n\nx\n", CM_E_MALFORMED, "line 3" }, { " " IDENTITY, CM_E_MALFORMED, "line 1" },
		{ IDENTITY " ", CM_E_MALFORMED, "line 1" },
		{ "AGE-PLUGIN-YUBIKEY-1ABC\n", CM_E_UNSUPPORTED, "line 1" },
		{ "AGE-SECRET-KEY-PQ-1ABC\n", CM_E_UNSUPPORTED, "line 1" } };
	struct cm_age_identities all;
	struct cm_buf many = { 0 };
	struct cm_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = (struct cm_err) { 0 };
		assert_int_equal(cm_age_identities_parse(cm_span_str(bad[i].text), &all, &err), bad[i].want);
		assert_non_null(strstr(err.text, bad[i].line));
		assert_null(strstr(err.text, "GFPYYSJZ"));
		assert_int_equal(all.n, 0);
	}
	for (unsigned i = 0; i < CM_AGE_IDENTITIES; i++)
		cm_buf_add_str(&many, IDENTITY "\n");
	assert_int_equal(cm_age_identities_parse(cm_buf_span(&many), &all, NULL), CM_OK);
	assert_int_equal(all.n, CM_AGE_IDENTITIES);
	cm_buf_add_str(&many, IDENTITY "\n");
	assert_int_equal(cm_age_identities_parse(cm_buf_span(&many), &all, NULL), CM_E_LIMIT);
	cm_buf_release(&many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_identity_has_its_recipient),
		cmocka_unit_test(recipients_are_written_as_they_were_read),
		cmocka_unit_test(what_is_no_recipient_is_refused),
		cmocka_unit_test(a_file_of_identities_is_read_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
