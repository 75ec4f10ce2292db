/* What `vitrine project` is made of: the items behind the vectors, their places, and the files of them. */
#ifndef VT_CLI_PROJECT_H
#define VT_CLI_PROJECT_H

#include "base/arena.h"
#include "cli.h"
#include "vitrine/encoder.h"

/* What the shop says of the items that have vectors; (N) in the order of the vectors. */
typedef struct vt_project_items {
    vt_arena *texts;
    vt_str *title;
    vt_str *category; /* the whole path */
    vt_str *photo;    /* path of the first one that is a file; with photos asked for */
    int32_t *group;   /* index into `groups`, -1 without a category */
    vt_str *groups;   /* the first levels of the paths */
    size_t n_groups;
} vt_project_items;

/* Reads the items of `vectors`; ended by vt_project_items_done(). */
int vt_project_items_read(vt_project_items *out, vt_shop *shop, const vt_item_vectors *vectors, vt_error *err);
void vt_project_items_done(vt_project_items *items);

/* A projection with all that its files say. */
typedef struct vt_projection {
    const vt_item_vectors *vectors;
    const vt_project_items *items;
    const char *by;     /* "text", "image" */
    const char *method; /* "pca", "tsne" */
    size_t dims;
    float *at;           /* (N, dims) */
    double explained[3]; /* pca: shares of the variance */
    double perplexity;   /* tsne: that was used */
    double divergence;   /* tsne */
    int64_t seed;
} vt_projection;

/* Writes `path` as CSV, or as JSON when its name ends in .json. */
int vt_projection_save(const vt_projection *p, const char *path, vt_error *err);

/* Writes the first two dimensions as an SVG; of photos with thumbnails. */
int vt_projection_draw(const vt_projection *p, const char *path, vt_error *err);

#endif
