/* When OpenSSL gets no memory, nothing is accepted that would not be, nothing leaks, and what is
 * accepted says what it says.  (OpenSSL does not always tell want of memory from a stamp that
 * does not hold, so either may be said.) */
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/timestamp.h"
#include "tsa.h"

#define AT 1750000000

static long left = -1; /* allocations until one fails; -1: none does */

static bool
fails(void)
{
	return left >= 0 && left-- == 0;
}

static void *
give(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(n);
}

static void *
give_more(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : realloc(p, n);
}

static void
take(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

struct made {
	struct cm_buf root, response;
	struct cm_timestamp stamp;
};

static enum cm_result
all_of_it(const struct made *m, const char *text, struct cm_timestamp *out)
{
	struct cm_timestamp_ca *ca = NULL;
	struct cm_buf request = { 0 };
	enum cm_result rc = cm_timestamp_request(cm_span_str("hello"), 7, &request);

	if (rc == CM_OK)
		rc = cm_timestamp_ca_new(cm_buf_span(&m->root), &ca, NULL);
	if (rc == CM_OK)
		rc = cm_timestamp_verify(cm_buf_span(&m->response), cm_span_str(text), NULL, ca, out, NULL);
	cm_timestamp_ca_free(ca);
	cm_buf_release(&request);
	return rc;
}

/* Lets each allocation fail once; how many there were. */
static long
starve(const struct made *m, const char *text, enum cm_result expected)
{
	struct cm_timestamp again;
	enum cm_result rc;
	bool failed;
	long n;

	for (n = 0, failed = true; failed; n++) {
		left = n;
		rc = all_of_it(m, text, &again);
		failed = left < 0;
		left = -1;
		if (rc == CM_OK) {
			assert_int_equal(expected, CM_OK);
			assert_memory_equal(&again, &m->stamp, sizeof(again));
		}
	}
	assert_int_equal(rc, expected);
	return n;
}

static void
without_memory_nothing_is_accepted_that_would_not_be(void **state)
{
	struct made m = { 0 };
	struct tsa *tsa = tsa_new(AT - 100, AT + 100);

	(void)state;
	tsa_root(tsa, &m.root);
	tsa_stamp(tsa, cm_span_str("hello"), AT, &m.response);
	tsa_free(tsa);
	assert_int_equal(all_of_it(&m, "hello", &m.stamp), CM_OK); /* and OpenSSL has set itself up */
	assert_true(starve(&m, "hello", CM_OK) > 100);
	assert_true(starve(&m, "hallo", CM_E_REFUSED) > 100);
	cm_buf_release(&m.root);
	cm_buf_release(&m.response);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_nothing_is_accepted_that_would_not_be),
	};

	if (CRYPTO_set_mem_functions(give, give_more, take) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
