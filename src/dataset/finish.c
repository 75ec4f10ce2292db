/*
 * Finishing: cut the core, rank the ids, order the events, lay out the block and fill it. Each column of events is
 * freed as soon as it stands in the block, so that the peak is 33 bytes an event.
 */
#include <string.h>

#include "base/alloc.h"
#include "dataset/builder_state.h"
#include "dataset/layout.h"
#include "dataset/order.h"

/* What is known after counting and before filling. */
typedef struct plan {
    uint8_t *keep_user;
    uint8_t *keep_item;
    vt_ranking users;
    vt_ranking items;
    vt_ranking categories;
    vt_ranking brands;
    vt_ranking item_attributes;
    vt_ranking user_attributes;
    uint32_t *order; /* (E) events of the snapshot by number in the builder */
    int64_t *ptr;    /* (U + 1) */
} plan;

static void plan_done(plan *p)
{
    vt_free(p->keep_user);
    vt_free(p->keep_item);
    vt_ranking_done(&p->users);
    vt_ranking_done(&p->items);
    vt_ranking_done(&p->categories);
    vt_ranking_done(&p->brands);
    vt_ranking_done(&p->item_attributes);
    vt_ranking_done(&p->user_attributes);
    vt_free(p->order);
    vt_free(p->ptr);
}

static int step(const vt_builder *builder, int done, vt_error *err)
{
    vt_progress_state state = {.stage = "building snapshot", .unit = "steps", .done = done, .total = 5};
    return vt_progress_report(builder->progress, &state, err);
}

static int keep_core(plan *p, const vt_builder *b, vt_error *err)
{
    size_t n_users = (size_t)b->users.n;
    size_t n_items = (size_t)b->items.n;
    p->keep_user = vt_alloc(n_users, 1, err);
    p->keep_item = p->keep_user == NULL ? NULL : vt_alloc(n_items, 1, err);
    if (p->keep_item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(p->keep_user, 1, n_users);
    memset(p->keep_item, 1, n_items);
    if (b->min_user == 0 && b->min_item == 0) {
        return VT_OK;
    }
    return vt_core_cut(p->keep_user, b->users.n, p->keep_item, b->items.n, &b->events, b->min_user, b->min_item, err);
}

static int check_distinct(const vt_ranking *ranking, const vt_text_list *list, const char *what, vt_error *err)
{
    for (int32_t i = 1; i < ranking->n; i++) {
        vt_str text = vt_text_list_at(list, ranking->order[i]);
        if (vt_str_equal(text, vt_text_list_at(list, ranking->order[i - 1]))) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s \"%.*s\" is there twice; run \"vitrine doctor\" on the shop", what,
                           VT_STR_ARGS(text));
        }
    }
    return VT_OK;
}

/* Ranks those names of a map that `number` (rows of `ranking`) uses. */
static int rank_used(vt_ranking *out, const vt_map *names, const int32_t *number, const vt_ranking *rows, vt_error *err)
{
    int32_t count = (int32_t)vt_map_count(names);
    uint8_t *used = vt_alloc_zero((size_t)count, 1, err);
    if (used == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < rows->n; i++) {
        int32_t name = number[rows->order[i]];
        if (name >= 0) {
            used[name] = 1;
        }
    }
    int status = vt_ranking_make(out, vt_map_text_at, names, count, used, err);
    vt_free(used);
    return status;
}

