/* statement/detector.h -- what finding/v1, traffic/v1 and chain/v1 begin with: `seals`, what was looked at,
 * and `detector`, by what (docs/formats.md 2.2).  And numbers as they write them. */
#ifndef CM_STATEMENT_DETECTOR_H
#define CM_STATEMENT_DETECTOR_H

#include "base/arena.h"
#include "codec/json_read.h"
#include "codec/json_write.h"

/* The digests of 1 to CM_FINDING_SEALS_MAX seal statements. */
void cm_seals_write(struct cm_jsonw *w, uint8_t (*seals)[32], size_t n);
/* In the arena.  CM_E_MALFORMED, CM_E_NOMEM. */
CM_RESULT cm_seals_read(struct cm_json v, struct cm_arena *arena, uint8_t (**seals)[32], size_t *n,
    struct cm_err *err);

/* ${source}: the source digest of the program. */
void cm_detector_write(struct cm_jsonw *w, const char *name, uint64_t version, const uint8_t source[32]);
/* ${name}: in the arena.  CM_E_MALFORMED with the member, CM_E_NOMEM. */
CM_RESULT cm_detector_read(struct cm_json v, struct cm_arena *arena, const char **name, uint64_t *version,
    uint8_t source[32], struct cm_err *err);

/* JSON's integers end at CM_JSON_INT_MAX: what is beyond is written as that. */
void cm_put_int(struct cm_jsonw *w, const char *name, int64_t v);
void cm_put_uint(struct cm_jsonw *w, const char *name, uint64_t v);

#endif
