/* Matching by ids. Both tables of ids are in the order of their bytes, so numbers of one in the other ascend too. */
#include "eval/match.h"

#include "base/alloc.h"

int vt_match_items(int32_t **to_model, const vt_snapshot *snapshot, const vt_model_info *model, vt_error *err)
{
    int32_t *to = vt_alloc((size_t)snapshot->n_items, sizeof *to, err);
    int32_t common = 0;
    if (to == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < snapshot->n_items; i++) {
        to[i] = vt_ids_find(&model->items, vt_ids_get(&snapshot->items, i));
        common += to[i] >= 0;
    }
    if (common == 0) {
        vt_free(to);
        return vt_fail(err, VT_ERR_UNSUPPORTED, "the model knows none of the shop's items");
    }
    *to_model = to;
    return VT_OK;
}

int vt_match_state(vt_user_state *out, const int32_t *to_model, const vt_user_state *state, vt_arena *arena,
                   vt_error *err)
{
    size_t n = state->n, kept = 0;
    int32_t *item = vt_arena_alloc(arena, n + 1, sizeof *item, err);
    int64_t *time = vt_arena_alloc(arena, n + 1, sizeof *time, err);
    float *value = vt_arena_alloc(arena, n + 1, sizeof *value, err);
    uint8_t *kind = vt_arena_alloc(arena, n + 1, sizeof *kind, err);
    if (item == NULL || time == NULL || value == NULL || kind == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        if (to_model[state->item[i]] >= 0) {
            item[kept] = to_model[state->item[i]];
            time[kept] = state->time == NULL ? VT_NONE : state->time[i];
            value[kept] = state->value == NULL ? 0 : state->value[i];
            kind[kept++] = state->kind == NULL ? 0 : state->kind[i];
        }
    }
    *out = (vt_user_state){
        .n = kept,
        .item = item,
        .time = state->time == NULL ? NULL : time,
        .value = state->value == NULL ? NULL : value,
        .kind = state->kind == NULL ? NULL : kind,
        .now = state->now,
    };
    return VT_OK;
}
