/* The kinds "elasticity" and "prices" of a shop: how sales answer to prices, and which prices are worth trying. */
#ifndef VT_INSIGHT_PRICE_ELASTICITY_SHOP_H
#define VT_INSIGHT_PRICE_ELASTICITY_SHOP_H

#include "insight/price/elasticity.h"
#include "insight/price/shop_panel.h"

/** Elasticities of a shop. Init with zeroes, done with vt_shop_elasticity_done(). Legend: I products, C categories. */
typedef struct vt_shop_elasticity {
    vt_shop_panel *panel;
    vt_elasticity *product;           /**< (I) */
    vt_category_elasticity *category; /**< (C) */
    size_t n_known;                   /**< products */
} vt_shop_elasticity;

/** Makes the panel and estimates. VT_ERR_UNSUPPORTED says what the shop lacks: sales, weeks or prices that moved. */
int vt_shop_elasticity_find(vt_shop_elasticity *out, const vt_scope *scope, vt_error *err);
void vt_shop_elasticity_done(vt_shop_elasticity *elasticity);

/** Notes: which weeks, what was controlled for, where prices come from, and how much is doubtful. */
void vt_shop_elasticity_note(vt_document *document, const vt_shop_elasticity *elasticity);

/** The path of category `c`, or "without". */
vt_str vt_shop_elasticity_category(const vt_shop_elasticity *elasticity, size_t c, const vt_view *view);

int vt_elasticity_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_prices_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);

#endif
