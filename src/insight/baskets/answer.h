/* Baskets as an answer: rules, and pairs of goods that are bought together. Legend: I items. */
#ifndef VT_INSIGHT_BASKETS_ANSWER_H
#define VT_INSIGHT_BASKETS_ANSWER_H

#include "insight/baskets/itemsets.h"
#include "insight/document.h"

/** The name of an item, borrowed as long as the answer is made. */
typedef vt_str (*vt_item_name)(const void *context, int32_t item);

/**
 * Fills the document: a sentence, the figures, a table "rules" of the strongest and a table "pairs" of goods that are
 * bought together, `options->n` rows each. `what` names a basket in sentences ("basket", "order"). `id_of`: the id of
 * an item, which pairs then have beside their names; NULL: names are all there is.
 * VT_ERR_LIMIT, with a sentence that says what to do, when there are too many sets.
 */
int vt_baskets_answer(vt_document *document, const vt_baskets *baskets, const char *what, vt_item_name name_of,
                      vt_item_name id_of, const void *names, const vt_insight_options *options, vt_error *err);

#endif
