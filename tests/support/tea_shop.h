/*
 * A shop of eight products in a scratch folder, with the snapshot of its events, for the tests of recommending.
 * Prices in cents of EUR. Events that are added after the snapshot are for tests of what a model has not seen.
 */
#ifndef VT_TEST_TEA_SHOP_H
#define VT_TEST_TEA_SHOP_H

#include "check.h"

#include "scratch.h"
#include "snapshots.h"
#include "vitrine/recommend.h"

#define TEA_NOW ((int64_t)1700000000)

typedef struct tea_item {
    const char *id, *category, *brand;
    int64_t price, stock, from, until;
} tea_item;

/* Sold: green 4, black 3, mint 2, pot 2, cup 1, gone 1, later 1, bare 0. */
static const tea_item tea_items[] = {
    {"bare", NULL, NULL, VT_NONE, VT_NONE, VT_NONE, VT_NONE},
    {"black", "Tea & Coffee > Black Tea", "Hillmist", 900, 5, VT_NONE, VT_NONE},
    {"cup", "Kitchen > Cups", "TÖPFEREI", 1500, VT_NONE, VT_NONE, TEA_NOW + 1},
    {"gone", "Tea & Coffee > Green Tea", "Hillmist", 1000, 0, VT_NONE, VT_NONE},
    {"green", "Tea & Coffee > Green Tea", "Hillmist", 1290, 7, TEA_NOW, VT_NONE},
    {"later", "Tea & Coffee", "Brook", 800, 3, TEA_NOW + 1, VT_NONE},
    {"mint", "tea & coffee > Herbal", "hillmist", 700, 1, VT_NONE, VT_NONE},
    {"pot", "Tea & Coffee Makers > Pots", "Töpferei", 4900, 2, VT_NONE, VT_NONE},
};

/* Times fall before TEA_NOW. `zoe` is stored without events. */
static const event_row tea_events[] = {
    {"ann", "green", 100, 0, VT_EVENT_PURCHASE, 0},
    {"ann", "black", 110, 0, VT_EVENT_PURCHASE, 0},
    {"ann", "pot", 120, 0, VT_EVENT_PURCHASE, 0},
    {"bob", "green", 130, 0, VT_EVENT_PURCHASE, 0},
    {"bob", "black", 140, 0, VT_EVENT_PURCHASE, 0},
    {"bob", "gone", 150, 0, VT_EVENT_PURCHASE, 0},
    {"cat", "green", 160, 5, 0, 0},
    {"cat", "mint", 170, 4, 0, 0},
    {"cat", "later", 175, 3, 0, 0},
    {"dan", "black", 180, 0, VT_EVENT_PURCHASE, 0},
    {"dan", "mint", 190, 0, VT_EVENT_PURCHASE, 0},
    {"eve", "green", 200, 0, VT_EVENT_LIKE, 0},
    {"eve", "pot", 210, 0, VT_EVENT_PURCHASE, 0},
    {"eve", "cup", 220, 0, VT_EVENT_PURCHASE, 0},
};

#define TEA_ITEMS (sizeof tea_items / sizeof *tea_items)
#define TEA_EVENTS (sizeof tea_events / sizeof *tea_events)

typedef struct tea_shop {
    scratch files;
    vt_shop *shop;
    vt_snapshot *snapshot;
    vt_interactions *train;
} tea_shop;

static inline void tea_put_event(vt_store *store, const event_row *row)
{
    vt_error err = VT_ERROR_INIT;
    vt_event event;
    vt_put done;
    vt_event_init(&event);
    event.user = vt_str_of(row->user);
    event.item = vt_str_of(row->item);
    event.time = row->time;
    event.kind = row->kind == 0 ? VT_EVENT_RATING : row->kind == VIEW_ROW ? VT_EVENT_VIEW : (vt_event_kind)row->kind;
    event.value = row->kind == 0 ? row->value : (double)NAN;
    check_ok(vt_store_put_event(store, &event, &done, &err));
}

static inline void tea_put_item(vt_store *store, const tea_item *row)
{
    vt_error err = VT_ERROR_INIT;
    char title[64];
    vt_item item;
    vt_put done;
    snprintf(title, sizeof title, "The %s", row->id);
    vt_item_init(&item);
    item.id = vt_str_of(row->id);
    item.category = vt_str_of(row->category);
    item.brand = vt_str_of(row->brand);
    item.title = row->category == NULL ? item.title : vt_str_of(title);
    item.price = row->price;
    item.stock = row->stock;
    item.available_from = row->from;
    item.available_until = row->until;
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

/** Adds events to the store alone. */
static inline void tea_shop_add(tea_shop *tea, const event_row *rows, size_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(tea->shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (size_t i = 0; i < n; i++) {
        tea_put_event(store, &rows[i]);
    }
    check_ok(vt_store_commit(store, 0, &err));
}

/** `positive` NULL: the default rule. */
static inline void tea_shop_init(tea_shop *tea, const char *positive)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_user user;
    scratch_init(&tea->files);
    check_ok(vt_shop_open(&tea->shop, scratch_path(&tea->files, "shop"), VT_SHOP_CREATE, &err));
    check_ok(vt_shop_set(tea->shop, "currency", "EUR", &err));
    vt_store *store = vt_shop_store(tea->shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (size_t i = 0; i < TEA_ITEMS; i++) {
        tea_put_item(store, &tea_items[i]);
    }
    vt_user_init(&user);
    user.id = vt_str_of("zoe");
    check_ok(vt_store_put_user(store, &user, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
    tea_shop_add(tea, tea_events, TEA_EVENTS);

    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.positive = positive == NULL ? options.positive : positive;
    check_ok(vt_snapshot_take(&tea->snapshot, tea->shop, &options, &err));
    check_ok(vt_interactions_create(&tea->train, tea->snapshot, NULL, 0, &err));
}

static inline void tea_shop_done(tea_shop *tea)
{
    vt_interactions_free(tea->train);
    vt_snapshot_free(tea->snapshot);
    vt_shop_close(tea->shop);
    scratch_done(&tea->files);
}

#endif
