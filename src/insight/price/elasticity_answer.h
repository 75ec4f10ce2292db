/* The answer of `vitrine insight elasticity`: elasticities and suggested prices of a plain file. */
#ifndef VT_INSIGHT_PRICE_ELASTICITY_ANSWER_H
#define VT_INSIGHT_PRICE_ELASTICITY_ANSWER_H

#include "insight/document.h"

/**
 * Fills the document from a file of prices and quantities (price_table.h): log-log least squares where every row has
 * sales, else a Poisson regression, which takes rows without sales. Prices are suggested for the highest margin where a
 * column "cost" tells costs, else for the highest revenue, never without an interval. VT_ERR_USAGE, VT_ERR_FORMAT and
 * VT_ERR_IO as vt_price_table_read().
 */
int vt_elasticity_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

#endif
