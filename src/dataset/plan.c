/* Planning: cut the core, rank the ids and names, order the events, count the elements of each section. */
#include "dataset/plan.h"

#include "base/alloc.h"
#include "dataset/stocks.h"
#include "dataset/timeline.h"

void vt_snapshot_plan_done(vt_snapshot_plan *p)
{
    vt_ranking *const rankings[] = {&p->users,           &p->items,           &p->categories, &p->brands,
                                    &p->item_attributes, &p->user_attributes, &p->orders,     &p->sessions,
                                    &p->placements,      &p->models,          &p->requests};
    for (size_t i = 0; i < sizeof rankings / sizeof rankings[0]; i++) {
        vt_ranking_done(rankings[i]);
    }
    vt_free(p->order);
    vt_free(p->ptr);
}

static bool has_core(const vt_builder *b)
{
    return b->min_user > 0 || b->min_item > 0;
}

/* Ranks the users and items that the core keeps. */
static int rank_kept(vt_snapshot_plan *p, const vt_builder *b, vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    size_t n_users = (size_t)b->users.n;
    size_t n_items = (size_t)b->items.n;
    uint8_t *keep_user = vt_alloc(n_users, 1, err);
    uint8_t *keep_item = keep_user == NULL ? NULL : vt_alloc(n_items, 1, err);
    if (keep_item == NULL) {
        goto out;
    }
    memset(keep_user, 1, n_users);
    memset(keep_item, 1, n_items);
    status = VT_OK;
    if (has_core(b)) {
        status = vt_core_cut(keep_user, b->users.n, keep_item, b->items.n, &b->events, b->min_user, b->min_item, err);
    }
    status =
        status != VT_OK ? status : vt_ranking_make(&p->users, vt_text_list_at, &b->users, b->users.n, keep_user, err);
    status =
        status != VT_OK ? status : vt_ranking_make(&p->items, vt_text_list_at, &b->items, b->items.n, keep_item, err);
out:
    vt_free(keep_item);
    vt_free(keep_user);
    return status;
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

/* Room to mark which names of a map are used. */
static uint8_t *mark_names(const vt_map *names, vt_error *err)
{
    return vt_alloc_zero(vt_map_count(names), 1, err);
}

/* Ranks the marked names of a map, and frees the marks. */
static int rank_marked(vt_ranking *out, const vt_map *names, uint8_t *used, vt_error *err)
{
    int status = vt_ranking_make(out, vt_map_text_at, names, (int32_t)vt_map_count(names), used, err);
    vt_free(used);
    return status;
}

/* Ranks those names of a map that `number` (rows of `rows`) uses. */
static int rank_names(vt_ranking *out, const vt_map *names, const int32_t *number, const vt_ranking *rows,
                      vt_error *err)
{
    uint8_t *used = mark_names(names, err);
    if (used == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < rows->n; i++) {
        int32_t name = number[rows->order[i]];
        if (name >= 0) {
            used[name] = 1;
        }
    }
    return rank_marked(out, names, used, err);
}

/* As rank_names(), for lists of names; `*total` is how many the rows have together. */
static int rank_attributes(vt_ranking *out, uint64_t *total, const vt_attribute_list *list, const vt_ranking *rows,
                           vt_error *err)
{
    uint8_t *used = mark_names(list->names, err);
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
    return rank_marked(out, list->names, used, err);
}

/* As rank_names(), for names of events: with a core those of events that are kept, else all. */
static int rank_event_names(vt_ranking *out, const vt_map *names, const int32_t *number, const vt_event_groups *groups,
                            const vt_event_columns *events, bool core, vt_error *err)
{
    if (!core) {
        return vt_ranking_make(out, vt_map_text_at, names, (int32_t)vt_map_count(names), NULL, err);
    }
    uint8_t *used = mark_names(names, err);
    if (used == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < events->n; e++) {
        if (number[e] >= 0 && vt_event_group(groups, events, e) >= 0) {
            used[number[e]] = 1;
        }
    }
    return rank_marked(out, names, used, err);
}

static int rank_all_event_names(vt_snapshot_plan *p, const vt_builder *b, const vt_event_groups *groups, vt_error *err)
{
    const struct {
        vt_ranking *ranking;
        const vt_map *names;
        const int32_t *number;
    } columns[] = {
        {&p->orders, b->orders, b->events.order},
        {&p->sessions, b->sessions, b->events.session},
        {&p->placements, b->placements, b->events.placement},
        {&p->models, b->models, b->events.model},
        {&p->requests, b->requests, b->events.request},
    };
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < sizeof columns / sizeof columns[0]; i++) {
        status = rank_event_names(columns[i].ranking, columns[i].names, columns[i].number, groups, &b->events,
                                  has_core(b), err);
    }
    return status;
}

