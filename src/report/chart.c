/* Coordinates are worked out here and texts are escaped; colours and fonts are those of the page around. */
#include "report/chart.h"

#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "report/report.h"

enum { WIDTH = 760, LABEL = 190, VALUE = 70, ROW = 30 };

typedef struct axis {
    double low, high; /* of the data */
    double from, to;  /* of the picture */
} axis;

static double place(const axis *a, double x)
{
    return a->high > a->low ? a->from + (x - a->low) / (a->high - a->low) * (a->to - a->from) : a->from;
}

/* 1, 2 or 5 times a power of ten, so that at most `n` steps cover the range. */
static double step_of(double range, int n)
{
    double power = pow(10, floor(log10(range / n)));
    const double times[] = {1, 2, 5, 10};
    for (size_t i = 0; i < 4; i++) {
        if (range / (times[i] * power) <= n) {
            return times[i] * power;
        }
    }
    return 10 * power;
}

static int text_at(vt_buf *out, double x, double y, const char *anchor, vt_str text, vt_error *err)
{
    int status = vt_buf_printf(out, err, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    if (status == VT_OK) {
        status = vt_report_escape(out, text, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, "</text>\n", err) : status;
}

static int begin(vt_buf *out, double height, const char *title, vt_error *err)
{
    return vt_buf_printf(out, err,
                         "<svg viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" role=\"img\" aria-label=\"%s\">\n",
                         WIDTH, height, WIDTH, height, title);
}

/* Grid lines and their numbers from top to bottom. */
static int grid(vt_buf *out, const axis *x, double top, double bottom, vt_error *err)
{
    double step = step_of(x->high - x->low, 6);
    int status = VT_OK;
    for (int i = (int)ceil(x->low / step); status == VT_OK && i * step <= x->high * (1 + 1e-9); i++) {
        char number[32];
        double at = place(x, i * step);
        snprintf(number, sizeof number, "%g", i * step);
        status = vt_buf_printf(out, err, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", at,
                               top, at, bottom);
        if (status == VT_OK) {
            status = text_at(out, at, bottom + 16, "middle", vt_str_of(number), err);
        }
    }
    return status;
}

static double highest(const vt_report *report, size_t k, int metric)
{
    double high = 1e-6;
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_figure *figure = &report->rows[r].result.figure[k][metric];
        high = fmax(high, fmax(figure->value, isnan(figure->high) ? 0 : figure->high));
    }
    return high;
}

static int whisker(vt_buf *out, const axis *x, const vt_figure *figure, double y, const char *class, vt_error *err)
{
    if (isnan(figure->low)) {
        return VT_OK;
    }
    double low = place(x, figure->low);
    double high = place(x, figure->high);
    return vt_buf_printf(out, err, "<path class=\"%s\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv8M%.1f %.1fv8\"/>\n", class, low,
                         y, high, low, y - 4, high, y - 4);
}

int vt_chart_bars(vt_buf *out, const vt_report *report, size_t k, int metric, vt_error *err)
{
    axis x = {0, highest(report, k, metric), LABEL, WIDTH - VALUE};
    double bottom = (double)report->n_rows * ROW + 6;
    int status = begin(out, bottom + 24, vt_metrics()[metric].title, err);
    if (status == VT_OK) {
        status = grid(out, &x, 0, bottom, err);
    }
    for (size_t r = 0; status == VT_OK && r < report->n_rows; r++) {
        const vt_figure *figure = &report->rows[r].result.figure[k][metric];
        double y = (double)r * ROW + 18;
        char number[32];
        vt_format_real(number, figure->value, 4);
        status = text_at(out, LABEL - 8, y + 4, "end", vt_str_of(report->rows[r].name), err);
        if (status == VT_OK && !isnan(figure->value)) {
            status =
                vt_buf_printf(out, err, "<rect class=\"c%zu\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"18\"/>\n",
                              r % VT_CHART_COLOURS, LABEL, y - 9, place(&x, figure->value) - LABEL);
        }
        if (status == VT_OK) {
            status = whisker(out, &x, figure, y, "whisker", err);
        }
        if (status == VT_OK) {
            status = text_at(out, WIDTH - VALUE + 8, y + 4, "start", vt_str_of(number), err);
        }
    }
    return status == VT_OK ? vt_buf_add_text(out, "</svg>\n", err) : status;
}

/* ---- quality against time ---------------------------------------------------------------------------------------- */

static bool is_fitted(const vt_report_row *row)
{
    return row->result.fit_seconds > 0;
}

size_t vt_chart_fitted(const vt_report *report)
{
    size_t n = 0;
    for (size_t r = 0; r < report->n_rows; r++) {
        n += is_fitted(&report->rows[r]);
    }
    return n;
}

/* Whole powers of ten around the seconds of all fits. */
static axis time_axis(const vt_report *report)
{
    axis x = {1e9, -1e9, 70, WIDTH - 130};
    for (size_t r = 0; r < report->n_rows; r++) {
        if (is_fitted(&report->rows[r])) {
            double power = log10(fmax(report->rows[r].result.fit_seconds, 1e-4));
            x.low = fmin(x.low, floor(power));
            x.high = fmax(x.high, ceil(power));
        }
    }
    x.high = x.high > x.low ? x.high : x.low + 1;
    return x;
}

int vt_chart_time(vt_buf *out, const vt_report *report, size_t k, int metric, vt_error *err)
{
    const double bottom = 260;
    axis x = time_axis(report);
    axis y = {0, highest(report, k, metric) * 1.05, bottom, 10};
    double step = step_of(y.high, 5);
    int status = begin(out, bottom + 44, "quality against the time of fitting", err);
    for (int power = (int)x.low; status == VT_OK && power <= (int)x.high; power++) {
        char number[32];
        double at = place(&x, power);
        snprintf(number, sizeof number, "%g s", pow(10, power));
        status = vt_buf_printf(out, err, "<line class=\"grid\" x1=\"%.1f\" y1=\"10\" x2=\"%.1f\" y2=\"%.1f\"/>\n", at,
                               at, bottom);
        if (status == VT_OK) {
            status = text_at(out, at, bottom + 18, "middle", vt_str_of(number), err);
        }
    }
    for (int i = 0; status == VT_OK && i * step <= y.high; i++) {
        char number[32];
        double at = place(&y, i * step);
        snprintf(number, sizeof number, "%g", i * step);
        status = vt_buf_printf(out, err, "<line class=\"grid\" x1=\"70\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", at,
                               WIDTH - 130, at);
        if (status == VT_OK) {
            status = text_at(out, 62, at + 4, "end", vt_str_of(number), err);
        }
    }
    for (size_t r = 0; status == VT_OK && r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        if (!is_fitted(row) || isnan(row->result.figure[k][metric].value)) {
            continue;
        }
        double at = place(&x, log10(fmax(row->result.fit_seconds, 1e-4)));
        double high = place(&y, row->result.figure[k][metric].value);
        status = vt_buf_printf(out, err, "<circle class=\"c%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n",
                               r % VT_CHART_COLOURS, at, high);
        if (status == VT_OK) {
            status = text_at(out, at + 10, high + 4, "start", vt_str_of(row->name), err);
        }
    }
    return status == VT_OK ? vt_buf_add_text(out, "</svg>\n", err) : status;
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

static const vt_slice *slice_at(const vt_report *report, size_t row, size_t slice)
{
    return &report->rows[row].result.slices[slice];
}

static bool in_group(const vt_report *report, size_t slice, const char *group)
{
    return vt_str_equal(vt_str_of(slice_at(report, 0, slice)->group), vt_str_of(group));
}

/* One slice: its name, its users, and a dot for each row, a little below each other. */
static int draw_slice(vt_buf *out, const vt_report *report, size_t slice, const axis *x, double y, size_t k, int metric,
                      vt_error *err)
{
    const vt_slice *first = slice_at(report, 0, slice);
    char users[32];
    vt_format_count(users, first->users);
    double middle = y + (double)report->n_rows * 5 + 4;
    int status = text_at(out, LABEL - 8, middle, "end", vt_str_of(first->name), err);
    if (status == VT_OK) {
        status = text_at(out, WIDTH - VALUE + 8, middle, "start", vt_str_of(users), err);
    }
    for (size_t r = 0; status == VT_OK && r < report->n_rows; r++) {
        const vt_figure *figure = &slice_at(report, r, slice)->figure[k][metric];
        double at = y + 5 + (double)r * 10;
        char class[24];
        snprintf(class, sizeof class, "s%zu", r % VT_CHART_COLOURS);
        status = whisker(out, x, figure, at, class, err);
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "<circle class=\"c%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
                                   r % VT_CHART_COLOURS, place(x, figure->value), at);
        }
    }
    return status;
}

int vt_chart_slices(vt_buf *out, const vt_report *report, const char *group, size_t k, int metric, vt_error *err)
{
    axis x = {0, 1e-6, LABEL, WIDTH - VALUE};
    size_t n = 0;
    double height = (double)report->n_rows * 10 + 14;
    for (size_t s = 0; s < report->rows[0].result.n_slices; s++) {
        n += in_group(report, s, group);
        for (size_t r = 0; in_group(report, s, group) && r < report->n_rows; r++) {
            const vt_figure *figure = &slice_at(report, r, s)->figure[k][metric];
            x.high = fmax(x.high, isnan(figure->high) ? figure->value : figure->high);
        }
    }
    double bottom = (double)n * height + 4;
    int status = begin(out, bottom + 24, group, err);
    if (status == VT_OK) {
        status = grid(out, &x, 0, bottom, err);
    }
    double y = 6;
    for (size_t s = 0; status == VT_OK && s < report->rows[0].result.n_slices; s++) {
        if (in_group(report, s, group)) {
            status = draw_slice(out, report, s, &x, y, k, metric, err);
            y += height;
        }
    }
    return status == VT_OK ? vt_buf_add_text(out, "</svg>\n", err) : status;
}
