/* The registry that is built in, for fuzz targets: read once for all inputs, since reading it takes longer than what is
 * tried on it. */
#ifndef CM_TESTS_FUZZ_REGISTRY_BUILTIN_H
#define CM_TESTS_FUZZ_REGISTRY_BUILTIN_H

#include "registry/registry.h"

/* NULL: an allocation failed; the next call tries again. */
const struct cm_registry *fuzz_registry(void);

#endif
