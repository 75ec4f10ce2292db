/*
 * Customer value as an answer: the kind "clv" asks it of a plain file of transactions or of a shop. Purchases up to
 * options->until (all without one) fit BG/NBD and Pareto/NBD, of which the likelier one answers, and Gamma-Gamma;
 * options->horizon counts months ahead of that day, options->unit is the unit of time of the parameters.
 */
#ifndef VT_INSIGHT_CLV_ANSWER_H
#define VT_INSIGHT_CLV_ANSWER_H

#include "insight/kind.h"

int vt_clv_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err);

/**
 * All order lines of customers that pass the filters, from the first one to the end of the period; guests are left out.
 */
int vt_clv_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err);

#endif
