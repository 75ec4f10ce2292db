/* The checks behind the checksum: a file made to harm has a right one. */
#include "dataset/snapshot_check.h"

#include <string.h>

#include "dataset/ids.h"
#include "dataset/stocks.h"
#include "dataset/timeline.h"

static uint64_t count_of(const vt_snapshot *s, vt_section section)
{
    return vt_layout_row(s, section)->count;
}

bool vt_snapshot_counts_agree(const vt_snapshot *s)
{
    const vt_layout_sizes sizes = {.users = count_of(s, VT_SECTION_USER_OFFSET) - 1,
                                   .items = count_of(s, VT_SECTION_ITEM_OFFSET) - 1,
                                   .events = count_of(s, VT_SECTION_EVENT_ITEM),
                                   .lines = count_of(s, VT_SECTION_LINE_TIME),
                                   .visits = count_of(s, VT_SECTION_VISIT_TIME)};
    bool agree = count_of(s, VT_SECTION_RULE) < sizeof s->positive_rule &&
                 count_of(s, VT_SECTION_CURRENCY) < sizeof s->currency &&
                 count_of(s, VT_SECTION_TIME_ZONE) < sizeof s->time_zone;
    for (int i = 0; i < VT_SECTIONS; i++) {
        vt_shape shape = vt_section_table[i].shape;
        uint64_t own = count_of(s, (vt_section)i);
        bool ends = shape == VT_SHAPE_USER_END || shape == VT_SHAPE_ITEM_END || shape == VT_SHAPE_NAMES;
        agree = agree && (!ends || (own >= 1 && own - 1 <= INT32_MAX)) &&
                own == vt_layout_count((vt_section)i, &sizes, own);
    }
    return agree;
}

static bool indices_hold(const int32_t *index, uint64_t n, int32_t least, int32_t end)
{
    bool holds = true;
    for (uint64_t i = 0; i < n; i++) {
        holds = holds && index[i] >= least && index[i] < end;
    }
    return holds;
}

/* Attributes ascend within a row. */
static bool attributes_hold(const int64_t *ptr, const int32_t *attribute, int64_t rows, uint64_t n, int32_t names)
{
    bool holds = vt_pointers_hold(ptr, rows, n) && indices_hold(attribute, n, 0, names);
    for (int64_t row = 0; row < rows && holds; row++) {
        for (int64_t a = ptr[row] + 1; a < ptr[row + 1]; a++) {
            holds = holds && attribute[a - 1] < attribute[a];
        }
    }
    return holds;
}

static bool time_holds(int64_t time)
{
    return time == VT_NONE || (time <= VT_SNAPSHOT_TIME_MAX && time >= -VT_SNAPSHOT_TIME_MAX);
}

static bool events_hold(const vt_snapshot *s)
{
    bool holds = s->n_events <= s->n_all && vt_pointers_hold(s->user_ptr, s->n_users, (uint64_t)s->n_events);
    for (int64_t e = 0; e < s->n_all && holds; e++) {
        holds = s->item[e] >= 0 && s->item[e] < s->n_items && s->kind[e] < VT_EVENT_KINDS &&
                s->part[e] <= VT_PART_HISTORY && s->state[e] < VT_LINE_STATES && s->positive[e] <= 1 &&
                s->has_text[e] <= 1 && time_holds(s->time[e]);
    }
    for (int64_t e = s->n_events + 1; e < s->n_all && holds; e++) { /* guests are found by bisection */
        holds = s->session[e - 1] <= s->session[e];
    }
    return holds && indices_hold(s->order, (uint64_t)s->n_all, -1, s->orders.n) &&
           indices_hold(s->session, (uint64_t)s->n_all, -1, s->sessions.n) &&
           indices_hold(s->placement, (uint64_t)s->n_all, -1, s->placements.n) &&
           indices_hold(s->model, (uint64_t)s->n_all, -1, s->models.n) &&
           indices_hold(s->request, (uint64_t)s->n_all, -1, s->requests.n);
}

