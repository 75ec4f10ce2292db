/* Sentences, figures and tables of an estimate; where purchases come from is told by a few functions. */
#include "insight/clv/answer.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/clv/estimate.h"
#include "insight/clv/shop_purchases.h"
#include "insight/clv/transactions.h"
#include "insight/number_text.h"

#define DAY 86400
#define TENTHS 10
#define RELATED 0.3 /* correlation of frequency and amount from which a note says so */

/* Where purchases come from. */
typedef struct source {
    vt_clv_purchases purchases;
    const vt_transactions *file; /* NULL: a shop */
    const vt_view *view;
    int64_t end;
    const char *currency;
} source;

/* A customer in the order of value. */
typedef struct placed {
    double value;
    size_t place;
} placed;

static int by_value_down(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->value != y->value) {
        return x->value > y->value ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

static vt_str id_of(vt_document *d, const source *from, int32_t customer)
{
    return from->file != NULL ? vt_transactions_id(from->file, customer) : vt_scope_user(d, from->view, customer);
}

static double value_of(const vt_clv_estimate *e, size_t i)
{
    return e->money_known ? e->forecast.value[i] : e->forecast.purchases[i];
}

/* "22,091.50 (between 20,000 and 24,000)". */
static void say_total(char out[256], const vt_clv_total *total, vt_unit unit, const char *currency)
{
    char value[64], low[64], high[64];
    double whole = unit == VT_UNIT_MONEY ? total->value : round(total->value);
    vt_insight_format(value, whole, unit, currency);
    if (isfinite(total->low)) {
        vt_insight_format(low, unit == VT_UNIT_MONEY ? total->low : floor(total->low), unit, currency);
        vt_insight_format(high, unit == VT_UNIT_MONEY ? total->high : ceil(total->high), unit, currency);
        snprintf(out, 256, "%s (between %s and %s)", value, low, high);
    } else {
        snprintf(out, 256, "%s", value);
    }
}

static void say_lead(vt_document *d, const vt_clv_estimate *e, const placed *order, const char *currency)
{
    char money[256], purchases[256], date[16], when[64], customers[64], alive[64];
    double best = 0.0, all = 0.0;
    size_t n = e->summary.n, tenth = (n + 9) / 10;
    for (size_t i = 0; i < n; i++) {
        all += order[i].value;
        best += i < tenth ? order[i].value : 0.0;
    }
    vt_format_date(date, e->summary.until * DAY);
    snprintf(when, sizeof when, "%s %d month%s%s%s", e->held_out ? "In the" : "In the next", e->months,
             e->months == 1 ? "" : "s", e->held_out ? " after " : "", e->held_out ? date : "");
    vt_insight_format(customers, (double)n, VT_UNIT_COUNT, "");
    vt_insight_format(alive, round(e->forecast.total_alive.value), VT_UNIT_COUNT, "");
    say_total(purchases, &e->forecast.total_purchases, VT_UNIT_COUNT, "");
    if (e->money_known) {
        say_total(money, &e->forecast.total_value, VT_UNIT_MONEY, currency);
        vt_document_lead(d, "%s %s customers will bring about %s, with %s purchases.", when, customers, money,
                         purchases);
    } else {
        vt_document_lead(d, "%s %s customers will buy about %s times.", when, customers, purchases);
    }
    vt_document_lead(d, "About %s of them still buy.", alive);
    if (n >= 100 && all > 0.0) {
        vt_document_lead(d, "The most valuable tenth %s %.0f %% of it.", e->money_known ? "brings" : "makes",
                         100.0 * best / all);
    }
    if (e->held_out) {
        char actual[64], expected[64];
        vt_insight_format(actual, round(e->holdout.all.actual * (double)n), VT_UNIT_COUNT, "");
        vt_insight_format(expected, round(e->holdout.all.predicted * (double)n), VT_UNIT_COUNT, "");
        vt_document_lead(d, "Since then they bought on %s days; %s were expected.", actual, expected);
    }
}

static void say_notes(vt_document *d, const vt_clv_estimate *e, const source *from)
{
    const vt_repeat_model *model = &e->model[e->chosen];
    if (e->weight < 1.0) {
        vt_document_note(
            d,
            "%s and %s explain the purchases about as well, so both foresee them, with weights of %.2f and "
            "%.2f; amounts are foreseen by Gamma-Gamma. Purchases of a customer on one day count as one.",
            model->kind->title, e->model[1 - e->chosen].kind->title, e->weight, 1.0 - e->weight);
    } else {
        vt_document_note(
            d,
            "Purchases are foreseen by %s, the likelier of two models, and amounts by Gamma-Gamma; purchases of "
            "a customer on one day count as one.",
            model->kind->title);
    }
    if (e->chosen == 0 && e->weight == 1.0) {
        vt_document_note(d,
                         "By BG/NBD nobody stays away before a repeat purchase, so all who bought once count as still "
                         "buying.");
    }
    if (e->fitted != e->summary.n) {
        vt_document_note(d, "The models are those of all %zu customers; the filters choose who is shown.", e->fitted);
        if (e->held_out) {
            vt_document_note(d, "These customers were chosen by what they did up to the end of the days held out, so "
                                "what was expected of them is no test.");
        }
    }
    if (!e->money_known) {
        vt_document_note(d, "Money cannot be foreseen: %s.", e->money_missing);
    } else if (e->spend.constant) {
        vt_document_note(d, "All amounts are equal, so that every purchase is worth the same.");
    } else if (fabs(e->spend.correlation) > RELATED) {
        vt_document_note(
            d, "Who buys often spends %s at a time (correlation %.2f), which the model of amounts leaves out.",
            e->spend.correlation > 0.0 ? "more" : "less", e->spend.correlation);
    }
    for (int k = 0; k < VT_REPEAT_PARAMETERS; k++) {
        if ((model->edge >> k & 1U) != 0) {
            vt_document_note(d, "The purchases do not tell the parameter %s of %s: it stands at its bound.",
                             model->kind->parameter[k], model->kind->title);
        }
    }
    if (!model->certain) {
        vt_document_note(d, "The purchases do not tell the parameters of the model well enough for intervals.");
    }
    if (e->summary.negative > 0) {
        vt_document_note(d, "%zu purchases with an amount below 0 are left out.", e->summary.negative);
    }
    if (from->file != NULL && from->file->skipped > 0) {
        vt_document_note(d, "%zu rows could not be read; the first: %s.", from->file->skipped, from->file->reason);
    }
}

static void add_figures(vt_document *d, const vt_clv_estimate *e)
{
    const vt_clv_forecast *f = &e->forecast;
    vt_document_figure(d, "future_revenue", f->total_value.value);
    vt_document_interval(d, f->total_value.low, f->total_value.high);
    vt_document_figure(d, "future_purchases", f->total_purchases.value);
    vt_document_interval(d, f->total_purchases.low, f->total_purchases.high);
    vt_document_figure(d, "customers_alive", f->total_alive.value);
    vt_document_interval(d, f->total_alive.low, f->total_alive.high);
    vt_document_figure(d, "customers", (double)f->n);
    if (e->held_out) {
        vt_document_figure(d, "holdout_error", e->holdout.absolute_error);
        vt_document_figure(d, "tracking_error", e->holdout.tracking_error);
    }
}

static void add_customers(vt_document *d, const vt_clv_estimate *e, const placed *order, const source *from,
                          size_t rows)
{
    const vt_clv_forecast *f = &e->forecast;
    const vt_clv_summary *s = &e->summary;
    vt_document_table(d, "customers", "Most valuable customers");
    vt_document_column(d, "customer", "Customer", VT_UNIT_TEXT);
    vt_document_column(d, "purchases", "Purchases", VT_UNIT_COUNT);
    vt_document_column(d, "last", "Last purchase", VT_UNIT_DATE);
    vt_document_metric(d, "alive");
    vt_document_metric_interval(d, "alive");
    vt_document_metric(d, "future_purchases");
    vt_document_metric_interval(d, "future_purchases");
    vt_document_column(d, "count_low", "Buys at least", VT_UNIT_COUNT);
    vt_document_column(d, "count_high", "Buys at most", VT_UNIT_COUNT);
    vt_document_metric(d, "purchase_value");
    vt_document_metric(d, "future_revenue");
    vt_document_metric_interval(d, "future_revenue");
    for (size_t k = 0; k < s->n && k < rows; k++) {
        size_t i = order[k].place;
        vt_document_text(d, id_of(d, from, s->customer[i]));
        const double cells[] = {s->frequency[i] + 1.0, (double)s->first[i] + round(s->recency[i] * s->unit),
                                f->alive[i],           f->alive_low[i],
                                f->alive_high[i],      f->purchases[i],
                                f->purchases_low[i],   f->purchases_high[i],
                                f->count_low[i],       f->count_high[i],
                                f->money[i],           f->value[i],
                                f->value_low[i],       f->value_high[i]};
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            vt_document_number(d, cells[c]);
        }
    }
}

