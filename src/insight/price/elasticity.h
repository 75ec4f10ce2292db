/*
 * Price elasticities of products and categories: by how many per cent sales change when a price is one per cent higher.
 * A product's own rows seldom tell it well, so products of a category are pooled (pool.h), and from three categories on
 * these are too: a product with few sales or steady prices gets nearly its category's, with an interval that says so.
 * Legend: I products, C categories.
 */
#ifndef VT_INSIGHT_PRICE_ELASTICITY_H
#define VT_INSIGHT_PRICE_ELASTICITY_H

#include "insight/price/controls.h"
#include "insight/price/demand.h"
#include "insight/price/panel.h"

typedef struct vt_elasticity_options {
    size_t size;                    /* set by vt_elasticity_options_init() */
    vt_price_likelihood likelihood; /* default Poisson */
    vt_price_season season;         /* default VT_SEASON_AUTO */
    double spread; /* how far products of a category are thought to differ: deviation of the half-normal
                                       prior of tau; above 0, default 0.5 */
} vt_elasticity_options;

void vt_elasticity_options_init(vt_elasticity_options *options);

/** Of a product. Where `known` is false nothing tells its elasticity, and the numbers are 0. */
typedef struct vt_elasticity {
    bool known;
    double value, deviation;   /* pooled: posterior mean and standard deviation */
    double low, high;          /* 95 % interval */
    bool own_known;            /* its own rows tell something */
    double own, own_deviation; /* of its own rows alone, with a robust standard error */
    double from_category;      /* share of the category's mean in `value`, 0 to 1 */
    double centre;             /* price at which level and elasticity are told apart best, near the mean price */
    double units;              /* expected pieces of a mean row at that price */
    double units_deviation;    /* of the logarithm of `units` */
    vt_price_history history;
} vt_elasticity;

/** Of a category. */
typedef struct vt_category_elasticity {
    bool known;
    double value, deviation; /* of the mean of its products */
    double low, high;        /* 95 % interval */
    double between;          /* standard deviation between its products (tau) */
    size_t products;         /* all */
    size_t estimated;        /* those whose own rows tell something */
    double inflation;        /* robust variance / that of the model: scatter of sales beyond Poisson's law;
                                log-log: variance of log sales around the fit */
    vt_price_season season;  /* what was controlled for */
    bool promotion_known;
    double promotion, promotion_deviation; /* log of sales in promotion / outside at equal price */
} vt_category_elasticity;

/**
 * Estimates `product` (I) and `category` (C) from a panel. Same bytes for same input. VT_ERR_FORMAT when the panel is
 * not what it should be, VT_ERR_USAGE for options. About 15 passes over the rows, and K^2 a product for K columns.
 */
int vt_elasticity_fit(vt_elasticity *product, vt_category_elasticity *category, const vt_price_panel *panel,
                      const vt_elasticity_options *options, vt_error *err);

#endif
