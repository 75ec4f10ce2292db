/*
 * What was sold at which price: the data that elasticities are estimated from. Rows of a product stand together.
 * Legend: N rows (a product in a period), I products, C categories, T periods.
 */
#ifndef VT_INSIGHT_PRICE_PANEL_H
#define VT_INSIGHT_PRICE_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef struct vt_price_panel {
    size_t n;                /* N */
    size_t n_products;       /* I, at least 1 */
    size_t n_categories;     /* C, at least 1 */
    size_t n_periods;        /* T; 0: rows have no time, and nothing is controlled for it */
    const int64_t *ptr;      /* (I + 1) rows of product i: ptr[i] up to ptr[i + 1] */
    const int32_t *category; /* (I) 0 to C - 1; NULL: all in category 0 */
    const double *units;     /* (N) pieces sold, 0 to 1e15 */
    const double *price;     /* (N) of a piece, above 0, to 1e15; any currency */
    const double *promotion; /* (N) share of the row's time under promotion, 0 to 1; NULL: not known */
    const double *exposure;  /* (N) time on sale, above 0, in any unit; NULL: alike everywhere */
    const int32_t *period;   /* (N) 0 to T - 1; NULL when T is 0 */
    const double *year;      /* (T) time of each period in years, whole at the turn of the year; NULL when T is 0 */
} vt_price_panel;

/** Names the first thing wrong with a panel, as VT_ERR_FORMAT with the row as position. */
int vt_price_panel_check(const vt_price_panel *panel, vt_error *err);

/** What makes an elasticity doubtful. A set of bits. */
typedef enum vt_price_warning {
    VT_PRICE_FEW_PRICES = 1,      /* fewer than three different prices */
    VT_PRICE_HARDLY_MOVED = 2,    /* the price varied by less than 3 % (standard deviation / mean) */
    VT_PRICE_PROMOTIONS_ONLY = 4, /* outside promotions the price hardly moved */
    VT_PRICE_FEW_SALES = 8        /* fewer than ten pieces, or ten rows with sales */
} vt_price_warning;

/** How a product's price moved. */
typedef struct vt_price_history {
    double units;       /* pieces in all */
    double lowest;      /* of the prices tried */
    double highest;     /* likewise */
    double last;        /* of the last row */
    double mean;        /* of the rows */
    double variation;   /* standard deviation / mean */
    int64_t rows, sold; /* rows; rows with sales */
    int64_t n_prices;   /* different prices */
    unsigned warnings;  /* of vt_price_warning */
} vt_price_history;

/** Describes product `product`. `scratch` holds as many numbers as it has rows. O(rows log rows). */
void vt_price_history_of(vt_price_history *out, const vt_price_panel *panel, size_t product, double *scratch);

#endif
