/* cli/investigate_looking.h -- what the confined half of `comity investigate` has at hand, for
 * cli/investigate_look.c and cli/investigate_count.c only. */
#ifndef CM_CLI_INVESTIGATE_LOOKING_H
#define CM_CLI_INVESTIGATE_LOOKING_H

#include "cli/investigate.h"
#include "cli/strongest.h"
#include "detect/incident_json.h"
#include "dossier/of_incident.h"
#include "worker/seal_exhibit.h"
#include "worker/seal_scan.h"
#include "worker/survey.h"

struct index_out {
	struct cm_fd_sink to;
	struct cm_sink sink;
};

/* What belongs to one place of the survey. */
struct look_place {
	struct cm_frame_rows *rows; /* of each file */
	uint32_t *seal;		    /* of each file: its number among this place's seals */
	size_t n_seals;
};

struct looking {
	struct cm_look *in;
	struct cm_survey survey;
	struct cm_arena arena;
	struct cm_err err;
	struct cm_survey_in how;
	struct look_place place[CM_SURVEY_VANTAGES];
	struct cm_pool *pool;
	struct cm_seal_scan seal_scan;
	struct index_out *index; /* of each file */
	struct cm_file_names names;
	struct cm_strong *stated; /* what was handed over as findings, in that order */
	size_t n_stated;
};

/* The files whose seals something of this vantage cites, as the member "files". */
void cm_look_put_cited(struct looking *l, struct cm_jsonw *w, size_t vantage);

/* Sends what stands in ${line}, and empties it. */
CM_RESULT cm_look_send(const struct cm_sink *sink, struct cm_buf *line);

/* Hands over what was counted, and the chains: hears from the parent how the seals are called, and reads
 * the files of vantages with floods or scans once more.  Nothing if there is nothing. */
CM_RESULT cm_look_hand_over_counted(struct looking *l, const struct cm_sink *sink);

#endif
