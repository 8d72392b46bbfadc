/* store/case.h -- the case folder: what a party has sealed, stated and shown, and its secrets.
 *
 * A folder `.comity`, found like git finds its own:
 *	case.db		SQLite: party, exhibits with their secrets S, statements, findings,
 *			disclosures, what opens shut texts.  The truth.
 *	key, key.pub	the statement key, as ssh-keygen writes them
 *	age		what is encrypted to this party is read with it, as age-keygen writes it; if there is one
 *	allowed_signers	the line to give to others
 *	trust		whose logs and witnesses count (log/policy.h), if the owner put it there
 *	statements/	a copy of each statement and signature, for other tools
 *	.gitignore	so that no `git add` takes the secrets along
 *	index/		of each exhibit, so that opening needs not read all of it
 *	peers/		mirrors of others' logs (store/mirror_files.h)
 *	forks/		proof that one of them signed two histories: never removed
 * Folder, database and key are the owner's alone, and refused otherwise.
 *
 * Statements are numbered and chained inside one transaction with their storage, so
 * that no crash leaves a number used twice or a statement half there.  A struct
 * cm_case belongs to one thread; several processes may work on one case. */
#ifndef CM_STORE_CASE_H
#define CM_STORE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "charter/members.h"
#include "seal/schema.h"
#include "statement/keyring.h"
#include "statement/statement.h"

#define CM_CASE_FOLDER ".comity"
#define CM_CASE_NAME_MAX CM_MEMBER_NAME /* bytes of a party's name */

struct cm_case;

/* Where is the case?  ${named} (of COMITY_CASE; NULL: not set) is the folder itself or the one
 * around it; without it ${from} (a folder) and those above are looked at.  Appends the path.
 * CM_E_NOTFOUND: nowhere; the error says what to do. */
CM_RESULT cm_case_find(const char *named, const char *from, struct cm_buf *out, struct cm_err *err);

/* May a party have this name?  It must fit into a charter: charter/members.h. */
bool cm_case_name_ok(const char *name);
bool cm_case_role_ok(const char *role);
#define CM_CASE_ROLES "victim, government, private, academic, panel"

struct cm_case_new {
	const char *folder;  /* to be made; the folder around it exists */
	const char *name;    /* of the party */
	const char *role;    /* or NULL */
	const uint8_t *seed; /* 32 random bytes: the statement key */
	uint32_t check;      /* random */
	int64_t now;
};

/* Makes folder, key and database, all or nothing.  CM_E_USAGE: it exists, or a name or role that
 * can not be. */
CM_RESULT cm_case_create(const struct cm_case_new *in, struct cm_err *err);

/* CM_E_REFUSED: others can read it.  CM_E_UNSUPPORTED: made by a newer program.  CM_E_MALFORMED. */
CM_RESULT cm_case_open(const char *folder, struct cm_case **out, struct cm_err *err);
void cm_case_close(struct cm_case *c); /* NULL is fine; rolls back what was begun */

const char *cm_case_folder(const struct cm_case *c);

/* The party whose case this is. */
struct cm_case_self {
	const char *name, *role; /* role may be "" */
	const char *fingerprint;
	const char *key_path;
};
const struct cm_case_self *cm_case_self(const struct cm_case *c);

/* Appends the line to give to others, for their allowed signers.  CM_E_MALFORMED, CM_E_NOMEM. */
CM_RESULT cm_case_signers_line(struct cm_case *c, struct cm_buf *out, struct cm_err *err);

/* Appends such lines of the keys that the party had before, for its own use only: what they stated
 * counts as far as cm_case_ended says. */
CM_RESULT cm_case_former_lines(struct cm_case *c, struct cm_buf *out, struct cm_err *err);

/* Opens the statement key; ${agent} is the path of SSH_AUTH_SOCK, or NULL.  Ends with
 * cm_keyring_close.  As cm_keyring_open; CM_E_REFUSED also if the key is another one. */
CM_RESULT cm_case_keyring(
    struct cm_case *c, const char *agent, struct cm_keyring *out, struct cm_err *err);

/* Another statement key takes over: inside of cm_case_begin it is made beside the old one under the
 * name key.next, and, after the old one stated its end, named the party's own; when that is
 * committed, done gives the files their names (the old one becomes key.ended-N).  A crash in
 * between is made good when the case is opened next.  The old key must not be used any more.
 * next, CM_E_REFUSED: another process has changed the key since the case was opened, or it has
 * ended for good; CM_E_USAGE: nothing was begun. */
CM_RESULT cm_case_key_next(struct cm_case *c, const uint8_t seed[32], uint32_t check,
    struct cm_ssh_public *out, struct cm_err *err);
CM_RESULT cm_case_key_take(struct cm_case *c, const struct cm_ssh_public *next, struct cm_err *err);
CM_RESULT cm_case_key_done(struct cm_case *c, struct cm_err *err);

