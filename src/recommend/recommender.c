/* Opening, refreshing and closing; requests come in through vt_recommender_take(). */
#include "recommend/recommender.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "encode/vectors.h"
#include "recommend/baskets.h"
#include "recommend/replenish.h"
#include "vitrine/recommend.h"

enum { REQUEST_BYTES = 64 << 10, ITEM_BYTES = 24 /* of scratch for each item */ };

void vt_recommender_options_init_sized(vt_recommender_options *options, size_t size)
{
    const vt_recommender_options defaults = {.threads = 0};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

/* ---- the model --------------------------------------------------------------------------------------------------- */

static bool knows_all(const vt_model_info *info, const vt_view *view)
{
    for (int32_t i = 0; i < view->n_items; i++) {
        if (vt_ids_find(&info->items, vt_view_item_id(view, i)) < 0) {
            return false;
        }
    }
    return true;
}

/* The vectors that a model was fitted on, where the shop has them: for another model they would only take memory. */
static int open_of_model(const vt_item_vectors *out[2], vt_recommender *r, const vt_model *model, vt_error *err)
{
    vt_model_info info;
    int status = VT_OK;
    vt_model_describe(model, &info);
    for (int k = VT_ENCODER_TEXT; k <= VT_ENCODER_IMAGE && status == VT_OK; k++) {
        vt_compared *c = NULL;
        out[k] = NULL;
        if ((info.vectors >> k & 1U) != 0) {
            status = vt_recommender_vectors(&c, r, (vt_encoder_kind)k, err);
            out[k] = status == VT_OK ? c->vectors : NULL;
        }
    }
    return status != VT_OK ? status : vt_model_check_vectors(model, out[0], out[1], err);
}

/* A model out of its file, with the items that came after the fit where its kind can take them in. */
static int load(vt_bound **out, vt_recommender *r, const vt_view *view, vt_error *err)
{
    vt_model *model = NULL;
    vt_model_info info;
    const vt_item_vectors *vectors[2] = {NULL, NULL};
    int64_t added = 0;
    int status = vt_model_load(&model, r->path, err);
    status = status != VT_OK ? status : open_of_model(vectors, r, model, err);
    if (status == VT_OK) {
        vt_model_describe(model, &info);
    }
    if (status == VT_OK && (info.kind->abilities & VT_MODEL_GROWS) != 0 && !knows_all(&info, view)) {
        pthread_mutex_lock(&r->storing);
        status = vt_model_follow_shop(&added, model, r->shop, vectors[0], vectors[1], r->options.threads, err);
        pthread_mutex_unlock(&r->storing);
    }
    status = status != VT_OK ? status : vt_bound_create(out, model, model, err);
    if (status != VT_OK) {
        vt_model_free(model);
        return status;
    }
    (*out)->added = added;
    return VT_OK;
}

/* The former model, unless the shop has items now that it could take in. */
static int find_bound(vt_bound **out, vt_recommender *r, const vt_view *view, vt_error *err)
{
    const vt_serving *before = r->current;
    const vt_model_info *info = &before->bound->info;
    bool same = before->view->generation == view->generation && before->view->n_items == view->n_items;
    if (r->path == NULL || same || (info->kind->abilities & VT_MODEL_GROWS) == 0 || knows_all(info, view)) {
        *out = vt_bound_hold(before->bound);
        return VT_OK;
    }
    return load(out, r, view, err);
}

static int load_rules(vt_shop_rules **out, vt_recommender *r, vt_error *err)
{
    vt_shop_rules *rules = vt_alloc_zero(1, sizeof *rules, err);
    if (rules == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&rules->refs, 1);
    pthread_mutex_lock(&r->storing);
    int status = vt_rules_load(&rules->rules, r->shop, err);
    pthread_mutex_unlock(&r->storing);
    if (status != VT_OK) {
        vt_free(rules);
        return status;
    }
    *out = rules;
    return VT_OK;
}

/* ---- servings ---------------------------------------------------------------------------------------------------- */

static void replace(vt_recommender *r, vt_serving *serving)
{
    pthread_mutex_lock(&r->taking);
    vt_serving *old = r->current;
    r->current = serving;
    pthread_mutex_unlock(&r->taking);
    vt_serving_release(old);
}

static int serve(vt_recommender *r, vt_view *view, vt_bound *bound, vt_error *err)
{
    const vt_serving *before = r->current;
    vt_shop_rules *rules = NULL;
    vt_serving *serving = NULL;
    bool told = before == NULL || before->view->mark.catalogue != view->mark.catalogue;
    int status = told ? load_rules(&rules, r, err) : VT_OK;
    if (status != VT_OK) {
        vt_view_release(view);
        return status;
    }
    status = vt_serving_create(&serving, view, bound, rules, before, err);
    if (status == VT_OK) {
        replace(r, serving);
    }
    return status;
}

int vt_recommender_refresh(vt_recommender *r, vt_error *err)
{
    vt_bound *bound = NULL;
    int status = VT_OK;
    pthread_mutex_lock(&r->refreshing);
    vt_view *view = vt_live_view(r->live);
    if (view->mark.revision == r->current->view->mark.revision && view->generation == r->current->view->generation) {
        vt_view_release(view);
    } else {
        status = find_bound(&bound, r, view, err);
        if (status == VT_OK) {
            status = serve(r, view, bound, err);
        } else {
            vt_view_release(view);
        }
        vt_bound_release(bound);
    }
    pthread_mutex_unlock(&r->refreshing);
    return status;
}

vt_serving *vt_recommender_take(vt_recommender *r)
{
    pthread_mutex_lock(&r->taking);
    vt_serving *serving = vt_serving_hold(r->current);
    pthread_mutex_unlock(&r->taking);
    return serving;
}

int64_t vt_recommender_added(vt_recommender *r)
{
    vt_serving *serving = vt_recommender_take(r);
    int64_t added = serving->bound->added;
    vt_serving_release(serving);
    return added;
}

bool vt_recommender_describe(vt_recommender *r, vt_model_info *info)
{
    vt_serving *serving = vt_recommender_take(r);
    *info = serving->bound->info;
    bool there = serving->bound->model != NULL;
    vt_serving_release(serving);
    return there;
}

/* ---- scratch ----------------------------------------------------------------------------------------------------- */

static void free_scratch(vt_scratch *s)
{
    if (s != NULL) {
        vt_arena_free(s->arena);
        vt_free(s->slot);
        vt_like_cache_free(s->like);
        vt_free(s);
    }
}

static int make_scratch(vt_scratch **out, int32_t n_items, vt_error *err)
{
    vt_scratch *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s->n_slots = (size_t)n_items + (size_t)n_items / 16 + 64;
    s->slot = vt_alloc_zero(s->n_slots, sizeof *s->slot, err);
    int status =
        s->slot == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&s->arena, REQUEST_BYTES + s->n_slots * ITEM_BYTES, err);
    status = status != VT_OK ? status : vt_like_cache_create(&s->like, err);
    if (status != VT_OK) {
        free_scratch(s);
        return status;
    }
    *out = s;
    return VT_OK;
}

