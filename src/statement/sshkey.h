/* statement/sshkey.h -- public keys as OpenSSH writes them: ssh-ed25519 and its hardware form.
 *
 * Blob (PROTOCOL, PROTOCOL.u2f): string type, string point, and for
 * sk-ssh-ed25519@openssh.com string application.  Other types are refused: one
 * algorithm, known strengths. */
#ifndef CM_STATEMENT_SSHKEY_H
#define CM_STATEMENT_SSHKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_FINGERPRINT_LEN 50 /* "SHA256:" and 43 characters of base64 */
#define CM_SSH_BLOB_MAX 256

enum cm_ssh_kind { CM_SSH_ED25519, CM_SSH_SK_ED25519 };

struct cm_ssh_public {
	enum cm_ssh_kind kind;
	uint8_t point[32];
	size_t blob_len;
	uint8_t blob[CM_SSH_BLOB_MAX];
};

/* "ssh-ed25519", "sk-ssh-ed25519@openssh.com" */
const char *cm_ssh_kind_word(enum cm_ssh_kind kind);

/* CM_E_MALFORMED; CM_E_UNSUPPORTED: another type; CM_E_LIMIT: an application of more
 * than a hundred bytes or so; CM_E_REFUSED: a point that is no proper key
 * (crypto/ed25519.h). */
CM_RESULT cm_ssh_public_parse(struct cm_span blob, struct cm_ssh_public *out, struct cm_err *err);

/* The ssh-ed25519 key with this point. */
struct cm_ssh_public cm_ssh_public_of(const uint8_t point[32]);

bool cm_ssh_public_same(const struct cm_ssh_public *a, const struct cm_ssh_public *b);
struct cm_span cm_ssh_public_blob(const struct cm_ssh_public *k);

/* For lists of them. */
struct cm_key_print {
	char text[CM_FINGERPRINT_LEN + 1];
};

/* As `ssh-keygen -l` prints it. */
void cm_ssh_fingerprint(const struct cm_ssh_public *k, char out[CM_FINGERPRINT_LEN + 1]);

/* Could ${text} be such a fingerprint?  Checks form only, base64's spare bits included. */
bool cm_ssh_fingerprint_ok(const char *text);

/* Type and base64, as in a .pub file, without comment or newline. */
void cm_ssh_public_text(const struct cm_ssh_public *k, struct cm_buf *out);

/* Reads what cm_ssh_public_text writes. */
CM_RESULT cm_ssh_public_from_text(
    struct cm_span type, struct cm_span base64, struct cm_ssh_public *out, struct cm_err *err);

#endif
