/* tests/unit/crypto/tsa.h -- a time stamping authority within a test, with keys of its own. */
#ifndef CM_TESTS_TSA_H
#define CM_TESTS_TSA_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct tsa;

/* Its certificate and its root's are valid in [from, to], Unix seconds. */
struct tsa *tsa_new(int64_t from, int64_t to);
void tsa_free(struct tsa *t);

/* The root's certificate, PEM. */
void tsa_root(const struct tsa *t, struct cm_buf *out);

/* What the signer's certificate says that it is for, from now on. */
enum tsa_use {
	TSA_STAMPS,
	TSA_STAMPS_NOT_CRITICAL,
	TSA_STAMPS_AND_MORE,
	TSA_SIGNS_CODE,
	TSA_STAMPS_BY_SHA_1 /* as it should, but the root signed that by SHA-1 */
};
void tsa_is_for(struct tsa *t, enum tsa_use use);

/* Answers a request in DER with a response in DER. */
struct tsa_stamp {
	int64_t at;
	const char *digest; /* of the signature: "sha256"; and the only one of an imprint that it grants */
	int seconds, millis; /* of accuracy; -1: none is said */
};
void tsa_answer(struct tsa *t, struct cm_span request, const struct tsa_stamp *how, struct cm_buf *out);

/* A response for ${text} at ${at}, as usual. */
void tsa_stamp(struct tsa *t, struct cm_span text, int64_t at, struct cm_buf *out);

#endif
