/* log/policy.h -- the trust file: whose logs, and which cosignatures, count (C2SP tlog-policy).
 *
 *	log <vkey> [url]
 *	witness <name> <vkey> [url]
 *	group <name> all|any|<k> <name>...
 *	quorum <name>|none
 *
 * One `quorum`; names refer backward; a name is a member once at most; no public key stands twice,
 * whatever its role, name and type.  Words are separated by spaces and tabs; lines that are empty
 * or begin with # are comments; each line ends with a newline, so that a file that was cut short
 * is not taken for another policy. */
#ifndef CM_LOG_POLICY_H
#define CM_LOG_POLICY_H

#include "log/checkpoint.h"
#include "log/cosignature.h"

#define CM_POLICY_BYTES ((size_t)256 << 10)
#define CM_POLICY_LOGS 256u
#define CM_POLICY_MEMBERS 256u /* witnesses and groups */

struct cm_policy_log {
	struct cm_vkey key;
	const char *url; /* or NULL */
};
struct cm_policy_member {
	const char *name;
	bool is_group;
	struct cm_vkey key;   /* of a witness */
	const char *url;      /* or NULL */
	unsigned k;           /* of a group: so many of these */
	const uint16_t *part; /* places of members before it */
	size_t n_part;
};
struct cm_policy {
	const struct cm_policy_log *log;
	size_t n_logs;
	const struct cm_policy_member *member;
	size_t n_members;
	bool has_quorum; /* false: `quorum none` */
	uint16_t quorum; /* a place in `member` */
};

/* CM_E_MALFORMED, CM_E_REFUSED (a key twice, or an improper one), CM_E_LIMIT, CM_E_UNSUPPORTED (a
 * key of a type that is not checked here, a second key of one log), with the line in the text and
 * its offset; CM_E_NOMEM. */
CM_RESULT cm_policy_parse(
    struct cm_span text, struct cm_arena *arena, struct cm_policy *out, struct cm_err *err);

/* The log with this origin; NULL: none. */
const struct cm_policy_log *cm_policy_find_log(const struct cm_policy *p, const char *origin);

/* What cosignatures say of a checkpoint. */
struct cm_witnessed {
	bool enough;   /* the quorum, or none is asked for */
	uint64_t time; /* the earliest time by which the quorum had cosigned; 0: not enough, or no
			  quorum is asked for */
	size_t n;      /* witnesses that cosigned */
	const uint16_t *witness; /* places in p->member */
	const uint64_t *at;      /* when each did so first */
};

/* A group of which k are asked has cosigned when the k-th of its parts has.  Lines of others say
 * nothing; those of the log are for cm_checkpoint_open.  CM_E_REFUSED: a line of a known witness
 * does not hold, even one that the quorum could do without; CM_E_NOMEM. */
CM_RESULT cm_policy_judge(const struct cm_policy *p, const struct cm_note *n,
    struct cm_arena *arena, struct cm_witnessed *out, struct cm_err *err);
/* The same, as if the witnesses that ${left_out} marks, by their places, had not cosigned. */
CM_RESULT cm_policy_judge_without(const struct cm_policy *p, const struct cm_note *n,
    const bool *left_out, struct cm_arena *arena, struct cm_witnessed *out, struct cm_err *err);

#endif
