/*
 * The rhythm of orders: gaps between them, when the next one of a customer comes, and whose silence is too long for the
 * rhythm. Purchases of one day are one order. Legend: N customers of the summary.
 */
#ifndef VT_INSIGHT_RHYTHM_RHYTHM_H
#define VT_INSIGHT_RHYTHM_RHYTHM_H

#include "insight/clv/next.h"
#include "insight/kind.h"
#include "insight/rhythm/order_days.h"

#define VT_NEXT_LEVEL .8     /* of intervals of the next order */
#define VT_SILENCE_CHANCE .1 /* a silence that is less likely is too long */

/** Models and days of all customers. Init with zeroes, done with vt_rhythm_done(). */
typedef struct vt_rhythm {
    vt_order_days days;
    vt_clv_summary summary; /* in days */
    vt_clv_groups groups;
    vt_repeat_model model;     /* the likelier one of the two kinds */
    double ahead;              /* days */
    vt_next_held_out held_out; /* as of `tested`: next orders up to the end */
    int64_t tested;            /* the day; VT_NONE where it could not be tried */
} vt_rhythm;

/**
 * Fits as of `end` (a day; VT_NONE: the last purchase), `months` ahead, and tries the same at an earlier day: so many
 * months before the end, half of the history at most. VT_ERR_UNSUPPORTED says what is missing, as vt_repeat_fit().
 */
int vt_rhythm_find(vt_rhythm *out, const vt_clv_purchases *purchases, int64_t end, int months, vt_error *err);
void vt_rhythm_done(vt_rhythm *rhythm);

/** The place in the summary of a customer by number; N where there is none. O(log N). */
size_t vt_rhythm_place(const vt_rhythm *rhythm, int32_t customer);

/** What is known of customer `i` of the summary. */
vt_repeat_customer vt_rhythm_customer(const vt_rhythm *rhythm, size_t i);

/** Whether the silence of a customer who ordered twice or more is too long for the rhythm. */
bool vt_rhythm_late(const vt_rhythm *rhythm, size_t i);

/** The next order of customer `i`, as days since 1970-01-01. */
vt_next_purchase vt_rhythm_next(const vt_rhythm *rhythm, size_t i);

int vt_rhythm_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_rhythm_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

#endif
