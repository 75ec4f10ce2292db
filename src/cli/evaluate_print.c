/* The result of an evaluation as tables. */
#include <math.h>
#include <string.h>

#include "common.h"
#include "evaluate_print.h"

/* Metrics whose intervals stand in the table; all are in the JSON. */
static bool is_main(int metric)
{
    return metric == VT_METRIC_HR || metric == VT_METRIC_NDCG;
}

/* True when intervals were made; all results of a report have them, or none. */
static bool has_intervals(const vt_evaluation *result)
{
    return !isnan(result->figure[0][VT_METRIC_HR].low);
}

/* True when a row of the report has a value of that metric. */
static bool is_known(const vt_report *report, int metric)
{
    bool known = false;
    for (size_t r = 0; r < report->n_rows; r++) {
        known = known || !isnan(report->rows[r].result.figure[0][metric].value);
    }
    return known;
}

/* Calls `each` for the main metrics K by K, or for the others metric by metric. */
static void each_figure(vt_table *table, const vt_report *report, const vt_evaluation *result, bool main_ones,
                        void (*each)(vt_table *table, const vt_evaluation *result, size_t k, int metric))
{
    size_t n = result->n_cutoffs * VT_METRICS;
    for (size_t i = 0; i < n; i++) {
        size_t k = main_ones ? i / VT_METRICS : i % result->n_cutoffs;
        int metric = (int)(main_ones ? i % VT_METRICS : i / result->n_cutoffs);
        if (is_main(metric) == main_ones && is_known(report, metric)) {
            each(table, result, k, metric);
        }
    }
}

static void add_column(vt_table *table, const vt_evaluation *result, size_t k, int metric)
{
    char title[64];
    snprintf(title, sizeof title, "%s@%d", vt_metrics()[metric].title, (int)result->cutoff[k]);
    vt_table_column(table, title, VT_RIGHT, 0);
    if (is_main(metric) && has_intervals(result)) {
        vt_table_column(table, "95 %", VT_RIGHT_JOINED, 0);
    }
}

static void add_figure(vt_table *table, const vt_evaluation *result, size_t k, int metric)
{
    const vt_figure *figure = &result->figure[k][metric];
    char text[32];
    vt_format_real(text, figure->value, metric == VT_METRIC_NOVELTY ? 3 : 4);
    vt_table_text(table, text);
    if (is_main(metric) && has_intervals(result)) {
        vt_table_printf(table, "%.4f-%.4f", figure->low, figure->high);
    }
}

/* Evaluated ratings of the first row that predicts them; 0 when none does. */
static int64_t count_ratings(const vt_report *report)
{
    for (size_t r = 0; r < report->n_rows; r++) {
        if (report->rows[r].result.ratings.n > 0) {
            return report->rows[r].result.ratings.n;
        }
    }
    return 0;
}

static void add_rating_columns(vt_table *table, const vt_report *report)
{
    vt_table_column(table, "RMSE", VT_RIGHT, 0);
    if (has_intervals(&report->rows[0].result)) {
        vt_table_column(table, "95 %", VT_RIGHT_JOINED, 0);
    }
    vt_table_column(table, "MAE", VT_RIGHT, 0);
}

static void add_ratings(vt_table *table, const vt_evaluation *result)
{
    const vt_ratings *ratings = &result->ratings;
    char text[32];
    vt_format_real(text, ratings->n > 0 ? ratings->rmse.value : (double)NAN, 4);
    vt_table_text(table, text);
    if (has_intervals(result) && ratings->n > 0) {
        vt_table_printf(table, "%.4f-%.4f", ratings->rmse.low, ratings->rmse.high);
    } else if (has_intervals(result)) {
        vt_table_text(table, "");
    }
    vt_format_real(text, ratings->n > 0 ? ratings->mae.value : (double)NAN, 4);
    vt_table_text(table, text);
}

