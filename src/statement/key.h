/* statement/key.h -- private keys in OpenSSH's file format (PROTOCOL.key), and signing with them.
 *
 * Read are ssh-ed25519 keys without a passphrase.  Keys with one, and keys in
 * hardware, stay with ssh-agent: it is built to hold them.  Whatever holds a seed is
 * wiped when it ends. */
#ifndef CM_STATEMENT_KEY_H
#define CM_STATEMENT_KEY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "statement/sshkey.h"
#include "statement/sshsig.h"

#define CM_KEY_FILE_MAX ((size_t)16 << 10)

struct cm_key {
	struct cm_ssh_public pub;
	uint8_t seed[32]; /* secret */
};

/* The key of 32 random bytes.  CM_E_NOMEM. */
CM_RESULT cm_key_of_seed(const uint8_t seed[32], struct cm_key *out);

/* CM_E_MALFORMED; CM_E_UNSUPPORTED: with a passphrase, or of another type; CM_E_REFUSED: its
 * public half is not that of the private one; CM_E_NOMEM. */
CM_RESULT cm_key_parse(struct cm_span file, struct cm_key *out, struct cm_err *err);

/* Writes the file, as ssh-keygen would.  ${check} is any random number.  ${out} then holds
 * the secret: wipe it (os/private.h). */
void cm_key_write(const struct cm_key *k, uint32_t check, const char *comment, struct cm_buf *out);

void cm_key_wipe(struct cm_key *k);

/* Signs with ${k}, which must outlive the signer. */
struct cm_signer cm_key_signer(struct cm_key *k);

#endif
