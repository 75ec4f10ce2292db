/* Rows that reports read of a model: what it weighs by category, and how far back its attention goes. */
#include "vitrine/weights.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/store.h"
#include "vitrine/explanation.h"

enum { USERS = 300, BACK = 20, PLACES = BACK + 1 /* the start */ };

typedef struct recording {
    vt_store *store;
    vt_str name;
    vt_error *err;
} recording;

static int put(void *context, const vt_weight *weight)
{
    recording *r = context;
    return vt_store_put_weight(r->store, r->name, weight, r->err);
}

/* Sums over users of the attention of each head to each place of the history. */
typedef struct attention {
    size_t layers, heads;
    double *sum;    /* (layers heads, PLACES); the last place is the start */
    int64_t *users; /* (PLACES) that have so many events */
} attention;

static int add_user(attention *a, const vt_explanation *e, size_t n, vt_error *err)
{
    size_t rows = e->layers * e->heads;
    if (a->sum == NULL) {
        a->layers = e->layers;
        a->heads = e->heads;
        a->sum = vt_alloc_zero(rows * PLACES, sizeof *a->sum, err);
        a->users = a->sum == NULL ? NULL : vt_alloc_zero(PLACES, sizeof *a->users, err);
    }
    if (a->users == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t row = 0; row < rows; row++) {
        const float *from = e->attention + row * (n + 1); /* the start first */
        double *to = a->sum + row * PLACES;
        to[BACK] += (double)from[0];
        for (size_t back = 0; back < BACK && back < n; back++) {
            to[back] += (double)from[n - back];
        }
    }
    a->users[BACK]++;
    for (size_t back = 0; back < BACK && back < n; back++) {
        a->users[back]++;
    }
    return VT_OK;
}

/* What the model attends to when it scores a user's last item after the whole history. */
static int ask_user(attention *a, const vt_model *model, const vt_interactions *train, int32_t user, vt_error *err)
{
    int64_t begin = train->ptr[user], n = train->ptr[user + 1] - begin;
    vt_explanation e;
    memset(&e, 0, sizeof e);
    vt_user_state state = {
        .user = user,
        .n = (size_t)n,
        .item = train->item + begin,
        .time = train->snapshot->time_max == VT_NONE ? NULL : train->time + begin,
        .value = train->value + begin,
        .kind = train->kind + begin,
        .now = train->time[begin + n - 1],
    };
    int status = vt_model_explain(&e, model, &state, &train->item[begin + n - 1], 1, err);
    if (status == VT_OK && e.attention != NULL) {
        status = add_user(a, &e, (size_t)n, err);
    }
    vt_explanation_done(&e);
    return status;
}

static int tell_attention(const attention *a, recording *r)
{
    char place[48], name[16];
    int status = VT_OK;
    for (size_t row = 0; row < a->layers * a->heads; row++) {
        snprintf(place, sizeof place, "%zu.%zu", row / a->heads + 1, row % a->heads + 1);
        for (size_t back = 0; back < PLACES && status == VT_OK; back++) {
            snprintf(name, sizeof name, back == BACK ? "start" : "%02zu", back + 1);
            vt_weight w = {vt_str_of("attention"), vt_str_of(place), vt_str_of(name), 0.0, a->users[back]};
            w.value = w.n > 0 ? a->sum[row * PLACES + back] / (double)w.n : 0.0;
            status = w.n > 0 ? put(r, &w) : VT_OK;
        }
    }
    return status;
}

static int record_attention(recording *r, const vt_model *model, const vt_interactions *train, vt_error *err)
{
    attention a = {0};
    int status = VT_OK;
    int64_t able = 0, taken = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        able += train->ptr[u + 1] - train->ptr[u] >= 2;
    }
    for (int32_t u = 0; u < train->n_users && status == VT_OK; u++) {
        if (train->ptr[u + 1] - train->ptr[u] < 2) {
            continue;
        }
        bool turn = able <= USERS || taken * USERS / able != (taken + 1) * USERS / able; /* evenly among all */
        taken++;
        status = turn ? ask_user(&a, model, train, u, err) : VT_OK;
    }
    if (status == VT_OK && a.sum != NULL) {
        status = tell_attention(&a, r);
    }
    vt_free(a.sum);
    vt_free(a.users);
    return status;
}

int vt_weights_record(vt_shop *shop, const char *name, const vt_model *model, const vt_interactions *train,
                      vt_error *err)
{
    recording r = {vt_shop_store(shop), vt_str_of(name), err};
    int status = vt_store_begin(r.store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_clear_weights(r.store, r.name, err);
    if (status == VT_OK) {
        status = vt_model_weights(model, put, &r, err);
    }
    if (status == VT_OK && train != NULL) {
        status = record_attention(&r, model, train, err);
    }
    if (status != VT_OK) {
        vt_store_rollback(r.store);
        return status;
    }
    return vt_store_commit(r.store, 0, err);
}

int vt_weights_each(vt_shop *shop, const char *name, vt_weight_each each, void *context, vt_error *err)
{
    return vt_store_each_weight(vt_shop_store(shop), vt_str_of(name), each, context, err);
}
