/* cli/encrypted.h -- reads a file from others that may be encrypted to us (age/decrypt.h).
 *
 * In this order: prepare, with the bytes as they came; cm_encrypted_fd stays open in the confined child; open there,
 * for a header is untrusted text like all of it.  The keys are in that child, which can send nothing out.  What is
 * decrypted is in memory, or in a file without a name (os/kept.h). */
#ifndef CM_CLI_ENCRYPTED_H
#define CM_CLI_ENCRYPTED_H

#include "age/keys.h"
#include "cli/cli.h"
#include "os/kept.h"

/* Zero-initialise; ends with cm_encrypted_release, which wipes. */
struct cm_encrypted {
	bool is; /* it is; else it is given through as it came */
	struct cm_span file;
	struct cm_age_identities keys;
	bool locked; /* the statement key of the case is not among them */
	struct cm_kept plain;
};

/* How long a file may be of which ${plain} bytes can come out, armour counted. */
uint64_t cm_encrypted_max(uint64_t plain);

/* In the parent.  ${file} stays the caller's.  ${identity}: a file with keys; NULL: those of the case here.
 * At most ${max} bytes may come out.  CM_EXIT_OK, or it has been said. */
struct cm_encrypted_in {
	const struct cm_context *ctx;
	struct cm_span file;
	const char *identity;
	uint64_t max;
};
enum cm_exit cm_encrypted_prepare(const struct cm_encrypted_in *in, struct cm_encrypted *e);

/* -1: there is none. */
int cm_encrypted_fd(const struct cm_encrypted *e);

/* In the child: the bytes to be looked at, which live as long as ${e}; with which key they were decrypted is said.
 * CM_E_LIMIT: more than ${max}.  As cm_age_decrypt; CM_E_IO: no room for it. */
CM_RESULT cm_encrypted_open(
    const struct cm_context *ctx, struct cm_encrypted *e, struct cm_span *out, struct cm_err *err);

void cm_encrypted_release(struct cm_encrypted *e);

#endif
