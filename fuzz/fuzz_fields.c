/*
 * Bodies of requests as records. What is read as a record can be written, and what is written reads back to the same
 * text. The first byte says which record, the second the shop's currency.
 */
#include "fuzz.h"

#include <string.h>

#include "base/limits.h"
#include "serve/fields.h"

static void write_record(vt_buf *out, const vt_fields *fields, const void *record, const char *currency)
{
    vt_json_writer writer;
    vt_buf_init(out, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&writer, out, false);
    vt_json_object(&writer, NULL);
    vt_fields_write(&writer, fields, record, currency);
    vt_json_object_end(&writer);
    fuzz_require(vt_json_writer_done(&writer, NULL) == VT_OK);
}

/* A required text may be empty: it is then refused by the store, and is not written. */
static bool all_written(const vt_fields *fields, const void *record)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        const vt_field *f = &fields->rows[i];
        const vt_str *text = (const vt_str *)(const void *)((const char *)record + f->offset);
        if (f->required && f->type == VT_FIELD_TEXT && text->len == 0) {
            return false;
        }
    }
    return true;
}

static void check_record(vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf text[2];
    void *record = malloc(fields->size), *again = malloc(fields->size);
    fuzz_require(record != NULL && again != NULL);
    int status = vt_fields_read(record, call, fields, object, currency, &err);
    fuzz_require(status == VT_OK || (status == (int)err.code && err.message[0] != '\0'));
    if (status == VT_OK) {
        yyjson_val *root = NULL;
        write_record(&text[0], fields, record, currency);
        if (all_written(fields, record)) {
            fuzz_require(vt_json_read(call->json, (vt_str){text[0].data, text[0].len}, &root, &err) == VT_OK);
            fuzz_require(vt_fields_read(again, call, fields, root, currency, &err) == VT_OK);
            write_record(&text[1], fields, again, currency);
            fuzz_require(text[0].len == text[1].len && memcmp(text[0].data, text[1].data, text[0].len) == 0);
            vt_buf_done(&text[1]);
        }
        vt_buf_done(&text[0]);
    }
    free(record);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const vt_fields *const kinds[] = {&vt_item_fields, &vt_user_fields, &vt_event_fields, &vt_line_fields,
                                             &vt_given_fields};
    static const char *const currencies[] = {"", "EUR", "JPY", "KWD"};
    vt_call *call = NULL;
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    if (size < 2) {
        return 0;
    }
    fuzz_require(vt_call_create(&call, &err) == VT_OK);
    fuzz_require(vt_buf_add(&call->body, (const char *)data + 2, size - 2, &err) == VT_OK);
    if (vt_call_json(&root, call, &err) == VT_OK) {
        check_record(call, kinds[data[0] % 5], root, currencies[data[1] % 4]);
    }
    vt_call_free(call);
    return 0;
}
