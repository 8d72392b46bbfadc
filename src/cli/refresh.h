/* cli/refresh.h -- receipts into dossiers that were made: they prove themselves, so nothing is signed anew. */
#ifndef CM_CLI_REFRESH_H
#define CM_CLI_REFRESH_H

#include "cli/receipts.h"
#include "codec/zip.h"
#include "store/case.h"

struct cm_refresh {
	struct cm_case *c;
	struct cm_receipts *receipts;
	struct cm_span stamp; /* a time stamp over this checkpoint; may be empty */
	const struct cm_zip *zip; /* what was just written there; NULL: it is read */
	const uint8_t (*digest)[32]; /* SHA-256 of its statements, by place in ${zip}; with that */
};

struct cm_refreshed {
	bool changed; /* it was written anew; now it has: */
	uint64_t bytes;
	uint8_t sha256[32];
};

/* Puts a receipt for each of its statements into the dossier that disclosure ${d} made, if it
 * still lies where it was written and has not newer ones: NAME.tlog-proof beside NAME.json, in
 * place of those there.  CM_E_NOTFOUND: no such file any more, or another one; CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_cli_refresh(const struct cm_refresh *in, const struct cm_case_disclosure *d,
    struct cm_refreshed *out, struct cm_err *err);

#endif