int vt_scratch_take(vt_scratch **out, vt_recommender *r, int32_t n_items, vt_error *err)
{
    pthread_mutex_lock(&r->taking);
    vt_scratch *s = r->pool;
    if (s != NULL) {
        r->pool = s->next;
    }
    pthread_mutex_unlock(&r->taking);
    if (s != NULL && s->n_slots < (size_t)n_items) {
        free_scratch(s);
        s = NULL;
    }
    if (s == NULL) {
        return make_scratch(out, n_items, err);
    }
    *out = s;
    return VT_OK;
}

void vt_scratch_give(vt_recommender *r, vt_scratch *s)
{
    if (s != NULL) {
        vt_arena_reset(s->arena);
        pthread_mutex_lock(&r->taking);
        s->next = r->pool;
        r->pool = s;
        pthread_mutex_unlock(&r->taking);
    }
}

/* ---- vectors ----------------------------------------------------------------------------------------------------- */

static int open_vectors(vt_compared *c, const vt_recommender *r, vt_encoder_kind kind, vt_error *err)
{
    vt_error none = VT_ERROR_INIT;
    int status = vt_item_vectors_map(&c->vectors, vt_live_path(r->live), kind, &none);
    if (status == VT_ERR_NOT_FOUND) { /* items are compared by what else is known */
        snprintf(c->missing, sizeof c->missing, "%s", none.message);
    } else if (status != VT_OK) {
        return vt_fail(err, none.code, "%s", none.message);
    }
    c->opened = true;
    return VT_OK;
}

