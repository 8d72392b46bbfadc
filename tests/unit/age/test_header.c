/* Headers as text: what is one, and where what is none goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "age/header.h"

#define V "age-encryption.org/v1\n"
#define SHARE "O6DLx/wDIawpUC978NSPjYvrfDtJVnZApXKp4FMPHCY"
#define BODY "3aKjozt9agh7jGmvOKvR4iax41Wl4zj95MKK4X9JuWc\n"
#define X "-> X25519 " SHARE "\n" BODY
#define S "-> ssh-ed25519 AAAAAA " SHARE "\n" BODY
#define MAC "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s\n"
#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" /* 64 */

static void
what_the_grammar_allows_is_read(void **state)
{
	static const struct {
		const char *text;
		unsigned x, ssh, other;
	} good[] = { { V X MAC, 1, 0, 0 }, { V X S MAC, 1, 1, 0 }, { V "-> x\n\n" MAC, 0, 0, 1 },
		{ V "-> !\"~ *\n" FULL FULL "\n" MAC, 0, 0, 1 }, { V "-> x\n" FULL "AAAA\n" MAC, 0, 0, 1 },
		/* the case counts: of another type */
		{ V "-> x25519 a b c d e f\nAA\n" X MAC, 1, 0, 1 } };
	struct cm_age_header h;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(cm_age_header_read(cm_span_str(good[i].text), &h, NULL), CM_OK);
		assert_int_equal(h.n[CM_AGE_TYPE_X25519], good[i].x);
		assert_int_equal(h.n[CM_AGE_TYPE_SSH_ED25519], good[i].ssh);
		assert_int_equal(h.n[CM_AGE_TYPE_OTHER], good[i].other);
		assert_int_equal(h.len, strlen(good[i].text));
		assert_int_equal(h.text.len, h.len - strlen(MAC) + 3);
	}
}

/* What is wrong, and where. */
static const struct {
	const char *text;
	enum cm_result want;
	unsigned at;
} bad[] = {
	{ "", CM_E_MALFORMED, 0 },
	{ "age-encryption.org", CM_E_MALFORMED, 0 },
	{ "age-encryption.org/v2\n" X MAC, CM_E_UNSUPPORTED, 19 },
	{ "age-encryption.org/v1\r\n" X MAC, CM_E_UNSUPPORTED, 19 },
	{ V, CM_E_MALFORMED, 22 },
	{ V MAC, CM_E_MALFORMED, 22 }, /* no stanza */
	{ V "->x\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> \n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "->\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x \n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x  y\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "->  x\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x\ty\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x\r\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x\xc3\xa9\n\n" MAC, CM_E_MALFORMED, 22 },
	{ V "-> x\n" MAC, CM_E_MALFORMED, 27 },		 /* no body */
	{ V "-> x\n" FULL MAC, CM_E_MALFORMED, 92 },	 /* no last line */
	{ V "-> x\nAA==\n" MAC, CM_E_MALFORMED, 27 },	 /* padding */
	{ V "-> x\nA\n" MAC, CM_E_MALFORMED, 27 },	 /* six bits */
	{ V "-> x\nAB\n" MAC, CM_E_MALFORMED, 27 },	 /* bits behind the last byte */
	{ V "-> x\nA-AA\n" MAC, CM_E_MALFORMED, 27 },
	{ V "-> x\nAAAA \n" MAC, CM_E_MALFORMED, 27 },
	{ V "-> x\nAAAA\nAAAA\n" MAC, CM_E_MALFORMED, 32 }, /* two short lines */
	{ V "-> x\nA" FULL "\n" MAC, CM_E_MALFORMED, 27 },  /* 65 */
	{ V "-> scrypt AAAA 10\n\n" MAC, CM_E_UNSUPPORTED, 22 },
	{ V "-> X25519\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> X25519 " SHARE " x\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> X25519 A" SHARE "\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> X25519 " SHARE "=\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> X25519 O6DLx/wDIawpUC978NSPjYvrfDtJVnZApXKp4FMPHCZ\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> X25519 " SHARE "\nAAAA\n" MAC, CM_E_MALFORMED, 76 },
	{ V "-> X25519 " SHARE "\n" FULL "\n" MAC, CM_E_MALFORMED, 76 },
	{ V "-> X25519 " SHARE "\n" FULL BODY MAC, CM_E_MALFORMED, 76 },
	{ V "-> X25519 " SHARE "\n3aKjozt9agh7jGmvOKvR4iax41Wl4zj95MKK4X9JuWd\n" MAC, CM_E_MALFORMED, 76 },
	{ V "-> ssh-ed25519 " SHARE "\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> ssh-ed25519 AAAAA " SHARE "\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V "-> ssh-ed25519 AAAAAB " SHARE "\n" BODY MAC, CM_E_MALFORMED, 22 },
	{ V X "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75\n", CM_E_MALFORMED, 120 },
	{ V X "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75t\n", CM_E_MALFORMED, 120 },
	{ V X "---HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s\n", CM_E_MALFORMED, 120 },
	{ V X "---  HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s\n", CM_E_MALFORMED, 120 },
	{ V X "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s \n", CM_E_MALFORMED, 120 },
	{ V X "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s\r\n", CM_E_MALFORMED, 120 },
	{ V X "---\n", CM_E_MALFORMED, 120 },
	{ V X "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s", CM_E_MALFORMED, 167 },
};

static void
a_fault_is_named_with_its_place(void **state)
{
	struct cm_age_header h;
	struct cm_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = (struct cm_err) { 0 };
		if (cm_age_header_read(cm_span_str(bad[i].text), &h, &err) != bad[i].want || !err.has_offset ||
		    err.offset != bad[i].at)
			fail_msg("%zu: %s at %d: %s", i, cm_result_word(err.code), (int)err.offset, err.text);
	}
}

