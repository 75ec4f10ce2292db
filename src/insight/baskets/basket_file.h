/*
 * Baskets from a plain file, packed or not, in one of two forms:
 * - pairs: a header, then one item of a basket a row, the basket in one column and the item in another;
 * - lines: one basket a line, its items separated by commas, no header (the form "basket" of the R package arules).
 * Legend: B baskets, I items.
 */
#ifndef VT_INSIGHT_BASKETS_BASKET_FILE_H
#define VT_INSIGHT_BASKETS_BASKET_FILE_H

#include <stdbool.h>

#include "base/map.h"
#include "insight/baskets/itemsets.h"

typedef struct vt_basket_file {
    vt_baskets baskets;
    vt_map *names;    /* (I) of the items, in the order in which the file has them first; entry i is item i */
    bool pairs;       /* the form it was read in */
    size_t rows;      /* that were read, without a header */
    size_t skipped;   /* rows that could not be read, or named no basket */
    char why[256];    /* of the first of them, a phrase with its line; "" */
    int64_t *offsets; /* private, as is `items` */
    int32_t *items;
} vt_basket_file;

/**
 * Reads a file. `basket` and `item` name the columns of the form pairs; NULL: they are the first two, where the file
 * has that form. It has when a column is named, or when the first line has two fields or more and is a header: all
 * of the first hundred lines have as many fields as it has, and none of its fields comes again in its column. Items
 * without a name are left out; blank lines are no baskets. VT_ERR_NOT_FOUND for no such file or column, VT_ERR_LIMIT
 * with 2^31 baskets or items or more, and the errors of vt_stream_open(). The caller frees it.
 */
int vt_basket_file_read(vt_basket_file **out, const char *path, const char *basket, const char *item, vt_error *err);
void vt_basket_file_free(vt_basket_file *file);

/**
 * Whether a file holds baskets at all: VT_ERR_FORMAT says what speaks against it. `path` is for the sentence. Items
 * that never lie together, or never come again, have no rules; objects, pages and tables of numbers are no baskets. Of
 * a single basket nothing is told.
 */
int vt_basket_file_check(const vt_basket_file *file, const char *path, vt_error *err);

/** The name of an item, borrowed. */
vt_str vt_basket_file_name(const vt_basket_file *file, int32_t item);

#endif
