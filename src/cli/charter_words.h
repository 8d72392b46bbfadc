/* cli/charter_words.h -- versions of a charter in words, and as members of JSON. */
#ifndef CM_CLI_CHARTER_WORDS_H
#define CM_CLI_CHARTER_WORDS_H

#include "cli/team.h"

bool cm_charter_has_victim(const struct cm_charter *says);

/* Appends what a first version says (members, each rule as a sentence), or what another changes against the one it
 * supersedes: who joins and leaves, and what is newly allowed and forbidden, over all requests. */
CM_RESULT cm_charter_in_words(const struct cm_team_charter *c, const struct cm_charter *says, struct cm_arena *arena,
    struct cm_buf *out, struct cm_err *err);

/* Appends a line for each of the questions that must be answered with no (charter/questions.h) and is not. */
CM_RESULT cm_charter_warnings(
    const struct cm_charter *says, struct cm_arena *arena, struct cm_buf *out, struct cm_err *err);

/* Members of an object: "digest", "version", "state", "title", "signed", "missing". */
void cm_charter_put(struct cm_jsonw *w, const struct cm_cli_team *t, const struct cm_team_charter *c);

/* Text of several lines that others wrote. */
void cm_cli_lines(FILE *f, struct cm_span text);

#endif