int vt_recommender_vectors(vt_compared **out, vt_recommender *r, vt_encoder_kind kind, vt_error *err)
{
    vt_compared *c = &r->kinds[kind];
    pthread_mutex_lock(&r->comparing);
    int status = c->opened ? VT_OK : open_vectors(c, r, kind, err);
    pthread_mutex_unlock(&r->comparing);
    *out = c;
    return status;
}

int vt_recommender_rows(const vt_like_rows **out, vt_recommender *r, vt_serving *s, vt_encoder_kind kind, vt_error *err)
{
    vt_compared *c = NULL;
    *out = NULL;
    int status = vt_recommender_vectors(&c, r, kind, err);
    if (status != VT_OK || c->vectors == NULL) {
        return status;
    }
    pthread_mutex_lock(&r->comparing);
    vt_like_rows *rows = atomic_load_explicit(&s->rows[kind], memory_order_acquire);
    if (rows == NULL) {
        status = vt_like_rows_create(&rows, s->view, c->vectors, err);
        if (status == VT_OK) {
            atomic_store_explicit(&s->rows[kind], rows, memory_order_release);
        }
    }
    pthread_mutex_unlock(&r->comparing);
    *out = rows;
    return status;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static int begin(vt_recommender *r, vt_live *live, const vt_model *model, const char *path,
                 const vt_recommender_options *options, vt_error *err)
{
    vt_bound *bound = NULL;
    r->live = live;
    r->options = *options;
    const char *why = options->without_model == NULL ? "there is no model" : options->without_model;
    r->without_model = vt_strndup(why, strlen(why), err);
    r->path = path == NULL || r->without_model == NULL ? NULL : vt_strndup(path, strlen(path), err);
    if (r->without_model == NULL || (path != NULL && r->path == NULL)) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_shop_open(&r->shop, vt_live_path(live), VT_SHOP_READ, err);
    if (status != VT_OK) {
        return status;
    }
    vt_view *view = vt_live_view(live);
    status = path != NULL ? load(&bound, r, view, err) : vt_bound_create(&bound, model, NULL, err);
    if (status == VT_OK) {
        status = serve(r, view, bound, err);
    } else {
        vt_view_release(view);
    }
    vt_bound_release(bound);
    return status;
}

static int create(vt_recommender **out, vt_live *live, const vt_model *model, const char *path,
                  const vt_recommender_options *options, vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_recommender_options", err);
    vt_recommender *r = status != VT_OK ? NULL : vt_alloc_zero(1, sizeof *r, err);
    if (r == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    static _Atomic uint64_t created;
    r->number = atomic_fetch_add_explicit(&created, 1, memory_order_relaxed) + 1;
    pthread_mutex_init(&r->storing, NULL);
    pthread_mutex_init(&r->refreshing, NULL);
    pthread_mutex_init(&r->taking, NULL);
    pthread_mutex_init(&r->comparing, NULL);
    status = begin(r, live, model, path, options, err);
    if (status != VT_OK) {
        vt_recommender_free(r);
        return status;
    }
    *out = r;
    return VT_OK;
}

int vt_recommender_create(vt_recommender **out, vt_live *live, const vt_model *model,
                          const vt_recommender_options *options, vt_error *err)
{
    return create(out, live, model, NULL, options, err);
}

int vt_recommender_open(vt_recommender **out, vt_live *live, const char *path, const vt_recommender_options *options,
                        vt_error *err)
{
    return create(out, live, NULL, path, options, err);
}

void vt_recommender_free(vt_recommender *r)
{
    if (r == NULL) {
        return;
    }
    vt_serving_release(r->current);
    for (vt_scratch *s = r->pool, *next = NULL; s != NULL; s = next) {
        next = s->next;
        free_scratch(s);
    }
    for (size_t k = 0; k < 2; k++) {
        vt_flat_free(r->kinds[k].flat);
        vt_encoder_close(r->kinds[k].encoder);
        vt_item_vectors_free(r->kinds[k].vectors);
    }
    vt_together_release(r->together);
    vt_again_release(r->again);
    vt_shop_close(r->shop);
    pthread_mutex_destroy(&r->storing);
    pthread_mutex_destroy(&r->refreshing);
    pthread_mutex_destroy(&r->taking);
    pthread_mutex_destroy(&r->comparing);
    vt_free(r->without_model);
    vt_free(r->path);
    vt_free(r);
}
