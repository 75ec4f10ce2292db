/* A small table under one lock: an answer costs far more than a look through it. The oldest one gives way. */
#include "serve/kept_insight.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "live/view.h"

enum { PLACES = 256 };

typedef struct place {
    char *key; /* NULL: free; the answer stands behind it in the same block */
    size_t key_len, len;
    vt_kept_mark mark;
    double made, cost; /* seconds */
} place;

struct vt_kept_insight {
    pthread_mutex_t mutex;
    uint64_t turn;
    size_t bytes;
    place places[PLACES];
};

int vt_kept_insight_open(vt_kept_insight **out, vt_error *err)
{
    vt_kept_insight *kept = vt_alloc_zero(1, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&kept->mutex, NULL);
    *out = kept;
    return VT_OK;
}

static void empty(vt_kept_insight *kept, place *at)
{
    kept->bytes -= at->key_len + at->len;
    vt_free(at->key);
    *at = (place){.key = NULL};
}

void vt_kept_insight_drop(vt_kept_insight *kept)
{
    pthread_mutex_lock(&kept->mutex);
    kept->turn++;
    for (size_t i = 0; i < PLACES; i++) {
        empty(kept, &kept->places[i]);
    }
    pthread_mutex_unlock(&kept->mutex);
}

void vt_kept_insight_close(vt_kept_insight *kept)
{
    if (kept != NULL) {
        vt_kept_insight_drop(kept);
        pthread_mutex_destroy(&kept->mutex);
        vt_free(kept);
    }
}

vt_kept_mark vt_kept_mark_of(vt_live *live)
{
    vt_view *view = vt_live_view(live);
    const vt_kept_mark mark = {view->generation->number, view->stamp};
    vt_view_release(view);
    return mark;
}

static place *find(vt_kept_insight *kept, vt_str key)
{
    for (size_t i = 0; i < PLACES; i++) {
        place *at = &kept->places[i];
        if (at->key != NULL && vt_str_equal((vt_str){at->key, at->key_len}, key)) {
            return at;
        }
    }
    return NULL;
}

static bool holds(const place *at, double max_age, const vt_kept_moment *moment)
{
    double age = moment->now - at->made, most = max_age < VT_KEPT_SECONDS_MAX ? max_age : VT_KEPT_SECONDS_MAX;
    return at->mark.generation == moment->mark.generation && age <= most &&
           (at->mark.stamp == moment->mark.stamp || age <= VT_KEPT_COST_TIMES * at->cost);
}

bool vt_kept_insight_get(vt_text *out, double *age, vt_kept_insight *kept, vt_str key, double max_age,
                         vt_kept_moment *moment)
{
    pthread_mutex_lock(&kept->mutex);
    moment->turn = kept->turn;
    const place *at = find(kept, key);
    char *copy = at != NULL && holds(at, max_age, moment) ? vt_alloc(at->len + 1, 1, NULL) : NULL;
    if (copy != NULL) {
        memcpy(copy, at->key + at->key_len, at->len);
        copy[at->len] = '\0';
        *out = (vt_text){copy, at->len};
        *age = moment->now - at->made;
    }
    pthread_mutex_unlock(&kept->mutex);
    return copy != NULL;
}

bool vt_kept_insight_lasts(vt_kept_insight *kept, vt_str key, double ahead, vt_kept_moment *moment)
{
    const vt_kept_moment then = {.mark = moment->mark, .now = moment->now + ahead};
    pthread_mutex_lock(&kept->mutex);
    moment->turn = kept->turn;
    const place *at = find(kept, key);
    bool lasts = at != NULL && holds(at, VT_KEPT_SECONDS_MAX, &then);
    pthread_mutex_unlock(&kept->mutex);
    return lasts;
}

/* A free place; where there is none, or no room for `bytes` more, the oldest answers go. */
static place *make_room(vt_kept_insight *kept, size_t bytes)
{
    for (;;) {
        place *unused = NULL, *oldest = NULL;
        for (size_t i = 0; i < PLACES; i++) {
            place *at = &kept->places[i];
            if (at->key == NULL) {
                unused = at;
            } else if (oldest == NULL || at->made < oldest->made) {
                oldest = at;
            }
        }
        if (unused != NULL && kept->bytes + bytes <= VT_KEPT_BYTES_MAX) {
            return unused;
        }
        empty(kept, oldest);
    }
}

void vt_kept_insight_put(vt_kept_insight *kept, vt_str key, const vt_kept_moment *moment, double cost,
                         const vt_text *answer)
{
    size_t bytes = key.len + answer->len;
    char *copy = bytes > VT_KEPT_BYTES_MAX ? NULL : vt_alloc(bytes + 1, 1, NULL);
    if (copy == NULL) {
        return;
    }
    memcpy(copy, key.ptr, key.len);
    memcpy(copy + key.len, answer->data, answer->len);
    pthread_mutex_lock(&kept->mutex);
    if (kept->turn == moment->turn) {
        place *before = find(kept, key);
        if (before != NULL) {
            empty(kept, before);
        }
        place *at = make_room(kept, bytes);
        *at = (place){copy, key.len, answer->len, moment->mark, moment->now, cost};
        kept->bytes += bytes;
        copy = NULL;
    }
    pthread_mutex_unlock(&kept->mutex);
    vt_free(copy);
}
