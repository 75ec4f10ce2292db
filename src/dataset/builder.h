/*
 * Builds a snapshot from rows in any order: ids are sorted, events put by user and time, cores cut, features made
 * dense. vt_snapshot_take() feeds it from the store; tests feed it by hand, all fields of a row included:
 *
 *     vt_builder_create(&builder, &options, &err);
 *     vt_builder_add_user(builder, 11, &user, &err);          user 0, which is row 11 of the store
 *     vt_builder_add_item(builder, 21, &item, &err);          item 0
 *     vt_event_row event = {.id = 31, .user = 0, .item = 0, .time = 1600000000, .quantity = 2, .unit_price = 499,
 *                           .discount = VT_NONE, .cost = 200, .refunded = VT_NONE, .value = NAN,
 *                           .order = vt_str_of("A-1"), .kind = VT_EVENT_PURCHASE};
 *     vt_builder_add_event(builder, &event, &err);
 *     vt_builder_finish(&snapshot, builder, NULL, &err);
 */
#ifndef VT_DATASET_BUILDER_H
#define VT_DATASET_BUILDER_H

#include "store/store.h"
#include "vitrine/snapshot.h"

typedef struct vt_builder vt_builder;

/** The state of the store that the rows are of: see the fields of vt_snapshot. */
typedef struct vt_builder_origin {
    int64_t revision;
    int64_t catalogue;
    int64_t epoch;
    int64_t last_event;
    int64_t last_user;
    int64_t last_item;
    int64_t last_stock;
    int64_t last_change;
    double rating_low, rating_high; /* equal: the shop keeps no scale */
    char currency[4];
    char time_zone[64];
} vt_builder_origin;

int vt_builder_create(vt_builder **out, const vt_snapshot_options *options, vt_error *err);
void vt_builder_free(vt_builder *builder);

/**
 * Users and items are numbered from 0 in the order of adding; texts are copied. `row` is the row of the store, VT_NONE
 * without.
 */
int vt_builder_add_user(vt_builder *builder, int64_t row, const vt_user *user, vt_error *err);
int vt_builder_add_item(vt_builder *builder, int64_t row, const vt_item *item, vt_error *err);

/**
 * `event->user` and `event->item` are those numbers, user -1 is a guest; `event->id` decides the order of events at one
 * time. A core that is cut leaves guests out.
 */
int vt_builder_add_event(vt_builder *builder, const vt_event_row *event, vt_error *err);

/** From `time` on there were `pieces` of the item with that number. */
int vt_builder_add_stock(vt_builder *builder, int64_t item, int64_t time, int64_t pieces, vt_error *err);

/** The snapshot, in memory; the builder is used up (free it all the same). Without `origin` its numbers are 0. */
int vt_builder_finish(vt_snapshot **out, vt_builder *builder, const vt_builder_origin *origin, vt_error *err);

/** Writes a snapshot to a file, atomically. */
int vt_snapshot_write(const vt_snapshot *snapshot, const char *path, vt_error *err);

#endif
