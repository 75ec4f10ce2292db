/* Two readers, since both objects are needed at once, and one writer, so that equal content is equal text. */
#include "import/merge.h"

#include "base/alloc.h"
#include "base/limits.h"

struct vt_merger {
    vt_json_reader *old;
    vt_json_reader *fresh;
    vt_buf text;
};

int vt_merger_create(vt_merger **out, vt_error *err)
{
    vt_merger *merger = vt_alloc_zero(1, sizeof *merger, err);
    if (merger == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&merger->text, VT_TEXT_BYTES_MAX);
    int status = vt_json_reader_create(&merger->old, err);
    if (status == VT_OK) {
        status = vt_json_reader_create(&merger->fresh, err);
    }
    if (status != VT_OK) {
        vt_merger_free(merger);
        return status;
    }
    *out = merger;
    return VT_OK;
}

void vt_merger_free(vt_merger *merger)
{
    if (merger != NULL) {
        vt_json_reader_free(merger->old);
        vt_json_reader_free(merger->fresh);
        vt_buf_done(&merger->text);
        vt_free(merger);
    }
}

static bool writable(yyjson_val *key)
{
    return strlen(yyjson_get_str(key)) == yyjson_get_len(key);
}

/* Recursion is bounded by the reader's cap on depth. */
void vt_merge_value(vt_json_writer *writer, const char *key, yyjson_val *value)
{
    if (yyjson_is_obj(value)) {
        vt_json_object(writer, key);
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        for (yyjson_val *name = yyjson_obj_iter_next(&members); name != NULL; name = yyjson_obj_iter_next(&members)) {
            if (writable(name)) {
                vt_merge_value(writer, yyjson_get_str(name), yyjson_obj_iter_get_val(name));
            }
        }
        vt_json_object_end(writer);
    } else if (yyjson_is_arr(value)) {
        vt_json_array(writer, key);
        yyjson_arr_iter elements = yyjson_arr_iter_with(value);
        for (yyjson_val *one = yyjson_arr_iter_next(&elements); one != NULL; one = yyjson_arr_iter_next(&elements)) {
            vt_merge_value(writer, NULL, one);
        }
        vt_json_array_end(writer);
    } else if (yyjson_is_str(value)) {
        vt_json_text(writer, key, (vt_str){yyjson_get_str(value), yyjson_get_len(value)});
    } else if (yyjson_is_bool(value)) {
        vt_json_bool(writer, key, yyjson_get_bool(value));
    } else if (yyjson_is_sint(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) <= INT64_MAX)) {
        vt_json_int(writer, key, yyjson_get_sint(value));
    } else if (yyjson_is_num(value)) {
        vt_json_number(writer, key, yyjson_get_num(value));
    } else {
        vt_json_null(writer, key);
    }
}

static void write_merged(vt_json_writer *writer, yyjson_val *old, yyjson_val *fresh)
{
    vt_json_object(writer, NULL);
    yyjson_obj_iter members = yyjson_obj_iter_with(old);
    for (yyjson_val *name = yyjson_obj_iter_next(&members); name != NULL; name = yyjson_obj_iter_next(&members)) {
        yyjson_val *given = yyjson_obj_getn(fresh, yyjson_get_str(name), yyjson_get_len(name));
        if (writable(name)) {
            vt_merge_value(writer, yyjson_get_str(name), given != NULL ? given : yyjson_obj_iter_get_val(name));
        }
    }
    members = yyjson_obj_iter_with(fresh);
    for (yyjson_val *name = yyjson_obj_iter_next(&members); name != NULL; name = yyjson_obj_iter_next(&members)) {
        if (writable(name) && yyjson_obj_getn(old, yyjson_get_str(name), yyjson_get_len(name)) == NULL) {
            vt_merge_value(writer, yyjson_get_str(name), yyjson_obj_iter_get_val(name));
        }
    }
    vt_json_object_end(writer);
}

int vt_merge_attributes(vt_merger *merger, vt_str old, vt_str fresh, vt_str *merged, vt_error *err)
{
    yyjson_val *before = NULL;
    yyjson_val *now = NULL;
    int status = vt_json_read(merger->fresh, fresh, &now, err);
    if (status == VT_OK && !yyjson_is_obj(now)) {
        status = vt_fail(err, VT_ERR_FORMAT, "the attributes are no JSON object such as {\"color\": \"red\"}");
    }
    if (status != VT_OK) {
        return status;
    }
    if (old.ptr != NULL) {
        status = vt_json_read(merger->old, old, &before, err);
        if (status != VT_OK && status != VT_ERR_FORMAT) {
            return status;
        }
        before = status == VT_OK ? before : NULL;
    }
    vt_json_writer writer;
    vt_buf_clear(&merger->text);
    vt_json_writer_init(&writer, &merger->text, false);
    write_merged(&writer, before, now);
    status = vt_json_writer_done(&writer, err);
    if (status == VT_OK) {
        *merged = (vt_str){merger->text.data, merger->text.len};
    }
    return status;
}
