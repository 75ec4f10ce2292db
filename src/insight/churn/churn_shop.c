/* Three moments of one shop: learned from at the first, evaluated at the second, learned from both, and answered at the
 * third. */
#include "insight/churn/churn_shop.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/churn/churn_answer.h"
#include "insight/churn/churn_show.h"
#include "insight/churn/history.h"
#include "insight/churn/reasons.h"
#include "insight/clv/shop_purchases.h"
#include "insight/rhythm/rhythm.h"

#define DAY 86400
#define REORDERS .9 /* share of them that comes before a customer counts as lost */
#define RIDGE .01   /* many of the features say nearly the same */
#define RISK .5     /* chance from which a customer is at risk */

enum { F = VT_BEHAVIOUR_FEATURES, DAYS_MIN = 14, REORDERS_MIN = 20, YEAR = 365 };

/* A customer of the end of the period. */
typedef struct listed {
    double chance, worth, revenue;
    size_t row;
} listed;

typedef struct found {
    const vt_scope *scope;
    vt_scope all;           /* the same goods, without filters of customers */
    vt_orders orders;       /* of `all` */
    double days;            /* without an order, that count as lost */
    bool cut;               /* these are a third of the history */
    int64_t fitted, tested; /* moments */
    vt_churn_history past;  /* of both, one after the other */
    vt_churn_history now;   /* at the end of the period */
    uint8_t *test;          /* (past.n) */
    double *chance;         /* (now.n) */
    double *contribution;   /* (now.n, F + 1) */
    listed *row;            /* (n) who pass the filters; those at risk first, by worth */
    size_t n, at_risk;
    double risk, revenue; /* the chance from which customers are at risk; what those brought in a year */
    double worth;         /* of winning them back */
    vt_churn *churn;
    vt_churn_summary summary; /* of the model that was evaluated */
    vt_churn_summary again;   /* of the one that answers */
    vt_rhythm rhythm;         /* of all; empty where there is none to tell */
} found;

static void found_done(found *f)
{
    vt_orders_done(&f->orders);
    vt_churn_history_done(&f->past);
    vt_churn_history_done(&f->now);
    vt_free(f->test);
    vt_free(f->chance);
    vt_free(f->contribution);
    vt_free(f->row);
    vt_churn_free(f->churn);
    vt_rhythm_done(&f->rhythm);
}

/* ---- days and moments -------------------------------------------------------------------------------------------- */

static int64_t first_order(const vt_orders *orders)
{
    int64_t first = INT64_MAX;
    for (int32_t u = 0; u < orders->n_users; u++) {
        int64_t begin = orders->ptr[u];
        if (begin < orders->ptr[u + 1] && orders->row[begin].time < first) {
            first = orders->row[begin].time;
        }
    }
    return first;
}

static int find_moments(found *f, vt_error *err)
{
    size_t n = 0;
    int64_t end = f->scope->period.until;
    int status = vt_reorder_days(&f->days, &n, &f->orders, REORDERS, err);
    if (status == VT_OK && n < REORDERS_MIN) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "who is about to be lost is told from at least %d orders of customers who had ordered before; "
                       "up to the end of the period there are %zu",
                       REORDERS_MIN, n);
    }
    if (status != VT_OK) {
        return status;
    }
    double history = (double)(end - first_order(&f->orders)) / DAY;
    f->days = fmax(ceil(f->days), DAYS_MIN);
    f->cut = f->days > floor(history / 3);
    f->days = f->cut ? floor(history / 3) : f->days;
    if (f->days < DAYS_MIN) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "who is about to be lost is told from at least %d days of orders; up to the end of the period "
                       "there are %.0f",
                       3 * DAYS_MIN, history);
    }
    f->tested = end - (int64_t)f->days * DAY;
    f->fitted = f->tested - (int64_t)f->days * DAY;
    return VT_OK;
}

