/* The model that answers: made, swapped by reference, and kept as the shop's folder says. */
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "serve/kept_insight.h"
#include "serve/served_shop.h"

int vt_engine_make(vt_engine **out, vt_served_shop *s, const char *model, vt_error *err)
{
    vt_recommender_options options;
    vt_recommender_options_init(&options);
    vt_engine *engine = vt_alloc_zero(1, sizeof *engine, err);
    if (engine == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char path[4096];
    atomic_init(&engine->refs, 1);
    if (vt_model_find(path, sizeof path, s->path, model, NULL) == VT_OK) {
        (void)vt_file_identify(&engine->wanted, path, NULL); /* before it is read: a later change is seen */
    }
    int status = vt_recommender_choose(&engine->recommender, &engine->chosen, s->live, model, &options, err);
    if (status != VT_OK) {
        vt_free(engine);
        return status;
    }
    engine->file = engine->wanted;
    if (engine->chosen.fallback) {
        vt_log(VT_LOG_WARNING, "the shop %s answers by an older model: %s", s->name, engine->chosen.why.message);
        memset(&engine->file, 0, sizeof engine->file);
        if (vt_model_path(path, sizeof path, s->path, engine->chosen.name, NULL) == VT_OK) {
            (void)vt_file_identify(&engine->file, path, NULL);
        }
    } else if (engine->chosen.why.code != VT_OK && engine->chosen.why.code != VT_ERR_NOT_FOUND) {
        vt_log(VT_LOG_WARNING, "the shop %s answers without a model: %s", s->name, engine->chosen.why.message);
    }
    *out = engine;
    return VT_OK;
}

vt_engine *vt_served_shop_engine(vt_served_shop *s)
{
    pthread_mutex_lock(&s->taking);
    vt_engine *engine = s->engine;
    atomic_fetch_add_explicit(&engine->refs, 1, memory_order_relaxed);
    pthread_mutex_unlock(&s->taking);
    return engine;
}

void vt_engine_release(vt_engine *engine)
{
    if (engine != NULL && atomic_fetch_sub_explicit(&engine->refs, 1, memory_order_acq_rel) == 1) {
        vt_recommender_free(engine->recommender);
        vt_free(engine);
    }
}

int64_t vt_served_shop_model_written(vt_served_shop *s)
{
    vt_engine *engine = vt_served_shop_engine(s);
    int64_t modified = engine->file.modified;
    vt_engine_release(engine);
    return modified == 0 ? VT_NONE : modified / 1000000000;
}

/* Calls at work go on with the engine that they hold. */
static void replace(vt_served_shop *s, vt_engine *engine)
{
    vt_error err = VT_ERROR_INIT;
    pthread_mutex_lock(&s->taking);
    vt_engine *before = s->engine;
    s->engine = engine;
    pthread_mutex_unlock(&s->taking);
    vt_engine_release(before);
    vt_result_cache_drop(s->results);
    if (s->insight != NULL) { /* not open yet while the shop is opened */
        vt_kept_insight_drop(s->insight);
    }
    /* What was committed between its making and its place is not in it yet. */
    engine = vt_served_shop_engine(s);
    if (vt_recommender_refresh(engine->recommender, &err) != VT_OK) {
        atomic_fetch_add(&s->not_followed, 1);
        vt_log(VT_LOG_ERROR, "what was stored is not in memory yet: %s", err.message);
    }
    vt_engine_release(engine);
}

static bool same_file(const vt_file_identity *a, const vt_file_identity *b)
{
    return a->inode == b->inode && a->size == b->size && a->modified == b->modified && a->changed == b->changed;
}

/* With `choosing` held. A model that cannot be used never takes the place of one that answers. */
static void take_up(vt_served_shop *s, vt_engine *made)
{
    vt_engine *now = vt_served_shop_engine(s);
    bool answers = now->file.modified != 0 && (now->chosen.why.code == VT_OK || now->chosen.fallback);
    vt_engine_release(now);
    if (made->chosen.why.code == VT_OK || !answers) {
        replace(s, made);
        return;
    }
    vt_log(VT_LOG_ERROR, "the model that should answer cannot be used: %s", made->chosen.why.message);
    s->passed = made->wanted;
    vt_engine_release(made);
}

static void follow_models(vt_served_shop *s)
{
    char path[4096];
    vt_file_identity file;
    vt_engine *made = NULL;
    if (vt_model_find(path, sizeof path, s->path, NULL, NULL) != VT_OK ||
        vt_file_identify(&file, path, NULL) != VT_OK) {
        return; /* what answers goes on */
    }
    vt_engine *now = vt_served_shop_engine(s);
    bool known = same_file(&file, &now->wanted) || same_file(&file, &s->passed);
    vt_engine_release(now);
    if (!known && vt_engine_make(&made, s, NULL, NULL) == VT_OK) {
        take_up(s, made);
    }
}

void vt_served_shop_follow(vt_served_shop *s)
{
    if (s->model == NULL) {
        pthread_mutex_lock(&s->choosing);
        follow_models(s);
        pthread_mutex_unlock(&s->choosing);
    }
}

/* The new engine is made first, so that a model that cannot be used changes nothing. */
static int activate(vt_served_shop *s, const char *name, vt_error *err)
{
    vt_active_model active;
    vt_engine *made = NULL;
    int status = vt_model_active(&active, s->path, err);
    if (status == VT_OK && name == NULL && active.previous[0] == '\0') {
        return vt_fail(err, VT_ERR_NOT_FOUND, "no model answered before this one");
    }
    if (status == VT_OK && name == NULL) {
        name = active.previous;
    }
    status = status != VT_OK ? status : vt_engine_make(&made, s, name, err);
    status = status != VT_OK ? status : vt_model_activate(s->path, name, err);
    if (status != VT_OK) {
        vt_engine_release(made);
        return status;
    }
    made->chosen.named = false;
    made->chosen.active = true;
    replace(s, made);
    return VT_OK;
}

int vt_served_shop_activate(vt_served_shop *s, const char *name, vt_error *err)
{
    if (s->model != NULL) {
        return vt_fail(err, VT_ERR_EXISTS, "the server was begun with --model %s, which answers until it ends",
                       s->model);
    }
    if (name != NULL && strchr(name, '/') != NULL) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "the shop has no model \"%.200s\"", name);
    }
    pthread_mutex_lock(&s->choosing);
    int status = activate(s, name, err);
    pthread_mutex_unlock(&s->choosing);
    return status;
}

int vt_served_shop_renew(vt_served_shop *s, vt_error *err)
{
    vt_engine *made = NULL;
    pthread_mutex_lock(&s->choosing);
    int status = vt_engine_make(&made, s, s->model, err);
    if (status == VT_OK) {
        take_up(s, made);
    }
    pthread_mutex_unlock(&s->choosing);
    return status;
}
