/* What a report holds beside figures: lists and pasts of some customers, goods with what is like them, map, photos. */
#ifndef VT_REPORT_DASHBOARD_LISTS_H
#define VT_REPORT_DASHBOARD_LISTS_H

#include "report/collected.h"
#include "report/named.h"
#include "vitrine/dashboard.h"
#include "vitrine/shop.h"

typedef struct vt_dashboard_lists {
    vt_collected *to;
    vt_named *named;
    vt_recommender *recommender; /* NULL: no lists */
    vt_shop *shop;               /* open for reading */
    int64_t now;
    const vt_dashboard_options *options;
} vt_dashboard_lists;

/**
 * Adds `users/ID`, `users/ID/recommendations?explain=true&n=6` and `events?n=30&user=ID` (the newest first) of the
 * customers that are named most; how many in `n`. IDs are as the answers name them.
 */
int vt_dashboard_add_customers(int64_t *n, const vt_dashboard_lists *lists, vt_error *err);

/** Adds `items/ID`, `items/ID/similar?n=6` and `items/ID/complements?n=6` of the goods that are named most. */
int vt_dashboard_add_products(const vt_dashboard_lists *lists, vt_error *err);

/** Adds `map?by=image` and `map?by=text` where there are vectors for one. Seconds. */
int vt_dashboard_add_maps(const vt_dashboard_lists *lists, vt_error *err);

/** Appends `{"ITEM": "data:image/jpeg;base64,..."}`; without any "<". */
int vt_dashboard_add_photos(vt_buf *out, int64_t *n, const vt_dashboard_lists *lists, vt_error *err);

#endif
