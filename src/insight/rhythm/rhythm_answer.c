/* The rhythm of orders as an answer, of all customers or of the one that is named. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/baskets/association.h"
#include "insight/clv/shop_purchases.h"
#include "insight/clv/transactions.h"
#include "insight/offers.h"
#include "insight/rhythm/rhythm.h"

enum { DAY = 86400, TRIED_LEAST = 20, BANDS = 8, DAYS_SHOWN = 24 };

/* Where purchases come from. */
typedef struct source {
    vt_clv_purchases purchases;
    const vt_transactions *file; /* NULL: a shop */
    const vt_view *view;
    const vt_offers *offers; /* of a shop */
    int64_t end;
    const char *currency;
} source;

typedef struct listed {
    double brought, worth; /* so far; the same x the chance that the customer still buys */
    size_t place;          /* in the summary */
    bool late;
} listed;

typedef struct answer {
    vt_document *d;
    const source *from;
    vt_rhythm r;
    listed *row;  /* (n) who are shown: late ones first, then by worth */
    size_t n;     /* at most N */
    double *gaps; /* workspace: (days) */
    size_t n_late;
    vt_gap_quartiles all;
} answer;

static vt_str id_of(const answer *a, size_t place)
{
    int32_t customer = a->r.summary.customer[place];
    return a->from->file != NULL ? vt_transactions_id(a->from->file, customer)
                                 : vt_scope_user(a->d, a->from->view, customer);
}

