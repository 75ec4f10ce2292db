/* Item-item weights in rows, and sums of rows: one place for the models whose fit is all that differs. */
#include "model/nearest.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "model/explanation.h"
#include "model/history.h"

typedef struct nearest {
    vt_csr *weights; /* (I, I) */
    double half_life;
} nearest;

void vt_nearest_free(void *state)
{
    nearest *m = state;
    if (m != NULL) {
        vt_csr_free(m->weights);
        vt_free(m);
    }
}

int vt_nearest_take(void **state, vt_csr *weights, double half_life, vt_error *err)
{
    nearest *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        vt_csr_free(weights);
        return VT_ERR_NO_MEMORY;
    }
    m->weights = weights;
    m->half_life = half_life;
    *state = m;
    return VT_OK;
}

int vt_nearest_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_csr *weights = ((const nearest *)state)->weights;
    int64_t n = weights->ptr[weights->n_rows];
    int status = vt_tensor_list_add(list, "nearest.ptr", VT_I64, (int64_t)weights->n_rows + 1, 0, weights->ptr, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "nearest.item", VT_I32, n, 0, weights->column, err);
    }
    return status == VT_OK ? vt_tensor_list_add(list, "nearest.similarity", VT_F32, n, 0, weights->value, err) : status;
}

/* Rows in order, columns ascending and inside, values finite and above 0. */
static bool sound(const vt_csr *csr, int64_t n)
{
    bool good = csr->ptr[0] == 0 && csr->ptr[csr->n_rows] == n;
    for (int32_t i = 0; good && i < csr->n_rows; i++) {
        good = csr->ptr[i] <= csr->ptr[i + 1] && csr->ptr[i + 1] <= n;
        int32_t last = -1;
        for (int64_t e = csr->ptr[i]; good && e < csr->ptr[i + 1]; e++) {
            good = csr->column[e] > last && csr->column[e] < csr->n_columns && csr->value[e] > 0.0F &&
                   isfinite(csr->value[e]);
            last = csr->column[e];
        }
    }
    return good;
}

int vt_nearest_load(void **state, const vt_safetensors *file, double half_life, int32_t n_items, vt_error *err)
{
    vt_tensor ptr, item, value;
    int status = vt_safetensors_tensor(file, "nearest.ptr", VT_I64, 1, (int64_t)n_items + 1, 0, &ptr, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "nearest.item", VT_I32, 1, -1, 0, &item, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "nearest.similarity", VT_F32, 1, item.shape[0], 0, &value, err);
    }
    vt_csr *weights = NULL;
    if (status == VT_OK) {
        status = vt_csr_create(&weights, n_items, n_items, item.shape[0], err);
    }
    if (status != VT_OK) {
        return status;
    }
    size_t n = (size_t)item.shape[0];
    memcpy(weights->ptr, ptr.data, ((size_t)n_items + 1) * sizeof *weights->ptr);
    if (n > 0) {
        memcpy(weights->column, item.data, n * sizeof *weights->column);
        memcpy(weights->value, value.data, n * sizeof *weights->value);
    }
    if (!sound(weights, item.shape[0])) {
        vt_csr_free(weights);
        return vt_fail(err, VT_ERR_CORRUPT,
                       "the neighbours of the model are out of order or not finite; fit the model again");
    }
    return vt_nearest_take(state, weights, half_life, err);
}

int vt_nearest_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const nearest *m = state;
    const vt_csr *weights = m->weights;
    size_t n_items = (size_t)weights->n_rows, longest = 0;
    for (size_t s = 0; s < n; s++) {
        longest = states[s].n > longest ? states[s].n : longest;
    }
    size_t *kept = vt_alloc(longest, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t s = 0; s < n; s++) {
        const vt_user_state *user = &states[s];
        float *row = scores + s * n_items;
        memset(row, 0, n_items * sizeof *row);
        size_t n_kept = vt_history_first(kept, user, row);
        for (size_t h = 0; h < n_kept; h++) {
            int32_t item = user->item[kept[h]];
            float weight = vt_history_weight(user, kept, n_kept, h, m->half_life);
            for (int64_t e = weights->ptr[item]; e < weights->ptr[item + 1]; e++) {
                row[weights->column[e]] += weight * weights->value[e];
            }
        }
        for (size_t i = 0; i < n_items; i++) {
            row[i] = row[i] > 0.0F ? row[i] : -INFINITY;
        }
    }
    vt_free(kept);
    return VT_OK;
}

static float weight_of(const vt_csr *weights, int32_t row, int32_t column)
{
    int64_t low = weights->ptr[row], high = weights->ptr[row + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (weights->column[middle] < column) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < weights->ptr[row + 1] && weights->column[low] == column ? weights->value[low] : 0.0F;
}

int vt_nearest_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items,
                       size_t n, vt_error *err)
{
    const nearest *m = state;
    size_t *kept = vt_alloc(user->n, sizeof *kept, err);
    double *by_event = kept == NULL ? NULL : vt_alloc(user->n, sizeof *by_event, err);
    float *mark = by_event == NULL ? NULL : vt_alloc_zero((size_t)m->weights->n_rows, sizeof *mark, err);
    int status = mark == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n_kept = status == VT_OK ? vt_history_first(kept, user, mark) : 0;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        vt_explaining e;
        double sum = 0.0;
        memset(by_event, 0, user->n * sizeof *by_event);
        for (size_t h = 0; h < n_kept; h++) {
            float weight = vt_history_weight(user, kept, n_kept, h, m->half_life);
            by_event[kept[h]] = (double)(weight * weight_of(m->weights, user->item[kept[h]], items[i]));
            sum += by_event[kept[h]];
        }
        status = vt_explaining_begin(&e, 1, user->n, err);
        if (status == VT_OK && sum > 0.0) {
            status = vt_explaining_add_split(&e, VT_REASON_RELATION, "together", by_event, err);
        }
        (sum > 0.0 ? vt_explaining_end : vt_explaining_end_without)(&out[i], &e);
    }
    vt_free(kept);
    vt_free(by_event);
    vt_free(mark);
    return status;
}

int vt_nearest_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_csr *weights = ((const nearest *)state)->weights;
    (void)err;
    for (int32_t i = 0; i < weights->n_rows; i++) {
        scores[i] = -INFINITY;
    }
    for (int64_t e = weights->ptr[item]; e < weights->ptr[item + 1]; e++) {
        scores[weights->column[e]] = weights->value[e];
    }
    return VT_OK;
}
