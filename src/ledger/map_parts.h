/* ledger/map_parts.h -- shared inside this room. */
#ifndef CM_LEDGER_MAP_PARTS_H
#define CM_LEDGER_MAP_PARTS_H

#include "ledger/map.h"

CM_RESULT cm_map_name_column(struct cm_map_exhibit *x, size_t column, struct cm_span name);

size_t cm_map_host_bound(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b, size_t n,
    const struct cm_map_host *host);

/* Up to here, itself too, both know all their marks. */
uint64_t cm_map_marks_end(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b);

#endif
