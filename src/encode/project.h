/* The items behind a set of vectors: what a map of them says. Private to encode. */
#ifndef VT_ENCODE_PROJECT_H
#define VT_ENCODE_PROJECT_H

#include "base/arena.h"
#include "vitrine/project.h"

/* (N) in the order of the vectors. */
typedef struct vt_project_items {
    vt_arena *texts;
    vt_str *title;
    vt_str *category; /* the whole path */
    vt_str *photo;    /* path of the first one that is a file */
    int32_t *group;   /* index into `groups`, -1 without a category */
    vt_str *groups;   /* the first levels of the paths */
    size_t n_groups;
} vt_project_items;

/* Reads the items of `vectors`; ended by vt_project_items_done(). */
int vt_project_items_read(vt_project_items *out, vt_shop *shop, const vt_item_vectors *vectors, vt_error *err);
void vt_project_items_done(vt_project_items *items);

#endif
