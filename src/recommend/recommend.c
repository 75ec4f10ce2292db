/*
 * Recommendations for a user: scores from the history as the store has it now, so that events after fitting and users
 * whom the model never met count at once; filters and rules; what is popular where the model has no more to say.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "recommend/events.h"
#include "recommend/reason.h"
#include "recommend/replenish.h"

/* Adds an item that the user wants fewer of; one that came after the model is nothing to compare with. */
static int add_fewer(vt_asking *a, const char *id, vt_error *err)
{
    int32_t item = vt_ids_find(&a->info.items, vt_str_of(id));
    if (item >= 0 && a->catalogue->stored[item]) {
        a->disliked[a->n_disliked++] = item;
        return VT_OK;
    }
    return vt_find_item(a->store, id, vt_shop_path(a->shop), err);
}

/* What the user dislikes is not listed, and what is like it falls. */
static int gather_disliked(vt_asking *a, const vt_history *history, vt_error *err)
{
    const vt_request *request = a->request;
    int status = VT_OK;
    a->disliked = vt_alloc((size_t)a->info.n_items + request->n_fewer_like, sizeof *a->disliked, err);
    if (a->disliked == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < a->info.n_items; i++) {
        if (history->disliked[i]) {
            a->disliked[a->n_disliked++] = i;
        }
    }
    for (size_t i = 0; status == VT_OK && i < request->n_fewer_like; i++) {
        status = add_fewer(a, request->fewer_like[i], err);
    }
    for (size_t i = 0; i < a->n_disliked; i++) {
        a->allowed[a->disliked[i]] = 0;
    }
    return status;
}

/* Takes out what the user has, unless it is time to buy it again. */
static int leave_out_seen(vt_asking *a, const vt_history *history, vt_error *err)
{
    if (a->request->keep_seen) {
        return VT_OK;
    }
    if (a->rules->replenish) {
        a->seen = history->seen;
        a->interval = vt_alloc((size_t)a->info.n_items, sizeof *a->interval, err);
        int status = a->interval == NULL ? VT_ERR_NO_MEMORY
                                         : vt_replenish_load(a->interval, a->store, a->catalogue, &a->info.items, err);
        if (status != VT_OK) {
            return status;
        }
    }
    for (int32_t i = 0; i < a->info.n_items; i++) {
        bool due = a->interval != NULL && a->interval[i] != VT_NONE && history->bought[i] != VT_NONE &&
                   a->now - history->bought[i] >= a->interval[i];
        a->allowed[i] = a->allowed[i] && (!history->seen[i] || due);
    }
    return VT_OK;
}

/* Rules of the request, or of the shop. */
static int find_rules(vt_asking *a, vt_error *err)
{
    a->rules = a->request->rules;
    if (a->rules != NULL) {
        return VT_OK;
    }
    a->rules = &a->loaded;
    return vt_rules_load(&a->loaded, a->shop, err);
}

/* Scores by the model where there is a history; a model that fails leaves the answer to what is popular. */
static int score(vt_asking *a, const vt_history *history, bool *scored, vt_error *err)
{
    vt_error reason = VT_ERROR_INIT;
    *scored = false;
    if (a->model == NULL) {
        const char *why = a->request->without_model;
        snprintf(a->degraded, sizeof a->degraded, "what is popular answers: %s", why == NULL ? NO_MODEL : why);
        return VT_OK;
    }
    if (history->n == 0 && (a->info.kind->abilities & VT_MODEL_ANYONE) == 0) {
        return VT_OK;
    }
    vt_user_state state = vt_asking_state(a, history);
    int status = vt_model_score(a->model, &state, 1, a->scores, &reason);
    if (status == VT_ERR_NO_MEMORY || status == VT_ERR_CANCELLED) {
        return vt_fail(err, reason.code, "%s", reason.message);
    }
    *scored = status == VT_OK;
    if (status != VT_OK) {
        snprintf(a->degraded, sizeof a->degraded, "what is popular answers: the model %s cannot score: %s",
                 a->info.kind->name, reason.message);
    }
    return VT_OK;
}

static int rank(vt_asking *a, const vt_history *history, vt_error *err)
{
    bool scored = false;
    int status = leave_out_seen(a, history, err);
    a->history = (int64_t)history->n;
    if (status == VT_OK) {
        status = gather_disliked(a, history, err);
    }
    if (status == VT_OK) {
        bool compares = a->n_disliked > 0 && a->rules->fewer_like > 0;
        status = vt_pipeline_init(&a->pipeline, vt_shop_path(a->shop), a->rules, a->catalogue, &a->info.items,
                                  a->info.item_count, compares, err);
    }
    if (status == VT_OK) {
        status = score(a, history, &scored, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (a->pipeline.compares && a->pipeline.text == NULL && a->pipeline.image == NULL && a->degraded[0] == '\0') {
        snprintf(a->degraded, sizeof a->degraded,
                 "items are compared by category and brand alone: run \"vitrine encode\" for their texts and photos");
    }
    vt_listing listing = {
        .scores = scored ? a->scores : NULL,
        .allowed = a->allowed,
        .history = history->item,
        .n_history = history->n,
        .disliked = a->disliked,
        .n_disliked = a->n_disliked,
        .now = a->now,
        .n = (size_t)a->request->n,
    };
    return vt_pipeline_list(a->placed, &a->n_placed, &a->pipeline, &listing, err);
}

int vt_recommend(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    vt_asking asking = {0};
    vt_history *history = NULL;
    vt_answer answer = {0};
    if (request->user == NULL && request->n_events == 0) {
        return vt_fail(err, VT_ERR_USAGE, "no user is named to recommend for; name one, or give events of a visitor");
    }
    int status = vt_asking_begin(&asking, shop, model, request, err);
    if (status == VT_OK) {
        status = find_rules(&asking, err);
    }
    if (status == VT_OK) {
        status = vt_asking_history(&history, &asking, err);
    }
    if (status == VT_OK) {
        status = rank(&asking, history, err);
    }
    if (status == VT_OK) {
        status = vt_asking_answer(&answer, &asking, err);
    }
    if (status == VT_OK && request->explain) {
        status = vt_reasons_add(&answer, &asking, history, err);
    }
    if (status == VT_OK) {
        *out = answer;
    } else {
        vt_answer_done(&answer);
    }
    vt_history_free(history);
    vt_asking_done(&asking);
    return status;
}
