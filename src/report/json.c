/* The result of an evaluation as JSON. */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "report/report.h"

static void json_figure(vt_json_writer *w, const char *name, const vt_figure *figure)
{
    vt_json_object(w, name);
    vt_json_number(w, "value", figure->value);
    vt_json_number(w, "low", figure->low);
    vt_json_number(w, "high", figure->high);
    vt_json_object_end(w);
}

static void json_difference(vt_json_writer *w, const char *name, const vt_difference *difference)
{
    vt_json_object(w, name);
    vt_json_number(w, "value", difference->value.value);
    vt_json_number(w, "low", difference->value.low);
    vt_json_number(w, "high", difference->value.high);
    vt_json_number(w, "p", difference->p);
    vt_json_object_end(w);
}

/* What a row has more, or less, than the baseline. */
static void json_comparison(vt_json_writer *w, const vt_report_row *row)
{
    const vt_metric_info *metrics = vt_metrics();
    vt_json_object(w, "against_baseline");
    for (int m = 0; m < VT_METRICS; m++) {
        if (!metrics[m].per_user) {
            continue;
        }
        vt_json_object(w, metrics[m].name);
        for (size_t k = 0; k < row->result.n_cutoffs; k++) {
            char cutoff[16];
            snprintf(cutoff, sizeof cutoff, "%d", (int)row->result.cutoff[k]);
            json_difference(w, cutoff, &row->comparison.metric[k][m]);
        }
        vt_json_object_end(w);
    }
    if (row->comparison.rated) {
        json_difference(w, "rmse", &row->comparison.rmse);
        json_difference(w, "mae", &row->comparison.mae);
    }
    vt_json_object_end(w);
}

static void json_slice_comparison(vt_json_writer *w, const vt_report_row *row, const vt_slice_comparison *slice)
{
    vt_json_object(w, "against_baseline");
    for (int m = 0; m < VT_SLICE_METRICS; m++) {
        vt_json_object(w, vt_report_slice_metric(m)->name);
        for (size_t k = 0; k < row->result.n_cutoffs; k++) {
            char cutoff[16];
            snprintf(cutoff, sizeof cutoff, "%d", (int)row->result.cutoff[k]);
            json_difference(w, cutoff, &slice->metric[k][m]);
        }
        vt_json_object_end(w);
    }
    vt_json_object_end(w);
}

static void json_slices(vt_json_writer *w, const vt_report_row *row)
{
    vt_json_array(w, "slices");
    for (size_t s = 0; s < row->result.n_slices; s++) {
        const vt_slice *slice = &row->result.slices[s];
        vt_json_object(w, NULL);
        vt_json_text(w, "of", vt_str_of(slice->group));
        vt_json_text(w, "slice", vt_str_of(slice->name));
        vt_json_int(w, "users", slice->users);
        vt_json_int(w, "positives", slice->positives);
        for (int m = 0; m < VT_SLICE_METRICS; m++) {
            vt_json_object(w, vt_report_slice_metric(m)->name);
            for (size_t k = 0; k < row->result.n_cutoffs; k++) {
                char cutoff[16];
                snprintf(cutoff, sizeof cutoff, "%d", (int)row->result.cutoff[k]);
                json_figure(w, cutoff, &slice->figure[k][m]);
            }
            vt_json_object_end(w);
        }
        if (row->slices != NULL) {
            json_slice_comparison(w, row, &row->slices[s]);
        }
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

static void json_cold(vt_json_writer *w, const vt_evaluation *e)
{
    vt_json_array(w, "cold_curve");
    for (size_t p = 0; p < e->n_cold; p++) {
        vt_json_object(w, NULL);
        vt_json_number(w, "offset", e->cold[p].offset);
        vt_json_number(w, "ndcg", e->cold[p].all);
        vt_json_number(w, "ndcg_warm", e->cold[p].warm);
        vt_json_number(w, "ndcg_cold", e->cold[p].cold);
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
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

static void json_failures(vt_json_writer *w, const vt_report *report)
{
    vt_json_array(w, "failed");
    for (size_t i = 0; i < report->n_failures; i++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "model", vt_str_of(report->failures[i].name));
        vt_json_text(w, "code", vt_str_of(vt_code_name((int)report->failures[i].error.code)));
        vt_json_text(w, "message", vt_str_of(report->failures[i].error.message));
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
}

static int write(vt_buf *out, const vt_report *report, bool pretty, vt_error *err)
{
    vt_json_writer w;
    vt_json_writer_init(&w, out, pretty);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "protocol", vt_str_of(report->rows[0].result.protocol));
    vt_json_text(&w, "snapshot", vt_str_of(report->snapshot));
    vt_json_int(&w, "seed", (int64_t)report->seed);
    if (report->baseline != NULL) {
        vt_json_text(&w, "baseline", vt_str_of(report->baseline));
    }
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
            vt_json_int(&w, "n", row->result.ratings.n);
            json_figure(&w, "rmse", &row->result.ratings.rmse);
            json_figure(&w, "mae", &row->result.ratings.mae);
            vt_json_object_end(&w);
        }
        if (row->compared) {
            json_comparison(&w, row);
        }
        if (row->result.n_slices > 0) {
            json_slices(&w, row);
        }
        if (row->result.n_cold > 0) {
            json_cold(&w, &row->result);
        }
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    if (report->n_failures > 0) {
        json_failures(&w, report);
    }
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, err);
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

int vt_report_json(vt_text *out, const vt_report *report, bool pretty, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, VT_REPORT_BYTES_MAX);
    return vt_text_finish(out, &text, write(&text, report, pretty, err), err);
}
