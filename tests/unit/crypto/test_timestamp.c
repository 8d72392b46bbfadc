/* A time stamp says when, if it is what it says, and else nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/timestamp.h"
#include "tsa.h"

#define FROM 1700000000
#define TO 1800000000
#define AT 1750000000

static const char text[] = "origin\n3\nroot\n";

struct made {
	struct tsa *tsa;
	struct cm_buf root, response;
	struct cm_timestamp_ca *ca;
	struct cm_timestamp stamp;
	struct cm_err err;
};

static void
begin(struct made *m)
{
	*m = (struct made) { .tsa = tsa_new(FROM, TO) };
	tsa_root(m->tsa, &m->root);
	assert_int_equal(cm_timestamp_ca_new(cm_buf_span(&m->root), &m->ca, NULL), CM_OK);
}

static void
end(struct made *m)
{
	cm_timestamp_ca_free(m->ca);
	tsa_free(m->tsa);
	cm_buf_release(&m->root);
	cm_buf_release(&m->response);
}

static enum cm_result
verify(struct made *m, const char *of, const uint64_t *nonce)
{
	m->err = (struct cm_err) { 0 };
	return cm_timestamp_verify(
	    cm_buf_span(&m->response), cm_span_str(of), nonce, m->ca, &m->stamp, &m->err);
}

static void
answer(struct made *m, uint64_t nonce, const struct tsa_stamp *how)
{
	struct cm_buf request = { 0 };

	cm_buf_clear(&m->response);
	assert_int_equal(cm_timestamp_request(cm_span_str(text), nonce, &request), CM_OK);
	tsa_answer(m->tsa, cm_buf_span(&request), how, &m->response);
	cm_buf_release(&request);
}

static void
a_stamp_says_when_and_who(void **state)
{
	static const struct tsa_stamp how = { .at = AT, .digest = "sha256", .seconds = 1, .millis = 500 };
	uint64_t nonce = 0xfedcba9876543210;
	struct made m;

	(void)state;
	begin(&m);
	answer(&m, nonce, &how);
	assert_int_equal(verify(&m, text, &nonce), CM_OK);
	assert_int_equal(m.stamp.time, AT);
	assert_int_equal(m.stamp.accuracy, 2);
	assert_int_equal(m.stamp.not_later, AT + 2);
	assert_string_equal(m.stamp.tsa, "CN=TSA of a test");
	assert_string_equal(m.stamp.policy, "1.2.3.4");
	assert_string_equal(m.stamp.serial, "1234");
	assert_int_equal(verify(&m, text, NULL), CM_OK);
	end(&m);
}

static void
a_stamp_of_another_text_or_request_is_refused(void **state)
{
	static const struct tsa_stamp how = { .at = AT, .digest = "sha256", .seconds = -1 };
	uint64_t other = 6;
	struct made m;

	(void)state;
	begin(&m);
	answer(&m, 5, &how);
	assert_int_equal(verify(&m, text, NULL), CM_OK);
	assert_int_equal(m.stamp.accuracy, 0);
	assert_int_equal(verify(&m, "origin\n4\nroot\n", NULL), CM_E_REFUSED);
	assert_non_null(strstr(m.err.text, "imprint"));
	assert_int_equal(verify(&m, "", NULL), CM_E_REFUSED);
	assert_int_equal(verify(&m, text, &other), CM_E_REFUSED);
	assert_non_null(strstr(m.err.text, "nonce"));
	end(&m);
}

/* The name of the root is the same; its key is not.  (By a root of another name: vectors, below.) */
static void
a_stamp_by_somebody_under_a_trusted_name_is_refused(void **state)
{
	struct tsa *other = tsa_new(FROM, TO);
	struct made m;

	(void)state;
	begin(&m);
	tsa_stamp(other, cm_span_str(text), AT, &m.response);
	assert_int_equal(verify(&m, text, NULL), CM_E_REFUSED);
	tsa_free(other);
	end(&m);
}

/* That it stamps another text is sure without trust. */
static void
without_certificates_a_stamp_is_nobody_s(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	tsa_stamp(m.tsa, cm_span_str(text), AT, &m.response);
	cm_timestamp_ca_free(m.ca);
	m.ca = NULL;
	assert_int_equal(verify(&m, text, NULL), CM_E_NOTFOUND);
	assert_int_equal(verify(&m, "another text", NULL), CM_E_REFUSED);
	end(&m);
}

