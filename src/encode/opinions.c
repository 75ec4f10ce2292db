/*
 * The sample is kept in two heaps with the opinion that would go first on top. A turn is a hash of the place in the
 * store, so that the sample is the same however often it is taken, and a part of it by turn is a sample again.
 */
#include "encode/opinions.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "encode/clean.h"
#include "encode/reviews.h"

enum { TOLD_EVERY = 20000, BUFFER_CAP = 1 << 24, READ_BYTES = 1 << 16 };

static const char stage[] = "reading reviews";

typedef struct reading {
    vt_opinions *to;
    vt_opinion *heap[2]; /* (most) by stance, the largest turn on top */
    size_t capacity[2];
    size_t most;
    uint64_t seed;
    vt_buf text;
    int64_t events;
    const vt_progress *progress;
    vt_error *err;
} reading;

vt_stance vt_stance_of(const vt_event *event)
{
    double stars = event->value;
    if (event->kind != VT_EVENT_RATING || stars != stars) {
        return VT_UNRATED;
    }
    return stars >= 4.0 ? VT_FOR : stars <= 2.0 ? VT_AGAINST : VT_NEITHER;
}

/* No more than an encoder reads, and no half characters. */
static vt_str cut(vt_str text, size_t most)
{
    if (text.len > most) {
        text.len = most;
        while (text.len > 0 && ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80) {
            text.len--;
        }
    }
    return text;
}

int vt_opinion_text(vt_buf *out, const vt_event *event, vt_error *err)
{
    vt_buf_clear(out);
    int status = VT_OK;
    if (event->title.len > 0 && !vt_only_stars(event->title)) {
        status = vt_text_clean(out, cut(event->title, READ_BYTES), err);
    }
    size_t before = out->len;
    if (status == VT_OK && before > 0 && event->body.len > 0) {
        bool ended = strchr(".!?", out->data[before - 1]) != NULL;
        status = vt_buf_add_text(out, ended ? " " : ". ", err);
    }
    if (status == VT_OK && event->body.len > 0) {
        status = vt_text_clean(out, cut(event->body, READ_BYTES), err);
    }
    out->len = status == VT_OK ? cut((vt_str){out->data, out->len}, VT_OPINION_BYTES).len : out->len;
    return status;
}

/* Moves the opinion at `at` down to where it belongs among `n`. */
static void sink(vt_opinion *heap, size_t n, size_t at)
{
    vt_opinion moved = heap[at];
    for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        child += child + 1 < n && heap[child + 1].turn > heap[child].turn;
        if (heap[child].turn <= moved.turn) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void rise(vt_opinion *heap, size_t at)
{
    vt_opinion moved = heap[at];
    while (at > 0 && heap[(at - 1) / 2].turn < moved.turn) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

static int keep(reading *r, vt_opinion *opinion, vt_error *err)
{
    int side = opinion->stance;
    size_t *n = &r->to->kept[side];
    if (*n == r->most && r->heap[side][0].turn <= opinion->turn) {
        return VT_OK;
    }
    if (*n < r->most && vt_alloc_next(&r->heap[side], &r->capacity[side], *n, sizeof *r->heap[side], err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    opinion->text = vt_strndup(r->text.data, r->text.len, err);
    if (opinion->text == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    opinion->len = r->text.len;
    if (*n < r->most) {
        r->heap[side][*n] = *opinion;
        rise(r->heap[side], (*n)++);
    } else {
        vt_free(r->heap[side][0].text);
        r->heap[side][0] = *opinion;
        sink(r->heap[side], *n, 0);
    }
    return VT_OK;
}

static int on_event(void *context, const vt_event *event)
{
    reading *r = context;
    int64_t place = r->events++;
    if (place % TOLD_EVERY == 0) {
        const vt_progress_state state = {.stage = stage, .unit = "events", .done = (double)place};
        int status = vt_progress_report(r->progress, &state, r->err);
        if (status != VT_OK) {
            return status;
        }
    }
    if (event->title.len == 0 && event->body.len == 0) {
        return VT_OK;
    }
    int status = vt_opinion_text(&r->text, event, r->err);
    if (status != VT_OK || r->text.len == 0) {
        return status;
    }
    vt_stance stance = vt_stance_of(event);
    r->to->count[stance]++;
    r->to->last = event->time != VT_NONE && event->time > r->to->last ? event->time : r->to->last;
    if (stance != VT_FOR && stance != VT_AGAINST) {
        return VT_OK;
    }
    vt_str who = event->user.ptr != NULL ? event->user : event->session;
    vt_opinion opinion = {.stance = (uint8_t)stance,
                          .reviewer = vt_hash64(who.ptr, who.len, 0),
                          .turn = vt_hash_mix(r->seed, (uint64_t)place),
                          .time = event->time,
                          .place = place};
    status = vt_intern(&opinion.item, r->to->items, event->item, r->err);
    return status == VT_OK ? keep(r, &opinion, r->err) : status;
}

static int by_item(const void *a, const void *b)
{
    const vt_opinion *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* Both heaps one behind the other, then item by item. */
static int join(reading *r, vt_error *err)
{
    vt_opinions *to = r->to;
    size_t n = to->kept[0] + to->kept[1];
    to->opinion = vt_alloc(n, sizeof *to->opinion, err);
    if (to->opinion == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int side = 0; side < 2; side++) {
        if (to->kept[side] > 0) {
            memcpy(to->opinion + to->n, r->heap[side], to->kept[side] * sizeof *to->opinion);
            to->n += to->kept[side];
        }
        vt_free(r->heap[side]); /* the texts are the sample's now */
        r->heap[side] = NULL;
    }
    if (n > 0) {
        qsort(to->opinion, n, sizeof *to->opinion, by_item);
    }
    return VT_OK;
}

int vt_opinions_read(vt_opinions *out, vt_store *store, size_t most, uint64_t seed, const vt_progress *progress,
                     vt_error *err)
{
    vt_opinions opinions = {.last = VT_NONE};
    reading r = {.to = &opinions, .most = most, .seed = seed, .progress = progress, .err = err};
    vt_buf_init(&r.text, BUFFER_CAP);
    int status = vt_map_create(&opinions.items, 0, err);
    if (status == VT_OK) {
        status = vt_store_each_full_event(store, on_event, &r, err);
    }
    if (status == VT_OK) {
        status = join(&r, err);
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; r.heap[side] != NULL && i < opinions.kept[side]; i++) {
            vt_free(r.heap[side][i].text);
        }
        vt_free(r.heap[side]);
    }
    vt_buf_done(&r.text);
    if (status != VT_OK) {
        vt_opinions_done(&opinions);
        return status;
    }
    *out = opinions;
    return VT_OK;
}

void vt_opinions_done(vt_opinions *opinions)
{
    for (size_t i = 0; i < opinions->n; i++) {
        vt_free(opinions->opinion[i].text);
    }
    vt_free(opinions->opinion);
    vt_map_free(opinions->items);
    *opinions = (vt_opinions){.last = VT_NONE};
}
