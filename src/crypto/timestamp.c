#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "crypto/timestamp.h"

#define VERIFY_ERROR "Verify error:"
#define TEN_YEARS (3653 * CM_TIME_DAY)

struct cm_timestamp_ca {
	X509_STORE *store;
	STACK_OF(X509) * certs;
};

/* Did OpenSSL fail for want of memory, somewhere below?  Empties its queue of errors. */
static bool
was_starved(void)
{
	bool starved = false;
	unsigned long e;

	while ((e = ERR_get_error()) != 0)
		starved |= ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return starved;
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	ERR_clear_error();
	return cm_err_set(err, CM_E_NOMEM, "no memory to check the time stamp");
}

/* Says what OpenSSL says; ${code}, or CM_E_NOMEM. */
static CM_RESULT
failed(struct cm_err *err, enum cm_result code, const char *what)
{
	const char *reason, *data = NULL;
	char text[200];
	int flags = 0;
	unsigned long e = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);

	reason = e == 0 ? NULL : ERR_reason_error_string(e);
	/* "Verify error:certificate has expired" says more than "certificate verify error" */
	if (data != NULL && (flags & ERR_TXT_STRING) != 0 && *data != 0)
		reason = strncmp(data, VERIFY_ERROR, strlen(VERIFY_ERROR)) == 0 ? data + strlen(VERIFY_ERROR) : data;
	snprintf(text, sizeof(text), "%s%s%s", what, reason != NULL ? ": " : "", reason != NULL ? reason : "");
	if (was_starved())
		return no_memory(err);
	return cm_err_set(err, code, "%s", text);
}

/* ---- asking ---- */

static TS_MSG_IMPRINT *
imprint_of(struct cm_span text)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	X509_ALGOR *algo = X509_ALGOR_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	bool ok = algo != NULL && imprint != NULL &&
	    X509_ALGOR_set0(algo, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	    EVP_Digest(text.ptr, text.len, digest, &len, EVP_sha256(), NULL) == 1 &&
	    TS_MSG_IMPRINT_set_algo(imprint, algo) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, digest, (int)len) == 1;

	X509_ALGOR_free(algo);
	if (ok)
		return imprint;
	TS_MSG_IMPRINT_free(imprint);
	return NULL;
}

