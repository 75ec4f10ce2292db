/*
 * The days on which customers bought, and the gaps between them: how regular a customer is. Legend: C customers, D days
 * with a purchase over all of them.
 */
#ifndef VT_INSIGHT_RHYTHM_ORDER_DAYS_H
#define VT_INSIGHT_RHYTHM_ORDER_DAYS_H

#include "insight/clv/summary.h"

/** Days of customer c are ptr[c] to ptr[c + 1] - 1, ascending. Init with zeroes, done with vt_order_days_done(). */
typedef struct vt_order_days {
    size_t n_customers;
    size_t *ptr;    /* (C + 1) */
    int64_t *day;   /* (D) since 1970-01-01 */
    double *amount; /* (D) of all purchases of that day; 0 where amounts are not known */
} vt_order_days;

/** Quartiles of some gaps, in days. NaN: the median of no gap, the others of fewer than three. */
typedef struct vt_gap_quartiles {
    size_t n;
    double low, median, high;
} vt_gap_quartiles;

/** Purchases as vt_clv_summarise() counts them: those of one day are one, amounts below 0 are left out. O(P log P). */
int vt_order_days_find(vt_order_days *out, const vt_clv_purchases *purchases, vt_error *err);
void vt_order_days_done(vt_order_days *days);

/** The gaps of customer `c` into `gaps`; how many there are. */
size_t vt_order_days_gaps(double *gaps, const vt_order_days *days, size_t c);

/** Sorts `gaps` and gives their quartiles, with linear interpolation. */
vt_gap_quartiles vt_gap_quartiles_of(double *gaps, size_t n);

#endif
