/* Sales are summed by product and week, then each product's weeks on sale become rows. */
#include "insight/price/shop_panel.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/price/price_past.h"
#include "insight/sums.h"

enum { DAY = 86400, WEEK = 7 * DAY };

#define AGREES 0.01      /* a recorded price and the one that was paid differ by less */
#define AGREES_SHARE 0.5 /* of the lines, that must agree before recorded prices are taken */

/* Sales of a product in a week. */
typedef struct cell {
    double units, full; /* full: money before discounts */
    double discounted;  /* pieces with a discount */
} cell;

struct vt_shop_panel_storage {
    int64_t *ptr;
    int32_t *category, *period;
    double *units, *price, *promotion, *year;
};

typedef struct making {
    const vt_scope *scope;
    vt_scope sold; /* the same without bounds of the price, which would cut what is to be measured */
    vt_shop_panel *p;
    int64_t from, until; /* of all weeks */
    size_t weeks;
    int32_t *place;     /* (items of the view) product, -1: none */
    cell *cell;         /* (I, W) */
    int32_t *agree;     /* (I) lines whose price is the recorded one */
    int32_t *lines;     /* (I) */
    vt_price_past past; /* of the products */
} making;

void vt_shop_panel_free(vt_shop_panel *p)
{
    if (p != NULL) {
        if (p->storage != NULL) {
            vt_free(p->storage->ptr);
            vt_free(p->storage->category);
            vt_free(p->storage->period);
            vt_free(p->storage->units);
            vt_free(p->storage->price);
            vt_free(p->storage->promotion);
            vt_free(p->storage->year);
            vt_free(p->storage);
        }
        vt_free(p->item);
        vt_free(p->category);
        vt_free(p);
    }
}

/* ---- weeks ------------------------------------------------------------------------------------------------------- */

static int find_weeks(making *m, vt_error *err)
{
    const vt_scope *scope = m->scope;
    vt_period always = vt_scope_always(scope);
    int64_t end = always.unfinished ? always.last : always.last + 1;
    int64_t weeks = (end - always.first) / 7;
    m->weeks = (size_t)(weeks > VT_PANEL_WEEKS ? VT_PANEL_WEEKS : weeks < 0 ? 0 : weeks);
    if (m->weeks < VT_PANEL_WEEKS_MIN) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "how sales answer to prices is told from at least %d weeks; up to the end of the period there "
                       "are %zu",
                       VT_PANEL_WEEKS_MIN, m->weeks);
    }
    m->p->first = end - (int64_t)m->weeks * 7;
    m->p->last = end - 1;
    m->from = vt_day_begin(scope->zone, m->p->first);
    m->until = vt_day_begin(scope->zone, end);
    return VT_OK;
}

static size_t week_of(const making *m, int64_t time)
{
    size_t week = (size_t)((time - m->from) / WEEK); /* days of daylight saving move a border by an hour */
    return week < m->weeks ? week : m->weeks - 1;
}

/* ---- sales ------------------------------------------------------------------------------------------------------- */

/* Whether the price of an item now is within the bounds that are asked for. */
static bool is_priced_within(const vt_scope *scope, int32_t item)
{
    int64_t price = vt_view_item_price(scope->view, item);
    return price <= scope->price_high && (price >= scope->price_low || scope->price_low == INT64_MIN);
}

static bool is_sale(const making *m, const vt_lines *lines, const vt_line_span *span, int64_t i)
{
    return vt_lines_counts(lines, span, i) && span->kind[i] == VT_EVENT_PURCHASE &&
           span->state[i] != VT_LINE_CANCELLED && span->unit_price[i] != VT_NONE && span->unit_price[i] > 0 &&
           span->quantity[i] > 0 && isfinite(span->quantity[i]) &&
           vt_scope_sells(&m->sold, &m->scope->period, span->item[i], span->user[i], span->unit_price[i]) &&
           is_priced_within(m->scope, span->item[i]);
}

