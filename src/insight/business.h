/* Figures and tables of sales that several answers share. */
#ifndef VT_INSIGHT_BUSINESS_H
#define VT_INSIGHT_BUSINESS_H

#include "insight/courses.h"
#include "insight/funnel.h"
#include "insight/sentence.h"

/** All that one pass over the two periods gives. Init with zeroes, done with vt_business_done(). */
typedef struct vt_business {
    vt_sums now, before;
    vt_groups groups[VT_GROUPS_KINDS];
    vt_grouping day_now, day_before, hour_now, hour_before;
    vt_courses courses;
    vt_change revenue; /**< with its interval */
} vt_business;

/** Sums of both periods by days, hours and all groups. */
int vt_business_find(vt_business *out, vt_scope *scope, const vt_insight_options *options, vt_error *err);
void vt_business_done(vt_business *business);

/** The figures of sales: revenue to margin, orders, customers. */
void vt_business_figures(vt_document *document, const vt_business *business, const vt_scope *scope);

/** The figures of customers alone. */
void vt_business_customers(vt_document *document, const vt_business *business, const vt_scope *scope);

/** How revenue went against the compared period and what carries the change; what is missing where nothing was sold. */
void vt_business_lead(vt_document *document, const vt_business *business, const vt_scope *scope);

/** Days of the period beside those of the compared one. */
void vt_business_days(vt_document *document, const vt_business *business, const vt_scope *scope);

/** One row a group: sums now and before, and the contribution to the change; the greatest `n` by what they moved. */
int vt_business_groups(vt_document *document, const vt_business *business, vt_groups_kind kind, const vt_scope *scope,
                       int32_t n, vt_error *err);

#endif
