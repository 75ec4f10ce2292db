/*
 * The vocabulary of the synthetic shop: categories, sub-categories with their nouns, materials and uses, brands with a
 * style each, styles with their words and colours. Plain tables, so that a reader sees what the shop sells.
 */
#ifndef VT_SYNTH_WORDS_H
#define VT_SYNTH_WORDS_H

#include <stdint.h>

enum {
    SYNTH_CATEGORIES = 7,
    SYNTH_SUBS = 35, /* five a category, in the order of the categories */
    SYNTH_STYLES = 8,
    SYNTH_BRANDS = 16,
    SYNTH_COLOURS = 12,
    SYNTH_PATTERNS = 6,
    SYNTH_NOUNS = 3,
    SYNTH_MATERIALS = 4,
    SYNTH_USES = 4,
    SYNTH_FEATURES = 5
};

typedef struct synth_category {
    const char *name;
    double taste_share; /* of sales without season and taste */
    double peak_day;    /* day of the year of the season's top */
    double amplitude;   /* of the season, in log units */
    double elasticity;  /* mean of its products, how many per cent fewer for one per cent dearer */
} synth_category;

typedef struct synth_sub {
    const char *name;
    double price;                          /* typical, major units */
    int complement;                        /* sub-category that goes with it, by index */
    const char *noun[SYNTH_NOUNS];         /* ways to call one */
    const char *material[SYNTH_MATERIALS]; /* what it is made of, or what a book is about */
    const char *use[SYNTH_USES];           /* for whom or what */
    const char *feature[SYNTH_FEATURES];   /* whole sentences */
} synth_sub;

typedef struct synth_style {
    const char *name;
    const char *adjective[4];
    const char *sentence[3];
    uint8_t colour[3];  /* indices into synth_colours */
    uint8_t pattern[2]; /* indices into synth_patterns */
} synth_style;

typedef struct synth_brand {
    const char *name;
    int style;
    double price_level; /* times the typical price */
} synth_brand;

typedef struct synth_colour {
    const char *name;
    uint8_t rgb[3];
} synth_colour;

extern const synth_category synth_categories[SYNTH_CATEGORIES];
extern const synth_sub synth_subs[SYNTH_SUBS];
extern const synth_style synth_styles[SYNTH_STYLES];
extern const synth_brand synth_brands[SYNTH_BRANDS];
extern const synth_colour synth_colours[SYNTH_COLOURS];
extern const char *const synth_patterns[SYNTH_PATTERNS];

/** What a review of `stars` (1 to 5) may say: opening, about the product (one "%s" for the noun), closing. */
extern const char *const synth_review_titles[5][4];
extern const char *const synth_review_openings[5][4];
extern const char *const synth_review_closings[5][4];
/** About one aspect, bad, middling and good; one "%s" for the aspect's word. */
extern const char *const synth_review_material[3][3];
extern const char *const synth_review_use[3][3];
extern const char *const synth_review_style[3][3];

#endif
