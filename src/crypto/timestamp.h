/* crypto/timestamp.h -- time stamps of RFC 3161, through OpenSSL: asked for, and checked.
 *
 * A time stamping authority (TSA) signs the digest of a text and a time: the text existed not
 * later than then.  What is said here is what `openssl ts -verify -attime TIME` says, TIME being
 * the stamp's own: a stamp outlives the certificate of its signer, as long as it was made while
 * that was valid.  So a TSA whose key was stolen later could lie about when; no clock of ours
 * would help against that.  Pure: no file, clock or randomness. */
#ifndef CM_CRYPTO_TIMESTAMP_H
#define CM_CRYPTO_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_TIMESTAMP_BYTES ((size_t)64 << 10)  /* a response */
#define CM_TIMESTAMP_CA_BYTES ((size_t)4 << 20) /* a file of certificates */
#define CM_TIMESTAMP_CERTIFICATES 1024u

/* Appends a TimeStampReq in DER: SHA-256 of ${text}, ${nonce}, the certificate is asked for.
 * The same bytes as `openssl ts -query -sha256 -cert`.  CM_E_NOMEM. */
CM_RESULT cm_timestamp_request(struct cm_span text, uint64_t nonce, struct cm_buf *out);

/* Whose time stamps count: certificates of roots, and such between them and signers. */
struct cm_timestamp_ca;

/* Reads a file in PEM; other blocks than certificates are passed over.  CM_E_MALFORMED: one can
 * not be read, or there is none; CM_E_LIMIT, CM_E_NOMEM.  Ends with cm_timestamp_ca_free. */
CM_RESULT cm_timestamp_ca_new(
    struct cm_span pem, struct cm_timestamp_ca **out, struct cm_err *err);
void cm_timestamp_ca_free(struct cm_timestamp_ca *ca);

/* All text is ASCII; other bytes of names are escaped as RFC 2253 says. */
struct cm_timestamp {
	int64_t time;	   /* genTime in Unix seconds, fractions cut off */
	int64_t accuracy;  /* seconds, rounded up; 0: none is given */
	int64_t not_later; /* both together, rounded up */
	char serial[2 * 64 + 2]; /* hexadecimal */
	char policy[128];	 /* the TSA's, as 1.2.3 */
	char tsa[256];		 /* subject of the certificate that signed */
};

/* Checks a TimeStampResp in DER, nothing behind it:
 *
 * - the status is granted, with modifications or without;
 * - the imprint is SHA-256, SHA-384 or SHA-512 of ${text}, the nonce is ${nonce} (NULL: any);
 * - one signer, by a digest that is not weaker, whose certificate is the one that the signed
 *   attribute signingCertificate names, and a TSA name in the stamp is one of its names;
 * - this certificate is for time stamping and nothing else (critical), and leads to a root of
 *   ${ca}, all valid at the time of the stamp.
 *
 * Certificates that came along and are not needed prove nothing, and do no harm.
 * CM_E_NOTFOUND: as far as can be told without trust it is in order, but the signer does not lead
 *   to ${ca} (NULL: none), so it may be anybody's.
 * CM_E_MALFORMED, CM_E_LIMIT, CM_E_REFUSED, CM_E_NOMEM; of its want of memory OpenSSL does not
 *   always tell, and says no instead. */
CM_RESULT cm_timestamp_verify(struct cm_span response, struct cm_span text, const uint64_t *nonce,
    struct cm_timestamp_ca *ca, struct cm_timestamp *out, struct cm_err *err);

#endif
