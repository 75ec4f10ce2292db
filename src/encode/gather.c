/*
 * One pass over the store, short enough not to hold up a writer: ids, and of texts no more than their hash. Whoever
 * encodes asks for the few texts that are new again.
 */
#include "encode/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "encode/clean.h"

enum { TEXT_CAP = 8 << 20, REPORT_EVERY = 1024 };

typedef struct pass {
    vt_gathered *to;
    vt_encoder_kind kind;
    const vt_reviews *reviews;
    const vt_progress *progress;
    vt_buf text;
    vt_error *err;
    int status;
} pass;

static int add_content(vt_gathered *g, int32_t item, const vt_content_key *key, vt_str photo, vt_error *err)
{
    if (g->n == g->capacity) {
        size_t capacity = g->capacity == 0 ? 1024 : 2 * g->capacity;
        vt_content *grown = vt_realloc(g->contents, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->contents = grown;
        g->capacity = capacity;
    }
    int status = vt_text_list_add(&g->photos, photo, err);
    if (status == VT_OK) {
        g->contents[g->n] = (vt_content){.item = item, .usable = key != NULL};
        if (key != NULL) {
            g->contents[g->n].key = *key;
        }
        g->n++;
    }
    return status;
}

static int add_text(pass *w, int32_t item, const vt_item *row)
{
    vt_content_key key;
    vt_buf_clear(&w->text);
    int status = vt_item_text(&w->text, row, w->reviews, w->err);
    if (status != VT_OK || w->text.len == 0) {
        return status;
    }
    vt_content_key_make(&key, w->text.data, w->text.len);
    return add_content(w->to, item, &key, vt_str_of(""), w->err);
}

static int add_photos(pass *w, int32_t item, const vt_item *row)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < row->n_images; i++) {
        vt_str photo = row->images[i];
        if (memmem(photo.ptr, photo.len, "://", 3) != NULL) {
            w->to->addresses++;
        } else if (photo.len > 0) {
            status = add_content(w->to, item, NULL, photo, w->err);
        }
    }
    return status;
}

static int on_item(void *context, int64_t row, const vt_item *item)
{
    pass *w = context;
    vt_gathered *g = w->to;
    size_t before = g->n;
    (void)row;
    w->status = vt_text_list_add(&g->ids, item->id, w->err);
    if (w->status == VT_OK) {
        w->status = w->kind == VT_ENCODER_TEXT ? add_text(w, g->ids.n - 1, item) : add_photos(w, g->ids.n - 1, item);
    }
    g->without += g->n == before;
    if (w->status == VT_OK && g->ids.n % REPORT_EVERY == 0) {
        const vt_progress_state state = {.stage = "reading items", .unit = "items", .done = g->ids.n};
        w->status = vt_progress_report(w->progress, &state, w->err);
    }
    return w->status;
}

int vt_gather(vt_gathered *out, vt_store *store, vt_encoder_kind kind, const vt_reviews *reviews,
              const vt_progress *progress, vt_error *err)
{
    vt_gathered g = {.n = 0};
    pass w = {.to = &g, .kind = kind, .reviews = reviews, .progress = progress, .err = err};
    vt_buf_init(&w.text, TEXT_CAP);
    int status = vt_store_each_item_after(store, 0, on_item, &w, err);
    vt_buf_done(&w.text);
    if (status != VT_OK) {
        vt_gathered_done(&g);
        return status;
    }
    *out = g;
    return VT_OK;
}

void vt_gathered_done(vt_gathered *gathered)
{
    vt_text_list_done(&gathered->ids);
    vt_text_list_done(&gathered->photos);
    vt_free(gathered->contents);
    gathered->contents = NULL;
}

/* An item's place in the order of ids. */
typedef struct place {
    vt_str id;
    size_t begin, end; /* of its contents */
} place;

static int by_id(const void *a, const void *b)
{
    return vt_str_compare(((const place *)a)->id, ((const place *)b)->id);
}

/* The arrays of a table of items, of one slab each. */
typedef struct table {
    place *places;
    int64_t *id_at, *ptr, *photo_at;
    vt_content_key *keys;
    char *ids, *photos;
} table;

static void table_done(table *t)
{
    vt_free(t->places);
    vt_free(t->id_at);
    vt_free(t->ptr);
    vt_free(t->photo_at);
    vt_free(t->keys);
    vt_free(t->ids);
    vt_free(t->photos);
}

static size_t text_bytes(const vt_text_list *list)
{
    return list->n == 0 ? 0 : (size_t)list->end[list->n - 1];
}

static int table_alloc(table *t, const vt_gathered *g, vt_error *err)
{
    size_t n = (size_t)g->ids.n;
    t->places = vt_alloc_zero(n, sizeof *t->places, err);
    t->id_at = t->places == NULL ? NULL : vt_alloc_zero(n + 1, sizeof *t->id_at, err);
    t->ptr = t->id_at == NULL ? NULL : vt_alloc_zero(n + 1, sizeof *t->ptr, err);
    t->photo_at = t->ptr == NULL ? NULL : vt_alloc_zero(g->n + 1, sizeof *t->photo_at, err);
    t->keys = t->photo_at == NULL ? NULL : vt_alloc(g->n, sizeof *t->keys, err);
    t->ids = t->keys == NULL ? NULL : vt_alloc(text_bytes(&g->ids), 1, err);
    t->photos = t->ids == NULL ? NULL : vt_alloc(text_bytes(&g->photos), 1, err);
    return t->photos == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void table_fill(table *t, const vt_gathered *g)
{
    size_t n = (size_t)g->ids.n, p = 0;
    for (size_t i = 0, c = 0; i < n; i++) {
        t->places[i].id = vt_text_list_at(&g->ids, (int32_t)i);
        t->places[i].begin = c;
        while (c < g->n && g->contents[c].item == (int32_t)i) {
            c++;
        }
        t->places[i].end = c;
    }
    qsort(t->places, n, sizeof *t->places, by_id);
    for (size_t i = 0; i < n; i++) {
        const place *at = &t->places[i];
        memcpy(t->ids + t->id_at[i], at->id.ptr, at->id.len);
        t->id_at[i + 1] = t->id_at[i] + (int64_t)at->id.len;
        for (size_t c = at->begin; c < at->end; c++) {
            if (!g->contents[c].usable) {
                continue;
            }
            vt_str photo = vt_text_list_at(&g->photos, (int32_t)c);
            t->keys[p] = g->contents[c].key;
            memcpy(t->photos + t->photo_at[p], photo.ptr, photo.len);
            t->photo_at[p + 1] = t->photo_at[p] + (int64_t)photo.len;
            p++;
        }
        t->ptr[i + 1] = (int64_t)p;
    }
}

int vt_gathered_write(const vt_gathered *gathered, const char *shop, const vt_encoder_info *encoder, vt_error *err)
{
    table t = {0};
    int status = table_alloc(&t, gathered, err);
    if (status == VT_OK) {
        table_fill(&t, gathered);
        const vt_item_contents contents = {.ids = {gathered->ids.n, t.id_at, t.ids},
                                           .ptr = t.ptr,
                                           .key = t.keys,
                                           .photo = {(int32_t)t.ptr[gathered->ids.n], t.photo_at, t.photos}};
        status = vt_item_contents_write(shop, encoder->kind, encoder->name, encoder->hash, (size_t)encoder->dimensions,
                                        &contents, err);
    }
    table_done(&t);
    return status;
}
