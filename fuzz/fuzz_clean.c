/*
 * Cleaning any bytes, as a text and as the title and the description of an item: what comes out is UTF-8 without
 * controls or doubled spaces, and no longer than each broken byte makes it.
 */
#include "fuzz.h"

#include <string.h>

#include "base/number.h"
#include "encode/clean.h"

static void check_clean(const vt_buf *out)
{
    vt_str text = {out->data, out->len};
    fuzz_require(vt_utf8_valid(text));
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->data[i];
        fuzz_require(c >= ' ' && c != 0x7F);
        fuzz_require(c != ' ' || (i > 0 && i + 1 < out->len && out->data[i + 1] != ' '));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_item item;
    vt_str text = {(const char *)data, size};
    vt_buf_init(&out, 3 * size + 16); /* a broken byte becomes three */
    fuzz_require(vt_text_clean(&out, text, &err) == VT_OK);
    check_clean(&out);
    fuzz_require(out.len <= 3 * size);

    vt_buf_clear(&out);
    vt_item_init(&item);
    size_t half = size / 2;
    item.title = (vt_str){text.ptr, half};
    item.description = (vt_str){text.ptr + half, size - half};
    fuzz_require(vt_item_text(&out, &item, NULL, &err) == VT_OK);
    check_clean(&out);
    vt_buf_done(&out);
    return 0;
}
