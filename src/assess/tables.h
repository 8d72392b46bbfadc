/* assess/tables.h -- ln 2, ln(1 + j/128), exp(-j/128), each times 2^62 and rounded to the nearest integer.
 *
 * docs/assessments.md section 3.  tables.c is made by tools/assess-tables.py; tests compare it. */
#ifndef CM_ASSESS_TABLES_H
#define CM_ASSESS_TABLES_H

#include <stdint.h>

extern const int64_t cm_assess_ln2;
extern const int64_t cm_assess_ln[128];
extern const int64_t cm_assess_exp[89];

#endif
