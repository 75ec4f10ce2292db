/* The report as Markdown: the same tables, with bars of block characters in place of pictures. */
#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "base/text.h"
#include "report/report.h"
#include "vitrine/version.h"

enum { BAR = 32 }; /* characters of the longest bar */

typedef struct page {
    vt_buf *out;
    const vt_report *report;
    size_t k; /* number of the last cutoff */
    vt_error *err;
    int status;
} page;

static void put(page *p, const char *text)
{
    p->status = p->status == VT_OK ? vt_buf_add_text(p->out, text, p->err) : p->status;
}

/* Text of a cell: what would end it is escaped. */
static void put_cell(page *p, const char *text)
{
    put(p, " ");
    for (size_t i = 0; p->status == VT_OK && text[i] != '\0'; i++) {
        if (text[i] == '|' || text[i] == '*' || text[i] == '<' || text[i] == '_') {
            put(p, "\\");
        }
        p->status = p->status == VT_OK ? vt_buf_add(p->out, text + i, 1, p->err) : p->status;
    }
    put(p, " |");
}

static void put_figure(page *p, const vt_figure *figure)
{
    char text[96];
    if (isnan(figure->value)) {
        put_cell(p, "-");
    } else if (isnan(figure->low)) {
        snprintf(text, sizeof text, "%.4f", figure->value);
        put_cell(p, text);
    } else {
        snprintf(text, sizeof text, "%.4f (%.4f-%.4f)", figure->value, figure->low, figure->high);
        put_cell(p, text);
    }
}

/* "█████▌": eighths of a character. */
static void put_bar(page *p, double share)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int whole = (int)floor(share * BAR * 8 + 0.5);
    put(p, " ");
    for (int i = 0; i < whole / 8; i++) {
        put(p, "█");
    }
    put(p, eighths[whole % 8]);
    put(p, " |");
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

static void put_rule(page *p, size_t columns)
{
    put(p, "\n| --- |");
    for (size_t i = 1; i < columns; i++) {
        put(p, " ---: |");
    }
    put(p, "\n");
}

static void put_bars(page *p)
{
    const vt_report *report = p->report;
    char title[96];
    double high = 1e-9;
    snprintf(title, sizeof title, "## NDCG@%d\n\n| model | NDCG | | fit s |\n| --- | ---: | :--- | ---: |\n",
             (int)report->rows[0].result.cutoff[p->k]);
    put(p, title);
    for (size_t r = 0; r < report->n_rows; r++) {
        high = fmax(high, report->rows[r].result.figure[p->k][VT_METRIC_NDCG].value);
    }
    for (size_t r = 0; r < report->n_rows; r++) {
        const vt_figure *figure = &report->rows[r].result.figure[p->k][VT_METRIC_NDCG];
        put(p, "|");
        put_cell(p, report->rows[r].name);
        put_figure(p, figure);
        put_bar(p, isnan(figure->value) ? 0 : figure->value / high);
        snprintf(title, sizeof title, " %.3f |\n", report->rows[r].result.fit_seconds);
        put(p, title);
    }
}

static void put_figures(page *p)
{
    const vt_report *report = p->report;
    char title[64];
    put(p, "\n## Figures\n\n| figure |");
    for (size_t r = 0; r < report->n_rows; r++) {
        put_cell(p, report->rows[r].name);
    }
    put_rule(p, report->n_rows + 1);
    for (int m = 0; m < VT_METRICS; m++) {
        for (size_t k = 0; is_known(report, m) && k <= p->k; k++) {
            snprintf(title, sizeof title, "%s@%d", vt_metrics()[m].title, (int)report->rows[0].result.cutoff[k]);
            put(p, "|");
            put_cell(p, title);
            for (size_t r = 0; r < report->n_rows; r++) {
                put_figure(p, &report->rows[r].result.figure[k][m]);
            }
            put(p, "\n");
        }
    }
    for (int mae = 0; mae < 2; mae++) {
        bool any = false;
        for (size_t r = 0; r < report->n_rows; r++) {
            any = any || report->rows[r].result.ratings.n > 0;
        }
        for (size_t r = 0; any && r < report->n_rows; r++) {
            const vt_ratings *ratings = &report->rows[r].result.ratings;
            vt_figure none = {NAN, NAN, NAN};
            put(p, r > 0 ? "" : mae ? "| MAE |" : "| RMSE |");
            put_figure(p, ratings->n == 0 ? &none : mae ? &ratings->mae : &ratings->rmse);
            put(p, r + 1 == report->n_rows ? "\n" : "");
        }
    }
}

