/*
 * Snapshots from small tables written in the test: rows of (user, item, time, value, kind, part) in order of storing.
 */
#ifndef VT_TEST_SNAPSHOTS_H
#define VT_TEST_SNAPSHOTS_H

#include <math.h>

#include "base/map.h"
#include "base/rng.h"
#include "check.h"
#include "dataset/builder.h"

/** One event; fields that are left out: time 0, rating (kind 0 stands for rating), value 0, no part. */
typedef struct event_row {
    const char *user;
    const char *item;
    int64_t time;
    double value;
    int kind; /* 0: VT_EVENT_RATING; views are VIEW_ROW */
    int part;
} event_row;

#define VIEW_ROW (-1)

/** Feeds rows to a builder: users and items come into being as they are named. VT_ERR_* of the first failure. */
static inline int feed_rows(vt_builder *builder, const event_row *rows, size_t n, vt_error *err)
{
    vt_map *users = NULL;
    vt_map *items = NULL;
    int status = vt_map_create(&users, 0, err);
    status = status != VT_OK ? status : vt_map_create(&items, 0, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        int kind = rows[i].kind == 0 ? VT_EVENT_RATING : rows[i].kind == VIEW_ROW ? VT_EVENT_VIEW : rows[i].kind;
        vt_event_row event = {.id = (int64_t)i + 1,
                              .time = rows[i].time,
                              .quantity = VT_NONE,
                              .unit_price = VT_NONE,
                              .value = kind == VT_EVENT_RATING ? rows[i].value : (double)NAN,
                              .kind = (uint8_t)kind,
                              .part = (uint8_t)rows[i].part};
        if (!vt_map_get(users, vt_str_of(rows[i].user), &event.user)) {
            vt_user user;
            vt_user_init(&user);
            user.id = vt_str_of(rows[i].user);
            event.user = (int64_t)vt_map_count(users);
            status = vt_builder_add_user(builder, VT_NONE, &user, err);
            status = status != VT_OK ? status : vt_map_set(users, user.id, event.user, err);
        }
        if (status == VT_OK && !vt_map_get(items, vt_str_of(rows[i].item), &event.item)) {
            vt_item item;
            vt_item_init(&item);
            item.id = vt_str_of(rows[i].item);
            event.item = (int64_t)vt_map_count(items);
            status = vt_builder_add_item(builder, VT_NONE, &item, err);
            status = status != VT_OK ? status : vt_map_set(items, item.id, event.item, err);
        }
        status = status != VT_OK ? status : vt_builder_add_event(builder, &event, err);
    }
    vt_map_free(items);
    vt_map_free(users);
    return status;
}

/** The snapshot of `n` rows under `options` (NULL: defaults). The caller frees it. */
static inline int snapshot_of(vt_snapshot **out, const event_row *rows, size_t n, const vt_snapshot_options *options,
                              vt_error *err)
{
    vt_snapshot_options defaults;
    vt_snapshot_options_init(&defaults);
    vt_builder *builder = NULL;
    int status = vt_builder_create(&builder, options == NULL ? &defaults : options, err);
    status = status != VT_OK ? status : feed_rows(builder, rows, n, err);
    status = status != VT_OK ? status : vt_builder_finish(out, builder, NULL, err);
    vt_builder_free(builder);
    return status;
}

/** Random rows over few users and items, popular ones more often; the same for the same seed. */
enum { RANDOM_ROWS = 400, RANDOM_USERS = 40, RANDOM_ITEMS = 30 };
typedef struct rows_of_chance {
    event_row rows[RANDOM_ROWS];
    char users[RANDOM_USERS][8];
    char items[RANDOM_ITEMS][8];
} rows_of_chance;

static inline void make_random(rows_of_chance *data, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "test", 0, 0);
    for (int i = 0; i < RANDOM_USERS; i++) {
        snprintf(data->users[i], sizeof data->users[i], "u%d", i);
    }
    for (int i = 0; i < RANDOM_ITEMS; i++) {
        snprintf(data->items[i], sizeof data->items[i], "i%d", i);
    }
    for (int i = 0; i < RANDOM_ROWS; i++) {
        uint64_t skew = vt_rng_below(&rng, RANDOM_ITEMS);
        data->rows[i] = (event_row){data->users[vt_rng_below(&rng, RANDOM_USERS)],
                                    data->items[vt_rng_below(&rng, skew + 1)],
                                    (int64_t)vt_rng_below(&rng, 50),
                                    (double)(1 + vt_rng_below(&rng, 5)),
                                    vt_rng_below(&rng, 4) == 0 ? VIEW_ROW : 0,
                                    0};
    }
}

#endif
