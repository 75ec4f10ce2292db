/* Opening, refreshing and closing: what the public header says, over views and generations. */
#include "live/live.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"

enum { TAIL_MAX_DEFAULT = 100000, TAIL_MAX = 4000000 };

void vt_live_options_init_sized(vt_live_options *options, size_t size)
{
    const vt_live_options defaults = {.tail_max = TAIL_MAX_DEFAULT};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int check_options(const vt_live_options *options, vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_live_options", err);
    if (status != VT_OK) {
        return status;
    }
    if (options->tail_max < 1 || options->tail_max > TAIL_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%lld events behind a snapshot are not possible; give 1 to %d",
                       (long long)options->tail_max, TAIL_MAX);
    }
    return VT_OK;
}

/* A snapshot of the store as it is, in place of what stands in memory. */
static int take_anew(vt_live *live, vt_error *err)
{
    vt_snapshot *snapshot = NULL;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.progress = live->options.progress;
    int status = vt_snapshot_take(&snapshot, live->shop, &options, err);
    status = status != VT_OK ? status : vt_live_adopt(live, snapshot, err);
    live->state.rebuilt = status == VT_OK;
    return status;
}

/* The file that a thread has made, or another process. */
static int take_newest(vt_live *live, bool *taken, vt_error *err)
{
    vt_snapshot *snapshot = NULL;
    vt_snapshot_options options;
    vt_view *view = atomic_load(&live->current);
    vt_snapshot_options_init(&options);
    int status = vt_snapshot_newest(&snapshot, live->shop, &options, err);
    *taken = false;
    if (status != VT_OK || snapshot == NULL) {
        return status;
    }
    if (view != NULL && snapshot->revision <= view->snapshot->revision) {
        vt_snapshot_free(snapshot);
        return VT_OK;
    }
    *taken = true;
    return vt_live_adopt(live, snapshot, err);
}

/* What came since, inside one reading of the store. */
static int follow(vt_live *live, bool *anew, vt_error *err)
{
    vt_store_mark mark;
    vt_view *view = atomic_load(&live->current);
    vt_store *store = vt_shop_store(live->shop);
    *anew = false;
    int status = vt_store_read_begin(store, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_mark_get(store, &mark, err);
    if (status == VT_OK && (mark.revision != view->mark.revision || mark.epoch != view->mark.epoch)) {
        int64_t came = mark.event - view->mark.event + mark.stock - view->mark.stock;
        /* Many events are read faster as a whole, and a tail has an end. */
        *anew = came > live->options.tail_max && came > view->n_frozen / 8;
        status = *anew ? VT_OK : vt_live_follow(live, view, &mark, anew, err);
    }
    vt_store_read_end(store);
    return status;
}

static bool tail_is_long(vt_live *live)
{
    const vt_view *view = atomic_load(&live->current);
    return view->n_events - view->n_frozen + view->n_stocks > live->options.tail_max;
}

/* A long tail becomes a snapshot: by a thread, or now. */
static int shorten(vt_live *live, vt_error *err)
{
    bool taken = false, anew = false;
    if (live->freezing && atomic_load(&live->frozen)) {
        vt_live_freeze_join(live);
        int status = take_newest(live, &taken, err);
        return status == VT_OK && taken ? follow(live, &anew, err) : status;
    }
    if (!tail_is_long(live)) {
        return VT_OK;
    }
    return live->options.background ? vt_live_freeze_later(live, err) : take_anew(live, err);
}

static void describe(vt_live_state *s, const vt_view *view)
{
    s->revision = view->mark.revision;
    s->catalogue = view->mark.catalogue;
    s->users = view->n_users;
    s->items = view->n_items;
    s->events = view->n_events;
    s->tail = view->n_events - view->n_frozen;
    memcpy(s->snapshot, view->snapshot->hash, sizeof s->snapshot);
    memcpy(s->currency, view->currency, sizeof s->currency);
    memcpy(s->time_zone, view->time_zone, sizeof s->time_zone);
}

static int refresh(vt_live *live, vt_error *err)
{
    bool anew = false;
    live->state.added = live->state.changed = 0;
    live->state.rebuilt = false;
    int status = follow(live, &anew, err);
    if (status == VT_ERR_LIMIT || status == VT_ERR_NO_MEMORY) { /* no room behind the snapshot: a new one has it */
        vt_error_reset(err);
        anew = true;
        status = VT_OK;
    }
    if (status == VT_OK && anew) {
        status = take_anew(live, err);
    }
    if (status == VT_OK) {
        status = shorten(live, err);
    }
    describe(&live->state, atomic_load(&live->current));
    return status;
}

int vt_live_refresh(vt_live *live, vt_live_state *state, vt_error *err)
{
    pthread_mutex_lock(&live->writing);
    int status = refresh(live, err);
    if (status == VT_OK && state != NULL) {
        *state = live->state;
    }
    pthread_mutex_unlock(&live->writing);
    return status;
}

int vt_live_freeze(vt_live *live, vt_error *err)
{
    pthread_mutex_lock(&live->writing);
    int status = take_anew(live, err);
    describe(&live->state, atomic_load(&live->current));
    pthread_mutex_unlock(&live->writing);
    return status;
}

void vt_live_describe(vt_live *live, vt_live_state *state)
{
    vt_view *view = vt_live_view(live);
    *state = (vt_live_state){0};
    describe(state, view);
    vt_view_release(view);
}

const char *vt_live_path(const vt_live *live)
{
    return live->path;
}

static int open_live(vt_live *live, const char *path, vt_error *err)
{
    bool taken = false;
    live->path = vt_strndup(path, strlen(path), err);
    int status = live->path == NULL ? VT_ERR_NO_MEMORY : vt_shop_open(&live->shop, path, VT_SHOP_READ, err);
    status = status != VT_OK ? status : take_newest(live, &taken, err);
    if (status == VT_OK && !taken) {
        status = take_anew(live, err);
    }
    status = status != VT_OK ? status : refresh(live, err);
    live->options.progress = NULL; /* borrowed for opening alone */
    return status;
}

int vt_live_open(vt_live **out, const char *path, const vt_live_options *options, vt_error *err)
{
    int status = check_options(options, err);
    vt_live *live = status != VT_OK ? NULL : vt_alloc_zero(1, sizeof *live, err);
    if (live == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    live->options = *options;
    pthread_mutex_init(&live->writing, NULL);
    status = open_live(live, path, err);
    if (status != VT_OK) {
        vt_live_close(live);
        return status;
    }
    *out = live;
    return VT_OK;
}

void vt_live_close(vt_live *live)
{
    if (live == NULL) {
        return;
    }
    vt_live_freeze_join(live);
    vt_view_release(atomic_load(&live->current));
    for (vt_view *v = live->views, *next = NULL; v != NULL; v = next) {
        next = v->next;
        vt_free(v);
    }
    vt_shop_close(live->shop);
    pthread_mutex_destroy(&live->writing);
    vt_free(live->path);
    vt_free(live);
}
