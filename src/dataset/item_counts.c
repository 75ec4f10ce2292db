/*
 * Blocks of events with the counts before each. Bounds are by number of events and not by time, so that memory is
 * bounded by the events however they lie in time, and a wrong date far ahead costs nothing.
 */
#include "dataset/item_counts.h"

#include <string.h>

#include "base/alloc.h"

enum { BLOCK_MIN = 256, ITEMS_PER_EVENT = 8 };

struct vt_count_block {
    size_t n, capacity;
    int64_t *time;    /* (n) ascending */
    int32_t *item;    /* (n) */
    size_t wide;      /* items that there were: of others nothing was bought before this block */
    uint32_t *before; /* (wide) events of an item before this block */
};

static void free_block(vt_count_block *b)
{
    if (b != NULL) {
        vt_free(b->time);
        vt_free(b->item);
        vt_free(b->before);
        vt_free(b);
    }
}

void vt_item_counts_done(vt_item_counts *counts)
{
    for (size_t k = 0; k < counts->n_blocks; k++) {
        free_block(counts->block[k]);
    }
    vt_free(counts->block);
    *counts = (vt_item_counts){0};
}

/*
 * ---- blocks -------------------------------------------------------------------------------------------------------
 */

/* A block behind the first `n` events of another: their counts are in its row. */
static vt_count_block *block_after(const vt_item_counts *c, const vt_count_block *other, size_t n, vt_error *err)
{
    size_t share = (size_t)c->n_items / ITEMS_PER_EVENT;
    vt_count_block *b = vt_alloc_zero(1, sizeof *b, err);
    if (b == NULL) {
        return NULL;
    }
    b->capacity = share > BLOCK_MIN ? share : BLOCK_MIN;
    b->capacity = other != NULL && other->capacity > b->capacity ? other->capacity : b->capacity;
    b->wide = (size_t)c->n_items;
    b->time = vt_alloc(b->capacity, sizeof *b->time, err);
    b->item = b->time == NULL ? NULL : vt_alloc(b->capacity, sizeof *b->item, err);
    b->before = b->item == NULL ? NULL : vt_alloc_zero(b->wide, sizeof *b->before, err);
    if (b->before == NULL) {
        free_block(b);
        return NULL;
    }
    if (other != NULL && other->wide > 0) {
        memcpy(b->before, other->before, other->wide * sizeof *b->before);
    }
    for (size_t e = 0; e < n; e++) {
        b->before[other->item[e]]++;
    }
    return b;
}

