/*
 * The course of groups over the last weeks: revenue by week and group. Weeks are seven days, the last ends with the
 * period (a day before where its last day is not over). Legend: W weeks, G groups.
 */
#ifndef VT_INSIGHT_WEEKS_H
#define VT_INSIGHT_WEEKS_H

#include "insight/sales.h"

enum {
    VT_WEEKS = 12,     /* a course that stands for itself */
    VT_WEEKS_LONG = 78 /* half a year with the same weeks of the year before */
};

/** Done with vt_weeks_done(). */
typedef struct vt_weeks {
    vt_period week[VT_WEEKS_LONG];
    int n_weeks;     /**< W */
    int32_t n;       /**< G */
    double *revenue; /**< (W, G) row-major, minor units; returns are taken off where they came */
} vt_weeks;

/**
 * `n_weeks` of them, VT_WEEKS to VT_WEEKS_LONG; those beyond VT_WEEKS that begin before the first sale are left out.
 * Sums lines that pass the scope's filters by item (`of_item` (I): the group of an item, NULL: its number), or with
 * `by` VT_BY_CUSTOMER by kind of customer, which is new in the week of the first order. O(lines of the weeks + W G).
 */
int vt_weeks_find(vt_weeks *out, int n_weeks, const vt_scope *scope, vt_group_by by, const int32_t *of_item, int32_t n,
                  vt_error *err);
void vt_weeks_done(vt_weeks *weeks);

/** Revenue of a group over all weeks. */
double vt_weeks_total(const vt_weeks *weeks, int32_t group);

/** Begins a table whose rows are named by `what` and have a column a week, and adds one row of it. */
void vt_weeks_table(vt_document *document, const vt_weeks *weeks, const char *id, const char *title, const char *what);
void vt_weeks_row(vt_document *document, const vt_weeks *weeks, vt_str name, int32_t group);

#endif
