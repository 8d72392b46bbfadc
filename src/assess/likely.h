/* assess/likely.h -- a probability in the words of ICD 203, and in figures for people.
 *
 * Shares are in units of 10^-12.  A word stands for a band; a range that reaches over two bands or more gets the
 * words of both its ends.  Nothing is ever printed as 0 or 1, 0 % or 100 %: no evidence makes anything certain. */
#ifndef CM_ASSESS_LIKELY_H
#define CM_ASSESS_LIKELY_H

#include "assess/weigh.h"

#define CM_LIKELY_TEXT 64u

/* "almost no chance" below 5 in 100, "very unlikely" below 20, "unlikely" below 45, "roughly even chance" below 55,
 * "likely" below 80, "very likely" below 95, "almost certain". */
const char *cm_likely_word(int64_t share);

/* "likely", or "unlikely to likely". */
void cm_likely_words(struct cm_posterior s, char out[CM_LIKELY_TEXT]);

/* "0.4676"; "below 0.0001", "above 0.9999". */
void cm_likely_figure(int64_t share, char out[CM_LIKELY_TEXT]);

/* "0.4676 to 0.5193", or one figure if both look the same. */
void cm_likely_range(struct cm_posterior s, char out[CM_LIKELY_TEXT]);

/* "46.8 %", "3.09 %", "below 0.01 %", "above 99.99 %". */
void cm_likely_percent(int64_t share, char out[CM_LIKELY_TEXT]);

/* All twelve digits, for programs: "0.467612345678". */
void cm_likely_exact(int64_t share, char out[CM_LIKELY_TEXT]);

#endif
