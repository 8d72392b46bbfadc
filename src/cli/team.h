/* cli/team.h -- the case with its charters, for the commands that say something under them. */
#ifndef CM_CLI_TEAM_H
#define CM_CLI_TEAM_H

#include "cli/cli.h"
#include "codec/json_write.h"
#include "store/team.h"

#define CM_CLI_TEAM_FILE ((size_t)4 << 20) /* bytes read of one that others sent */

struct cm_cli_team {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_arena arena;
	struct cm_team team;
	struct cm_err err;
	bool json;
};

/* Opens the case and reads its charters.  Zero-initialise but for ctx and json; ends with cm_cli_team_end, whatever
 * comes out.  If it is not CM_EXIT_OK, it has been said why. */
enum cm_exit cm_cli_team_begin(struct cm_cli_team *t);
void cm_cli_team_end(struct cm_cli_team *t);

/* Reads it again, after a change. */
CM_RESULT cm_cli_team_again(struct cm_cli_team *t);

/* The own line in the charter in force.  CM_E_REFUSED: none is in force, or the party is not in it. */
CM_RESULT cm_cli_team_self(struct cm_cli_team *t, const struct cm_member **out);

/* The name of a member of any version, or the fingerprint itself. */
const char *cm_cli_team_name(const struct cm_cli_team *t, const char *fingerprint);

/* Reads all of a charter's text: members, rules, evidence types. */
CM_RESULT cm_cli_charter_read(struct cm_span text, struct cm_arena *arena, struct cm_charter *out, struct cm_err *err);

/* Looks at bytes that anybody may have sent, in a confined process, before this one does: are they a charter with
 * signatures over it, or a statement under one with its signature?  If not, it has been said. */
enum cm_exit cm_cli_look(
    const struct cm_context *ctx, const char *path, struct cm_span json, struct cm_span sigs, bool is_charter);

/* Says something under the charter in force, logs it, and writes NAME.json, NAME.json.sig and, if it is logged,
 * NAME.tlog-proof, to be given to the others. */
struct cm_cli_saying {
	enum cm_predicate type;
	const char *out; /* NAME */
	const uint8_t *supersedes, *charter;
	void (*body)(void *arg, struct cm_jsonw *w);
	void *arg;
	/* come out: */
	struct cm_case_stated stated;
	enum cm_exit published; /* what came of logging it; trouble was said */
	bool logged;
};
/* Before anything is stated: will the files find a place? */
CM_RESULT cm_cli_out_ok(const char *name, struct cm_err *err);
/* CM_EXIT_OK, also with trouble in the log; else it has been said. */
enum cm_exit cm_cli_team_say(struct cm_cli_team *t, struct cm_cli_saying *s);
/* What was said and where it lies, in words or as a JSON object; CM_EXIT_CANNOT if logging it went wrong. */
enum cm_exit cm_cli_team_said(struct cm_cli_team *t, const struct cm_cli_saying *s, const char *what);

/* Writes ${name}${tail}, whole. */
CM_RESULT cm_cli_write_out(const char *name, const char *tail, struct cm_span text, struct cm_err *err);

#endif
