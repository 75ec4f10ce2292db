/**
 * Encoders: networks that turn an item's text or photos into a vector, and the vectors of a shop. Legend: N items with
 * one, D dimensions.
 */
#ifndef VITRINE_ENCODER_H
#define VITRINE_ENCODER_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/progress.h"
#include "vitrine/shop.h"
#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vt_encoder_kind { VT_ENCODER_TEXT, VT_ENCODER_IMAGE } vt_encoder_kind;

/** What an encoder's manifest says. Borrowed from whoever gave it. */
typedef struct vt_encoder_info {
    const char *name;
    const char *folder;
    const char *title;   /**< of the network: "all-MiniLM-L6-v2" */
    const char *licence; /**< SPDX identifier, "" when unknown */
    const char *hash;    /**< SHA-256 of all that decides its vectors, 64 hex digits */
    vt_encoder_kind kind;
    int dimensions;
    int max_length; /**< tokens of a text; 0 for images */
} vt_encoder_info;

/** Where encoders are: $VITRINE_ENCODERS, else the folder that the program was built for. Static storage. */
VT_API const char *vt_encoders_folder(void);

/** Unit vectors of items, as they stand in a shop's embeddings folder. */
typedef struct vt_item_vectors {
    int32_t n;           /**< items with a vector */
    size_t d;            /**< dimensions */
    const float *data;   /**< (N, D) rows of length 1 */
    vt_ids ids;          /**< (N) the shop's ids, sorted by their bytes */
    const char *encoder; /**< name */
    const char *hash;    /**< of the encoder */
} vt_item_vectors;

/**
 * Reads the vectors of a shop's items, of the encoder used last for that kind. Items of several photos have the
 * normalised mean. VT_ERR_NOT_FOUND when nothing was encoded yet (the message says the command). Free with
 * vt_item_vectors_free().
 */
VT_API int vt_item_vectors_open(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err);
VT_API void vt_item_vectors_free(vt_item_vectors *vectors);

#ifdef __cplusplus
}
#endif

#endif
