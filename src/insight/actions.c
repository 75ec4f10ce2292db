/*
 * Actions: one list of what is worth doing, each with its reason, what it may bring in a month with an interval, and
 * what it concerns. An item has one action of money at most, the greatest, so that nothing is counted twice. What an
 * action is expected to bring rests on assumptions, which stand in its reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/stock_products.h"
#include "insight/kind.h"
#include "insight/segments.h"
#include "math/false_discovery.h"
#include "math/special.h"

enum { DAYS = 90, MONTH = 30, WEEK = 7, VIEWS_LEAST = 30, REASON = 400 };

#define WIN_BACK .10 /* of customers who are written to and order again: assumed, with 5 to 15 % as interval */
#define WIN_BACK_LOW .05
#define WIN_BACK_HIGH .15
#define FALSE_SHARE .1

typedef enum action_kind { REORDER, PROMOTE, WIN_BACK_THEM, CLEAR, FIX_DATA, KINDS } action_kind;

static const char *const kind_names[KINDS] = {"reorder", "promote", "win back", "clear", "fix data"};

typedef struct action {
    action_kind kind;
    int32_t item; /* -1: no single one */
    char what[160], reason[REASON];
    double money, low, high; /* a month, minor units; NaN where it cannot be said */
    double evidence;         /* orders, views or customers behind it */
} action;

typedef struct actions {
    const vt_scope *scope;
    const vt_insight_options *options;
    vt_sums *sold;  /* (I) of the last 90 days */
    int32_t *views; /* (I) likewise */
    action *row;
    size_t n, capacity;
    double days;
} actions;

static action *add(actions *a, action_kind kind, int32_t item, vt_error *err)
{
    if (vt_alloc_next(&a->row, &a->capacity, a->n, sizeof *a->row, err) != VT_OK) {
        return NULL;
    }
    a->row[a->n] = (action){.kind = kind, .item = item, .money = NAN, .low = NAN, .high = NAN};
    return &a->row[a->n++];
}

/* What one piece brings: margin where the cost is known, else the price paid. */
static double worth_of(const vt_sums *s)
{
    double paid = vt_ratio((double)(s->gross - s->discounts), s->units);
    return s->costed == s->lines && s->units > 0 ? paid - (double)s->cost / s->units : paid;
}

static vt_str name_of(const actions *a, int32_t item)
{
    vt_str title = vt_view_item_title(a->scope->view, item);
    return title.len > 0 ? title : vt_view_item_id(a->scope->view, item);
}

/* ---- reorder ----------------------------------------------------------------------------------------------------- */

/* What ordering one product now keeps; as `insight stock` has it, in margin and for a month without ordering. */
static int add_reorder(actions *a, const vt_product_stock *stock, vt_error *err)
{
    const vt_sums *s = &a->sold[stock->item];
    double paid = vt_ratio((double)(s->gross - s->discounts), s->units);
    double month = stock->kept * MONTH / WEEK * vt_ratio(worth_of(s), paid);
    if (!(stock->quantity > 0) || !(month > 0)) {
        return VT_OK;
    }
    action *row = add(a, REORDER, stock->item, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    snprintf(row->what, sizeof row->what, "Order %.0f of %.*s", stock->quantity, VT_STR_ARGS(name_of(a, stock->item)));
    snprintf(
        row->reason, sizeof row->reason,
        "%.0f in stock; %.1f a week are wanted and delivery takes %d days. What would be missed for want of an order, "
        "as a month. More: insight stock.",
        stock->on_hand, stock->rate * WEEK, (int)a->options->lead_days);
    row->money = month;
    row->low = month * vt_ratio(stock->plan.low, stock->plan.expected);
    row->high = month * vt_ratio(stock->plan.high, stock->plan.expected);
    row->evidence = s->units;
    return VT_OK;
}

/* Goods that will run out; a shop without known stock, or with too few sales, has none to order. */
static int find_reorders(actions *a, vt_error *err)
{
    vt_shop_periods days = {0};
    vt_shop_sales sales = {0};
    vt_product_stock *stocks = NULL;
    size_t n = 0;
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_periods_init(&days, a->scope, "day", 0, &why);
    status = status == VT_OK ? vt_shop_sales_find(&sales, a->scope, &days, &why) : status;
    status = status == VT_OK ? vt_shop_sales_check(&sales, a->scope, &why) : status;
    status = status == VT_OK ? vt_product_stocks_find(&stocks, &n, &sales, a->scope, a->options, &why) : status;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = add_reorder(a, &stocks[i], &why);
    }
    vt_free(stocks);
    vt_shop_sales_done(&sales);
    vt_shop_periods_done(&days);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, status, "%s", why.message);
}