static int late_first(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    if (x->late != y->late) {
        return x->late ? -1 : 1;
    }
    if (x->worth != y->worth) {
        return x->worth > y->worth ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

static int find(answer *a, int months, vt_error *err)
{
    int status = vt_rhythm_find(&a->r, &a->from->purchases, a->from->end, months, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_order_days *days = &a->r.days;
    const uint8_t *shown = a->from->purchases.shown;
    size_t gaps = 0;
    a->row = vt_alloc(a->r.summary.n, sizeof *a->row, err);
    a->gaps = vt_alloc(days->ptr[days->n_customers], sizeof *a->gaps, err);
    if (a->row == NULL || a->gaps == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < a->r.summary.n; i++) {
        size_t c = (size_t)a->r.summary.customer[i];
        if (shown != NULL && shown[c] == 0) {
            continue;
        }
        vt_repeat_customer known = vt_rhythm_customer(&a->r, i);
        listed *row = &a->row[a->n++];
        *row = (listed){0.0, 0.0, i, vt_rhythm_late(&a->r, i)};
        a->n_late += row->late;
        for (size_t k = days->ptr[c]; k < days->ptr[c + 1]; k++) {
            row->brought += days->amount[k];
        }
        double base = a->from->purchases.amount != NULL ? row->brought : 1.0 + known.x;
        row->worth = base * a->r.model.kind->alive(a->r.model.parameter, &known);
    }
    qsort(a->row, a->n, sizeof *a->row, late_first);
    for (size_t c = 0; c < days->n_customers; c++) {
        if (shown != NULL && shown[c] == 0) {
            continue;
        }
        gaps += vt_order_days_gaps(a->gaps + gaps, days, c);
    }
    a->all = vt_gap_quartiles_of(a->gaps, gaps);
    return VT_OK;
}

static void date_text(char out[16], double day)
{
    vt_format_date(out, (int64_t)day * DAY);
}

/* "day", "days" */
static const char *days_of(double n)
{
    return n == 1.0 ? "day" : "days";
}

/* ---- all customers ----------------------------------------------------------------------------------------------- */

static void say_all(const answer *a)
{
    char late[64], money[64];
    if (a->all.n >= TRIED_LEAST) {
        vt_document_lead(a->d,
                         "Half of the orders of customers who had ordered before come within %.0f %s, a quarter "
                         "within %.0f.",
                         a->all.median, days_of(a->all.median), a->all.low);
    } else {
        vt_document_lead(a->d, "There are %zu gaps between orders, too few to call a rhythm.", a->all.n);
    }
    if (a->n_late == 0) {
        vt_document_lead(a->d, "No customer has been silent for too long.");
        return;
    }
    vt_str id = id_of(a, a->row[0].place);
    vt_insight_format(late, (double)a->n_late, VT_UNIT_COUNT, "");
    vt_insight_format(money, a->row[0].brought, VT_UNIT_MONEY, a->from->currency);
    bool priced = a->from->purchases.amount != NULL;
    vt_document_lead(a->d, "%s customer%s silent for longer than the rhythm explains; %.*s comes first%s%s%s.", late,
                     a->n_late == 1 ? " has been" : "s have been", (int)(id.len < 80 ? id.len : 80), id.ptr,
                     priced ? " (brought " : "", priced ? money : "", priced ? " so far)" : "");
}

static void note(const answer *a)
{
    const vt_next_held_out *h = &a->r.held_out;
    vt_document_note(a->d,
                     "The next order is foreseen by %s, which shrinks the rhythm of a customer towards that of all: if "
                     "one comes within %.0f days, it comes on a day of the interval in 8 of 10 cases.",
                     a->r.model.kind->title, a->r.ahead);
    if (a->r.tested != VT_NONE && h->customers >= TRIED_LEAST) {
        char date[16];
        date_text(date, (double)a->r.tested);
        vt_document_note(a->d, "Tried as of %s: of %zu customers who ordered again by the end, %zu did so inside.",
                         date, h->customers, h->inside);
    } else {
        vt_document_note(a->d, "The history is too short to try how well next orders are foreseen.");
    }
    if (a->n < a->r.summary.n) {
        vt_document_note(a->d, "The model is that of all %zu customers; the filters choose who is shown.",
                         a->r.summary.n);
    }
    vt_document_note(a->d, "A silence is too long where a customer of this rhythm who still buys would be silent so "
                           "long in less than one of ten cases; customers with one order have no rhythm.");
}

static void add_figures(const answer *a)
{
    const vt_next_held_out *h = &a->r.held_out;
    vt_document_figure(a->d, "order_gap", a->all.median);
    if (a->all.n >= 3) {
        vt_document_remark(a->d, "of %zu gaps; the middle half is between %.0f and %.0f days", a->all.n, a->all.low,
                           a->all.high);
    }
    vt_document_figure(a->d, "late_customers", (double)a->n_late);
    if (a->r.tested != VT_NONE && h->customers >= TRIED_LEAST) {
        double low, high;
        vt_wilson(&low, &high, (int64_t)h->inside, (int64_t)h->customers);
        vt_document_figure(a->d, "next_inside", (double)h->inside / (double)h->customers);
        vt_document_interval(a->d, low, high);
    }
}

/* Gaps by their length, of all customers. */
static void add_gaps(const answer *a)
{
    static const double upto[BANDS] = {7, 14, 30, 60, 90, 180, 365, INFINITY};
    size_t count[BANDS] = {0};
    for (size_t i = 0, band = 0; i < a->all.n; i++) { /* sorted */
        while (a->gaps[i] > upto[band]) {
            band++;
        }
        count[band]++;
    }
    vt_document_table(a->d, "gaps", "Days between orders");
    vt_document_column(a->d, "from", "More than", VT_UNIT_COUNT);
    vt_document_column(a->d, "until", "At most", VT_UNIT_COUNT);
    vt_document_column(a->d, "gaps", "Gaps", VT_UNIT_COUNT);
    vt_document_metric(a->d, "share");
    for (size_t b = 0; b < BANDS; b++) {
        vt_document_number(a->d, b == 0 ? 0.0 : upto[b - 1]);
        vt_document_number(a->d, isinf(upto[b]) ? NAN : upto[b]);
        vt_document_number(a->d, (double)count[b]);
        vt_document_number(a->d, a->all.n > 0 ? (double)count[b] / (double)a->all.n : NAN);
    }
}

static void add_customer(answer *a, const listed *row)
{
    const vt_clv_summary *s = &a->r.summary;
    size_t i = row->place;
    vt_repeat_customer c = vt_rhythm_customer(&a->r, i);
    vt_next_purchase next = vt_rhythm_next(&a->r, i);
    vt_gap_quartiles own =
        vt_gap_quartiles_of(a->gaps, vt_order_days_gaps(a->gaps, &a->r.days, (size_t)s->customer[i]));
    vt_document_text(a->d, id_of(a, i));
    const double cells[] = {c.x + 1.0,
                            (double)s->first[i] + c.last,
                            c.age - c.last,
                            own.low,
                            own.median,
                            own.high,
                            c.x > 0.0 ? vt_silence_chance(&a->r.model, &c) : NAN,
                            a->r.model.kind->alive(a->r.model.parameter, &c),
                            next.chance,
                            next.median,
                            next.low,
                            next.high,
                            a->from->purchases.amount != NULL ? row->brought : NAN};
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
        vt_document_number(a->d, cells[k]);
    }
    if (a->from->offers != NULL) {
        vt_offers_show(a->d, a->from->offers, a->from->view, s->customer[i]);
    }
}

static void begin_customers(vt_document *d, const source *from, const char *title)
{
    vt_document_table(d, "customers", title);
    vt_document_column(d, "customer", "Customer", VT_UNIT_TEXT);
    vt_document_column(d, "orders", "Days with an order", VT_UNIT_COUNT);
    vt_document_column(d, "last", "Last order", VT_UNIT_DATE);
    vt_document_column(d, "silent_days", "Silent for", VT_UNIT_DAYS);
    vt_document_column(d, "gap_low", "Gap, lower quartile", VT_UNIT_DAYS);
    vt_document_column(d, "gap", "Gap, median", VT_UNIT_DAYS);
    vt_document_column(d, "gap_high", "Gap, upper quartile", VT_UNIT_DAYS);
    vt_document_metric(d, "silence");
    vt_document_metric(d, "alive");
    vt_document_metric(d, "orders_again");
    vt_document_metric(d, "next_order");
    vt_document_metric_interval(d, "next_order");
    vt_document_column(d, "brought", "Brought so far", VT_UNIT_MONEY);
    if (from->offers != NULL) {
        vt_document_column(d, "next_items", "May buy next", VT_UNIT_TEXT);
    }
}

/* The days of those listed, the newest: how regular a rhythm is, seen at a glance. */
static void add_days(const answer *a, size_t rows)
{
    const vt_order_days *days = &a->r.days;
    vt_document_table(a->d, "days", "Days with an order of these customers");
    vt_document_column(a->d, "customer", "Customer", VT_UNIT_TEXT);
    vt_document_column(a->d, "day", "Day", VT_UNIT_DATE);
    for (size_t k = 0; k < a->n && k < rows; k++) {
        size_t c = (size_t)a->r.summary.customer[a->row[k].place];
        size_t until = days->ptr[c + 1];
        size_t from = until - days->ptr[c] > DAYS_SHOWN ? until - DAYS_SHOWN : days->ptr[c];
        for (size_t i = from; i < until; i++) {
            vt_document_text(a->d, id_of(a, a->row[k].place));
            vt_document_number(a->d, (double)days->day[i]);
        }
    }
}

static void fill_all(answer *a, size_t rows)
{
    say_all(a);
    note(a);
    add_figures(a);
    add_gaps(a); /* before the workspace is used again */
    begin_customers(a->d, a->from, "Rhythm of customers, those silent for too long first");
    for (size_t k = 0; k < a->n && k < rows; k++) {
        add_customer(a, &a->row[k]);
    }
    add_days(a, rows);
}

/* ---- one customer ------------------------------------------------------------------------------------------------ */

static void say_one(const answer *a, const listed *row)
{
    vt_repeat_customer c = vt_rhythm_customer(&a->r, row->place);
    vt_next_purchase next = vt_rhythm_next(&a->r, row->place);
    vt_str id = id_of(a, row->place);
    char median[16], low[16], high[16];
    double silent = c.age - c.last;
    date_text(median, next.median);
    date_text(low, next.low);
    date_text(high, next.high);
    vt_document_lead(a->d, "%.*s ordered on %.0f %s and has been silent for %.0f %s%s.",
                     (int)(id.len < 80 ? id.len : 80), id.ptr, c.x + 1.0, days_of(c.x + 1.0), silent, days_of(silent),
                     row->late ? ", longer than the rhythm explains" : "");
    vt_document_lead(a->d,
                     "The chance of an order in the next %.0f days is %.0f %%; if one comes, it is as likely before as "
                     "after %s, and in 8 of 10 cases between %s and %s.",
                     a->r.ahead, 100.0 * next.chance, median, low, high);
}

static void add_orders(const answer *a, size_t customer)
{
    const vt_order_days *days = &a->r.days;
    vt_document_table(a->d, "orders", "Days with an order");
    vt_document_column(a->d, "day", "Day", VT_UNIT_DATE);
    vt_document_column(a->d, "gap", "Days since the one before", VT_UNIT_DAYS);
    vt_document_column(a->d, "amount", "Amount", VT_UNIT_MONEY);
    for (size_t i = days->ptr[customer]; i < days->ptr[customer + 1]; i++) {
        vt_document_number(a->d, (double)days->day[i]);
        vt_document_number(a->d, i > days->ptr[customer] ? (double)(days->day[i] - days->day[i - 1]) : NAN);
        vt_document_number(a->d, a->from->purchases.amount != NULL ? days->amount[i] : NAN);
    }
}

/* What the customer may buy next, as the recommender has it. */
static void add_offers(const answer *a, int32_t customer)
{
    const vt_next_offer *offer = NULL;
    size_t n = vt_offers_of(&offer, a->from->offers, customer);
    vt_document_table(a->d, "next_items", "What the customer may buy next");
    vt_document_column(a->d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(a->d, "title", "Title", VT_UNIT_TEXT);
    vt_document_column(a->d, "score", "Score", VT_UNIT_NUMBER);
    for (size_t i = 0; i < n; i++) {
        vt_document_text(a->d, vt_view_item_id(a->from->view, offer[i].item));
        vt_document_text(a->d, vt_view_item_title(a->from->view, offer[i].item));
        vt_document_number(a->d, offer[i].score);
    }
}

static int fill_one(answer *a, const char *user, vt_error *err)
{
    for (size_t k = 0; k < a->n; k++) {
        const listed *row = &a->row[k];
        if (vt_str_equal(id_of(a, row->place), vt_str_of(user))) {
            say_one(a, row);
            note(a);
            add_orders(a, (size_t)a->r.summary.customer[row->place]);
            begin_customers(a->d, a->from, "Rhythm of the customer");
            add_customer(a, row);
            if (a->from->offers != NULL) {
                add_offers(a, a->r.summary.customer[row->place]);
            }
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "no customer \"%.80s\" has an order up to the end of the period", user);
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

static int fill(vt_document *d, const source *from, const vt_insight_options *options, vt_error *err)
{
    answer a = {.d = d, .from = from};
    int status = find(&a, options->horizon, err);
    if (status == VT_OK && options->user != NULL) {
        status = fill_one(&a, options->user, err);
    } else if (status == VT_OK) {
        fill_all(&a, (size_t)options->n);
    }
    vt_free(a.row);
    vt_free(a.gaps);
    vt_rhythm_done(&a.r);
    return status;
}

int vt_rhythm_of_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_shop_purchases lines = {0};
    vt_offers offers = {0};
    int status = vt_shop_purchases_find(&lines, scope, err);
    status = status == VT_OK ? vt_offers_read(&offers, scope, options->user, err) : status;
    if (status == VT_OK) {
        source from = {lines.purchases, NULL, scope->view, &offers, scope->period.last, scope->view->currency};
        status = fill(document, &from, options, err);
    }
    if (status == VT_OK) {
        vt_offers_note(document, &offers);
    }
    vt_offers_done(&offers);
    vt_shop_purchases_done(&lines);
    return status;
}

int vt_rhythm_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err)
{
    vt_transactions transactions;
    vt_transactions_options of_file;
    vt_transactions_options_init(&of_file);
    int status = vt_transactions_read(&transactions, path, &of_file, err);
    if (status != VT_OK) {
        return status;
    }
    source from = {vt_transactions_purchases(&transactions), &transactions, NULL, NULL, VT_NONE, ""};
    status = fill(document, &from, options, err);
    vt_transactions_done(&transactions);
    return status;
}
