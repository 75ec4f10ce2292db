/*
 * When the next purchase of a customer comes. A model of repeat purchases shrinks the customer's own rhythm towards
 * that of all (rates are gamma distributed, so the wait of a customer who still buys is a mixture of exponentials);
 * what is said holds if a purchase comes within a time ahead, since who has left never buys.
 */
#ifndef VT_INSIGHT_CLV_NEXT_H
#define VT_INSIGHT_CLV_NEXT_H

#include "insight/clv/fit.h"
#include "insight/clv/summary.h"

/** Times count from the last day that counts, in the model's unit. */
typedef struct vt_next_purchase {
    double chance;            /* that one comes within the time ahead */
    double low, median, high; /* of its time, if it comes; NaN where chance is 0 */
} vt_next_purchase;

/** Quantiles at (1 - level) / 2, 1/2 and (1 + level) / 2 of the time, by bisection. `ahead` above 0. */
vt_next_purchase vt_next_purchase_of(const vt_repeat_model *model, const vt_repeat_customer *c, double ahead,
                                     double level);

/** The day, counted from the last one that counts, that a time belongs to: from 1. */
double vt_next_day(double time, double unit);

/** The chance that a customer of this rhythm who still buys is silent for as long as this one is. */
double vt_silence_chance(const vt_repeat_model *model, const vt_repeat_customer *c);

/** Of customers who bought again in the days held out: how many did so on a day of the interval. */
typedef struct vt_next_held_out {
    size_t customers, inside;
} vt_next_held_out;

/** `groups` are those of the summary, which holds days out. O(N). */
vt_next_held_out vt_next_compare(const vt_repeat_model *model, const vt_clv_summary *summary,
                                 const vt_clv_groups *groups, double level);

#endif
