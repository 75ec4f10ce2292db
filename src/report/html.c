/* The report as one HTML page: tables, pictures, light and dark. No scripts, nothing from elsewhere. */
#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "base/text.h"
#include "report/chart.h"
#include "report/report.h"
#include "vitrine/version.h"

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1d2330;--soft:#5d6676;--line:#d9dee7;--page:#fff;--card:#f6f8fb}\n"
    "@media "
    "(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--soft:#9aa5b8;--line:#36404f;--page:#12161d;--card:#1a202a}}\n"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:62rem;margin:2rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}p{margin:.4rem "
    "0}.soft{color:var(--soft)}\n"
    "code{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}\n"
    "th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "th:first-child,td:first-child{text-align:left}td small{color:var(--soft)}.best{font-weight:700}\n"
    "figure{margin:.6rem 0;padding:.8rem;background:var(--card);border-radius:8px;overflow-x:auto}\n"
    "svg{max-width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--ink)}\n"
    ".grid{stroke:var(--line)}.whisker{stroke:var(--ink);fill:none;stroke-width:1.5}\n"
    ".c0,.k0{fill:#0072b2;color:#0072b2}.c1,.k1{fill:#d55e00;color:#d55e00}.c2,.k2{fill:#009e73;color:#009e73}"
    ".c3,.k3{fill:#cc79a7;color:#cc79a7}.c4,.k4{fill:#e69f00;color:#e69f00}.c5,.k5{fill:#56b4e9;color:#56b4e9}"
    ".c6,.k6{fill:#8a8f98;color:#8a8f98}.c7,.k7{fill:#a6761d;color:#a6761d}\n"
    ".s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#cc79a7}.s4{stroke:#e69f00}.s5{stroke:#56b4e9}"
    ".s6{stroke:#8a8f98}.s7{stroke:#a6761d}[class^=s][d]{fill:none;stroke-width:1.5}\n"
    ".legend span{margin-right:1.2rem}\n";

/* An error sticks, so that a page reads like a page. */
typedef struct page {
    vt_buf *out;
    const vt_report *report;
    vt_error *err;
    int status;
} page;

static void put(page *p, const char *text)
{
    p->status = p->status == VT_OK ? vt_buf_add_text(p->out, text, p->err) : p->status;
}

static void put_escaped(page *p, const char *text)
{
    p->status = p->status == VT_OK ? vt_report_escape(p->out, vt_str_of(text), p->err) : p->status;
}

static void put_cell(page *p, const char *tag, const char *class, const char *text)
{
    put(p, "<");
    put(p, tag);
    if (class[0] != '\0') {
        put(p, " class=\"");
        put(p, class);
        put(p, "\"");
    }
    put(p, ">");
    put_escaped(p, text);
    put(p, "</");
    put(p, tag);
    put(p, ">");
}

/* "0.0512" with its interval below in small. */
static void put_figure(page *p, const vt_figure *figure, int decimals, bool best)
{
    char text[64];
    put(p, best ? "<td class=\"best\">" : "<td>");
    vt_format_real(text, figure->value, decimals);
    put(p, text);
    if (!isnan(figure->low)) {
        snprintf(text, sizeof text, "<br><small>%.*f-%.*f</small>", decimals, figure->low, decimals, figure->high);
        put(p, text);
    }
    put(p, "</td>");
}

static bool is_known(const vt_report *report, int metric)
{
    for (size_t r = 0; r < report->n_rows; r++) {
        if (!isnan(report->rows[r].result.figure[0][metric].value)) {
            return true;
        }
    }
    return false;
}

/* True for a value that no other row beats, of a metric that has a good side. */
static bool is_best(const vt_report *report, size_t row, size_t k, int metric)
{
    int good = vt_metrics()[metric].good;
    double value = report->rows[row].result.figure[k][metric].value;
    bool best = good != 0 && !isnan(value) && report->n_rows > 1;
    for (size_t r = 0; r < report->n_rows; r++) {
        best = best && !(report->rows[r].result.figure[k][metric].value * good > value * good);
    }
    return best;
}

static bool has_ratings(const vt_report *report)
{
    for (size_t r = 0; r < report->n_rows; r++) {
        if (report->rows[r].result.ratings.n > 0) {
            return true;
        }
    }
    return false;
}

static void put_figures(page *p)
{
    const vt_report *report = p->report;
    const vt_evaluation *first = &report->rows[0].result;
    bool rated = has_ratings(report);
    char text[96];
    for (size_t k = 0; k < first->n_cutoffs; k++) {
        snprintf(text, sizeof text, "<h2>Figures at %d</h2>\n<div class=\"scroll\"><table>\n<tr><th>model</th>",
                 (int)first->cutoff[k]);
        put(p, text);
        for (int m = 0; m < VT_METRICS; m++) {
            if (is_known(report, m)) {
                put_cell(p, "th", "", vt_metrics()[m].title);
            }
        }
        put(p, rated ? "<th>RMSE</th><th>MAE</th><th>fit s</th><th>rank s</th></tr>\n"
                     : "<th>fit s</th><th>rank s</th></tr>\n");
        for (size_t r = 0; r < report->n_rows; r++) {
            const vt_evaluation *result = &report->rows[r].result;
            put(p, "<tr>");
            put_cell(p, "td", "", report->rows[r].name);
            for (int m = 0; m < VT_METRICS; m++) {
                if (is_known(report, m)) {
                    put_figure(p, &result->figure[k][m], m == VT_METRIC_NOVELTY ? 3 : 4, is_best(report, r, k, m));
                }
            }
            if (rated) {
                vt_figure none = {NAN, NAN, NAN};
                put_figure(p, result->ratings.n > 0 ? &result->ratings.rmse : &none, 4, false);
                put_figure(p, result->ratings.n > 0 ? &result->ratings.mae : &none, 4, false);
            }
            snprintf(text, sizeof text, "<td>%.3f</td><td>%.3f</td></tr>\n", result->fit_seconds, result->rank_seconds);
            put(p, text);
        }
        put(p, "</table></div>\n");
    }
}

static void put_comparison(page *p)
{
    const vt_report *report = p->report;
    const vt_evaluation *first = &report->rows[0].result;
    size_t k = first->n_cutoffs - 1;
    char text[160];
    if (report->baseline == NULL || report->n_rows < 2) {
        return;
    }
    put(p, "<h2>Against ");
    put_escaped(p, report->baseline);
    put(p, "</h2>\n<p class=\"soft\">Difference, 95 % interval and p-value of the paired bootstrap test over users."
           "</p>\n<div class=\"scroll\"><table>\n<tr><th>model</th>");
    for (int m = 0; m < VT_METRICS; m++) {
        if (vt_metrics()[m].per_user && is_known(report, m)) {
            snprintf(text, sizeof text, "%s@%d", vt_metrics()[m].title, (int)first->cutoff[k]);
            put_cell(p, "th", "", text);
        }
    }
    put(p, "</tr>\n");
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_report_row *row = &report->rows[r];
        if (!row->compared) {
            continue;
        }
        put(p, "<tr>");
        put_cell(p, "td", "", row->name);
        for (int m = 0; m < VT_METRICS; m++) {
            const vt_difference *d = &row->comparison.metric[k][m];
            if (vt_metrics()[m].per_user && is_known(report, m)) {
                snprintf(text, sizeof text, "<td>%+.4f<br><small>%+.4f to %+.4f, p %.3f</small></td>", d->value.value,
                         d->value.low, d->value.high, d->p);
                put(p, isnan(d->value.value) ? "<td>-</td>" : text);
            }
        }
        put(p, "</tr>\n");
    }
    put(p, "</table></div>\n");
}

