/**
 * Maps of a shop's items in two or three dimensions, near where texts or photos are alike. Legend: N items with a
 * vector, M dimensions of the map. Experimental: what is here may still change.
 */
#ifndef VITRINE_PROJECT_H
#define VITRINE_PROJECT_H

#include "vitrine/encoder.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vt_projection_method {
    VT_PROJECTION_PCA, /**< principal components */
    VT_PROJECTION_TSNE /**< t-SNE (van der Maaten and Hinton 2008), which shows neighbours */
} vt_projection_method;

/** What is asked. Init with vt_projection_options_init(). */
typedef struct vt_projection_options {
    size_t size;                 /**< set by vt_projection_options_init() */
    vt_encoder_kind by;          /**< whose vectors; default text */
    vt_projection_method method; /**< default PCA */
    int dims;                    /**< M, 2 or 3; default 2 */
    double perplexity; /**< tsne: neighbours a point cares for; lowered to (N - 1) / 3 where that is less; default 30 */
    uint64_t seed;     /**< default 42 */
    int threads;       /**< 0: all processors */
    const vt_progress *progress;
} vt_projection_options;

VT_SIZED_INIT(vt_projection_options)

/** The map. Texts and arrays live as long as it does. */
typedef struct vt_projection {
    vt_encoder_kind by;
    vt_projection_method method;
    uint64_t seed;
    int32_t n;              /**< N */
    size_t dims;            /**< M */
    const float *at;        /**< (N, M) row-major, centred */
    vt_ids ids;             /**< (N) the shop's ids, sorted by their bytes */
    const vt_str *title;    /**< (N) */
    const vt_str *category; /**< (N) the whole path */
    const int32_t *group;   /**< (N) index into `groups`, -1 without a category */
    const vt_str *groups;   /**< (n_groups) the first levels of the paths */
    size_t n_groups;
    const char *encoder;                   /**< that made the vectors */
    double explained[3];                   /**< PCA: shares of the variance */
    double perplexity;                     /**< t-SNE: that was used */
    double divergence;                     /**< t-SNE: Kullback-Leibler, in nats */
    struct vt_projection_storage *storage; /**< private */
} vt_projection;

/**
 * Maps the items that have vectors. VT_ERR_NOT_FOUND when nothing was encoded yet (the message says the command),
 * VT_ERR_UNSUPPORTED for fewer than four items. Same shop, options and seed: same map, for any number of threads. t-SNE
 * takes O(N^2) an iteration up to 2,000 items and O(N log N) above. The caller frees it.
 */
VT_API int vt_project(vt_projection **out, vt_shop *shop, const vt_projection_options *options, vt_error *err);
VT_API void vt_projection_free(vt_projection *projection);

/** How well a map of vectors came out. */
typedef struct vt_projection_fit {
    double explained[3]; /**< PCA: shares of the variance */
    double perplexity;   /**< t-SNE: that was used */
    double divergence;   /**< t-SNE: Kullback-Leibler, in nats */
} vt_projection_fit;

/**
 * Maps vectors x (n, d), row-major, into `at` (n, M), as vt_project() does those of a shop; `options->by` does not
 * count. VT_ERR_FORMAT when a number is not finite.
 */
VT_API int vt_project_vectors(float *at, vt_projection_fit *placed, const float *x, size_t n, size_t d,
                              const vt_projection_options *options, vt_error *err);

/**
 * The first photo of item number `index` that is a file, as a JPEG of side x side pixels (1 to 512): all of it, white
 * beside it. Empty where there is none that can be read.
 */
VT_API int vt_projection_photo(vt_text *jpeg, const vt_projection *projection, size_t index, int side, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