static void put_comparison(page *p)
{
    const vt_report *report = p->report;
    char text[128];
    if (report->baseline == NULL || report->n_rows < 2) {
        return;
    }
    put(p, "\n## Differences to the baseline\n\nPaired bootstrap test over users.\n\n|");
    snprintf(text, sizeof text, "minus %.100s", report->baseline);
    put_cell(p, text);
    for (size_t r = 0; r < report->n_rows; r++) {
        if (report->rows[r].compared) {
            put_cell(p, report->rows[r].name);
        }
    }
    put_rule(p, report->n_rows);
    for (int m = 0; m < VT_METRICS; m++) {
        if (!vt_metrics()[m].per_user || !is_known(report, m)) {
            continue;
        }
        snprintf(text, sizeof text, "%s@%d", vt_metrics()[m].title, (int)report->rows[0].result.cutoff[p->k]);
        put(p, "|");
        put_cell(p, text);
        for (size_t r = 0; r < report->n_rows; r++) {
            const vt_difference *d = &report->rows[r].comparison.metric[p->k][m];
            if (report->rows[r].compared) {
                snprintf(text, sizeof text, "%+.4f (%+.4f to %+.4f, p %.3f)", d->value.value, d->value.low,
                         d->value.high, d->p);
                put_cell(p, isnan(d->value.value) ? "-" : text);
            }
        }
        put(p, "\n");
    }
}

static void put_slices(page *p)
{
    const vt_report *report = p->report;
    const vt_evaluation *first = &report->rows[0].result;
    char text[160];
    if (first->n_slices == 0) {
        return;
    }
    snprintf(text, sizeof text, "\n## NDCG@%d by slice\n\n| slice | users |", (int)first->cutoff[p->k]);
    put(p, text);
    for (size_t r = 0; r < report->n_rows; r++) {
        put_cell(p, report->rows[r].name);
    }
    put_rule(p, report->n_rows + 2);
    for (size_t s = 0; s < first->n_slices; s++) {
        snprintf(text, sizeof text, "%s %s", first->slices[s].group, first->slices[s].name);
        put(p, "|");
        put_cell(p, text);
        vt_format_count(text, first->slices[s].users);
        put_cell(p, text);
        for (size_t r = 0; r < report->n_rows; r++) {
            put_figure(p, &report->rows[r].result.slices[s].figure[p->k][VT_SLICE_NDCG]);
        }
        put(p, "\n");
    }
}

static void put_failures(page *p)
{
    for (size_t f = 0; f < p->report->n_failures; f++) {
        put(p, f == 0 ? "\n## Left out\n\n- " : "- ");
        put(p, p->report->failures[f].name);
        put(p, ": ");
        put(p, p->report->failures[f].error.message);
        put(p, "\n");
    }
}

static int write(vt_buf *out, const vt_report *report, vt_error *err)
{
    const vt_evaluation *first = &report->rows[0].result;
    page p = {out, report, first->n_cutoffs - 1, err, VT_OK};
    char text[160];
    char users[32];
    vt_format_count(users, first->users);
    put(&p, "# Comparison of models\n\n`");
    put(&p, first->protocol);
    snprintf(text, sizeof text, "`\n\n%s users. Snapshot %.12s, vitrine %s.\n\n", users, report->snapshot,
             vt_version());
    put(&p, text);
    put_bars(&p);
    put_figures(&p);
    put_comparison(&p);
    put_slices(&p);
    put(&p, "\n## Settings\n\n");
    for (size_t r = 0; r < report->n_rows; r++) {
        put(&p, "- ");
        put(&p, report->rows[r].name);
        put(&p, ": `");
        put(&p, report->rows[r].settings);
        put(&p, "`\n");
    }
    put_failures(&p);
    return p.status;
}

int vt_report_markdown(vt_text *out, const vt_report *report, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, VT_REPORT_BYTES_MAX);
    return vt_text_finish(out, &text, write(&text, report, err), err);
}
