/* The items that the shop has when an import begins, for kinds that match files or order lines to them. */
#ifndef VT_IMPORT_KNOWN_H
#define VT_IMPORT_KNOWN_H

#include "store/store.h"

typedef struct vt_known vt_known;

/** What a kind of source needs to know. */
typedef enum vt_known_use {
    VT_KNOWN_NOTHING,
    VT_KNOWN_TITLES, /* ids, which item has a title, and which the attribute "product_id" */
    VT_KNOWN_IMAGES  /* ids, and the images of each */
} vt_known_use;

/** Reads the items of the store. Freed with vt_known_free(). */
int vt_known_load(vt_known **out, vt_store *store, vt_known_use use, vt_error *err);
void vt_known_free(vt_known *known);

/** The number of the item, or -1. */
int64_t vt_known_find(const vt_known *known, vt_str id);

/** Items; their numbers are 0 to one less. */
int64_t vt_known_count(const vt_known *known);

vt_str vt_known_id(const vt_known *known, int64_t item);

/** The first item whose title has this handle (vt_text_handle()), or -1; with VT_KNOWN_TITLES. */
int64_t vt_known_titled(const vt_known *known, vt_str handle);

/** The first item with the free attribute "product_id" of that text, or -1; with VT_KNOWN_TITLES. */
int64_t vt_known_product(const vt_known *known, vt_str product);

/** The images of an item, borrowed; with VT_KNOWN_IMAGES. */
const vt_str *vt_known_images(const vt_known *known, int64_t item, size_t *n);

/** One image of one item. */
typedef struct vt_known_image {
    int64_t item;
    size_t position;
    int64_t next; /* number of the next image of this file name, -1: none */
} vt_known_image;

/** The first image whose address ends with the file name `base`; NULL when there is none. */
const vt_known_image *vt_known_image_find(const vt_known *known, vt_str base);

/** The image of that number. */
const vt_known_image *vt_known_image_at(const vt_known *known, int64_t number);

/** The part of a path or URL behind its last "/", before "?" and "#". */
vt_str vt_known_base(vt_str path);

#endif
