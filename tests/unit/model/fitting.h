/* Fits for the tests of models: a snapshot of rows, all of it training, a model of a kind with settings. */
#ifndef VT_TEST_FITTING_H
#define VT_TEST_FITTING_H

#include "snapshots.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "vitrine/encoder.h"
#include "vitrine/model.h"

enum { VECTOR_SIZE = 8 };

typedef struct data {
    vt_snapshot *snapshot;
    vt_interactions *train;
    vt_item_vectors vectors; /* of all items but the first of several; data is its own, ids are the snapshot's */
} data;

/* Vectors of length 1 by chance, the same for the same id. */
static inline void make_vectors(data *d)
{
    vt_error err = VT_ERROR_INIT;
    const vt_ids *items = &d->snapshot->items;
    int32_t without = items->n > 1, n = items->n - without; /* the first item has none */
    float *rows = vt_alloc((size_t)items->n, VECTOR_SIZE * sizeof *rows, &err);
    assert_non_null(rows);
    for (int32_t i = 0; i < n; i++) {
        vt_str id = vt_ids_get(items, i + without);
        vt_rng rng = vt_rng_at(5, "test", id.len, (uint64_t)id.ptr[id.len - 1] + 256 * (uint64_t)id.ptr[0]);
        float *row = rows + i * VECTOR_SIZE, square = 0.0F;
        for (int k = 0; k < VECTOR_SIZE; k++) {
            row[k] = (float)vt_rng_normal(&rng) + 0.5F;
            square += row[k] * row[k];
        }
        for (int k = 0; k < VECTOR_SIZE; k++) {
            row[k] /= sqrtf(square);
        }
    }
    d->vectors = (vt_item_vectors){n, VECTOR_SIZE, rows, {n, items->offset + without, items->text}, "chance", "", NULL};
}

static inline data data_of(const event_row *rows, size_t n)
{
    data d = {NULL, NULL, {0, 0, NULL, {0, NULL, NULL}, NULL, NULL, NULL}};
    vt_error err = VT_ERROR_INIT;
    check_ok(snapshot_of(&d.snapshot, rows, n, NULL, &err));
    check_ok(vt_interactions_create(&d.train, d.snapshot, NULL, 0, &err));
    make_vectors(&d);
    return d;
}

static inline void data_done(data *d)
{
    vt_free((void *)(uintptr_t)d->vectors.data);
    vt_interactions_free(d->train);
    vt_snapshot_free(d->snapshot);
}

/**
 * Gives every user signals by chance: two views, a cart and a dislike for each positive event, at times about it, on
 * any item.
 */
static inline void add_signals(data *d)
{
    static const uint8_t kind[] = {VT_EVENT_VIEW, VT_EVENT_CART, VT_EVENT_VIEW, VT_EVENT_DISLIKE};
    enum { EACH = sizeof kind / sizeof *kind };
    vt_error err = VT_ERROR_INIT;
    const vt_interactions *train = d->train;
    vt_interactions *s = vt_alloc_zero(1, sizeof *s, &err);
    assert_non_null(s);
    size_t n = (size_t)train->n * EACH;
    *s = (vt_interactions){.snapshot = train->snapshot,
                           .n_users = train->n_users,
                           .n_items = train->n_items,
                           .n = (int64_t)n,
                           .ptr = vt_alloc((size_t)train->n_users + 1, sizeof *s->ptr, &err),
                           .item = vt_alloc(n, sizeof *s->item, &err),
                           .time = vt_alloc(n, sizeof *s->time, &err),
                           .value = vt_alloc(n, sizeof *s->value, &err),
                           .kind = vt_alloc(n, sizeof *s->kind, &err)};
    assert_true(s->ptr != NULL && s->item != NULL && s->time != NULL && s->value != NULL && s->kind != NULL);
    for (int32_t u = 0; u <= train->n_users; u++) {
        s->ptr[u] = train->ptr[u] * EACH;
    }
    for (size_t e = 0; e < n; e++) {
        vt_rng rng = vt_rng_at(7, "test-signals", e, 0);
        s->item[e] = (int32_t)vt_rng_below(&rng, (uint64_t)train->n_items);
        s->time[e] = train->time[e / EACH] + (e % EACH < 2 ? 0 : 1); /* some at once, some behind */
        s->value[e] = NAN;
        s->kind[e] = kind[e % EACH];
    }
    d->train->signals = s;
}

/** The signals of a user, for the state. */
static inline vt_user_state signals_of(const data *d, int32_t user)
{
    const vt_interactions *s = d->train->signals;
    int64_t begin = s->ptr[user];
    return (vt_user_state){.user = user,
                           .n = (size_t)(s->ptr[user + 1] - begin),
                           .item = s->item + begin,
                           .time = s->time + begin,
                           .value = s->value + begin,
                           .kind = s->kind + begin};
}

/** Options of a fit on `d`, with its vectors. */
static inline vt_fit_options options_of(const data *d)
{
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.text = &d->vectors;
    options.image = &d->vectors;
    return options;
}

/** Settings of a fit: as they are, or a few epochs where none are given and the defaults are many. */
static inline const char *brief(const char *kind, const char *settings)
{
    const vt_model_kind *row = vt_model_kind_find(kind);
    bool long_one = settings == NULL && row != NULL && (row->abilities & VT_MODEL_EPOCHS) != 0;
    const char *few = strcmp(kind, "mlp-fusion") == 0 ? "epochs=2,size=16" : "epochs=2";
    few = strcmp(kind, "fusion") == 0 ? "epochs=1,dimensions=8" : few;
    return long_one ? few : settings;
}

/** Fits with one setting text ("a=1,b=2" or NULL). */
static inline int fit_with(vt_model **out, const data *d, const char *kind, const char *settings, int threads,
                           vt_error *err)
{
    vt_fit_options options = options_of(d);
    settings = brief(kind, settings);
    options.settings = &settings;
    options.n_settings = settings == NULL ? 0 : 1;
    options.threads = threads;
    return vt_model_fit(out, kind, d->train, &options, err);
}

static inline vt_model *fitted(const data *d, const char *kind, const char *settings)
{
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(fit_with(&model, d, kind, settings, 2, &err));
    return model;
}

/** The dense id of an item, which must exist. */
static inline int32_t item_of(const data *d, const char *id)
{
    int32_t item = vt_ids_find(&d->snapshot->items, vt_str_of(id));
    assert_true(item >= 0);
    return item;
}

/** The state of a user as it was at fitting. */
static inline vt_user_state state_of(const data *d, int32_t user)
{
    int64_t begin = d->train->ptr[user];
    return (vt_user_state){.user = user,
                           .n = (size_t)(d->train->ptr[user + 1] - begin),
                           .item = d->train->item + begin,
                           .time = d->train->time + begin,
                           .value = d->train->value + begin,
                           .kind = d->train->kind + begin,
                           .now = VT_NONE,
                           .as_fitted = true};
}

/** Scores of one state; freed with vt_free(). */
static inline float *scores_of(const data *d, const vt_model *model, const vt_user_state *state)
{
    vt_error err = VT_ERROR_INIT;
    float *scores = vt_alloc((size_t)d->train->n_items, sizeof *scores, &err);
    assert_non_null(scores);
    check_ok(vt_model_score(model, state, 1, scores, &err));
    return scores;
}

#endif
