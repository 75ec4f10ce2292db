/*
 * A snapshot from files. The builder wants to know of an item or user all there is before the first event of it, which
 * files tell in any order; reading is quick, so they are read twice rather than kept.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/map.h"
#include "dataset/builder.h"
#include "dataset/key_set.h"
#include "vitrine/bulk.h"

enum { NAMED = -1 /* an id that events name and no record described yet */ };

typedef struct from_files {
    vt_builder *builder;
    vt_map *users; /* id -> number in the builder, or NAMED */
    vt_map *items;
    int64_t n_users, n_items;
    int64_t *costs; /* (n_items) of one piece; VT_NONE without, or in another currency than the shop's */
    size_t capacity;
    vt_key_set keys;
    int64_t n_events;
} from_files;

/* ---- the first time: users and items ----------------------------------------------------------------------------- */

static int add_user(from_files *f, const vt_user *user, vt_error *err)
{
    int status = vt_builder_add_user(f->builder, VT_NONE, user, err);
    return status == VT_OK ? vt_map_set(f->users, user->id, f->n_users++, err) : status;
}

static int add_item(from_files *f, const vt_item *item, vt_error *err)
{
    int status = vt_alloc_next(&f->costs, &f->capacity, (size_t)f->n_items, sizeof *f->costs, err);
    status = status == VT_OK ? vt_builder_add_item(f->builder, VT_NONE, item, err) : status;
    if (status == VT_OK && item->stock != VT_NONE) {
        status = vt_builder_add_stock(f->builder, f->n_items, vt_now(), item->stock, err);
    }
    if (status != VT_OK) {
        return status;
    }
    f->costs[f->n_items] = item->currency.ptr == NULL ? item->cost : VT_NONE;
    return vt_map_set(f->items, item->id, f->n_items++, err);
}

static int take_user(void *context, const vt_user *user, bool *fresh, vt_error *err)
{
    from_files *f = context;
    int64_t number = NAMED;
    *fresh = !vt_map_get(f->users, user->id, &number) || number == NAMED;
    return *fresh ? add_user(f, user, err) : VT_OK;
}

static int take_item(void *context, const vt_item *item, bool *fresh, vt_error *err)
{
    from_files *f = context;
    int64_t number = NAMED;
    *fresh = !vt_map_get(f->items, item->id, &number) || number == NAMED;
    return *fresh ? add_item(f, item, err) : VT_OK;
}

static int name(vt_map *ids, vt_str id, vt_error *err)
{
    int64_t number = 0;
    return id.ptr == NULL || vt_map_get(ids, id, &number) ? VT_OK : vt_map_set(ids, id, NAMED, err);
}

static int take_names(void *context, const vt_event *event, const unsigned char *key, bool *fresh, vt_error *err)
{
    from_files *f = context;
    (void)key;
    *fresh = true;
    int status = name(f->users, event->user, err);
    return status == VT_OK ? name(f->items, event->item, err) : status;
}

/* What events name and nothing describes. */
static int add_named(from_files *f, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < vt_map_count(f->users); i++) {
        vt_user user;
        int64_t number = 0;
        vt_user_init(&user);
        vt_map_entry(f->users, i, &user.id, &number);
        status = number == NAMED ? add_user(f, &user, err) : VT_OK;
    }
    for (size_t i = 0; status == VT_OK && i < vt_map_count(f->items); i++) {
        vt_item item;
        int64_t number = 0;
        vt_item_init(&item);
        vt_map_entry(f->items, i, &item.id, &number);
        status = number == NAMED ? add_item(f, &item, err) : VT_OK;
    }
    return status;
}

/* ---- the second time: events ------------------------------------------------------------------------------------- */

static int pass_user(void *context, const vt_user *user, bool *fresh, vt_error *err)
{
    (void)context;
    (void)user;
    (void)err;
    *fresh = true;
    return VT_OK;
}

static int pass_item(void *context, const vt_item *item, bool *fresh, vt_error *err)
{
    (void)context;
    (void)item;
    (void)err;
    *fresh = true;
    return VT_OK;
}

