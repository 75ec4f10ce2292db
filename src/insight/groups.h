/*
 * Groups that goods and customers are told apart by: categories of one level, brands, bands of prices, kinds of
 * customers. Each is a grouping for vt_sales_sum() with names beside it.
 */
#ifndef VT_INSIGHT_GROUPS_H
#define VT_INSIGHT_GROUPS_H

#include "insight/sales.h"

/** Groups with their sums in the period and in the compared one. Init with zeroes, done with vt_groups_done(). */
typedef struct vt_groups {
    vt_grouping now, before; /**< the same groups */
    const char **name;       /**< (n) */
    struct vt_arena *texts;
    int32_t *of_item;
    int64_t *bounds;
} vt_groups;

typedef enum vt_groups_kind {
    VT_GROUPS_CATEGORY,
    VT_GROUPS_BRAND,
    VT_GROUPS_PRICE,
    VT_GROUPS_CUSTOMER,
    VT_GROUPS_KINDS
} vt_groups_kind;

/** "category", ...; static storage. */
const char *vt_groups_kind_name(vt_groups_kind kind);

/**
 * Makes groups of one kind. Categories are those of the level below the category that is filtered by, the first level
 * without; what has none is a group of its own, "without". Bands of prices are cut at round numbers near the fifths of
 * the items' prices. Kinds of customers need vt_scope_find_premium(). O(I).
 */
int vt_groups_make(vt_groups *out, vt_groups_kind kind, const vt_scope *scope, const char *category, vt_error *err);
void vt_groups_done(vt_groups *groups);

#endif
