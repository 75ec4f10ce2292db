/* ZIP files: entries that unpack have the size and checksum that the directory says, and none passes the cap. */
#include "fuzz.h"

#include <zlib.h>

#include "import/zip.h"

enum { CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_error err = VT_ERROR_INIT;
    vt_zip *zip = NULL;
    vt_buf out;
    char digest[33];
    int status = vt_zip_memory(&zip, data, size, "fuzz.zip", &err);
    if (status != VT_OK) {
        fuzz_require(status == VT_ERR_FORMAT || status == VT_ERR_CORRUPT || status == VT_ERR_LIMIT);
        return 0;
    }
    vt_buf_init(&out, CAP);
    vt_zip_digest(zip, digest);
    for (size_t i = 0; i < vt_zip_count(zip) && i < 64; i++) {
        vt_zip_entry entry = vt_zip_at(zip, i);
        vt_zip_name_safe(entry.name);
        status = vt_zip_unpack(zip, &entry, &out, &err);
        if (status == VT_OK) {
            fuzz_require(out.len == entry.size && out.len <= CAP);
            fuzz_require(crc32(0, (const Bytef *)out.data, (uInt)out.len) == entry.crc);
        } else {
            fuzz_require(status == VT_ERR_CORRUPT || status == VT_ERR_LIMIT || status == VT_ERR_UNSUPPORTED);
        }
    }
    vt_buf_done(&out);
    vt_zip_close(zip);
    return 0;
}
