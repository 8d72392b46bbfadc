/* statement/statement.h -- what every statement has in common (docs/formats.md 2).
 *
 * A statement is a JSON file in the shape of an in-toto Statement v1; the signed
 * bytes are the file's bytes.  This file knows its outer members and those of
 * `predicate` that every type has; the types' own members have their own files:
 * seal_v1.h, finding.h, traffic_v1.h, chain_v1.h, assessment_v1.h, custody.h, disclosure.h, charter_v1.h, and what is
 * stated under a charter: under.h.  Pure: nonce, time, number come in.
 *
 * Writing:	cm_statement_begin, the type's own members, cm_statement_end.
 * Reading:	cm_statement_read, then the type's reader on `predicate`, which calls
 *		cm_statement_only with its own member names. */
#ifndef CM_STATEMENT_STATEMENT_H
#define CM_STATEMENT_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "statement/sshkey.h"

#define CM_STATEMENT_NONCE 16
#define CM_STATEMENT_SUBJECTS 256u
#define CM_STATEMENT_TO 256u /* bytes of `to` */

enum cm_predicate {
	CM_PREDICATE_SEAL,
	CM_PREDICATE_FINDING,
	CM_PREDICATE_CUSTODY,
	CM_PREDICATE_DISCLOSURE,
	CM_PREDICATE_KEY,
	CM_PREDICATE_TRAFFIC,
	CM_PREDICATE_CHAIN,
	CM_PREDICATE_CHARTER,
	CM_PREDICATE_CONSENT,
	CM_PREDICATE_WITHDRAWAL,
	CM_PREDICATE_RECEIPT,
	CM_PREDICATE_APPROVAL,
	CM_PREDICATE_CLOSE,
	CM_PREDICATE_ASSESSMENT,
	CM_PREDICATE_COMPARISON
};
#define CM_PREDICATES 15
#define CM_STATEMENT_SIGNERS 128u /* of a charter */

/* A sealed exhibit that a statement is about; of CM_PREDICATE_KEY the hash of a key, twice, of a charter
 * that of its text, of what is stated under a charter that of the charter's file. */
struct cm_subject {
	uint8_t exhibit[32]; /* X */
	uint8_t root[32];
};

#define CM_AFTER_MAX 64u

/* A checkpoint of somebody else's log, the newest that was known: the statement can not be
 * older. */
struct cm_after {
	const char *origin;
	uint64_t size;
	uint8_t root[32];
};

struct cm_statement {
	enum cm_predicate type;
	const struct cm_subject *subject;
	size_t n_subject;
	char by[CM_FINGERPRINT_LEN + 1]; /* of a charter the first of `signers` */
	const struct cm_key_print *signers; /* of a charter only: all of them, ascending */
	size_t n_signers;
	uint8_t nonce[CM_STATEMENT_NONCE];
	int64_t made;         /* Unix time */
	uint64_t number;      /* 1, 2, ... of this key; 0 of a charter, which is nobody's alone */
	uint8_t previous[32]; /* zero if number is 0 or 1 */
	bool has_case;
	uint8_t case_id[32]; /* SHA-256 of the case's first charter */
	const char *to;      /* or NULL */
	bool has_supersedes;
	uint8_t supersedes[32];
	const struct cm_after *after;
	size_t n_after; /* 0 to CM_AFTER_MAX */
};

const char *cm_predicate_uri(enum cm_predicate p);  /* "urn:x-comity:seal/v1", ... */
const char *cm_predicate_word(enum cm_predicate p); /* "seal", "finding", ... */
CM_RESULT cm_predicate_of_word(const char *word, enum cm_predicate *out); /* CM_E_NOTFOUND */

/* Writes up to and including the common members and leaves ${w} inside `predicate`. */
void cm_statement_begin(struct cm_jsonw *w, const struct cm_statement *s);
/* Closes it, with the newline that ends the file. */
void cm_statement_end(struct cm_jsonw *w);

/* A statement that was read.  `head` lives in the arena, `predicate` in the document. */
struct cm_statement_doc {
	struct cm_json_doc doc;
	struct cm_statement head;
	struct cm_json predicate;
	uint8_t digest[32]; /* SHA-256 of the file: how others name it */
};

/* Reads everything but the type's own members.  ${out} ends with cm_statement_release.
 * CM_E_MALFORMED with the member's name; CM_E_UNSUPPORTED: a predicate type not known
 * here; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_statement_read(
    struct cm_span text, struct cm_arena *arena, struct cm_statement_doc *out, struct cm_err *err);
void cm_statement_release(struct cm_statement_doc *d); /* a zeroed one is fine */

/* Has `predicate` only the common members and these?  ${own} ends with NULL. */
CM_RESULT cm_statement_only(
    const struct cm_statement_doc *d, const char *const *own, struct cm_err *err);

/* For the types' readers: a list of SHA-256 in hexadecimal, at most ${max} of them. */
struct cm_digests {
	uint8_t (*digest)[32];
	size_t n;
};
CM_RESULT cm_statement_digests(struct cm_json v, const char *name, size_t max,
    struct cm_arena *arena, struct cm_digests *out, struct cm_err *err);

/* For them, too: a string, copied into the arena; the number of a word of a list. */
CM_RESULT cm_statement_text(struct cm_json v, const char *name, struct cm_arena *arena, const char **out,
    struct cm_err *err);
CM_RESULT cm_statement_word(struct cm_json v, const char *name, const char *const *words, unsigned n,
    unsigned *out, struct cm_err *err);

/* A string that a statement shows, or keeps shut: exactly one of the two, or neither if
 * the member is absent. */
struct cm_claim_text {
	const char *text;
	bool is_shut;
	uint8_t shut[32];
};
CM_RESULT cm_statement_claim(struct cm_json v, const char *name, struct cm_arena *arena,
    struct cm_claim_text *out, struct cm_err *err);
void cm_statement_put_claim(struct cm_jsonw *w, const char *name, const struct cm_claim_text *c);

/* H( 0x17 || r || text ): what stands for a shut string; ${r} is 32 random bytes. */
void cm_shut_text(const uint8_t r[32], struct cm_span text, uint8_t out[32]);

#endif
