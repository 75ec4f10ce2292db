/* Reading for programs: the store's rows without their numbers. */
#include "store/store.h"
#include "vitrine/read.h"

/* Who is told of rows. */
typedef struct reader {
    vt_shop_item_each item;
    vt_shop_user_each user;
    vt_shop_event_each event;
    vt_str of; /* the user of a history */
    void *context;
} reader;

int vt_shop_read_begin(vt_shop *shop, vt_error *err)
{
    return vt_store_read_begin(vt_shop_store(shop), err);
}

void vt_shop_read_end(vt_shop *shop)
{
    vt_store_read_end(vt_shop_store(shop));
}

int vt_shop_get(vt_shop *shop, const char *name, char *value, size_t size, vt_error *err)
{
    return vt_store_get(vt_shop_store(shop), name, value, size, err);
}

static int on_item(void *context, int64_t row, const vt_item *item)
{
    const reader *r = context;
    (void)row;
    return r->item(r->context, item);
}

int vt_shop_each_item(vt_shop *shop, vt_shop_item_each each, void *context, vt_error *err)
{
    reader r = {.item = each, .context = context};
    return vt_store_each_item_after(vt_shop_store(shop), 0, on_item, &r, err);
}

int vt_shop_item(vt_shop *shop, vt_str id, vt_shop_item_each each, void *context, vt_error *err)
{
    reader r = {.item = each, .context = context};
    return vt_store_item(vt_shop_store(shop), id, on_item, &r, err);
}

static int on_user(void *context, int64_t row, const vt_user *user)
{
    const reader *r = context;
    (void)row;
    return r->user(r->context, user);
}

int vt_shop_each_user(vt_shop *shop, vt_shop_user_each each, void *context, vt_error *err)
{
    reader r = {.user = each, .context = context};
    return vt_store_each_user_after(vt_shop_store(shop), 0, on_user, &r, err);
}

int vt_shop_user(vt_shop *shop, vt_str id, vt_shop_user_each each, void *context, vt_error *err)
{
    reader r = {.user = each, .context = context};
    return vt_store_user(vt_shop_store(shop), id, on_user, &r, err);
}

int vt_shop_each_event(vt_shop *shop, vt_shop_event_each each, void *context, vt_error *err)
{
    return vt_store_each_full_event(vt_shop_store(shop), each, context, err);
}

static int on_event(void *context, int64_t row, const vt_event *event)
{
    const reader *r = context;
    (void)row;
    return r->event(r->context, event);
}

int vt_shop_event(vt_shop *shop, vt_str id, vt_shop_event_each each, void *context, vt_error *err)
{
    reader r = {.event = each, .context = context};
    return vt_store_event(vt_shop_store(shop), id, on_event, &r, err);
}

static int on_history(void *context, const vt_event_row *row, vt_str item)
{
    const reader *r = context;
    vt_event event;
    vt_event_init(&event);
    event.user = r->of;
    event.item = item;
    event.kind = (vt_event_kind)row->kind;
    event.part = (vt_part)row->part;
    event.state = (vt_line_state)row->state;
    event.time = row->time;
    event.value = row->value;
    event.quantity = row->quantity;
    event.unit_price = row->unit_price;
    return r->event(r->context, &event);
}

int vt_shop_history(vt_shop *shop, vt_str user, vt_shop_event_each each, void *context, vt_error *err)
{
    reader r = {.event = each, .of = user, .context = context};
    return vt_store_history(vt_shop_store(shop), user, on_history, &r, err);
}

int vt_shop_each_user_link(vt_shop *shop, vt_shop_link_each each, void *context, vt_error *err)
{
    return vt_store_each_user_link(vt_shop_store(shop), each, context, err);
}

int vt_shop_each_item_link(vt_shop *shop, vt_shop_link_each each, void *context, vt_error *err)
{
    return vt_store_each_item_link(vt_shop_store(shop), each, context, err);
}

int vt_shop_prices(vt_shop *shop, vt_str item, vt_shop_price_each each, void *context, vt_error *err)
{
    return vt_store_prices(vt_shop_store(shop), item, each, context, err);
}

int vt_shop_stocks(vt_shop *shop, vt_str item, vt_shop_stock_each each, void *context, vt_error *err)
{
    return vt_store_stocks(vt_shop_store(shop), item, each, context, err);
}
