/*
 * A snapshot of columns in memory: the rows go through the builder that rows of a store go through. Ids are numbered on
 * first sight, and checked then as a store checks them, so that a repeated id costs one look-up.
 */
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"
#include "base/options.h"
#include "dataset/builder.h"
#include "dataset/texts.h"
#include "store/record_check.h"
#include "vitrine/table.h"

enum { REPORT_EVERY = 1 << 16 };

typedef struct feeding {
    const vt_event_table *table;
    vt_builder *builder;
    vt_map *users; /* id -> number in the builder */
    vt_map *items;
    int64_t *user_number; /* of each id of the table, -1 until it is looked up */
    int64_t *item_number;
    vt_json_reader *json;
    const vt_progress *progress;
} feeding;

void vt_event_table_init_sized(vt_event_table *table, size_t size)
{
    const vt_event_table defaults = {0};
    vt_options_init(table, size, &defaults, sizeof defaults);
}

static int check_indices(const char *what, const int32_t *of, int64_t n, int32_t ids, vt_error *err)
{
    for (int64_t i = 0; of != NULL && i < n; i++) {
        if (of[i] < 0 || of[i] >= ids) {
            return vt_fail_at(err, VT_ERR_USAGE, i,
                              "row %" PRId64 " has %s number %" PRId32 ", and there are %" PRId32 " ids", i, what,
                              of[i], ids);
        }
    }
    return VT_OK;
}

static int check_table(const vt_event_table *t, vt_error *err)
{
    int status = vt_options_check(t->size, sizeof *t, "vt_event_table", err);
    if (status != VT_OK) {
        return status;
    }
    if (t->n < 0 || (t->user_of == NULL && t->user.n != t->n) || (t->item_of == NULL && t->item.n != t->n)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "there are %" PRId64 " events, %" PRId32 " users of them and %" PRId32
                       " items; one of each for every event is expected",
                       t->n, t->user.n, t->item.n);
    }
    status = check_indices("user", t->user_of, t->n, t->user.n, err);
    return status != VT_OK ? status : check_indices("item", t->item_of, t->n, t->item.n, err);
}

/* The same error with the number of the row. */
static int at_row(int status, const vt_error *why, const char *what, int64_t row, vt_error *err)
{
    return status == VT_ERR_NO_MEMORY ? vt_fail(err, why->code, "%s", why->message)
                                      : vt_fail_at(err, why->code, row, "%s %" PRId64 ": %s", what, row, why->message);
}

static int add_user(feeding *f, const vt_user *user, vt_error *err)
{
    int status = vt_user_check(NULL, user, f->json, err);
    status = status != VT_OK ? status : vt_map_set(f->users, user->id, (int64_t)vt_map_count(f->users), err);
    return status != VT_OK ? status : vt_builder_add_user(f->builder, VT_NONE, user, err);
}

static int add_item(feeding *f, const vt_item *item, vt_error *err)
{
    int status = vt_item_check(NULL, item, f->json, err);
    status = status != VT_OK ? status : vt_map_set(f->items, item->id, (int64_t)vt_map_count(f->items), err);
    return status != VT_OK ? status : vt_builder_add_item(f->builder, VT_NONE, item, err);
}

static int refuse_twice(const char *what, vt_str id, vt_error *err)
{
    return vt_fail(err, VT_ERR_FORMAT, "%s \"%.*s\" is there twice; one row each is expected", what, VT_STR_ARGS(id));
}

static int add_users(feeding *f, vt_error *err)
{
    for (size_t i = 0; i < f->table->n_users; i++) {
        int64_t number;
        vt_error why = VT_ERROR_INIT;
        const vt_user *user = &f->table->users[i];
        int status = vt_map_get(f->users, user->id, &number) ? refuse_twice("the user", user->id, &why)
                                                             : add_user(f, user, &why);
        if (status != VT_OK) {
            return at_row(status, &why, "users: row", (int64_t)i, err);
        }
    }
    return VT_OK;
}

static int add_items(feeding *f, vt_error *err)
{
    for (size_t i = 0; i < f->table->n_items; i++) {
        int64_t number;
        vt_error why = VT_ERROR_INIT;
        const vt_item *item = &f->table->items[i];
        int status = vt_map_get(f->items, item->id, &number) ? refuse_twice("the item", item->id, &why)
                                                             : add_item(f, item, &why);
        if (status != VT_OK) {
            return at_row(status, &why, "items: row", (int64_t)i, err);
        }
    }
    return VT_OK;
}

