/*
 * WebP by libwebp, lossy, lossless and with alpha. A moving one is refused: it stands for no single photo, and a shop
 * that has one is better told than given the vector of its first frame.
 */
#include <stdbool.h>
#include <string.h>

#include <webp/decode.h>

#include "base/alloc.h"
#include "encode/image_formats.h"

enum { RIFF_BYTES = 12, CHUNK_BYTES = 8, LOSSLESS = 2 };

static uint32_t little(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Chunks follow each other on even offsets. */
static int find_orientation(const uint8_t *bytes, size_t size)
{
    for (size_t at = RIFF_BYTES; at < size && size - at >= CHUNK_BYTES;) {
        size_t length = little(bytes + at + 4);
        if (length > size - at - CHUNK_BYTES) {
            break;
        }
        if (memcmp(bytes + at, "EXIF", 4) == 0) {
            return vt_exif_orientation(bytes + at + CHUNK_BYTES, length);
        }
        at += CHUNK_BYTES + length + length % 2;
    }
    return 1;
}

static int fail(VP8StatusCode code, size_t size, vt_error *err)
{
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for the WebP");
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
        return vt_fail(err, VT_ERR_CORRUPT, "the WebP ends early, after %zu bytes", size);
    default:
        return vt_fail(err, VT_ERR_CORRUPT, "the WebP is damaged (libwebp's status %d)", (int)code);
    }
}

int vt_webp_decode(vt_stored_image *out, const uint8_t *bytes, size_t size, const vt_image_recipe *recipe,
                   vt_error *err)
{
    (void)recipe; /* libwebp unpacks the whole in any case */
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) {
        return vt_fail(err, VT_ERR_FAILED, "the installed libwebp is not the one that this program was built for");
    }
    VP8StatusCode code = WebPGetFeatures(bytes, size, &config.input);
    if (code != VP8_STATUS_OK) {
        return fail(code, size, err);
    }
    if (config.input.has_animation) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "this WebP moves; save one of its frames as a photo");
    }
    uint32_t width = (uint32_t)config.input.width, height = (uint32_t)config.input.height;
    size_t pixels = (size_t)width * height;
    bool alpha = config.input.has_alpha != 0;
    size_t stride = width * (alpha ? 4U : 3U);
    /* Beside the output libwebp keeps all pixels of a lossless photo, or the plane of alpha while unpacking it. */
    size_t beside = config.input.format == LOSSLESS ? 4 : alpha ? 2 : 0;
    int status = vt_image_admit("WebP", width, height, stride * height + pixels * beside, err);
    uint8_t *rgb = status != VT_OK ? NULL : vt_alloc(stride * height, 1, err);
    if (rgb == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = (WebPRGBABuffer){rgb, (int)stride, stride * height};
    code = WebPDecode(bytes, size, &config);
    WebPFreeDecBuffer(&config.output);
    if (code != VP8_STATUS_OK) {
        vt_free(rgb);
        return fail(code, size, err);
    }
    if (alpha) {
        vt_image_flatten(rgb, pixels);
    }
    *out = (vt_stored_image){{(int)width, (int)height, rgb}, find_orientation(bytes, size)};
    return VT_OK;
}
