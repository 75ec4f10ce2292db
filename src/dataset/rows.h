/*
 * What a builder has collected: columns that grow together, texts end to end, names interned. No object per row, so ten
 * million events take 33 bytes each and nothing else.
 */
#ifndef VT_DATASET_ROWS_H
#define VT_DATASET_ROWS_H

#include "base/map.h"
#include "dataset/ranking.h"
#include "store/store.h"

/** Texts end to end, in order of adding. */
typedef struct vt_text_list {
    char *text;
    int64_t *end; /* (n) text i ends there and begins where the one before ends */
    int32_t n;
    size_t text_capacity;
    size_t capacity;
} vt_text_list;

int vt_text_list_add(vt_text_list *list, vt_str text, vt_error *err);
vt_str vt_text_list_at(const void *list, int32_t index);
void vt_text_list_done(vt_text_list *list);

/** Text `index` of the keys of a vt_map, for rankings. */
vt_str vt_map_text_at(const void *map, int32_t index);

/** The number of `text` among the keys of a map, given on first sight. */
int vt_intern(int32_t *out, vt_map *names, vt_str text, vt_error *err);

/** "name=value" attributes of rows: numbers of interned names, ascending and distinct within a row. */
typedef struct vt_attribute_list {
    vt_map *names;
    int64_t *end; /* (rows) */
    int32_t *name;
    int32_t rows;
    int64_t n;
    size_t row_capacity;
    size_t capacity;
} vt_attribute_list;

int vt_attribute_list_init(vt_attribute_list *list, vt_error *err);
void vt_attribute_list_done(vt_attribute_list *list);

/** Adds "name=value" to the row that is open; texts too long for an id are prose and left out, empty ones too. */
int vt_attribute_list_add(vt_attribute_list *list, vt_str name, vt_str value, vt_error *err);

/** Ends the row: sorts it and drops doubles. */
int vt_attribute_list_end_row(vt_attribute_list *list, vt_error *err);

/** Sorts numbers ascending. */
void vt_sort_numbers(int32_t *numbers, size_t n);

/** Where the attributes of a row begin. */
int64_t vt_attribute_list_begin(const vt_attribute_list *list, int32_t row);

/** Columns of events, in order of adding. */
typedef struct vt_event_columns {
    int64_t *id;
    int64_t *time;
    int32_t *user;
    int32_t *item;
    float *value;
    float *quantity;
    uint8_t *tag; /* kind, part << 4, positive << 7 */
    int64_t n;
    size_t capacity;
    bool ascending; /* ids came in ascending order */
} vt_event_columns;

#define VT_TAG(kind, part, positive) ((uint8_t)((unsigned)(kind) | (unsigned)(part) << 4 | (unsigned)(positive) << 7))
#define VT_TAG_KIND(tag) ((uint8_t)((tag)&15U))
#define VT_TAG_PART(tag) ((uint8_t)((tag) >> 4 & 7U))
#define VT_TAG_POSITIVE(tag) ((uint8_t)((tag) >> 7))

int vt_event_columns_add(vt_event_columns *columns, const vt_event_row *row, bool positive, vt_error *err);
void vt_event_columns_done(vt_event_columns *columns);

#endif