/* ---- promote ----------------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *x, const void *y)
{
    return (*(const int32_t *)x > *(const int32_t *)y) - (*(const int32_t *)x < *(const int32_t *)y);
}

typedef struct gem {
    int32_t item;
    double p;
} gem;

/* Goods that are bought by more of those who see them than others are, and that fewer see than the median. */
static int find_gems(actions *a, vt_error *err)
{
    int32_t n_items = a->scope->view->n_items;
    int32_t *seen = vt_alloc((size_t)n_items, sizeof *seen, err);
    gem *gems = vt_alloc((size_t)n_items, sizeof *gems, err);
    double *p = vt_alloc((size_t)n_items, sizeof *p, err), *q = vt_alloc((size_t)n_items, sizeof *q, err);
    int status = seen == NULL || gems == NULL || p == NULL || q == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n = 0, looked = 0;
    double views = 0, lines = 0;
    for (int32_t i = 0; status == VT_OK && i < n_items; i++) {
        if (a->views[i] >= VIEWS_LEAST) {
            seen[looked++] = a->views[i];
            views += a->views[i];
            lines += (double)a->sold[i].lines;
        }
    }
    if (status == VT_OK && looked > 0 && lines > 0 && lines < views) {
        qsort(seen, looked, sizeof *seen, compare_numbers);
        int32_t median = seen[looked / 2];
        for (int32_t i = 0; i < n_items; i++) {
            double k = (double)a->sold[i].lines, v = a->views[i];
            if (a->views[i] >= VIEWS_LEAST && a->views[i] < median && k > 0 && k <= v) {
                gems[n] = (gem){i, 0};
                p[n++] = vt_beta_inc(k, v - k + 1, lines / views); /* at least k of v by chance */
            }
        }
        status = vt_benjamini_hochberg(q, p, n, err);
        for (size_t g = 0; g < n && status == VT_OK; g++) {
            int32_t i = gems[g].item;
            double v = a->views[i], rate = (double)a->sold[i].lines / v, z = vt_normal_quantile(.975);
            if (q[g] > FALSE_SHARE) {
                continue;
            }
            double middle = (rate + z * z / (2 * v)) / (1 + z * z / v); /* Wilson's interval */
            double half = z / (1 + z * z / v) * sqrt(rate * (1 - rate) / v + z * z / (4 * v * v));
            double more = (median - v) / a->days * MONTH * worth_of(&a->sold[i]);
            action *row = add(a, PROMOTE, i, err);
            status = row == NULL ? VT_ERR_NO_MEMORY : VT_OK;
            if (row != NULL) {
                snprintf(row->what, sizeof row->what, "Show %.*s more", VT_STR_ARGS(name_of(a, i)));
                snprintf(
                    row->reason, sizeof row->reason,
                    "%.0f %% of its views end in a sale, %.0f %% of all; it was seen %d times in %.0f days, the median "
                    "product %d times. Expected if it were seen as often and people bought it as before.",
                    100 * rate, 100 * lines / views, (int)v, a->days, median);
                row->money = more * rate;
                row->low = more * (middle - half);
                row->high = more * (middle + half);
                row->evidence = v;
            }
        }
    }
    vt_free(seen);
    vt_free(gems);
    vt_free(p);
    vt_free(q);
    return status;
}

/* ---- win back ---------------------------------------------------------------------------------------------------- */

static int find_lost_customers(actions *a, vt_error *err)
{
    vt_segments segments = {0};
    int status = vt_segments_find(&segments, a->scope, err);
    double revenue = 0, orders = 0;
    int64_t n = 0;
    for (int32_t u = 0; status == VT_OK && u < a->scope->view->n_users; u++) {
        if (segments.of_user[u] == (int8_t)VT_SEGMENT_AT_RISK) {
            n++;
            revenue += vt_sums_revenue(&segments.sums[u]);
            orders += (double)segments.sums[u].orders;
        }
    }
    vt_segments_done(&segments);
    if (status == VT_OK && n > 0 && orders > 0 && revenue > 0) {
        action *row = add(a, WIN_BACK_THEM, -1, err);
        status = row == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        if (row != NULL) {
            double once = (double)n * revenue / orders;
            snprintf(row->what, sizeof row->what, "Write to %lld customers who used to buy often", (long long)n);
            snprintf(
                row->reason, sizeof row->reason,
                "They had %.1f orders each and are among the two fifths who have been silent longest. Assumed: 5 to "
                "15 %% order once more. The list: insight churn, or --segment at-risk.",
                orders / (double)n);
            row->money = WIN_BACK * once;
            row->low = WIN_BACK_LOW * once;
            row->high = WIN_BACK_HIGH * once;
            row->evidence = (double)n;
        }
    }
    return status;
}

