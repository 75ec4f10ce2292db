/* Rows come by subject, as texts; sorted by number they are found by bisection. */
#include "insight/offers.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "vitrine/results.h"

enum { TEXT_MAX = 1 << 16 };

typedef struct reading {
    vt_offers offers;
    const vt_view *view;
    int64_t most; /* ranks that are read */
    vt_error error;
} reading;

void vt_offers_done(vt_offers *offers)
{
    vt_free(offers->row);
    *offers = (vt_offers){.made_at = VT_NONE};
}

static int add_row(void *context, const vt_result *row)
{
    reading *r = context;
    vt_offers *o = &r->offers;
    int32_t user = vt_view_find_user(r->view, row->subject), item = vt_view_find_item(r->view, row->object);
    if (user < 0 || item < 0 || row->rank > r->most) {
        return VT_OK;
    }
    int status = vt_alloc_next(&o->row, &o->capacity, o->n, sizeof *o->row, &r->error);
    if (status == VT_OK) {
        o->row[o->n++] = (vt_next_offer){user, item, row->rank, row->value};
        o->made_at = row->made_at;
    }
    return status;
}

static int by_user(const void *a, const void *b)
{
    const vt_next_offer *x = a, *y = b;
    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    return (x->rank > y->rank) - (x->rank < y->rank);
}

int vt_offers_read(vt_offers *out, const vt_scope *scope, const char *user, vt_error *err)
{
    reading r = {.offers = {.made_at = VT_NONE},
                 .view = scope->view,
                 .most = user == NULL ? VT_OFFERS_EACH : INT64_MAX,
                 .error = VT_ERROR_INIT};
    vt_shop *shop = NULL;
    int status = scope->shop_path == NULL ? VT_OK : vt_shop_open(&shop, scope->shop_path, VT_SHOP_READ, err);
    if (status == VT_OK && shop != NULL) {
        status = vt_results_each(shop, "next_item", user, add_row, &r, err);
        if (r.error.code != VT_OK) {
            status = vt_fail(err, r.error.code, "%s", r.error.message);
        }
    }
    vt_shop_close(shop);
    if (status != VT_OK) {
        vt_offers_done(&r.offers);
        return status;
    }
    if (r.offers.n > 0) {
        qsort(r.offers.row, r.offers.n, sizeof *r.offers.row, by_user);
    }
    *out = r.offers;
    return VT_OK;
}

size_t vt_offers_of(const vt_next_offer **first, const vt_offers *offers, int32_t user)
{
    size_t low = 0, high = offers->n, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (offers->row[middle].user < user) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low + n < offers->n && offers->row[low + n].user == user) {
        n++;
    }
    if (n > 0) {
        *first = &offers->row[low];
    }
    return n;
}

void vt_offers_show(vt_document *d, const vt_offers *offers, const vt_view *view, int32_t user)
{
    const vt_next_offer *offer = NULL;
    size_t n = vt_offers_of(&offer, offers, user);
    vt_buf text;
    vt_buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        vt_str title = vt_view_item_title(view, offer[i].item);
        title = title.len > 0 ? title : vt_view_item_id(view, offer[i].item);
        vt_buf_printf(&text, NULL, "%s%.*s", i == 0 ? "" : "; ", VT_STR_ARGS(title));
    }
    vt_document_text(d, text.data == NULL ? (vt_str){NULL, 0} : vt_str_of(text.data));
    vt_buf_done(&text);
}

void vt_offers_note(vt_document *d, const vt_offers *offers)
{
    if (offers->n == 0) {
        vt_document_note(d, "What customers may buy next has not been worked out.");
    } else {
        char date[16];
        vt_format_date(date, offers->made_at);
        vt_document_note(d, "What customers may buy next was worked out on %s.", date);
    }
}
