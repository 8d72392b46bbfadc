/* Keys and encrypted files for the tests of src/age, always the same. */
#ifndef TESTS_UNIT_AGE_MADE_H
#define TESTS_UNIT_AGE_MADE_H

#include "age/decrypt.h"
#include "age/encrypt.h"
#include "age/stream.h"
#include "age/wrap.h"
#include "base/buf.h"

/* An identity of secret, or of seed, ${n} ${n} ${n}... */
struct cm_age_identity made_x25519(uint8_t n);
struct cm_age_identity made_ssh(uint8_t n);

/* The whole file; what is random in it comes of ${fresh}. */
enum cm_result made_file(struct cm_span text, const struct cm_age_recipient *to, size_t n, uint8_t fresh,
    struct cm_buf *out);

enum cm_result made_open(struct cm_span file, const struct cm_age_identity *id, size_t n, struct cm_buf *text,
    struct cm_err *err);

/* For files that no honest sender makes.  The file key of all of them is CM_AGE_FILE_KEY times 0x2a. */
extern const uint8_t made_key[CM_AGE_FILE_KEY];

/* "age-encryption.org/v1" and a line break; a good stanza for ${to}. */
void made_begin(struct cm_buf *out);
void made_stanza(const struct cm_age_recipient *to, struct cm_buf *out);

/* "---", the MAC over all before it, and the nonce. */
void made_end(struct cm_buf *out);

/* Box number ${chunk} of ${text}. */
void made_box(uint64_t chunk, bool last, struct cm_span text, struct cm_buf *out);

#endif