/* ---- clear, and data --------------------------------------------------------------------------------------------- */

static int find_dead_stock(actions *a, vt_error *err)
{
    const vt_view *view = a->scope->view;
    double bound = 0;
    int64_t n = 0;
    for (int32_t i = 0; i < view->n_items; i++) {
        const vt_item_block *block = vt_view_block(view, i);
        int k = i & VT_BLOCK_MASK;
        int64_t each = block->cost[k] != VT_NONE ? block->cost[k] : block->price[k];
        if (block->stock[k] != VT_NONE && block->stock[k] > 0 && a->sold[i].lines == 0 && each != VT_NONE &&
            (block->available_from[k] == VT_NONE || block->available_from[k] <= a->scope->now - DAYS * 86400LL)) {
            bound += (double)each * (double)block->stock[k];
            n++;
        }
    }
    if (n == 0) {
        return VT_OK;
    }
    action *row = add(a, CLEAR, -1, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char money[64];
    vt_insight_format(money, bound, VT_UNIT_MONEY, view->currency);
    snprintf(row->what, sizeof row->what, "Clear %lld products that lie", (long long)n);
    snprintf(
        row->reason, sizeof row->reason,
        "They were not sold in %.0f days and bind %s. What clearing them brings depends on the price that they still "
        "fetch, which is not known. The list: insight products --show unsold.",
        a->days, money);
    row->evidence = (double)n;
    return VT_OK;
}

static int find_gaps(actions *a, vt_error *err)
{
    const vt_view *view = a->scope->view;
    int64_t no_cost = 0, no_price = 0, no_category = 0, sold = 0;
    for (int32_t i = 0; i < view->n_items; i++) {
        if (a->sold[i].lines > 0) {
            sold++;
            no_cost += a->sold[i].costed == 0;
            no_price += vt_view_item_price(view, i) == VT_NONE;
            no_category += vt_view_item_category(view, i) < 0;
        }
    }
    const struct {
        int64_t n;
        const char *what, *why;
    } gaps[] = {
        {no_cost, "the cost", "profit, margin and prices to try leave these out."},
        {no_price, "the price", "filters by price and suggested prices leave these out."},
        {no_category, "the category", "nothing can be said of these by category."},
    };
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
        if (gaps[g].n == 0) {
            continue;
        }
        action *row = add(a, FIX_DATA, -1, err);
        if (row == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        snprintf(row->what, sizeof row->what, "Add %s of %lld products", gaps[g].what, (long long)gaps[g].n);
        snprintf(row->reason, sizeof row->reason, "%lld of %lld products that sell lack it: %s", (long long)gaps[g].n,
                 (long long)sold, gaps[g].why);
        row->evidence = (double)gaps[g].n;
    }
    return VT_OK;
}

/* ---- one list ---------------------------------------------------------------------------------------------------- */

/* What is worth most first; without money behind. */
static int by_money(const void *x, const void *y)
{
    const action *a = x, *b = y;
    double p = isnan(a->money) ? -1 : a->money, q = isnan(b->money) ? -1 : b->money;
    if (p != q) {
        return p < q ? 1 : -1;
    }
    return a->kind != b->kind ? (int)a->kind - (int)b->kind : (a->item > b->item) - (a->item < b->item);
}

/* Of one item the action that is worth most alone; those that bring nothing go. */
static void keep_one_each(actions *a, uint8_t *met)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->n; i++) {
        const action *row = &a->row[i];
        bool again = row->item >= 0 && met[row->item];
        if (row->item >= 0) {
            met[row->item] = 1;
        }
        if (!again && (isnan(row->money) || row->money > 0)) {
            a->row[kept++] = *row;
        }
    }
    a->n = kept;
}

