/* dossier/evidence.h -- of which types of evidence a dossier is made, and what that means (docs/evidence-types.md). */
#ifndef CM_DOSSIER_EVIDENCE_H
#define CM_DOSSIER_EVIDENCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "dossier/model.h"
#include "registry/registry.h"

/* The type of one thing: as its statement says, or, where that says none, as this program takes it. */
struct cm_evidence_said {
	const char *id;
	const char *ours; /* as this program takes it */
	bool said;	  /* the statement says ${id} */
};

struct cm_evidence_said cm_dossier_evidence_exhibit(const struct cm_dossier *d, size_t k); /* never said */
struct cm_evidence_said cm_dossier_evidence_finding(const struct cm_dossier *d, size_t i);
struct cm_evidence_said cm_dossier_evidence_traffic(const struct cm_dossier *d, size_t i);
struct cm_evidence_said cm_dossier_evidence_chain(const struct cm_dossier *d, size_t i);

struct cm_evidence_said cm_dossier_evidence_assessment(const struct cm_dossier *d, size_t i);

/* What of the dossier is of one type. */
struct cm_evidence_used {
	const char *id;
	size_t exhibits, findings, traffic, chains, assessments;
	size_t derived; /* of all but exhibits: statements that say no type */
	size_t other;   /* and those that say another than this program would */
};

/* All types of the dossier, each once, in the order of exhibits, assessments, chains, traffic, findings; ${*out} from
 * ${arena}.  CM_E_NOMEM. */
CM_RESULT cm_dossier_evidence(const struct cm_dossier *d, struct cm_arena *arena, struct cm_evidence_used **out, size_t *n);

/* Appends "N1, victim-side packet capture excerpt", and what it supports and why it is weighed so, in
 * sentences; of an unknown id that it is unknown.  Unescaped text. */
void cm_words_evidence_name(struct cm_buf *out, const struct cm_registry *r, const char *id);
void cm_words_evidence(struct cm_buf *out, const struct cm_registry *r, const char *id);

/* Appends "2 exhibits, 3 findings", and whose word the type is. */
void cm_words_evidence_used(struct cm_buf *out, const struct cm_evidence_used *u);

#endif
