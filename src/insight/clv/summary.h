/*
 * What the models of repeat purchases know of a customer: how often, how recently, for how long, and how much (Fader,
 * Hardie and Lee 2005, section 2; the R package BTYD prepares data alike). Legend: P purchases, C customers of the
 * file, N customers of the summary.
 */
#ifndef VT_INSIGHT_CLV_SUMMARY_H
#define VT_INSIGHT_CLV_SUMMARY_H

#include <stdint.h>

#include "vitrine/record.h"

/** Purchases in any order. */
typedef struct vt_clv_purchases {
    const int32_t *customer; /* (P) 0 to C - 1 */
    const int64_t *day;      /* (P) since 1970-01-01 on the calendar of the shop */
    const double *amount;    /* (P) what was paid, in any unit of money; NULL: not known */
    size_t n;                /* P */
    size_t n_customers;      /* C */
    const uint8_t *shown;    /* (C) 1: the answer is about them, models are of all; NULL: about all */
} vt_clv_purchases;

typedef struct vt_clv_summary_options {
    double unit;   /* days in a unit of time: 7 (a week); 1 for days, 30.4375 for months */
    int64_t until; /* the last day that counts; what comes after is held out. VT_NONE: the last day of all */
    int64_t end;   /* the last day of what is held out. VT_NONE: the last day of all */
} vt_clv_summary_options;

/** Customers with a purchase up to the last day that counts, in the order of their numbers. Times in units. */
typedef struct vt_clv_summary {
    size_t n;
    int32_t *customer;   /* (N) */
    int64_t *first;      /* (N) day of the first purchase */
    double *frequency;   /* (N) x: days with a purchase after the first one */
    double *recency;     /* (N) t_x: from the first to the last purchase, 0 without a repeat */
    double *age;         /* (N) T: from the first purchase to the last day that counts */
    double *money;       /* (N) mean amount of a day with a repeat purchase; 0 without one or without amounts */
    double *later;       /* (N) days with a purchase among those held out */
    double *later_money; /* (N) their amounts together */
    double *again;       /* (N) from the last day that counts to the first of them; NaN without */
    double unit;
    int64_t begin, until, end; /* days: the first purchase of all, and as above */
    size_t negative;           /* purchases left out, since their amount is below 0 (returns) */
    int64_t *repeat_days;      /* (end - begin + 1) repeat purchases of these customers on each day */
} vt_clv_summary;

enum { VT_CLV_DAYS_MAX = 100000 }; /* 273 years from the first purchase to the last */

void vt_clv_summary_options_init(vt_clv_summary_options *options);

/**
 * Sums up purchases by customer. Purchases of one customer on one day are one, their amounts added; those below 0 are
 * left out and counted. The caller ends `out` with vt_clv_summary_done(). VT_ERR_UNSUPPORTED when no purchase is left,
 * VT_ERR_USAGE for a wrong option, VT_ERR_FAILED for a customer or an amount that cannot be. O(P log P).
 */
int vt_clv_summarise(vt_clv_summary *out, const vt_clv_purchases *purchases, const vt_clv_summary_options *options,
                     vt_error *err);

void vt_clv_summary_done(vt_clv_summary *summary);

#endif
