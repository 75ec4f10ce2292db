/* Numbers of groups by item are made once, so that a line finds its group by one look. */
#include "insight/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/format.h"
#include "base/map.h"
#include "base/number.h"

enum { BANDS = 5 };

const char *vt_groups_kind_name(vt_groups_kind kind)
{
    static const char *const names[] = {"category", "brand", "price", "customers"};
    return names[kind];
}

void vt_groups_done(vt_groups *g)
{
    vt_free(g->now.sums);
    vt_free(g->before.sums);
    vt_free(g->of_item);
    vt_free(g->bounds);
    vt_free(g->name);
    vt_arena_free(g->texts);
    *g = (vt_groups){0};
}

/* The levels of `path` up to the one below `above`; the whole where there is none below. */
static vt_str level_below(vt_str path, vt_str above)
{
    size_t from = above.len == 0 ? 0 : above.len + 3;
    if (from >= path.len) {
        return path;
    }
    const char *rest = path.ptr + from;
    const char *end = memmem(rest, path.len - from, " > ", 3);
    return (vt_str){path.ptr, end == NULL ? path.len : (size_t)(end - path.ptr)};
}

/* The number of `name` among the groups, a new one where it is met first. */
static int number_of(int32_t *out, vt_map *numbers, vt_str name, vt_error *err)
{
    int64_t number = (int64_t)vt_map_count(numbers);
    int status = vt_map_get(numbers, name, &number) ? VT_OK : vt_map_set(numbers, name, number, err);
    *out = (int32_t)number;
    return status;
}

static int copy_names(vt_groups *g, const vt_map *numbers, vt_error *err)
{
    g->now.n = (int32_t)vt_map_count(numbers) + 1;
    g->name = vt_alloc((size_t)g->now.n, sizeof *g->name, err);
    int status = g->name == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int32_t k = 0; k + 1 < g->now.n && status == VT_OK; k++) {
        vt_str name;
        int64_t number;
        vt_map_entry(numbers, (size_t)k, &name, &number);
        g->name[k] = vt_arena_str(g->texts, name, err).ptr;
        status = g->name[k] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        g->name[g->now.n - 1] = "without";
    }
    return status;
}

/* Numbers of the groups that texts belong to; `of_text` (n + 1), the last for what has none. */
static int number_texts(int32_t *of_text, vt_groups *g, vt_str (*text)(const vt_view *, int32_t), int32_t n,
                        const vt_view *view, const char *above, vt_error *err)
{
    vt_map *numbers = NULL;
    int status = vt_map_create(&numbers, (size_t)n, err);
    for (int32_t i = 0; i < n && status == VT_OK; i++) {
        vt_str name = text(view, i);
        name = above == NULL ? name : level_below(name, vt_str_of(above));
        status = number_of(&of_text[i], numbers, name, err);
    }
    if (status == VT_OK) {
        status = copy_names(g, numbers, err);
        of_text[n] = g->now.n - 1;
    }
    vt_map_free(numbers);
    return status;
}

static int group_items(vt_groups *g, const vt_scope *scope, bool categories, const char *above, vt_error *err)
{
    const vt_view *view = scope->view;
    int32_t n = categories ? view->n_categories : view->n_brands;
    int32_t *of_text = vt_alloc((size_t)n + 1, sizeof *of_text, err);
    g->of_item = vt_alloc((size_t)view->n_items, sizeof *g->of_item, err);
    int status = of_text == NULL || g->of_item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        above = above == NULL ? "" : above;
        status = categories ? number_texts(of_text, g, vt_view_category, n, view, above, err)
                            : number_texts(of_text, g, vt_view_brand, n, view, NULL, err);
    }
    for (int32_t i = 0; i < view->n_items && status == VT_OK; i++) {
        int32_t text = categories ? vt_view_item_category(view, i) : vt_view_item_brand(view, i);
        g->of_item[i] = of_text[text < 0 ? n : text];
    }
    g->now.by = VT_BY_ITEM;
    g->now.of_item = g->of_item;
    vt_free(of_text);
    return status;
}

/* ---- bands of prices --------------------------------------------------------------------------------------------- */

