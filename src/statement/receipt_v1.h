/* statement/receipt_v1.h -- receipt/v1: who got a dossier says so, and what came out (docs/formats.md 2.13).
 *
 * `subject` is that of the disclosure; `disclosure` names its file, so that the discloser's obligations are those
 * that are accepted, and `dossier` the very ZIP that was verified: of an encrypted file what came out of it. */
#ifndef CM_STATEMENT_RECEIPT_V1_H
#define CM_STATEMENT_RECEIPT_V1_H

#include "statement/statement.h"

enum cm_receipt_found { CM_RECEIPT_HOLDS, CM_RECEIPT_PARTLY, CM_RECEIPT_REFUSED };

struct cm_receipt_v1 {
	uint8_t disclosure[32]; /* SHA-256 of its statement file */
	uint8_t dossier[32];	/* SHA-256 of the ZIP */
	enum cm_receipt_found found;
	bool accepts; /* the obligations that came with it */
};

const char *cm_receipt_found_word(enum cm_receipt_found found); /* "holds", "partly", "refused" */

/* The members behind the common ones. */
void cm_receipt_v1_write(struct cm_jsonw *w, const struct cm_receipt_v1 *r);

/* CM_E_MALFORMED with the member's name. */
CM_RESULT cm_receipt_v1_read(const struct cm_statement_doc *d, struct cm_receipt_v1 *out, struct cm_err *err);

#endif
