/* What of a shop is to be encoded. Legend: N items, P contents (texts or photos). */
#ifndef VT_ENCODE_GATHER_H
#define VT_ENCODE_GATHER_H

#include "dataset/texts.h"
#include "encode/reviews.h"
#include "encode/vectors.h"

/** One text or photo of an item. */
typedef struct vt_content {
    int32_t item;
    bool usable; /* it could be read: `key` holds */
    vt_content_key key;
} vt_content;

/** Owned by vt_gather / vt_gathered_done. */
typedef struct vt_gathered {
    vt_text_list ids;     /* (N) in the order of the store */
    vt_text_list photos;  /* (P) paths as the items have them, "" for texts */
    vt_content *contents; /* (P) item by item */
    size_t n, capacity;   /* P */
    int64_t without;      /* items with no content */
    int64_t addresses;    /* photos that are URLs, which are left out */
} vt_gathered;

/** Walks the items. Texts get their keys here; photos are not opened yet. */
int vt_gather(vt_gathered *out, vt_store *store, vt_encoder_kind kind, const vt_reviews *reviews,
              const vt_progress *progress, vt_error *err);
void vt_gathered_done(vt_gathered *gathered);

/** Writes the table of items, of contents that are usable, and makes this encoder the shop's. */
int vt_gathered_write(const vt_gathered *gathered, const char *shop, const vt_encoder_info *encoder, vt_error *err);

#endif
