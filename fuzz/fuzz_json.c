/*
 * JSON: whatever is accepted has no double key (checked the slow way) and is not too deep; what the writer makes of it
 * reads back to the same text.
 */
#include "fuzz.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"

/* Every pair of keys, every level. */
static void check(yyjson_val *value, int depth)
{
    size_t i = 0;
    size_t n = 0;
    yyjson_val *key = NULL;
    yyjson_val *child = NULL;
    if (yyjson_is_arr(value)) {
        fuzz_require(depth < VT_JSON_DEPTH_MAX);
        yyjson_arr_foreach(value, i, n, child)
        {
            check(child, depth + 1);
        }
    } else if (yyjson_is_obj(value)) {
        fuzz_require(depth < VT_JSON_DEPTH_MAX);
        yyjson_obj_foreach(value, i, n, key, child)
        {
            size_t j = 0;
            size_t m = 0;
            yyjson_val *other = NULL;
            yyjson_val *unused = NULL;
            yyjson_obj_foreach(value, j, m, other, unused)
            {
                if (j >= i || j > 300) {
                    break;
                }
                fuzz_require(!yyjson_equals_strn(other, yyjson_get_str(key), yyjson_get_len(key)));
            }
            check(child, depth + 1);
        }
    }
}

/* Keys with a NUL cannot be written (the writer's keys are the program's own): `*skip`. */
static void write_value(vt_json_writer *writer, const char *name, yyjson_val *value, int *skip)
{
    size_t i = 0;
    size_t n = 0;
    yyjson_val *key = NULL;
    yyjson_val *child = NULL;
    if (yyjson_is_arr(value)) {
        vt_json_array(writer, name);
        yyjson_arr_foreach(value, i, n, child)
        {
            write_value(writer, NULL, child, skip);
        }
        vt_json_array_end(writer);
    } else if (yyjson_is_obj(value)) {
        vt_json_object(writer, name);
        yyjson_obj_foreach(value, i, n, key, child)
        {
            *skip |= strlen(yyjson_get_str(key)) != yyjson_get_len(key);
            write_value(writer, yyjson_get_str(key), child, skip);
        }
        vt_json_object_end(writer);
    } else if (yyjson_is_str(value)) {
        vt_json_text(writer, name, (vt_str){yyjson_get_str(value), yyjson_get_len(value)});
    } else if (yyjson_is_bool(value)) {
        vt_json_bool(writer, name, yyjson_get_bool(value));
    } else if (yyjson_is_null(value)) {
        vt_json_null(writer, name);
    } else if (yyjson_is_sint(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) <= INT64_MAX)) {
        vt_json_int(writer, name, yyjson_get_sint(value));
    } else {
        vt_json_number(writer, name, yyjson_get_num(value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_json_reader *reader = NULL;
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    vt_buf text[2];
    int skip = 0;
    vt_buf_init(&text[0], (size_t)1 << 26);
    vt_buf_init(&text[1], (size_t)1 << 26);
    fuzz_require(vt_json_reader_create(&reader, &err) == VT_OK);
    int status = vt_json_read(reader, (vt_str){(const char *)data, size}, &root, &err);
    fuzz_require(status == VT_OK || (status == VT_ERR_FORMAT && err.position >= 0 && (size_t)err.position <= size));
    if (status == VT_OK) {
        check(root, 0);
    }
    for (int turn = 0; turn < 2 && status == VT_OK; turn++) {
        vt_json_writer writer;
        vt_json_writer_init(&writer, &text[turn], false);
        write_value(&writer, NULL, root, &skip);
        status = vt_json_writer_done(&writer, &err);
        fuzz_require(status == VT_OK || (turn == 0 && status == VT_ERR_LIMIT)); /* it goes less deep than the reader */
        if (turn == 0 && status == VT_OK) {
            status = skip ? VT_ERR_LIMIT : vt_json_read(reader, (vt_str){text[0].data, text[0].len}, &root, &err);
            fuzz_require(status == VT_OK || skip);
        }
    }
    if (status == VT_OK) {
        fuzz_require(text[0].len == text[1].len && memcmp(text[0].data, text[1].data, text[0].len) == 0);
    }
    vt_buf_done(&text[0]);
    vt_buf_done(&text[1]);
    vt_json_reader_free(reader);
    return 0;
}