/* How the revenue ahead spreads over customers: ten parts of as many people each, the most valuable first. */
static void add_tenths(vt_document *d, const vt_clv_estimate *e, const placed *order)
{
    size_t n = e->summary.n;
    double all = 0.0;
    for (size_t i = 0; i < n; i++) {
        all += order[i].value;
    }
    vt_document_table(d, "tenths", "Tenths of the customers by what they will bring");
    vt_document_column(d, "tenth", "Tenth", VT_UNIT_COUNT);
    vt_document_column(d, "customers", "Customers", VT_UNIT_COUNT);
    vt_document_column(d, "least", "Brings at least", VT_UNIT_MONEY);
    vt_document_column(d, "mean", "Brings on average", VT_UNIT_MONEY);
    vt_document_metric(d, "share");
    for (size_t t = 0; t < TENTHS; t++) {
        size_t from = n * t / TENTHS, until = n * (t + 1) / TENTHS;
        double sum = 0.0;
        for (size_t i = from; i < until; i++) {
            sum += order[i].value;
        }
        vt_document_number(d, (double)t + 1.0);
        vt_document_number(d, (double)(until - from));
        vt_document_number(d, until > from ? order[until - 1].value : NAN);
        vt_document_number(d, until > from ? sum / (double)(until - from) : NAN);
        vt_document_number(d, all > 0.0 ? sum / all : NAN);
    }
}

