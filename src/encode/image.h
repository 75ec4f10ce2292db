/* Photos from bytes to what a network reads. Formats: JPEG, PNG, WebP. */
#ifndef VT_ENCODE_IMAGE_H
#define VT_ENCODE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** A decoded photo, upright (EXIF), alpha laid on white. */
typedef struct vt_image {
    int width, height;
    uint8_t *rgb; /* (height, width, 3) */
} vt_image;

typedef enum vt_image_fit {
    VT_IMAGE_CROP,     /* shorter side to `resize`, then the middle */
    VT_IMAGE_LETTERBOX /* the whole photo, white beside it */
} vt_image_fit;

/** What a network wants to see. */
typedef struct vt_image_recipe {
    int size;   /* side of the square, 224 */
    int resize; /* shorter side before the middle is cut out, 256 */
    vt_image_fit fit;
    float mean[3], deviation[3]; /* of R, G, B: (byte - mean) / deviation */
} vt_image_recipe;

/**
 * Decodes `bytes`; the caller ends it with vt_image_done(). The header is read first: more than VT_IMAGE_PIXELS_MAX
 * pixels, VT_DECODED_IMAGE_BYTES_MAX bytes or VT_IMAGE_SCANS_MAX scans are refused (VT_ERR_LIMIT) before anything is
 * unpacked. With a `recipe` only what vt_image_prepare() reads for it is sure to be there: JPEG decodes faster at a
 * smaller scale, with no side under `resize`, and leaves what a crop cuts off black. NULL: the photo as it is.
 * VT_ERR_FORMAT for what is no photo, VT_ERR_CORRUPT for a damaged one, whichever part of it is needed.
 */
int vt_image_decode(vt_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe, vt_error *err);
void vt_image_done(vt_image *image);

/** Writes `pixels` (3, size, size), planes of R, G, B. Antialiased bilinear resize, as PIL's. */
int vt_image_prepare(float *pixels, const vt_image *image, const vt_image_recipe *recipe, vt_error *err);

#endif
