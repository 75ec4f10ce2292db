/* Opening a generation is one pass over the columns; what it keeps besides the mapping are blocks of the catalogue. */
#include "live/generation.h"

#include "base/alloc.h"

#define TAIL_MAX ((int64_t)VT_TAIL_CHUNK * VT_TAIL_CHUNKS)

int32_t vt_rows_map_find(const vt_rows_map *map, int64_t row)
{
    return row > 0 && (size_t)row < map->n ? map->dense[row] : -1;
}

int vt_rows_map_set(vt_rows_map *map, int64_t row, int32_t dense, vt_error *err)
{
    if (row <= 0 || row > INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "row %lld of the store is out of range", (long long)row);
    }
    if ((size_t)row >= map->n) {
        size_t n = map->n * 3 / 2 > (size_t)row + 1 ? map->n * 3 / 2 : (size_t)row + 64;
        int32_t *grown = vt_realloc(map->dense, n, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        for (size_t i = map->n; i < n; i++) {
            grown[i] = -1;
        }
        map->dense = grown;
        map->n = n;
    }
    map->dense[row] = dense;
    return VT_OK;
}

static int map_rows(vt_rows_map *map, const int64_t *row, int32_t n, vt_error *err)
{
    int64_t most = 0;
    for (int32_t i = 0; i < n; i++) {
        most = row[i] > most ? row[i] : most;
    }
    int status = most > 0 ? vt_rows_map_set(map, most, -1, err) : VT_OK;
    for (int32_t i = 0; i < n && status == VT_OK; i++) {
        status = vt_rows_map_set(map, row[i], i, err);
    }
    return status;
}

/* The catalogue as the snapshot has it, with how often each item counts. What is known of users stays there. */
static int make_tables(vt_generation *g, vt_error *err)
{
    const vt_snapshot *s = g->snapshot;
    int status = vt_block_table_create(&g->user_table, &vt_user_blocks, s->n_users, false, err);
    status = status != VT_OK ? status : vt_block_table_create(&g->item_table, &vt_item_blocks, s->n_items, true, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t i = 0; i < s->n_items; i++) {
        vt_item_block *b = g->item_table->block[i >> VT_BLOCK_BITS];
        size_t k = (size_t)i & VT_BLOCK_MASK;
        b->price[k] = s->item_price[i];
        b->cost[k] = s->item_cost[i];
        b->stock[k] = s->item_stock[i];
        b->available_from[k] = s->item_available_from[i];
        b->available_until[k] = s->item_available_until[i];
        b->category[k] = s->item_category[i];
        b->brand[k] = s->item_brand[i];
        b->title[k] = vt_ids_get(&s->titles, i);
        b->image[k] = vt_ids_get(&s->images, i);
    }
    for (int64_t e = 0; e < s->n_all; e++) { /* guests buy, too */
        if (s->positive[e]) {
            int32_t i = s->item[e];
            vt_item_block *b = g->item_table->block[i >> VT_BLOCK_BITS];
            b->count[i & VT_BLOCK_MASK]++;
        }
    }
    return VT_OK;
}

/* Names of a generation, and the table of the snapshot before them. */
static const struct {
    size_t names, frozen;
} name_fields[] = {
    {offsetof(vt_generation, categories), offsetof(vt_snapshot, categories)},
    {offsetof(vt_generation, brands), offsetof(vt_snapshot, brands)},
    {offsetof(vt_generation, orders), offsetof(vt_snapshot, orders)},
    {offsetof(vt_generation, sessions), offsetof(vt_snapshot, sessions)},
    {offsetof(vt_generation, placements), offsetof(vt_snapshot, placements)},
    {offsetof(vt_generation, models), offsetof(vt_snapshot, models)},
    {offsetof(vt_generation, requests), offsetof(vt_snapshot, requests)},
    {offsetof(vt_generation, user_attributes), offsetof(vt_snapshot, user_attributes)},
    {offsetof(vt_generation, item_attributes), offsetof(vt_snapshot, item_attributes)},
};

enum { NAMES = sizeof name_fields / sizeof name_fields[0] };

static vt_names *names_of(vt_generation *g, size_t i)
{
    return (vt_names *)(void *)((char *)g + name_fields[i].names);
}

static int create(vt_generation *g, vt_error *err)
{
    const vt_snapshot *s = g->snapshot;
    int status = vt_positive_parse(&g->rule, s->positive_rule, err);
    status = status != VT_OK ? status : vt_arena_create(&g->arena, 0, err);
    status = status != VT_OK ? status : vt_tail_init(&g->tail, (int64_t)s->n_users + TAIL_MAX, err);
    status = status != VT_OK ? status : vt_marks_init(&g->marks, s->n_all + TAIL_MAX, err);
    for (size_t i = 0; status == VT_OK && i < NAMES; i++) {
        const char *ids = (const char *)s + name_fields[i].frozen;
        status = vt_names_init(names_of(g, i), (const vt_ids *)(const void *)ids, err);
    }
    status = status != VT_OK ? status : vt_attribute_reader_init(&g->reader, g->arena, err);
    status = status != VT_OK ? status : map_rows(&g->user_rows, s->user_row, s->n_users, err);
    status = status != VT_OK ? status : map_rows(&g->item_rows, s->item_row, s->n_items, err);
    return status != VT_OK ? status : make_tables(g, err);
}