static int find_products(making *m, vt_error *err)
{
    int32_t n_items = m->scope->view->n_items, n = 0;
    vt_lines lines;
    vt_line_span span;
    m->place = vt_alloc_zero((size_t)n_items, sizeof *m->place, err);
    if (m->place == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_lines_begin(&lines, m->scope->view, m->from, m->until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (is_sale(m, &lines, &span, i)) {
                n += m->place[span.item[i]] == 0;
                m->place[span.item[i]] = 1;
            }
        }
    }
    if (n == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "no product was sold at a known price in the weeks up to the end of "
                       "the period");
    }
    m->p->item = vt_alloc((size_t)n, sizeof *m->p->item, err);
    if (m->p->item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int32_t product = 0;
    for (int32_t i = 0; i < n_items; i++) {
        bool sold = m->place[i] != 0;
        m->place[i] = sold ? product : -1;
        if (sold) {
            m->p->item[product++] = i;
        }
    }
    m->p->panel.n_products = (size_t)n;
    return VT_OK;
}

static void add_sale(making *m, const vt_line_span *span, int64_t i)
{
    vt_sums sums = {0};
    int32_t product = m->place[span->item[i]];
    vt_sums_add(&sums, span, i);
    double paid = (double)(sums.gross - sums.discounts);
    int64_t recorded = vt_price_past_at(&m->past, (size_t)product, span->time[i]);
    cell *c = &m->cell[(size_t)product * m->weeks + week_of(m, span->time[i])];
    c->units += sums.units;
    c->full += (double)sums.gross;
    c->discounted += sums.discounts > 0 ? sums.units : 0.0;
    m->lines[product]++;
    m->agree[product] += recorded != VT_NONE && fabs(paid / sums.units / (double)recorded - 1.0) <= AGREES;
}

static int sum_sales(making *m, vt_error *err)
{
    size_t n = m->p->panel.n_products;
    vt_lines lines;
    vt_line_span span;
    m->cell = vt_alloc_zero(n * m->weeks, sizeof *m->cell, err);
    m->agree = vt_alloc_zero(n, sizeof *m->agree, err);
    m->lines = vt_alloc_zero(n, sizeof *m->lines, err);
    if (m->cell == NULL || m->agree == NULL || m->lines == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_lines_begin(&lines, m->scope->view, m->from, m->until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (is_sale(m, &lines, &span, i)) {
                add_sale(m, &span, i);
            }
        }
    }
    return VT_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static bool is_recorded(const making *m, size_t product)
{
    return m->lines[product] > 0 && m->agree[product] >= AGREES_SHARE * m->lines[product];
}

/*
 * The price in a week, with the share under promotion; NaN: the week is left out. Where only paid prices are known that
 * is every week with a discount, since a promotion that sold nothing would pass for a week at full price; weeks between
 * sales take the full price of the nearest week with one.
 */
static double price_of(double *promotion, const making *m, size_t product, size_t week)
{
    const cell *cells = &m->cell[product * m->weeks];
    if (is_recorded(m, product)) {
        int64_t begin = m->from + (int64_t)week * WEEK;
        return vt_price_past_mean(promotion, &m->past, product, begin, begin + WEEK);
    }
    *promotion = 0.0;
    if (cells[week].discounted > 0.0) {
        return NAN;
    }
    if (cells[week].units > 0.0) {
        return cells[week].full / cells[week].units;
    }
    for (size_t away = 1; away < m->weeks; away++) {
        const cell *before = week >= away ? &cells[week - away] : NULL;
        const cell *after = week + away < m->weeks ? &cells[week + away] : NULL;
        const cell *near = before != NULL && before->units > 0.0 ? before : after;
        if (near != NULL && near->units > 0.0) {
            return near->full / near->units;
        }
    }
    return NAN;
}

/* The weeks in which a product was on sale, as far as that is known: from its first sale on where it is not. */
static void on_sale(size_t *begin, size_t *end, const making *m, size_t product)
{
    int32_t item = m->p->item[product];
    const vt_item_block *block = vt_view_block(m->scope->view, item);
    int64_t since = block->available_from[item & VT_BLOCK_MASK];
    const cell *cells = &m->cell[product * m->weeks];
    *begin = 0;
    *end = m->weeks;
    while (*begin < m->weeks && cells[*begin].units <= 0.0) {
        ++*begin;
    }
    if (since != VT_NONE) {
        size_t first = since <= m->from ? 0 : since >= m->until ? m->weeks : week_of(m, since);
        *begin = first < *begin ? first : *begin;
    } else if (is_recorded(m, product)) {
        *begin = 0; /* as far back as a price was recorded */
    }
}

static int number_categories(vt_shop_panel *p, const vt_view *view, vt_error *err)
{
    size_t n = p->panel.n_products;
    int32_t *number = vt_alloc((size_t)view->n_categories + 1, sizeof *number, err);
    p->category = vt_alloc(n, sizeof *p->category, err);
    int status = number == NULL || p->category == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int32_t c = 0; status == VT_OK && c <= view->n_categories; c++) {
        number[c] = -1;
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        int32_t category = vt_view_item_category(view, p->item[i]), *own = &number[category + 1];
        if (*own < 0) {
            *own = (int32_t)p->panel.n_categories;
            p->category[p->panel.n_categories++] = category;
        }
        p->storage->category[i] = *own;
    }
    vt_free(number);
    return status;
}

