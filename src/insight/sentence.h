/*
 * Sentences made from figures by rules: up or down only where the interval of the change leaves zero out, a cause only
 * where it carries the change. Thresholds stand here, in one place.
 */
#ifndef VT_INSIGHT_SENTENCE_H
#define VT_INSIGHT_SENTENCE_H

#include "insight/groups.h"

enum {
    VT_ORDERS_LEAST = 20, /**< fewer orders: no finding is stated */
    VT_SAME_PERCENT = 2   /**< a change within so many percent is "about the same" whatever its interval */
};

/** A change with its interval of 95 %, in the unit of the values. */
typedef struct vt_change {
    double now, before;
    double low, high; /**< of now - before; NaN where nothing can be said */
} vt_change;

/**
 * The change between two series of daily values, as far as chance explains it: days vary around the mean of their
 * weekday where both series have at least 14 days, around their mean where they have 4, else as many independent orders
 * (`orders`) of one mean and a coefficient of variation of 1 do. `first` is the day of the first value.
 */
vt_change vt_change_of_days(const double *now, size_t n_now, int64_t first_now, const double *before, size_t n_before,
                            int64_t first_before, double orders_now, double orders_before);

/** +1: up, -1: down, 0: about the same. */
int vt_change_direction(const vt_change *change);

/** "the 30 days before", "the same weekdays before", "the year before". */
void vt_say_compared(char out[64], const vt_scope *scope);

/** A share in words: "most", "two thirds", "half", or as percent. */
void vt_say_share(char out[32], double share);

/**
 * Adds what carries a change of revenue: "Clothing accounts for two thirds of it." or two causes; nothing where no
 * group has a fifth of it. Groups must hold sums of both periods.
 */
void vt_say_causes(vt_document *document, const vt_groups *groups, double change);

/** "Clothing makes 40 % of it.": the greatest group of the period. */
void vt_say_greatest(vt_document *document, const vt_groups *groups, double revenue);

#endif
