/* age/stream.h -- the payload of an encrypted file: chunks in boxes (C2SP age, "Payload").
 *
 *	nonce[16] || box || box ...	each of CM_AGE_CHUNK bytes of text, the last one of 1 to that many,
 *					or of none if it is the only one
 *
 * What the number of a chunk is, and whether it is the last, is in its nonce: chunks can not be left out, added
 * or put elsewhere.  For the files of this room. */
#ifndef CM_AGE_STREAM_H
#define CM_AGE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "age/header.h"
#include "base/result.h"
#include "base/span.h"
#include "crypto/chacha.h"

#define CM_AGE_NONCE 16
#define CM_AGE_CHUNK 65536u
#define CM_AGE_BOX (CM_AGE_CHUNK + CM_CHACHA_TAG)

/* Secret: cm_age_stream_wipe ends it. */
struct cm_age_stream {
	uint8_t key[CM_CHACHA_KEY];
	uint64_t chunk; /* the number of the next one */
};

struct cm_age_stream cm_age_stream_of(
    const uint8_t file_key[CM_AGE_FILE_KEY], const uint8_t nonce[CM_AGE_NONCE]);
void cm_age_stream_wipe(struct cm_age_stream *s);

/* The next chunk to its box.  CM_E_NOMEM. */
CM_RESULT cm_age_stream_seal(struct cm_age_stream *s, struct cm_span text, bool last, uint8_t *box);

/* And back; ${s} stays at the same chunk unless that is CM_OK.  CM_E_REFUSED, CM_E_NOMEM. */
CM_RESULT cm_age_stream_open(struct cm_age_stream *s, struct cm_span box, bool last, uint8_t *text);

/* The MAC of a header's text. */
void cm_age_mac(
    const uint8_t file_key[CM_AGE_FILE_KEY], struct cm_span header, uint8_t out[32]);

#endif
