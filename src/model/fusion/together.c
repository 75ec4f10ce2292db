/*
 * Bought together is EASE (Steck 2019): weights -P_hi / P_ii out of the inverse P of X'X + lambda. That matrix has
 * seen the very events that the model is fitted to, so a weight for the term learned from it as it is would be far
 * too large. The row of the user at hand is therefore taken out of it, exactly, by the formula of Sherman and
 * Morrison:
 *     P' = P + q q' / (1 - x'q), q = P x
 * which costs one product with the user's row for each user and one more addition for each number that is read.
 */
#include "base/alloc.h"
#include "math/invert.h"
#include "model/fusion/fusion.h"
#include "model/history.h"

enum { EASE_ITEMS_MAX = 20000 };

void vt_fusion_rows_done(vt_fusion_rows *rows)
{
    vt_free(rows->ptr);
    vt_free(rows->item);
    vt_free(rows->fresh);
    *rows = (vt_fusion_rows){0};
}

static void fill_rows(vt_fusion_rows *rows, const vt_interactions *train, size_t *kept, float *mark)
{
    int64_t to = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t begin = train->ptr[u];
        vt_user_state user = {.n = (size_t)(train->ptr[u + 1] - begin), .item = train->item + begin};
        size_t n = vt_history_first(kept, &user, mark);
        rows->ptr[u] = to;
        for (size_t k = 0; k < n; k++) {
            rows->item[to++] = user.item[kept[k]];
            rows->fresh[begin + (int64_t)kept[k]] = 1;
        }
    }
    rows->ptr[train->n_users] = to;
}

int vt_fusion_rows_init(vt_fusion_rows *rows, const vt_interactions *train, vt_error *err)
{
    size_t n = (size_t)train->n, most = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        size_t own = (size_t)(train->ptr[u + 1] - train->ptr[u]);
        most = own > most ? own : most;
    }
    rows->n_users = train->n_users;
    rows->ptr = vt_alloc((size_t)train->n_users + 1, sizeof *rows->ptr, err);
    rows->item = rows->ptr == NULL ? NULL : vt_alloc(n, sizeof *rows->item, err);
    rows->fresh = rows->item == NULL ? NULL : vt_alloc_zero(n, sizeof *rows->fresh, err);
    size_t *kept = rows->fresh == NULL ? NULL : vt_alloc(most, sizeof *kept, err);
    float *mark = kept == NULL ? NULL : vt_alloc_zero((size_t)train->n_items, sizeof *mark, err);
    if (mark != NULL) {
        fill_rows(rows, train, kept, mark);
    }
    int status = mark == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(kept);
    vt_free(mark);
    return status;
}

/* X'X, lower triangle. */
static void add_pairs(float *gram, const vt_fusion_rows *rows, size_t n)
{
    for (int32_t u = 0; u < rows->n_users; u++) {
        for (int64_t e = rows->ptr[u]; e < rows->ptr[u + 1]; e++) {
            for (int64_t f = rows->ptr[u]; f <= e; f++) {
                size_t a = (size_t)rows->item[e], b = (size_t)rows->item[f];
                gram[a > b ? a * n + b : b * n + a] += 1.0F;
            }
        }
    }
}

int vt_fusion_take_together(vt_fusion *m, const vt_fusion_rows *rows, const vt_fit *fit, vt_error *err)
{
    double lambda = fit->params->value[VT_FUSION_EASE];
    size_t n = m->n_known;
    if (!(lambda > 0.0) || n > EASE_ITEMS_MAX || vt_fusion_sampled(m, fit->params) > 0) {
        return VT_OK;
    }
    m->together = vt_alloc_zero(n * n, sizeof *m->together, err);
    if (m->together == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    add_pairs(m->together, rows, n);
    for (size_t i = 0; i < n; i++) {
        m->together[i * n + i] += (float)lambda;
    }
    int status = vt_invert(m->together, n, fit->threads, fit->progress, "fitting fusion", err);
    return status == VT_OK ? vt_fusion_take_diagonal(m, err) : status;
}

int vt_fusion_take_diagonal(vt_fusion *m, vt_error *err)
{
    size_t n = m->together == NULL ? 0 : m->n_known;
    vt_free(m->diagonal);
    m->diagonal = vt_alloc_aligned(n, sizeof *m->diagonal, err);
    for (size_t i = 0; m->diagonal != NULL && i < n; i++) {
        m->diagonal[i] = m->together[i * n + i];
    }
    return m->diagonal == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}
