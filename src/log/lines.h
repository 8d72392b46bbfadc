/* log/lines.h -- the lines that the formats of the log are made of, each with one spelling.
 *
 * A line ends with a newline, and with nothing else.  Numbers are decimal, without sign or
 * leading zeros, up to 2^63 - 1.  Hashes are padded base64. */
#ifndef CM_LOG_LINES_H
#define CM_LOG_LINES_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "merkle/proof.h"

/* CM_E_MALFORMED with the offset: not UTF-8, or a control character below U+0020 that is no
 * newline. */
CM_RESULT cm_text_check(struct cm_span text, struct cm_err *err);

struct cm_lines {
	struct cm_span in;
	size_t at; /* where the next line begins */
};

/* The next line, without its newline.  CM_E_MALFORMED: there is none; ${what} was expected. */
CM_RESULT cm_lines_next(
    struct cm_lines *l, const char *what, struct cm_span *line, struct cm_err *err);

/* The next line is ${word}, a space, and something. */
bool cm_lines_begins(const struct cm_lines *l, const char *word);
CM_RESULT cm_lines_value(
    struct cm_lines *l, const char *word, struct cm_span *value, struct cm_err *err);

bool cm_decimal_read(struct cm_span text, uint64_t *out);

/* A line with a number behind ${word} and a space; ${word} may be NULL. */
CM_RESULT cm_lines_number(struct cm_lines *l, const char *word, uint64_t *out, struct cm_err *err);

CM_RESULT cm_lines_hash(
    struct cm_lines *l, const char *what, uint8_t out[CM_SHA256_LEN], struct cm_err *err);
void cm_lines_put_hash(const uint8_t hash[CM_SHA256_LEN], struct cm_buf *out);

/* Up to CM_PROOF_MAX hashes and an empty line. */
CM_RESULT cm_lines_proof(struct cm_lines *l, struct cm_proof *out, struct cm_err *err);
void cm_lines_put_proof(const struct cm_proof *proof, struct cm_buf *out);

#endif
