/* cli/publish.h -- what follows a statement: it is logged, cosigned, and its dossier gets receipts. */
#ifndef CM_CLI_PUBLISH_H
#define CM_CLI_PUBLISH_H

#include "cli/cli.h"
#include "cli/log.h"
#include "cli/refresh.h"
#include "log/policy.h"

#define CM_PUBLISH_WAIT_MS 3000u /* for each witness */

struct cm_publish {
	const struct cm_context *ctx;
	struct cm_case *c;
	unsigned wait_ms; /* for each witness */
	bool quiet;       /* nothing on ctx->out; troubles are said all the same */
	bool all;         /* receipts into all dossiers of the case that are still there */
	bool resume;      /* the log was copied or moved on purpose: ask all that the quorum needs first */
	const uint8_t *disclosure; /* or into the dossier of this one; may be NULL */
	const struct cm_zip *zip;  /* what was just written as that one; NULL: it is read */
	const uint8_t (*digest)[32]; /* SHA-256 of its statements, by place in ${zip} */
	struct cm_span answer; /* cosignature lines that came by hand; may be empty */
};

struct cm_published {
	bool has_log;
	size_t logged;	  /* statements that were added */
	uint64_t size;	  /* of the log now */
	struct cm_witnessed witnessed; /* in the arena of the caller */
	size_t refreshed; /* dossiers */
	struct cm_refreshed dossier; /* the one of in->disclosure */
	bool answer_malformed;
};

/* A case without a log is CM_EXIT_OK, and nothing is done.  What witnesses do or leave undone is
 * said, and no failure.  CM_EXIT_CANNOT: a witness knows more of the log than the log, or the log
 * is damaged, or could not be written, or in->answer does not hold: it has been said.  CM_EXIT_MALFORMED:
 * in->answer is no answer.  Statements stand in any case. */
enum cm_exit cm_cli_publish(
    const struct cm_publish *in, struct cm_arena *arena, struct cm_published *out);

/* The same after statements that made no dossier; CM_EXIT_OK or CM_EXIT_CANNOT. */
enum cm_exit cm_cli_publish_usual(const struct cm_context *ctx, struct cm_case *c, bool quiet);

#endif
