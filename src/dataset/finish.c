/*
 * Finishing: plan, lay out the block and fill it. What the builder holds is freed as soon as it stands in the block, so
 * that the peak is little more than the block.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dataset/plan.h"
#include "dataset/stocks.h"
#include "dataset/timeline.h"

static int step(const vt_builder *builder, int done, vt_error *err)
{
    vt_progress_state state = {.stage = "building snapshot", .unit = "steps", .done = done, .total = 3};
    return vt_progress_report(builder->progress, &state, err);
}

/* Numbers of names by item, as ranks, and the names. */
static void fill_names(vt_snapshot *s, vt_section number, vt_section offsets, const int32_t *name,
                       const vt_ranking *names, const vt_map *map, const vt_ranking *items)
{
    int32_t *out = vt_layout_section(s, number);
    for (int32_t i = 0; i < items->n; i++) {
        int32_t old = name[items->order[i]];
        out[i] = old < 0 ? -1 : names->rank[old];
    }
    vt_ranking_write(names, vt_map_text_at, map, vt_layout_section(s, offsets), vt_layout_section(s, offsets + 1));
}

/* Attributes of all rows, ranks ascending within a row. */
static void fill_attributes(vt_snapshot *s, vt_section offsets, const vt_attribute_list *list, const vt_ranking *names,
                            const vt_ranking *rows)
{
    int64_t *ptr = vt_layout_section(s, offsets + 2);
    int32_t *out = vt_layout_section(s, offsets + 3);
    int64_t n = 0;
    for (int32_t i = 0; i < rows->n; i++) {
        int32_t row = rows->order[i];
        ptr[i] = n;
        for (int64_t a = vt_attribute_list_begin(list, row); a < list->end[row]; a++) {
            out[n++] = names->rank[list->name[a]];
        }
        vt_sort_numbers(out + ptr[i], (size_t)(n - ptr[i]));
    }
    ptr[rows->n] = n;
    vt_ranking_write(names, vt_map_text_at, list->names, vt_layout_section(s, offsets),
                     vt_layout_section(s, offsets + 1));
}

static void fill_texts(vt_snapshot *s, vt_section offsets, const vt_ranking *ranking, const vt_text_list *list)
{
    vt_ranking_write(ranking, vt_text_list_at, list, vt_layout_section(s, offsets), vt_layout_section(s, offsets + 1));
}

/* Numbers of users or items in the order of their ranks. */
static void fill_numbers(vt_snapshot *s, vt_section section, const int64_t *column, const vt_ranking *rows)
{
    int64_t *out = vt_layout_section(s, section);
    for (int32_t i = 0; i < rows->n; i++) {
        out[i] = column[rows->order[i]];
    }
}

static void fill_users(vt_snapshot *s, const vt_snapshot_plan *p, vt_builder *b)
{
    fill_texts(s, VT_SECTION_USER_OFFSET, &p->users, &b->users);
    fill_numbers(s, VT_SECTION_USER_ROW, b->user.row, &p->users);
    fill_attributes(s, VT_SECTION_USER_ATTRIBUTE_OFFSET, &b->user_attributes, &p->user_attributes, &p->users);
    memcpy(vt_layout_section(s, VT_SECTION_USER_PTR), p->ptr, ((size_t)p->users.n + 1) * sizeof *p->ptr);
    vt_text_list_done(&b->users);
    vt_user_columns_done(&b->user);
    vt_attribute_list_done(&b->user_attributes);
}

static void fill_items(vt_snapshot *s, const vt_snapshot_plan *p, vt_builder *b)
{
    fill_texts(s, VT_SECTION_ITEM_OFFSET, &p->items, &b->items);
    fill_texts(s, VT_SECTION_TITLE_OFFSET, &p->items, &b->titles);
    fill_texts(s, VT_SECTION_IMAGE_OFFSET, &p->items, &b->images);
    fill_names(s, VT_SECTION_ITEM_CATEGORY, VT_SECTION_CATEGORY_OFFSET, b->item.category, &p->categories, b->categories,
               &p->items);
    fill_names(s, VT_SECTION_ITEM_BRAND, VT_SECTION_BRAND_OFFSET, b->item.brand, &p->brands, b->brands, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_ROW, b->item.row, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_PRICE, b->item.price, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_COST, b->item.cost, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_STOCK, b->item.stock, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_AVAILABLE_FROM, b->item.available_from, &p->items);
    fill_numbers(s, VT_SECTION_ITEM_AVAILABLE_UNTIL, b->item.available_until, &p->items);
    fill_attributes(s, VT_SECTION_ITEM_ATTRIBUTE_OFFSET, &b->item_attributes, &p->item_attributes, &p->items);
    vt_text_list_done(&b->items);
    vt_text_list_done(&b->titles);
    vt_text_list_done(&b->images);
    vt_item_columns_done(&b->item);
    vt_attribute_list_done(&b->item_attributes);
}

