/*
 * Whom a request is about. A visitor whom nobody has seen is the events that are given; a known user may have events
 * that the shop has not been told yet.
 */
#include "recommend/events.h"

#include <math.h>

#include "recommend/shop_items.h"

static int known_user(void *context, int64_t row, const vt_user *user)
{
    (void)context;
    (void)row;
    (void)user;
    return VT_OK;
}

static int find_user(const vt_asking *a, vt_error *err)
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

int vt_asking_item(int32_t *out, const vt_asking *a, const char *id, vt_error *err)
{
    int status = vt_find_item(a->store, id, vt_shop_path(a->shop), err);
    int32_t item = status == VT_OK ? vt_ids_find(&a->info.items, vt_str_of(id)) : -1;
    if (status == VT_OK && item < 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "item \"%s\" is not in the model, which was fitted before it came or without it; train again",
                       id);
    }
    *out = status == VT_OK ? item : *out;
    return status;
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

static int add_given(vt_history *h, vt_asking *a, const vt_given_event *given, const vt_positive *positive,
                     vt_error *err)
{
    int32_t item = -1;
    int status = vt_asking_item(&item, a, given->item, err);
    if (status != VT_OK) {
        return status;
    }
    vt_event_kind counted = VT_EVENT_PURCHASE;
    double value = given->value;
    if (given->kind < 0) {
        status = vt_event_counted(&counted, &value, a->info.positive, err);
    }
    vt_event_row event = {.time = given->time == VT_NONE ? a->now : given->time,
                          .value = value,
                          .kind = (uint8_t)(given->kind < 0 ? (int)counted : given->kind)};
    bool counts = false;
    status = status == VT_OK ? vt_history_add(&counts, h, positive, &event, item, err) : status;
    a->ignored += status == VT_OK && !counts;
    return status;
}

int vt_asking_history(vt_history **out, vt_asking *a, vt_error *err)
{
    const vt_request *request = a->request;
    vt_history *history = NULL;
    vt_positive positive;
    int status = request->user == NULL ? VT_OK : find_user(a, err);
    if (status == VT_OK) {
        status = vt_history_load(&history, a->store, vt_str_of(request->user), &a->info, err);
    }
    if (status == VT_OK) {
        status = vt_positive_parse(&positive, a->info.positive, err);
    }
    for (size_t e = 0; e < request->n_events && status == VT_OK; e++) {
        status = add_given(history, a, &request->events[e], &positive, err);
    }
    if (status == VT_OK) {
        status = vt_history_close(history, err);
    }
    if (status != VT_OK) {
        vt_history_free(history);
        return status;
    }
    *out = history;
    return VT_OK;
}

vt_user_state vt_asking_state(const vt_asking *a, const vt_history *history)
{
    const char *user = a->request->user;
    return vt_history_state(history, user == NULL ? -1 : vt_ids_find(&a->info.users, vt_str_of(user)), a->now);
}