static int compare_prices(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The nearest of 1, 2, 2.5, 5 times a power of ten. */
static int64_t round_price(int64_t price)
{
    int64_t best = 1;
    for (int64_t power = 1; power <= price; power *= 10) {
        const int64_t steps[] = {power, 2 * power, power >= 10 ? power * 5 / 2 : power, 5 * power, 10 * power};
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            best = llabs(steps[s] - price) < llabs(best - price) ? steps[s] : best;
        }
        if (power > INT64_MAX / 100) {
            break;
        }
    }
    return best;
}

static int name_band(const char **out, vt_groups *g, int32_t band, const char *currency, vt_error *err)
{
    char low[48] = "", high[48] = "", text[112];
    if (band > 0) {
        vt_format_money(low, g->bounds[band - 1], currency);
    }
    if (band + 1 < g->now.n) {
        vt_format_money(high, g->bounds[band], currency);
    }
    if (band == 0 && g->now.n == 1) {
        snprintf(text, sizeof text, "any price");
    } else if (band == 0) {
        snprintf(text, sizeof text, "under %s", high);
    } else if (band + 1 == g->now.n) {
        snprintf(text, sizeof text, "%s and more", low);
    } else {
        snprintf(text, sizeof text, "%s to %s", low, high);
    }
    *out = vt_arena_str(g->texts, vt_str_of(text), err).ptr;
    return *out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int group_prices(vt_groups *g, const vt_scope *scope, vt_error *err)
{
    const vt_view *view = scope->view;
    int64_t *price = vt_alloc((size_t)view->n_items, sizeof *price, err);
    g->bounds = vt_alloc(BANDS - 1, sizeof *g->bounds, err);
    g->name = vt_alloc(BANDS, sizeof *g->name, err);
    int status = price == NULL || g->bounds == NULL || g->name == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n = 0;
    for (int32_t i = 0; status == VT_OK && i < view->n_items; i++) {
        int64_t of_item = vt_view_item_price(view, i);
        if (of_item > 0) {
            price[n++] = of_item;
        }
    }
    g->now.by = VT_BY_PRICE;
    g->now.n = 1;
    if (status == VT_OK && n > 0) {
        qsort(price, n, sizeof *price, compare_prices);
        for (size_t b = 1; b < BANDS; b++) {
            int64_t bound = round_price(price[n * b / BANDS]);
            if (g->now.n == 1 || bound > g->bounds[g->now.n - 2]) {
                g->bounds[g->now.n++ - 1] = bound;
            }
        }
    }
    g->now.bounds = g->bounds;
    for (int32_t b = 0; b < g->now.n && status == VT_OK; b++) {
        status = name_band(&g->name[b], g, b, view->currency, err);
    }
    vt_free(price);
    return status;
}

static int group_customers(vt_groups *g, vt_error *err)
{
    g->name = vt_alloc(VT_CUSTOMER_KINDS, sizeof *g->name, err);
    if (g->name == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    g->now.by = VT_BY_CUSTOMER;
    g->now.n = VT_CUSTOMER_KINDS;
    for (int k = 0; k < VT_CUSTOMER_KINDS; k++) {
        g->name[k] = vt_customer_kind_name((vt_customer_kind)k);
    }
    return VT_OK;
}

int vt_groups_make(vt_groups *out, vt_groups_kind kind, const vt_scope *scope, const char *category, vt_error *err)
{
    vt_groups g = {0};
    int status = vt_arena_create(&g.texts, 0, err);
    if (status == VT_OK && (kind == VT_GROUPS_CATEGORY || kind == VT_GROUPS_BRAND)) {
        status = group_items(&g, scope, kind == VT_GROUPS_CATEGORY, category, err);
    } else if (status == VT_OK) {
        status = kind == VT_GROUPS_PRICE ? group_prices(&g, scope, err) : group_customers(&g, err);
    }
    if (status == VT_OK) {
        g.before = g.now;
        g.now.sums = vt_alloc_zero((size_t)g.now.n, sizeof *g.now.sums, err);
        g.before.sums = vt_alloc_zero((size_t)g.now.n, sizeof *g.before.sums, err);
        status = g.now.sums == NULL || g.before.sums == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status != VT_OK) {
        vt_groups_done(&g);
        return status;
    }
    *out = g;
    return VT_OK;
}
