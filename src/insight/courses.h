/*
 * The course of the figures of a strip: one row a day, or a week where the period is long, beside the compared period.
 * Sums come from the same pass as the figures themselves.
 */
#ifndef VT_INSIGHT_COURSES_H
#define VT_INSIGHT_COURSES_H

#include "insight/funnel.h"
#include "insight/ratings.h"
#include "insight/sales.h"

enum { VT_COURSE_DAYS_MAX = 92 /* longer periods go by weeks, whole ones, up to the last day */ };

/** One period cut into days or weeks. */
typedef struct vt_course {
    vt_grouping sums;   /**< VT_BY_SLOT, for vt_sales_sum() */
    int32_t *of_day;    /**< (days) slot, -1: before the first whole week */
    vt_funnel *funnel;  /**< (slots), NULL: not counted */
    vt_ratings *rating; /**< (slots), NULL: not counted */
    double *sold_out;   /**< (slots) products without stock at some time, NULL: not counted */
    double *lost;       /**< (slots) revenue expected to be lost so, minor units; in the same block */
} vt_course;

/** Init with zeroes, done with vt_courses_done(). */
typedef struct vt_courses {
    vt_course now, before;
    bool weeks;
} vt_courses;

/** Cuts both periods of the scope, and makes room for sums. `before` has no slots where nothing is compared. */
int vt_courses_make(vt_courses *out, const vt_scope *scope, vt_error *err);
void vt_courses_done(vt_courses *courses);

/** Counts visits, for the share of visitors who buy, and gives those of the whole periods, which are the same pass. */
int vt_courses_funnels(vt_courses *courses, vt_funnel *now, vt_funnel *before, const vt_scope *scope, vt_error *err);

/** Counts ratings. O(events of both periods). */
int vt_courses_ratings(vt_courses *courses, const vt_scope *scope, vt_error *err);

/** Makes room, all 0, for what was sold out in a course. */
int vt_course_sold_out(vt_course *course, vt_error *err);

/** The first day of a slot. */
int64_t vt_course_day(const vt_course *course, const vt_scope *scope, const vt_period *whole, int32_t slot);

/** The table `courses`: the day, or the first of the week, then each figure and the same before. */
void vt_courses_table(vt_document *document, const vt_courses *courses, const vt_scope *scope);

#endif
