#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "crypto/timestamp.h"
#include "tsa.h"

struct tsa {
	EVP_PKEY *root_key, *key;
	X509 *root, *cert;
	int64_t at;
	enum tsa_use use;
};

static void
need(bool ok)
{
	if (!ok)
		abort();
}

static void
add_ext(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	need(e != NULL && X509_add_ext(cert, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static X509 *
certificate(const char *name, EVP_PKEY *key, long serial, int64_t from, int64_t to)
{
	X509 *c = X509_new();
	X509_NAME *n;

	need(c != NULL && X509_set_version(c, 2) == 1);
	n = X509_get_subject_name(c);
	need(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1);
	need(ASN1_INTEGER_set(X509_get_serialNumber(c), serial) == 1);
	need(ASN1_TIME_set(X509_getm_notBefore(c), from) != NULL);
	need(ASN1_TIME_set(X509_getm_notAfter(c), to) != NULL);
	need(X509_set_pubkey(c, key) == 1);
	return c;
}

struct tsa *
tsa_new(int64_t from, int64_t to)
{
	struct tsa *t = calloc(1, sizeof(*t));

	need(t != NULL);
	t->root_key = EVP_EC_gen("P-256");
	t->key = EVP_EC_gen("P-256");
	need(t->root_key != NULL && t->key != NULL);
	t->root = certificate("Root of a test", t->root_key, 1, from, to);
	need(X509_set_issuer_name(t->root, X509_get_subject_name(t->root)) == 1);
	add_ext(t->root, NID_basic_constraints, "critical,CA:TRUE");
	add_ext(t->root, NID_key_usage, "critical,keyCertSign");
	need(X509_sign(t->root, t->root_key, EVP_sha256()) > 0);
	t->cert = certificate("TSA of a test", t->key, 2, from, to);
	need(X509_set_issuer_name(t->cert, X509_get_subject_name(t->root)) == 1);
	add_ext(t->cert, NID_key_usage, "critical,digitalSignature");
	add_ext(t->cert, NID_ext_key_usage, "critical,timeStamping");
	need(X509_sign(t->cert, t->root_key, EVP_sha256()) > 0);
	return t;
}

void
tsa_free(struct tsa *t)
{
	EVP_PKEY_free(t->root_key);
	EVP_PKEY_free(t->key);
	X509_free(t->root);
	X509_free(t->cert);
	free(t);
}

void
tsa_root(const struct tsa *t, struct cm_buf *out)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text;
	long len;

	need(b != NULL && PEM_write_bio_X509(b, t->root) == 1);
	len = BIO_get_mem_data(b, &text);
	cm_buf_add(out, text, (size_t)len);
	BIO_free(b);
}

void
tsa_is_for(struct tsa *t, enum tsa_use use)
{
	t->use = use;
}

/* OpenSSL makes no stamp with a certificate that is not for it, so it is changed while OpenSSL
 * holds it: the stamp is a proper one by an improper signer. */
static void
become(struct tsa *t, enum tsa_use use)
{
	static const char *const value[] = { "critical,timeStamping", "timeStamping",
		"critical,timeStamping,codeSigning", "critical,codeSigning", "critical,timeStamping" };
	int at = X509_get_ext_by_NID(t->cert, NID_ext_key_usage, -1);

	X509_EXTENSION_free(X509_delete_ext(t->cert, at));
	add_ext(t->cert, NID_ext_key_usage, value[use]);
	need(X509_sign(t->cert, t->root_key, use == TSA_STAMPS_BY_SHA_1 ? EVP_sha1() : EVP_sha256()) > 0);
}

static int
give_time(struct TS_resp_ctx *ctx, void *arg, long *seconds, long *micros)
{
	const struct tsa *t = arg;

	(void)ctx;
	*seconds = (long)t->at;
	*micros = 0;
	return 1;
}

static ASN1_INTEGER *
give_serial(struct TS_resp_ctx *ctx, void *arg)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();

	(void)ctx;
	(void)arg;
	need(n != NULL && ASN1_INTEGER_set(n, 0x1234) == 1);
	return n;
}

void
tsa_answer(struct tsa *t, struct cm_span request, const struct tsa_stamp *how, struct cm_buf *out)
{
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
	BIO *in = BIO_new_mem_buf(request.ptr, (int)request.len);
	unsigned char *der = NULL;
	TS_RESP *resp;
	int len;

	need(ctx != NULL && policy != NULL && in != NULL);
	t->at = how->at;
	need(TS_RESP_CTX_set_signer_cert(ctx, t->cert) == 1 && TS_RESP_CTX_set_signer_key(ctx, t->key) == 1);
	need(TS_RESP_CTX_set_signer_digest(ctx, EVP_get_digestbyname(how->digest)) == 1);
	need(TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256()) == 1);
	need(TS_RESP_CTX_set_def_policy(ctx, policy) == 1 && TS_RESP_CTX_add_md(ctx, EVP_sha256()) == 1);
	if (how->seconds >= 0)
		need(TS_RESP_CTX_set_accuracy(ctx, how->seconds, how->millis, 0) == 1);
	TS_RESP_CTX_set_time_cb(ctx, give_time, t);
	TS_RESP_CTX_set_serial_cb(ctx, give_serial, NULL);
	TS_RESP_CTX_add_flags(ctx, TS_TSA_NAME);
	become(t, t->use);
	resp = TS_RESP_create_response(ctx, in);
	need(resp != NULL);
	len = i2d_TS_RESP(resp, &der);
	become(t, TSA_STAMPS);
	need(len > 0);
	cm_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	TS_RESP_free(resp);
	BIO_free(in);
	ASN1_OBJECT_free(policy);
	TS_RESP_CTX_free(ctx);
}

void
tsa_stamp(struct tsa *t, struct cm_span text, int64_t at, struct cm_buf *out)
{
	struct tsa_stamp how = { .at = at, .digest = "sha256", .seconds = -1 };
	struct cm_buf request = { 0 };

	need(cm_timestamp_request(text, 77, &request) == CM_OK);
	tsa_answer(t, cm_buf_span(&request), &how, out);
	cm_buf_release(&request);
}
