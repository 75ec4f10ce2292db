/* "name=value" attributes of items and users: collected row by row, from fields and from JSON objects. */
#ifndef VT_DATASET_ATTRIBUTES_H
#define VT_DATASET_ATTRIBUTES_H

#include "base/json.h"
#include "dataset/texts.h"
#include "vitrine/record.h"

/** Takes one "name=value" of a record; the text is borrowed for the call. What is not VT_OK ends the reading. */
typedef int (*vt_attribute_each)(void *context, vt_str text, vt_error *err);

/**
 * The attributes of a record, in no order, maybe some twice: of a user the age band, segment, region and tier, and of
 * both the members of the free attributes, one JSON object. Strings, numbers and booleans, and each element of arrays
 * of them, become "name=value"; null, objects, nested arrays and empty texts are left out, and texts too long for an
 * id, which are prose. VT_ERR_FORMAT when the free attributes are no JSON object.
 */
int vt_each_user_attribute(const vt_user *user, vt_json_reader *reader, vt_attribute_each each, void *context,
                           vt_error *err);
int vt_each_item_attribute(const vt_item *item, vt_json_reader *reader, vt_attribute_each each, void *context,
                           vt_error *err);

/** Attributes of rows: numbers of interned names, ascending and distinct within a row. */
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

/** Adds "name=value" to the row that is open: a vt_attribute_each of a list. */
int vt_attribute_list_add(void *list, vt_str text, vt_error *err);

/** Ends the row: sorts it and drops doubles. */
int vt_attribute_list_end_row(vt_attribute_list *list, vt_error *err);

/** Where the attributes of a row begin. */
int64_t vt_attribute_list_begin(const vt_attribute_list *list, int32_t row);

/** Sorts numbers ascending. */
void vt_sort_numbers(int32_t *numbers, size_t n);

#endif
