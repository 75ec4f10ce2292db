/* Who takes share from whom: the parts of revenue that categories have, week after week. */
#ifndef VT_INSIGHT_SHARES_H
#define VT_INSIGHT_SHARES_H

#include "insight/scope.h"

/**
 * The table "category_shares": for the last 52 whole weeks up to the end of the period the share of each category in
 * the revenue of the eight weeks that end with it. Categories as vt_groups_make() has them. Without eight weeks of
 * sales there is none. O(lines of 59 weeks).
 */
int vt_shares_add(vt_document *document, const vt_scope *scope, const char *category, vt_error *err);

#endif
