/*
 * One list of all kinds. Of actions that concern the same goods the one that is worth most stays, so that nothing is
 * counted twice; what an action is expected to bring rests on assumptions, which stand in its reason.
 */
#include "insight/actions/actions.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/format.h"

static const struct {
    const char *name;
    int (*find)(vt_actions *actions, vt_error *err);
    bool money; /* its actions come with money, and take their goods */
} kinds[VT_ACTION_KINDS] = {
    [VT_ACTION_REORDER] = {"reorder", vt_actions_find_reorder, true},
    [VT_ACTION_REPRICE] = {"reprice", vt_actions_find_reprice, true},
    [VT_ACTION_PROMOTE] = {"promote", vt_actions_find_promote, true},
    [VT_ACTION_BUNDLE] = {"bundle", vt_actions_find_bundle, true},
    [VT_ACTION_WIN_BACK] = {"win back", vt_actions_find_win_back, true},
    [VT_ACTION_CLEAR] = {"clear", vt_actions_find_clear, false},
    [VT_ACTION_FIX_DATA] = {"fix data", vt_actions_find_fix_data, false},
};

void vt_actions_done(vt_actions *a)
{
    vt_free(a->sold);
    vt_free(a->views);
    vt_free(a->taken);
    vt_free(a->row);
    vt_free(a->write_to);
    *a = (vt_actions){0};
}

vt_action *vt_actions_add(vt_actions *a, vt_action_kind kind, int32_t item, vt_error *err)
{
    if (vt_alloc_next(&a->row, &a->capacity, a->n, sizeof *a->row, err) != VT_OK) {
        return NULL;
    }
    a->row[a->n] = (vt_action){
        .kind = kind, .item = item, .other = -1, .money = NAN, .low = NAN, .high = NAN, .quantity = NAN, .price = NAN};
    return &a->row[a->n++];
}

double vt_actions_worth(const vt_sums *s)
{
    double paid = vt_ratio((double)(s->gross - s->discounts), s->units);
    return s->costed == s->lines && s->units > 0 ? paid - (double)s->cost / s->units : paid;
}

void vt_actions_name(char out[VT_ACTION_NAME], const vt_actions *a, int32_t item)
{
    vt_str name = vt_view_item_title(a->scope->view, item);
    vt_format_name(out, VT_ACTION_NAME, name.len > 0 ? name : vt_view_item_id(a->scope->view, item));
}

/* ---- one list ---------------------------------------------------------------------------------------------------- */

/* What is worth most first; without money behind. */
static int by_money(const void *x, const void *y)
{
    const vt_action *a = x, *b = y;
    double p = isnan(a->money) ? -1 : a->money, q = isnan(b->money) ? -1 : b->money;
    if (p != q) {
        return p < q ? 1 : -1;
    }
    if (a->kind != b->kind) {
        return (int)a->kind - (int)b->kind;
    }
    return a->item != b->item ? (a->item > b->item) - (a->item < b->item)
                              : (a->other > b->other) - (a->other < b->other);
}

void vt_actions_keep(vt_actions *a)
{
    size_t kept = 0;
    if (a->n > 0) {
        qsort(a->row, a->n, sizeof *a->row, by_money);
    }
    for (size_t i = 0; i < a->n; i++) {
        vt_action *row = &a->row[i];
        bool met = (row->item >= 0 && a->taken[row->item]) || (row->other >= 0 && a->taken[row->other]);
        if (met || !(row->money > 0)) {
            continue;
        }
        if (row->item >= 0) {
            a->taken[row->item] = 1;
        }
        if (row->other >= 0) {
            a->taken[row->other] = 1;
        }
        a->row[kept++] = *row;
    }
    a->n = kept;
}

static vt_str id_of(const vt_actions *a, int32_t item)
{
    return item < 0 ? (vt_str){NULL, 0} : vt_view_item_id(a->scope->view, item);
}

static void show(vt_document *d, const vt_actions *a)
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
    vt_document_column(d, "other", "And", VT_UNIT_TEXT);
    vt_document_metric(d, "action_effect");
    vt_document_metric_interval(d, "action_effect");
    vt_document_column(d, "evidence", "Evidence", VT_UNIT_COUNT);
    vt_document_metric(d, "order_quantity");
    vt_document_metric(d, "price_suggested");
    vt_document_column(d, "reason", "Why", VT_UNIT_TEXT);
    for (size_t i = 0; i < a->n; i++) {
        const vt_action *row = &a->row[i];
        vt_document_text(d, vt_str_of(kinds[row->kind].name));
        vt_document_text(d, vt_str_of(row->what));
        vt_document_text(d, id_of(a, row->item));
        vt_document_text(d, id_of(a, row->other));
        vt_document_number(d, row->money);
        vt_document_number(d, row->low);
        vt_document_number(d, row->high);
        vt_document_number(d, row->evidence);
        vt_document_number(d, row->quantity);
        vt_document_number(d, row->price);
        vt_document_text(d, vt_str_of(row->reason));
    }
}

static int read_sales(vt_actions *a, const vt_scope *all, const vt_period *period, vt_error *err)
{
    size_t n = (size_t)all->view->n_items;
    vt_sums total;
    a->sold = vt_alloc_zero(n, sizeof *a->sold, err);
    a->views = vt_alloc_zero(n, sizeof *a->views, err);
    a->taken = vt_alloc_zero(n, sizeof *a->taken, err);
    if (a->sold == NULL || a->views == NULL || a->taken == NULL) {
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

static int find(vt_actions *a, bool money, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = 0; k < VT_ACTION_KINDS && status == VT_OK; k++) {
        status = kinds[k].money == money ? kinds[k].find(a, err) : VT_OK;
    }
    return status;
}

int vt_actions_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    const vt_scope all = vt_scope_unfiltered(scope);
    vt_period period = {
        .first = scope->period.last - VT_ACTION_DAYS + 1, .last = scope->period.last, .until = scope->period.until};
    vt_actions a = {.scope = &all, .options = options};
    period.from = vt_day_begin(scope->zone, period.first);
    a.days = (double)(period.until - period.from) / 86400;
    int status = read_sales(&a, &all, &period, err);
    status = status == VT_OK ? find(&a, true, err) : status;
    if (status == VT_OK) {
        vt_actions_keep(&a);
        status = find(&a, false, err);
    }
    if (status == VT_OK) {
        show(d, &a);
        status = vt_actions_show_write_to(d, &a, (size_t)options->n, err);
    }
    if (status == VT_OK) {
        vt_document_note(d, "Rates are those of the 90 days up to the end of the period; filters are not applied.");
    }
    vt_actions_done(&a);
    return status;
}