/* Names of events, whose map is freed. */
static void fill_event_names(vt_snapshot *s, vt_section offsets, const vt_ranking *ranking, vt_map **names)
{
    vt_ranking_write(ranking, vt_map_text_at, *names, vt_layout_section(s, offsets), vt_layout_section(s, offsets + 1));
    vt_map_free(*names);
    *names = NULL;
}

/* Elements of `size` bytes, 8, 4 or 1, in the order of the snapshot; the column is freed. */
static void fill_column(vt_snapshot *s, const vt_snapshot_plan *p, vt_section section, void *column)
{
    unsigned char *out = vt_layout_section(s, section);
    const unsigned char *in = column;
    size_t size = vt_section_table[section].size;
    for (int64_t i = 0; i < p->n_all; i++) {
        if (size == 8) {
            memcpy(out + i * 8, in + (size_t)p->order[i] * 8, 8);
        } else if (size == 4) {
            memcpy(out + i * 4, in + (size_t)p->order[i] * 4, 4);
        } else {
            out[i] = in[p->order[i]];
        }
    }
    vt_free(column);
}

/* As fill_column(), numbers becoming ranks; -1 stays. */
static void fill_ranks(vt_snapshot *s, const vt_snapshot_plan *p, vt_section section, int32_t *column,
                       const vt_ranking *ranking)
{
    int32_t *out = vt_layout_section(s, section);
    for (int64_t i = 0; i < p->n_all; i++) {
        int32_t number = column[p->order[i]];
        out[i] = number < 0 ? -1 : ranking->rank[number];
    }
    vt_free(column);
}

static int fill_events(vt_snapshot *s, const vt_snapshot_plan *p, vt_builder *b, vt_error *err)
{
    vt_event_columns events = b->events; /* each column is freed as it is laid out */
    b->events = (vt_event_columns){0};
    vt_free(events.user);
    fill_event_names(s, VT_SECTION_ORDER_OFFSET, &p->orders, &b->orders);
    fill_event_names(s, VT_SECTION_SESSION_OFFSET, &p->sessions, &b->sessions);
    fill_event_names(s, VT_SECTION_PLACEMENT_OFFSET, &p->placements, &b->placements);
    fill_event_names(s, VT_SECTION_MODEL_OFFSET, &p->models, &b->models);
    fill_event_names(s, VT_SECTION_REQUEST_OFFSET, &p->requests, &b->requests);
    fill_column(s, p, VT_SECTION_EVENT_ID, events.id);
    fill_column(s, p, VT_SECTION_EVENT_TIME, events.time);
    fill_column(s, p, VT_SECTION_EVENT_UNIT_PRICE, events.unit_price);
    fill_column(s, p, VT_SECTION_EVENT_DISCOUNT, events.discount);
    fill_column(s, p, VT_SECTION_EVENT_COST, events.cost);
    fill_column(s, p, VT_SECTION_EVENT_REFUNDED, events.refunded);
    fill_ranks(s, p, VT_SECTION_EVENT_ITEM, events.item, &p->items);
    fill_ranks(s, p, VT_SECTION_EVENT_ORDER, events.order, &p->orders);
    fill_ranks(s, p, VT_SECTION_EVENT_SESSION, events.session, &p->sessions);
    fill_ranks(s, p, VT_SECTION_EVENT_PLACEMENT, events.placement, &p->placements);
    fill_ranks(s, p, VT_SECTION_EVENT_MODEL, events.model, &p->models);
    fill_ranks(s, p, VT_SECTION_EVENT_REQUEST, events.request, &p->requests);
    fill_column(s, p, VT_SECTION_EVENT_HAS_TEXT, events.has_text);
    fill_column(s, p, VT_SECTION_EVENT_VALUE, events.value);
    fill_column(s, p, VT_SECTION_EVENT_QUANTITY, events.quantity);
    fill_column(s, p, VT_SECTION_EVENT_STATE, events.state);
    uint8_t *kind = vt_layout_section(s, VT_SECTION_EVENT_KIND);
    uint8_t *part = vt_layout_section(s, VT_SECTION_EVENT_PART);
    uint8_t *positive = vt_layout_section(s, VT_SECTION_EVENT_POSITIVE);
    for (int64_t i = 0; i < p->n_all; i++) {
        uint8_t tag = events.tag[p->order[i]];
        kind[i] = VT_TAG_KIND(tag);
        part[i] = VT_TAG_PART(tag);
        positive[i] = VT_TAG_POSITIVE(tag);
    }
    vt_free(events.tag);
    return vt_order_by_time(vt_layout_section(s, VT_SECTION_EVENT_BY_TIME), vt_layout_section(s, VT_SECTION_EVENT_TIME),
                            vt_layout_section(s, VT_SECTION_EVENT_ID), p->n_all, err);
}

