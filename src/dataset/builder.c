/* Collecting: rows are checked and go into columns; nothing is sorted before vt_builder_finish(). */
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "dataset/builder_state.h"
#include "dataset/layout.h"

void vt_snapshot_options_init_sized(vt_snapshot_options *options, size_t size)
{
    const vt_snapshot_options defaults = {.positive = "purchase|like|rating"};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int check_minimum(const char *name, int32_t value, vt_error *err)
{
    return value >= 0 ? VT_OK
                      : vt_fail(err, VT_ERR_USAGE, "%s is %d; a number from 0 is expected, 0 keeps all", name, value);
}

int vt_builder_create(vt_builder **out, const vt_snapshot_options *options, vt_error *err)
{
    vt_positive rule;
    int status = vt_options_check(options->size, sizeof *options, "vt_snapshot_options", err);
    status = status != VT_OK ? status : vt_positive_parse(&rule, options->positive, err);
    status = status != VT_OK ? status : check_minimum("the minimum of items a user", options->min_user, err);
    status = status != VT_OK ? status : check_minimum("the minimum of users an item", options->min_item, err);
    if (status != VT_OK) {
        return status;
    }
    vt_builder *builder = vt_alloc_zero(1, sizeof *builder, err);
    if (builder == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    builder->rule = rule;
    memcpy(builder->rule_text, options->positive, strlen(options->positive)); /* short: the parser saw to it */
    builder->min_user = options->min_user;
    builder->min_item = options->min_item;
    builder->progress = options->progress;
    status = vt_map_create(&builder->categories, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->brands, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->orders, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->sessions, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->placements, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->models, 0, err);
    status = status != VT_OK ? status : vt_map_create(&builder->requests, 0, err);
    status = status != VT_OK ? status : vt_attribute_list_init(&builder->item_attributes, err);
    status = status != VT_OK ? status : vt_attribute_list_init(&builder->user_attributes, err);
    status = status != VT_OK ? status : vt_json_reader_create(&builder->json, err);
    if (status != VT_OK) {
        vt_builder_free(builder);
        return status;
    }
    *out = builder;
    return VT_OK;
}

void vt_builder_free(vt_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    vt_text_list_done(&builder->users);
    vt_user_columns_done(&builder->user);
    vt_attribute_list_done(&builder->user_attributes);
    vt_text_list_done(&builder->items);
    vt_text_list_done(&builder->titles);
    vt_text_list_done(&builder->images);
    vt_item_columns_done(&builder->item);
    vt_stock_columns_done(&builder->stocks);
    vt_map_free(builder->categories);
    vt_map_free(builder->brands);
    vt_attribute_list_done(&builder->item_attributes);
    vt_json_reader_free(builder->json);
    vt_event_columns_done(&builder->events);
    vt_map_free(builder->orders);
    vt_map_free(builder->sessions);
    vt_map_free(builder->placements);
    vt_map_free(builder->models);
    vt_map_free(builder->requests);
    vt_free(builder);
}

int vt_builder_add_user(vt_builder *builder, int64_t row, const vt_user *user, vt_error *err)
{
    vt_attribute_list *list = &builder->user_attributes;
    int status = vt_text_list_add(&builder->users, user->id, err);
    status = status != VT_OK ? status : vt_user_columns_add(&builder->user, row, err);
    if (status == VT_OK) {
        status = vt_each_user_attribute(user, builder->json, vt_attribute_list_add, list, err);
    }
    return status != VT_OK ? status : vt_attribute_list_end_row(list, err);
}

/* The number of a name, -1 for one that is not given or empty. */
static int intern_given(int32_t *out, vt_map *names, vt_str text, vt_error *err)
{
    *out = -1;
    return text.len == 0 ? VT_OK : vt_intern(out, names, text, err);
}

int vt_builder_add_item(vt_builder *builder, int64_t row, const vt_item *item, vt_error *err)
{
    int32_t category = -1;
    int32_t brand = -1;
    vt_attribute_list *list = &builder->item_attributes;
    int status = intern_given(&category, builder->categories, item->category, err);
    status = status != VT_OK ? status : intern_given(&brand, builder->brands, item->brand, err);
    status = status != VT_OK ? status : vt_text_list_add(&builder->items, item->id, err);
    status = status != VT_OK ? status : vt_text_list_add(&builder->titles, item->title, err);
    if (status == VT_OK) {
        status = vt_text_list_add(&builder->images, item->n_images > 0 ? item->images[0] : vt_str_of(""), err);
    }
    status = status != VT_OK ? status : vt_item_columns_add(&builder->item, row, item, category, brand, err);
    if (status == VT_OK) {
        status = vt_each_item_attribute(item, builder->json, vt_attribute_list_add, list, err);
    }
    return status != VT_OK ? status : vt_attribute_list_end_row(list, err);
}

int vt_builder_add_stock(vt_builder *builder, int64_t item, int64_t time, int64_t pieces, vt_error *err)
{
    if (item < 0 || item >= builder->items.n) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "a stock is told of an item that is not there; run \"vitrine doctor\" on the shop");
    }
    if (time > VT_SNAPSHOT_TIME_MAX || time < -VT_SNAPSHOT_TIME_MAX) {
        return vt_fail(err, VT_ERR_FORMAT, "a stock has time %lld; UTC seconds are expected", (long long)time);
    }
    return vt_stock_columns_add(&builder->stocks, (int32_t)item, time, pieces, err);
}

static int check_event(const vt_builder *builder, const vt_event_row *event, vt_error *err)
{
    if (event->user < -1 || event->user >= builder->users.n || event->item < 0 || event->item >= builder->items.n) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "event %lld names user %lld and item %lld, and there are %d users and %d items; run "
                       "\"vitrine doctor\" on the shop",
                       (long long)event->id, (long long)event->user, (long long)event->item, builder->users.n,
                       builder->items.n);
    }
    if (event->kind >= VT_EVENT_KINDS || event->part > VT_PART_HISTORY || event->state >= VT_LINE_STATES) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "event %lld has kind %d, part %d and state %d, which this version does not know",
                       (long long)event->id, event->kind, event->part, event->state);
    }
    if (event->time != VT_NONE && (event->time > VT_SNAPSHOT_TIME_MAX || event->time < -VT_SNAPSHOT_TIME_MAX)) {
        return vt_fail(err, VT_ERR_FORMAT, "event %lld has time %lld; UTC seconds are expected", (long long)event->id,
                       (long long)event->time);
    }
    return VT_OK;
}

int vt_builder_add_event(vt_builder *builder, const vt_event_row *event, vt_error *err)
{
    vt_event_names names;
    int status = check_event(builder, event, err);
    status = status != VT_OK ? status : intern_given(&names.order, builder->orders, event->order, err);
    status = status != VT_OK ? status : intern_given(&names.session, builder->sessions, event->session, err);
    status = status != VT_OK ? status : intern_given(&names.placement, builder->placements, event->placement, err);
    status = status != VT_OK ? status : intern_given(&names.model, builder->models, event->model, err);
    status = status != VT_OK ? status : intern_given(&names.request, builder->requests, event->request, err);
    if (status != VT_OK) {
        return status;
    }
    bool positive = event->state != VT_LINE_CANCELLED && vt_positive_holds(&builder->rule, event->kind, event->value);
    return vt_event_columns_add(&builder->events, event, &names, positive, err);
}
