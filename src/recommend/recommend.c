/*
 * Recommendations for a user: scores from the history as the shop has it now, so that events after fitting and users
 * whom the model never met count at once; filters and rules; what is popular where the model has no more to say.
 */
#include <stdio.h>
#include <stdlib.h>

#include "recommend/context.h"
#include "recommend/reason.h"
#include "recommend/replenish.h"
#include "recommend/stamp.h"

/* Adds an item that the user wants fewer of. */
static int add_fewer(vt_context *c, const char *id, vt_error *err)
{
    int32_t item = -1;
    int status = vt_context_item(&item, c, id, err);
    if (status == VT_ERR_NOT_FOUND && c->request->visitor) {
        vt_error_reset(err);
        return VT_OK;
    }
    if (status == VT_OK) {
        c->disliked[c->n_disliked++] = item;
    }
    return status;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* What the user dislikes is not listed, and what is like it is lowered. */
static int gather_disliked(vt_context *c, vt_error *err)
{
    const vt_request *request = c->request;
    const vt_history *h = &c->history;
    int status = VT_OK;
    c->disliked = vt_arena_alloc(c->scratch->arena, h->n_marks + request->n_fewer_like, sizeof *c->disliked, err);
    if (c->disliked == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t m = 0; m < h->n_marks; m++) {
        if (h->mark[m].disliked) {
            c->disliked[c->n_disliked++] = h->mark[m].item;
        }
    }
    if (c->n_disliked > 1) {
        qsort(c->disliked, c->n_disliked, sizeof *c->disliked, by_number);
    }
    for (size_t i = 0; status == VT_OK && i < request->n_fewer_like; i++) {
        status = add_fewer(c, request->fewer_like[i], err);
    }
    for (size_t i = 0; i < c->n_disliked; i++) {
        c->allowed[c->disliked[i]] = 0;
    }
    return status;
}

/* Takes out what the user has, unless it is time to buy it again. */
static int leave_out_seen(vt_context *c, vt_error *err)
{
    const vt_history *h = &c->history;
    if (c->request->keep_seen) {
        return VT_OK;
    }
    if (c->rules->replenish) {
        int status = vt_replenish_intervals(&c->interval, c, err);
        if (status != VT_OK) {
            return status;
        }
    }
    for (size_t m = 0; m < h->n_marks; m++) {
        const vt_item_mark *mark = &h->mark[m];
        bool due = c->interval != NULL && c->interval[mark->item] != VT_NONE && mark->bought != VT_NONE &&
                   c->now - mark->bought >= c->interval[mark->item];
        c->allowed[mark->item] = c->allowed[mark->item] && (!mark->seen || due);
    }
    return VT_OK;
}

/* Scores by the model where there is a history; a model that fails leaves the answer to what is popular. */
static int score(vt_context *c, bool *scored, vt_error *err)
{
    vt_error reason = VT_ERROR_INIT;
    *scored = false;
    if (c->bound->model == NULL) {
        snprintf(c->degraded, sizeof c->degraded, "what is popular answers: %s", c->recommender->without_model);
        return VT_OK;
    }
    if (c->history.n == 0 && (c->bound->info.kind->abilities & VT_MODEL_ANYONE) == 0) {
        return VT_OK;
    }
    vt_user_state state = vt_context_state(c);
    int status = vt_model_score(c->bound->model, &state, 1, c->raw, &reason);
    if (status == VT_ERR_NO_MEMORY || status == VT_ERR_CANCELLED) {
        return vt_fail(err, reason.code, "%s", reason.message);
    }
    *scored = status == VT_OK;
    if (status == VT_OK) {
        vt_context_spread(c);
    } else {
        snprintf(c->degraded, sizeof c->degraded, "what is popular answers: the model %s cannot score: %s",
                 c->bound->info.kind->name, reason.message);
    }
    return VT_OK;
}

static int rank(vt_context *c, vt_error *err)
{
    bool scored = false;
    int status = leave_out_seen(c, err);
    status = status != VT_OK ? status : gather_disliked(c, err);
    if (status == VT_OK) {
        status = vt_context_pipeline(c, c->n_disliked > 0 && c->rules->fewer_like > 0, err);
    }
    if (status == VT_OK) {
        vt_pipeline_block(c->allowed, &c->pipeline);
    }
    status = status != VT_OK ? status : score(c, &scored, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_likeness *likeness = &c->pipeline.likeness;
    if (c->pipeline.compares && likeness->text == NULL && likeness->image == NULL && c->degraded[0] == '\0') {
        snprintf(c->degraded, sizeof c->degraded,
                 "items are compared by category and brand alone: run \"vitrine encode\" for their texts and photos");
    }
    vt_listing listing = {
        .scores = scored ? c->scores : NULL,
        .allowed = c->allowed,
        .history = c->history.shown,
        .n_history = c->history.n,
        .disliked = c->disliked,
        .n_disliked = c->n_disliked,
        .now = c->now,
        .n = (size_t)c->request->n,
        .scratch = c->scratch->arena,
    };
    return vt_pipeline_list(c->placed, &c->n_placed, &c->pipeline, &listing, err);
}

int vt_recommend_stamped(vt_answer *out, vt_answer_stamp *stamp, vt_recommender *recommender, const vt_request *request,
                         vt_error *err)
{
    vt_context c = {0};
    vt_answer answer = {0};
    if (request->user == NULL && request->n_events == 0 && !request->visitor) {
        return vt_fail(err, VT_ERR_USAGE, "no user is named to recommend for; name one, or give events of a visitor");
    }
    int status = vt_context_begin(&c, recommender, request, err);
    if (status == VT_OK) {
        c.rules = request->rules != NULL ? request->rules : &c.serving->rules->rules;
        status = vt_context_history(&c, err);
    }
    status = status != VT_OK ? status : rank(&c, err);
    status = status != VT_OK ? status : vt_context_answer(&answer, &c, err);
    if (status == VT_OK && request->explain) {
        status = vt_reasons_add(&answer, &c, err);
    }
    if (status == VT_OK && stamp != NULL) {
        status = vt_context_stamp(stamp, &c, err);
    }
    if (status == VT_OK) {
        *out = answer;
    } else {
        vt_answer_done(&answer);
    }
    vt_context_done(&c);
    return status;
}

int vt_recommend(vt_answer *out, vt_recommender *recommender, const vt_request *request, vt_error *err)
{
    return vt_recommend_stamped(out, NULL, recommender, request, err);
}
