/* Which goods and customers the answers of a report name, so that it holds their photos and lists. */
#ifndef VT_REPORT_NAMED_H
#define VT_REPORT_NAMED_H

#include "base/json.h"
#include "live/view.h"

/** Init with vt_named_init(), done with vt_named_done(). */
typedef struct vt_named {
    const vt_view *view;
    bool masked;            /* customers are "customer 17" */
    int32_t *items, *users; /* (I), (U) in how many tables each is */
    int32_t *top_items;     /* (n_items) those named most, by how often and then by number */
    int32_t *top_users;
    size_t n_items, n_users;
} vt_named;

/** `view` is borrowed, and held by the caller. */
int vt_named_init(vt_named *out, const vt_view *view, bool masked, vt_error *err);
void vt_named_done(vt_named *named);

/** Counts what a table names, as vt_collected_insight() hands it over. */
int vt_named_table(void *named, yyjson_val *table, vt_error *err);

/**
 * Counts what a list names: the members `item` of its rows. `first`: before all that is named elsewhere, however often.
 */
int vt_named_list(vt_named *named, vt_str json, bool first, vt_error *err);

/** Makes the orders of what was counted so far. */
int vt_named_sort(vt_named *named, vt_error *err);

#endif
