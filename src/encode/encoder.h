/*
 * Encoders: networks in folders with a manifest, run through OpenVINO, which is loaded at the first use. Legend: N
 * inputs, D dimensions.
 */
#ifndef VT_ENCODE_ENCODER_H
#define VT_ENCODE_ENCODER_H

#include "encode/image.h"
#include "vitrine/encoder.h"

const vt_encoder_info *vt_encoder_describe(const vt_encoder *encoder);

/**
 * Unit vectors (N, D) of texts, sorted by length into batches inside. The result for a text depends on the others by
 * less than 1e-5. VT_ERR_CORRUPT when the network gives what is not finite.
 */
int vt_encoder_texts(vt_encoder *encoder, const vt_str *texts, size_t n, float *vectors, vt_error *err);

/**
 * The same for long work: `told` (NULL: nobody) hears on the calling thread how many of the texts are done, about, and
 * stops the work by anything but VT_OK.
 */
int vt_encoder_texts_told(vt_encoder *encoder, const vt_str *texts, size_t n, float *vectors,
                          int (*told)(void *context, size_t done, vt_error *err), void *context, vt_error *err);

/** Unit vectors (N, D) of photos that vt_image_prepare() made by the encoder's recipe, `pixels` (N, 3, S, S). */
int vt_encoder_images(vt_encoder *encoder, const float *pixels, size_t n, float *vectors, vt_error *err);
const vt_image_recipe *vt_encoder_recipe(const vt_encoder *encoder);

/**
 * For whoever has threads of his own: there are vt_encoder_lanes() lanes, each good for one thread at a time. `n` up to
 * VT_ENCODER_PHOTOS.
 */
#define VT_ENCODER_PHOTOS 4
int vt_encoder_lanes(const vt_encoder *encoder);
int vt_encoder_images_on(const vt_encoder *encoder, int lane, const float *pixels, size_t n, float *vectors,
                         vt_error *err);

#endif
