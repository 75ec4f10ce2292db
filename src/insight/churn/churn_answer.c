/* Fits, evaluates and explains, then says it: every sentence follows from a figure of the tables. */
#include "insight/churn/churn_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "insight/churn/churn_show.h"
#include "insight/churn/churn_table.h"

enum { REASONS = 3, REASON_TEXT_MAX = 600 };

#define MINOR 100.0 /* amounts of a file are shown as money without a currency, in hundredths */

typedef struct customer {
    double chance, worth;
    size_t row;
} customer;

typedef struct driver {
    double strength; /* mean |contribution| */
    size_t feature;
} driver;

/* All that was found. */
typedef struct found {
    const vt_plain_file *file;
    const vt_churn_table *table;
    vt_churn *churn;
    vt_churn_summary summary;
    uint8_t *test;        /* (N) */
    double *chance;       /* (N) */
    double *contribution; /* (N, F + 1) */
    customer *customer;   /* (n) whom the answer is about */
    driver *driver;       /* (F) strongest first */
    size_t n;
} found;

static void done(found *f)
{
    vt_churn_free(f->churn);
    vt_free(f->test);
    vt_free(f->chance);
    vt_free(f->contribution);
    vt_free(f->customer);
    vt_free(f->driver);
}

static int by_chance(const void *a, const void *b)
{
    const customer *x = a, *y = b;
    if (x->chance != y->chance) {
        return x->chance > y->chance ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_strength(const void *a, const void *b)
{
    const driver *x = a, *y = b;
    if (x->strength != y->strength) {
        return x->strength > y->strength ? -1 : 1;
    }
    return x->feature < y->feature ? -1 : x->feature > y->feature;
}

static int make_room(found *f, vt_error *err)
{
    const vt_features *x = &f->table->features;
    f->test = vt_alloc(x->n, sizeof *f->test, err);
    f->chance = f->test == NULL ? NULL : vt_alloc(x->n, sizeof *f->chance, err);
    f->contribution = f->chance == NULL ? NULL : vt_alloc(x->n * (x->f + 1), sizeof *f->contribution, err);
    f->customer = f->contribution == NULL ? NULL : vt_alloc(x->n, sizeof *f->customer, err);
    f->driver = f->customer == NULL ? NULL : vt_alloc(x->f, sizeof *f->driver, err);
    return f->driver == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Whom the answer is about, and what drives the scores of all. */
static void rank(found *f)
{
    const vt_features *x = &f->table->features;
    for (size_t i = 0; i < x->n; i++) {
        bool open = f->table->outcome[i] == VT_OUTCOME_UNKNOWN;
        if (f->table->unknown > 0 ? open : f->test[i] != 0) {
            double value = f->table->value == NULL ? 0.0 : f->table->value[i];
            f->customer[f->n++] =
                (customer){f->chance[i], vt_winback_worth(f->chance[i], value, VT_WINBACK_RESPONSE), i};
        }
    }
    qsort(f->customer, f->n, sizeof *f->customer, by_chance);
    for (size_t a = 0; a < x->f; a++) {
        f->driver[a] = (driver){0.0, a};
        for (size_t i = 0; i < x->n; i++) {
            f->driver[a].strength += fabs(f->contribution[i * (x->f + 1) + a]) / (double)x->n;
        }
    }
    qsort(f->driver, x->f, sizeof *f->driver, by_strength);
}

static int find(found *f, const vt_insight_options *options, vt_error *err)
{
    vt_churn_options how;
    vt_churn_options_init(&how);
    how.seed = how.trees.seed = options->seed;
    const vt_churn_table *t = f->table;
    int status = make_room(f, err);
    status = status == VT_OK ? vt_churn_split(f->test, t->outcome, t->time, t->features.n, &how, err) : status;
    status =
        status == VT_OK ? vt_churn_fit(&f->churn, &f->summary, &t->features, t->outcome, f->test, &how, err) : status;
    status = status == VT_OK ? vt_churn_score(f->chance, f->churn, &t->features, err) : status;
    status = status == VT_OK ? vt_churn_explain(f->contribution, f->churn, &t->features, err) : status;
    if (status == VT_OK) {
        rank(f);
    }
    return status;
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void say(vt_document *d, const found *f)
{
    const vt_churn_table *t = f->table;
    const vt_churn_quality *q = &f->summary.quality;
    double known = (double)(t->lost + t->kept);
    vt_document_lead(d, "%zu of %.0f customers were lost (%.1f %%).", t->lost, known, 100.0 * (double)t->lost / known);
    if (f->summary.evaluated && q->auc_low > 0.5) {
        vt_document_lead(d,
                         "Of two customers held out, one lost and one kept, the lost one has the higher chance in "
                         "%.0f of 100 cases; the tenth that is most at risk holds %.0f %% of those lost.",
                         100.0 * q->auc, 100.0 * q->found);
    } else if (f->summary.evaluated) {
        vt_document_lead(d,
                         "On customers held out the model is not surely better than chance (AUC %.2f, 95 %% interval "
                         "%.2f to %.2f): do not act on it.",
                         q->auc, q->auc_low, q->auc_high);
    }
    if (t->features.f > 0 && f->driver[0].strength > 0.0) {
        vt_document_lead(d, "What tells most is \"%.60s\".", t->features.name[f->driver[0].feature]);
    }
}

static void note(vt_document *d, const found *f)
{
    const vt_churn_summary *s = &f->summary;
    const vt_churn_table *t = f->table;
    vt_churn_show_model(d, s);
    vt_document_note(d, "Chances are calibrated on folds that were not seen (%s); figures are of the %zu customers %s.",
                     s->calibration == VT_CALIBRATE_ISOTONIC ? "isotonic" : "Platt", s->tested,
                     t->time != NULL ? "with the latest dates, who were held out" : "who were held out by chance");
    vt_document_note(d, t->unknown > 0 ? "The table lists customers whose outcome is not known."
                                       : "Every outcome is known, so the table lists the customers held out.");
    if (t->value != NULL) {
        vt_document_note(d,
                         "Worth of winning back = chance to be lost x value x %.0f %%, the share that is taken to come "
                         "back when written to.",
                         100.0 * VT_WINBACK_RESPONSE);
    }
    if (t->n_unread > 0) {
        vt_document_note(d, "%zu cells of number columns hold text; they count as missing.", t->n_unread);
    }
    if (t->left_out[0] != '\0') {
        vt_document_note(d, "Columns that say nothing of others are left out: %s.", t->left_out);
    }
    if (s->left_out > 0) {
        vt_document_note(d, "%zu rare levels of categories are left out of the logistic regression.", s->left_out);
    }
    if (f->file->skipped > 0) {
        vt_document_note(d, "%zu rows could not be read; the first: %s.", f->file->skipped, f->file->why);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* "Contract Month-to-month; tenure 2": features and values that raise the chance most. */
static void add_reasons(vt_document *d, const found *f, size_t row)
{
    const vt_features *x = &f->table->features;
    vt_churn_reason reason[REASONS];
    size_t n = vt_churn_reasons(reason, REASONS, f->contribution + row * (x->f + 1), x->f);
    vt_buf text;
    vt_buf_init(&text, REASON_TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t feature = (size_t)reason[i].feature;
        vt_str cell = vt_plain_cell(f->file, row, f->table->column[feature]);
        bool missing = vt_plain_missing(cell);
        vt_buf_printf(&text, NULL, "%s%.60s %.60s", i > 0 ? "; " : "", x->name[feature],
                      missing ? "not known" : cell.ptr);
    }
    vt_document_text(d, vt_str_of(text.data == NULL ? "" : text.data));
    vt_buf_done(&text);
}

static void add_customers(vt_document *d, const found *f, size_t rows)
{
    bool open = f->table->unknown > 0;
    vt_document_table(d, "customers", "Customers most at risk");
    vt_document_column(d, "customer", f->table->has_name ? "Customer" : "Line", VT_UNIT_TEXT);
    vt_document_metric(d, "churn_chance");
    vt_document_column(d, "reasons", "What raises it", VT_UNIT_TEXT);
    if (!open) {
        vt_document_column(d, "outcome", "Outcome", VT_UNIT_TEXT);
    }
    if (f->table->value != NULL) {
        vt_document_metric(d, "winback");
    }
    for (size_t i = 0; i < f->n && i < rows; i++) {
        const customer *c = &f->customer[i];
        char line[32];
        snprintf(line, sizeof line, "%lld", (long long)f->file->line[c->row]);
        vt_document_text(d, f->table->has_name ? vt_plain_cell(f->file, c->row, f->table->name) : vt_str_of(line));
        vt_document_number(d, c->chance);
        add_reasons(d, f, c->row);
        if (!open) {
            vt_document_text(d, vt_str_of(f->table->outcome[c->row] == VT_OUTCOME_LOST ? "lost" : "kept"));
        }
        if (f->table->value != NULL) {
            vt_document_number(d, c->worth * MINOR);
        }
    }
}

static void add_drivers(vt_document *d, const found *f, size_t rows)
{
    vt_document_table(d, "drivers", "What drives it");
    vt_document_column(d, "feature", "Column", VT_UNIT_TEXT);
    vt_document_column(d, "strength", "Mean change of log odds", VT_UNIT_NUMBER);
    for (size_t a = 0; a < f->table->features.f && a < rows; a++) {
        vt_document_text(d, vt_str_of(f->table->features.name[f->driver[a].feature]));
        vt_document_number(d, f->driver[a].strength);
    }
}

static void fill(vt_document *d, const found *f, size_t rows)
{
    say(d, f);
    note(d, f);
    vt_churn_show_figures(d, &f->summary);
    if (f->table->value != NULL) {
        double worth = 0.0;
        for (size_t i = 0; i < f->n; i++) {
            worth += f->customer[i].worth;
        }
        vt_document_figure(d, "winback", worth * MINOR);
    }
    add_customers(d, f, rows);
    add_drivers(d, f, rows);
    vt_churn_show_calibration(d, &f->summary);
}

int vt_churn_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err)
{
    vt_plain_file *file = NULL;
    vt_churn_table *table = NULL;
    int status = vt_plain_file_read(&file, path, err);
    status = status == VT_OK ? vt_churn_table_read(&table, file, options->target, err) : status;
    if (status == VT_OK) {
        found f = {.file = file, .table = table};
        status = find(&f, options, err);
        if (status == VT_OK) {
            fill(document, &f, (size_t)options->n);
        }
        done(&f);
    }
    vt_churn_table_free(table);
    vt_plain_file_free(file);
    return status;
}
