/*
 * What the decoders of single formats share. Each reads its header first, asks vt_image_admit() before it unpacks, and
 * gives RGB as it is stored; image.c turns it upright.
 */
#ifndef VT_ENCODE_IMAGE_FORMATS_H
#define VT_ENCODE_IMAGE_FORMATS_H

#include "encode/image.h"

/** Where a decoder writes: the photo (rgb by vt_alloc) and its EXIF orientation, 1 to 8. */
typedef struct vt_stored_image {
    vt_image image;
    int orientation;
} vt_stored_image;

typedef int vt_image_decoder(vt_stored_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe,
                             vt_error *err);

vt_image_decoder vt_jpeg_decode;
vt_image_decoder vt_png_decode;
vt_image_decoder vt_webp_decode;

/** VT_ERR_LIMIT when the header promises more pixels, or decoding takes more memory, than base/limits.h allows. */
int vt_image_admit(const char *format, uint32_t width, uint32_t height, uint64_t bytes, vt_error *err);

/** Lays `pixels` of RGBA on white, in place: the first three quarters of the memory are RGB then. */
void vt_image_flatten(uint8_t *rgba, size_t pixels);

/** The orientation, 1 to 8, that an EXIF block says ("Exif\0\0" before it or not); 1 when it says none. */
int vt_exif_orientation(const uint8_t *exif, size_t size);

#endif
