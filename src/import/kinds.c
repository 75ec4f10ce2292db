/* The table of kinds: one row a kind, from which both the public list and the internal rows are made. */
#include "import/source.h"

/* name, what it is, what the paths are, rating scale from, to, what it must know of the shop */
#define KINDS(ROW)                                                                                                     \
    ROW(amazon, "Amazon reviews and metadata of the 2014, 2018 and 2023 editions, told apart by their fields",         \
        "FILE.json[l][.gz|.zst]...", 1, 5, VT_KNOWN_NOTHING)                                                           \
    ROW(csv, "CSV of events, items, users, item-links or user-links (--table), columns named or mapped (--map)",       \
        "FILE.csv[.gz|.zst]...", 0.5, 5, VT_KNOWN_NOTHING)                                                             \
    ROW(movielens, "MovieLens: ml-100k, ml-1m, ml-latest, or RecBole .inter, .item and .user files", "FOLDER|FILE...", \
        0.5, 5, VT_KNOWN_NOTHING)                                                                                      \
    ROW(sequences, "lines of \"user item item ...\": purchases in order, without times", "FILE[.gz|.zst]...", 1, 5,    \
        VT_KNOWN_NOTHING)                                                                                              \
    ROW(attributes, "a JSON object of item to list of numbers or texts, kept as the attribute \"attribute\"",          \
        "FILE.json[.gz|.zst]...", 1, 5, VT_KNOWN_NOTHING)                                                              \
    ROW(images, "photos named by item, or mapped to items (--map FILE.csv)", "FOLDER|ZIP...", 1, 5, VT_KNOWN_IMAGES)   \
    ROW(shopify, "Shopify product and order exports, told apart by their header", "FILE.csv[.gz|.zst]...", 1, 5,       \
        VT_KNOWN_TITLES)                                                                                               \
    ROW(woocommerce, "WooCommerce product and order exports, told apart by their header", "FILE.csv[.gz|.zst]...", 1,  \
        5, VT_KNOWN_TITLES)

#define PUBLIC_ROW(name, summary, paths, low, high, known) {#name, summary, paths},
#define INTERNAL_ROW(name, summary, paths, low, high, known)                                                           \
    {{#name, summary, paths}, low, high, known, vt_source_##name},

static const vt_import_kind public_rows[] = {KINDS(PUBLIC_ROW)};
static const vt_source_kind rows[] = {KINDS(INTERNAL_ROW)};

const vt_import_kind *vt_import_kinds(size_t *count)
{
    *count = sizeof public_rows / sizeof public_rows[0];
    return public_rows;
}

const vt_source_kind *vt_source_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].info.name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}