static void add_parameter(vt_document *d, const char *model, const char *name, double value, double error, double low,
                          double high, double likelihood)
{
    vt_document_text(d, vt_str_of(model));
    vt_document_text(d, vt_str_of(name));
    const double cells[] = {value, error, low, high, likelihood};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        vt_document_number(d, cells[c]);
    }
}

static void add_parameters(vt_document *d, const vt_clv_estimate *e, const char *currency)
{
    static const char *const columns[][2] = {{"value", "Value"},
                                             {"error", "Standard error"},
                                             {"low", "Low"},
                                             {"high", "High"},
                                             {"log_likelihood", "ln likelihood"}};
    static const char *const names[VT_GAMMA_GAMMA_PARAMETERS] = {"p", "q", "v"};
    vt_document_table(d, "parameters", "Parameters of the models");
    vt_document_column(d, "model", "Model", VT_UNIT_TEXT);
    vt_document_column(d, "parameter", "Parameter", VT_UNIT_TEXT);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        vt_document_column(d, columns[c][0], columns[c][1], VT_UNIT_NUMBER);
    }
    for (int m = 0; m < VT_CLV_MODELS; m++) {
        const vt_repeat_model *model = &e->model[m];
        for (int k = 0; k < VT_REPEAT_PARAMETERS; k++) {
            double low, high;
            vt_repeat_interval(&low, &high, model, k);
            add_parameter(d, model->kind->name, model->kind->parameter[k], model->parameter[k],
                          vt_repeat_error(model, k), low, high, model->log_likelihood);
        }
    }
    for (int k = 0; k < VT_GAMMA_GAMMA_PARAMETERS && e->money_known && !e->spend.constant; k++) {
        double low, high, error = vt_gamma_gamma_interval(&low, &high, &e->spend, k);
        double by = k == 2 ? vt_insight_major(1.0, currency) : 1.0; /* v is money */
        add_parameter(d, "gamma-gamma", names[k], by * e->spend.parameter[k], by * error, by * low, by * high,
                      e->spend.log_likelihood);
    }
}