/* A place for one more block at `at`. */
static int make_place(vt_item_counts *c, size_t at, vt_count_block *block, vt_error *err)
{
    if (c->n_blocks == c->capacity) {
        size_t capacity = c->capacity == 0 ? 8 : 2 * c->capacity;
        vt_count_block **grown = vt_realloc(c->block, capacity, sizeof(vt_count_block *), err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        c->block = grown;
        c->capacity = capacity;
    }
    memmove(c->block + at + 1, c->block + at, (c->n_blocks - at) * sizeof *c->block);
    c->block[at] = block;
    c->n_blocks++;
    return VT_OK;
}

/* Whether what stands at `e` comes before an event; those of one time stand by item. */
static bool is_before(const vt_count_block *b, size_t e, int64_t time, int32_t item)
{
    return b->time[e] != time ? b->time[e] < time : b->item[e] <= item;
}

/* The events of a block that come before one. */
static size_t place_in(const vt_count_block *b, int64_t time, int32_t item)
{
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(b, middle, time, item)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The last block that begins before an event; the first one when none does. */
static size_t block_of(const vt_item_counts *c, int64_t time, int32_t item)
{
    size_t low = 0, high = c->n_blocks;
    if (high > 0 && is_before(c->block[high - 1], 0, time, item)) { /* as a rule */
        return high - 1;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(c->block[middle], 0, time, item)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : 0;
}

/*
 * ---- adding -------------------------------------------------------------------------------------------------------
 */

/* Room for one more event in block `*at`; where it is full the event may go to a new one behind it. */
static int make_room(size_t *at, vt_item_counts *c, int64_t time, int32_t item, vt_error *err)
{
    vt_count_block *full = c->n_blocks == 0 ? NULL : c->block[*at];
    if (full != NULL && full->n < full->capacity) {
        return VT_OK;
    }
    /* At the end of all, blocks stay full; in the middle, the upper half moves. */
    bool last = full == NULL || (*at + 1 == c->n_blocks && is_before(full, full->n - 1, time, item));
    size_t stay = full == NULL ? 0 : last ? full->n : full->n / 2, next = full == NULL ? 0 : *at + 1;
    vt_count_block *b = block_after(c, full, stay, err);
    int status = b == NULL ? VT_ERR_NO_MEMORY : make_place(c, next, b, err);
    if (status != VT_OK) {
        free_block(b);
        return status;
    }
    if (!last) {
        b->n = full->n - stay;
        memcpy(b->time, full->time + stay, b->n * sizeof *b->time);
        memcpy(b->item, full->item + stay, b->n * sizeof *b->item);
        full->n = stay;
    }
    *at = last || is_before(b, 0, time, item) ? next : *at;
    return VT_OK;
}

/* A number for `item` in the rows of the blocks behind `at`. */
static int widen(vt_item_counts *c, size_t at, int32_t item, vt_error *err)
{
    size_t wide = (size_t)c->n_items;
    for (size_t k = at + 1; k < c->n_blocks; k++) {
        vt_count_block *b = c->block[k];
        if ((size_t)item < b->wide) {
            continue;
        }
        uint32_t *grown = vt_realloc(b->before, wide, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        memset(grown + b->wide, 0, (wide - b->wide) * sizeof *grown);
        b->before = grown;
        b->wide = wide;
    }
    return VT_OK;
}

int vt_item_counts_add(vt_item_counts *c, int64_t time, int32_t item, vt_error *err)
{
    size_t at = block_of(c, time, item);
    int status = widen(c, at, item, err);
    if (status == VT_OK) {
        status = make_room(&at, c, time, item, err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_count_block *b = c->block[at];
    size_t place = place_in(b, time, item), behind = b->n - place;
    memmove(b->time + place + 1, b->time + place, behind * sizeof *b->time);
    memmove(b->item + place + 1, b->item + place, behind * sizeof *b->item);
    b->time[place] = time;
    b->item[place] = item;
    b->n++;
    for (size_t k = at + 1; k < c->n_blocks; k++) {
        c->block[k]->before[item]++;
    }
    c->n++;
    return VT_OK;
}

/*
 * ---- reading ------------------------------------------------------------------------------------------------------
 */

static void add_row(float *count, const vt_count_block *b, size_t n_items, const vt_item_subset *of, float sign)
{
    if (of == NULL) {
        size_t n = n_items < b->wide ? n_items : b->wide;
        for (size_t i = 0; i < n; i++) {
            count[i] += sign * (float)b->before[i];
        }
        return;
    }
    for (size_t i = 0; i < of->n; i++) {
        count[i] += (size_t)of->item[i] < b->wide ? sign * (float)b->before[of->item[i]] : 0.0F;
    }
}

static void add_events(float *count, const vt_count_block *b, size_t begin, size_t end, size_t n_items,
                       const vt_item_subset *of, float sign)
{
    for (size_t e = begin; e < end; e++) {
        size_t item = (size_t)b->item[e];
        int32_t at = of == NULL && item < n_items       ? b->item[e]
                     : of != NULL && item < of->n_items ? of->place[item]
                                                        : -1;
        if (at >= 0) {
            count[at] += sign;
        }
    }
}

/* Floats hold such counts exactly, so it is the same from which side of a block they are taken. */
void vt_item_counts_before(float *count, const vt_item_counts *c, size_t n_items, const vt_item_subset *of,
                           int64_t moment, float sign)
{
    if (c->n_blocks == 0) {
        return;
    }
    size_t k = block_of(c, moment, -1);
    const vt_count_block *b = c->block[k];
    size_t end = place_in(b, moment, -1);
    if (end > b->n / 2 && k + 1 < c->n_blocks) {
        add_row(count, c->block[k + 1], n_items, of, sign);
        add_events(count, b, end, b->n, n_items, of, -sign);
    } else {
        add_row(count, b, n_items, of, sign);
        add_events(count, b, 0, end, n_items, of, sign);
    }
}

int64_t vt_item_counts_of(const vt_item_counts *c, int32_t item, int64_t moment)
{
    if (c->n_blocks == 0) {
        return 0;
    }
    size_t k = block_of(c, moment, -1);
    const vt_count_block *b = c->block[k];
    size_t end = place_in(b, moment, -1);
    bool above = end > b->n / 2 && k + 1 < c->n_blocks; /* the nearer bound */
    const vt_count_block *bound = above ? c->block[k + 1] : b;
    int32_t between = 0;
    for (size_t e = above ? end : 0; e < (above ? b->n : end); e++) {
        between += b->item[e] == item;
    }
    int64_t at_bound = item >= 0 && (size_t)item < bound->wide ? (int64_t)bound->before[item] : 0;
    return above ? at_bound - between : at_bound + between;
}

void vt_item_counts_copy(const vt_item_counts *c, int64_t *time, int32_t *item)
{
    for (size_t k = 0, to = 0; k < c->n_blocks; k++) {
        const vt_count_block *b = c->block[k];
        memcpy(time + to, b->time, b->n * sizeof *time);
        memcpy(item + to, b->item, b->n * sizeof *item);
        to += b->n;
    }
}

int64_t vt_item_counts_last(const vt_item_counts *c)
{
    if (c->n_blocks == 0) {
        return VT_NONE;
    }
    const vt_count_block *b = c->block[c->n_blocks - 1];
    return b->time[b->n - 1];
}

void vt_item_counts_after(const vt_item_counts *counts, int64_t moment, vt_count_each each, void *context)
{
    for (size_t k = counts->n_blocks; k-- > 0;) {
        const vt_count_block *b = counts->block[k];
        if (b->n > 0 && b->time[b->n - 1] <= moment) {
            return;
        }
        for (size_t e = b->n; e-- > 0 && b->time[e] > moment;) {
            each(context, b->time[e], b->item[e]);
        }
    }
}