static void put_legend(page *p)
{
    char text[48];
    put(p, "<p class=\"legend\">");
    for (size_t r = 0; r < p->report->n_rows; r++) {
        snprintf(text, sizeof text, "<span><span class=\"k%zu\">&#9679;</span> ", r % VT_CHART_COLOURS);
        put(p, text);
        put_escaped(p, p->report->rows[r].name);
        put(p, "</span>");
    }
    put(p, "</p>\n");
}

static void put_pictures(page *p)
{
    const vt_report *report = p->report;
    const vt_evaluation *first = &report->rows[0].result;
    static const int metrics[] = {VT_METRIC_NDCG, VT_METRIC_HR};
    size_t k = first->n_cutoffs - 1;
    char text[160];
    for (size_t i = 0; i < 2 && p->status == VT_OK; i++) {
        snprintf(text, sizeof text, "<h2>%s@%d, with 95 %% intervals</h2>\n<figure>\n", vt_metrics()[metrics[i]].title,
                 (int)first->cutoff[k]);
        put(p, text);
        p->status = p->status == VT_OK ? vt_chart_bars(p->out, report, k, metrics[i], p->err) : p->status;
        put(p, "</figure>\n");
    }
    if (vt_chart_fitted(report) > 0) {
        snprintf(text, sizeof text, "<h2>NDCG@%d against the time of fitting</h2>\n<figure>\n", (int)first->cutoff[k]);
        put(p, text);
        p->status = p->status == VT_OK ? vt_chart_time(p->out, report, k, VT_METRIC_NDCG, p->err) : p->status;
        put(p, "</figure>\n");
    }
}

