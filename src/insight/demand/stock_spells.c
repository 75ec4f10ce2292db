/* One pass over the history; spells are as many as the changes at most, so they stand where their item's rows do. */
#include "insight/demand/stock_spells.h"

#include "base/alloc.h"
#include "live/stocks.h"

/* The place of a time in the days, not before the first and not behind the last. */
static double place_of(const vt_shop_periods *days, int64_t time)
{
    size_t low = 0, high = days->n;
    if (time <= days->begin[0]) {
        return 0;
    }
    while (low < high) { /* the first day that begins behind it */
        size_t middle = low + (high - low) / 2;
        if (days->begin[middle + 1] > time) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low == days->n
               ? (double)low
               : (double)low + (double)(time - days->begin[low]) / (double)(days->begin[low + 1] - days->begin[low]);
}

static bool sells_inside(const vt_shop_sales *sales, int32_t item, const vt_stock_spell *spell)
{
    bool sells = false;
    for (size_t k = sales->start[item]; k < sales->start[item + 1]; k++) {
        double day = (double)sales->period[k];
        sells = sells || (day >= spell->from && day + 1 <= spell->until);
    }
    return sells;
}

/* Adds the spell unless it is contradicted. */
static void add(vt_stock_spells *s, size_t *n, const vt_shop_sales *sales, int32_t item, vt_stock_spell spell)
{
    if (spell.until <= spell.from) {
        return;
    }
    if (sells_inside(sales, item, &spell)) {
        s->contradicted++;
        return;
    }
    s->spell[(*n)++] = spell;
}

/* The spells of one item from its rows of the history. */
static void find(vt_stock_spells *s, size_t *n, const vt_shop_sales *sales, const vt_stock_history *h, int32_t item)
{
    bool out = false;
    vt_stock_spell spell = {0};
    for (int64_t k = h->start[item]; k < h->start[item + 1]; k++) {
        double at = fmin(fmax(place_of(sales->periods, h->time[k]), s->known_from[item]), s->known_until[item]);
        bool none = h->pieces[k] != VT_NONE && h->pieces[k] <= 0;
        if (none && !out) {
            spell.from = at;
        } else if (!none && out) {
            spell.until = at;
            add(s, n, sales, item, spell);
        }
        out = none;
    }
    if (out) {
        spell.until = s->known_until[item];
        add(s, n, sales, item, spell);
    }
}

/* From when to when an item is on sale with a known stock. */
static void find_known(vt_stock_spells *s, const vt_scope *scope, const vt_shop_periods *days,
                       const vt_stock_history *h, int32_t item)
{
    const vt_item_block *block = vt_view_block(scope->view, item);
    int32_t k = item & VT_BLOCK_MASK;
    if (h->start[item] == h->start[item + 1] || (scope->item_passes != NULL && !scope->item_passes[item])) {
        return;
    }
    int64_t from = h->time[h->start[item]];
    from = block->available_from[k] != VT_NONE && block->available_from[k] > from ? block->available_from[k] : from;
    s->known_from[item] = place_of(days, from);
    int64_t last = h->start[item + 1] - 1, told = h->pieces[last] == VT_NONE ? h->time[last] : INT64_MAX;
    int64_t until = block->available_until[k] == VT_NONE ? INT64_MAX : block->available_until[k];
    s->known_until[item] = place_of(days, until < told ? until : told);
    s->known_until[item] = fmax(s->known_from[item], s->known_until[item]);
}

int vt_stock_spells_find(vt_stock_spells *out, const vt_scope *scope, const vt_shop_sales *sales, vt_error *err)
{
    size_t n_items = sales->n_items, n = 0;
    vt_stock_history h = {0};
    vt_stock_spells s = {0};
    int status = vt_view_stocks(&h, scope->view, err);
    if (status != VT_OK) {
        return status;
    }
    s.start = vt_alloc_zero(n_items + 1, sizeof *s.start, err);
    s.known_from = vt_alloc_zero(2 * n_items, sizeof *s.known_from, err);
    s.spell = vt_alloc((size_t)h.start[n_items], sizeof *s.spell, err);
    status = s.start == NULL || s.known_from == NULL || s.spell == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < n_items; i++) {
        s.known_until = s.known_from + n_items;
        find_known(&s, scope, sales->periods, &h, (int32_t)i);
        find(&s, &n, sales, &h, (int32_t)i);
        s.start[i + 1] = n;
    }
    vt_stock_history_done(&h);
    if (status != VT_OK) {
        vt_stock_spells_done(&s);
        return status;
    }
    *out = s;
    return VT_OK;
}

void vt_stock_spells_done(vt_stock_spells *s)
{
    vt_free(s->start);
    vt_free(s->spell);
    vt_free(s->known_from);
    *s = (vt_stock_spells){0};
}
