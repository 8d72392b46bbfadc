/* log/note.h -- signed notes and their keys (C2SP signed-note v1.0.0).
 *
 * A note is a text that ends with a newline, an empty line, and signature lines
 * "— NAME BASE64".  A key is known by its name and the first four bytes of SHA-256(name ||
 * 0x0A || type || public key).  As a verifier key (vkey) it is spelt NAME+HEX8+BASE64(type ||
 * public key).  Reading is total, bounded and canonical; lines of keys and types that are not
 * known are carried, and say nothing.
 *
 * Ed25519 is as strict as crypto/ed25519.h: a key that is not canonically encoded or of small
 * order is no key, S is below the group order, and the equation is the one without the
 * cofactor.  For the keys that are left, that is what Go's crypto/ed25519 accepts, so that no
 * note holds for one party and not for the other. */
#ifndef CM_LOG_NOTE_H
#define CM_LOG_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_NOTE_BYTES ((size_t)256 << 10) /* a whole note */
#define CM_NOTE_SIGNATURES 64u            /* lines; the specification asks for 16 or more */
#define CM_NOTE_NAME 255u                 /* bytes of a name, and of an origin */

enum cm_note_type {
	CM_NOTE_ED25519 = 0x01,     /* a log's signature over the text */
	CM_NOTE_COSIGNATURE = 0x04, /* a witness's, with a time (log/cosignature.h) */
	CM_NOTE_MLDSA44 = 0x06      /* known by name, not checked here */
};

struct cm_vkey {
	char name[CM_NOTE_NAME + 1];
	uint32_t id;
	uint8_t type; /* enum cm_note_type */
	uint8_t key[32];
};

/* 1 to CM_NOTE_NAME bytes of valid UTF-8, no white space of Unicode, no '+', no control character
 * below U+0020. */
bool cm_note_name_ok(struct cm_span name);

/* CM_E_USAGE: a name that can not be; CM_E_REFUSED: no proper key (crypto/ed25519.h). */
CM_RESULT cm_vkey_of(struct cm_span name, enum cm_note_type type, const uint8_t key[32],
    struct cm_vkey *out, struct cm_err *err);
/* CM_E_MALFORMED; CM_E_UNSUPPORTED: of another type than the first two; CM_E_REFUSED: no proper
 * key; CM_E_LIMIT: its name is too long. */
CM_RESULT cm_vkey_parse(struct cm_span text, struct cm_vkey *out, struct cm_err *err);
void cm_vkey_write(const struct cm_vkey *v, struct cm_buf *out);

struct cm_note_signature {
	struct cm_span line; /* whole, with its newline */
	struct cm_span name;
	uint32_t id;
	struct cm_span bytes; /* behind the id; in the arena */
};

/* All spans lie in the bytes handed in or in the arena. */
struct cm_note {
	struct cm_span text; /* with its last newline */
	const struct cm_note_signature *signature;
	size_t n;
};

/* CM_E_MALFORMED with the offset; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_note_parse(
    struct cm_span bytes, struct cm_arena *arena, struct cm_note *out, struct cm_err *err);

/* Are these 1 to CM_NOTE_SIGNATURES signature lines, and nothing else? */
bool cm_note_lines_ok(struct cm_span lines);

/* Does the line name ${key}?  Then it must hold. */
bool cm_note_is_of(const struct cm_note_signature *s, const struct cm_vkey *key);

/* Is it signed by ${key}, of type Ed25519?  CM_E_NOTFOUND: no line of this key; CM_E_REFUSED: a
 * line of it that does not hold, whatever other lines say. */
CM_RESULT cm_note_verify(const struct cm_note *n, const struct cm_vkey *key, struct cm_err *err);

/* Appends the line of ${key} over ${text}; ${seed} is the private key of ${key}.  CM_E_USAGE: not
 * a text of a note; CM_E_REFUSED: it could be taken for the message of a cosignature;
 * CM_E_NOMEM. */
CM_RESULT cm_note_sign(struct cm_span text, const struct cm_vkey *key, const uint8_t seed[32],
    struct cm_buf *out, struct cm_err *err);

/* Appends a signature line. */
void cm_note_put_line(const struct cm_vkey *key, struct cm_span signature, struct cm_buf *out);

#endif
