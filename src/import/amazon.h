/* What the two halves of the Amazon source share: reviews and lines in amazon.c, metadata in amazon_meta.c. */
#ifndef VT_IMPORT_AMAZON_H
#define VT_IMPORT_AMAZON_H

#include "import/source.h"

/** Editions whose marks were seen, as bits. */
enum { VT_AMAZON_2014 = 1, VT_AMAZON_2018 = 2, VT_AMAZON_2023 = 4 };

/** Reused from product to product. */
typedef struct vt_amazon_meta {
    vt_buf title, description, brand, category, attributes, level, scratch;
    vt_str *images; /* (VT_TEXT_IMAGES_MAX) */
    unsigned editions;
    vt_json_reader *details; /* of details that are a text */
    yyjson_val *read_row;    /* whose details `read` is; NULL: of none */
    yyjson_val *read;
    int64_t bad_prices; /* that were no amount of money */
} vt_amazon_meta;

int vt_amazon_meta_init(vt_amazon_meta *meta, vt_error *err);
void vt_amazon_meta_done(vt_amazon_meta *meta);

/** One product: an item and its links. */
int vt_amazon_meta_row(vt_source *source, vt_amazon_meta *meta, yyjson_val *row, vt_error *err);

/** A text, or "not given" for anything else and for an empty one. */
vt_str vt_amazon_text(yyjson_val *value);

/** The same, "not given" also for a word that says nothing: "None", "nan". */
vt_str vt_amazon_word(yyjson_val *value);

#endif
