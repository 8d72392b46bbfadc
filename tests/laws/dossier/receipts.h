/* A log and its witnesses within a test: gives a dossier's statements their receipts and stamps. */
#ifndef CM_LAWS_DOSSIER_RECEIPTS_H
#define CM_LAWS_DOSSIER_RECEIPTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/zip.h"
#include "tsa.h"

#define RECEIPTS_ORIGIN "log.example/a"
#define RECEIPTS_TIME UINT64_C(1750000000) /* witness i cosigns 100 * i seconds later */

struct receipts_how {
	const char *origin;	/* NULL: RECEIPTS_ORIGIN */
	size_t before, behind;	/* entries about something else */
	unsigned witnesses;	/* so many of w1, w2, w3 cosign */
	const char *only, *not; /* a statement's file; NULL: all, none */
	struct tsa *tsa;	/* stamps each checkpoint; NULL: nobody */
	const char *stamped;	/* another text is stamped */
};

/* Appends the dossier with a receipt (and a stamp) beside each of its statements; what was there
 * stays.  Names of statements are what ends in ".json". */
void receipts_add(struct cm_span dossier, const struct receipts_how *how, struct cm_buf *out);

/* Appends a trust file: the log, w1 to w3, and a quorum of ${k} of them; 0: `none`. */
void receipts_trust(unsigned k, struct cm_buf *out);

/* Appends the dossier with the bytes of one file, or without it. */
void receipts_replace(struct cm_span dossier, const char *name, struct cm_span bytes, struct cm_buf *out);
void receipts_without(struct cm_span dossier, const char *name, struct cm_buf *out);

#endif
