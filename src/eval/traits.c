/*
 * Intra-list diversity (Ziegler et al. 2005) and calibration (Steck 2018). The mean cosine of all pairs of unit vectors
 * comes from the length of their sum, so a list costs K D and not K^2 D.
 */
#include "eval/traits.h"

#include <math.h>

#include "base/alloc.h"
#include "vitrine/encoder.h"

#define ALPHA 0.01 /* of the history in the smoothed list (Steck 2018, eq. 7): no division by zero */

enum { CATEGORY, TEXT, IMAGE, CALIBRATION };

static int find_rows(vt_trait_vectors *out, const vt_snapshot *snapshot, const vt_item_vectors *vectors, vt_error *err)
{
    if (vectors == NULL) {
        return VT_OK;
    }
    out->row = vt_alloc((size_t)snapshot->n_items, sizeof *out->row, err);
    if (out->row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < snapshot->n_items; i++) {
        out->row[i] = vt_ids_find(&vectors->ids, vt_ids_get(&snapshot->items, i));
    }
    out->vectors = vectors;
    return VT_OK;
}

int vt_traits_init(vt_traits *traits, const vt_snapshot *snapshot, const vt_item_vectors *text,
                   const vt_item_vectors *image, vt_error *err)
{
    *traits = (vt_traits){.snapshot = snapshot};
    int status = find_rows(&traits->text, snapshot, text, err);
    if (status == VT_OK) {
        status = find_rows(&traits->image, snapshot, image, err);
    }
    return status;
}

void vt_traits_done(vt_traits *traits)
{
    vt_free(traits->text.row);
    vt_free(traits->image.row);
    *traits = (vt_traits){.snapshot = NULL};
}

static size_t width_of(const vt_trait_vectors *vectors)
{
    return vectors->vectors == NULL ? 0 : vectors->vectors->d;
}

int vt_trait_scratch_init(vt_trait_scratch *scratch, const vt_traits *traits, vt_error *err)
{
    size_t text = width_of(&traits->text);
    size_t image = width_of(&traits->image);
    size_t n_categories = (size_t)traits->snapshot->categories.n;
    scratch->sum = vt_alloc(text > image ? text : image, sizeof *scratch->sum, err);
    scratch->listed = vt_alloc_zero(n_categories, sizeof *scratch->listed, err);
    scratch->had = vt_alloc_zero(n_categories, sizeof *scratch->had, err);
    bool all = scratch->sum != NULL && scratch->listed != NULL && scratch->had != NULL;
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

void vt_trait_scratch_done(vt_trait_scratch *scratch)
{
    vt_free(scratch->sum);
    vt_free(scratch->listed);
    vt_free(scratch->had);
}

/* 1 - mean cosine of the pairs among the vectors of the first `n` items, which `sum` and `squares` are of. */
static double diversity(const double *sum, size_t d, double squares, size_t n)
{
    double length = 0;
    if (n < 2) {
        return NAN;
    }
    for (size_t i = 0; i < d; i++) {
        length += sum[i] * sum[i];
    }
    return 1 - (length - squares) / ((double)n * (double)(n - 1));
}

static void measure_vectors(double value[][VT_TRAITS], size_t trait, const vt_trait_vectors *vectors, double *sum,
                            const vt_trait_list *list, const int32_t *cutoff, size_t n_cutoffs)
{
    size_t d = width_of(vectors);
    size_t at = 0;
    size_t n = 0;
    double squares = 0;
    for (size_t i = 0; i < d; i++) {
        sum[i] = 0;
    }
    for (size_t c = 0; c < n_cutoffs; c++) {
        for (; d > 0 && at < list->n && at < (size_t)cutoff[c]; at++) {
            int32_t row = vectors->row[list->items[at]];
            if (row < 0) {
                continue;
            }
            const float *x = vt_item_vector(vectors->vectors, row, NULL);
            for (size_t i = 0; i < d; i++) {
                sum[i] += (double)x[i];
                squares += (double)x[i] * (double)x[i];
            }
            n++;
        }
        value[c][trait] = diversity(sum, d, squares, n);
    }
}

static void add_category(int64_t *count, int64_t *n, int32_t category)
{
    if (category >= 0) {
        count[category]++;
        (*n)++;
    }
}

/* Sum over the history's categories of p log(p / ((1 - alpha) q + alpha p)); each is met once, at its first event. */
static double divergence(const vt_traits *traits, vt_trait_scratch *s, const vt_trait_list *list, int64_t had,
                         int64_t listed)
{
    const int32_t *category = traits->snapshot->item_category;
    double sum = 0;
    if (had == 0) {
        return NAN;
    }
    for (size_t e = 0; e < list->n_history; e++) {
        int32_t c = category[list->history[e]];
        if (c < 0 || s->had[c] <= 0) {
            continue;
        }
        double p = (double)s->had[c] / (double)had;
        double q = listed > 0 ? (double)s->listed[c] / (double)listed : 0;
        sum += p * log(p / ((1 - ALPHA) * q + ALPHA * p));
        s->had[c] = -s->had[c]; /* done */
    }
    for (size_t e = 0; e < list->n_history; e++) {
        int32_t c = category[list->history[e]];
        if (c >= 0 && s->had[c] < 0) {
            s->had[c] = -s->had[c];
        }
    }
    return sum;
}

static void measure_categories(double value[][VT_TRAITS], const vt_traits *traits, vt_trait_scratch *s,
                               const vt_trait_list *list, const int32_t *cutoff, size_t n_cutoffs)
{
    const int32_t *category = traits->snapshot->item_category;
    int64_t had = 0;
    int64_t listed = 0;
    double same = 0; /* ordered pairs of one category */
    size_t at = 0;
    for (size_t e = 0; e < list->n_history; e++) {
        add_category(s->had, &had, category[list->history[e]]);
    }
    for (size_t c = 0; c < n_cutoffs; c++) {
        for (; at < list->n && at < (size_t)cutoff[c]; at++) {
            int32_t of = category[list->items[at]];
            same += of < 0 ? 0 : 2 * (double)s->listed[of];
            add_category(s->listed, &listed, of);
        }
        double pairs = (double)listed * (double)(listed - 1);
        value[c][CATEGORY] = listed < 2 ? (double)NAN : 1 - same / pairs;
        value[c][CALIBRATION] = divergence(traits, s, list, had, listed);
    }
    for (size_t e = 0; e < list->n_history; e++) {
        if (category[list->history[e]] >= 0) {
            s->had[category[list->history[e]]] = 0;
        }
    }
    for (size_t i = 0; i < at; i++) {
        if (category[list->items[i]] >= 0) {
            s->listed[category[list->items[i]]] = 0;
        }
    }
}

void vt_traits_of_list(double value[][VT_TRAITS], const vt_traits *traits, vt_trait_scratch *scratch,
                       const vt_trait_list *list, const int32_t *cutoff, size_t n_cutoffs)
{
    measure_categories(value, traits, scratch, list, cutoff, n_cutoffs);
    measure_vectors(value, TEXT, &traits->text, scratch->sum, list, cutoff, n_cutoffs);
    measure_vectors(value, IMAGE, &traits->image, scratch->sum, list, cutoff, n_cutoffs);
}
