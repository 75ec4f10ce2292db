/* The answers about demand: what series of a file or a shop did, will do, and what to have in stock for it. */
#ifndef VT_INSIGHT_DEMAND_DEMAND_ANSWER_H
#define VT_INSIGHT_DEMAND_DEMAND_ANSWER_H

#include "insight/document.h"
#include "vitrine/insight.h"

struct vt_scope; /* insight/scope.h */

/**
 * Fills an answer from a file of series (series_file.h): the forecast of their sum, series by what is foreseen, the
 * parts of the sum, and with options->backtest how each method would have foreseen the last `horizon` periods. Uses
 * season, horizon, backtest, service, lead_days, n and seed. Errors of reading; VT_ERR_UNSUPPORTED with a backtest for
 * which every series is too short.
 */
int vt_demand_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

/**
 * Fills an answer from a shop's sales: what will sell in the next `horizon` days, weeks or months (`unit`), in all, by
 * category and for the `n` best-selling products, with a backtest beside each with options->backtest. Uses season and
 * seed too.
 */
int vt_demand_of_shop(vt_document *document, struct vt_scope *scope, const vt_insight_options *options, vt_error *err);

/**
 * Fills an answer about the stock of a shop: what runs out within `lead_days`, what to order for the level of
 * `service`, and what lies. Uses n and seed too.
 */
int vt_stock_of_shop(vt_document *document, struct vt_scope *scope, const vt_insight_options *options, vt_error *err);

#endif