static int allocate(vt_shop_panel *p, size_t weeks, vt_error *err)
{
    size_t n = p->panel.n_products;
    struct vt_shop_panel_storage *s = vt_alloc_zero(1, sizeof *s, err);
    p->storage = s;
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s->ptr = vt_alloc_zero(n + 1, sizeof *s->ptr, err);
    s->category = vt_alloc(n, sizeof *s->category, err);
    s->period = vt_alloc(n * weeks, sizeof *s->period, err);
    s->units = vt_alloc(n * weeks, sizeof *s->units, err);
    s->price = vt_alloc(n * weeks, sizeof *s->price, err);
    s->promotion = vt_alloc(n * weeks, sizeof *s->promotion, err);
    s->year = vt_alloc(weeks, sizeof *s->year, err);
    return s->ptr == NULL || s->category == NULL || s->period == NULL || s->units == NULL || s->price == NULL ||
                   s->promotion == NULL || s->year == NULL
               ? VT_ERR_NO_MEMORY
               : VT_OK;
}

static int make_rows(making *m, vt_error *err)
{
    vt_shop_panel *p = m->p;
    int status = allocate(p, m->weeks, err);
    status = status != VT_OK ? status : number_categories(p, m->scope->view, err);
    if (status != VT_OK) {
        return status;
    }
    struct vt_shop_panel_storage *s = p->storage;
    size_t n = 0;
    bool promoted = false;
    for (size_t i = 0; i < p->panel.n_products; i++) {
        size_t begin, end;
        on_sale(&begin, &end, m, i);
        p->recorded += is_recorded(m, i);
        for (size_t w = begin; w < end; w++) {
            double promotion = 0.0, price = price_of(&promotion, m, i, w);
            if (price > 0.0) { /* known, and something was paid */
                s->period[n] = (int32_t)w;
                s->units[n] = m->cell[i * m->weeks + w].units;
                s->price[n] = price;
                s->promotion[n++] = promotion;
                promoted |= promotion > 0.0;
            }
        }
        s->ptr[i + 1] = (int64_t)n;
    }
    for (size_t w = 0; w < m->weeks; w++) {
        s->year[w] = (double)(p->first + (int64_t)w * 7 + 3) / 365.25;
    }
    p->panel.n = n;
    p->panel.n_periods = m->weeks;
    p->panel.ptr = s->ptr;
    p->panel.category = s->category;
    p->panel.units = s->units;
    p->panel.price = s->price;
    p->panel.promotion = promoted ? s->promotion : NULL;
    p->panel.period = s->period;
    p->panel.year = s->year;
    return VT_OK;
}

int vt_shop_panel_make(vt_shop_panel **out, const vt_scope *scope, vt_error *err)
{
    making m = {.scope = scope, .sold = *scope};
    m.sold.price_low = INT64_MIN;
    m.sold.price_high = INT64_MAX;
    m.p = vt_alloc_zero(1, sizeof *m.p, err);
    int status = m.p == NULL ? VT_ERR_NO_MEMORY : find_weeks(&m, err);
    status = status != VT_OK ? status : find_products(&m, err);
    status = status != VT_OK ? status : vt_price_past_read(&m.past, scope, m.p->item, m.p->panel.n_products, err);
    status = status != VT_OK ? status : sum_sales(&m, err);
    status = status != VT_OK ? status : make_rows(&m, err);
    if (status == VT_OK && m.p->panel.n == 0) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "nothing was paid for what was sold up to the end of the period");
    }
    vt_price_past_done(&m.past);
    vt_free(m.place);
    vt_free(m.cell);
    vt_free(m.agree);
    vt_free(m.lines);
    if (status != VT_OK) {
        vt_shop_panel_free(m.p);
        return status;
    }
    *out = m.p;
    return VT_OK;
}
