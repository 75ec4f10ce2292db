/* The result of an evaluation as a table or as JSON. */
#include <math.h>
#include <string.h>

#include "common.h"
#include "evaluate.h"

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

/* Calls `each` for the main metrics K by K, or for the others metric by metric. */
static void each_figure(vt_table *table, const vt_evaluation *result, bool main_ones,
                        void (*each)(vt_table *table, const vt_evaluation *result, size_t k, int metric))
{
    size_t n = result->n_cutoffs * VT_METRICS;
    for (size_t i = 0; i < n; i++) {
        size_t k = main_ones ? i / VT_METRICS : i % result->n_cutoffs;
        int metric = (int)(main_ones ? i % VT_METRICS : i / result->n_cutoffs);
        if (is_main(metric) == main_ones) {
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

/* Judged ratings of the first row that predicts them; 0 when none does. */
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

static void fill_table(vt_table *table, const vt_report *report)
{
    bool rated = count_ratings(report) > 0;
    vt_table_column(table, "model", VT_LEFT, 0);
    each_figure(table, &report->rows[0].result, true, add_column);
    if (rated) {
        add_rating_columns(table, report);
    }
    vt_table_column(table, "fit s", VT_RIGHT, 0);
    vt_table_column(table, "rank s", VT_RIGHT, 0);
    each_figure(table, &report->rows[0].result, false, add_column);
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        vt_table_text(table, row->name);
        each_figure(table, &row->result, true, add_figure);
        if (rated) {
            add_ratings(table, &row->result);
        }
        vt_table_printf(table, "%.3f", row->result.fit_seconds);
        vt_table_printf(table, "%.3f", row->result.rank_seconds);
        each_figure(table, &row->result, false, add_figure);
    }
}

static int print_text(vt_cli *cli, const vt_report *report, vt_error *err)
{
    const vt_evaluation *first = &report->rows[0].result;
    char users[32];
    char positives[32];
    char candidates[32];
    vt_format_count(users, first->users);
    vt_format_count(positives, first->positives);
    vt_format_count(candidates, first->candidates);
    int status = vt_buf_printf(&cli->out, err, "protocol: %s\n%s users, %s judged events, %s candidates",
                               first->protocol, users, positives, candidates);
    if (status == VT_OK && first->skipped > 0) {
        char skipped[32];
        vt_format_count(skipped, first->skipped);
        status = vt_buf_printf(&cli->out, err, ", %s test events left out (item not in training)", skipped);
    }
    if (status == VT_OK && count_ratings(report) > 0) {
        char ratings[32];
        vt_format_count(ratings, count_ratings(report));
        status = vt_buf_printf(&cli->out, err, ", %s judged ratings", ratings);
    }
    vt_table *table = NULL;
    if (status == VT_OK) {
        status = vt_buf_add_text(&cli->out, "\n\n", err);
    }
    if (status == VT_OK) {
        status = vt_table_create(&table, err);
    }
    if (status == VT_OK) {
        fill_table(table, report);
        status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    }
    vt_table_free(table);
    return status;
}

static void json_figure(vt_json_writer *w, const char *name, const vt_figure *figure)
{
    vt_json_object(w, name);
    vt_json_number(w, "value", figure->value);
    vt_json_number(w, "low", figure->low);
    vt_json_number(w, "high", figure->high);
    vt_json_object_end(w);
}

static void json_figures(vt_json_writer *w, const vt_report_row *row)
{
    const vt_metric_info *metrics = vt_metrics();
    vt_json_object(w, "metrics");
    for (int m = 0; m < VT_METRICS; m++) {
        vt_json_object(w, metrics[m].name);
        for (size_t k = 0; k < row->result.n_cutoffs; k++) {
            char cutoff[16];
            snprintf(cutoff, sizeof cutoff, "%d", (int)row->result.cutoff[k]);
            json_figure(w, cutoff, &row->result.figure[k][m]);
        }
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
}

static int print_json(vt_cli *cli, const vt_report *report, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "protocol", vt_str_of(report->rows[0].result.protocol));
    vt_json_text(&w, "snapshot", vt_str_of(report->snapshot));
    vt_json_int(&w, "seed", (int64_t)report->seed);
    vt_json_array(&w, "at");
    for (size_t k = 0; k < report->rows[0].result.n_cutoffs; k++) {
        vt_json_int(&w, NULL, report->rows[0].result.cutoff[k]);
    }
    vt_json_array_end(&w);
    vt_json_array(&w, "models");
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        vt_json_object(&w, NULL);
        vt_json_text(&w, "model", vt_str_of(row->name));
        vt_json_text(&w, "settings", vt_str_of(row->settings));
        vt_json_int(&w, "users", row->result.users);
        vt_json_int(&w, "queries", row->result.queries);
        vt_json_int(&w, "positives", row->result.positives);
        vt_json_int(&w, "skipped", row->result.skipped);
        vt_json_int(&w, "candidates", row->result.candidates);
        vt_json_number(&w, "fit_seconds", row->result.fit_seconds);
        vt_json_number(&w, "rank_seconds", row->result.rank_seconds);
        json_figures(&w, row);
        if (row->result.ratings.n > 0) {
            vt_json_object(&w, "ratings");
            vt_json_int(&w, "judged", row->result.ratings.n);
            json_figure(&w, "rmse", &row->result.ratings.rmse);
            json_figure(&w, "mae", &row->result.ratings.mae);
            vt_json_object_end(&w);
        }
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    return vt_cli_json_end(&w, cli, err);
}

int vt_report_print(vt_cli *cli, const vt_report *report, vt_error *err)
{
    return cli->json ? print_json(cli, report, err) : print_text(cli, report, err);
}