/* Counts, days and money on a scale where twice as much is as far everywhere, as a logistic regression wants it. */
static void take_logs(double *x, size_t n)
{
    for (size_t i = 0; i < n * F; i++) {
        x[i] = i % F == VT_BEHAVIOUR_ORDERS_CHANGE || x[i] <= 0 ? x[i] : log1p(x[i]);
    }
}

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* What was evaluated is fitted to both moments then: the later one is nearer to now, and both tell more than one. */
static int fit_again(found *f, const vt_features *features, const vt_churn_options *how, vt_error *err)
{
    vt_churn *both = NULL;
    memset(f->test, 0, f->past.n);
    int status = vt_churn_fit(&both, &f->again, features, f->past.outcome, f->test, how, err);
    if (status == VT_OK) {
        vt_churn_free(f->churn);
        f->churn = both;
    }
    return status;
}

static int fit(found *f, uint64_t seed, vt_error *err)
{
    vt_churn_options how;
    int status = vt_churn_history_add(&f->past, &f->all, &f->orders, f->fitted, f->days, true, err);
    size_t n_fitted = f->past.n;
    status =
        status != VT_OK ? status : vt_churn_history_add(&f->past, &f->all, &f->orders, f->tested, f->days, true, err);
    status = status != VT_OK
                 ? status
                 : vt_churn_history_add(&f->now, &f->all, &f->orders, f->scope->period.until, f->days, false, err);
    if (status == VT_OK && f->now.n == 0) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "no customer ordered in the %.0f days before the end of the period",
                         f->days);
    }
    f->test = status != VT_OK ? NULL : vt_alloc(f->past.n, sizeof *f->test, err);
    if (f->test == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < f->past.n; i++) {
        f->test[i] = i >= n_fitted;
    }
    take_logs(f->past.x, f->past.n);
    vt_churn_options_init(&how);
    how.ridge = RIDGE;
    how.seed = how.trees.seed = seed;
    vt_features features = {f->past.x, vt_behaviour_names, NULL, f->past.n, F};
    status = vt_churn_fit(&f->churn, &f->summary, &features, f->past.outcome, f->test, &how, err);
    return status == VT_OK ? fit_again(f, &features, &how, err) : status;
}

static int apply(found *f, vt_error *err)
{
    double *x = vt_alloc(f->now.n * F, sizeof *x, err);
    vt_features features = {x, vt_behaviour_names, NULL, f->now.n, F};
    f->chance = vt_alloc(f->now.n, sizeof *f->chance, err);
    f->contribution = vt_alloc(f->now.n * (F + 1), sizeof *f->contribution, err);
    f->row = vt_alloc(f->now.n, sizeof *f->row, err);
    int status = x == NULL || f->chance == NULL || f->contribution == NULL || f->row == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        memcpy(x, f->now.x, f->now.n * F * sizeof *x);
        take_logs(x, f->now.n);
        status = vt_churn_score(f->chance, f->churn, &features, err);
    }
    status = status != VT_OK ? status : vt_churn_explain(f->contribution, f->churn, &features, err);
    vt_free(x);
    return status;
}

/* When the next order comes if one comes; a shop too small for that is answered without. */
static int find_rhythm(found *f, int months, vt_error *err)
{
    vt_shop_purchases lines = {0};
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_purchases_find(&lines, &f->all, &why);
    if (status == VT_OK) {
        status = vt_rhythm_find(&f->rhythm, &lines.purchases, f->scope->period.last, months, &why);
    }
    vt_shop_purchases_done(&lines);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, (vt_code)status, "%s", why.message);
}

/* ---- who is at risk ---------------------------------------------------------------------------------------------- */

static double revenue_of_year(const found *f, int32_t user)
{
    int64_t from = f->scope->period.until - (int64_t)YEAR * DAY, revenue = 0;
    for (int64_t i = f->orders.ptr[user]; i < f->orders.ptr[user + 1]; i++) {
        revenue += f->orders.row[i].time >= from ? f->orders.row[i].revenue : 0;
    }
    return revenue > 0 ? (double)revenue : 0;
}