/* A line a model: the main metrics, and with `all` the others too, which may take further lines. */
static void fill_models(vt_table *table, const vt_report *report, bool all)
{
    bool rated = count_ratings(report) > 0;
    vt_table_column(table, "model", VT_LEFT, 0);
    each_figure(table, report, &report->rows[0].result, true, add_column);
    if (rated) {
        add_rating_columns(table, report);
    }
    vt_table_column(table, "fit s", VT_RIGHT, 0);
    vt_table_column(table, "rank s", VT_RIGHT, 0);
    if (all) {
        each_figure(table, report, &report->rows[0].result, false, add_column);
    }
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        vt_table_text(table, row->name);
        each_figure(table, report, &row->result, true, add_figure);
        if (rated) {
            add_ratings(table, &row->result);
        }
        vt_table_printf(table, "%.3f", row->result.fit_seconds);
        vt_table_printf(table, "%.3f", row->result.rank_seconds);
        if (all) {
            each_figure(table, report, &row->result, false, add_figure);
        }
    }
}

static void fill_all(vt_table *table, const vt_report *report)
{
    fill_models(table, report, true);
}

static void fill_main(vt_table *table, const vt_report *report)
{
    fill_models(table, report, false);
}

/* ---- against the baseline ---------------------------------------------------------------------------------------- */

static void add_difference_columns(vt_table *table, const char *title)
{
    vt_table_column(table, title, VT_RIGHT, 0);
    vt_table_column(table, "95 %", VT_RIGHT_JOINED, 0);
    vt_table_column(table, "p", VT_RIGHT_JOINED, 0);
}

static void add_difference(vt_table *table, const vt_difference *difference)
{
    vt_table_printf(table, "%+.4f", difference->value.value);
    if (isnan(difference->p)) { /* no resamples were asked for */
        vt_table_text(table, "-");
        vt_table_text(table, "-");
    } else {
        vt_table_printf(table, "%+.4f to %+.4f", difference->value.low, difference->value.high);
        vt_table_printf(table, "%.3f", difference->p);
    }
}

static void fill_comparison(vt_table *table, const vt_report *report)
{
    const vt_evaluation *first = &report->rows[0].result;
    bool rated = false;
    char title[64];
    snprintf(title, sizeof title, "minus %.50s", report->baseline);
    vt_table_column(table, title, VT_LEFT, 0);
    for (size_t k = 0; k < first->n_cutoffs; k++) {
        for (int m = 0; m < VT_METRICS; m++) {
            if (is_main(m)) {
                snprintf(title, sizeof title, "%s@%d", vt_metrics()[m].title, (int)first->cutoff[k]);
                add_difference_columns(table, title);
            }
        }
    }
    for (size_t r = 0; r < report->n_rows; r++) {
        rated = rated || (report->rows[r].compared && report->rows[r].comparison.rated);
    }
    if (rated) {
        add_difference_columns(table, "RMSE");
    }
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        if (!row->compared) {
            continue;
        }
        vt_table_text(table, row->name);
        for (size_t k = 0; k < first->n_cutoffs; k++) {
            for (int m = 0; m < VT_METRICS; m++) {
                if (is_main(m)) {
                    add_difference(table, &row->comparison.metric[k][m]);
                }
            }
        }
        if (rated && row->comparison.rated) {
            add_difference(table, &row->comparison.rmse);
        } else if (rated) {
            vt_table_text(table, "-");
            vt_table_text(table, "");
            vt_table_text(table, "");
        }
    }
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

static void fill_slices(vt_table *table, const vt_report *report)
{
    const vt_evaluation *first = &report->rows[0].result;
    char title[64];
    size_t last = first->n_cutoffs - 1;
    bool intervals = has_intervals(first) && report->baseline == NULL; /* so that a line holds a row */
    vt_table_column(table, "slice", VT_LEFT, 36);
    vt_table_column(table, "model", VT_LEFT, 0);
    vt_table_column(table, "users", VT_RIGHT, 0);
    for (int m = 0; m < VT_SLICE_METRICS; m++) {
        snprintf(title, sizeof title, "%s@%d", vt_report_slice_metric(m)->title, (int)first->cutoff[last]);
        vt_table_column(table, title, VT_RIGHT, 0);
        if (m != VT_SLICE_RECALL && intervals) {
            vt_table_column(table, "95 %", VT_RIGHT_JOINED, 0);
        }
    }
    if (report->baseline != NULL) {
        snprintf(title, sizeof title, "minus %.50s", report->baseline);
        add_difference_columns(table, title);
    }
    for (size_t s = 0; s < first->n_slices; s++) { /* all rows have the same slices: they come from the protocol */
        for (size_t r = 0; r < report->n_rows; r++) {
            const vt_slice *slice = &report->rows[r].result.slices[s];
            if (r == 0) {
                vt_table_printf(table, "%s %s", slice->group, slice->name);
            } else {
                vt_table_text(table, "");
            }
            vt_table_text(table, report->rows[r].name);
            vt_table_count(table, slice->users);
            for (int m = 0; m < VT_SLICE_METRICS; m++) {
                vt_table_printf(table, "%.4f", slice->figure[last][m].value);
                if (m != VT_SLICE_RECALL && intervals) {
                    vt_table_printf(table, "%.4f-%.4f", slice->figure[last][m].low, slice->figure[last][m].high);
                }
            }
            if (report->rows[r].slices != NULL) {
                add_difference(table, &report->rows[r].slices[s].metric[last][VT_SLICE_NDCG]);
            } else if (report->baseline != NULL) {
                vt_table_text(table, "");
                vt_table_text(table, "");
                vt_table_text(table, "");
            }
        }
    }
}

