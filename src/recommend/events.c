/*
 * Whom a request is about. A visitor whom nobody has seen is the events that are given; a known user may have events
 * that the shop has not been told yet.
 */
#include <math.h>

#include "recommend/context.h"

static int find_user(vt_context *c, vt_error *err)
{
    const char *user = c->request->user;
    c->user = vt_view_find_user(c->view, vt_str_of(user));
    if (c->user < 0 && !c->request->visitor) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "no user \"%s\" in shop %s; ids are case-sensitive and written as they were imported", user,
                       vt_live_path(c->recommender->live));
    }
    return VT_OK;
}

int vt_event_counted(vt_event_kind *kind, double *value, const char *rule, vt_error *err)
{
    static const double ratings[] = {5.0, 4.0, 3.0, 2.0, 1.0};
    vt_positive positive;
    int status = vt_positive_parse(&positive, rule, err);
    if (status != VT_OK) {
        return status;
    }
    *value = (double)NAN;
    for (int k = 0; k < VT_EVENT_KINDS; k++) {
        /* Purchases first: they are what shops count. */
        *kind = (vt_event_kind)(k == 0 ? VT_EVENT_PURCHASE : k <= VT_EVENT_PURCHASE ? k - 1 : k);
        if (vt_positive_holds(&positive, (int)*kind, (double)NAN)) {
            return VT_OK;
        }
    }
    *kind = VT_EVENT_RATING;
    for (size_t r = 0; r < sizeof ratings / sizeof *ratings; r++) {
        *value = ratings[r];
        if (vt_positive_holds(&positive, VT_EVENT_RATING, *value)) {
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_UNSUPPORTED, "the model counts \"%s\"; no event of a visitor is known to be one", rule);
}

static int add_given(vt_context *c, const vt_given_event *given, vt_error *err)
{
    int32_t item = -1, known = -1;
    vt_event_kind counted = VT_EVENT_PURCHASE;
    double value = given->value;
    int status = vt_context_item(&item, c, given->item, err);
    status = status != VT_OK ? status : vt_context_model_item(&known, c, given->item, err);
    if (status == VT_ERR_NOT_FOUND && c->request->visitor) {
        vt_error_reset(err);
        c->ignored++;
        return VT_OK;
    }
    if (status == VT_OK && given->kind < 0) {
        status = vt_event_counted(&counted, &value, c->bound->info.positive, err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_past_event event = {item, (uint8_t)(given->kind < 0 ? (int)counted : given->kind),
                           given->time == VT_NONE ? c->now : given->time, (float)value};
    c->ignored += !vt_history_add(&c->history, &event);
    return VT_OK;
}

int vt_context_history(vt_context *c, vt_error *err)
{
    const vt_request *request = c->request;
    int status = request->user == NULL ? VT_OK : find_user(c, err);
    if (status == VT_OK) {
        status = vt_history_load(&c->history, c->serving, c->scratch, c->user, request->n_events, err);
    }
    for (size_t e = 0; e < request->n_events && status == VT_OK; e++) {
        status = add_given(c, &request->events[e], err);
    }
    return status == VT_OK ? vt_history_close(&c->history, err) : status;
}

vt_user_state vt_context_state(const vt_context *c)
{
    const char *user = c->request->user;
    bool known = user != NULL && c->bound->model != NULL;
    return vt_history_state(&c->history, known ? vt_ids_find(&c->bound->info.users, vt_str_of(user)) : -1, c->now);
}
