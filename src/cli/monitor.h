/* cli/monitor.h -- `comity log follow': what is known beside the log, and what is said of it.
 *
 * The log is somebody else's.  Known are the own statements, the keys of the trust file, the
 * statements of dossiers that were given, and the forks that were kept before. */
#ifndef CM_CLI_MONITOR_H
#define CM_CLI_MONITOR_H

#include "cli/cli.h"
#include "cli/leaf_places.h"
#include "codec/json_write.h"
#include "log/entry.h"
#include "node/follow.h"
#include "store/case.h"
#include "store/trust.h"

/* A statement that a dossier shows. */
struct cm_shown_statement {
	const char *dossier, *name; /* "seal-1.json" */
	struct cm_entry entry;      /* that it should have in the log */
	uint8_t leaf[32];
	uint64_t number;
	enum cm_predicate type;
	uint64_t first; /* the place in the list of the same statement in an earlier dossier; or its own */
};

/* A receipt that a dossier shows: another sight of the log. */
struct cm_shown_receipt {
	const char *dossier, *name;
	struct cm_span note;
	bool is_here;		/* of the log that is followed; then: */
	enum cm_follow_how how; /* against the mirror, as cm_follow_compare says */
	uint64_t size;
};

/* A key that signed statements of dossiers. */
struct cm_shown_key {
	char key[CM_ENTRY_KEY + 1];
	uint64_t logged; /* different entries of it in the log */
	uint64_t shown;	 /* of these, how many the dossiers have */
	uint64_t highest; /* number of a statement of it that was shown */
};

struct cm_monitor {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_arena arena; /* of the whole run */
	struct cm_arena round; /* of one round */
	struct cm_err err;
	bool no_confine;

	const char *url;
	struct cm_vkey key;
	bool is_own; /* the own log */
	struct cm_trust trust;
	char (*signer)[CM_ENTRY_KEY + 1]; /* fingerprint of each of trust.signers */
	struct cm_mirror_files *mirror;
	char hash[17]; /* of its origin, for names of folders */

	struct cm_leaf_places place; /* of the entries below `scanned' */
	uint64_t scanned;
	struct cm_case_statements own;
	struct cm_leaf_places own_place; /* in own.item */

	struct cm_shown_statement *shown;
	size_t n_shown;
	struct cm_leaf_places shown_place; /* in shown */
	struct cm_shown_receipt *receipt;
	size_t n_receipts;
	struct cm_shown_key *shown_key; /* by name */
	size_t n_shown_keys;

	const char *const *fork; /* folders of forks that were kept; of one round */
	size_t n_forks;
};

/* ---- cli/monitor_forks.c ---- */

/* Finds the forks of this log that were kept. */
CM_RESULT cm_monitor_find_forks(struct cm_monitor *m);
/* Keeps one durably, with its dossier, unless it is kept already: then ${*again}.  ${*path}: where. */
CM_RESULT cm_monitor_keep_fork(
    struct cm_monitor *m, const struct cm_fork *f, const char **path, bool *again);

/* ---- cli/monitor_dossier.c ---- */

/* Holds the checkpoints of receipts against the mirror.  ${fork}: if ${*found}, one of them forks. */
CM_RESULT cm_monitor_compare(struct cm_monitor *m, struct cm_followed *fork, bool *found);

/* Reads dossiers in confined children, one after the other.  CM_EXIT_OK, or it has been said. */
enum cm_exit cm_monitor_read_dossiers(struct cm_monitor *m, char **file, int n);

/* ---- cli/monitor_known.c ---- */

CM_RESULT cm_monitor_know_signers(struct cm_monitor *m);
CM_RESULT cm_monitor_know_own(struct cm_monitor *m); /* for one round */
/* Counts dossiers' statements by key; once they are read. */
CM_RESULT cm_monitor_know_shown(struct cm_monitor *m);
struct cm_shown_key *cm_monitor_shown_key(struct cm_monitor *m, const char *key); /* or NULL */

/* What is to be said of an entry. */
struct cm_monitor_entry {
	uint64_t place, first; /* where the same stood first; or its place */
	struct cm_span text;
	bool is_statement;
	struct cm_entry e;
	bool is_mine;		/* by the own key */
	const char *principals; /* of the trust file; NULL: nobody known */
	const struct cm_case_statement *own;	/* the statement of this case; or NULL */
	const struct cm_shown_statement *shown; /* of a dossier; or NULL */
};
/* Reads what the mirror has beyond `scanned', and says each entry from ${from} on. */
CM_RESULT cm_monitor_scan(struct cm_monitor *m, uint64_t from,
    enum cm_result (*say)(void *arg, const struct cm_monitor_entry *e), void *arg);

/* ---- cli/monitor_say.c ---- */

/* One round of following, said. */
struct cm_monitor_round {
	struct cm_monitor *m;
	const struct cm_followed *f;
	bool json;
	const char *when;      /* NULL: not said */
	const char *fork_path; /* of a fork that was found now; NULL: none */
	bool fork_again;       /* it was kept before */
	bool shown;	       /* say what there is to say of dossiers, too */
	bool lacking;	       /* out: a statement that was shown is not in the log */
	struct cm_jsonw w;
	struct cm_buf text;
};
CM_RESULT cm_monitor_say(struct cm_monitor_round *r);

#endif
