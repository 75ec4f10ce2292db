/*
 * Pairs out of events by counting: no sorting, since going through users in order gives columns in order on the
 * other side.
 */
#include "model/matrix.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "vitrine/record.h"

/* What the entry of an event holds; NaN leaves it out. */
static float entry_of(const vt_interactions *train, vt_entry entry, int64_t event, int64_t first)
{
    if (entry == VT_ENTRY_VALUE) {
        float value = train->value[event];
        return isnan(value) ? 1.0F : value > 0.0F ? value : NAN;
    }
    if (entry == VT_ENTRY_DAYS) {
        return train->time[event] == VT_NONE ? 0.0F : (float)((double)(train->time[event] - first) / 86400.0);
    }
    return 1.0F;
}

/* Marks in `chosen` (N) the first event of each pair that has an entry, and counts them per item in ptr[item + 1]. */
static int64_t choose(uint8_t *chosen, float *value, int64_t *ptr, int32_t *last_user, const vt_interactions *train,
                      vt_entry entry)
{
    int64_t first = INT64_MAX, pairs = 0;
    for (int64_t e = 0; e < train->n; e++) {
        if (train->time[e] != VT_NONE && train->time[e] < first) {
            first = train->time[e];
        }
    }
    for (int32_t i = 0; i < train->n_items; i++) {
        last_user[i] = -1;
    }
    for (int32_t user = 0; user < train->n_users; user++) {
        for (int64_t e = train->ptr[user]; e < train->ptr[user + 1]; e++) {
            int32_t item = train->item[e];
            value[e] = entry_of(train, entry, e, first);
            chosen[e] = last_user[item] != user && !isnan(value[e]);
            last_user[item] = user;
            pairs += chosen[e];
            ptr[item + 1] += chosen[e];
        }
    }
    return pairs;
}

int vt_matrix_create(vt_csr **users, vt_csr **items, const vt_interactions *train, vt_entry entry, vt_error *err)
{
    vt_csr *by_item = NULL, *by_user = NULL;
    int64_t *ptr = vt_alloc_zero((size_t)train->n_items + 1, sizeof *ptr, err);
    uint8_t *chosen = ptr == NULL ? NULL : vt_alloc((size_t)train->n, 1, err);
    float *value = chosen == NULL ? NULL : vt_alloc((size_t)train->n, sizeof *value, err);
    int32_t *last_user = value == NULL ? NULL : vt_alloc((size_t)train->n_items, sizeof *last_user, err);
    int status = VT_ERR_NO_MEMORY;
    if (last_user == NULL) {
        goto out;
    }
    int64_t pairs = choose(chosen, value, ptr, last_user, train, entry);
    status = vt_csr_create(&by_item, train->n_items, train->n_users, pairs, err);
    if (status != VT_OK) {
        goto out;
    }
    for (int32_t i = 0; i < train->n_items; i++) {
        ptr[i + 1] += ptr[i];
    }
    memcpy(by_item->ptr, ptr, ((size_t)train->n_items + 1) * sizeof *ptr);
    for (int32_t user = 0; user < train->n_users; user++) {
        for (int64_t e = train->ptr[user]; e < train->ptr[user + 1]; e++) {
            if (chosen[e]) {
                int64_t place = ptr[train->item[e]]++;
                by_item->column[place] = user;
                by_item->value[place] = value[e];
            }
        }
    }
    if (users != NULL) {
        status = vt_csr_transpose(&by_user, by_item, err);
    }
    if (status == VT_OK) {
        if (users != NULL) {
            *users = by_user;
            by_user = NULL;
        }
        if (items != NULL) {
            *items = by_item;
            by_item = NULL;
        }
    }
out:
    vt_csr_free(by_user);
    vt_csr_free(by_item);
    vt_free(ptr);
    vt_free(chosen);
    vt_free(value);
    vt_free(last_user);
    return status;
}
