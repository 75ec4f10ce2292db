/*
 * One JSON object of item to list of numbers or texts, as the S3-Rec data sets have it. The list becomes the member
 * "attribute" of the item's free attributes; what else stands there stays.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "import/merge.h"
#include "import/source.h"
#include "import/words.h"

/* The whole file, unpacked. */
static int read_whole(vt_source *source, const char *path, vt_buf *text, vt_error *err)
{
    enum { STEP = 256 << 10 };
    vt_stream *stream = NULL;
    size_t got = 1;
    int status = vt_source_open(source, &stream, path, err);
    while (status == VT_OK && got > 0) {
        status = vt_buf_reserve(text, STEP, err);
        if (status == VT_ERR_LIMIT) {
            status = vt_fail(err, VT_ERR_LIMIT, "%s has more than %zu bytes; cut it into several files", path,
                             VT_JSON_FILE_BYTES_MAX);
        }
        if (status == VT_OK) {
            status = vt_stream_read(stream, text->data + text->len, STEP, &got, err);
        }
        text->len += status == VT_OK ? got : 0;
    }
    vt_source_close(source, stream);
    return status;
}

static bool simple(yyjson_val *value)
{
    return yyjson_is_num(value) || yyjson_is_str(value) || yyjson_is_null(value);
}

/* Null, NaN and the words for nothing are no attributes. */
static bool says_something(yyjson_val *value)
{
    return yyjson_is_num(value) ? isfinite(yyjson_get_num(value))
                                : !vt_word_nothing((vt_str){yyjson_get_str(value), yyjson_get_len(value)});
}

/* True for a number, a text, or a list of them. */
static bool usable(yyjson_val *value)
{
    size_t i = 0;
    size_t n = 0;
    yyjson_val *one = NULL;
    if (!yyjson_is_arr(value)) {
        return simple(value) && !yyjson_is_null(value);
    }
    yyjson_arr_foreach(value, i, n, one)
    {
        if (!simple(one)) {
            return false;
        }
    }
    return true;
}

static int put_item(vt_source *source, vt_buf *text, yyjson_val *key, yyjson_val *value, vt_error *err)
{
    if (!usable(value)) {
        return vt_sink_reject(source->sink, err, "not a list",
                              "the item \"%s\" has no list of numbers or texts such as [1, 2]", yyjson_get_str(key));
    }
    vt_json_writer writer;
    vt_buf_clear(text);
    vt_json_writer_init(&writer, text, false);
    vt_json_object(&writer, NULL);
    vt_json_array(&writer, "attribute");
    for (size_t i = 0; i < (yyjson_is_arr(value) ? yyjson_arr_size(value) : 1); i++) {
        yyjson_val *one = yyjson_is_arr(value) ? yyjson_arr_get(value, i) : value;
        if (says_something(one)) {
            vt_merge_value(&writer, NULL, one);
        }
    }
    vt_json_array_end(&writer);
    vt_json_object_end(&writer);
    int status = vt_json_writer_done(&writer, err);
    if (status == VT_ERR_LIMIT) {
        return vt_sink_reject(source->sink, err, "text too long", "the list of \"%s\" is longer than %zu bytes",
                              yyjson_get_str(key), VT_TEXT_BYTES_MAX);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_item item;
    vt_item_init(&item);
    item.id = (vt_str){yyjson_get_str(key), yyjson_get_len(key)};
    item.attributes = (vt_str){text->data, text->len};
    return vt_sink_item(source->sink, &item, err);
}

static int read_file(vt_source *source, vt_json_reader *reader, const char *path, vt_error *err)
{
    vt_buf whole;
    vt_buf text;
    yyjson_val *root = NULL;
    vt_error why = VT_ERROR_INIT;
    vt_buf_init(&whole, VT_JSON_FILE_BYTES_MAX);
    vt_buf_init(&text, VT_TEXT_BYTES_MAX);
    int status = read_whole(source, path, &whole, err);
    if (status == VT_OK) {
        status = vt_json_read(reader, (vt_str){whole.data, whole.len}, &root, &why);
        if (status != VT_OK) {
            vt_fail_at(err, (vt_code)status, why.position, "%s: %s", path, why.message);
        }
    }
    if (status == VT_OK && !yyjson_is_obj(root)) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s is no JSON object of item to list, such as {\"item\": [1, 2]}", path);
    }
    yyjson_obj_iter members = yyjson_obj_iter_with(root);
    for (int64_t row = 1; status == VT_OK; row++) {
        yyjson_val *key = yyjson_obj_iter_next(&members);
        if (key == NULL) {
            break;
        }
        status = vt_sink_row(source->sink, row, err);
        status = status == VT_OK ? put_item(source, &text, key, yyjson_obj_iter_get_val(key), err) : status;
    }
    vt_buf_done(&whole);
    vt_buf_done(&text);
    return status;
}

int vt_source_attributes(vt_source *source, vt_error *err)
{
    vt_json_reader *reader = NULL;
    int status = vt_json_reader_create(&reader, err);
    if (status == VT_OK) {
        vt_json_reader_allow_nan(reader); /* which is no value */
    }
    for (size_t i = 0; status == VT_OK && i < source->options->n_paths; i++) {
        status = read_file(source, reader, source->options->paths[i], err);
    }
    vt_json_reader_free(reader);
    return status;
}
