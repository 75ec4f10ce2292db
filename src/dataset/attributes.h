/* "name=value" attributes of items and users: collected row by row, from fields and from JSON objects. */
#ifndef VT_DATASET_ATTRIBUTES_H
#define VT_DATASET_ATTRIBUTES_H

#include "base/json.h"
#include "dataset/texts.h"

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

/** Adds "name=value" to the row that is open; texts too long for an id are prose and left out, empty ones too. */
int vt_attribute_list_add(vt_attribute_list *list, vt_str name, vt_str value, vt_error *err);

/**
 * Adds the members of a JSON object to the row that is open: strings, numbers and booleans, and each element of
 * arrays of them, become "name=value"; null, objects and nested arrays are left out. "Not given" adds nothing. `what`
 * and `id` name the row in messages. VT_ERR_FORMAT when the text is no JSON object.
 */
int vt_attribute_list_add_json(vt_attribute_list *list, vt_json_reader *reader, vt_str json, const char *what,
                               vt_str id, vt_error *err);

/** Ends the row: sorts it and drops doubles. */
int vt_attribute_list_end_row(vt_attribute_list *list, vt_error *err);

/** Where the attributes of a row begin. */
int64_t vt_attribute_list_begin(const vt_attribute_list *list, int32_t row);

/** Sorts numbers ascending. */
void vt_sort_numbers(int32_t *numbers, size_t n);

#endif