/* ---- items never sold -------------------------------------------------------------------------------------------- */

static void fill_cold(vt_table *table, const vt_report *report)
{
    vt_table_column(table, "items never sold", VT_LEFT, 0);
    vt_table_column(table, "lifted by", VT_RIGHT, 0);
    vt_table_column(table, "NDCG of all", VT_RIGHT, 0);
    vt_table_column(table, "of sold ones", VT_RIGHT, 0);
    vt_table_column(table, "of the others", VT_RIGHT, 0);
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_evaluation *e = &report->rows[r].result;
        for (size_t p = 0; p < e->n_cold; p++) {
            vt_table_text(table, p == 0 ? report->rows[r].name : "");
            vt_table_printf(table, "%.2f s.d.", e->cold[p].offset);
            vt_table_printf(table, "%.4f", e->cold[p].all);
            vt_table_printf(table, "%.4f", e->cold[p].warm);
            vt_table_printf(table, "%.4f", e->cold[p].cold);
        }
    }
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static int print_table(vt_cli *cli, const vt_report *report, void (*fill)(vt_table *table, const vt_report *report),
                       vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_buf_add_text(&cli->out, "\n", err);
    if (status == VT_OK) {
        fill(table, report);
        status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    }
    vt_table_free(table);
    return status;
}

static int print_text(vt_cli *cli, const vt_report *report, unsigned show, vt_error *err)
{
    const vt_evaluation *first = &report->rows[0].result;
    char users[32];
    char positives[32];
    char candidates[32];
    vt_format_count(users, first->users);
    vt_format_count(positives, first->positives);
    vt_format_count(candidates, first->candidates);
    int status = vt_buf_printf(&cli->out, err, "protocol: %s\n%s users, %s held-out events, %s candidates",
                               first->protocol, users, positives, candidates);
    if (status == VT_OK && first->skipped > 0) {
        char skipped[32];
        vt_format_count(skipped, first->skipped);
        status = vt_buf_printf(&cli->out, err, ", %s test events left out (item not in training)", skipped);
    }
    if (status == VT_OK && count_ratings(report) > 0) {
        char ratings[32];
        vt_format_count(ratings, count_ratings(report));
        status = vt_buf_printf(&cli->out, err, ", %s held-out ratings", ratings);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(&cli->out, "\n", err);
    }
    if (status == VT_OK) {
        status = print_table(cli, report, (show & VT_SHOW_ALL) != 0 ? fill_all : fill_main, err);
    }
    if (status == VT_OK && report->baseline != NULL && report->n_rows > 1) {
        status = print_table(cli, report, fill_comparison, err);
    }
    if (status == VT_OK && first->n_slices > 0 && (show & VT_SHOW_SLICES) != 0) {
        status = print_table(cli, report, fill_slices, err);
    }
    if (status == VT_OK && first->n_cold > 0) {
        status = print_table(cli, report, fill_cold, err);
    }
    return status;
}

int vt_cli_print_report(vt_cli *cli, const vt_report *report, unsigned show, vt_error *err)
{
    vt_text json = {NULL, 0};
    if (!cli->json) {
        return print_text(cli, report, show, err);
    }
    int status = vt_report_json(&json, report, true, err);
    status = status == VT_OK ? vt_buf_add(&cli->out, json.data, json.len, err) : status;
    vt_text_free(&json);
    return status;
}
