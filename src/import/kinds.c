/* The table of kinds: one row a kind, from which both the public list and the internal rows are made. */
#include "import/source.h"

enum {
    TAKES_CSV = VT_TAKES_TABLE | VT_TAKES_MAP | VT_TAKES_LIKE | VT_TAKES_ROWS | VT_TAKES_FORMS | VT_TAKES_KIND |
                VT_TAKES_EVENTS | VT_TAKES_STATUS | VT_TAKES_TEXT | VT_TAKES_ZONE,
    TAKES_SHOP = VT_TAKES_MAP | VT_TAKES_ROWS | VT_TAKES_FORMS | VT_TAKES_TEXT | VT_TAKES_ZONE,
    TAKES_WOO = TAKES_SHOP | VT_TAKES_STATUS,
    TAKES_TEXT = VT_TAKES_TEXT | VT_TAKES_ZONE,
    TAKES_LINES = VT_TAKES_TEXT | VT_TAKES_KIND
};

/* name, what it is, what the paths are, rating scale from, to, what it must know of the shop, which options it takes */
#define KINDS(ROW)                                                                                                     \
    ROW(amazon, "Amazon reviews and metadata of the 2014, 2018 and 2023 editions, told apart by their fields",         \
        "FILE.json[l][.gz|.zst]...", 1, 5, VT_KNOWN_NOTHING, VT_TAKES_ZONE)                                            \
    ROW(csv,                                                                                                           \
        "CSV of events, items, users, item-links or user-links (--table), columns named, mapped (--map), or "          \
        "those of a known data set (--like)",                                                                          \
        "FILE.csv|.tsv|.xlsx[.gz|.zst]...", 0.5, 5, VT_KNOWN_NOTHING, TAKES_CSV)                                       \
    ROW(movielens, "MovieLens: ml-100k, ml-1m, ml-latest, or RecBole .inter, .item and .user files", "FOLDER|FILE...", \
        0.5, 5, VT_KNOWN_NOTHING, TAKES_TEXT)                                                                          \
    ROW(sequences, "lines of \"user item item ...\": purchases in order, without times", "FILE[.gz|.zst]...", 1, 5,    \
        VT_KNOWN_NOTHING, TAKES_LINES)                                                                                 \
    ROW(baskets, "lines of \"item,item,...\": one basket a line, of a customer nobody knows", "FILE[.gz|.zst]...", 1,  \
        5, VT_KNOWN_NOTHING, TAKES_LINES)                                                                              \
    ROW(attributes, "a JSON object of item to list of numbers or texts, kept as the attribute \"attribute\"",          \
        "FILE.json[.gz|.zst]...", 1, 5, VT_KNOWN_NOTHING, 0)                                                           \
    ROW(images, "photos named by item, or mapped to items (--map FILE.csv)", "FOLDER|ZIP...", 1, 5, VT_KNOWN_IMAGES,   \
        VT_TAKES_MAP)                                                                                                  \
    ROW(shopify, "Shopify product and order exports, told apart by their header", "FILE.csv[.gz|.zst]...", 1, 5,       \
        VT_KNOWN_TITLES, TAKES_SHOP)                                                                                   \
    ROW(woocommerce, "WooCommerce product and order exports, told apart by their header", "FILE.csv[.gz|.zst]...", 1,  \
        5, VT_KNOWN_TITLES, TAKES_WOO)

#define PUBLIC_ROW(name, summary, paths, low, high, known, takes) {#name, summary, paths},
#define INTERNAL_ROW(name, summary, paths, low, high, known, takes)                                                    \
    {{#name, summary, paths}, low, high, known, takes, vt_source_##name},

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
