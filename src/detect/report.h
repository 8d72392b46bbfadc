/* detect/report.h -- from a judged flow to incidents.  Private to src/detect. */
#ifndef CM_DETECT_REPORT_H
#define CM_DETECT_REPORT_H

#include "base/arena.h"
#include "detect/judge.h"

/* Builds the incident of group ${index}, all of it in ${a}; support is left empty, and so
 * are alternatives and fingerprint: cm_report_words.  CM_E_NOMEM. */
CM_RESULT cm_report_incident(const struct cm_judge *j, const struct cm_group *group, uint32_t index,
    struct cm_arena *a, struct cm_incident *out);

/* Fills what no comparison looks at.  CM_E_NOMEM. */
CM_RESULT cm_report_words(const struct cm_judge *j, const struct cm_group *group, uint32_t index,
    struct cm_arena *a, struct cm_incident *out);

/* The parts: fingerprint.c, alternatives.c. */
struct cm_fingerprint cm_report_fingerprint(const struct cm_judge *j, uint32_t index,
    struct cm_arena *a);
const char *cm_report_excuse(enum cm_excuse excuse); /* its name; NULL for none */
CM_RESULT cm_report_alternatives(const struct cm_judge *j, const struct cm_group *group,
    struct cm_arena *a, struct cm_incident *out);

/* Sorts ids and drops repeats; returns how many are left. */
size_t cm_ids_sort(cm_packet_id *id, size_t n);

#endif
