/* The inside of lost_sales.h: what products sell in the hours in which they are in stock. Legend as there. */
#ifndef VT_INSIGHT_DEMAND_LOST_RATES_H
#define VT_INSIGHT_DEMAND_LOST_RATES_H

#include "insight/demand/lost_sales.h"

enum { VT_LOST_BLOCK = 14 /* days */ };

/** Fills `passed`, `course`, `group` and, of products that were out of stock, `known`; the first and last are there. */
int vt_lost_rates_fit(vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options, vt_error *err);

/**
 * Fills `passed`: usual days that pass in each day, by its weekday and by what the whole shop sold on it beside its
 * fortnight, so that a day of a campaign or a holiday counts for what it is; `missing` (days) counts as sold.
 */
void vt_lost_clock(vt_lost_sales *lost, const double *missing);

/** Adds the pieces that an item with that rate would have sold while it was out of stock to `missing` (days). */
void vt_lost_add_missing(double *missing, const vt_lost_sales *lost, size_t item, double rate);

/** The share of a day's sales that has come when a part of the day has passed. */
double vt_lost_hours(const vt_lost_sales *lost, double part);

/** Usual days of an item in stock (B), and, unless it is NULL, without stock between two places (B). */
void vt_lost_expose(double *in, double *out, const vt_lost_sales *lost, size_t item, double from, double until);

/**
 * The level of an item around its rate (B), from what it sold in stock near each block, and the order lines that it is
 * known from (B).
 */
void vt_lost_level(double *level, double *strength, const vt_lost_sales *lost, size_t item, const double *lines,
                   const double *in);

/** Order lines of an item (B) while its stock was known. */
void vt_lost_count(double *lines, const vt_lost_sales *lost, size_t item);

#endif
