/* The kind "churn" of a shop: who is about to be lost, from what customers did. */
#ifndef VT_INSIGHT_CHURN_SHOP_H
#define VT_INSIGHT_CHURN_SHOP_H

#include "insight/scope.h"

/**
 * Fits a model to the customers of an earlier moment, evaluates it at a later one and applies it at the end of the
 * period. Lost is who places no order within the days in which 90 % of reorders come (a third of the history at most).
 * All customers are learned from; those who pass the filters are listed. VT_ERR_UNSUPPORTED: too few reorders or days.
 */
int vt_churn_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);

#endif