static int order_events(vt_snapshot_plan *p, const vt_builder *b, vt_error *err)
{
    bool core = has_core(b);
    vt_event_groups groups = {.users = &p->users, .items = &p->items};
    int status = rank_all_event_names(p, b, &groups, err);
    if (status != VT_OK) {
        return status;
    }
    groups.sessions = core ? NULL : &p->sessions;
    size_t n = vt_event_groups_count(&groups);
    p->ptr = vt_alloc(n + 1, sizeof *p->ptr, err);
    if (p->ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    status = vt_order_events(&p->order, p->ptr, &b->events, &groups, err);
    p->n_all = status == VT_OK ? p->ptr[n] : 0;
    return status;
}

static void count_names(vt_snapshot_plan *p, vt_section offsets, const vt_ranking *ranking)
{
    p->count[offsets] = (uint64_t)ranking->n + 1;
    p->count[offsets + 1] = (uint64_t)ranking->bytes;
}

/* Counts the sections whose shape does not give their number of elements; then all others. */
static void count_sections(vt_snapshot_plan *p, const vt_builder *b)
{
    p->count[VT_SECTION_RULE] = strlen(b->rule_text);
    count_names(p, VT_SECTION_USER_OFFSET, &p->users);
    count_names(p, VT_SECTION_ITEM_OFFSET, &p->items);
    count_names(p, VT_SECTION_CATEGORY_OFFSET, &p->categories);
    count_names(p, VT_SECTION_BRAND_OFFSET, &p->brands);
    count_names(p, VT_SECTION_ITEM_ATTRIBUTE_OFFSET, &p->item_attributes);
    count_names(p, VT_SECTION_USER_ATTRIBUTE_OFFSET, &p->user_attributes);
    count_names(p, VT_SECTION_ORDER_OFFSET, &p->orders);
    count_names(p, VT_SECTION_SESSION_OFFSET, &p->sessions);
    count_names(p, VT_SECTION_PLACEMENT_OFFSET, &p->placements);
    count_names(p, VT_SECTION_MODEL_OFFSET, &p->models);
    count_names(p, VT_SECTION_REQUEST_OFFSET, &p->requests);
    for (int32_t i = 0; i < p->items.n; i++) {
        p->count[VT_SECTION_TITLE_TEXT] += vt_text_list_at(&b->titles, p->items.order[i]).len;
        p->count[VT_SECTION_IMAGE_TEXT] += vt_text_list_at(&b->images, p->items.order[i]).len;
    }
    p->count[VT_SECTION_STOCK_TIME] = p->count[VT_SECTION_STOCK_PIECES] = vt_stocks_count(b, &p->items);
    vt_layout_sizes sizes = {
        .users = (uint64_t)p->users.n, .items = (uint64_t)p->items.n, .events = (uint64_t)p->n_all};
    for (int64_t e = 0; e < p->n_all; e++) {
        uint8_t kind = VT_TAG_KIND(b->events.tag[p->order[e]]);
        int64_t time = b->events.time[p->order[e]];
        sizes.lines += vt_timeline_is_line(kind, time);
        sizes.visits += vt_timeline_is_visit(kind, time);
    }
    for (vt_section s = VT_SECTION_META; s < VT_SECTIONS; s++) {
        p->count[s] = vt_layout_count(s, &sizes, p->count[s]);
    }
}

int vt_snapshot_plan_make(vt_snapshot_plan *p, const vt_builder *b, vt_error *err)
{
    int status = rank_kept(p, b, err);
    status = status != VT_OK ? status : check_distinct(&p->users, &b->users, "user", err);
    status = status != VT_OK ? status : check_distinct(&p->items, &b->items, "item", err);
    status = status != VT_OK ? status : rank_names(&p->categories, b->categories, b->item.category, &p->items, err);
    status = status != VT_OK ? status : rank_names(&p->brands, b->brands, b->item.brand, &p->items, err);
    status = status != VT_OK ? status
                             : rank_attributes(&p->item_attributes, &p->count[VT_SECTION_ITEM_ATTRIBUTE],
                                               &b->item_attributes, &p->items, err);
    status = status != VT_OK ? status
                             : rank_attributes(&p->user_attributes, &p->count[VT_SECTION_USER_ATTRIBUTE],
                                               &b->user_attributes, &p->users, err);
    status = status != VT_OK ? status : order_events(p, b, err);
    if (status == VT_OK) {
        count_sections(p, b);
    }
    return status;
}
