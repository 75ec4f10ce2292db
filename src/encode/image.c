/*
 * Decoding a photo: the format is told by its first bytes and never by a file's name, a decoder of image_formats.h
 * unpacks it, and here it is turned upright.
 */
#include "encode/image.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "encode/image_formats.h"

/* What a file may begin with. Rows without a decoder are there for the message. */
static const struct {
    const char *name;
    const char *magic;
    size_t at, len;
    vt_image_decoder *decode;
} formats[] = {
    {"JPEG", "\xFF\xD8\xFF", 0, 3, vt_jpeg_decode},
    {"PNG", "\x89PNG\r\n\x1A\n", 0, 8, vt_png_decode},
    {"WebP", "WEBP", 8, 4, vt_webp_decode},
    {"GIF", "GIF8", 0, 4, NULL},
    {"TIFF", "II*\0", 0, 4, NULL},
    {"TIFF", "MM\0*", 0, 4, NULL},
    {"BMP", "BM", 0, 2, NULL},
    {"HEIC", "ftyphei", 4, 7, NULL},
    {"HEIC", "ftypmif1", 4, 8, NULL},
    {"AVIF", "ftypavif", 4, 8, NULL},
    {"PDF", "%PDF", 0, 4, NULL},
    {"SVG or XML text", "<?xml", 0, 5, NULL},
    {"SVG", "<svg", 0, 4, NULL},
    {"web page", "<!", 0, 2, NULL},
    {"web page", "<html", 0, 5, NULL},
};

int vt_image_admit(const char *format, uint32_t width, uint32_t height, uint64_t bytes, vt_error *err)
{
    if ((uint64_t)width * height > VT_IMAGE_PIXELS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT,
                       "the %s has %" PRIu32 " x %" PRIu32 " pixels and at most %zu million are read: make it smaller",
                       format, width, height, VT_IMAGE_PIXELS_MAX / 1000000);
    }
    if (bytes > VT_DECODED_IMAGE_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT,
                       "decoding the %s of %" PRIu32 " x %" PRIu32 " pixels takes %" PRIu64
                       " MiB and at most %zu are used: make it smaller",
                       format, width, height, bytes >> 20, VT_DECODED_IMAGE_BYTES_MAX >> 20);
    }
    return VT_OK;
}

void vt_image_flatten(uint8_t *rgba, size_t pixels)
{
    uint8_t *rgb = rgba;
    for (size_t i = 0; i < pixels; i++, rgb += 3, rgba += 4) {
        unsigned alpha = rgba[3];
        for (int c = 0; c < 3; c++) {
            rgb[c] = (uint8_t)((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
}

/* Where pixel (x, y) of the upright photo comes from: swapped to (y, x), then mirrored in the stored one. */
static const struct {
    bool swap, mirror_x, mirror_y;
} turns[9] = {
    [2] = {false, true, false}, [3] = {false, true, true}, [4] = {false, false, true}, [5] = {true, false, false},
    [6] = {true, false, true},  [7] = {true, true, true},  [8] = {true, true, false},
};

static int turn(vt_image *image, int orientation, vt_error *err)
{
    bool swap = turns[orientation].swap;
    int width = swap ? image->height : image->width, height = swap ? image->width : image->height;
    uint8_t *rgb = vt_alloc((size_t)width * (size_t)height, 3, err);
    if (rgb == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    ptrdiff_t step_x = 3, step_y = 3 * (ptrdiff_t)image->width;
    const uint8_t *from = image->rgb;
    if (turns[orientation].mirror_x) {
        from += step_x * (image->width - 1);
        step_x = -step_x;
    }
    if (turns[orientation].mirror_y) {
        from += step_y * (image->height - 1);
        step_y = -step_y;
    }
    ptrdiff_t across = swap ? step_y : step_x, down = swap ? step_x : step_y;
    uint8_t *to = rgb;
    for (int y = 0; y < height; y++) {
        const uint8_t *pixel = from + down * y;
        for (int x = 0; x < width; x++, pixel += across, to += 3) {
            to[0] = pixel[0];
            to[1] = pixel[1];
            to[2] = pixel[2];
        }
    }
    vt_free(image->rgb);
    *image = (vt_image){width, height, rgb};
    return VT_OK;
}

int vt_image_decode(vt_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe, vt_error *err)
{
    size_t n = sizeof formats / sizeof formats[0], f = 0;
    while (f < n && (size < formats[f].at + formats[f].len ||
                     memcmp(bytes + formats[f].at, formats[f].magic, formats[f].len) != 0)) {
        f++;
    }
    if (size == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "the file is empty; a JPEG, PNG or WebP is expected");
    }
    if (f == n) {
        return vt_fail(err, VT_ERR_FORMAT, "this is no photo: it does not begin as a JPEG, PNG or WebP does");
    }
    if (formats[f].decode == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "this is a %s; save it as JPEG, PNG or WebP", formats[f].name);
    }
    vt_stored_image stored = {.orientation = 1};
    int status = formats[f].decode(&stored, bytes, size, recipe, err);
    if (status == VT_OK && stored.orientation != 1) {
        status = turn(&stored.image, stored.orientation, err);
    }
    if (status != VT_OK) {
        vt_image_done(&stored.image);
        return status;
    }
    *out = stored.image;
    return VT_OK;
}

void vt_image_done(vt_image *image)
{
    if (image != NULL) {
        vt_free(image->rgb);
        *image = (vt_image){0};
    }
}
