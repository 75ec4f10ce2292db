/* The second level of pooling: categories borrow from each other, and hand it on to their products. */
#ifndef VT_INSIGHT_PRICE_CATEGORIES_H
#define VT_INSIGHT_PRICE_CATEGORIES_H

#include "insight/price/elasticity.h"

/**
 * Draws the means of categories `category` (C) towards the mean of all, and products (I) along by the share that they
 * have of their category's mean. A category that tells nothing gets the mean of all, with an interval as wide as that
 * of a category nobody knows. Nothing happens where fewer than three categories tell something. `of` (I): the category
 * of each product, or NULL.
 */
int vt_categories_pool(vt_elasticity *product, vt_category_elasticity *category, size_t n_products, size_t n_categories,
                       const int32_t *of, double spread, vt_error *err);

/** The 95 % interval of a normal posterior. */
void vt_elasticity_interval(double value, double deviation, double *low, double *high);

#endif
