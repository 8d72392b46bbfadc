/* dossier/recounted.h -- a statement about traffic, counted again from the rows of it that are open. */
#ifndef CM_DOSSIER_RECOUNTED_H
#define CM_DOSSIER_RECOUNTED_H

#include "base/buf.h"
#include "dossier/model.h"

/* Zero-initialise; ends with cm_recounted_free. */
struct cm_recounted {
	struct cm_counted *row; /* of the support, as far as it is open; */
	size_t n;
	struct cm_traffic *traffic;
	const struct cm_traffic_finding *found; /* what is about the same; NULL: nothing is */
};

/* Of statement ${i} of ${d}.  CM_E_NOMEM. */
CM_RESULT cm_recount_shown(const struct cm_dossier *d, size_t i, struct cm_recounted *out);
void cm_recounted_free(struct cm_recounted *r);

/* The rows of a set that are open, as they are counted; how many.  The caller's to free.  CM_E_NOMEM. */
CM_RESULT cm_counted_rows(const struct cm_dossier *d, const struct cm_ids *set, struct cm_counted **out, size_t *n);

/* What the draw itself says, whoever sealed: how many of the rows in range are of this kind,
 * at least. */
void cm_words_share(struct cm_buf *out, const struct cm_shown_traffic *t);

/* In one or two sentences: what came, whence, whither, how much.  Unescaped text. */
void cm_words_traffic(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_recounted *r);
const char *cm_words_kind(enum cm_traffic_kind kind);		   /* "Openings of connections that nobody completes" */
const char *cm_words_counted_verdict(enum cm_traffic_verdict v);   /* one sentence */

/* A host of the rows of statement ${i}: address, or stand-in and that it is one; ${many} if it is none. */
void cm_words_counted_host(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_host *h,
    const char *many);

/* "12,345"; "7.4 %" of parts per million; "1.250 s". */
void cm_words_number(struct cm_buf *out, uint64_t n);
void cm_words_ppm(struct cm_buf *out, int64_t ppm);
void cm_words_seconds(struct cm_buf *out, int64_t ns);

/* The value of a sign in its unit. */
void cm_words_sign(struct cm_buf *out, const struct cm_traffic_sign_kind *kind, int64_t value);

#endif
