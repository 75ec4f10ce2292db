/*
 * Prices worth trying for the products of a shop: the one that should bring most, with what it should bring a week.
 * Legend: n products with such a price.
 */
#ifndef VT_INSIGHT_PRICE_SHOP_PRICES_H
#define VT_INSIGHT_PRICE_SHOP_PRICES_H

#include "insight/price/elasticity_shop.h"
#include "insight/price/suggest.h"

#define VT_WEEKS_OF_MONTH (365.25 / 12 / 7)

enum {
    VT_SETTLED_WEEKS = 5, /* that a price must have stood for */
    VT_PRICE_GRID = 41    /* prices that are looked at */
};

/** A product with its suggested price; money in minor units, a week. */
typedef struct vt_price_try {
    size_t product;   /**< of the panel */
    double now, cost; /**< cost 0: not known, and the effect is on revenue, else on margin */
    vt_price_suggestion price;
} vt_price_try;

/** Init with zeroes, done with vt_shop_prices_done(). */
typedef struct vt_shop_prices {
    const vt_view *view;
    bool now; /**< the period ends now, and not in the past */
    vt_shop_elasticity e;
    vt_price_try *row; /**< (n) sure gains first, largest effect first */
    size_t n, n_sure;
    size_t n_moving; /**< left out: the price has just changed */
} vt_shop_prices;

/**
 * Finds them from the sales up to the end of the scope's period, for all customers whatever its filters say.
 * VT_ERR_UNSUPPORTED says what the shop lacks where there is none.
 */
int vt_shop_prices_find(vt_shop_prices *out, const vt_scope *scope, uint64_t seed, vt_error *err);
void vt_shop_prices_done(vt_shop_prices *prices);

/**
 * The same of one item, whether another price is worth trying or not: one row, and `curve` (VT_PRICE_GRID) over the
 * prices. VT_ERR_NOT_FOUND for an item that did not sell; VT_ERR_UNSUPPORTED says what evidence is missing.
 */
int vt_shop_price_curve(vt_shop_prices *out, vt_price_point *curve, const vt_scope *scope, vt_str item, uint64_t seed,
                        vt_error *err);

/** The curve (VT_PRICE_GRID) of a row of prices that were found, by the same draws. */
int vt_shop_prices_curve(vt_price_point *curve, const vt_shop_prices *prices, size_t row, uint64_t seed, vt_error *err);

/** Whether the 95 % interval of the effect is above 0. */
static inline bool vt_price_is_sure(const vt_price_try *t)
{
    return t->price.effect_low > 0.0;
}

#endif
