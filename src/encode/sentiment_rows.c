/*
 * Phrases item by item, so that no more than one item's words are in memory beside those of the shop, which are what
 * each item is compared with and come from a part of the sample.
 */
#include "encode/sentiment_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

enum {
    SHOP_REVIEWS = 10000, /* for, and as many against: what phrases are compared with */
    ITEM_REVIEWS = 2000,  /* of an item at most */
    ITEM_PHRASES = 5,
    SHOP_PHRASES = VT_PHRASES_MAX,
    ITEM_PEOPLE = 2, /* different reviewers who use a phrase, at least */
    SHOP_PEOPLE = 3
};

static const char *const kinds[VT_SETS] = {"sentiment", "sentiment_quality", "phrase_for", "phrase_against"};
static const char stage[] = "finding phrases";

int vt_sentiment_rows_add(vt_sentiment_rows *rows, vt_sentiment_set set, const vt_result *row, vt_error *err)
{
    int status = rows->texts == NULL ? vt_arena_create(&rows->texts, 0, err) : VT_OK;
    if (status == VT_OK) {
        status = vt_alloc_next(&rows->set[set].row, &rows->set[set].capacity, rows->set[set].n, sizeof *row, err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_result copy = *row;
    copy.subject = vt_arena_str(rows->texts, row->subject, err);
    copy.object = copy.subject.ptr == NULL ? copy.object : vt_arena_str(rows->texts, row->object, err);
    if (copy.subject.ptr == NULL || (row->object.ptr != NULL && copy.object.ptr == NULL)) {
        return VT_ERR_NO_MEMORY;
    }
    rows->set[set].row[rows->set[set].n++] = copy;
    return VT_OK;
}

int vt_sentiment_rows_write(const vt_sentiment_rows *rows, vt_shop *shop, vt_error *err)
{
    vt_result_rows sets[VT_SETS];
    for (int s = 0; s < VT_SETS; s++) {
        sets[s] = (vt_result_rows){kinds[s], rows->set[s].row, rows->set[s].n};
    }
    return vt_results_replace(shop, sets, VT_SETS, err);
}

void vt_sentiment_rows_done(vt_sentiment_rows *rows)
{
    for (int s = 0; s < VT_SETS; s++) {
        vt_free(rows->set[s].row);
    }
    vt_arena_free(rows->texts);
    *rows = (vt_sentiment_rows){0};
}

/* ---- phrases ----------------------------------------------------------------------------------------------------- */

/* What an item is called, for phrases that only name it. */
typedef struct naming {
    vt_buf title;
    vt_error *err;
} naming;

static int add_name(naming *n, vt_str text)
{
    int status = text.len > 0 ? vt_buf_add(&n->title, text.ptr, text.len, n->err) : VT_OK;
    return status == VT_OK && text.len > 0 ? vt_buf_add(&n->title, " ", 1, n->err) : status;
}

static int on_item(void *context, int64_t row, const vt_item *item)
{
    naming *n = context;
    (void)row;
    int status = add_name(n, item->title);
    return status == VT_OK ? add_name(n, item->brand) : status;
}

/* The phrases of one subject, both ways. */
static int add_phrases(vt_sentiment_rows *rows, const vt_phrase_counts *counts, const vt_phrase_counts *shop,
                       vt_str subject, vt_str title, int64_t people, size_t most, size_t *added, vt_error *err)
{
    static const struct {
        vt_stance stance;
        vt_sentiment_set set;
    } sides[] = {{VT_FOR, VT_SET_FOR}, {VT_AGAINST, VT_SET_AGAINST}};
    int status = VT_OK;
    *added = 0;
    for (size_t s = 0; s < 2 && status == VT_OK; s++) {
        vt_phrase phrase[VT_PHRASES_MAX];
        size_t n = 0;
        status = vt_phrases_pick(phrase, &n, counts, shop, sides[s].stance, people, title, most, err);
        for (size_t i = 0; i < n && status == VT_OK; i++) {
            double lean = fabs(phrase[i].lean), half = 1.959964 * phrase[i].deviation;
            vt_result row = {.subject = subject,
                             .rank = (int64_t)i + 1,
                             .object = phrase[i].text,
                             .value = lean,
                             .low = lean - half,
                             .high = lean + half,
                             .count = phrase[i].people};
            status = vt_sentiment_rows_add(rows, sides[s].set, &row, err);
        }
        *added += n;
    }
    return status;
}

static int by_turn(const void *a, const void *b)
{
    const vt_opinion *x = a, *y = b;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* The part of the sample that stands for the shop: of each side those whose turn comes first. Texts are borrowed. */
static int part_of(vt_opinion **out, size_t *n, const vt_opinions *opinions, vt_error *err)
{
    size_t taken[2] = {0, 0}, kept = 0;
    vt_opinion *all = vt_alloc(opinions->n, sizeof *all, err);
    if (all == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (opinions->n > 0) {
        memcpy(all, opinions->opinion, opinions->n * sizeof *all);
        qsort(all, opinions->n, sizeof *all, by_turn);
    }
    for (size_t i = 0; i < opinions->n; i++) {
        if (taken[all[i].stance]++ < SHOP_REVIEWS) {
            all[kept++] = all[i];
        }
    }
    *out = all;
    *n = kept;
    return VT_OK;
}

static int phrases_of_item(vt_sentiment_rows *rows, const vt_opinion *opinion, size_t n, const vt_phrase_counts *shop,
                           vt_str id, vt_store *store, size_t *added, vt_error *err)
{
    vt_phrase_counts *counts = NULL;
    naming name = {.err = err};
    vt_buf_init(&name.title, 4 * VT_TEXT_BYTES_MAX);
    int status = vt_store_item(store, id, on_item, &name, err);
    if (status == VT_OK) {
        status = vt_phrase_count(&counts, opinion, n < ITEM_REVIEWS ? n : ITEM_REVIEWS, err);
    }
    if (status == VT_OK) {
        const vt_str title = {name.title.len == 0 ? "" : name.title.data, name.title.len};
        status = add_phrases(rows, counts, shop, id, title, ITEM_PEOPLE, ITEM_PHRASES, added, err);
    }
    vt_phrase_counts_free(counts);
    vt_buf_done(&name.title);
    return status;
}

static int phrases_of_items(vt_sentiment_rows *rows, const vt_opinions *opinions, const vt_phrase_counts *shop,
                            vt_store *store, int64_t *items, const vt_progress *progress, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0, end = 0; i < opinions->n && status == VT_OK; i = end) {
        size_t added = 0;
        for (end = i; end < opinions->n && opinions->opinion[end].item == opinions->opinion[i].item; end++) {
        }
        const vt_progress_state state = {
            .stage = stage, .unit = "reviews", .done = (double)i, .total = (double)opinions->n};
        status = vt_progress_report(progress, &state, err);
        if (status == VT_OK && end - i >= ITEM_PEOPLE) {
            vt_str id;
            int64_t number = 0;
            vt_map_entry(opinions->items, (size_t)opinions->opinion[i].item, &id, &number);
            status = phrases_of_item(rows, &opinions->opinion[i], end - i, shop, id, store, &added, err);
        }
        *items += added > 0;
    }
    return status;
}

int vt_sentiment_rows_phrases(vt_sentiment_rows *rows, const vt_opinions *opinions, vt_store *store, int64_t *items,
                              const vt_progress *progress, vt_error *err)
{
    vt_opinion *part = NULL;
    vt_phrase_counts *shop = NULL;
    size_t n = 0, added = 0;
    *items = 0;
    int status = part_of(&part, &n, opinions, err);
    if (status == VT_OK) {
        status = vt_phrase_count(&shop, part, n, err);
    }
    if (status == VT_OK) {
        const vt_str whole = {"", 0};
        status = add_phrases(rows, shop, shop, whole, whole, SHOP_PEOPLE, SHOP_PHRASES, &added, err);
    }
    if (status == VT_OK) {
        status = phrases_of_items(rows, opinions, shop, store, items, progress, err);
    }
    vt_phrase_counts_free(shop);
    vt_free(part);
    return status;
}
