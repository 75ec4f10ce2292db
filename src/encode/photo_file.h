/* Photos of a shop's own folder: what a catalogue says of its images may be any path, and none but these is opened. */
#ifndef VT_ENCODE_PHOTO_FILE_H
#define VT_ENCODE_PHOTO_FILE_H

#include "base/buf.h"

/**
 * Opens `image`, "images/a/b.jpg", below the shop's folder of images, for reading; nothing on the way may lead out of
 * it, links included. -1 for all that is elsewhere or not there.
 */
int vt_photo_file_open(const char *shop, vt_str image);

/** Appends what the open file holds. VT_ERR_NOT_FOUND for what is no file, VT_ERR_LIMIT past the buffer's cap. */
int vt_photo_file_read(vt_buf *bytes, int fd, vt_error *err);

#endif
