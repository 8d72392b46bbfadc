/* cli/inspect.h -- findings and what was read, in words; shared by inspect and investigate. */
#ifndef CM_CLI_INSPECT_H
#define CM_CLI_INSPECT_H

#include "cli/cli.h"
#include "cli/paragraph.h"
#include "detect/incident_json.h"
#include "worker/survey.h"

/* The findings of all places, a paragraph each, then what hangs together, what was checked and what
 * could not be seen.  False: there was no memory for all of it. */
bool cm_inspect_text(
    const struct cm_context *ctx, const struct cm_survey *s, const struct cm_file_names *names);

/* The same as JSON, an object a line: of each vantage incidents (detect/incident_json.h), what they show
 * together (detect/across_json.h), floods and scans (traffic/finding_json.h); then hands, chains (chain/chain_json.h). */
bool cm_inspect_json(
    const struct cm_context *ctx, const struct cm_survey *s, const struct cm_file_names *names);

/* The last part of the text: what was explained, checked, and could not be seen. */
void cm_inspect_checked(struct cm_paragraph *p, const struct cm_survey *s);

/* On ctx->err: files that were refused or end early, and rows that were skipped.  The
 * exit code that these alone call for. */
enum cm_exit cm_inspect_troubles(const struct cm_context *ctx, const struct cm_scan_summary *s,
    const struct cm_file_names *names);

#endif
