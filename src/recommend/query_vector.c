/* One text or photo through the encoder whose vectors it will be compared with; no other would do. */
#include "recommend/query_vector.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "encode/clean.h"
#include "encode/encoder.h"

static int open_encoder(vt_encoder **out, const vt_item_vectors *vectors, int threads, vt_error *err)
{
    vt_encoder *encoder = NULL;
    if (*out != NULL) {
        return VT_OK;
    }
    int status = vt_encoder_open(&encoder, vectors->encoder, threads, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_encoder_info *info = vt_encoder_describe(encoder);
    if (strcmp(info->hash, vectors->hash) != 0 || (size_t)info->dimensions != vectors->d) {
        vt_encoder_close(encoder);
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "the encoder %s is another than the one that made the shop's vectors; run \"vitrine encode\"",
                       vectors->encoder);
    }
    *out = encoder;
    return VT_OK;
}

int vt_query_text(float *vector, vt_encoder **encoder, const vt_item_vectors *vectors, const char *text, int threads,
                  vt_error *err)
{
    vt_buf clean;
    vt_buf_init(&clean, 4 * VT_TEXT_BYTES_MAX);
    int status = vt_text_clean(&clean, vt_str_of(text), err);
    if (status == VT_OK) {
        status = open_encoder(encoder, vectors, threads, err);
    }
    if (status == VT_OK) {
        vt_str cleaned = {clean.len == 0 ? "" : clean.data, clean.len};
        status = vt_encoder_texts(*encoder, &cleaned, 1, vector, err);
    }
    vt_buf_done(&clean);
    return status;
}

int vt_query_photo(float *vector, vt_encoder **encoder, const vt_item_vectors *vectors, const char *path, int threads,
                   vt_error *err)
{
    vt_image image = {0};
    vt_error why = VT_ERROR_INIT;
    float *pixels = NULL;
    char *bytes = NULL;
    size_t size = 0;
    int status = vt_file_read(&bytes, &size, path, VT_PHOTO_BYTES_MAX, err);
    if (status == VT_OK) {
        status = open_encoder(encoder, vectors, threads, err);
    }
    if (status != VT_OK) {
        goto out;
    }
    const vt_image_recipe *recipe = vt_encoder_recipe(*encoder);
    status = vt_image_decode(&image, (const uint8_t *)bytes, size, recipe, &why);
    if (status != VT_OK) {
        status = vt_fail(err, why.code, "%s: %s", path, why.message);
        goto out;
    }
    size_t side = (size_t)recipe->size;
    pixels = vt_alloc_aligned(3 * side * side, sizeof *pixels, err);
    status = pixels == NULL ? VT_ERR_NO_MEMORY : vt_image_prepare(pixels, &image, recipe, err);
    if (status == VT_OK) {
        status = vt_encoder_images(*encoder, pixels, 1, vector, err);
    }
out:
    vt_free(pixels);
    vt_image_done(&image);
    vt_free(bytes);
    return status;
}
