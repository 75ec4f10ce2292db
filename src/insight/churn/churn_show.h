/* Parts of an answer that churn of a file and of a shop share. */
#ifndef VT_INSIGHT_CHURN_SHOW_H
#define VT_INSIGHT_CHURN_SHOW_H

#include "insight/churn/churn.h"
#include "insight/document.h"

/** Notes: which model answers, how it did on unseen folds, and what was missing. */
void vt_churn_show_model(vt_document *document, const vt_churn_summary *summary);

/** The figures AUC, Brier score, lift and found; nothing where nothing could be evaluated. */
void vt_churn_show_figures(vt_document *document, const vt_churn_summary *summary);

/** The table "calibration"; none where nothing could be evaluated. */
void vt_churn_show_calibration(vt_document *document, const vt_churn_summary *summary);

#endif
