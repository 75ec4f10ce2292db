/* Batches: one table of kinds, and a durable write of one batch for programs with one thread. */
#include "store/batch_write.h"

#include <stdio.h>

static int put_event(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    return vt_store_put_event(store, record, done, err);
}

static int put_item(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    return vt_store_put_item(store, record, done, err);
}

static int put_user(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    return vt_store_put_user(store, record, done, err);
}

static int put_user_link(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    return vt_store_put_user_link(store, record, done, err);
}

static int put_item_link(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    return vt_store_put_item_link(store, record, done, err);
}

static int set_order(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    const vt_order_change *change = record;
    return vt_store_set_order(store, change->order, change->line, change->state, change->refunded, done, err);
}

static int nothing(void *context, int64_t row, const vt_item *item)
{
    (void)context;
    (void)row;
    (void)item;
    return VT_OK;
}

static int set_offer(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    const vt_offer *offer = record;
    vt_item item;
    vt_item_init(&item);
    item.id = offer->item;
    item.price = offer->price;
    item.cost = offer->cost;
    item.stock = offer->stock;
    item.as_of = offer->as_of;
    int status = vt_store_item(store, offer->item, nothing, NULL, err);
    return status == VT_OK ? vt_store_put_item(store, &item, done, err) : status;
}

static int erase_user(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    int status = vt_store_erase_user(store, *(const vt_str *)record, err);
    if (status == VT_OK) {
        *done = VT_PUT_CHANGED;
    }
    return status;
}

static int merge_users(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    int status = vt_store_merge_users(store, record, err);
    if (status == VT_OK) {
        *done = VT_PUT_CHANGED;
    }
    return status;
}

static int remove_event(vt_store *store, const void *record, vt_put *done, vt_error *err)
{
    int status = vt_store_remove_event(store, *(const vt_str *)record, err);
    if (status == VT_OK) {
        *done = VT_PUT_CHANGED;
    }
    return status;
}

static const struct {
    size_t size; /* of a record */
    int (*put)(vt_store *store, const void *record, vt_put *done, vt_error *err);
} kinds[VT_WRITE_KINDS] = {
    [VT_WRITE_EVENTS] = {sizeof(vt_event), put_event},        [VT_WRITE_ITEMS] = {sizeof(vt_item), put_item},
    [VT_WRITE_USERS] = {sizeof(vt_user), put_user},           [VT_WRITE_USER_LINKS] = {sizeof(vt_link), put_user_link},
    [VT_WRITE_ITEM_LINKS] = {sizeof(vt_link), put_item_link}, [VT_WRITE_ORDERS] = {sizeof(vt_order_change), set_order},
    [VT_WRITE_OFFERS] = {sizeof(vt_offer), set_offer},        [VT_WRITE_ERASURES] = {sizeof(vt_str), erase_user},
    [VT_WRITE_MERGES] = {sizeof(vt_user_merge), merge_users}, [VT_WRITE_REMOVALS] = {sizeof(vt_str), remove_event},
};

int vt_batch_write_apply(vt_store *store, const vt_batch_write *batch, vt_error *err)
{
    const char *record = batch->records;
    for (size_t i = 0; i < batch->n; i++, record += kinds[batch->kind].size) {
        vt_put_result result = {.done = VT_PUT_REFUSED};
        vt_error why = VT_ERROR_INIT;
        int status = kinds[batch->kind].put(store, record, &result.done, &why);
        if (status != VT_OK && !vt_store_is_refusal(status)) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        if (status != VT_OK) {
            result.done = VT_PUT_REFUSED;
            result.code = (vt_code)status;
            snprintf(result.message, sizeof result.message, "%.*s", (int)sizeof result.message - 1, why.message);
        }
        if (batch->results != NULL) {
            batch->results[i] = result;
        }
    }
    return VT_OK;
}

static int write_batch(vt_shop *shop, vt_write_kind kind, const void *records, size_t n, vt_put_result *results,
                       vt_error *err)
{
    const vt_batch_write batch = {kind, records, n, results};
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_batch_write_apply(store, &batch, err);
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

int vt_shop_put_events(vt_shop *shop, const vt_event *events, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_EVENTS, events, n, results, err);
}

int vt_shop_put_items(vt_shop *shop, const vt_item *items, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_ITEMS, items, n, results, err);
}

int vt_shop_put_users(vt_shop *shop, const vt_user *users, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_USERS, users, n, results, err);
}

int vt_shop_put_user_links(vt_shop *shop, const vt_link *links, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_USER_LINKS, links, n, results, err);
}

int vt_shop_put_item_links(vt_shop *shop, const vt_link *links, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_ITEM_LINKS, links, n, results, err);
}

int vt_shop_set_orders(vt_shop *shop, const vt_order_change *orders, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_ORDERS, orders, n, results, err);
}

int vt_shop_set_offers(vt_shop *shop, const vt_offer *offers, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_OFFERS, offers, n, results, err);
}

int vt_shop_erase_users(vt_shop *shop, const vt_str *users, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_ERASURES, users, n, results, err);
}

int vt_shop_merge_users(vt_shop *shop, const vt_user_merge *merges, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_MERGES, merges, n, results, err);
}

int vt_shop_remove_events(vt_shop *shop, const vt_str *events, size_t n, vt_put_result *results, vt_error *err)
{
    return write_batch(shop, VT_WRITE_REMOVALS, events, n, results, err);
}
