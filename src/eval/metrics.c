/*
 * The table of metrics and their formulas. Per-list metrics take marks of hits, so that they know nothing of items; the
 * others take counts of how often each item was listed, so that the order in which lists came does not matter.
 */
#include "eval/metrics.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

static const vt_metric_info metrics[VT_METRICS] = {
    {"precision", "Precision", "relevant items in the first K / K", 1, true},
    {"recall", "Recall", "relevant items in the first K / relevant items", 1, true},
    {"hr", "HR", "1 when a relevant item is in the first K, else 0", 1, true},
    {"ndcg", "NDCG", "sum of 1 / log2(1 + position) of hits / the same of an ideal list cut at K", 1, true},
    {"map", "MAP", "sum of precision at the position of each hit / min(K, relevant items)", 1, true},
    {"mrr", "MRR", "1 / position of the first hit in the first K, else 0", 1, true},
    {"coverage", "Coverage", "different items listed / candidates", 1, false},
    {"novelty", "Novelty", "mean over listed items of -log2((training users of it + 1) / (training users + 1))", 0,
     false},
    {"gini", "Gini", "Gini index over candidates of how often each was listed: 0 even, 1 one item only", -1, false},
    {"popularity", "Popularity",
     "share of listed items that are in the most bought fifth of items with training events", 0, false},
    {"diversity-category", "Diversity", "share of pairs of listed items that are of different categories", 0, true},
    {"diversity-text", "Text diversity", "1 - mean cosine of pairs of listed items, over vectors of their texts", 0,
     true},
    {"diversity-image", "Photo diversity", "1 - mean cosine of pairs of listed items, over vectors of their photos", 0,
     true},
    {"calibration", "Calibration",
     "Kullback-Leibler divergence of the list's categories from the history's, smoothed by .01: 0 the same mix", -1,
     true},
};

const vt_metric_info *vt_metrics(void)
{
    return metrics;
}

int vt_discounts_init(vt_discounts *discounts, size_t n, vt_error *err)
{
    double *gain = vt_alloc(n, sizeof *gain, err);
    double *ideal = vt_alloc(n + 1, sizeof *ideal, err);
    if (gain == NULL || ideal == NULL) {
        vt_free(gain);
        vt_free(ideal);
        return VT_ERR_NO_MEMORY;
    }
    ideal[0] = 0;
    for (size_t i = 0; i < n; i++) {
        gain[i] = 1.0 / log2((double)i + 2.0);
        ideal[i + 1] = ideal[i] + gain[i];
    }
    discounts->n = n;
    discounts->gain = gain;
    discounts->ideal = ideal;
    return VT_OK;
}

void vt_discounts_done(vt_discounts *discounts)
{
    if (discounts != NULL) {
        vt_free(discounts->gain);
        vt_free(discounts->ideal);
        *discounts = (vt_discounts){0};
    }
}

void vt_list_metrics(double value[VT_LIST_METRICS], const vt_discounts *discounts, const uint8_t *hit, size_t n,
                     size_t n_relevant, size_t k)
{
    size_t hits = 0;
    size_t first = 0; /* position of the first hit, from 1 */
    double gain = 0;
    double precision_at_hits = 0;
    for (size_t i = 0; i < n && i < k; i++) {
        if (hit[i]) {
            hits++;
            first = first == 0 ? i + 1 : first;
            gain += discounts->gain[i];
            precision_at_hits += (double)hits / (double)(i + 1);
        }
    }
    size_t reachable = n_relevant < k ? n_relevant : k;
    value[VT_METRIC_PRECISION] = (double)hits / (double)k;
    value[VT_METRIC_RECALL] = (double)hits / (double)n_relevant;
    value[VT_METRIC_HR] = hits > 0 ? 1 : 0;
    value[VT_METRIC_NDCG] = gain / discounts->ideal[reachable];
    value[VT_METRIC_MAP] = precision_at_hits / (double)reachable;
    value[VT_METRIC_MRR] = first > 0 ? 1.0 / (double)first : 0;
}

static int by_count(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Over sorted x[1..n]: sum of (2 i - n - 1) x[i] / (n sum x). */
static double gini(int64_t *count, size_t n)
{
    double weighted = 0;
    double sum = 0;
    qsort(count, n, sizeof *count, by_count);
    for (size_t i = 0; i < n; i++) {
        weighted += (2.0 * (double)(i + 1) - (double)n - 1.0) * (double)count[i];
        sum += (double)count[i];
    }
    return sum > 0 ? weighted / ((double)n * sum) : NAN;
}

typedef struct ranked_item {
    int64_t events;
    int32_t item;
} ranked_item;

/* Most training events first, ties to the smaller id. */
static int by_events(const void *a, const void *b)
{
    const ranked_item *x = a;
    const ranked_item *y = b;
    if (x->events != y->events) {
        return x->events > y->events ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

int vt_head_items(uint8_t *head, int32_t n_items, const uint8_t *allowed, const int64_t *train_events, vt_error *err)
{
    ranked_item *ranked = vt_alloc((size_t)n_items, sizeof *ranked, err);
    size_t n = 0;
    if (ranked == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < n_items; i++) {
        head[i] = 0;
        if (allowed[i] && train_events[i] > 0) {
            ranked[n++] = (ranked_item){train_events[i], i};
        }
    }
    if (n > 0) {
        qsort(ranked, n, sizeof *ranked, by_events);
    }
    for (size_t i = 0; i < (n + 4) / 5; i++) {
        head[ranked[i].item] = 1;
    }
    vt_free(ranked);
    return VT_OK;
}

int vt_exposure_metrics(double value[VT_METRICS], const vt_exposure *exposure, const int64_t *count, vt_error *err)
{
    size_t n_items = (size_t)exposure->n_items;
    int64_t *sorted = vt_alloc(n_items, sizeof *sorted, err);
    uint8_t *head = vt_alloc(n_items, sizeof *head, err);
    int status = VT_ERR_NO_MEMORY;
    if (sorted == NULL || head == NULL) {
        goto out;
    }
    status = vt_head_items(head, exposure->n_items, exposure->allowed, exposure->train_events, err);
    if (status != VT_OK) {
        goto out;
    }
    int64_t popular = 0;
    size_t candidates = 0;
    int64_t listed = 0;
    int64_t slots = 0;
    double bits = 0;
    for (size_t i = 0; i < n_items; i++) {
        if (!exposure->allowed[i]) {
            continue;
        }
        sorted[candidates++] = count[i];
        if (count[i] > 0) {
            double share = ((double)exposure->train_users[i] + 1.0) / ((double)exposure->n_train_users + 1.0);
            listed++;
            slots += count[i];
            popular += head[i] ? count[i] : 0;
            bits -= (double)count[i] * log2(share);
        }
    }
    value[VT_METRIC_COVERAGE] = candidates > 0 ? (double)listed / (double)candidates : NAN;
    value[VT_METRIC_NOVELTY] = slots > 0 ? bits / (double)slots : NAN;
    value[VT_METRIC_GINI] = gini(sorted, candidates);
    value[VT_METRIC_POPULARITY] = slots > 0 ? (double)popular / (double)slots : NAN;
out:
    vt_free(sorted);
    vt_free(head);
    return status;
}
