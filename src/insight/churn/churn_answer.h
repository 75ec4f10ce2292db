/* The answer of `vitrine insight churn`: who is about to be lost, of a plain file of customers. */
#ifndef VT_INSIGHT_CHURN_ANSWER_H
#define VT_INSIGHT_CHURN_ANSWER_H

#include "insight/document.h"

#define VT_WINBACK_RESPONSE 0.1 /* share of those written to who come back, where nobody says another */

/**
 * Fills the document from a file of customers (churn_table.h): the quality of the model on customers held out (the last
 * ones where there is a column "date"), what drives the loss, and customers by falling chance with their reasons. Those
 * are the ones without an outcome; where every outcome is known, the ones held out. VT_ERR_USAGE, VT_ERR_FORMAT and
 * VT_ERR_IO as vt_churn_table_read(), VT_ERR_UNSUPPORTED as vt_churn_fit().
 */
int vt_churn_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

#endif
