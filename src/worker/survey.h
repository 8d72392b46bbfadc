/* worker/survey.h -- all that a run over some files tells: forged packets, floods, and the chain between.
 *
 * Files are put into places, one for each vantage: a capture whose first packet is not earlier than the
 * latest one so far goes on with the same capture, rotated (but for CM_SURVEY_SLACK_NS, or an eighth of
 * what it lasted, if that is less); one that overlaps was taken elsewhere, and is a place of its own.
 * So is a web server's log.  Models of hosts never mix across places.  Each place's detectors end before the
 * next one's begin; what is kept of each are its findings, who asked whom (CM_VISITS_MEMORY at
 * most) and the sketch of its clock. */
#ifndef CM_WORKER_SURVEY_H
#define CM_WORKER_SURVEY_H

#include "base/arena.h"
#include "chain/chain.h"
#include "detect/engine.h"
#include "worker/scan.h"

#define CM_SURVEY_SLACK_NS UINT64_C(50000000) /* packets of several queues are out of order by less */
#define CM_SURVEY_VANTAGES 64u

struct cm_survey_in {
	const struct cm_scan *scan; /* must outlive the survey, as its files */
	struct cm_params params;    /* hash_seed serves the others, too */
	bool apart;		    /* each file is a place of its own */
	bool one_thread;	    /* nothing is done in a thread of its own */
};

struct cm_vantage {
	size_t *file; /* numbers of its files, in order */
	size_t n_files;
	bool is_log;
	struct cm_engine *engine; /* finished and trimmed; of a log: one that saw nothing */
	struct cm_traffic *traffic; /* finished */
	struct cm_visits *visits;   /* settled */
	struct cm_clock *clock;
	const struct cm_chain_script *scripts;
	size_t n_scripts;
	bool has_time;
	int64_t first_ns, last_ns;
};

/* Zero-initialise; ends with cm_survey_fini, whatever became of it. */
struct cm_survey {
	struct cm_arena arena;
	struct cm_vantage vantage[CM_SURVEY_VANTAGES];
	size_t n;
	struct cm_chain_result chains;
	struct cm_scan_summary summary;
};

/* CM_E_NOMEM; CM_E_LIMIT: more places than CM_SURVEY_VANTAGES.  What the rows' taker says.
 * There is always one place at least. */
CM_RESULT cm_survey_run(const struct cm_survey_in *in, struct cm_survey *out, struct cm_err *err);
void cm_survey_fini(struct cm_survey *s);

/* In all places: incidents that are not explained, and findings of traffic. */
size_t cm_survey_findings(const struct cm_survey *s);

/* The places as the chains see them; room for CM_SURVEY_VANTAGES. */
void cm_survey_vantages(const struct cm_survey *s, struct cm_chain_vantage *out);

/* What all engines looked at. */
struct cm_engine_stats cm_survey_stats(const struct cm_survey *s);

#endif