/* As rank_used(), for lists of names; `*total` is how many the rows have together. */
static int rank_attributes(vt_ranking *out, uint64_t *total, const vt_attribute_list *list, const vt_ranking *rows,
                           vt_error *err)
{
    int32_t count = (int32_t)vt_map_count(list->names);
    uint8_t *used = vt_alloc_zero((size_t)count, 1, err);
    if (used == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *total = 0;
    for (int32_t i = 0; i < rows->n; i++) {
        int32_t row = rows->order[i];
        int64_t begin = vt_attribute_list_begin(list, row);
        *total += (uint64_t)(list->end[row] - begin);
        for (int64_t a = begin; a < list->end[row]; a++) {
            used[list->name[a]] = 1;
        }
    }
    int status = vt_ranking_make(out, vt_map_text_at, list->names, count, used, err);
    vt_free(used);
    return status;
}

static int make_plan(plan *p, uint64_t count[VT_SECTIONS], vt_builder *b, vt_error *err)
{
    int status = keep_core(p, b, err);
    status = status != VT_OK ? status : step(b, 1, err);
    status = status != VT_OK ? status
                             : vt_ranking_make(&p->users, vt_text_list_at, &b->users, b->users.n, p->keep_user, err);
    status = status != VT_OK ? status
                             : vt_ranking_make(&p->items, vt_text_list_at, &b->items, b->items.n, p->keep_item, err);
    status = status != VT_OK ? status : check_distinct(&p->users, &b->users, "user", err);
    status = status != VT_OK ? status : check_distinct(&p->items, &b->items, "item", err);
    status = status != VT_OK ? status : rank_used(&p->categories, b->categories, b->item_category, &p->items, err);
    status = status != VT_OK ? status : rank_used(&p->brands, b->brands, b->item_brand, &p->items, err);
    status = status != VT_OK ? status
                             : rank_attributes(&p->item_attributes, &count[VT_SECTION_ITEM_ATTRIBUTE],
                                               &b->item_attributes, &p->items, err);
    status = status != VT_OK ? status
                             : rank_attributes(&p->user_attributes, &count[VT_SECTION_USER_ATTRIBUTE],
                                               &b->user_attributes, &p->users, err);
    status = status != VT_OK ? status : step(b, 2, err);
    if (status != VT_OK) {
        return status;
    }
    p->ptr = vt_alloc((size_t)p->users.n + 1, sizeof *p->ptr, err);
    if (p->ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (b->events.ascending) { /* the order of adding says it all */
        vt_free(b->events.id);
        b->events.id = NULL;
    }
    return vt_order_events(&p->order, p->ptr, &b->events, &p->users, &p->items, err);
}

static void count_ranking(uint64_t count[VT_SECTIONS], vt_section offsets, const vt_ranking *ranking)
{
    count[offsets] = (uint64_t)ranking->n + 1;
    count[offsets + 1] = (uint64_t)ranking->bytes;
}

static void count_sections(uint64_t count[VT_SECTIONS], const plan *p, const vt_builder *b)
{
    uint64_t n_users = (uint64_t)p->users.n;
    uint64_t n_items = (uint64_t)p->items.n;
    count[VT_SECTION_META] = VT_METAS;
    count[VT_SECTION_RULE] = strlen(b->rule_text);
    count_ranking(count, VT_SECTION_USER_OFFSET, &p->users);
    count_ranking(count, VT_SECTION_ITEM_OFFSET, &p->items);
    count_ranking(count, VT_SECTION_CATEGORY_OFFSET, &p->categories);
    count_ranking(count, VT_SECTION_BRAND_OFFSET, &p->brands);
    count_ranking(count, VT_SECTION_ITEM_ATTRIBUTE_OFFSET, &p->item_attributes);
    count_ranking(count, VT_SECTION_USER_ATTRIBUTE_OFFSET, &p->user_attributes);
    count[VT_SECTION_USER_PTR] = n_users + 1;
    for (vt_section s = VT_SECTION_EVENT_ITEM; s <= VT_SECTION_EVENT_POSITIVE; s++) {
        count[s] = (uint64_t)p->ptr[p->users.n];
    }
    count[VT_SECTION_ITEM_CATEGORY] = n_items;
    count[VT_SECTION_ITEM_BRAND] = n_items;
    count[VT_SECTION_ITEM_PRICE] = n_items;
    count[VT_SECTION_ITEM_ATTRIBUTE_PTR] = n_items + 1;
    count[VT_SECTION_USER_ATTRIBUTE_PTR] = n_users + 1;
}

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

#define GATHER(type, section, column, expression)                                                                      \
    do {                                                                                                               \
        type *out = vt_layout_section(s, section);                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            uint32_t e = p->order[i];                                                                                  \
            out[i] = expression;                                                                                       \
        }                                                                                                              \
        vt_free(events->column);                                                                                       \
        events->column = NULL;                                                                                         \
    } while (0)

static void fill_events(vt_snapshot *s, const plan *p, vt_event_columns *events)
{
    int64_t n = p->ptr[p->users.n];
    memcpy(vt_layout_section(s, VT_SECTION_USER_PTR), p->ptr, ((size_t)p->users.n + 1) * sizeof *p->ptr);
    vt_free(events->id);
    vt_free(events->user);
    events->id = NULL;
    events->user = NULL;
    GATHER(int64_t, VT_SECTION_EVENT_TIME, time, events->time[e]);
    GATHER(int32_t, VT_SECTION_EVENT_ITEM, item, p->items.rank[events->item[e]]);
    GATHER(float, VT_SECTION_EVENT_VALUE, value, events->value[e]);
    GATHER(float, VT_SECTION_EVENT_QUANTITY, quantity, events->quantity[e]);
    uint8_t *kind = vt_layout_section(s, VT_SECTION_EVENT_KIND);
    uint8_t *part = vt_layout_section(s, VT_SECTION_EVENT_PART);
    uint8_t *positive = vt_layout_section(s, VT_SECTION_EVENT_POSITIVE);
    for (int64_t i = 0; i < n; i++) {
        uint8_t tag = events->tag[p->order[i]];
        kind[i] = VT_TAG_KIND(tag);
        part[i] = VT_TAG_PART(tag);
        positive[i] = VT_TAG_POSITIVE(tag);
    }
}

static void fill_meta(vt_snapshot *s, const vt_builder *b, int64_t revision, int64_t n)
{
    const int64_t *time = vt_layout_section(s, VT_SECTION_EVENT_TIME);
    const uint8_t *positive = vt_layout_section(s, VT_SECTION_EVENT_POSITIVE);
    int64_t least = INT64_MAX;
    int64_t most = VT_NONE;
    for (int64_t i = 0; i < n; i++) {
        if (positive[i]) {
            least = time[i] < least ? time[i] : least; /* VT_NONE is less than all */
            most = time[i] > most ? time[i] : most;
        }
    }
    bool timed = most != VT_NONE && least != VT_NONE;
    int64_t *meta = vt_layout_section(s, VT_SECTION_META);
    meta[VT_META_TIME_MIN] = timed ? least : VT_NONE;
    meta[VT_META_TIME_MAX] = timed ? most : VT_NONE;
    meta[VT_META_REVISION] = revision;
    meta[VT_META_MIN_USER] = b->min_user;
    meta[VT_META_MIN_ITEM] = b->min_item;
    memcpy(vt_layout_section(s, VT_SECTION_RULE), b->rule_text, strlen(b->rule_text));
}

static void fill(vt_snapshot *s, const plan *p, vt_builder *b, int64_t revision)
{
    vt_ranking_write(&p->users, vt_text_list_at, &b->users, vt_layout_section(s, VT_SECTION_USER_OFFSET),
                     vt_layout_section(s, VT_SECTION_USER_TEXT));
    vt_ranking_write(&p->items, vt_text_list_at, &b->items, vt_layout_section(s, VT_SECTION_ITEM_OFFSET),
                     vt_layout_section(s, VT_SECTION_ITEM_TEXT));
    fill_names(s, VT_SECTION_ITEM_CATEGORY, VT_SECTION_CATEGORY_OFFSET, b->item_category, &p->categories, b->categories,
               &p->items);
    fill_names(s, VT_SECTION_ITEM_BRAND, VT_SECTION_BRAND_OFFSET, b->item_brand, &p->brands, b->brands, &p->items);
    int64_t *price = vt_layout_section(s, VT_SECTION_ITEM_PRICE);
    for (int32_t i = 0; i < p->items.n; i++) {
        price[i] = b->item_price[p->items.order[i]];
    }
    fill_attributes(s, VT_SECTION_ITEM_ATTRIBUTE_OFFSET, &b->item_attributes, &p->item_attributes, &p->items);
    fill_attributes(s, VT_SECTION_USER_ATTRIBUTE_OFFSET, &b->user_attributes, &p->user_attributes, &p->users);
    fill_events(s, p, &b->events);
    fill_meta(s, b, revision, p->ptr[p->users.n]);
}

int vt_builder_finish(vt_snapshot **out, vt_builder *builder, int64_t revision, vt_error *err)
{
    plan p = {0};
    vt_snapshot *snapshot = NULL;
    uint64_t count[VT_SECTIONS] = {0};
    int status = step(builder, 0, err);
    status = status != VT_OK ? status : make_plan(&p, count, builder, err);
    status = status != VT_OK ? status : step(builder, 3, err);
    if (status == VT_OK) {
        count_sections(count, &p, builder);
        status = vt_layout_create(&snapshot, count, err);
    }
    if (status == VT_OK) {
        fill(snapshot, &p, builder, revision);
        status = step(builder, 4, err);
    }
    if (status == VT_OK) {
        vt_layout_seal(snapshot);
        status = step(builder, 5, err);
    }
    if (status == VT_OK) {
        *out = snapshot;
        snapshot = NULL;
    }
    vt_snapshot_free(snapshot);
    plan_done(&p);
    return status;
}
