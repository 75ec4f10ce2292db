/* What the writers of reports share. */
#include "report/report.h"

#include <string.h>

const vt_metric_info *vt_report_slice_metric(int metric)
{
    static const vt_metric of[VT_SLICE_METRICS] = {VT_METRIC_HR, VT_METRIC_NDCG, VT_METRIC_RECALL};
    return &vt_metrics()[of[metric]];
}

int vt_report_escape(vt_buf *out, vt_str text, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < text.len && status == VT_OK; i++) {
        switch (text.ptr[i]) {
        case '<':
            status = vt_buf_add_text(out, "&lt;", err);
            break;
        case '>':
            status = vt_buf_add_text(out, "&gt;", err);
            break;
        case '&':
            status = vt_buf_add_text(out, "&amp;", err);
            break;
        case '"':
            status = vt_buf_add_text(out, "&quot;", err);
            break;
        default:
            status = vt_buf_add(out, text.ptr + i, 1, err);
        }
    }
    return status;
}

const char *vt_report_group(const vt_report *report, size_t index)
{
    const vt_evaluation *first = &report->rows[0].result;
    for (size_t s = 0; s < first->n_slices; s++) {
        bool new = s == 0 || strcmp(first->slices[s].group, first->slices[s - 1].group) != 0;
        if (new &&index-- == 0) {
            return first->slices[s].group;
        }
    }
    return NULL;
}
