/* charter/members.h -- the section `## Members` of a charter: who is in, and with which keys.
 *
 *	- "CERT A", government, ssh-ed25519 AAAA..., age1...
 *	- "V", victim, ssh-ed25519 AAAA...
 *
 * A line a member, written just so: dash, blank, name in quotes, role, statement key, and perhaps what files for
 * its eyes are encrypted to (an `age1...` recipient or another ssh-ed25519 key), with a comma and a blank between
 * them.  Else only empty lines: what looks like a member and is not read would be worse than one refused.  Pure. */
#ifndef CM_CHARTER_MEMBERS_H
#define CM_CHARTER_MEMBERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "statement/sshkey.h"

#define CM_MEMBERS_MAX 64u
#define CM_MEMBER_NAME 64u /* bytes */

enum cm_member_role { CM_MEMBER_VICTIM, CM_MEMBER_GOVERNMENT, CM_MEMBER_PRIVATE, CM_MEMBER_ACADEMIC, CM_MEMBER_PANEL };
#define CM_MEMBER_ROLES 5

struct cm_member {
	const char *name;
	enum cm_member_role role;
	struct cm_ssh_public key; /* that signs its statements */
	struct cm_key_print print;
	const char *recipient; /* "age1..." or "ssh-ed25519 AAAA..."; NULL: none */
	size_t line;	       /* in the text */
};
struct cm_members {
	const struct cm_member *item; /* as in the text */
	size_t n;
};

const char *cm_member_role_word(enum cm_member_role role);		    /* "victim", ... */
bool cm_member_role_of_word(const char *word, enum cm_member_role *out);

/* 1 to CM_MEMBER_NAME bytes; no quotes, commas, `*?!#\`, blanks at an end, characters that nobody sees, or
 * marks of their own on a letter. */
bool cm_member_name_ok(const char *name);

/* Reads the section's text, whose first line has the number ${line}.  CM_E_MALFORMED: "line 3, column 14: what was
 * expected"; two members with one name; a key that stands twice, in whatever role.  CM_E_NOMEM. */
CM_RESULT cm_members_read(
    struct cm_span section, size_t line, struct cm_arena *arena, struct cm_members *out, struct cm_err *err);

/* NULL: none. */
const struct cm_member *cm_members_named(const struct cm_members *m, const char *name);
const struct cm_member *cm_members_keyed(const struct cm_members *m, const char *fingerprint);

/* Appends the line, without a newline. */
void cm_member_write(const struct cm_member *m, struct cm_buf *out);

#endif
