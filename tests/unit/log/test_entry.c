/* The three lines of a log entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "log/entry.h"

#define HEX "bc1c90b15103c7d5f1f08fe7302f9929e86fa3a2bd00d84318d92c5e979cc205"
#define KEY "SHA256:j6Oqsvqpt54KA5jaW1q9B4AUJEKlvoC5pkYI1xjLH80"
#define TEXT "comity statement v1\nsha256 " HEX "\nkey " KEY "\n"

static void
an_entry_is_written_as_it_was_read(void **state)
{
	uint8_t digest[32];
	struct cm_buf b = { 0 };
	struct cm_entry e;

	(void)state;
	assert_int_equal(cm_entry_parse(cm_span_str(TEXT), &e, NULL), CM_OK);
	assert_string_equal(e.key, KEY);
	/* The digest is of "statement\nsignature\n". */
	cm_entry_digest(cm_span_str("statement\n"), cm_span_str("signature\n"), digest);
	assert_memory_equal(e.digest, digest, 32);
	cm_entry_write(&e, &b);
	assert_string_equal(cm_buf_cstr(&b), TEXT);
	cm_buf_release(&b);
}

static void
refuses(const char *text, uint64_t offset, const char *why)
{
	struct cm_entry e = { .key = "as it was" };
	struct cm_err err = { 0 };

	if (cm_entry_parse(cm_span_str(text), &e, &err) != CM_E_MALFORMED)
		fail_msg("%s", text);
	assert_string_equal(err.text, why);
	assert_true(err.has_offset);
	assert_int_equal(err.offset, offset);
	assert_string_equal(e.key, "as it was");
}

static void
anything_else_is_refused_where_it_differs(void **state)
{
	(void)state;
	refuses("", 0, "a log entry has the line \"comity statement v1\" here");
	refuses("comity statement v2\nsha256 " HEX "\nkey " KEY "\n", 0,
	    "a log entry has the line \"comity statement v1\" here");
	refuses("comity statement v1\r\nsha256 " HEX "\nkey " KEY "\n", 0,
	    "a log entry has the line \"comity statement v1\" here");
	refuses("comity statement v1\nsha512 " HEX "\nkey " KEY "\n", 20,
	    "a log entry has \"sha256 \" here");
	refuses("comity statement v1\nsha256 B" HEX "\nkey " KEY "\n", 27,
	    "a log entry has 64 lower-case hexadecimal digits here");
	refuses("comity statement v1\nsha256 " HEX "0\nkey " KEY "\n", 91,
	    "a log entry has a line's end and \"key \" here");
	refuses("comity statement v1\nsha256 " HEX "\nkey MD5:" KEY "\n", 96,
	    "a log entry has a fingerprint here: SHA256:...");
	refuses("comity statement v1\nsha256 " HEX
		"\nkey SHA512:j6Oqsvqpt54KA5jaW1q9B4AUJEKlvoC5pkYI1xjLH80\n",
	    96, "a log entry has a fingerprint here: SHA256:...");
	/* The last character holds two bits that are not of the 32 bytes. */
	refuses("comity statement v1\nsha256 " HEX
		"\nkey SHA256:j6Oqsvqpt54KA5jaW1q9B4AUJEKlvoC5pkYI1xjLH81\n",
	    96, "a log entry has a fingerprint here: SHA256:...");
	refuses("comity statement v1\nsha256 " HEX "\nkey " KEY "=\n", 146,
	    "a log entry has a line's end here");
	refuses(TEXT "\n", 147, "a log entry ends here, after three lines");
}

static void
every_cut_is_refused(void **state)
{
	struct cm_entry e;
	size_t i;

	(void)state;
	assert_int_equal(strlen(TEXT), 147);
	for (i = 0; i < strlen(TEXT); i++)
		assert_int_equal(cm_entry_parse(cm_span_of(TEXT, i), &e, NULL), CM_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_written_as_it_was_read),
		cmocka_unit_test(anything_else_is_refused_where_it_differs),
		cmocka_unit_test(every_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
