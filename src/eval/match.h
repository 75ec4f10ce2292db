/*
 * Histories of a snapshot in the numbers of a model that may be fitted on another: items and users are matched by their
 * ids. Legend: I items of the snapshot.
 */
#ifndef VT_EVAL_MATCH_H
#define VT_EVAL_MATCH_H

#include "base/arena.h"
#include "vitrine/evaluation.h"

/**
 * The model's number of each item of the snapshot into `*to_model` (I), -1 where it does not know the item; the
 * caller's. VT_ERR_UNSUPPORTED when it knows none.
 */
int vt_match_items(int32_t **to_model, const vt_snapshot *snapshot, const vt_model_info *model, vt_error *err);

/** The events of a state whose items the model knows; user, signals and known times are the caller's to match. */
int vt_match_state(vt_user_state *out, const int32_t *to_model, const vt_user_state *state, vt_arena *arena,
                   vt_error *err);

#endif
