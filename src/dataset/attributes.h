/* From the fields of items and users to "name=value" attributes. */
#ifndef VT_DATASET_ATTRIBUTES_H
#define VT_DATASET_ATTRIBUTES_H

#include "base/json.h"
#include "dataset/rows.h"

/**
 * Adds the members of a JSON object to the row that is open: strings, numbers and booleans, and each element of
 * arrays of them, become "name=value"; null, objects and nested arrays are left out. "Not given" adds nothing. `what`
 * and `id` name the row in messages. VT_ERR_FORMAT when the text is no JSON object.
 */
int vt_attributes_add_json(vt_attribute_list *list, vt_json_reader *reader, vt_str json, const char *what, vt_str id,
                           vt_error *err);

#endif
