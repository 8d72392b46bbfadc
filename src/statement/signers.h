/* statement/signers.h -- OpenSSH's allowed_signers file: whose keys count.
 *
 * ssh-keygen(1), ALLOWED SIGNERS: a line is
 *	principals [options] keytype base64-key [comment]
 * principals being a comma-separated list, perhaps in double quotes; options
 * namespaces="PATTERN,..." (must match statement@comity), valid-after="TIME" and
 * valid-before="TIME".  Empty lines and those that begin with # are comments.
 *
 * Read like ssh-keygen, with these differences, all said in the error: a line that
 * can not be read refuses the file, since it may hold the key that somebody relies
 * on; a TIME must end in Z, since without it its meaning depends on the machine; and
 * one key may not stand under two different lists of principals, for then a
 * signature would be by either.  Lines with keys of other types, for other
 * namespaces, or of certificate authorities are counted and skipped: they never
 * lend trust here. */
#ifndef CM_STATEMENT_SIGNERS_H
#define CM_STATEMENT_SIGNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"
#include "statement/sshkey.h"

#define CM_SIGNERS_BYTES ((size_t)1 << 20)
#define CM_SIGNERS_LINES 4096u
#define CM_SIGNERS_PRINCIPALS 1024u /* bytes */

struct cm_signer_line {
	const char *principals; /* as written, without quotes */
	struct cm_ssh_public key;
	bool has_after, has_before;
	int64_t after, before; /* valid from, valid until, both included; Unix time */
	size_t line;           /* in the file, from 1 */
};

struct cm_signers {
	const struct cm_signer_line *line;
	size_t n;
	size_t skipped;
};

/* CM_E_MALFORMED, CM_E_UNSUPPORTED, CM_E_REFUSED: with the line's number in the text.
 * CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_signers_parse(
    struct cm_span text, struct cm_arena *arena, struct cm_signers *out, struct cm_err *err);

/* Who signs with ${key} at ${when}?  CM_E_NOTFOUND: no line has this key.  CM_E_REFUSED: some
 * have, but none is valid then. */
CM_RESULT cm_signers_find(const struct cm_signers *s, const struct cm_ssh_public *key, int64_t when,
    const struct cm_signer_line **out, struct cm_err *err);

/* The line to give to others: principals, namespace, key, newline. */
void cm_signers_line(const char *principals, const struct cm_ssh_public *key, struct cm_buf *out);

/* Does ${text} match the pattern list (ssh_config(5), PATTERNS: `*`, `?`, `!` negates)? */
bool cm_signers_match(struct cm_span patterns, struct cm_span text);

#endif