static void
stanzas_come_out_one_after_another(void **state)
{
	struct cm_age_header h;
	struct cm_age_stanza s;
	struct cm_buf whom = { 0 };
	size_t at = 0;

	(void)state;
	assert_int_equal(cm_age_header_read(cm_span_str(V "-> x\n\n" X S MAC), &h, NULL), CM_OK);
	assert_true(cm_age_header_next(&h, &at, &s));
	assert_int_equal(s.type, CM_AGE_TYPE_OTHER);
	assert_true(cm_age_header_next(&h, &at, &s));
	assert_int_equal(s.type, CM_AGE_TYPE_X25519);
	assert_int_equal(s.share[0], 0x3b);
	assert_int_equal(s.body[0], 0xdd);
	assert_int_equal(s.at, 28);
	assert_true(cm_age_header_next(&h, &at, &s));
	assert_int_equal(s.type, CM_AGE_TYPE_SSH_ED25519);
	assert_false(cm_age_header_next(&h, &at, &s));
	cm_age_header_whom(&h, &whom);
	assert_string_equal(cm_buf_cstr(&whom), "3 recipients (1 X25519, 1 ssh-ed25519, 1 of other types)");
	cm_buf_release(&whom);
}

static void
bounds_are_kept(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_age_header h;
	struct cm_err err = { 0 };

	(void)state;
	cm_buf_add_str(&b, V);
	for (unsigned i = 0; i < CM_AGE_STANZAS; i++)
		cm_buf_add_str(&b, "-> x\n\n");
	cm_buf_add_str(&b, MAC);
	assert_int_equal(cm_age_header_read(cm_buf_span(&b), &h, NULL), CM_OK);
	cm_buf_clear(&b);
	cm_buf_add_str(&b, V);
	for (unsigned i = 0; i <= CM_AGE_STANZAS; i++)
		cm_buf_add_str(&b, "-> x\n\n");
	cm_buf_add_str(&b, MAC);
	assert_int_equal(cm_age_header_read(cm_buf_span(&b), &h, &err), CM_E_LIMIT);
	/* a header of just as many bytes as may be, and of one more */
	for (unsigned extra = 0; extra < 2; extra++) {
		cm_buf_clear(&b);
		cm_buf_add_str(&b, V "-> ");
		while (b.len < CM_AGE_HEADER_BYTES + extra - strlen("\n\n" MAC))
			cm_buf_add_str(&b, "x");
		cm_buf_add_str(&b, "\n\n" MAC "and what follows");
		err = (struct cm_err) { 0 };
		assert_int_equal(
		    cm_age_header_read(cm_buf_span(&b), &h, &err), extra == 0 ? CM_OK : CM_E_LIMIT);
	}
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_grammar_allows_is_read),
		cmocka_unit_test(a_fault_is_named_with_its_place),
		cmocka_unit_test(stanzas_come_out_one_after_another),
		cmocka_unit_test(bounds_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
