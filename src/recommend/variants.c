/*
 * Explaining by doing: the model scores the changed history like any other, so the answer is exact for every kind of
 * model. Some histories at a time, since products over several rows cost less each.
 */
#include "recommend/variants.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"

enum { AT_ONCE = 8 };

int32_t vt_rank_of(const float *scores, const uint8_t *allowed, int32_t n_items, int32_t item)
{
    int32_t rank = 1;
    float own = scores[item];
    if (isinf(own) && own < 0.0F) {
        return 0;
    }
    for (int32_t i = 0; i < n_items; i++) {
        bool above = scores[i] > own || (!(scores[i] < own) && i < item);
        rank += allowed[i] && above && i != item;
    }
    return rank;
}

/* A copy of an array of the history without one entry and with room for one more; NULL stays NULL. */
static void *changed(vt_arena *arena, const void *array, size_t n, size_t size, const vt_variant *v, const void *added,
                     int *status, vt_error *err)
{
    if (array == NULL || *status != VT_OK) {
        return NULL;
    }
    char *copy = vt_arena_alloc(arena, n + 1, size, err);
    if (copy == NULL) {
        *status = VT_ERR_NO_MEMORY;
        return NULL;
    }
    size_t head = v->without < 0 ? n : (size_t)v->without, tail = v->without < 0 ? 0 : n - head - 1;
    if (head > 0) {
        memcpy(copy, array, head * size);
    }
    if (tail > 0) {
        memcpy(copy + head * size, (const char *)array + (head + 1) * size, tail * size);
    }
    memcpy(copy + (head + tail) * size, added, size);
    return copy;
}

/* A state as it would be; `signals` holds those that are left where one of them is left out. */
static int change(vt_user_state *out, vt_user_state *signals, vt_arena *arena, const vt_user_state *state,
                  const vt_variant *variant, uint8_t kind, float value, vt_error *err)
{
    static const int32_t no_items = 0;
    static const int64_t no_times = 0;
    static const float no_values = 0.0F;
    static const uint8_t no_kinds = 0;
    int status = VT_OK;
    bool empty = state->n == 0; /* a history that begins has all columns */
    vt_variant own = *variant, *v = &own;
    *out = *state;
    out->as_fitted = false;
    if (v->without >= (int64_t)state->n) {
        const vt_variant of_signals = {v->without - (int64_t)state->n, -1};
        const vt_user_state *all = state->signals;
        *signals = *all;
        signals->n = all->n - 1;
        signals->item = changed(arena, all->item, all->n, sizeof *all->item, &of_signals, &no_items, &status, err);
        signals->time = changed(arena, all->time, all->n, sizeof *all->time, &of_signals, &no_times, &status, err);
        signals->value = changed(arena, all->value, all->n, sizeof *all->value, &of_signals, &no_values, &status, err);
        signals->kind = changed(arena, all->kind, all->n, sizeof *all->kind, &of_signals, &no_kinds, &status, err);
        out->signals = signals;
        v->without = -1;
    }
    if (v->without < 0 && v->with < 0) {
        return status;
    }
    out->n = state->n - (v->without >= 0) + (v->with >= 0);
    out->item = changed(arena, empty ? &no_items : state->item, state->n, sizeof *out->item, v, &v->with, &status, err);
    out->time =
        changed(arena, empty ? &no_times : state->time, state->n, sizeof *out->time, v, &state->now, &status, err);
    out->value =
        changed(arena, empty ? &no_values : state->value, state->n, sizeof *out->value, v, &value, &status, err);
    out->kind = changed(arena, empty ? &no_kinds : state->kind, state->n, sizeof *out->kind, v, &kind, &status, err);
    return status;
}

int vt_variants_score(vt_outcome *out, const vt_model *model, const uint8_t *allowed, const vt_user_state *state,
                      int32_t item, const vt_variant *variants, size_t n, uint8_t kind, double value, vt_error *err)
{
    vt_model_info info;
    vt_arena *arena = NULL;
    vt_user_state states[AT_ONCE], signals[AT_ONCE];
    vt_model_describe(model, &info);
    size_t wide = (size_t)info.n_items;
    float *scores = vt_alloc_aligned(AT_ONCE * wide, sizeof *scores, err);
    int status = scores == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&arena, 0, err);
    for (size_t begin = 0; begin < n && status == VT_OK; begin += AT_ONCE) {
        size_t batch = n - begin < AT_ONCE ? n - begin : AT_ONCE;
        vt_arena_reset(arena);
        for (size_t b = 0; b < batch && status == VT_OK; b++) {
            status = change(&states[b], &signals[b], arena, state, &variants[begin + b], kind, (float)value, err);
        }
        if (status == VT_OK) {
            status = vt_model_score(model, states, batch, scores, err);
        }
        for (size_t b = 0; b < batch && status == VT_OK; b++) {
            const float *row = scores + b * wide;
            out[begin + b] = (vt_outcome){row[item], vt_rank_of(row, allowed, info.n_items, item)};
        }
    }
    vt_arena_free(arena);
    vt_free(scores);
    return status;
}