static void put_slices(page *p)
{
    const vt_report *report = p->report;
    const vt_evaluation *first = &report->rows[0].result;
    size_t k = first->n_cutoffs - 1;
    char text[160];
    for (size_t g = 0; p->status == VT_OK && vt_report_group(report, g) != NULL; g++) {
        const char *group = vt_report_group(report, g);
        snprintf(text, sizeof text, "<h2>NDCG@%d by %s</h2>\n", (int)first->cutoff[k], group);
        put(p, text);
        put_legend(p);
        put(p, "<figure>\n");
        p->status = p->status == VT_OK ? vt_chart_slices(p->out, report, group, k, VT_SLICE_NDCG, p->err) : p->status;
        put(p, "</figure>\n<p class=\"soft\">On the right: users with a held-out item in it.</p>\n");
    }
}

static void put_settings(page *p)
{
    put(p, "<h2>Settings</h2>\n<div class=\"scroll\"><table>\n");
    for (size_t r = 0; r < p->report->n_rows; r++) {
        put(p, "<tr>");
        put_cell(p, "td", "", p->report->rows[r].name);
        put(p, "<td style=\"text-align:left;white-space:normal\"><code>");
        put_escaped(p, p->report->rows[r].settings);
        put(p, "</code></td></tr>\n");
    }
    put(p, "</table></div>\n");
}

static void put_failures(page *p)
{
    for (size_t f = 0; f < p->report->n_failures; f++) {
        put(p, f == 0 ? "<h2>Left out</h2>\n<p>" : "<p>");
        put_escaped(p, p->report->failures[f].name);
        put(p, ": ");
        put_escaped(p, p->report->failures[f].error.message);
        put(p, "</p>\n");
    }
}

static int write(vt_buf *out, const vt_report *report, vt_error *err)
{
    const vt_evaluation *first = &report->rows[0].result;
    page p = {out, report, err, VT_OK};
    char text[256];
    char users[32];
    char events[32];
    char candidates[32];
    put(&p, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Comparison of models</title>\n<style>\n");
    put(&p, style);
    put(&p, "</style>\n<h1>Comparison of models</h1>\n<p><code>");
    put_escaped(&p, first->protocol);
    put(&p, "</code></p>\n");
    vt_format_count(users, first->users);
    vt_format_count(events, first->positives);
    vt_format_count(candidates, first->candidates);
    snprintf(text, sizeof text,
             "<p class=\"soft\">%s users, %s held-out events, %s candidates. Snapshot %.12s, vitrine %s.</p>\n", users,
             events, candidates, report->snapshot, vt_version());
    put(&p, text);
    put_pictures(&p);
    put_figures(&p);
    put_comparison(&p);
    put_slices(&p);
    put_settings(&p);
    put_failures(&p);
    put(&p, "</html>\n");
    return p.status;
}

int vt_report_html(vt_text *out, const vt_report *report, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, VT_REPORT_BYTES_MAX);
    return vt_text_finish(out, &text, write(&text, report, err), err);
}
