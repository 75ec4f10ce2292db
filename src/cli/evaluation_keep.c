/* A kind of rows for each metric that is shown; the rank is the model's place in the report. */
#include "evaluation_keep.h"

#include "base/alloc.h"
#include "common.h"
#include "vitrine/results.h"

enum { SHOWN_AT = 10 };

static const struct {
    const char *kind; /* of docs/formats/results.md */
    vt_metric metric;
} kept[] = {
    {"method_ndcg", VT_METRIC_NDCG},
    {"method_recall", VT_METRIC_RECALL},
    {"method_coverage", VT_METRIC_COVERAGE},
    {"method_diversity", VT_METRIC_DIVERSITY_CATEGORY},
};

enum { KEPT = sizeof kept / sizeof kept[0] };

/* The list of ten, the longest where none has ten. */
static size_t cutoff_of(const vt_evaluation *e)
{
    for (size_t c = 0; c < e->n_cutoffs; c++) {
        if (e->cutoff[c] == SHOWN_AT) {
            return c;
        }
    }
    return e->n_cutoffs - 1;
}

int vt_evaluation_keep(vt_cli *cli, const vt_report *report, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_result_rows sets[KEPT];
    size_t n = report->n_rows;
    vt_result *rows = vt_alloc(n * KEPT, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < KEPT; k++) {
        sets[k] = (vt_result_rows){kept[k].kind, rows + k * n, n};
        for (size_t i = 0; i < n; i++) {
            const vt_evaluation *e = &report->rows[i].result;
            const vt_figure *f = &e->figure[cutoff_of(e)][kept[k].metric];
            rows[k * n + i] = (vt_result){.subject = vt_str_of(""),
                                          .rank = (int64_t)i + 1,
                                          .object = vt_str_of(report->rows[i].name),
                                          .value = f->value,
                                          .low = f->low,
                                          .high = f->high,
                                          .count = e->users,
                                          .made_at = VT_NONE};
        }
    }
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_WRITE, err);
    status = status == VT_OK ? vt_results_replace(shop, sets, KEPT, err) : status;
    vt_shop_close(shop);
    vt_free(rows);
    return status;
}
