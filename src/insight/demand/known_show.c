/* One row a name, in the order of the file. */
#include "insight/demand/known_show.h"

/* Periods ahead that have such days. */
static size_t ahead_of(const vt_known_effects *e, size_t name)
{
    size_t ahead = 0;
    for (size_t h = 0; h < e->horizon; h++) {
        ahead += e->share[name * (e->n + e->horizon) + e->n + h] > 0;
    }
    return ahead;
}

void vt_known_show(vt_document *d, const vt_known_effects *e)
{
    vt_document_table(d, "known_days", "Days known beforehand");
    vt_document_column(d, "name", "Name", VT_UNIT_TEXT);
    vt_document_metric(d, "known_effect");
    vt_document_metric_interval(d, "known_effect");
    vt_document_column(d, "periods", "Periods with it", VT_UNIT_COUNT);
    vt_document_column(d, "ahead", "Of those ahead", VT_UNIT_COUNT);
    for (size_t j = 0; j < e->known->n_names; j++) {
        const vt_known_effect *of = &e->of[j];
        vt_document_text(d, e->known->name[j]);
        vt_document_number(d, of->found ? of->effect : (double)NAN);
        vt_document_number(d, of->found ? of->effect - 1.96 * of->error : (double)NAN);
        vt_document_number(d, of->found ? of->effect + 1.96 * of->error : (double)NAN);
        vt_document_number(d, (double)of->periods);
        vt_document_number(d, (double)ahead_of(e, j));
        if (!of->found) {
            vt_document_note(d, "\"%.*s\" has no days in the past with usual ones around: nothing is foreseen for it.",
                             VT_STR_ARGS(e->known->name[j]));
        }
    }
}
