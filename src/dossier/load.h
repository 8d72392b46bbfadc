/* dossier/load.h -- the parts of a dossier, read and checked one by one (docs/formats.md 4.4-4.6).
 *
 * Used by the receiver on what came, and by the sender on what is about to leave:
 * both see the same.  Signatures are checked against the keys inside them; whose
 * keys these are is the verifier's question.  Everything read comes from a sender
 * who may lie: total.  Memory: the statements; of each opening what dossier/view.h
 * says, which is the rows that findings cite and some 150 bytes a host. */
#ifndef CM_DOSSIER_LOAD_H
#define CM_DOSSIER_LOAD_H

#include "base/together.h"
#include "codec/zip.h"
#include "dossier/model.h"
#include "seal/opening.h"
#include "statement/custody.h"
#include "statement/disclosure.h"
#include "statement/finding.h"
#include "statement/seal_v1.h"
#include "statement/sshsig.h"
#include "statement/statement.h"

/* One signed statement. */
struct cm_loaded_part {
	const char *name; /* "seal-1.json" */
	struct cm_statement_doc doc;
	struct cm_ssh_public key; /* that signed it; doc.head.by is its fingerprint */
	struct cm_span armour;	  /* the signature, if it does not lie in NAME.sig: one of many on a charter */
};

/* Zero-initialise with the arena set; ends with cm_loaded_release. */
struct cm_loaded {
	struct cm_arena *arena;
	const struct cm_together *together; /* or NULL */
	cm_work *beside; /* something that is done while cm_load reads statements, or NULL; */
	void *beside_arg; /* it is done also if cm_load fails */
	struct cm_loaded_part *part; /* seals, findings, traffic, chains, assessments, custody; the disclosure before or behind */
	size_t n_parts, cap_parts;
	struct cm_seal_v1 *seal;
	struct cm_finding *finding;
	struct cm_traffic_v1 *traffic;
	struct cm_chain_v1 *chain;
	struct cm_assessment_v1 *assessment;
	struct cm_shown_assessment *shown_assessment; /* those of the dossier */
	struct cm_custody *custody;
	struct cm_opening **opening; /* of each seal; NULL: nothing is open */
	struct cm_disclosure disclosure;
	struct cm_dossier dossier;
	uint64_t looked_up; /* rows of which it was looked up whether they are drawn */
	const char *at; /* the file looked at, for messages */
	size_t reading; /* number of the part looked at, */
	bool apart;	/* whose signature is checked beside */
};

/* Reads and checks all parts but the disclosure, the pcapng and the report, and fills
 * ${l}->dossier as far as they say: all but by, made, to, hides, leaks_accepted.
 * ${l}->at names the file in which an error lies.
 * CM_E_MALFORMED, CM_E_REFUSED, CM_E_UNSUPPORTED, CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_load(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err);

/* The openings again, of a sender who loaded the other parts first and has made them since:
 * ${zip} has the same parts, and perhaps openings. */
CM_RESULT cm_load_openings(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err);

/* Reads disclosure.json and its signature as one more part, and puts it into the
 * dossier.  Before or after cm_load. */
CM_RESULT cm_load_disclosure(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err);

/* Is every file of ${zip} one that the format knows, and K, N without a hole?
 * CM_E_REFUSED. */
CM_RESULT cm_load_names(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err);

/* Receipts and time stamps stand beside statements, prove themselves (dossier/logged.h), and are
 * not in the disclosure's list.  Does the name end like one? */
#define CM_CHARTER_FILE "charter.json"
#define CM_CHARTER_SIGS_FILE "charter.json.sigs"
#define CM_RECEIPT_ENDING ".tlog-proof"
#define CM_STAMP_ENDING ".tsr"
bool cm_load_is_unlisted(struct cm_span name);

void cm_loaded_release(struct cm_loaded *l);

#endif
