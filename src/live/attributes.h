/*
 * Attributes of users and items as of a view: age band, segment, region and tier of users, and the free ones of both.
 * Each is a text "name=value" with a number; an attribute may have several values, and a name that nobody has any more
 * keeps its number. Lock-free, as all of a view.
 */
#ifndef VT_LIVE_ATTRIBUTES_H
#define VT_LIVE_ATTRIBUTES_H

#include "live/view.h"

/** The attributes of one row: numbers, in the order of their texts. Borrowed as long as the view is held. */
typedef struct vt_attributes {
    const int32_t *number; /**< (n) */
    int32_t n;
} vt_attributes;

vt_attributes vt_view_user_attributes(const vt_view *view, int32_t user);
vt_attributes vt_view_item_attributes(const vt_view *view, int32_t item);

/** "name=value" of a number, 0 to view->n_user_attributes or n_item_attributes; borrowed likewise. */
vt_str vt_view_user_attribute_text(const vt_view *view, int32_t number);
vt_str vt_view_item_attribute_text(const vt_view *view, int32_t number);

/** The value of attribute `name`, of several the first in the order of bytes; not given without. Borrowed likewise. */
vt_str vt_view_user_attribute(const vt_view *view, int32_t user, vt_str name);
vt_str vt_view_item_attribute(const vt_view *view, int32_t item, vt_str name);

/**
 * One attribute of all users or items as dense codes, for filters and groups. A view and a new snapshot of the same
 * state give the same codes. Done with vt_attribute_column_done().
 */
typedef struct vt_attribute_column {
    int32_t *code; /**< (n) index into `value`: of several values the first; -1 without */
    int32_t n;     /**< U or I */
    vt_str *value; /**< (n_values) those that occur, in the order of bytes; borrowed from the view */
    int32_t *rows; /**< (n_values) how many rows have this code */
    int32_t n_values;
} vt_attribute_column;

/** The column of attribute `name`: O(rows + all names). VT_ERR_NO_MEMORY. */
int vt_view_user_column(vt_attribute_column *out, const vt_view *view, vt_str name, vt_error *err);
int vt_view_item_column(vt_attribute_column *out, const vt_view *view, vt_str name, vt_error *err);
void vt_attribute_column_done(vt_attribute_column *column);

/** Sets `mask` (U or I) to 1 where the row has the attribute `text`, "name=value", else to 0. Other values of the same
 * name do not matter. O(rows). */
void vt_view_users_with(uint8_t *mask, const vt_view *view, vt_str text);
void vt_view_items_with(uint8_t *mask, const vt_view *view, vt_str text);

#endif