static int add_event(from_files *f, const vt_event *event, vt_error *err)
{
    int64_t user = -1;
    int64_t item = -1;
    bool sale = event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RETURN;
    bool ours = event->currency.ptr == NULL; /* amounts in other currencies are not added up */
    if ((event->user.ptr != NULL && !vt_map_get(f->users, event->user, &user)) ||
        !vt_map_get(f->items, event->item, &item)) {
        return vt_fail(err, VT_ERR_FORMAT, "the files changed while they were read");
    }
    const vt_event_row row = {
        .id = ++f->n_events,
        .user = user,
        .item = item,
        .time = event->time,
        .quantity = event->quantity,
        .unit_price = ours ? event->unit_price : VT_NONE,
        .discount = ours ? event->discount : VT_NONE,
        .refunded = ours ? event->refunded : VT_NONE,
        .cost = sale ? f->costs[item] : VT_NONE,
        .value = event->value,
        .order = event->order_id,
        .session = event->session,
        .placement = event->placement,
        .model = event->model,
        .request = event->request,
        .kind = (uint8_t)event->kind,
        .part = (uint8_t)event->part,
        .state = (uint8_t)event->state,
        .has_text = event->title.ptr != NULL || event->body.ptr != NULL,
    };
    return vt_builder_add_event(f->builder, &row, err);
}

static int take_event(void *context, const vt_event *event, const unsigned char *key, bool *fresh, vt_error *err)
{
    from_files *f = context;
    int status = vt_key_set_add(&f->keys, key, fresh, err);
    return status == VT_OK && *fresh ? add_event(f, event, err) : status;
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

static int check_paths(const vt_import_options *import, vt_error *err)
{
    struct stat info;
    if (import->rows != NULL || strcmp(import->kind, "images") == 0) {
        return vt_fail(err, VT_ERR_USAGE, "a snapshot is made of files of records; %s",
                       import->rows != NULL ? "of a table in memory vt_snapshot_build() makes one"
                                            : "photos go into a shop");
    }
    for (size_t i = 0; i < import->n_paths; i++) {
        if (stat(import->paths[i], &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
            return vt_fail(err, VT_ERR_USAGE, "%s is no file that can be read twice, as making a snapshot needs it",
                           import->paths[i]);
        }
    }
    return VT_OK;
}

static int read_files(from_files *f, const vt_import_options *import, vt_builder_origin *origin,
                      vt_import_report *report, vt_error *err)
{
    vt_import_options quiet = *import;
    vt_record_taker first = {.context = f, .user = take_user, .item = take_item, .event = take_names, .keyless = true};
    vt_record_taker second = {.context = f, .user = pass_user, .item = pass_item, .event = take_event};
    quiet.on_reject = NULL; /* said the second time */
    int status = vt_import_records(&quiet, &first, report, err);
    status = status == VT_OK ? add_named(f, err) : status;
    memset(report, 0, sizeof *report);
    status = status == VT_OK ? vt_import_records(import, &second, report, err) : status;
    memcpy(origin->currency, first.currency, sizeof first.currency);
    origin->rating_low = second.rating_low;
    origin->rating_high = second.rating_high;
    report->users.added = f->n_users;
    report->items.added = f->n_items;
    return status;
}

int vt_snapshot_import(const char *path, const vt_import_options *import, const vt_snapshot_options *options,
                       vt_import_report *report, vt_error *err)
{
    vt_snapshot_options defaults;
    vt_snapshot *snapshot = NULL;
    vt_builder_origin origin = {0};
    from_files f = {0};
    vt_snapshot_options_init(&defaults);
    defaults.progress = import->progress;
    int status = check_paths(import, err);
    status = status == VT_OK ? vt_builder_create(&f.builder, options == NULL ? &defaults : options, err) : status;
    status = status == VT_OK ? vt_map_create(&f.users, 0, err) : status;
    status = status == VT_OK ? vt_map_create(&f.items, 0, err) : status;
    status = status == VT_OK ? read_files(&f, import, &origin, report, err) : status;
    vt_key_set_done(&f.keys);
    vt_map_free(f.users);
    vt_map_free(f.items);
    vt_free(f.costs);
    status = status == VT_OK ? vt_builder_finish(&snapshot, f.builder, &origin, err) : status;
    status = status == VT_OK ? vt_snapshot_write(snapshot, path, err) : status;
    vt_builder_free(f.builder);
    vt_snapshot_free(snapshot);
    return status;
}