/* Valid is asked for the time of the stamp, not for today: so a stamp outlives its signer. */
static void
a_stamp_from_outside_of_its_signer_s_time_is_refused(void **state)
{
	static const struct {
		int64_t at;
		enum cm_result expected;
	} t[] = { { FROM - 1, CM_E_REFUSED }, { FROM, CM_OK }, { TO - 1, CM_OK }, { TO + 1, CM_E_REFUSED } };
	struct made m;

	(void)state;
	begin(&m);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		cm_buf_clear(&m.response);
		tsa_stamp(m.tsa, cm_span_str(text), t[i].at, &m.response);
		assert_int_equal(verify(&m, text, NULL), t[i].expected);
	}
	end(&m);
}

static void
a_certificate_that_is_not_for_time_stamping_alone_is_refused(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	for (int use = TSA_STAMPS; use <= TSA_STAMPS_BY_SHA_1; use++) {
		cm_buf_clear(&m.response);
		tsa_is_for(m.tsa, (enum tsa_use)use);
		tsa_stamp(m.tsa, cm_span_str(text), AT, &m.response);
		assert_int_equal(verify(&m, text, NULL), use == TSA_STAMPS ? CM_OK : CM_E_REFUSED);
	}
	end(&m);
}

static void
a_signature_by_sha_1_is_refused(void **state)
{
	static const struct tsa_stamp how = { .at = AT, .digest = "sha1", .seconds = -1 };
	struct made m;

	(void)state;
	begin(&m);
	answer(&m, 1, &how);
	assert_int_equal(verify(&m, text, NULL), CM_E_REFUSED);
	assert_non_null(strstr(m.err.text, "SHA-256"));
	end(&m);
}

static void
what_was_not_granted_says_nothing(void **state)
{
	static const struct tsa_stamp how = { .at = AT, .digest = "sha256", .seconds = -1 };
	struct made m;

	(void)state;
	begin(&m);
	tsa_answer(m.tsa, cm_span_str("no request"), &how, &m.response);
	assert_int_equal(verify(&m, text, NULL), CM_E_REFUSED);
	assert_non_null(strstr(m.err.text, "granted"));
	end(&m);
}

static void
what_is_no_response_is_malformed(void **state)
{
	struct cm_buf whole = { 0 };
	struct made m;

	(void)state;
	begin(&m);
	tsa_stamp(m.tsa, cm_span_str(text), AT, &whole);
	for (size_t n = 0; n < whole.len; n++) {
		cm_buf_clear(&m.response);
		cm_buf_add(&m.response, whole.ptr, n);
		assert_int_equal(verify(&m, text, NULL), CM_E_MALFORMED);
	}
	cm_buf_clear(&m.response);
	cm_buf_add(&m.response, whole.ptr, whole.len);
	assert_int_equal(verify(&m, text, NULL), CM_OK);
	cm_buf_add_u8(&m.response, 0);
	assert_int_equal(verify(&m, text, NULL), CM_E_MALFORMED);
	assert_true(m.err.has_offset && m.err.offset == whole.len);
	while (m.response.len <= CM_TIMESTAMP_BYTES)
		cm_buf_add_u8(&m.response, 0);
	assert_int_equal(verify(&m, text, NULL), CM_E_LIMIT);
	cm_buf_release(&whole);
	end(&m);
}

/* Whichever byte is another: refused, or the same is said.  (Status texts and certificates that
 * are not needed are not signed.) */
static void
a_changed_byte_changes_nothing_that_is_said(void **state)
{
	struct cm_timestamp first;
	struct made m;
	size_t same = 0;

	(void)state;
	begin(&m);
	tsa_stamp(m.tsa, cm_span_str(text), AT, &m.response);
	assert_int_equal(verify(&m, text, NULL), CM_OK);
	first = m.stamp;
	for (size_t i = 0; i < m.response.len; i++) {
		m.response.ptr[i] ^= 0x01;
		if (verify(&m, text, NULL) == CM_OK) {
			assert_memory_equal(&m.stamp, &first, sizeof(first));
			same++;
		}
		m.response.ptr[i] ^= 0x01;
	}
	assert_true(same < m.response.len / 10);
	end(&m);
}