static int by_chance(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    if (x->chance != y->chance) {
        return x->chance > y->chance ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_worth(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    return x->worth != y->worth ? (x->worth > y->worth ? -1 : 1) : by_chance(a, b);
}

static void rank(found *f)
{
    for (size_t i = 0; i < f->now.n; i++) {
        int32_t user = f->now.user[i];
        double revenue = revenue_of_year(f, user);
        if ((f->scope->user_passes != NULL && f->scope->user_passes[user] == 0) ||
            (f->scope->customers >= 0 &&
             (int)vt_scope_customer(f->scope, &f->scope->period, user) != f->scope->customers)) {
            continue;
        }
        f->row[f->n++] =
            (listed){f->chance[i], vt_winback_worth(f->chance[i], revenue, VT_WINBACK_RESPONSE), revenue, i};
    }
    qsort(f->row, f->n, sizeof *f->row, by_chance);
    if (f->n > 0) {
        f->risk = fmin(RISK, f->row[(f->n - 1) / 10].chance);
    }
    while (f->at_risk < f->n && f->row[f->at_risk].chance >= f->risk) {
        f->revenue += f->row[f->at_risk].revenue;
        f->worth += f->row[f->at_risk++].worth;
    }
    qsort(f->row, f->at_risk, sizeof *f->row, by_worth);
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void say_model(vt_document *d, const found *f)
{
    const vt_churn_quality *q = &f->summary.quality;
    if (f->summary.evaluated && q->auc_low > .5) {
        vt_document_lead(d,
                         "Of two customers, one lost and one kept, the lost one gets the higher chance in %.0f of 100 "
                         "cases (%.0f to %.0f).",
                         100 * q->auc, 100 * q->auc_low, 100 * q->auc_high);
    } else if (f->summary.evaluated) {
        vt_document_lead(d,
                         "When it was tried on later customers, the model was not surely better than chance (AUC %.2f, "
                         "95 %% interval %.2f to %.2f): do not act on it.",
                         q->auc, q->auc_low, q->auc_high);
    } else {
        vt_document_lead(d, "How good these chances are could not be tried: do not act on them yet.");
    }
}

static void say(vt_document *d, const found *f)
{
    char money[64], worth[64], count[64], all[64];
    const char *currency = f->scope->view->currency;
    vt_insight_format(count, (double)f->at_risk, VT_UNIT_COUNT, "");
    vt_insight_format(all, (double)f->n, VT_UNIT_COUNT, "");
    vt_insight_format(money, f->revenue, VT_UNIT_MONEY, currency);
    if (f->n == 0) {
        vt_document_lead(d, "No customer of these ordered in the last %.0f days.", f->days);
        return;
    }
    if (f->risk >= RISK) {
        vt_document_lead(d,
                         "%s of %s customers who ordered in the last %.0f days will more likely than not place no "
                         "order in the next %.0f; they brought %s in the last 365 days.",
                         count, all, f->days, f->days, money);
    } else {
        vt_document_lead(
            d,
            "Hardly any of the %s customers who ordered in the last %.0f days will be lost; the %s most at "
            "risk have a chance of %.0f %% or more, and brought %s in the last 365 days.",
            all, f->days, count, 100 * f->risk, money);
    }
    vt_str best = vt_scope_user(d, f->scope->view, f->now.user[f->row[0].row]);
    if (f->row[0].worth > 0) {
        vt_insight_format(worth, f->row[0].worth, VT_UNIT_MONEY, currency);
        vt_document_lead(d, "Winning back is worth most with %.*s (%s).", (int)(best.len < 80 ? best.len : 80),
                         best.ptr, worth);
    }
    say_model(d, f);
}

static void note(vt_document *d, const found *f)
{
    char fitted[16], tested[16];
    vt_format_date(fitted, f->fitted + vt_zone_offset(f->scope->zone, f->fitted));
    vt_format_date(tested, f->tested + vt_zone_offset(f->scope->zone, f->tested));
    vt_document_note(d, "Lost is who places no order in the %.0f days that follow: %s.", f->days,
                     f->cut ? "a third of the shop's history, since 90 % of reorders take longer"
                            : "the time within which 90 % of reorders come");
    vt_document_note(d,
                     "Fitted to %zu customers as of %s, evaluated on %zu as of %s, whose orders after it were not "
                     "known to the model; then fitted to both, and that answers.",
                     f->summary.fitted, fitted, f->summary.tested, tested);
    vt_churn_show_model(d, &f->again);
    vt_document_note(d,
                     "Worth of winning back = chance to be lost x %.0f %%, the share that is taken to come back when "
                     "written to x revenue of the last 365 days, which a kept customer is expected to bring again.",
                     100 * VT_WINBACK_RESPONSE);
    if (f->risk < RISK) {
        vt_document_note(d,
                         "Nine of ten customers have a chance below 50 %%, so the tenth with the highest is listed.");
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void add_customers(vt_document *d, const found *f, size_t rows)
{
    vt_document_table(d, "customers", "Customers at risk, by what winning back is worth");
    vt_document_column(d, "customer", "Customer", VT_UNIT_TEXT);
    vt_document_metric(d, "churn_chance");
    vt_document_column(d, "reasons", "What raises it", VT_UNIT_TEXT);
    vt_document_column(d, "usual_days", "Usual days between orders", VT_UNIT_DAYS);
    vt_document_column(d, "silent_days", "Days since the last order", VT_UNIT_DAYS);
    vt_document_metric(d, "next_order");
    vt_document_metric_interval(d, "next_order");
    vt_document_column(d, "revenue", "Revenue of 365 days", VT_UNIT_MONEY);
    vt_document_metric(d, "winback");
    for (size_t i = 0; i < f->at_risk && i < rows; i++) {
        const listed *c = &f->row[i];
        const double *x = f->now.x + c->row * F;
        size_t place = vt_rhythm_place(&f->rhythm, f->now.user[c->row]);
        vt_next_purchase next = {NAN, NAN, NAN, NAN};
        if (place < f->rhythm.summary.n) {
            next = vt_rhythm_next(&f->rhythm, place);
        }
        char reasons[VT_REASON_TEXT];
        vt_behaviour_reasons(reasons, x, f->contribution + c->row * (F + 1), f->scope->view->currency);
        vt_document_text(d, vt_scope_user(d, f->scope->view, f->now.user[c->row]));
        vt_document_number(d, c->chance);
        vt_document_text(d, vt_str_of(reasons));
        vt_document_number(d, x[VT_BEHAVIOUR_GAP]);
        vt_document_number(d, x[VT_BEHAVIOUR_RECENCY]);
        vt_document_number(d, next.median);
        vt_document_number(d, next.low);
        vt_document_number(d, next.high);
        vt_document_number(d, c->revenue);
        vt_document_number(d, c->worth);
    }
}

/* What moves the chances of all customers, strongest first. */
static void add_drivers(vt_document *d, const found *f, size_t rows)
{
    double strength[F] = {0};
    bool shown[F] = {false};
    for (size_t i = 0; i < f->now.n; i++) {
        for (size_t a = 0; a < F; a++) {
            strength[a] += fabs(f->contribution[i * (F + 1) + a]) / (double)f->now.n;
        }
    }
    vt_document_table(d, "drivers", "What drives it");
    vt_document_column(d, "feature", "Feature", VT_UNIT_TEXT);
    vt_document_column(d, "strength", "Mean change of log odds", VT_UNIT_NUMBER);
    for (size_t r = 0; r < F && r < rows; r++) {
        size_t best = F;
        for (size_t a = 0; a < F; a++) {
            best = !shown[a] && (best == F || strength[a] > strength[best]) ? a : best;
        }
        shown[best] = true;
        vt_document_text(d, vt_str_of(vt_behaviour_names[best]));
        vt_document_number(d, strength[best]);
    }
}

int vt_churn_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    found f = {.scope = scope, .all = *scope};
    f.all.user_passes = NULL; /* who is in a segment or a kind now was not chosen then */
    f.all.customers = -1;
    int status = vt_orders_find(&f.orders, &f.all, INT64_MIN, scope->period.until, err);
    status = status != VT_OK ? status : find_moments(&f, err);
    status = status != VT_OK ? status : fit(&f, options->seed, err);
    status = status != VT_OK ? status : apply(&f, err);
    status = status != VT_OK ? status : find_rhythm(&f, options->horizon, err);
    if (status == VT_OK) {
        rank(&f);
        say(d, &f);
        note(d, &f);
        vt_document_figure(d, "at_risk", (double)f.at_risk);
        vt_document_figure(d, "lost_after", f.days);
        vt_document_figure(d, "winback", f.worth);
        vt_churn_show_figures(d, &f.summary);
        add_customers(d, &f, (size_t)options->n);
        add_drivers(d, &f, (size_t)options->n);
        vt_churn_show_calibration(d, &f.summary);
    }
    found_done(&f);
    return status;
}
