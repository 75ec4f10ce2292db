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
    int max_length;        /**< tokens of a text; 0 for images */
    const char *precision; /**< of its weights: "fp32", "int8", "bf16" */
    int image_size;        /**< pixels of a side that the network sees; 0 for texts */
    bool image_crop;       /**< the middle of a photo, else all of it with white beside */
} vt_encoder_info;

/** Where encoders are: $VITRINE_ENCODERS, else the folder that the program was built for. Static storage. */
VT_API const char *vt_encoders_folder(void);

/** Where the tool is that builds encoders, on the machine that the library was built on. Static storage. */
VT_API const char *vt_encoders_builder(void);

/** The manifest of an encoder: what its network wants to be given, and the hashes of its files. */
typedef struct vt_manifest vt_manifest;

/**
 * Reads the manifest of an encoder by name (a folder under vt_encoders_folder()) or by the path of its folder.
 * VT_ERR_NOT_FOUND says what is there instead; VT_ERR_FORMAT names the first thing that is wrong.
 */
VT_API int vt_manifest_open(vt_manifest **out, const char *name, vt_error *err);
VT_API void vt_manifest_close(vt_manifest *manifest);

/** What it says; lives as long as the manifest. */
VT_API const vt_encoder_info *vt_manifest_info(const vt_manifest *manifest);

/** Compares every file with its hash. VT_ERR_CORRUPT names the one that differs and says what to do. */
VT_API int vt_manifest_check(const vt_manifest *manifest, vt_error *err);

/** Removes the encoder's files; `*left` says that its folder holds others and stays. Vectors stay in their shops. */
VT_API int vt_manifest_remove(const vt_manifest *manifest, bool *left, vt_error *err);

/**
 * Calls `each` for every encoder under vt_encoders_folder(), by name; of one that cannot be read `manifest` is NULL and
 * `why` says it. VT_OK to go on; anything else ends it, and is what the call then gives. No folder: no error.
 */
VT_API int vt_encoders_each(int (*each)(void *context, const vt_manifest *manifest, const vt_error *why), void *context,
                            vt_error *err);

/** An encoder that runs. */
typedef struct vt_encoder vt_encoder;

/**
 * Opens an encoder by name or by the path of its folder, and runs it once. `threads` 0: all processors.
 * VT_ERR_NOT_FOUND says what is missing and what to install; VT_ERR_CORRUPT when a file is not the one of the manifest,
 * or the network's output is not what the manifest says.
 */
VT_API int vt_encoder_open(vt_encoder **out, const char *name, int threads, vt_error *err);
VT_API void vt_encoder_close(vt_encoder *encoder);

/** Unit vectors of items, as they stand in a shop's embeddings folder. */
typedef struct vt_item_vectors {
    int32_t n;           /**< items with a vector */
    size_t d;            /**< dimensions */
    const float *data;   /**< (N, D) rows of length 1; NULL where they are left in their files (vt_item_vector()) */
    vt_ids ids;          /**< (N) the shop's ids, sorted by their bytes */
    const char *encoder; /**< name */
    const char *hash;    /**< of the encoder */
    /** Used where `data` is NULL. */
    const float *(*row)(const struct vt_item_vectors *vectors, int32_t i, float *room);
} vt_item_vectors;

/**
 * Vector i (D), borrowed; by any thread. Vectors that are left in their files are copied to `room` (D); with NULL it is
 * the place in the mapped file, whose pages then stay in memory as long as there is enough.
 */
static inline const float *vt_item_vector(const vt_item_vectors *vectors, int32_t i, float *room)
{
    return vectors->data != NULL ? vectors->data + (size_t)i * vectors->d : vectors->row(vectors, i, room);
}

/**
 * Reads the vectors of a shop's items, of the encoder used last for that kind. Items of several photos have the
 * normalised mean. VT_ERR_NOT_FOUND when nothing was encoded yet (the message says the command). Free with
 * vt_item_vectors_free().
 */
VT_API int vt_item_vectors_open(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err);
VT_API void vt_item_vectors_free(vt_item_vectors *vectors);

/** What was done for one kind. */
typedef struct vt_encode_counts {
    char encoder[256]; /**< name; "" when this kind was not asked for or the shop has nothing of it */
    int64_t items;     /**< of the catalogue */
    int64_t encoded;   /**< texts or photos that went through the network */
    int64_t kept;      /**< whose vector was there already, or of which another item has the same */
    int64_t without;   /**< items without a text, or without a photo that is a file */
    int64_t refused;   /**< photos that cannot be used */
    int64_t addresses; /**< photos that are URLs and were left out: "vitrine images fetch" brings them */
    double seconds;
} vt_encode_counts;

typedef struct vt_encode_report {
    vt_encode_counts text;
    vt_encode_counts image;
} vt_encode_report;

#define VT_REVIEWS_MAX 20 /**< titles of reviews in an item's text */

/** What to encode and how. Init with vt_encode_options_init(). */
typedef struct vt_encode_options {
    size_t size;       /**< set by vt_encode_options_init() */
    const char *text;  /**< name or folder of the encoder; NULL: the one used last in this shop, else "minilm" */
    const char *image; /**< NULL: the one used last in this shop, else "efficientnet-lite0" */
    int reviews;       /**< titles of an item's newest reviews that belong to its text, 0 to VT_REVIEWS_MAX; 0: none */
    bool skip_text;
    bool skip_image;
    int threads; /**< 0: all processors */
    vt_encoder *
        *kept; /**< (2) of texts and of photos: encoders that a run may use and leaves open for the next one, NULL
                            at first; the caller closes them. NULL: each run opens and closes its own */
    const vt_progress *progress;
    /** Told of each photo that cannot be used, NULL: nobody is. Texts are valid during the call. */
    void (*refused)(void *context, const char *item, const char *photo, const char *reason);
    void *context;
} vt_encode_options;

VT_SIZED_INIT(vt_encode_options)

/**
 * Makes the vectors of all items whose text or photos have none yet, and keeps them in the shop's embeddings folder.
 * Reads the store, writes files. What is done stands when the run is stopped (VT_ERR_CANCELLED) or killed: the next one
 * goes on from there. Photos that cannot be used are told of and do not stop it. VT_ERR_UNSUPPORTED without OpenVINO,
 * when there is anything to encode; VT_ERR_BUSY while another run writes; errors of encoders as of their files.
 */
VT_API int vt_encode_shop(vt_encode_report *out, vt_shop *shop, const vt_encode_options *options, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
