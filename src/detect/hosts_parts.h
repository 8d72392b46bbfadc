/* detect/hosts_parts.h -- what hosts.c, hosts_dns.c and exemplars.c share.  Private.
 *
 * `used` counts the bytes of all models; each function keeps it right. */
#ifndef CM_DETECT_HOSTS_PARTS_H
#define CM_DETECT_HOSTS_PARTS_H

#include "detect/hosts.h"

/* Adds ${v}'s segments at ${at} (at most CM_EXEMPLAR_SEGS); payloads that will not stay
 * are copied.  Kept are the flows with the smallest serials, so that order does not
 * matter.  CM_E_NOMEM. */
CM_RESULT cm_exemplars_add(struct cm_exemplars *e, const struct cm_flow_view *v, const uint32_t *at,
    unsigned n, size_t *used);
void cm_exemplars_free(struct cm_exemplars *e, size_t *used);

/* Adds segment ${i}, sent from port 53, if it is an answer.  CM_E_NOMEM. */
CM_RESULT cm_host_dns_add(struct cm_host_model *m, const struct cm_flow_view *v, uint32_t i,
    size_t *used);

#endif
