/* Lines are only ever appended: a figure that was evaluated once on the test part stays. */
#include "quality_log.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/commit.h"
#include "common.h"

static void put_figure(vt_json_writer *w, const char *name, const vt_figure *figure)
{
    vt_json_object(w, name);
    vt_json_number(w, "value", figure->value);
    vt_json_number(w, "low", figure->low);
    vt_json_number(w, "high", figure->high);
    vt_json_object_end(w);
}

static void put_row(vt_json_writer *w, const vt_report *report, const vt_report_row *row)
{
    const vt_evaluation *result = &row->result;
    vt_json_object(w, NULL);
    vt_json_time(w, "time", vt_now());
    vt_json_text(w, "commit", vt_str_of(VT_COMMIT));
    vt_json_text(w, "protocol", vt_str_of(result->protocol));
    vt_json_text(w, "snapshot", vt_str_of(report->snapshot));
    vt_json_text(w, "model", vt_str_of(row->name));
    vt_json_text(w, "settings", vt_str_of(row->settings));
    vt_json_int(w, "users", result->users);
    vt_json_object(w, "figures");
    for (size_t k = 0; k < result->n_cutoffs; k++) {
        for (int m = 0; m < VT_METRICS; m++) {
            char name[64];
            snprintf(name, sizeof name, "%s@%d", vt_metrics()[m].name, (int)result->cutoff[k]);
            put_figure(w, name, &result->figure[k][m]);
        }
    }
    if (result->ratings.n > 0) {
        put_figure(w, "rmse", &result->ratings.rmse);
        put_figure(w, "mae", &result->ratings.mae);
    }
    vt_json_object_end(w);
    vt_json_object_end(w);
}

int vt_quality_log_add(const char *path, const vt_report *report, vt_error *err)
{
    vt_buf text;
    int status = VT_OK;
    vt_buf_init(&text, 1 << 20);
    for (size_t r = 0; r < report->n_rows && status == VT_OK; r++) {
        vt_json_writer w;
        vt_json_writer_init(&w, &text, false);
        put_row(&w, report, &report->rows[r]);
        status = vt_json_writer_done(&w, err);
        if (status == VT_OK) {
            status = vt_buf_add_text(&text, "\n", err);
        }
    }
    if (status == VT_OK) {
        status = vt_file_append(path, text.data, text.len, err);
    }
    vt_buf_done(&text);
    return status;
}
