/*
 * One pass over the events keeps, for each item, the titles of its newest reviews, in order. Titles are what reviewers
 * themselves made of their texts, so the digest needs no summary of its own and stays within what an encoder reads.
 */
#include "encode/reviews.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/map.h"
#include "dataset/texts.h"

typedef struct title {
    int64_t time; /* VT_NONE sorts first */
    int32_t text; /* in the list; -1: none */
} title;

struct vt_reviews {
    int most;
    vt_map *items; /* id to place */
    title *titles; /* (places, most) newest first */
    size_t capacity;
    vt_text_list texts;
};

typedef struct pass {
    vt_reviews *to;
    vt_error *err;
} pass;

bool vt_only_stars(vt_str text)
{
    static const char *const counts[] = {"one", "two", "three", "four", "five", "1", "2", "3", "4", "5"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t len = strlen(counts[i]);
        if (text.len >= len + 5 && text.len <= len + 7 && strncasecmp(text.ptr, counts[i], len) == 0 &&
            strncasecmp(text.ptr + len, " star", 5) == 0) {
            return true;
        }
    }
    return text.len == 0;
}

static int add_place(vt_reviews *r, vt_str item, int64_t *place, vt_error *err)
{
    size_t most = (size_t)r->most, n = vt_map_count(r->items);
    if (n == r->capacity) {
        size_t capacity = r->capacity + r->capacity / 2 + 256;
        title *grown = vt_realloc(r->titles, capacity, most * sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        r->titles = grown;
        r->capacity = capacity;
    }
    for (size_t i = 0; i < most; i++) {
        r->titles[n * most + i] = (title){VT_NONE, -1};
    }
    *place = (int64_t)n;
    return vt_map_set(r->items, item, *place, err);
}

static int on_event(void *context, const vt_event *event)
{
    pass *w = context;
    vt_reviews *r = w->to;
    int64_t place = 0;
    if (vt_only_stars(event->title)) {
        return VT_OK;
    }
    int status = vt_map_get(r->items, event->item, &place) ? VT_OK : add_place(r, event->item, &place, w->err);
    if (status != VT_OK) {
        return status;
    }
    title *titles = r->titles + (size_t)place * (size_t)r->most;
    int at = r->most;
    while (at > 0 && (titles[at - 1].text < 0 || titles[at - 1].time <= event->time)) {
        at--; /* of equal times the one stored later is newer */
    }
    if (at == r->most) {
        return VT_OK;
    }
    status = vt_text_list_add(&r->texts, event->title, w->err);
    if (status == VT_OK) {
        memmove(titles + at + 1, titles + at, (size_t)(r->most - at - 1) * sizeof *titles);
        titles[at] = (title){event->time, r->texts.n - 1};
    }
    return status;
}

int vt_reviews_read(vt_reviews **out, vt_store *store, int most, vt_error *err)
{
    vt_reviews *r = vt_alloc_zero(1, sizeof *r, err);
    if (r == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    r->most = most;
    pass w = {r, err};
    int status = vt_map_create(&r->items, 0, err);
    if (status == VT_OK) {
        status = vt_store_each_full_event(store, on_event, &w, err);
    }
    if (status != VT_OK) {
        vt_reviews_free(r);
        return status;
    }
    *out = r;
    return VT_OK;
}

void vt_reviews_free(vt_reviews *reviews)
{
    if (reviews != NULL) {
        vt_map_free(reviews->items);
        vt_free(reviews->titles);
        vt_text_list_done(&reviews->texts);
        vt_free(reviews);
    }
}

/* The titles of an item, NULL when it has none. */
static const title *titles_of(const vt_reviews *reviews, vt_str item)
{
    int64_t place = 0;
    bool known = reviews != NULL && vt_map_get(reviews->items, item, &place);
    return known ? reviews->titles + (size_t)place * (size_t)reviews->most : NULL;
}

int vt_reviews_count(const vt_reviews *reviews, vt_str item)
{
    const title *titles = titles_of(reviews, item);
    int n = 0;
    while (titles != NULL && n < reviews->most && titles[n].text >= 0) {
        n++;
    }
    return n;
}

vt_str vt_reviews_title(const vt_reviews *reviews, vt_str item, int index)
{
    return vt_text_list_at(&reviews->texts, titles_of(reviews, item)[index].text);
}
