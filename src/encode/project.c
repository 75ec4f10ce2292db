/* Maps of items: their vectors, what the shop says of them, and the places that PCA or t-SNE gives them. */
#include "encode/project.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/options.h"
#include "base/text.h"
#include "encode/pca.h"
#include "encode/thumbnail.h"
#include "encode/tsne.h"

#define PHOTO_BYTES_MAX ((size_t)64 << 20)

struct vt_projection_storage {
    vt_item_vectors *vectors;
    vt_project_items items;
    float *at;
};

void vt_projection_options_init_sized(vt_projection_options *options, size_t size)
{
    const vt_projection_options defaults = {.dims = 2, .perplexity = 30.0, .seed = 42};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int stage(const vt_projection_options *options, const char *name, vt_error *err)
{
    const vt_progress_state state = {name, "items", 0.0, 0.0, NULL};
    return vt_progress_report(options->progress, &state, err);
}

/* Vectors to be mapped. */
typedef struct cloud {
    const float *x; /* (N, D) */
    size_t n, d;
} cloud;

static int place_by_pca(float *at, vt_projection_fit *placed, const cloud *c, const vt_projection_options *given,
                        vt_error *err)
{
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    options.k = (size_t)given->dims;
    options.seed = given->seed;
    options.threads = given->threads;
    int status = stage(given, "finding principal components", err);
    if (status == VT_OK) {
        status = vt_pca_fit(&pca, c->x, c->n, c->d, &options, err);
    }
    if (status == VT_OK) {
        memcpy(at, pca->coordinates, pca->n * pca->k * sizeof *pca->coordinates);
        for (size_t k = 0; k < options.k; k++) {
            placed->explained[k] = vt_pca_explained(pca, k);
        }
    }
    vt_pca_free(pca);
    return status;
}

static int place_by_tsne(float *at, vt_projection_fit *placed, const cloud *c, const vt_projection_options *given,
                         vt_error *err)
{
    vt_tsne_result result = {0};
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    options.dims = given->dims;
    options.perplexity = given->perplexity;
    options.seed = given->seed;
    options.threads = given->threads;
    options.progress = given->progress;
    int status = stage(given, "finding neighbours", err);
    if (status == VT_OK) {
        status = vt_tsne_map(at, &result, c->x, c->n, c->d, &options, err);
    }
    placed->perplexity = result.perplexity;
    placed->divergence = result.kl;
    return status;
}

static int check_options(const vt_projection_options *options, vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_projection_options", err);
    if (status == VT_OK && options->dims != 2 && options->dims != 3) {
        return vt_fail(err, VT_ERR_USAGE, "a map has 2 or 3 dimensions, not %d", options->dims);
    }
    return status;
}

int vt_project_vectors(float *at, vt_projection_fit *placed, const float *x, size_t n, size_t d,
                       const vt_projection_options *options, vt_error *err)
{
    const cloud c = {x, n, d};
    vt_projection_fit made = {{0, 0, 0}, 0, 0};
    int status = check_options(options, err);
    if (status == VT_OK && (n < VT_TSNE_LEAST || d < (size_t)options->dims)) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "a map needs %d vectors of %d dimensions, and there are %zu of %zu",
                         VT_TSNE_LEAST, options->dims, n, d);
    }
    if (status == VT_OK) {
        status = options->method == VT_PROJECTION_PCA ? place_by_pca(at, &made, &c, options, err)
                                                      : place_by_tsne(at, &made, &c, options, err);
    }
    if (status == VT_OK) {
        *placed = made;
    }
    return status;
}

static int place(vt_projection *p, const vt_projection_options *options, vt_error *err)
{
    const vt_item_vectors *vectors = p->storage->vectors;
    size_t n = (size_t)vectors->n;
    vt_projection_fit placed;
    if (n < VT_TSNE_LEAST || vectors->d < p->dims) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "a map needs %d items with vectors, and the shop has %zu",
                       VT_TSNE_LEAST, n);
    }
    p->storage->at = vt_alloc(n, p->dims * sizeof *p->storage->at, err);
    if (p->storage->at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_project_vectors(p->storage->at, &placed, vectors->data, n, vectors->d, options, err);
    if (status == VT_OK) {
        memcpy(p->explained, placed.explained, sizeof p->explained);
        p->perplexity = placed.perplexity;
        p->divergence = placed.divergence;
    }
    return status;
}

/* Points at what the storage holds. */
static void describe(vt_projection *p)
{
    const struct vt_projection_storage *s = p->storage;
    p->n = s->vectors->n;
    p->at = s->at;
    p->ids = s->vectors->ids;
    p->title = s->items.title;
    p->category = s->items.category;
    p->group = s->items.group;
    p->groups = s->items.groups;
    p->n_groups = s->items.n_groups;
    p->encoder = s->vectors->encoder;
}

int vt_project(vt_projection **out, vt_shop *shop, const vt_projection_options *options, vt_error *err)
{
    int status = check_options(options, err);
    if (status != VT_OK) {
        return status;
    }
    vt_projection *p = vt_alloc_zero(1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->by = options->by;
    p->method = options->method;
    p->seed = options->seed;
    p->dims = (size_t)options->dims;
    p->storage = vt_alloc_zero(1, sizeof *p->storage, err);
    status = p->storage == NULL ? VT_ERR_NO_MEMORY : stage(options, "reading vectors", err);
    if (status == VT_OK) {
        status = vt_item_vectors_open(&p->storage->vectors, vt_shop_path(shop), options->by, err);
    }
    if (status == VT_OK) {
        status = vt_project_items_read(&p->storage->items, shop, p->storage->vectors, err);
    }
    if (status == VT_OK) {
        status = place(p, options, err);
    }
    if (status != VT_OK) {
        vt_projection_free(p);
        return status;
    }
    describe(p);
    *out = p;
    return VT_OK;
}

void vt_projection_free(vt_projection *projection)
{
    if (projection != NULL && projection->storage != NULL) {
        vt_item_vectors_free(projection->storage->vectors);
        vt_project_items_done(&projection->storage->items);
        vt_free(projection->storage->at);
        vt_free(projection->storage);
    }
    vt_free(projection);
}

int vt_projection_photo(vt_text *jpeg, const vt_projection *projection, size_t index, int side, vt_error *err)
{
    vt_str path = projection->storage->items.photo[index];
    char *bytes = NULL;
    size_t size = 0;
    vt_buf made;
    vt_error why = VT_ERROR_INIT;
    if (path.ptr == NULL) {
        *jpeg = (vt_text){NULL, 0};
        return VT_OK;
    }
    vt_buf_init(&made, PHOTO_BYTES_MAX);
    int status = vt_file_read(&bytes, &size, path.ptr, PHOTO_BYTES_MAX, &why);
    if (status == VT_OK) {
        status = vt_thumbnail_add(&made, (const unsigned char *)bytes, size, side, &why);
        vt_free(bytes);
    }
    if (status == VT_ERR_NO_MEMORY) {
        vt_buf_done(&made);
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status != VT_OK) { /* a photo that is gone or damaged is none */
        vt_buf_clear(&made);
    }
    return vt_text_finish(jpeg, &made, VT_OK, err);
}