/* Keys that have ended, the own ones too: what they said counts if it was logged before. */
struct cm_case_ended {
	const char *fingerprint;
	bool logged;
	const char *origin; /* "" unless logged: of the log, and the place of the end in it */
	uint64_t place;
	uint8_t statement[32]; /* the SHA-256 of what ended it; not read by add */
};
struct cm_case_ended_texts {
	struct cm_span json, sig, receipt; /* of the statement that ended it; receipt may be empty */
};
/* One that is there already stays, unless it was not logged and this one is.  Own ones get their
 * place when their statement gets it, too. */
CM_RESULT cm_case_ended_add(struct cm_case *c, const struct cm_case_ended *in,
    const struct cm_case_ended_texts *texts, struct cm_err *err);
struct cm_case_ended_list {
	const struct cm_case_ended *item;
	size_t n;
};
CM_RESULT cm_case_ended(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_ended_list *out, struct cm_err *err);

/* Several changes as one: all of them are there after commit, none after anything else.
 * Not nested.  Everything below works inside and outside of one. */
CM_RESULT cm_case_begin(struct cm_case *c, struct cm_err *err);
CM_RESULT cm_case_commit(struct cm_case *c, struct cm_err *err);
void cm_case_rollback(struct cm_case *c); /* nothing begun is fine */

/* Statements. */

struct cm_case_draft {
	enum cm_predicate type;
	const struct cm_subject *subject;
	size_t n_subject;
	const char *to;                    /* or NULL */
	const uint8_t *case_id;            /* 32 bytes, or NULL */
	const uint8_t *supersedes;         /* 32 bytes, or NULL */
	uint8_t nonce[CM_STATEMENT_NONCE]; /* random */
	int64_t made;
	/* Writes the type's own members. */
	void (*body)(void *arg, struct cm_jsonw *w);
	void *arg;
};

struct cm_case_stated {
	uint8_t digest[32];
	uint64_t number;
};

/* Numbers, signs and stores a statement of the signer's key.  CM_E_REFUSED: the signer did not;
 * CM_E_USAGE: what ${body} wrote is not a statement. */
CM_RESULT cm_case_state(struct cm_case *c, const struct cm_signer *signer,
    const struct cm_case_draft *d, struct cm_case_stated *out, struct cm_err *err);

struct cm_case_statement {
	uint8_t digest[32];
	const char *by;
	uint64_t number;
	enum cm_predicate type;
	int64_t made;
	const char *path; /* of the copy, below the folder: "statements/..." */
};
struct cm_case_statements {
	const struct cm_case_statement *item;
	size_t n;
};

/* All, by number. */
CM_RESULT cm_case_statements(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_statements *out, struct cm_err *err);

/* Appends file and armour of one; either may be NULL.  CM_E_NOTFOUND. */
CM_RESULT cm_case_statement_text(struct cm_case *c, const uint8_t digest[32], struct cm_buf *json,
    struct cm_buf *sig, struct cm_err *err);

/* The log (store/log_files.h): where statements stand in it.  What was stated and has no place
 * yet is logged by whoever comes next. */

/* All without a place, by number. */
CM_RESULT cm_case_unlogged(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_statements *out, struct cm_err *err);
/* The SHA-256 of a statement followed by its signature, which is what the log has of it. */
CM_RESULT cm_case_entry(
    struct cm_case *c, const uint8_t digest[32], uint8_t out[32], struct cm_err *err);
/* ${digest} of the statement.  CM_E_USAGE: it or the place has another one already. */
CM_RESULT cm_case_logged_add(
    struct cm_case *c, const uint8_t digest[32], uint64_t place, struct cm_err *err);
/* CM_E_NOTFOUND: not known to be logged. */
CM_RESULT cm_case_logged_at(
    struct cm_case *c, const uint8_t digest[32], uint64_t *place, struct cm_err *err);
/* One beyond the last place that is known. */
CM_RESULT cm_case_logged_next(struct cm_case *c, uint64_t *next, struct cm_err *err);

/* Another log takes the place of one that is lost or has ended: no statement has a place any more, nor
 * has the end of an own statement key.  Where log and witness keys ended stays. */
CM_RESULT cm_case_logged_forget(struct cm_case *c, struct cm_err *err);

/* The checkpoints that the own log signed, with the time of the own clock: what names one can not
 * be older than it.  One that is there already keeps its time. */
CM_RESULT cm_case_head_add(
    struct cm_case *c, const struct cm_after *checkpoint, int64_t made, struct cm_err *err);
struct cm_case_head {
	struct cm_after of;
	int64_t made;
};
struct cm_case_heads {
	const struct cm_case_head *item;
	size_t n;
};
CM_RESULT cm_case_heads(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_heads *out, struct cm_err *err);

