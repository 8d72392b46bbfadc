/* node/follow.h -- follows another party's log: mirrors what is new, and proves it if it was forked.
 *
 * The log's checkpoint is read and its signature checked.  Of a larger one the new entries are
 * fetched and hashed here, and kept if they make the signed root.  A smaller one, or one of the same
 * size, must be what the mirror was at that size.  What does not fit is a fork if the two notes
 * and a proof show it to anybody (log/fork.h), and else the fault of who serves.
 *
 * A checkpoint that the key signed and that could not be borne out is remembered
 * (store/mirror_files.h): when the mirror has grown to its size it shows whether it fits. */
#ifndef CM_NODE_FOLLOW_H
#define CM_NODE_FOLLOW_H

#include "log/fork.h"
#include "node/http_client.h"
#include "store/mirror_files.h"

enum cm_follow_how {
	CM_FOLLOW_SAME,  /* nothing is new */
	CM_FOLLOW_GROWN, /* the mirror has more entries now, or is the first one */
	CM_FOLLOW_OLDER, /* what the log was once: nothing is wrong by itself */
	CM_FOLLOW_FORK,
	CM_FOLLOW_BROKEN,   /* what is served does not bear out what is signed; nobody is accused */
	CM_FOLLOW_UNSIGNED, /* no checkpoint of this log that its key signed */
	CM_FOLLOW_UNANSWERED, /* no answer, or not in time */
	CM_FOLLOW_STOPPED
};
const char *cm_follow_word(enum cm_follow_how how); /* "same", "grown", ... */

struct cm_follow {
	const char *url;
	const struct cm_vkey *key;
	struct cm_mirror_files *mirror; /* of this key */
	unsigned limit_ms;              /* for each file that is fetched */
	/* Entries that came, of those that are new; false: stop.  NULL: nobody wants to know. */
	bool (*step)(void *arg, uint64_t done, uint64_t all);
	void *arg;
};

struct cm_followed {
	enum cm_follow_how how;
	uint64_t from;             /* size of the mirror before */
	struct cm_checkpoint seen; /* what the log showed; not with UNSIGNED and UNANSWERED */
	struct cm_fork fork;       /* FORK: it passes cm_fork_check */
	char text[600];            /* a sentence for people; may hold the server's words */
};

/* Asks once.  All that is in ${out} lives in the arena.  CM_E_*: trouble on our own side: the
 * mirror is damaged or can not be written, then it must be closed; or there is no memory. */
CM_RESULT cm_follow(struct cm_http_client *c, const struct cm_follow *in, struct cm_arena *arena,
    struct cm_followed *out, struct cm_err *err);

/* Holds a note that came by another way (in a receipt, say) against the mirror: SAME, OLDER or FORK;
 * UNSIGNED: not this log's; BROKEN: it is of a larger tree than the mirror, and says nothing yet. */
CM_RESULT cm_follow_compare(struct cm_mirror_files *m, const struct cm_vkey *key,
    struct cm_span note, struct cm_arena *arena, struct cm_followed *out, struct cm_err *err);

#endif