/* The number of id `at` of the users; one that is new comes into being. */
static int number_user(int64_t *out, feeding *f, int32_t at, vt_error *err)
{
    int64_t *number = &f->user_number[at];
    vt_user user;
    int status = VT_OK;
    vt_user_init(&user);
    user.id = vt_ids_get(&f->table->user, at);
    if (*number < 0 && !vt_map_get(f->users, user.id, number)) {
        *number = (int64_t)vt_map_count(f->users);
        status = add_user(f, &user, err);
    }
    *out = *number;
    return status;
}

static int number_item(int64_t *out, feeding *f, int32_t at, vt_error *err)
{
    int64_t *number = &f->item_number[at];
    vt_item item;
    int status = VT_OK;
    vt_item_init(&item);
    item.id = vt_ids_get(&f->table->item, at);
    if (*number < 0 && !vt_map_get(f->items, item.id, number)) {
        *number = (int64_t)vt_map_count(f->items);
        status = add_item(f, &item, err);
    }
    *out = *number;
    return status;
}

static int number_ids(vt_event_row *event, feeding *f, int64_t at, vt_error *err)
{
    const vt_event_table *t = f->table;
    int status = number_user(&event->user, f, t->user_of == NULL ? (int32_t)at : t->user_of[at], err);
    return status != VT_OK ? status
                           : number_item(&event->item, f, t->item_of == NULL ? (int32_t)at : t->item_of[at], err);
}

/* A number for each id, none of them known yet. */
static int make_numbers(int64_t **out, int32_t n, vt_error *err)
{
    int64_t *numbers = vt_alloc((size_t)n, sizeof *numbers, err);
    for (int32_t i = 0; numbers != NULL && i < n; i++) {
        numbers[i] = -1;
    }
    *out = numbers;
    return numbers == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int add_event(feeding *f, int64_t at, vt_error *err)
{
    const vt_event_table *t = f->table;
    double value = t->value == NULL ? (double)NAN : t->value[at];
    vt_event_row event = {
        .id = at + 1,
        .time = t->time == NULL ? VT_NONE : t->time[at],
        .quantity = VT_NONE,
        .unit_price = VT_NONE,
        .discount = VT_NONE,
        .refunded = VT_NONE,
        .cost = VT_NONE,
        .value = value,
        .kind = t->kind != NULL ? t->kind[at] : (uint8_t)(isnan(value) ? VT_EVENT_PURCHASE : VT_EVENT_RATING),
        .part = t->part == NULL ? VT_PART_NONE : t->part[at],
    };
    if (isinf(value)) {
        return vt_fail(err, VT_ERR_FORMAT, "the value is infinite; a number is expected");
    }
    if (event.kind >= VT_EVENT_KINDS || event.part > VT_PART_HISTORY) {
        return vt_fail(err, VT_ERR_FORMAT, "there is no kind of event %d or no part %d", event.kind, event.part);
    }
    int status = number_ids(&event, f, at, err);
    return status != VT_OK ? status : vt_builder_add_event(f->builder, &event, err);
}

static int add_events(feeding *f, vt_error *err)
{
    int64_t n = f->table->n;
    vt_progress_state state = {.stage = "reading events", .unit = "rows", .total = (double)n};
    for (int64_t i = 0; i < n; i++) {
        vt_error why = VT_ERROR_INIT;
        int status = add_event(f, i, &why);
        if (status != VT_OK) {
            return at_row(status, &why, "row", i, err);
        }
        if (i % REPORT_EVERY == 0) {
            state.done = (double)i;
            status = vt_progress_report(f->progress, &state, err);
            if (status != VT_OK) {
                return status;
            }
        }
    }
    return VT_OK;
}

int vt_snapshot_build(vt_snapshot **out, const vt_event_table *table, const vt_snapshot_options *options, vt_error *err)
{
    feeding f = {.table = table, .progress = options->progress};
    int status = check_table(table, err);
    status = status != VT_OK ? status : vt_builder_create(&f.builder, options, err);
    status = status != VT_OK ? status : vt_map_create(&f.users, 0, err);
    status = status != VT_OK ? status : vt_map_create(&f.items, 0, err);
    status = status != VT_OK ? status : vt_json_reader_create(&f.json, err);
    status = status != VT_OK ? status : make_numbers(&f.user_number, table->user.n, err);
    status = status != VT_OK ? status : make_numbers(&f.item_number, table->item.n, err);
    status = status != VT_OK ? status : add_users(&f, err);
    status = status != VT_OK ? status : add_items(&f, err);
    status = status != VT_OK ? status : add_events(&f, err);
    vt_map_free(f.users);
    vt_map_free(f.items);
    vt_free(f.user_number);
    vt_free(f.item_number);
    vt_json_reader_free(f.json);
    status = status != VT_OK ? status : vt_builder_finish(out, f.builder, NULL, err);
    vt_builder_free(f.builder);
    return status;
}
