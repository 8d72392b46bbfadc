/* dossier/report_parts.h -- the pieces of report.html, for report.c only. */
#ifndef CM_DOSSIER_REPORT_PARTS_H
#define CM_DOSSIER_REPORT_PARTS_H

#include "base/buf.h"
#include "dossier/evidence.h"
#include "dossier/logged.h"
#include "dossier/model.h"
#include "dossier/recounted.h"
#include "dossier/report.h"
#include "dossier/report_groups.h"

/* The style sheet, in parts; the page of cli/ledger_html.c has the first two as well. */
extern const char cm_report_css_1[], cm_report_css_2[], cm_report_css_3[];

/* The story as pictures: chains first, then all that was found on one axis of time. */
void cm_report_overview(struct cm_buf *out, const struct cm_dossier *d);

/* The list of findings, and all their sections; those of one group are folded. */
void cm_report_list(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g);
void cm_report_findings(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks, const struct cm_groups *g);

/* Section of finding ${i}; ${outcome} NULL in a sender's report. */
void cm_report_finding(struct cm_buf *out, const struct cm_dossier *d, size_t i,
    const char *outcome);

/* Section of statement ${i} about traffic, and of chain ${i}; the same. */
void cm_report_traffic(struct cm_buf *out, const struct cm_dossier *d, size_t i, const char *outcome);
void cm_report_chain(struct cm_buf *out, const struct cm_dossier *d, size_t i, const char *outcome);

/* All assessments: who is likeliest by what is open, and what that hangs on.  CM_E_NOMEM. */
CM_RESULT cm_report_assessments(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks);

/* Chain ${i} as a picture. */
void cm_report_chain_picture(struct cm_buf *out, const struct cm_dossier *d, size_t i);

/* How much came over time, as a picture. */
void cm_report_series(struct cm_buf *out, const struct cm_traffic_finding *f);

/* The few figures that matter, large; by the sender's word. */
void cm_report_tiles(struct cm_buf *out, const struct cm_traffic_finding *f);

/* What is common to what came, and who sent it, of statement ${i}. */
void cm_report_common(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_recounted *again);

/* The fourfold table of a chain, and times from script to request (ascending), as pictures. */
void cm_report_fourfold(struct cm_buf *out, const struct cm_chain_v1 *c);
void cm_report_lags(struct cm_buf *out, const int64_t *lag, size_t n);

/* From script to flood, as a picture: four boxes with up to so many lines each, and what stands over the last
 * arrow.  Texts may be others' and are escaped; NULL: no more, or none. */
#define CM_JOIN_LINES 7u
struct cm_report_join {
	size_t number; /* of the chain */
	const char *line[4][CM_JOIN_LINES];
	const char *clients, *lag;
};
void cm_report_join(struct cm_buf *out, const struct cm_report_join *j);

/* The flow as a picture: time against TTL. */
void cm_report_flow(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f);

/* The two payloads side by side, or the one there is. */
void cm_report_bytes(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f);

/* What the opened rows of texts, records and blobs hold. */
void cm_report_rows(struct cm_buf *out, const struct cm_dossier *d);

/* The markings, and under which terms it was given. */
void cm_report_marking(struct cm_buf *out, const struct cm_dossier *d);
void cm_report_terms(struct cm_buf *out, const struct cm_dossier *d);
/* What kinds of evidence these are; and one of them, behind a verdict. */
void cm_report_evidence(struct cm_buf *out, const struct cm_dossier *d);
void cm_report_evidence_of(struct cm_buf *out, struct cm_evidence_said s);

/* Since when each statement existed at the latest. */
void cm_report_logged(struct cm_buf *out, const struct cm_logged *logged, size_t n);

/* Custody chain, what is shut, what is not proven, commands. */
void cm_report_custody(struct cm_buf *out, const struct cm_dossier *d);
void cm_report_limits(struct cm_buf *out, const struct cm_dossier *d);
void cm_report_commands(struct cm_buf *out, const struct cm_dossier *d);

/* What a packet is to a finding. */
enum cm_role { CM_ROLE_FORGED, CM_ROLE_GENUINE, CM_ROLE_SUSPECT, CM_ROLE_OTHER, CM_ROLE_HOST };
enum cm_role cm_report_role(const struct cm_finding *f, cm_packet_id id);

/* "frame 5" with the file's number if there are several. */
void cm_report_frames(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f,
    const struct cm_ids *set);

#endif
