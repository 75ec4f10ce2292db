/* One statement an item; repeated prices are one. */
#include "insight/price/price_past.h"

#include "base/alloc.h"
#include "store/store.h"
#include "vitrine/shop.h"

enum { DAY = 86400, PROMOTION_DAYS = 35 };

/* What a read collects. */
typedef struct growing {
    vt_price_past past;
    size_t capacity;
    int64_t begin; /* of the item at hand */
    vt_error error;
} growing;

void vt_price_past_done(vt_price_past *past)
{
    vt_free(past->ptr);
    vt_free(past->row);
    *past = (vt_price_past){0};
}

static int add_price(void *context, int64_t time, int64_t price, int64_t cost)
{
    growing *g = context;
    vt_price_past *p = &g->past;
    (void)cost;
    if (price == VT_NONE || price <= 0 || ((int64_t)p->n > g->begin && p->row[p->n - 1].price == price)) {
        return VT_OK;
    }
    int status = vt_alloc_next(&p->row, &g->capacity, p->n, sizeof *p->row, &g->error);
    if (status == VT_OK) {
        p->row[p->n++] = (vt_past_price){time, price, false};
    }
    return status;
}

static void mark_promotions(vt_past_price *row, int64_t n)
{
    for (int64_t k = 1; k + 1 < n; k++) {
        row[k].promotion = row[k].price < row[k - 1].price && row[k].price < row[k + 1].price &&
                           row[k + 1].from - row[k].from <= (int64_t)PROMOTION_DAYS * DAY;
    }
}

static int read_item(growing *g, vt_store *store, vt_str id, vt_error *err)
{
    g->begin = (int64_t)g->past.n;
    int status = vt_store_prices(store, id, add_price, g, err);
    if (g->error.code != VT_OK) {
        return vt_fail(err, g->error.code, "%s", g->error.message);
    }
    if (status == VT_OK && (int64_t)g->past.n > g->begin) {
        mark_promotions(g->past.row + g->begin, (int64_t)g->past.n - g->begin);
    }
    return status;
}

int vt_price_past_read(vt_price_past *out, const vt_scope *scope, const int32_t *item, size_t n_items, vt_error *err)
{
    growing g = {.error = VT_ERROR_INIT};
    vt_shop *shop = NULL;
    g.past.ptr = vt_alloc_zero(n_items + 1, sizeof *g.past.ptr, err);
    if (g.past.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = scope->shop_path == NULL ? VT_OK : vt_shop_open(&shop, scope->shop_path, VT_SHOP_READ, err);
    for (size_t i = 0; status == VT_OK && shop != NULL && i < n_items; i++) {
        status = read_item(&g, vt_shop_store(shop), vt_view_item_id(scope->view, item[i]), err);
        g.past.ptr[i + 1] = (int64_t)g.past.n;
    }
    vt_shop_close(shop);
    if (status != VT_OK) {
        vt_price_past_done(&g.past);
        return status;
    }
    *out = g.past;
    return VT_OK;
}

int64_t vt_price_past_at(const vt_price_past *past, size_t i, int64_t time)
{
    int64_t price = VT_NONE;
    for (int64_t k = past->ptr[i]; k < past->ptr[i + 1] && past->row[k].from <= time; k++) {
        price = past->row[k].price;
    }
    return price;
}

double vt_price_past_mean(double *promotion, const vt_price_past *past, size_t i, int64_t from, int64_t until)
{
    double sum = 0.0, seconds = 0.0, promoted = 0.0;
    for (int64_t k = past->ptr[i]; k < past->ptr[i + 1]; k++) {
        const vt_past_price *row = &past->row[k];
        int64_t begin = row->from > from ? row->from : from;
        int64_t end = k + 1 < past->ptr[i + 1] && row[1].from < until ? row[1].from : until;
        if (begin < end) {
            sum += (double)(end - begin) * (double)row->price;
            seconds += (double)(end - begin);
            promoted += row->promotion ? (double)(end - begin) : 0.0;
        }
    }
    *promotion = seconds > 0.0 ? promoted / seconds : 0.0;
    return seconds > 0.0 ? sum / seconds : NAN;
}
