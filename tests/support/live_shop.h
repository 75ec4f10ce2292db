/* A shop in a scratch folder with a writer, and what stands in memory of it. */
#ifndef VT_TEST_LIVE_SHOP_H
#define VT_TEST_LIVE_SHOP_H

#include "check.h"

#include "live/view.h"
#include "scratch.h"
#include "view_dump.h"

typedef struct live_shop {
    scratch files;
    vt_shop *shop; /* the writer */
    vt_live *live;
} live_shop;

static inline int live_open(vt_live **out, const live_shop *s, int64_t tail_max, vt_error *err)
{
    vt_live_options options;
    vt_live_options_init(&options);
    options.tail_max = tail_max == 0 ? options.tail_max : tail_max;
    return vt_live_open(out, vt_shop_path(s->shop), &options, err);
}

/** A shop without anything in it; nothing in memory yet. */
static inline void live_shop_init(live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    *s = (live_shop){0};
    scratch_init(&s->files);
    check_ok(vt_shop_open(&s->shop, scratch_path(&s->files, "shop"), VT_SHOP_CREATE, &err));
    check_ok(vt_shop_set(s->shop, "currency", "EUR", &err));
}

static inline void live_shop_done(live_shop *s)
{
    vt_live_close(s->live);
    vt_shop_close(s->shop);
    scratch_done(&s->files);
}

static inline vt_store *live_begin(const live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(s->shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    return store;
}

static inline void live_commit(const live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_commit(vt_shop_store(s->shop), 0, &err));
}

static inline void live_put_item(vt_store *store, const char *id, const char *category, int64_t price, int64_t stock)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    char title[80];
    snprintf(title, sizeof title, "The %s", id);
    vt_item_init(&item);
    item.id = vt_str_of(id);
    item.title = vt_str_of(title);
    item.category = vt_str_of(category);
    item.price = price;
    item.stock = stock;
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

/** What is known of a user; `json` NULL: nothing of free attributes. */
static inline void live_put_user(vt_store *store, const char *id, const char *tier, const char *json)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of(id);
    user.tier = vt_str_of(tier);
    user.attributes = vt_str_of(json);
    check_ok(vt_store_put_user(store, &user, &done, &err));
}

/** Free attributes of an item, whatever else is known of it. */
static inline void live_put_attributes(vt_store *store, const char *item_id, const char *json)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of(item_id);
    item.attributes = vt_str_of(json);
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

static inline vt_event live_event(const char *user, const char *item, vt_event_kind kind, int64_t time)
{
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of(user);
    event.item = vt_str_of(item);
    event.kind = kind;
    event.time = time;
    return event;
}

static inline void live_put(vt_store *store, const vt_event *event)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_store_put_event(store, event, &done, &err));
}

/** One event in a write of its own. */
static inline void live_put_one(const live_shop *s, const vt_event *event)
{
    live_put(live_begin(s), event);
    live_commit(s);
}

static inline vt_live_state live_refresh(const live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_live_state state;
    check_ok(vt_live_refresh(s->live, &state, &err));
    return state;
}

/** What is in memory against what a new snapshot of the store shows. */
static inline void live_check(const live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_live *fresh = NULL;
    check_ok(live_open(&fresh, s, 0, &err));
    check_ok(vt_live_freeze(fresh, &err));
    vt_view *mine = vt_live_view(s->live), *other = vt_live_view(fresh);
    assert_int_equal(other->n_events, other->n_frozen);
    char *a = view_dump(mine), *b = view_dump(other);
    view_same(a, b);
    free(a);
    free(b);
    vt_view_release(mine);
    vt_view_release(other);
    vt_live_close(fresh);
}

#endif
