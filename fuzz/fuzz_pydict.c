/* Python literals: what is read is JSON or refused by the JSON reader, and errors lie inside the text. */
#include "fuzz.h"

#include "base/json.h"
#include "base/number.h"
#include "import/pydict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    vt_buf json;
    vt_str line = {(const char *)data, size};
    vt_buf_init(&json, (size_t)64 << 20);
    vt_pydict_likely(line);
    int status = vt_pydict_to_json(&json, line, &err);
    if (status != VT_OK) {
        fuzz_require(status == VT_ERR_FORMAT && err.position >= 0 && err.position <= (int64_t)size);
    } else if (vt_utf8_valid((vt_str){json.data, json.len})) {
        fuzz_require(vt_json_reader_create(&reader, &err) == VT_OK);
        status = vt_json_read(reader, (vt_str){json.data, json.len}, &root, &err);
        /* a key twice, and numbers such as 007, are left for the JSON reader to refuse */
        fuzz_require(status == VT_OK || status == VT_ERR_FORMAT);
        vt_json_reader_free(reader);
    }
    vt_buf_done(&json);
    return 0;
}
