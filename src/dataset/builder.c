/* Collecting: rows are checked and go into columns; nothing is sorted before vt_builder_finish(). */
#include <string.h>

#include "base/alloc.h"
#include "dataset/attributes.h"
#include "dataset/builder_state.h"
#include "dataset/layout.h"

void vt_snapshot_options_init(vt_snapshot_options *options)
{
    *options = (vt_snapshot_options){.positive = "purchase|like|rating"};
}

static int check_minimum(const char *name, int32_t value, vt_error *err)
{
    return value >= 0 ? VT_OK
                      : vt_fail(err, VT_ERR_USAGE, "%s is %d; a number from 0 is expected, 0 keeps all", name, value);
}

int vt_builder_create(vt_builder **out, const vt_snapshot_options *options, vt_error *err)
{
    vt_positive rule;
    int status = vt_positive_parse(&rule, options->positive, err);
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
    vt_text_list_done(&builder->items);
    vt_map_free(builder->categories);
    vt_map_free(builder->brands);
    vt_free(builder->item_category);
    vt_free(builder->item_brand);
    vt_free(builder->item_price);
    vt_attribute_list_done(&builder->item_attributes);
    vt_attribute_list_done(&builder->user_attributes);
    vt_json_reader_free(builder->json);
    vt_event_columns_done(&builder->events);
    vt_free(builder);
}

int vt_builder_add_user(vt_builder *builder, const vt_user *user, vt_error *err)
{
    vt_attribute_list *list = &builder->user_attributes;
    const struct {
        const char *name;
        vt_str value;
    } fields[] = {
        {"age_band", user->age_band}, {"segment", user->segment}, {"region", user->region}, {"tier", user->tier}};
    int status = vt_text_list_add(&builder->users, user->id, err);
    for (size_t i = 0; status == VT_OK && i < sizeof fields / sizeof fields[0]; i++) {
        status = vt_attribute_list_add(list, vt_str_of(fields[i].name), fields[i].value, err);
    }
    status =
        status != VT_OK ? status : vt_attributes_add_json(list, builder->json, user->attributes, "user", user->id, err);
    return status != VT_OK ? status : vt_attribute_list_end_row(list, err);
}

/* Room for the columns of one more item. */
static int grow_items(vt_builder *builder, vt_error *err)
{
    if ((size_t)builder->items.n < builder->item_capacity) {
        return VT_OK;
    }
    size_t next = builder->item_capacity == 0 ? 64 : builder->item_capacity * 2;
    int32_t *category = vt_realloc(builder->item_category, next, sizeof *category, err);
    builder->item_category = category == NULL ? builder->item_category : category;
    int32_t *brand = category == NULL ? NULL : vt_realloc(builder->item_brand, next, sizeof *brand, err);
    builder->item_brand = brand == NULL ? builder->item_brand : brand;
    int64_t *price = brand == NULL ? NULL : vt_realloc(builder->item_price, next, sizeof *price, err);
    builder->item_price = price == NULL ? builder->item_price : price;
    builder->item_capacity = price == NULL ? builder->item_capacity : next;
    return price == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* The number of a name, -1 for one that is not given or empty. */
static int intern_given(int32_t *out, vt_map *names, vt_str text, vt_error *err)
{
    *out = -1;
    return text.len == 0 ? VT_OK : vt_intern(out, names, text, err);
}

int vt_builder_add_item(vt_builder *builder, const vt_item *item, vt_error *err)
{
    int32_t category = -1;
    int32_t brand = -1;
    int status = grow_items(builder, err);
    status = status != VT_OK ? status : intern_given(&category, builder->categories, item->category, err);
    status = status != VT_OK ? status : intern_given(&brand, builder->brands, item->brand, err);
    status = status != VT_OK ? status : vt_text_list_add(&builder->items, item->id, err);
    if (status != VT_OK) {
        return status;
    }
    builder->item_category[builder->items.n - 1] = category;
    builder->item_brand[builder->items.n - 1] = brand;
    builder->item_price[builder->items.n - 1] = item->price;
    vt_attribute_list *list = &builder->item_attributes;
    status = vt_attributes_add_json(list, builder->json, item->attributes, "item", item->id, err);
    return status != VT_OK ? status : vt_attribute_list_end_row(list, err);
}

int vt_builder_add_event(vt_builder *builder, const vt_event_row *event, vt_error *err)
{
    if (event->user < 0 || event->user >= builder->users.n || event->item < 0 || event->item >= builder->items.n) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "event %lld names user %lld and item %lld, and there are %d users and %d items; run "
                       "\"vitrine doctor\" on the shop",
                       (long long)event->id, (long long)event->user, (long long)event->item, builder->users.n,
                       builder->items.n);
    }
    if (event->kind >= VT_EVENT_KINDS || event->part > VT_PART_HISTORY) {
        return vt_fail(err, VT_ERR_CORRUPT, "event %lld has kind %d and part %d, which this version does not know",
                       (long long)event->id, event->kind, event->part);
    }
    if (event->time != VT_NONE && (event->time > VT_SNAPSHOT_TIME_MAX || event->time < -VT_SNAPSHOT_TIME_MAX)) {
        return vt_fail(err, VT_ERR_FORMAT, "event %lld has time %lld; UTC seconds are expected", (long long)event->id,
                       (long long)event->time);
    }
    bool positive = vt_positive_holds(&builder->rule, event->kind, event->value);
    return vt_event_columns_add(&builder->events, event, positive, err);
}
