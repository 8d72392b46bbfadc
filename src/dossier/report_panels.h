/* dossier/report_panels.h -- a series as panels one above the other, over the same time.  For report_series*.c only. */
#ifndef CM_DOSSIER_REPORT_PANELS_H
#define CM_DOSSIER_REPORT_PANELS_H

#include "dossier/report_axis.h"
#include "traffic/traffic.h"

/* A series of which ${each} neighbours are drawn as one. */
struct cm_panels {
	const struct cm_traffic_series *s;
	uint32_t each, n;
	struct cm_axis axis;
};

/* False: there is none that can be drawn. */
bool cm_panels_of(const struct cm_traffic_series *s, uint32_t most, struct cm_panels *out);

/* Where bin ${i}, up to n, begins. */
int64_t cm_panels_time(const struct cm_panels *p, uint32_t i);

/* What is in bin ${i} of a list of the series; and that a second. */
uint64_t cm_panels_sum(const struct cm_panels *p, const uint64_t *list, uint32_t i);
uint64_t cm_panels_rate(const struct cm_panels *p, const uint64_t *list, uint32_t i);

/* The effect at bin ${i}: parts per 1,000 of answers that are errors, or of openings that are answered, from as many
 * neighbours as it takes to say; -1: nothing to say. */
int cm_panels_share(const struct cm_panels *p, uint32_t i);

/* Mean time to an answer, in milliseconds; -1. */
int64_t cm_panels_wait(const struct cm_panels *p, uint32_t i);
bool cm_panels_any_wait(const struct cm_panels *p);

/* What comes, and what comes back: how much a second, from ${top} to ${ground}. */
void cm_panel_rates(struct cm_buf *out, const struct cm_panels *p, int top, int ground);

/* The share of the effect, and how long answers took. */
void cm_panel_share(struct cm_buf *out, const struct cm_panels *p, int top, int ground);
void cm_panel_wait(struct cm_buf *out, const struct cm_panels *p, int top, int ground);

#endif
