/*
 * What is known of pairs of items without any event: how alike their texts are, whether brand and category are the
 * same. It is added to the weights once, at fitting, so that an item nobody bought yet is scored on the same scale.
 */
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/ease.h"
#include "model/likeness.h"
#include "vitrine/encoder.h"

/* Rows of cosines that a thread computes at once. */
enum { ROWS = 64 };

/* Legend: D dimensions. */
typedef struct prior {
    const vt_snapshot *snapshot;
    vt_ease_weights *weights;
    float *vectors; /* (K, D) 0 where an item has none; NULL: texts are not asked for */
    size_t d;
    float text, brand, category;
    int sharpness;
} prior;

int vt_ease_prior_check(const vt_fit *fit, vt_error *err)
{
    double text = fit->params->value[VT_EASE_TEXT];
    if (text > 0.0 && fit->text == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "ease: text=%g compares words, and these items have no vectors of them; make them with "
                       "\"vitrine encode\", or set text=0",
                       text);
    }
    return VT_OK;
}

void vt_ease_prior_mark(uint8_t *known, const vt_fit *fit)
{
    const vt_snapshot *snapshot = fit->train->snapshot;
    const double *value = fit->params->value;
    bool text = value[VT_EASE_TEXT] > 0.0, brand = value[VT_EASE_BRAND] > 0.0, category = value[VT_EASE_CATEGORY] > 0.0;
    for (int32_t i = 0; i < snapshot->n_items; i++) {
        known[i] = (uint8_t)(known[i] || (brand && snapshot->item_brand[i] >= 0) ||
                             (category && snapshot->item_category[i] >= 0) ||
                             (text && vt_ids_find(&fit->text->ids, vt_ids_get(&snapshot->items, i)) >= 0));
    }
}

/* The vectors of the K items, in their order. */
static int take_vectors(prior *p, const vt_item_vectors *text, vt_error *err)
{
    size_t n = (size_t)p->weights->n;
    p->d = text->d;
    p->vectors = vt_alloc_aligned(n, p->d * sizeof *p->vectors, err);
    if (p->vectors == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < n; k++) {
        int32_t at = vt_ids_find(&text->ids, vt_ids_get(&p->snapshot->items, p->weights->item[k]));
        float *row = p->vectors + k * p->d;
        if (at >= 0) {
            memcpy(row, vt_item_vector(text, at, NULL), p->d * sizeof *row);
        } else {
            memset(row, 0, p->d * sizeof *row);
        }
    }
    return VT_OK;
}

/* Adds to `rows` rows from `begin` on; `cosine` (ROWS, K) is scratch. */
static void add_rows(const prior *p, size_t begin, size_t rows, float *cosine)
{
    const vt_ease_weights *w = p->weights;
    const int32_t *brand = p->snapshot->item_brand, *category = p->snapshot->item_category;
    size_t n = (size_t)w->n;
    if (p->vectors != NULL) {
        vt_products(cosine, p->vectors + begin * p->d, rows, p->vectors, n, p->d);
    }
    for (size_t r = 0; r < rows; r++) {
        float *to = w->weight + (begin + r) * n;
        const float *from = cosine + r * n;
        for (size_t k = 0; p->vectors != NULL && k < n; k++) {
            to[k] += p->text * vt_sharpen(from[k], p->sharpness);
        }
        int32_t own_brand = brand[w->item[begin + r]], own_category = category[w->item[begin + r]];
        for (size_t k = 0; k < n; k++) {
            int32_t other = w->item[k];
            to[k] += own_brand >= 0 && brand[other] == own_brand ? p->brand : 0.0F;
            to[k] += own_category >= 0 && category[other] == own_category ? p->category : 0.0F;
        }
        to[begin + r] = 0.0F;
    }
}

int vt_ease_prior_add(vt_ease_weights *weights, const vt_fit *fit, vt_error *err)
{
    const double *value = fit->params->value;
    prior p = {.snapshot = fit->train->snapshot,
               .weights = weights,
               .text = (float)value[VT_EASE_TEXT],
               .brand = (float)value[VT_EASE_BRAND],
               .category = (float)value[VT_EASE_CATEGORY],
               .sharpness = (int)value[VT_EASE_SHARPNESS]};
    if (!(p.text > 0.0F) && !(p.brand > 0.0F) && !(p.category > 0.0F)) {
        return VT_OK;
    }
    vt_blas_init();
    size_t n = (size_t)weights->n, blocks = (n + ROWS - 1) / ROWS;
    int threads = fit->threads;
    int status = p.text > 0.0F ? take_vectors(&p, fit->text, err) : VT_OK;
    float *cosine = NULL;
    if (status == VT_OK) {
        cosine = vt_alloc_aligned((size_t)threads * ROWS, n * sizeof *cosine, err);
        status = cosine == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (blocks > 1)
        for (size_t b = 0; b < blocks; b++) {
            size_t begin = b * ROWS, rows = n - begin < ROWS ? n - begin : ROWS;
            add_rows(&p, begin, rows, cosine + (size_t)omp_get_thread_num() * ROWS * n);
        }
    }
    vt_free(p.vectors);
    vt_free(cosine);
    return status;
}
