/* Small JPEGs of photos, to be embedded in pages. */
#ifndef VT_ENCODE_THUMBNAIL_H
#define VT_ENCODE_THUMBNAIL_H

#include "base/buf.h"

/**
 * Appends a JPEG of side x side pixels (1 to 512): the whole photo, white beside it. VT_ERR_FORMAT, VT_ERR_CORRUPT and
 * VT_ERR_LIMIT as vt_image_decode().
 */
int vt_thumbnail_add(vt_buf *out, const unsigned char *bytes, size_t size, int side, vt_error *err);

#endif
