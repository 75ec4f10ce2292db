/* Finding and unpacking the files of the dashboard. */
#include "report/bundle.h"

#include "base/text.h"
#include "base/unpack.h"

const vt_bundle_file *vt_bundle_find(vt_str name)
{
    for (size_t i = 0; i < vt_bundle_n_files; i++) {
        if (vt_str_equal(vt_str_of(vt_bundle_files[i].name), name)) {
            return &vt_bundle_files[i];
        }
    }
    return NULL;
}

int vt_bundle_unpack(vt_text *out, const vt_bundle_file *file, vt_error *err)
{
    vt_unpack *unpack = NULL;
    vt_buf bytes;
    vt_buf_init(&bytes, file->bytes + 2);
    int status = vt_unpack_create(&unpack, VT_PACKING_GZIP, err);
    if (status == VT_OK) {
        status = vt_buf_reserve(&bytes, file->bytes + 1, err);
    }
    vt_unpack_io io = {.in = (const unsigned char *)file->gzip, .in_len = file->gzip_bytes, .last = true};
    while (status == VT_OK && !io.finished && bytes.len < file->bytes) {
        io.out = (unsigned char *)bytes.data + bytes.len;
        io.out_len = file->bytes - bytes.len;
        status = vt_unpack_step(unpack, &io, err);
        bytes.len += io.got;
    }
    if (status == VT_OK) {
        bytes.data[bytes.len] = '\0';
    }
    vt_unpack_free(unpack);
    return vt_text_finish(out, &bytes, status, err);
}