CM_RESULT
cm_timestamp_request(struct cm_span text, uint64_t nonce, struct cm_buf *out)
{
	TS_MSG_IMPRINT *imprint = imprint_of(text);
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	TS_REQ *req = TS_REQ_new();
	unsigned char *der = NULL;
	int len = -1;

	/* each of the setters copies */
	if (imprint != NULL && number != NULL && req != NULL &&
	    ASN1_INTEGER_set_uint64(number, nonce) == 1 && TS_REQ_set_version(req, 1) == 1 &&
	    TS_REQ_set_msg_imprint(req, imprint) == 1 && TS_REQ_set_nonce(req, number) == 1 &&
	    TS_REQ_set_cert_req(req, 1) == 1)
		len = i2d_TS_REQ(req, &der);
	if (len > 0)
		cm_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	TS_REQ_free(req);
	ASN1_INTEGER_free(number);
	TS_MSG_IMPRINT_free(imprint);
	ERR_clear_error();
	return len > 0 && cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

/* ---- whose stamps count ---- */

static CM_RESULT
add_certificate(struct cm_timestamp_ca *ca, X509 *cert, struct cm_err *err)
{
	if (sk_X509_num(ca->certs) >= (int)CM_TIMESTAMP_CERTIFICATES)
		return cm_err_set(err, CM_E_LIMIT, "more than %u certificates", CM_TIMESTAMP_CERTIFICATES);
	if (X509_STORE_add_cert(ca->store, cert) != 1 || X509_up_ref(cert) != 1)
		return no_memory(err);
	if (sk_X509_push(ca->certs, cert) > 0)
		return CM_OK;
	X509_free(cert);
	return no_memory(err);
}

/* OpenSSL would ask for a password on the terminal where a block says it is encrypted. */
static int
no_password(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

/* Is what stopped the reader the end of the file? */
static bool
at_end(void)
{
	unsigned long e = ERR_peek_last_error();

	return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static CM_RESULT
read_certificates(struct cm_timestamp_ca *ca, BIO *in, struct cm_err *err)
{
	enum cm_result rc = CM_OK;
	X509 *cert;
	char what[80];

	ERR_clear_error();
	while (rc == CM_OK && (cert = PEM_read_bio_X509(in, NULL, no_password, NULL)) != NULL) {
		rc = add_certificate(ca, cert, err);
		X509_free(cert);
	}
	if (rc != CM_OK)
		return rc;
	snprintf(what, sizeof(what), "certificate %d can not be read", sk_X509_num(ca->certs) + 1);
	if (!at_end())
		return failed(err, CM_E_MALFORMED, what);
	ERR_clear_error();
	if (sk_X509_num(ca->certs) == 0)
		return cm_err_set(err, CM_E_MALFORMED, "there is no certificate in it (-----BEGIN CERTIFICATE-----)");
	return CM_OK;
}

CM_RESULT
cm_timestamp_ca_new(struct cm_span pem, struct cm_timestamp_ca **out, struct cm_err *err)
{
	struct cm_timestamp_ca *ca;
	BIO *in;
	enum cm_result rc;

	if (pem.len > CM_TIMESTAMP_CA_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "more than %zu bytes of certificates", CM_TIMESTAMP_CA_BYTES);
	ca = calloc(1, sizeof(*ca));
	if (ca == NULL)
		return no_memory(err);
	ca->store = X509_STORE_new();
	ca->certs = sk_X509_new_null();
	in = BIO_new_mem_buf(pem.len > 0 ? (const void *)pem.ptr : "", (int)pem.len);
	rc = ca->store == NULL || ca->certs == NULL || in == NULL ? no_memory(err) :
								    read_certificates(ca, in, err);
	BIO_free(in);
	if (rc == CM_OK)
		*out = ca;
	else
		cm_timestamp_ca_free(ca);
	return rc;
}

void
cm_timestamp_ca_free(struct cm_timestamp_ca *ca)
{
	if (ca == NULL)
		return;
	X509_STORE_free(ca->store);
	sk_X509_pop_free(ca->certs, X509_free);
	free(ca);
}

/* ---- checking ---- */

struct checking {
	struct cm_timestamp_ca *ca;
	struct cm_span text;
	TS_RESP *resp;
	PKCS7 *token;
	TS_TST_INFO *info;
	struct cm_err *err;
};

static CM_RESULT
parse(struct checking *c, struct cm_span response)
{
	const unsigned char *at = response.ptr;
	int64_t status = 0;

	if (response.len > CM_TIMESTAMP_BYTES)
		return cm_err_set(c->err, CM_E_LIMIT, "a time stamp of more than %zu bytes", CM_TIMESTAMP_BYTES);
	if (response.len == 0)
		return cm_err_set(c->err, CM_E_MALFORMED, "an empty time stamp");
	c->resp = d2i_TS_RESP(NULL, &at, (long)response.len);
	if (c->resp == NULL)
		return failed(c->err, CM_E_MALFORMED, "it is no time stamp response (RFC 3161)");
	if (at != response.ptr + response.len)
		return cm_err_at(c->err, CM_E_MALFORMED, (uint64_t)(at - response.ptr),
		    "bytes behind the time stamp response");
	if (ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(c->resp))) != 1 ||
	    (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS))
		return failed(c->err, CM_E_REFUSED, "the time stamp was not granted");
	c->token = TS_RESP_get_token(c->resp);
	c->info = TS_RESP_get_tst_info(c->resp);
	if (c->token == NULL || c->info == NULL)
		return cm_err_set(c->err, CM_E_MALFORMED, "it says granted, and holds no time stamp");
	return CM_OK;
}

/* An imprint or signature by a digest under which two texts can be made that agree says nothing. */
static bool
is_strong(const X509_ALGOR *algo)
{
	const ASN1_OBJECT *oid = NULL;

	X509_ALGOR_get0(&oid, NULL, NULL, algo);
	switch (OBJ_obj2nid(oid)) {
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
		return true;
	default:
		return false;
	}
}

/* The imprint is a digest of the text, by a digest that is good enough. */
static CM_RESULT
check_imprint(const struct checking *c)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(c->info);
	const ASN1_OCTET_STRING *there = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_OBJECT *oid = NULL;
	uint8_t digest[EVP_MAX_MD_SIZE];
	const EVP_MD *md;
	unsigned len = 0;

	if (!is_strong(TS_MSG_IMPRINT_get_algo(imprint)))
		return cm_err_set(c->err, CM_E_REFUSED, "its imprint is by none of SHA-256, SHA-384, SHA-512");
	X509_ALGOR_get0(&oid, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	md = EVP_get_digestbyobj(oid);
	if (md == NULL || EVP_Digest(c->text.ptr, c->text.len, digest, &len, md, NULL) != 1)
		return no_memory(c->err);
	if ((size_t)ASN1_STRING_length(there) != len || memcmp(ASN1_STRING_get0_data(there), digest, len) != 0)
		return cm_err_set(c->err, CM_E_REFUSED, "it stamps another text: the imprint differs");
	return CM_OK;
}

static CM_RESULT
check_signer(const struct checking *c)
{
	STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(c->token);
	X509_ALGOR *digest = NULL;

	if (signers == NULL || sk_PKCS7_SIGNER_INFO_num(signers) != 1)
		return cm_err_set(c->err, CM_E_REFUSED, "it must have one signer");
	PKCS7_SIGNER_INFO_get0_algs(sk_PKCS7_SIGNER_INFO_value(signers, 0), NULL, &digest, NULL);
	if (digest == NULL || !is_strong(digest))
		return cm_err_set(c->err, CM_E_REFUSED, "it is signed by none of SHA-256, SHA-384, SHA-512");
	return CM_OK;
}

static CM_RESULT
check_nonce(const struct checking *c, uint64_t nonce)
{
	const ASN1_INTEGER *there = TS_TST_INFO_get_nonce(c->info);
	uint64_t value = 0;

	if (there == NULL || ASN1_INTEGER_get_uint64(&value, there) != 1 || value != nonce) {
		ERR_clear_error();
		return cm_err_set(c->err, CM_E_REFUSED, "its nonce is not that of the request");
	}
	return CM_OK;
}

/* The optional number of an accuracy, 0 if left out. */
static bool
small(const ASN1_INTEGER *number, int64_t max, int64_t *out)
{
	*out = 0;
	return number == NULL || (ASN1_INTEGER_get_int64(out, number) == 1 && *out >= 0 && *out <= max);
}

static CM_RESULT
read_accuracy(const struct checking *c, struct cm_timestamp *t)
{
	TS_ACCURACY *a = TS_TST_INFO_get_accuracy(c->info);
	int64_t seconds, millis, micros;

	t->accuracy = 0;
	if (a == NULL)
		return CM_OK;
	if (!small(TS_ACCURACY_get_seconds(a), TEN_YEARS, &seconds) ||
	    !small(TS_ACCURACY_get_millis(a), 999, &millis) || !small(TS_ACCURACY_get_micros(a), 999, &micros)) {
		ERR_clear_error();
		return cm_err_set(c->err, CM_E_MALFORMED, "its accuracy makes no sense");
	}
	t->accuracy = seconds + (millis != 0 || micros != 0);
	return CM_OK;
}

static CM_RESULT
read_time(const struct checking *c, struct cm_timestamp *t)
{
	const ASN1_GENERALIZEDTIME *when = TS_TST_INFO_get_time(c->info);
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	bool ok = epoch != NULL && when != NULL && ASN1_TIME_diff(&days, &seconds, epoch, when) == 1;

	ASN1_TIME_free(epoch);
	if (epoch == NULL)
		return no_memory(c->err);
	if (!ok || days < 0 || seconds < 0)
		return failed(c->err, CM_E_MALFORMED, "its time makes no sense");
	t->time = t->not_later = days * CM_TIME_DAY + seconds;
	/* "20260131120000.5Z": what is cut off lies before the next second */
	if (memchr(ASN1_STRING_get0_data(when), '.', (size_t)ASN1_STRING_length(when)) != NULL)
		t->not_later++;
	return CM_OK;
}

static CM_RESULT
read_serial(const struct checking *c, struct cm_timestamp *t)
{
	const ASN1_INTEGER *serial = TS_TST_INFO_get_serial(c->info);
	size_t len = serial == NULL ? 0 : (size_t)ASN1_STRING_length(serial), at = 0;

	memset(t->serial, 0, sizeof(t->serial));
	if (len > 64)
		return cm_err_set(c->err, CM_E_LIMIT, "its serial number has more than 64 bytes");
	if (len > 0 && ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		t->serial[at++] = '-';
	if (len > 0)
		cm_hex_encode(cm_span_of(ASN1_STRING_get0_data(serial), len), t->serial + at);
	return CM_OK;
}

static CM_RESULT
read_info(const struct checking *c, struct cm_timestamp *t)
{
	enum cm_result rc = read_time(c, t);

	if (rc == CM_OK)
		rc = read_accuracy(c, t);
	if (rc == CM_OK)
		rc = read_serial(c, t);
	if (rc != CM_OK)
		return rc;
	t->not_later += t->accuracy;
	if (OBJ_obj2txt(t->policy, (int)sizeof(t->policy), TS_TST_INFO_get_policy_id(c->info), 1) <= 0)
		return failed(c->err, CM_E_MALFORMED, "it names no policy");
	return CM_OK;
}

/* Did the chain end at a certificate that is not the receiver's, or could the signer's not be
 * found?  That is nobody's fault; all else is. */
static bool
is_by_nobody(void)
{
	static const int end[] = { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE };
	const char *data = NULL;
	unsigned long e = ERR_peek_last_error_all(NULL, NULL, NULL, &data, NULL);
	size_t i;

	if (ERR_GET_LIB(e) == ERR_LIB_PKCS7 && ERR_GET_REASON(e) == PKCS7_R_SIGNER_CERTIFICATE_NOT_FOUND)
		return true;
	if (ERR_GET_LIB(e) != ERR_LIB_TS || ERR_GET_REASON(e) != TS_R_CERTIFICATE_VERIFY_ERROR || data == NULL)
		return false;
	for (i = 0; i < sizeof(end) / sizeof(end[0]); i++)
		if (strstr(data, X509_verify_cert_error_string(end[i])) != NULL)
			return true;
	return false;
}

/* Everything that the signature and the chain say, by OpenSSL's own judgement. */
static CM_RESULT
check_token(const struct checking *c, int64_t at)
{
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(c->ca->store);
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	STACK_OF(X509) *certs = X509_chain_up_ref(c->ca->certs);
	bool ok = ctx != NULL && certs != NULL && X509_STORE_up_ref(c->ca->store) == 1;

	if (!ok) {
		TS_VERIFY_CTX_free(ctx);
		sk_X509_pop_free(certs, X509_free);
		return no_memory(c->err);
	}
	X509_VERIFY_PARAM_set_time(param, at);
	X509_VERIFY_PARAM_set_auth_level(param, 1); /* no certificate by MD5 or SHA-1 */
	(void)TS_VERIFY_CTX_set_flags(ctx, (int)(TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_SIGNER));
	(void)TS_VERIFY_CTX_set_store(ctx, c->ca->store); /* these two are the context's now */
	(void)TS_VERIFY_CTX_set_certs(ctx, certs);
	ok = TS_RESP_verify_response(ctx, c->resp) == 1;
	TS_VERIFY_CTX_free(ctx);
	if (ok)
		return CM_OK;
	if (is_by_nobody())
		return failed(c->err, CM_E_NOTFOUND, "its signer does not lead to a certificate of the file");
	return failed(c->err, CM_E_REFUSED, "the time stamp does not hold");
}

static CM_RESULT
read_name(const struct checking *c, struct cm_timestamp *t)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(c->token, c->ca->certs, 0);
	BIO *text = BIO_new(BIO_s_mem());
	bool ok = signers != NULL && text != NULL && sk_X509_num(signers) == 1 &&
	    X509_NAME_print_ex(text, X509_get_subject_name(sk_X509_value(signers, 0)), 0, XN_FLAG_RFC2253) >= 0;

	memset(t->tsa, 0, sizeof(t->tsa));
	if (ok)
		(void)BIO_read(text, t->tsa, (int)sizeof(t->tsa) - 1);
	BIO_free(text);
	sk_X509_free(signers);
	return ok ? CM_OK : failed(c->err, CM_E_REFUSED, "its signer has no name");
}

static CM_RESULT
check(struct checking *c, struct cm_span response, const uint64_t *nonce, struct cm_timestamp *t)
{
	enum cm_result rc = parse(c, response);

	if (rc == CM_OK)
		rc = check_imprint(c);
	if (rc == CM_OK)
		rc = check_signer(c);
	if (rc == CM_OK)
		rc = read_info(c, t);
	if (rc == CM_OK && nonce != NULL)
		rc = check_nonce(c, *nonce);
	if (rc == CM_OK && c->ca == NULL)
		return cm_err_set(c->err, CM_E_NOTFOUND, "no certificates were given to check it by");
	if (rc == CM_OK)
		rc = check_token(c, t->time);
	return rc == CM_OK ? read_name(c, t) : rc;
}

CM_RESULT
cm_timestamp_verify(struct cm_span response, struct cm_span text, const uint64_t *nonce,
    struct cm_timestamp_ca *ca, struct cm_timestamp *out, struct cm_err *err)
{
	struct checking c = { .ca = ca, .text = text, .err = err };
	struct cm_timestamp t = { 0 };
	enum cm_result rc;

	ERR_clear_error();
	rc = check(&c, response, nonce, &t);
	TS_RESP_free(c.resp);
	ERR_clear_error();
	if (rc == CM_OK)
		*out = t;
	return rc;
}