/* Each place of `by_time` is strictly behind the one before, so that all are different ones: none is missing. */
static bool order_holds(const vt_snapshot *s)
{
    for (int64_t i = 0; i < s->n_all; i++) {
        uint32_t now = s->by_time[i];
        if (now >= s->n_all) {
            return false;
        }
        if (i == 0) {
            continue;
        }
        uint32_t before = s->by_time[i - 1];
        bool behind = s->time[before] != s->time[now] ? s->time[before] < s->time[now]
                      : s->id[before] != s->id[now]   ? s->id[before] < s->id[now]
                                                      : before < now;
        if (!behind) {
            return false;
        }
    }
    return true;
}

static bool meta_holds(const vt_snapshot *s)
{
    const int64_t *meta = (const int64_t *)(const void *)(s->storage->data + vt_layout_row(s, VT_SECTION_META)->offset);
    return meta[VT_META_MIN_USER] >= 0 && meta[VT_META_MIN_USER] <= INT32_MAX && meta[VT_META_MIN_ITEM] >= 0 &&
           meta[VT_META_MIN_ITEM] <= INT32_MAX && meta[VT_META_RATING_LOW] <= meta[VT_META_RATING_HIGH] &&
           time_holds(meta[VT_META_TIME_MIN]) && time_holds(meta[VT_META_TIME_MAX]) &&
           vt_positive_check(s->positive_rule, NULL) == VT_OK &&
           strlen(s->positive_rule) == count_of(s, VT_SECTION_RULE) &&
           strlen(s->currency) == count_of(s, VT_SECTION_CURRENCY) &&
           strlen(s->time_zone) == count_of(s, VT_SECTION_TIME_ZONE);
}

const char *vt_snapshot_first_wrong(const vt_snapshot *s)
{
    const struct {
        const vt_ids *ids;
        vt_section text;
        bool sorted;
    } tables[] = {
        {&s->users, VT_SECTION_USER_TEXT, true},
        {&s->items, VT_SECTION_ITEM_TEXT, true},
        {&s->orders, VT_SECTION_ORDER_TEXT, true},
        {&s->sessions, VT_SECTION_SESSION_TEXT, true},
        {&s->placements, VT_SECTION_PLACEMENT_TEXT, true},
        {&s->models, VT_SECTION_MODEL_TEXT, true},
        {&s->requests, VT_SECTION_REQUEST_TEXT, true},
        {&s->titles, VT_SECTION_TITLE_TEXT, false},
        {&s->images, VT_SECTION_IMAGE_TEXT, false},
        {&s->categories, VT_SECTION_CATEGORY_TEXT, true},
        {&s->brands, VT_SECTION_BRAND_TEXT, true},
        {&s->item_attributes, VT_SECTION_ITEM_ATTRIBUTE_TEXT, true},
        {&s->user_attributes, VT_SECTION_USER_ATTRIBUTE_TEXT, true},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (!vt_ids_in_order(tables[i].ids, count_of(s, tables[i].text), tables[i].sorted)) {
            return "its ids or names are out of order";
        }
    }
    if (!meta_holds(s)) {
        return "its description is not one";
    }
    if (!events_hold(s)) {
        return "its events name what is not there";
    }
    if (!order_holds(s)) {
        return "its events are out of order";
    }
    if (!vt_timeline_holds(s)) {
        return "its order lines or visits are not those of its events";
    }
    if (!indices_hold(s->item_category, (uint64_t)s->n_items, -1, s->categories.n) ||
        !indices_hold(s->item_brand, (uint64_t)s->n_items, -1, s->brands.n)) {
        return "its items name a category or brand that is not there";
    }
    if (!attributes_hold(s->item_attribute_ptr, s->item_attribute, s->n_items, count_of(s, VT_SECTION_ITEM_ATTRIBUTE),
                         s->item_attributes.n) ||
        !attributes_hold(s->user_attribute_ptr, s->user_attribute, s->n_users, count_of(s, VT_SECTION_USER_ATTRIBUTE),
                         s->user_attributes.n)) {
        return "its attributes are out of order";
    }
    if (!vt_stocks_hold(s)) {
        return "its stocks are out of order";
    }
    return NULL;
}
