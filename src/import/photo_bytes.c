/* Kinds of photos by their first bytes, and whether they are all there by their last. Nothing is decoded. */
#include "import/photo_bytes.h"

#include <stdint.h>
#include <string.h>

const char *vt_photo_suffix(const unsigned char *bytes, size_t len)
{
    if (len >= 3 && memcmp(bytes, "\xFF\xD8\xFF", 3) == 0) {
        return "jpg";
    }
    if (len >= 8 && memcmp(bytes, "\x89PNG\r\n\x1A\n", 8) == 0) {
        return "png";
    }
    bool webp = len >= VT_PHOTO_MAGIC && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
    return webp ? "webp" : NULL;
}

bool vt_photo_complete(const unsigned char *bytes, size_t len)
{
    const char *suffix = vt_photo_suffix(bytes, len);
    if (suffix == NULL) {
        return false;
    }
    if (suffix[0] == 'w') {
        uint32_t stated =
            (uint32_t)bytes[4] | (uint32_t)bytes[5] << 8 | (uint32_t)bytes[6] << 16 | (uint32_t)bytes[7] << 24;
        return len - 8 >= stated;
    }
    /* Cameras append things, so the end may lie before the last byte; a thumbnail's end lies in the first half. */
    const unsigned char *tail = bytes + len / 2;
    return suffix[0] == 'p' ? memmem(tail, len - len / 2, "IEND", 4) != NULL
                            : memmem(tail, len - len / 2, "\xFF\xD9", 2) != NULL;
}
