/* cli/inspect_places.h -- parts of cli/inspect: what was counted and how it hangs together, in words. */
#ifndef CM_CLI_INSPECT_PLACES_H
#define CM_CLI_INSPECT_PLACES_H

#include "cli/cli.h"
#include "cli/paragraph.h"
#include "detect/incident_json.h"
#include "worker/survey.h"

/* Where a finding stands in the text. */
struct cm_traffic_told {
	size_t number;
	const char *file; /* of its first packet or line */
	bool is_log;
};

void cm_inspect_traffic(struct cm_paragraph *p, const struct cm_paint *paint,
    const struct cm_traffic_finding *f, const struct cm_traffic_told *told);

/* "-1.250 s" */
void cm_inspect_seconds(struct cm_buf *b, int64_t ns);

/* What several incidents of a vantage show together; nothing if it is NULL or says nothing. */
struct cm_across;
void cm_inspect_across(struct cm_paragraph *p, const struct cm_paint *paint, const struct cm_across *a);
bool cm_inspect_across_says(const struct cm_across *a);

/* Hands that several vantages show, by the rules of their fingerprints, and by what name others know them:
 * the SHA-256 of these rules. */
void cm_inspect_hands(struct cm_paragraph *p, const struct cm_survey *s, const struct cm_file_names *names);
/* {"hand": sha256, "rules", "vantages": [{"vantage", "incidents", "packets"}]}; each is told once,
 * of the first vantage that shows it. */
void cm_inspect_hand_json(struct cm_buf *out, const struct cm_survey *s, size_t vantage, size_t hand);
bool cm_inspect_hand_is_first(const struct cm_survey *s, size_t vantage, size_t hand);

/* The chains from script to flood, and scripts that aimed at something without a flood. */
void cm_inspect_chains(struct cm_paragraph *p, const struct cm_paint *paint, const struct cm_survey *s,
    const struct cm_file_names *names);

#endif