static void show(vt_document *d, const actions *a)
{
    double money = 0, squares = 0;
    size_t with_money = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (!isnan(a->row[i].money)) {
            double half = (a->row[i].high - a->row[i].low) / 2;
            money += a->row[i].money;
            squares += half * half;
            with_money++;
        }
    }
    if (a->n == 0) {
        vt_document_lead(d, "Nothing stands out that is worth doing today.");
        return;
    }
    if (with_money > 0) {
        char sum[64];
        vt_insight_format(sum, money, VT_UNIT_MONEY, a->scope->view->currency);
        vt_document_lead(d, "%zu thing%s to do may bring about %s a month.", with_money, with_money == 1 ? "" : "s",
                         sum);
    }
    vt_document_lead(d, "First: %s.", a->row[0].what);
    vt_document_figure(d, "actions_effect", with_money > 0 ? money : NAN);
    if (with_money > 0) { /* half-widths of independent effects add in squares */
        vt_document_interval(d, fmax(0, money - sqrt(squares)), money + sqrt(squares));
    }
    vt_document_table(d, "actions", "What is worth doing");
    vt_document_column(d, "kind", "Kind", VT_UNIT_TEXT);
    vt_document_column(d, "what", "What", VT_UNIT_TEXT);
    vt_document_column(d, "item", "Item", VT_UNIT_TEXT);
    vt_document_metric(d, "action_effect");
    vt_document_metric_interval(d, "action_effect");
    vt_document_column(d, "evidence", "Evidence", VT_UNIT_COUNT);
    vt_document_column(d, "reason", "Why", VT_UNIT_TEXT);
    for (size_t i = 0; i < a->n; i++) {
        const action *row = &a->row[i];
        vt_document_text(d, vt_str_of(kind_names[row->kind]));
        vt_document_text(d, vt_str_of(row->what));
        vt_document_text(d, row->item < 0 ? (vt_str){NULL, 0} : vt_view_item_id(a->scope->view, row->item));
        vt_document_number(d, row->money);
        vt_document_number(d, row->low);
        vt_document_number(d, row->high);
        vt_document_number(d, row->evidence);
        vt_document_text(d, vt_str_of(row->reason));
    }
}

static int read_sales(actions *a, const vt_scope *all, const vt_period *period, vt_error *err)
{
    size_t n = (size_t)all->view->n_items;
    vt_sums total;
    a->sold = vt_alloc_zero(n, sizeof *a->sold, err);
    a->views = vt_alloc_zero(n, sizeof *a->views, err);
    if (a->sold == NULL || a->views == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_grouping items = {.by = VT_BY_ITEM, .n = (int32_t)n, .sums = a->sold};
    vt_visits visits;
    vt_visit_span span;
    vt_visits_begin(&visits, all->view, period->from, period->until);
    while (vt_visits_next(&visits, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            a->views[span.item[i]] += span.kind[i] == VT_EVENT_VIEW && vt_visits_counts(&visits, &span, i);
        }
    }
    return vt_sales_sum(&total, all, period, &items, 1, err);
}

int vt_actions_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    const vt_scope all = vt_scope_unfiltered(scope);
    vt_period period = {
        .first = scope->period.last - DAYS + 1, .last = scope->period.last, .until = scope->period.until};
    actions a = {.scope = &all, .options = options};
    period.from = vt_day_begin(scope->zone, period.first);
    a.days = (double)(period.until - period.from) / 86400;
    uint8_t *met = vt_alloc_zero((size_t)scope->view->n_items, sizeof *met, err);
    int status = met == NULL ? VT_ERR_NO_MEMORY : read_sales(&a, &all, &period, err);
    status = status == VT_OK ? find_reorders(&a, err) : status;
    status = status == VT_OK ? find_gems(&a, err) : status;
    status = status == VT_OK ? find_lost_customers(&a, err) : status;
    status = status == VT_OK ? find_dead_stock(&a, err) : status;
    status = status == VT_OK ? find_gaps(&a, err) : status;
    if (status == VT_OK && a.n > 0) {
        qsort(a.row, a.n, sizeof *a.row, by_money);
        keep_one_each(&a, met);
    }
    if (status == VT_OK) {
        show(d, &a);
        vt_document_note(d, "Rates are those of the 90 days up to the end of the period; filters are not applied.");
    }
    vt_free(met);
    vt_free(a.sold);
    vt_free(a.views);
    vt_free(a.row);
    return status;
}
