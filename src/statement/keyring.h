/* statement/keyring.h -- the key that signs, wherever it lies: in a file or with ssh-agent.
 *
 * The only part of this room that touches files and sockets. */
#ifndef CM_STATEMENT_KEYRING_H
#define CM_STATEMENT_KEYRING_H

#include "statement/key.h"
#include "statement/sshsig.h"

/* Keys in one agent that are of our types; further ones are not looked at. */
#define CM_AGENT_KEYS 256u

/* Makes a fresh key of ${seed} (32 random bytes) and ${check} (random): writes ${path}, mode
 * 0600, and ${path}.pub.  CM_E_USAGE: there is such a file. */
struct cm_key_new {
	const char *path;
	const char *comment;
	const uint8_t *seed;
	uint32_t check;
};
CM_RESULT cm_keyring_create(const struct cm_key_new *in, struct cm_key *out, struct cm_err *err);

/* The public key in a .pub file: its first line. */
CM_RESULT cm_keyring_public(const char *path, struct cm_ssh_public *out, struct cm_err *err);

/* An opened signer.  End with cm_keyring_close, which wipes.  Do not copy or move it:
 * `signer` points into it. */
struct cm_keyring {
	struct cm_signer signer;
	struct cm_key key; /* zero if an agent signs */
	const char *agent; /* borrowed */
};

/* Opens the key in file ${path}: reads it if it can be read without passphrase, else looks
 * for it in the agent at socket ${agent} (NULL: none), known by ${path}.pub.
 * CM_E_REFUSED: others can read the file.  CM_E_NOTFOUND: no such file, or it has a passphrase and
 * the agent does not hold it; the error says `ssh-add FILE'. */
CM_RESULT cm_keyring_open(
    const char *path, const char *agent, struct cm_keyring *out, struct cm_err *err);
void cm_keyring_close(struct cm_keyring *k); /* a zeroed one is fine */

/* Reads an agent's list of keys (SSH2_AGENT_IDENTITIES_ANSWER): is ${want} among them?
 * CM_E_NOTFOUND: no.  CM_E_MALFORMED. */
CM_RESULT cm_agent_holds(
    struct cm_span answer, const struct cm_ssh_public *want, struct cm_err *err);

#endif
