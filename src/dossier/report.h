/* dossier/report.h -- report.html: a dossier for people (docs/formats.md 3.2).
 *
 * A pure function: the same dossier gives the same bytes.  Self-contained,
 * printable, readable without script and in light or dark; nothing is loaded
 * from anywhere and a policy in the head forbids it.  Every text of a sender is
 * escaped.  The facts (dossier/facts) stand in a data block at the end. */
#ifndef CM_DOSSIER_REPORT_H
#define CM_DOSSIER_REPORT_H

#include "base/buf.h"
#include "base/result.h"
#include "dossier/logged.h"
#include "dossier/model.h"
#include "dossier/redo_assessment.h"

/* What a receiver found when checking; all texts plain, escaped on the way out. */
struct cm_report_checks {
	const char *verdict; /* the one line */
	const char *signer;  /* "known as alice@example.org", "UNKNOWN SIGNER ..." */
	const char *const *outcome; /* one for each finding of the dossier */
	const char *const *traffic, *const *chains, *const *assessments; /* the same */
	const struct cm_redo_assessments_in *behind; /* what assessments rest on, as it was redone */
	const char *const *notes;   /* what else was seen */
	size_t n_notes;
	const struct cm_logged *logged; /* since when statements existed at the latest; */
	size_t n_logged;		/* 0: nobody asked, and nothing was there */
};

/* Appends the report.  ${facts}: the JSON of dossier/facts.  ${checks} NULL: the
 * sender's report; else the receiver's own.  CM_E_NOMEM. */
CM_RESULT cm_report_render(const struct cm_dossier *d, struct cm_span facts,
    const struct cm_report_checks *checks, struct cm_buf *out);

/* The data block of facts in a report, as written by cm_report_render.
 * CM_E_MALFORMED: there is none, or more than one. */
CM_RESULT cm_report_facts(struct cm_span html, struct cm_span *facts);

#endif
