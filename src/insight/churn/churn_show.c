/* What answers about churn share: which model answers, how good it is, and whether its chances mean what they say. */
#include "insight/churn/churn_show.h"

void vt_churn_show_model(vt_document *d, const vt_churn_summary *s)
{
    if (s->kind == VT_CHURN_TREES) {
        vt_document_note(d,
                         "%d boosted trees, fitted to %zu customers (mean loss of unseen folds %.4f; logistic "
                         "regression %.4f).",
                         s->trees, s->fitted, s->loss_trees, s->loss_logistic);
    } else if (s->trees > 0) {
        vt_document_note(d,
                         "Logistic regression, fitted to %zu customers (mean loss of unseen folds %.4f; boosted trees "
                         "%.4f).",
                         s->fitted, s->loss_logistic, s->loss_trees);
    } else {
        vt_document_note(d, "Logistic regression, fitted to %zu customers.", s->fitted);
    }
    if (s->note[0] != '\0') {
        vt_document_note(d, "%s", s->note);
    }
}

void vt_churn_show_figures(vt_document *d, const vt_churn_summary *s)
{
    const vt_churn_quality *q = &s->quality;
    if (!s->evaluated) {
        return;
    }
    vt_document_figure(d, "churn_auc", q->auc);
    vt_document_interval(d, q->auc_low, q->auc_high);
    vt_document_figure(d, "churn_brier", q->brier);
    vt_document_interval(d, q->brier_low, q->brier_high);
    vt_document_remark(d, "%.4f when everyone gets the same chance", q->brier_of_rate);
    vt_document_figure(d, "churn_lift", q->lift);
    vt_document_figure(d, "churn_found", q->found);
}

void vt_churn_show_calibration(vt_document *d, const vt_churn_summary *s)
{
    const vt_churn_quality *q = &s->quality;
    if (!s->evaluated) {
        return;
    }
    vt_document_table(d, "calibration", "Foretold and observed, of customers held out");
    vt_document_column(d, "customers", "Customers", VT_UNIT_COUNT);
    vt_document_column(d, "foretold", "Foretold", VT_UNIT_SHARE);
    vt_document_column(d, "observed", "Observed", VT_UNIT_SHARE);
    for (size_t b = 0; b < q->n_bins; b++) {
        vt_document_number(d, (double)q->bin[b].n);
        vt_document_number(d, q->bin[b].foretold);
        vt_document_number(d, q->bin[b].observed);
    }
}
