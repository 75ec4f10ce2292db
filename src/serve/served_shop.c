/* Opening, following and closing a served shop. */
#include "serve/served_shop.h"

#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "serve/encoding.h"
#include "serve/kept_insight.h"
#include "serve/keys.h"
#include "serve/lending.h"
#include "serve/maps.h"
#include "serve/sessions.h"
#include "serve/small_photos.h"
#include "serve/trainer.h"
#include "serve/warm_up.h"
#include "store/store.h"

typedef struct vt_reader {
    vt_shop *shop;
    struct vt_reader *next;
} vt_reader;

/* On the writer's thread, before anybody hears of the commit. */
static void follow(void *context)
{
    vt_served_shop *s = context;
    vt_error err = VT_ERROR_INIT;
    atomic_fetch_add(&s->commits, 1);
    vt_live_state state;
    int status = vt_live_refresh(s->live, &state, &err);
    bool told = status == VT_OK && state.catalogue != s->catalogue;
    if (told) {
        s->catalogue = state.catalogue;
        vt_encoding_wake(s->encoding);
    }
    vt_engine *engine = vt_served_shop_engine(s);
    if (status == VT_OK) {
        status = vt_recommender_refresh(engine->recommender, &err);
    }
    vt_engine_release(engine);
    if (told || status != VT_OK) { /* no list holds any more; one of who was erased must be gone */
        vt_result_cache_drop(s->results);
    }
    if (status != VT_OK) {
        atomic_fetch_add(&s->not_followed, 1);
        vt_log(VT_LOG_ERROR, "what was stored is not in memory yet: %s", err.message);
    }
}

void vt_served_shop_break(vt_served_shop *s, int status)
{
    if (atomic_exchange(&s->broken, status) == VT_OK) {
        s->on_break(s->context);
    }
}

/* A command wrote, and the shop could not be opened again after it. */
static void broke(void *context)
{
    vt_served_shop_break(context, VT_ERR_IO);
}

/* A command has written; keys may be among it. */
static void came_back(void *context, vt_shop *shop)
{
    vt_served_shop *s = context;
    vt_error err = VT_ERROR_INIT;
    if (vt_keys_load(s->keys, shop, &err) != VT_OK) {
        vt_log(VT_LOG_ERROR, "the keys could not be read anew: %s", err.message);
    }
}

static int copy_names(vt_served_shop *s, const char *path, const char *model, vt_error *err)
{
    s->path = vt_strndup(path, strlen(path), err);
    s->model = model == NULL || s->path == NULL ? NULL : vt_strndup(model, strlen(model), err);
    const char *slash = s->path == NULL ? NULL : strrchr(s->path, '/');
    s->name = slash == NULL ? s->path : slash + 1;
    return s->path == NULL || (model != NULL && s->model == NULL) ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_served_shop_open(vt_served_shop **out, const char *path, const vt_served_shop_options *o, vt_error *err)
{
    vt_live_options options;
    vt_live_options_init(&options);
    options.background = true;
    options.progress = o->progress;
    vt_served_shop *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&s->taking, NULL);
    pthread_mutex_init(&s->choosing, NULL);
    s->on_break = o->on_break;
    s->context = o->context;
    int status = copy_names(s, path, o->model, err);
    if (status == VT_OK) {
        status = vt_result_cache_create(&s->results, o->result_bytes, o->result_seconds, err);
    }
    status = status != VT_OK ? status : vt_shop_open(&s->shop, path, VT_SHOP_SERVE, err);
    if (status == VT_OK && o->relaxed) {
        status = vt_shop_relax(s->shop, err);
    }
    if (status == VT_OK) {
        status = vt_keys_create(&s->keys, err);
    }
    if (status == VT_OK) {
        status = vt_sessions_create(&s->sessions, err);
    }
    if (status == VT_OK) {
        status = vt_small_photos_create(&s->photos, err);
    }
    if (status == VT_OK) {
        status = vt_keys_load(s->keys, s->shop, err);
    }
    if (status == VT_OK) {
        status = vt_live_open(&s->live, path, &options, err);
    }
    if (status == VT_OK) {
        status = vt_engine_make(&s->engine, s, o->model, err);
    }
    if (status == VT_OK) {
        status = vt_writer_open(&s->writer, s->shop, err);
    }
    if (status == VT_OK) {
        status = vt_maps_open(&s->maps, err);
    }
    if (status == VT_OK) {
        status = vt_kept_insight_open(&s->insight, err);
    }
    if (status != VT_OK) {
        vt_served_shop_close(s);
        return status;
    }
    vt_writer_follow(s->writer, follow, s);
    const vt_lending_events events = {came_back, broke, s};
    status = o->encode ? vt_encoding_open(&s->encoding, s, err) : VT_OK;
    status = status != VT_OK ? status : vt_lending_open(&s->lending, path, s->writer, &events, err);
    if (status != VT_OK) {
        vt_served_shop_close(s);
        return status;
    }
    *out = s;
    return VT_OK;
}

void vt_served_shop_end_lending(vt_served_shop *s)
{
    vt_lending_close(s->lending);
    s->lending = NULL;
}

void vt_served_shop_close(vt_served_shop *s)
{
    if (s == NULL) {
        return;
    }
    vt_warm_up_close(s->warm_up);
    vt_trainer_close(s->trainer);
    vt_served_shop_end_lending(s);
    vt_writer_close(s->writer);
    vt_encoding_close(s->encoding);
    vt_shop_close(s->shop);
    while (s->readers != NULL) {
        vt_reader *reader = s->readers;
        s->readers = reader->next;
        vt_shop_close(reader->shop);
        vt_free(reader);
    }
    vt_engine_release(s->engine);
    vt_live_close(s->live);
    vt_keys_free(s->keys);
    vt_sessions_free(s->sessions);
    vt_small_photos_free(s->photos);
    vt_result_cache_free(s->results);
    vt_maps_close(s->maps);
    vt_kept_insight_close(s->insight);
    pthread_mutex_destroy(&s->choosing);
    pthread_mutex_destroy(&s->taking);
    vt_free(s->model);
    vt_free(s->path);
    vt_free(s);
}

/* ---- readers ----------------------------------------------------------------------------------------------------- */

int vt_served_shop_reader(vt_shop **out, vt_served_shop *s, vt_error *err)
{
    pthread_mutex_lock(&s->taking);
    vt_reader *reader = s->readers;
    if (reader != NULL) {
        s->readers = reader->next;
    }
    pthread_mutex_unlock(&s->taking);
    if (reader == NULL) {
        return vt_shop_open(out, s->path, VT_SHOP_READ, err);
    }
    *out = reader->shop;
    vt_free(reader);
    return VT_OK;
}

void vt_served_shop_reader_back(vt_served_shop *s, vt_shop *shop)
{
    vt_reader *reader = vt_alloc(1, sizeof *reader, NULL);
    if (reader == NULL) {
        vt_shop_close(shop);
        return;
    }
    reader->shop = shop;
    pthread_mutex_lock(&s->taking);
    reader->next = s->readers;
    s->readers = reader;
    pthread_mutex_unlock(&s->taking);
}
