/* Kinds of questions: each fills a document from a scope of a shop, from a plain file, or from either. */
#ifndef VT_INSIGHT_KIND_H
#define VT_INSIGHT_KIND_H

#include "insight/scope.h"

/**
 * Answers about a shop. The scope and the options are borrowed. VT_ERR_UNSUPPORTED, before anything is added, with what
 * the shop lacks as its message: that becomes the answer's sentence.
 */
typedef int (*vt_insight_of_shop)(vt_document *document, vt_scope *scope, const vt_insight_options *options,
                                  vt_error *err);

/** Answers about a plain file. */
typedef int (*vt_insight_of_file)(vt_document *document, const char *path, const vt_insight_options *options,
                                  vt_error *err);

/** One kind: a row of the table in kind.c. */
typedef struct vt_insight_kind {
    const char *name, *summary;
    vt_insight_of_shop of_shop; /**< NULL: reads files alone */
    vt_insight_of_file of_file; /**< NULL: asks shops alone */
} vt_insight_kind;

/** VT_ERR_USAGE with a sentence where an option is out of its bounds. */
int vt_insight_options_check(const vt_insight_options *options, vt_error *err);

int vt_overview_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_sales_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_customers_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_products_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_trends_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_recommendations_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options,
                               vt_error *err);
int vt_actions_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_segments_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_sentiment_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_cohorts_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);

int vt_baskets_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);
int vt_baskets_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

#endif