static void add_holdout(vt_document *d, const vt_clv_estimate *e)
{
    const vt_holdout *h = &e->holdout;
    vt_document_table(d, "holdout", "Held out: purchases by those before");
    vt_document_column(d, "repeats", "Repeat purchases before", VT_UNIT_TEXT);
    vt_document_column(d, "customers", "Customers", VT_UNIT_COUNT);
    vt_document_column(d, "actual", "Bought, mean", VT_UNIT_NUMBER);
    vt_document_column(d, "expected", "Expected, mean", VT_UNIT_NUMBER);
    for (int k = 0; k < VT_HOLDOUT_ROWS; k++) {
        const char digits[3] = {(char)('0' + k), k == VT_HOLDOUT_ROWS - 1 ? '+' : '\0', '\0'};
        vt_document_text(d, vt_str_of(digits));
        vt_document_number(d, (double)h->row[k].customers);
        vt_document_number(d, h->row[k].customers > 0 ? h->row[k].actual : NAN);
        vt_document_number(d, h->row[k].customers > 0 ? h->row[k].predicted : NAN);
    }
    vt_document_table(d, "weeks", "Repeat purchases up to each week");
    vt_document_column(d, "week", "Week from", VT_UNIT_DATE);
    vt_document_column(d, "actual", "Bought", VT_UNIT_COUNT);
    vt_document_column(d, "expected", "Expected", VT_UNIT_NUMBER);
    vt_document_column(d, "held_out", "Held out", VT_UNIT_COUNT);
    for (size_t week = 0; week < h->weeks; week++) {
        vt_document_number(d, (double)(e->summary.begin + (int64_t)week * 7));
        vt_document_number(d, h->actual[week]);
        vt_document_number(d, h->predicted[week]);
        vt_document_number(d, week >= h->weeks_fitted);
    }
}

static int fill(vt_document *d, const source *from, const vt_insight_options *options, vt_error *err)
{
    vt_clv_estimate e = {0};
    int status = vt_clv_estimate_make(&e, &from->purchases, from->end, options, err);
    placed *order = status == VT_OK ? vt_alloc(e.summary.n, sizeof *order, err) : NULL;
    status = status == VT_OK && order == NULL ? VT_ERR_NO_MEMORY : status;
    if (status == VT_OK) {
        for (size_t i = 0; i < e.summary.n; i++) {
            order[i] = (placed){value_of(&e, i), i};
        }
        qsort(order, e.summary.n, sizeof *order, by_value_down);
        say_lead(d, &e, order, from->currency);
        say_notes(d, &e, from);
        add_figures(d, &e);
        add_customers(d, &e, order, from, (size_t)options->n);
        if (e.money_known) {
            add_tenths(d, &e, order);
        }
        add_parameters(d, &e, from->currency);
        if (e.held_out) {
            add_holdout(d, &e);
        }
    }
    vt_free(order);
    vt_clv_estimate_done(&e);
    return status;
}

int vt_clv_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err)
{
    vt_transactions transactions;
    vt_transactions_options of_file;
    vt_transactions_options_init(&of_file);
    int status = vt_transactions_read(&transactions, path, &of_file, err);
    if (status != VT_OK) {
        return status;
    }
    source from = {vt_transactions_purchases(&transactions), &transactions, NULL, VT_NONE, ""};
    status = fill(document, &from, options, err);
    vt_transactions_done(&transactions);
    return status;
}

int vt_clv_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_shop_purchases lines = {0};
    int status = vt_shop_purchases_find(&lines, scope, err);
    if (status == VT_OK) {
        source from = {lines.purchases, NULL, scope->view, scope->period.last, scope->view->currency};
        status = fill(document, &from, options, err);
    }
    if (status == VT_OK && lines.unpriced > 0) {
        vt_document_note(document, "%zu order lines without a price count as purchases of 0.", lines.unpriced);
    }
    vt_shop_purchases_done(&lines);
    return status;
}
