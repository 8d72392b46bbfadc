/* assess/fixed.h -- logarithms and exponentials that are the same everywhere (docs/assessments.md section 3).
 *
 * A cost is -ln P in units of 2^-44.  Integers and the tables of tables.h only: no rounding mode, compiler or
 * library can change a bit.  Pure. */
#ifndef CM_ASSESS_FIXED_H
#define CM_ASSESS_FIXED_H

#include <stdint.h>

#define CM_COST_BITS 44
#define CM_COST_ONE (INT64_C(1) << CM_COST_BITS)
#define CM_FIXED_P INT64_C(100000000000000) /* probability 1 in the units of cm_cost: 10^-14 */

/* -ln(n / 10^14), 1 <= n <= 10^14.  Off by at most 0.51 units of 2^-44. */
int64_t cm_cost(int64_t n);

/* exp(-d / 2^44) times 2^62; d >= 0. */
int64_t cm_cost_exp(int64_t d);

/* The cost of the sum of two probabilities with these costs; not above the smaller one. */
int64_t cm_cost_either(int64_t x, int64_t y);

/* cost * weight / 10^6, to the nearest; cost >= 0, 0 <= weight <= 10^6. */
int64_t cm_cost_weighted(int64_t cost, int64_t weight);

/* 10 log10 of exp(cost / 2^44), in thousandths of a deciban, for people; towards zero. */
int64_t cm_cost_millibans(int64_t cost);

#endif
