/*
 * Columns that grow together: what a builder has collected of items and events. No object per row, so that ten million
 * events take 88 bytes each and nothing else.
 */
#ifndef VT_DATASET_COLUMNS_H
#define VT_DATASET_COLUMNS_H

#include "store/store.h"

/** Makes room for at least `need` elements of `size` bytes in the array whose pointer stands at `column`. */
int vt_column_grow(void *column, size_t *capacity, size_t need, size_t size, vt_error *err);

/** Columns of users, in order of adding. */
typedef struct vt_user_columns {
    int64_t *row; /* of the store */
    int64_t n;
    size_t capacity;
} vt_user_columns;

int vt_user_columns_add(vt_user_columns *columns, int64_t row, vt_error *err);
void vt_user_columns_done(vt_user_columns *columns);

/** Columns of items, in order of adding. */
typedef struct vt_item_columns {
    int64_t *row;      /* of the store */
    int32_t *category; /* number of an interned name, -1 without */
    int32_t *brand;
    int64_t *price;
    int64_t *cost;
    int64_t *stock;
    int64_t *available_from;
    int64_t *available_until;
    int64_t n;
    size_t capacity;
} vt_item_columns;

int vt_item_columns_add(vt_item_columns *columns, int64_t row, const vt_item *item, int32_t category, int32_t brand,
                        vt_error *err);
void vt_item_columns_done(vt_item_columns *columns);

/** Columns of the history of stocks, in order of adding. */
typedef struct vt_stock_columns {
    int32_t *item;
    int64_t *time;
    int64_t *pieces;
    int64_t n;
    size_t capacity;
} vt_stock_columns;

int vt_stock_columns_add(vt_stock_columns *columns, int32_t item, int64_t time, int64_t pieces, vt_error *err);
void vt_stock_columns_done(vt_stock_columns *columns);

/** Numbers of the interned names of an event, -1 without. */
typedef struct vt_event_names {
    int32_t order, session, placement, model, request;
} vt_event_names;

/** Columns of events, in order of adding. */
typedef struct vt_event_columns {
    int64_t *id;
    int64_t *time;
    int64_t *unit_price;
    int64_t *discount;
    int64_t *cost;
    int64_t *refunded;
    int32_t *user; /* -1: a guest */
    int32_t *item;
    int32_t *order; /* number of an interned name, -1 without */
    int32_t *session;
    int32_t *placement;
    int32_t *model;
    int32_t *request;
    float *value;
    float *quantity;
    uint8_t *state;
    uint8_t *has_text;
    uint8_t *tag; /* kind, part << 4, positive << 7 */
    int64_t n;
    size_t capacity;
    bool ascending; /* ids came in ascending order */
} vt_event_columns;

#define VT_TAG(kind, part, positive) ((uint8_t)((unsigned)(kind) | (unsigned)(part) << 4 | (unsigned)(positive) << 7))
#define VT_TAG_KIND(tag) ((uint8_t)((tag)&15U))
#define VT_TAG_PART(tag) ((uint8_t)((tag) >> 4 & 7U))
#define VT_TAG_POSITIVE(tag) ((uint8_t)((tag) >> 7))

int vt_event_columns_add(vt_event_columns *columns, const vt_event_row *row, const vt_event_names *names, bool positive,
                         vt_error *err);
void vt_event_columns_done(vt_event_columns *columns);

#endif