static void fill_meta(vt_snapshot *s, const vt_builder *b, const vt_builder_origin *origin, int64_t n_events)
{
    const int64_t *time = vt_layout_section(s, VT_SECTION_EVENT_TIME);
    const uint8_t *positive = vt_layout_section(s, VT_SECTION_EVENT_POSITIVE);
    int64_t least = INT64_MAX;
    int64_t most = VT_NONE;
    for (int64_t i = 0; i < n_events; i++) {
        if (positive[i]) {
            least = time[i] < least ? time[i] : least; /* VT_NONE is less than all */
            most = time[i] > most ? time[i] : most;
        }
    }
    bool timed = most != VT_NONE && least != VT_NONE;
    int64_t *meta = vt_layout_section(s, VT_SECTION_META);
    meta[VT_META_TIME_MIN] = timed ? least : VT_NONE;
    meta[VT_META_TIME_MAX] = timed ? most : VT_NONE;
    meta[VT_META_REVISION] = origin->revision;
    meta[VT_META_CATALOGUE] = origin->catalogue;
    meta[VT_META_EPOCH] = origin->epoch;
    meta[VT_META_LAST_EVENT] = origin->last_event;
    meta[VT_META_LAST_USER] = origin->last_user;
    meta[VT_META_LAST_ITEM] = origin->last_item;
    meta[VT_META_LAST_CHANGE] = origin->last_change;
    meta[VT_META_LAST_STOCK] = origin->last_stock;
    meta[VT_META_RATING_LOW] = llround(origin->rating_low * 1e6);
    meta[VT_META_RATING_HIGH] = llround(origin->rating_high * 1e6);
    meta[VT_META_MIN_USER] = b->min_user;
    meta[VT_META_MIN_ITEM] = b->min_item;
    memcpy(vt_layout_section(s, VT_SECTION_RULE), b->rule_text, strlen(b->rule_text));
    memcpy(vt_layout_section(s, VT_SECTION_CURRENCY), origin->currency, strlen(origin->currency));
    memcpy(vt_layout_section(s, VT_SECTION_TIME_ZONE), origin->time_zone, strlen(origin->time_zone));
}

static int fill(vt_snapshot *s, const vt_snapshot_plan *p, vt_builder *b, const vt_builder_origin *origin,
                vt_error *err)
{
    fill_users(s, p, b);
    fill_items(s, p, b);
    int status = vt_stocks_fill(s, &p->items, b, err);
    status = status != VT_OK ? status : fill_events(s, p, b, err);
    status = status != VT_OK ? status : vt_timeline_fill(s, err);
    if (status == VT_OK) {
        fill_meta(s, b, origin, p->ptr[p->users.n]);
    }
    return status;
}

int vt_builder_finish(vt_snapshot **out, vt_builder *builder, const vt_builder_origin *origin, vt_error *err)
{
    static const vt_builder_origin none = {0};
    vt_snapshot_plan plan = {0};
    vt_snapshot *snapshot = NULL;
    origin = origin == NULL ? &none : origin;
    int status = step(builder, 0, err);
    status = status != VT_OK ? status : vt_snapshot_plan_make(&plan, builder, err);
    status = status != VT_OK ? status : step(builder, 1, err);
    if (status == VT_OK) {
        plan.count[VT_SECTION_CURRENCY] = strlen(origin->currency);
        plan.count[VT_SECTION_TIME_ZONE] = strlen(origin->time_zone);
        status = vt_layout_create(&snapshot, plan.count, err);
    }
    status = status != VT_OK ? status : fill(snapshot, &plan, builder, origin, err);
    status = status != VT_OK ? status : step(builder, 2, err);
    if (status == VT_OK) {
        vt_layout_seal(snapshot);
        status = step(builder, 3, err);
    }
    if (status == VT_OK) {
        *out = snapshot;
        snapshot = NULL;
    }
    vt_snapshot_free(snapshot);
    vt_snapshot_plan_done(&plan);
    return status;
}