int vt_generation_create(vt_generation **out, vt_snapshot *snapshot, bool borrowed, vt_error *err)
{
    vt_generation *g = vt_alloc_zero(1, sizeof *g, err);
    if (g == NULL) {
        vt_snapshot_free(borrowed ? NULL : snapshot);
        return VT_ERR_NO_MEMORY;
    }
    static _Atomic int64_t generations;
    atomic_init(&g->refs, 1);
    g->number = atomic_fetch_add(&generations, 1) + 1;
    g->snapshot = snapshot;
    g->borrowed = borrowed;
    int status = create(g, err);
    if (status != VT_OK) {
        vt_generation_release(g);
        return status;
    }
    *out = g;
    return VT_OK;
}

vt_generation *vt_generation_hold(vt_generation *g)
{
    atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
    return g;
}

void vt_generation_release(vt_generation *g)
{
    if (g == NULL || atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    vt_block_table_release(g->item_table);
    vt_block_table_release(g->user_table);
    for (size_t i = 0; i < NAMES; i++) {
        vt_names_done(names_of(g, i));
    }
    vt_attribute_reader_done(&g->reader);
    vt_texts_done(&g->users);
    vt_texts_done(&g->items);
    vt_free(g->user_rows.dense);
    vt_free(g->item_rows.dense);
    vt_marks_done(&g->marks);
    vt_tail_done(&g->tail);
    vt_stock_tail_done(&g->stocks);
    vt_arena_free(g->arena);
    vt_snapshot_free(g->borrowed ? NULL : g->snapshot);
    vt_free(g);
}

/* A text of an item in the arena, or as it was. */
static int keep_text(vt_str *text, vt_arena *arena, vt_str now, vt_error *err)
{
    now = now.ptr == NULL ? vt_str_of("") : now;
    if (vt_str_equal(*text, now)) {
        return VT_OK;
    }
    vt_str kept = vt_arena_str(arena, now, err);
    *text = kept.ptr == NULL ? *text : kept;
    return kept.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_generation_fill_item(vt_generation *g, vt_item_block *block, int32_t at, const vt_item *item, vt_error *err)
{
    size_t k = (size_t)at & VT_BLOCK_MASK;
    int32_t category = -1, brand = -1;
    vt_str title = block->title[k], image = block->image[k];
    int status = vt_names_intern(&category, &g->categories, g->arena, item->category, err);
    status = status != VT_OK ? status : vt_names_intern(&brand, &g->brands, g->arena, item->brand, err);
    status = status != VT_OK ? status : keep_text(&title, g->arena, item->title, err);
    if (status == VT_OK) {
        status = keep_text(&image, g->arena, item->n_images > 0 ? item->images[0] : vt_str_of(""), err);
    }
    const vt_number_list *attributes = NULL;
    if (status == VT_OK) {
        status = vt_attributes_read_item(&attributes, &g->reader, &g->item_attributes, block->attributes[k], item, err);
    }
    if (status != VT_OK) {
        return status;
    }
    block->attributes[k] = attributes;
    block->title[k] = title;
    block->image[k] = image;
    block->category[k] = category;
    block->brand[k] = brand;
    block->price[k] = item->price;
    block->cost[k] = item->cost;
    block->stock[k] = item->stock;
    block->available_from[k] = item->available_from;
    block->available_until[k] = item->available_until;
    return VT_OK;
}

int vt_generation_fill_user(vt_generation *g, vt_user_block *block, int32_t at, const vt_user *user, vt_error *err)
{
    const vt_number_list **list = &block->attributes[at & VT_BLOCK_MASK];
    return vt_attributes_read_user(list, &g->reader, &g->user_attributes, *list, user, err);
}

/* Guests stand by session, and those without one before them. */
static void guests_of(const vt_snapshot *s, int32_t session, int64_t *begin, int64_t *end)
{
    int64_t bound[2];
    for (int side = 0; side < 2; side++) {
        int64_t low = s->n_events, high = s->n_all;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (s->session[middle] < session + side) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        bound[side] = low;
    }
    *begin = bound[0];
    *end = bound[1];
}

int64_t vt_generation_find_event(const vt_generation *g, int64_t id, int32_t user, vt_str session, int64_t n_tail)
{
    const vt_snapshot *s = g->snapshot;
    int64_t begin = 0, end = 0;
    if (id > s->last_event) {
        int64_t at = vt_tail_find(&g->tail, id, n_tail);
        return at < 0 ? -1 : s->n_all + at;
    }
    if (user >= 0 && user < s->n_users) {
        begin = s->user_ptr[user];
        end = s->user_ptr[user + 1];
    } else if (user < 0) {
        guests_of(s, session.len == 0 ? -1 : vt_ids_find(&s->sessions, session), &begin, &end);
    }
    for (int64_t e = begin; e < end; e++) {
        if (s->id[e] == id) {
            return e;
        }
    }
    return -1;
}
