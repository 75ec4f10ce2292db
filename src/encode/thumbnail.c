/* A thumbnail takes the way that photos take to a network, and comes back as a JPEG from there. */
#include "encode/thumbnail.h"

#include <turbojpeg.h>

#include "base/alloc.h"
#include "encode/image.h"

enum { QUALITY = 72 };

/* Planes of R, G, B (3, side, side) from 0 to 255 as bytes (side, side, 3). */
static void interleave(unsigned char *rgb, const float *planes, size_t side)
{
    for (size_t i = 0; i < side * side; i++) {
        for (size_t c = 0; c < 3; c++) {
            float value = planes[c * side * side + i];
            rgb[i * 3 + c] = (unsigned char)(value <= 0.0F ? 0.0F : value >= 255.0F ? 255.0F : value + 0.5F);
        }
    }
}

static int compress(vt_buf *out, const unsigned char *rgb, int side, vt_error *err)
{
    unsigned long size = tjBufSize(side, side, TJSAMP_420);
    int status = vt_buf_reserve(out, size, err);
    tjhandle jpeg = status == VT_OK ? tjInitCompress() : NULL;
    if (jpeg == NULL) {
        return status == VT_OK ? vt_fail(err, VT_ERR_NO_MEMORY, "memory ran out") : status;
    }
    unsigned char *to = (unsigned char *)out->data + out->len;
    if (tjCompress2(jpeg, rgb, side, 0, side, TJPF_RGB, &to, &size, TJSAMP_420, QUALITY, TJFLAG_NOREALLOC) == 0) {
        out->len += size;
        out->data[out->len] = '\0';
    } else {
        status = vt_fail(err, VT_ERR_FAILED, "a thumbnail cannot be packed: %s", tjGetErrorStr2(jpeg));
    }
    tjDestroy(jpeg);
    return status;
}

int vt_thumbnail_add(vt_buf *out, const unsigned char *bytes, size_t size, int side, vt_error *err)
{
    vt_image image = {0};
    vt_image_recipe recipe = {.size = side, .resize = side, .fit = VT_IMAGE_LETTERBOX, .deviation = {1, 1, 1}};
    size_t pixels = (size_t)side * (size_t)side;
    float *planes = vt_alloc_aligned(3 * pixels, sizeof *planes, err);
    unsigned char *rgb = vt_alloc(3 * pixels, 1, err);
    int status = planes == NULL || rgb == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        status = vt_image_decode(&image, bytes, size, &recipe, err);
    }
    if (status == VT_OK) {
        status = vt_image_prepare(planes, &image, &recipe, err);
        vt_image_done(&image);
    }
    if (status == VT_OK) {
        interleave(rgb, planes, (size_t)side);
        status = compress(out, rgb, side, err);
    }
    vt_free(planes);
    vt_free(rgb);
    return status;
}
