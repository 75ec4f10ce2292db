/*
 * Taking a snapshot of a shop: the file of this revision and these options when there is one, else rows from the store
 * through a builder. A file is a cache: when it cannot be written the snapshot in memory serves as well, when it is
 * damaged it is made anew.
 */
#include <string.h>

#include "base/options.h"
#include "dataset/builder.h"
#include "dataset/row_index.h"
#include "dataset/snapshot_place.h"
#include "store/record_check.h"

enum { REPORT_EVERY = 1 << 16 };

/* The pass through the store. */
typedef struct reading {
    vt_builder *builder;
    vt_row_index users;
    vt_row_index items;
    const vt_progress *progress;
    vt_progress_state state;
    int64_t rows;
    vt_error *err;
} reading;

static void begin_stage(reading *r, const char *stage, int64_t total)
{
    r->state = (vt_progress_state){.stage = stage, .unit = "rows", .total = (double)total};
    r->rows = 0;
}

static int count_row(reading *r)
{
    if (r->rows++ % REPORT_EVERY != 0) {
        return VT_OK;
    }
    r->state.done = (double)(r->rows - 1);
    return vt_progress_report(r->progress, &r->state, r->err);
}

static int take_user(void *context, int64_t row, const vt_user *user)
{
    reading *r = context;
    int status = count_row(r);
    status = status != VT_OK ? status : vt_row_index_add(&r->users, row, r->err);
    return status != VT_OK ? status : vt_builder_add_user(r->builder, row, user, r->err);
}

static int take_item(void *context, int64_t row, const vt_item *item)
{
    reading *r = context;
    int status = count_row(r);
    status = status != VT_OK ? status : vt_row_index_add(&r->items, row, r->err);
    return status != VT_OK ? status : vt_builder_add_item(r->builder, row, item, r->err);
}

/* The number of a user in the builder: -1 for a guest, -2 for a row that is not there. */
static int64_t user_of(const reading *r, int64_t row)
{
    int32_t user = row == 0 ? -1 : vt_row_index_find(&r->users, row);
    return row != 0 && user < 0 ? -2 : user;
}

static int take_event(void *context, const vt_event_row *stored)
{
    reading *r = context;
    int status = count_row(r);
    if (status != VT_OK) {
        return status;
    }
    vt_event_row event = *stored;
    event.user = user_of(r, stored->user);
    event.item = vt_row_index_find(&r->items, stored->item);
    return vt_builder_add_event(r->builder, &event, r->err);
}

static int take_stock(void *context, int64_t item, int64_t time, int64_t stock)
{
    reading *r = context;
    int status = count_row(r);
    return status != VT_OK ? status
                           : vt_builder_add_stock(r->builder, vt_row_index_find(&r->items, item), time, stock, r->err);
}

static int read_rows(reading *r, vt_store *store)
{
    vt_shop_info counts = {0};
    if (r->progress != NULL) { /* counting reads every row once more: only where someone looks at the bar */
        int counted = vt_store_describe(store, &counts, r->err);
        if (counted != VT_OK) {
            return counted;
        }
    }
    begin_stage(r, "reading users", counts.users);
    int status = vt_store_each_user_after(store, 0, take_user, r, r->err);
    status = status != VT_OK ? status : vt_row_index_seal(&r->users, r->err);
    begin_stage(r, "reading items", counts.items);
    status = status != VT_OK ? status : vt_store_each_item_after(store, 0, take_item, r, r->err);
    status = status != VT_OK ? status : vt_row_index_seal(&r->items, r->err);
    status = status != VT_OK ? status : vt_store_each_stock_after(store, 0, take_stock, r, r->err);
    begin_stage(r, "reading events", counts.events);
    return status != VT_OK ? status : vt_store_each_event_after(store, 0, take_event, r, r->err);
}

/* Where the store stands; one in which nothing was ever committed has revision 0. */
static int find_origin(vt_builder_origin *origin, vt_store *store, vt_error *err)
{
    vt_store_mark mark;
    char scale[64];
    int status = vt_store_mark_get(store, &mark, err);
    if (status != VT_OK) {
        return status;
    }
    *origin = (vt_builder_origin){.revision = mark.revision,
                                  .catalogue = mark.catalogue,
                                  .epoch = mark.epoch,
                                  .last_event = mark.event,
                                  .last_user = mark.user,
                                  .last_item = mark.item,
                                  .last_stock = mark.stock,
                                  .last_change = mark.change};
    status = vt_store_get(store, "currency", origin->currency, sizeof origin->currency, err);
    if (status == VT_OK) {
        status = vt_store_get(store, "time_zone", origin->time_zone, sizeof origin->time_zone, err);
    }
    if (status == VT_OK) {
        status = vt_store_get(store, "rating_scale", scale, sizeof scale, err);
    }
    if (status == VT_OK) {
        vt_rating_scale_read(&origin->rating_low, &origin->rating_high, scale);
    }
    return status;
}

static int read_store(reading *r, vt_store *store, const vt_snapshot_options *options)
{
    int status = vt_builder_create(&r->builder, options, r->err);
    status = status != VT_OK ? status : read_rows(r, store);
    vt_row_index_done(&r->users);
    vt_row_index_done(&r->items);
    return status;
}

/* Checks the options, opens a read and finds the place of the files; the caller ends the read when that is VT_OK. */
static int begin(vt_snapshot_place *place, vt_shop *shop, const vt_snapshot_options *options, vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_snapshot_options", err);
    status = status != VT_OK ? status : vt_positive_check(options->positive, err);
    status = status != VT_OK ? status : vt_snapshot_place_find(place, vt_shop_path(shop), options, err);
    return status != VT_OK ? status : vt_store_read_begin(vt_shop_store(shop), err);
}

int vt_snapshot_take(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err)
{
    vt_snapshot_place place;
    vt_builder_origin origin = {0};
    vt_snapshot *snapshot = NULL;
    vt_store *store = vt_shop_store(shop);
    int status = begin(&place, shop, options, err);
    if (status != VT_OK) {
        return status;
    }
    reading r = {.progress = options->progress, .err = err};
    status = find_origin(&origin, store, err);
    bool reused = status == VT_OK && vt_snapshot_place_open(&snapshot, &place, origin.revision);
    if (status == VT_OK && !reused) {
        status = read_store(&r, store, options);
    }
    vt_store_read_end(store); /* before the long part: a reader holds the store's log back */
    if (status == VT_OK && !reused) {
        status = vt_builder_finish(&snapshot, r.builder, &origin, err);
    }
    vt_builder_free(r.builder);
    if (status == VT_OK && !reused) {
        vt_snapshot_place_keep(&place, snapshot);
    }
    if (status == VT_OK) {
        *out = snapshot;
    }
    return status;
}

int vt_snapshot_newest(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err)
{
    vt_snapshot_place place;
    vt_store_mark mark;
    vt_store *store = vt_shop_store(shop);
    int status = begin(&place, shop, options, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_mark_get(store, &mark, err);
    vt_store_read_end(store);
    return status != VT_OK ? status : vt_snapshot_place_newest(out, &place, &mark, err);
}