static void
a_file_of_certificates_is_read_whole_or_not(void **state)
{
	static const char torn[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
	static const char locked[] =
	    "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
	    "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n";
	struct cm_timestamp_ca *ca = NULL;
	struct cm_buf both = { 0 };
	struct cm_err err = { 0 };
	struct made m;

	(void)state;
	begin(&m);
	assert_int_equal(cm_timestamp_ca_new(cm_span_str(""), &ca, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_timestamp_ca_new(cm_span_str("no certificate\n"), &ca, NULL), CM_E_MALFORMED);
	assert_int_equal(cm_timestamp_ca_new(cm_span_str(locked), &ca, NULL), CM_E_MALFORMED);
	cm_buf_add_str(&both, "a remark\n");
	cm_buf_add_span(&both, cm_buf_span(&m.root));
	assert_int_equal(cm_timestamp_ca_new(cm_buf_span(&both), &ca, NULL), CM_OK);
	cm_timestamp_ca_free(ca);
	cm_buf_add_str(&both, torn);
	assert_int_equal(cm_timestamp_ca_new(cm_buf_span(&both), &ca, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "certificate 2"));
	cm_buf_release(&both);
	end(&m);
}

static bool
read_shared(const char *name, struct cm_buf *out)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[4096], bytes[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/vectors/rfc3161/%s", shared != NULL ? shared : "../shared", name);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		cm_buf_add(out, bytes, n);
	fclose(f);
	return cm_buf_ok(out);
}

/* Files of another implementation's tests (MANIFEST.tsv beside them says whose). */
static void
stamps_of_others_are_judged_as_they_should_be(void **state)
{
	static const struct {
		const char *response, *ca, *text;
		enum cm_result expected;
		const char *tsa;
		int64_t time;
	} t[] = {
		/* sound; imprint by SHA-512 */
		{ "test_tsa/response.tsr", "test_tsa/ts_chain.pem", "hello", CM_OK,
		    "CN=Test TSA Timestamping,O=local", 1728402032 },
		{ "test_tsa/response.tsr", "test_tsa/ts_chain.pem", "hallo", CM_E_REFUSED, NULL, 0 },
		/* certificates of nobody were put in beside the signer's: they are not signed, and not used */
		{ "test_tsa/response-injected-certs.tsr", "test_tsa/ts_chain.pem", "hello", CM_OK,
		    "CN=Test TSA Timestamping,O=local", 1728402032 },
		/* of another root that has the same name: nobody's */
		{ "test_tsa/other_response.tsr", "test_tsa/ts_chain.pem", "hello", CM_E_NOTFOUND, NULL, 0 },
		{ "test_tsa/response.tsr", "sigstore.mock/ts_chain.pem", "hello", CM_E_NOTFOUND, NULL, 0 },
		/* the certificates have expired since, but were valid then; the signer's is not in the
		 * response, only in the receiver's file */
		{ "sigstore.mock/response-expired.tsr", "sigstore.mock/ts_chain.pem", NULL, CM_OK,
		    "O=sigstore.mock,CN=tsa signing", 1675209600 },
	};
	struct cm_buf payload = { 0 };

	(void)state;
	if (!read_shared("sigstore.mock/payload", &payload))
		skip();
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct cm_buf response = { 0 }, pem = { 0 };
		struct cm_timestamp_ca *ca = NULL;
		struct cm_timestamp stamp;

		assert_true(read_shared(t[i].response, &response) && read_shared(t[i].ca, &pem));
		assert_int_equal(cm_timestamp_ca_new(cm_buf_span(&pem), &ca, NULL), CM_OK);
		assert_int_equal(cm_timestamp_verify(cm_buf_span(&response),
				     t[i].text != NULL ? cm_span_str(t[i].text) : cm_buf_span(&payload), NULL, ca, &stamp,
				     NULL), t[i].expected);
		if (t[i].expected == CM_OK) {
			assert_string_equal(stamp.tsa, t[i].tsa);
			assert_int_equal(stamp.time, t[i].time);
			assert_int_equal(stamp.not_later, t[i].time + 1);
		}
		cm_timestamp_ca_free(ca);
		cm_buf_release(&response);
		cm_buf_release(&pem);
	}
	cm_buf_release(&payload);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_says_when_and_who),
		cmocka_unit_test(a_stamp_of_another_text_or_request_is_refused),
		cmocka_unit_test(a_stamp_by_somebody_under_a_trusted_name_is_refused),
		cmocka_unit_test(without_certificates_a_stamp_is_nobody_s),
		cmocka_unit_test(a_stamp_from_outside_of_its_signer_s_time_is_refused),
		cmocka_unit_test(a_certificate_that_is_not_for_time_stamping_alone_is_refused),
		cmocka_unit_test(a_signature_by_sha_1_is_refused),
		cmocka_unit_test(what_was_not_granted_says_nothing),
		cmocka_unit_test(what_is_no_response_is_malformed),
		cmocka_unit_test(a_changed_byte_changes_nothing_that_is_said),
		cmocka_unit_test(a_file_of_certificates_is_read_whole_or_not),
		cmocka_unit_test(stamps_of_others_are_judged_as_they_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
