/* Free attributes are data, whatever their names: no member is special, and order does not matter. */
#include "dataset/attributes.h"

#include <stdio.h>

#include "base/limits.h"

/* The text of a string, number or boolean; "not given" for anything else. `scratch` holds numbers. */
static vt_str text_of(yyjson_val *value, char scratch[40])
{
    if (yyjson_is_str(value)) {
        return (vt_str){yyjson_get_str(value), yyjson_get_len(value)};
    }
    if (yyjson_is_bool(value)) {
        return vt_str_of(yyjson_get_bool(value) ? "true" : "false");
    }
    if (yyjson_is_uint(value)) {
        snprintf(scratch, 40, "%llu", (unsigned long long)yyjson_get_uint(value));
    } else if (yyjson_is_sint(value)) {
        snprintf(scratch, 40, "%lld", (long long)yyjson_get_sint(value));
    } else if (yyjson_is_real(value)) {
        snprintf(scratch, 40, "%.15g", yyjson_get_real(value)); /* 0.1 stays 0.1, and 2.0 is 2 */
    } else {
        return (vt_str){NULL, 0};
    }
    return vt_str_of(scratch);
}

static int add_member(vt_attribute_list *list, vt_str name, yyjson_val *value, vt_error *err)
{
    char scratch[40];
    if (!yyjson_is_arr(value)) {
        return vt_attribute_list_add(list, name, text_of(value, scratch), err);
    }
    int status = VT_OK;
    yyjson_arr_iter each = yyjson_arr_iter_with(value);
    for (yyjson_val *one = yyjson_arr_iter_next(&each); status == VT_OK && one != NULL;
         one = yyjson_arr_iter_next(&each)) {
        status = vt_attribute_list_add(list, name, text_of(one, scratch), err);
    }
    return status;
}

int vt_attributes_add_json(vt_attribute_list *list, vt_json_reader *reader, vt_str json, const char *what, vt_str id,
                           vt_error *err)
{
    if (json.len == 0) {
        return VT_OK;
    }
    yyjson_val *root = NULL;
    vt_error cause = VT_ERROR_INIT;
    int status = vt_json_read(reader, json, &root, &cause);
    if (status != VT_OK && status != VT_ERR_FORMAT) {
        return vt_fail(err, cause.code, "%s", cause.message);
    }
    if (status != VT_OK || !yyjson_is_obj(root)) {
        return vt_fail(err, VT_ERR_FORMAT, "the attributes of %s \"%.*s\" are no JSON object: %s", what,
                       VT_STR_ARGS(id), status != VT_OK ? cause.message : "{\"name\": value, ...} is expected");
    }
    yyjson_obj_iter each = yyjson_obj_iter_with(root);
    for (yyjson_val *key = yyjson_obj_iter_next(&each); status == VT_OK && key != NULL;
         key = yyjson_obj_iter_next(&each)) {
        vt_str name = {yyjson_get_str(key), yyjson_get_len(key)};
        status = add_member(list, name, yyjson_obj_iter_get_val(key), err);
    }
    return status;
}
