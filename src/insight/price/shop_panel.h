/*
 * The panel of a shop: pieces and price of each product week by week. What a product cost in a week without sales is
 * the heart of it: the store's recorded prices tell it where they agree with what was paid, else the nearest sale does.
 * Legend: I products with sales, C categories, W weeks.
 */
#ifndef VT_INSIGHT_PRICE_SHOP_PANEL_H
#define VT_INSIGHT_PRICE_SHOP_PANEL_H

#include "insight/price/panel.h"
#include "insight/scope.h"

enum { VT_PANEL_WEEKS = 104, VT_PANEL_WEEKS_MIN = 8 };

typedef struct vt_shop_panel {
    vt_price_panel panel; /* prices in minor units; periods are weeks, all of seven whole days */
    int32_t *item;        /* (I) */
    int32_t *category;    /* (C) of the view, -1: without one */
    int64_t first, last;  /* days, both inclusive */
    size_t recorded;      /* products whose prices are those that the store recorded */
    struct vt_shop_panel_storage *storage;
} vt_shop_panel;

/**
 * The weeks up to the end of the scope's period, at most W = VT_PANEL_WEEKS, of goods and customers that pass its
 * filters; bounds of the price are those of the price now. The caller frees it. VT_ERR_UNSUPPORTED: fewer than
 * VT_PANEL_WEEKS_MIN weeks, or no sale with a price.
 */
int vt_shop_panel_make(vt_shop_panel **out, const vt_scope *scope, vt_error *err);

/** Frees; NULL is allowed. */
void vt_shop_panel_free(vt_shop_panel *panel);

#endif