/* Signed checkpoints of other parties' logs that receipts showed: the first one of each size. */
struct cm_case_seen {
	struct cm_after of;
	struct cm_span note; /* with its signatures */
};
CM_RESULT cm_case_seen_add(struct cm_case *c, const struct cm_case_seen *in, struct cm_err *err);
struct cm_case_seen_list {
	const struct cm_case_seen *item;
	size_t n;
};
CM_RESULT cm_case_seen(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_seen_list *out, struct cm_err *err);

/* The newest checkpoints known of other parties' logs: every statement names them, so that it
 * can not be older.  A smaller size than is known changes nothing. */
CM_RESULT cm_case_known_set(
    struct cm_case *c, const struct cm_after *checkpoint, int64_t seen, struct cm_err *err);
struct cm_case_known {
	const struct cm_after *item;
	size_t n; /* at most CM_AFTER_MAX, the newest seen */
};
CM_RESULT cm_case_known(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_known *out, struct cm_err *err);

/* Exhibits: where the file lies and what it was when it was sealed. */

struct cm_case_exhibit {
	uint64_t id; /* 1, 2, ... for people */
	uint8_t x[32];
	const char *path; /* absolute */
	uint64_t size;    /* of the file as it lies there */
	bool has_sha256; /* was asked for; only then: */
	uint8_t sha256[32];
	const char *kind; /* "capture/1", ... */
	uint64_t rows;
	uint8_t root[32];
	uint8_t statement[32]; /* of its seal */
};
struct cm_case_exhibits {
	const struct cm_case_exhibit *item;
	size_t n;
};

/* ${in}'s id is not read; its seal must have been stated.  ${secret} is X and S. */
CM_RESULT cm_case_exhibit_add(struct cm_case *c, const struct cm_case_exhibit *in,
    const struct cm_seal_secret *secret, struct cm_err *err);
CM_RESULT cm_case_exhibits(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_exhibits *out, struct cm_err *err);
/* The secret of one; the caller wipes it.  CM_E_NOTFOUND. */
CM_RESULT cm_case_secret(
    struct cm_case *c, const uint8_t x[32], struct cm_seal_secret *out, struct cm_err *err);

/* The index of an exhibit (seal/table.h).  begin opens a file to write to, which is hidden
 * until keep has synced it and given it its name; both leave ${fd} open.  Keep it before
 * the exhibit is committed. */
CM_RESULT cm_case_index_begin(struct cm_case *c, const uint8_t x[32], int *fd, struct cm_err *err);
CM_RESULT cm_case_index_keep(struct cm_case *c, const uint8_t x[32], int fd, struct cm_err *err);
/* Removes what begin opened, unless it was kept. */
void cm_case_index_drop(struct cm_case *c, const uint8_t x[32]);
CM_RESULT cm_case_index_path(struct cm_case *c, const uint8_t x[32], struct cm_buf *out);

/* Findings and disclosures: what a list of them shows; all else is in their statements. */

struct cm_case_finding {
	uint64_t id; /* 1, 2, ... for people */
	uint8_t statement[32];
	const char *type, *verdict;
	int64_t bits;
	uint64_t forged, genuine, suspect, support; /* rows */
};
struct cm_case_findings {
	const struct cm_case_finding *item;
	size_t n;
};
CM_RESULT cm_case_finding_add(
    struct cm_case *c, const struct cm_case_finding *in, struct cm_err *err);
CM_RESULT cm_case_findings(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_findings *out, struct cm_err *err);

struct cm_case_disclosure {
	uint64_t id;
	uint8_t statement[32];
	const char *to;   /* or "" */
	const char *path; /* of the dossier, absolute */
	uint64_t bytes;
	uint8_t sha256[32]; /* of the dossier */
};
struct cm_case_disclosures {
	const struct cm_case_disclosure *item;
	size_t n;
};
CM_RESULT cm_case_disclosure_add(
    struct cm_case *c, const struct cm_case_disclosure *in, struct cm_err *err);
/* Its file was written anew, with more receipts: bytes and SHA-256 now. */
CM_RESULT cm_case_disclosure_renewed(struct cm_case *c, const uint8_t statement[32], uint64_t bytes,
    const uint8_t sha256[32], struct cm_err *err);
CM_RESULT cm_case_disclosures(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_disclosures *out, struct cm_err *err);

/* What opens a shut text (statement/statement.h).  Secret, like S. */
CM_RESULT cm_case_shut_add(struct cm_case *c, const uint8_t shut[32], const uint8_t r[32],
    const char *text, struct cm_err *err);
CM_RESULT cm_case_shut_text(struct cm_case *c, const uint8_t shut[32], struct cm_arena *arena,
    uint8_t r[32], const char **text, struct cm_err *err); /* CM_E_NOTFOUND */

#endif
