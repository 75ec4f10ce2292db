/* What photos look like as bytes. */
#ifndef VT_IMPORT_PHOTO_BYTES_H
#define VT_IMPORT_PHOTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>

enum { VT_PHOTO_MAGIC = 12 /* bytes that tell */ };

/** "jpg", "png" or "webp" by the first bytes, NULL for anything else. Static storage. */
const char *vt_photo_suffix(const unsigned char *bytes, size_t len);

/** False when a photo of known kind breaks off: the mark of its end is missing, or it is shorter than it says. */
bool vt_photo_complete(const unsigned char *bytes, size_t len);

#endif
