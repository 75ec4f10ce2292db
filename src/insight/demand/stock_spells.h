/*
 * Times without stock, from the history of stocks. A place in time is a number of days since the begin of a grid of
 * days, with its fraction: 3.25 is a quarter into the fourth day. Legend: I items, S spells.
 */
#ifndef VT_INSIGHT_DEMAND_STOCK_SPELLS_H
#define VT_INSIGHT_DEMAND_STOCK_SPELLS_H

#include "insight/demand/shop_sales.h"

typedef struct vt_stock_spell {
    double from, until;
} vt_stock_spell;

/** Done with vt_stock_spells_done(). */
typedef struct vt_stock_spells {
    size_t *start;         /* (I + 1) */
    vt_stock_spell *spell; /* (S) without stock, ascending within an item */
    double *known_from;    /* (I) on sale, and the stock known, from here on */
    double *known_until;   /* (I) the same; equal: never */
    size_t contradicted;   /* spells left out, as goods sold on a whole day of them */
} vt_stock_spells;

/**
 * Spells in the days of `sales`, of items that pass the scope's filter. A product is out of stock where its history
 * says 0 or less. Where it sold on a whole day without stock the shop sells what it has not, and the spell is left out.
 */
int vt_stock_spells_find(vt_stock_spells *out, const vt_scope *scope, const vt_shop_sales *sales, vt_error *err);
void vt_stock_spells_done(vt_stock_spells *spells);

#endif
