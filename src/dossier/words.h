/* dossier/words.h -- what verdicts, types and cues mean, in plain words.
 *
 * The same words in the report and on the terminal.  Constant texts, plain
 * ASCII, no markup. */
#ifndef CM_DOSSIER_WORDS_H
#define CM_DOSSIER_WORDS_H

#include "base/buf.h"
#include "dossier/model.h"

const char *cm_words_type(enum cm_incident_type type);	  /* "Injected data", ... */
const char *cm_words_verdict(enum cm_verdict verdict);	  /* one sentence */
const char *cm_words_rests(enum cm_rests rests);	  /* "these packets alone", ... */

/* What a chain is, by what its own figures bear out. */
const char *cm_words_chain(const struct cm_chain_v1 *c);

/* What a cue says; a fixed line where the detector here knows no such cue. */
const char *cm_words_cue(const char *name);

/* Appends the incident in one or two sentences, unescaped text. */
void cm_words_incident(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f);

/* Appends a host as people are to read it: address, or stand-in and that it is one. */
void cm_words_host(struct cm_buf *out, struct cm_span addr, const struct cm_pseudonym *alias);

/* Appends "3, 5-9, 12": the rows (or frames) of ${set} that lie in exhibit ${seal}. */
void cm_words_rows(struct cm_buf *out, const struct cm_ids *set, uint32_t seal);

/* The frame in its original file, by the sealer's word; 0: not in the support. */
uint64_t cm_finding_frame(const struct cm_finding *f, cm_packet_id row);

#endif
