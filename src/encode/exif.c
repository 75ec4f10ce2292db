/*
 * The one EXIF entry that matters here: which way up the photo is. A block is a TIFF file of which only the first
 * directory is read; whatever is odd about it means "as stored", since a photo with a bad label is still a photo.
 */
#include <stdbool.h>
#include <string.h>

#include "encode/image_formats.h"

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_BYTES = 12 };

static uint32_t number(const uint8_t *at, int bytes, bool big)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | at[big ? i : bytes - 1 - i];
    }
    return value;
}

int vt_exif_orientation(const uint8_t *exif, size_t size)
{
    static const char prefix[6] = "Exif\0";
    if (size >= sizeof prefix && memcmp(exif, prefix, sizeof prefix) == 0) {
        exif += sizeof prefix;
        size -= sizeof prefix;
    }
    if (size < 8 || (memcmp(exif, "II*\0", 4) != 0 && memcmp(exif, "MM\0*", 4) != 0)) {
        return 1;
    }
    bool big = exif[0] == 'M';
    size_t at = number(exif + 4, 4, big);
    if (at > size - 2) {
        return 1;
    }
    uint32_t entries = number(exif + at, 2, big);
    for (at += 2; entries > 0 && size - at >= ENTRY_BYTES; entries--, at += ENTRY_BYTES) {
        if (number(exif + at, 2, big) == TAG_ORIENTATION && number(exif + at + 2, 2, big) == TYPE_SHORT) {
            uint32_t value = number(exif + at + 8, 2, big);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}
