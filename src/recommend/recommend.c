/*
 * Recommendations for a user: scores from the history as the store has it now, so that events after fitting and users
 * whom the model never met count at once; filters; what is popular where the model has no more to say.
 */
#include "recommend/answer.h"
#include "recommend/history.h"

static int known_user(void *context, int64_t row, const vt_user *user)
{
    (void)context;
    (void)row;
    (void)user;
    return VT_OK;
}

static int find_user(vt_asking *a, vt_error *err)
{
    const char *user = a->request->user;
    int status = vt_store_user(a->store, vt_str_of(user), known_user, NULL, err);
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "no user \"%s\" in shop %s; ids are case-sensitive and written as they were imported", user,
                       vt_shop_path(a->shop));
    }
    return status;
}

/* Scores by the model, where there is a history, and fills up. */
static int rank(vt_asking *a, const vt_history *history, vt_error *err)
{
    for (int32_t i = 0; !a->request->keep_seen && i < a->info.n_items; i++) {
        a->allowed[i] = a->allowed[i] && !history->seen[i];
    }
    a->history = (int64_t)history->n;
    if (history->n > 0) {
        vt_user_state state =
            vt_history_state(history, vt_ids_find(&a->info.users, vt_str_of(a->request->user)), a->now);
        int status = vt_model_score(a->model, &state, 1, a->scores, err);
        if (status != VT_OK) {
            return status;
        }
        vt_asking_choose(a);
    }
    return vt_asking_fill(a, err);
}

int vt_recommend(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    vt_asking asking = {0};
    vt_history *history = NULL;
    if (request->user == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no user is named to recommend for; name one");
    }
    int status = vt_asking_begin(&asking, shop, model, request, err);
    if (status == VT_OK) {
        status = find_user(&asking, err);
    }
    if (status == VT_OK) {
        status = vt_history_load(&history, asking.store, vt_str_of(request->user), &asking.info, err);
    }
    if (status == VT_OK) {
        status = rank(&asking, history, err);
    }
    if (status == VT_OK) {
        status = vt_asking_answer(out, &asking, err);
    }
    vt_history_free(history);
    vt_asking_done(&asking);
    return status;
}
