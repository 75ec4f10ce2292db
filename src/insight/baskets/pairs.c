/* Pairs are frequent sets of two; those of one item are counted in one pass over its baskets. */
#include "insight/baskets/pairs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "math/false_discovery.h"

/* The counts of a pair that is to be tested. */
typedef struct tested {
    int32_t item, other;
    int64_t left, right, count;
} tested;

void vt_pair_options_init(vt_pair_options *options)
{
    *options = (vt_pair_options){.min_count = 3, .max_adjusted = VT_CHANCE_LEVEL, .max_pairs = 5000000};
}

static vt_itemset_options set_options(const vt_pair_options *o)
{
    return (vt_itemset_options){o->min_support, o->min_count, 2, o->max_pairs};
}

int vt_pair_options_check(const vt_pair_options *o, vt_error *err)
{
    vt_itemset_options sets = set_options(o);
    if (!(o->max_adjusted >= 0.0 && o->max_adjusted <= 1.0)) {
        return vt_fail(err, VT_ERR_USAGE, "the highest p-value is %g; a number from 0 to 1 is expected",
                       o->max_adjusted);
    }
    return vt_itemset_options_check(&sets, err);
}

static int surest_first(const void *a, const void *b)
{
    const vt_pair *x = a, *y = b;
    if (x->a.lift_low != y->a.lift_low) {
        return x->a.lift_low > y->a.lift_low ? -1 : 1;
    }
    if (x->a.count != y->a.count) {
        return x->a.count > y->a.count ? -1 : 1;
    }
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->other > y->other) - (x->other < y->other);
}

/* Tests all `n` pairs and keeps those that pass. */
static int keep(vt_pair **out, size_t *n_out, const tested *pairs, size_t n, size_t n_baskets, double max_adjusted,
                vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    vt_pair *kept = NULL;
    double *p_value = NULL, *adjusted = NULL;
    double *log_factorials = vt_log_factorials(n_baskets, err);
    if (log_factorials == NULL) {
        goto out;
    }
    p_value = vt_alloc(n, sizeof *p_value, err);
    adjusted = p_value == NULL ? NULL : vt_alloc(n, sizeof *adjusted, err);
    kept = adjusted == NULL ? NULL : vt_alloc(n, sizeof *kept, err);
    if (kept == NULL) {
        goto out;
    }
    int64_t all = (int64_t)n_baskets;
    for (size_t i = 0; i < n; i++) {
        p_value[i] = vt_chance_of(log_factorials, all, pairs[i].left, pairs[i].right, pairs[i].count);
    }
    status = vt_benjamini_hochberg(adjusted, p_value, n, err);
    if (status != VT_OK) {
        goto out;
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        const tested *t = &pairs[i];
        vt_pair pair = {t->item, t->other,
                        vt_association_of(all, t->left, t->right, t->count, p_value[i], adjusted[i])};
        if (pair.a.lift > 1.0 && adjusted[i] <= max_adjusted) {
            kept[n_kept++] = pair;
        }
    }
    qsort(kept, n_kept, sizeof *kept, surest_first);
    *out = kept;
    *n_out = n_kept;
    kept = NULL;
out:
    vt_free(log_factorials);
    vt_free(p_value);
    vt_free(adjusted);
    vt_free(kept);
    return status;
}

int vt_pairs_find(vt_pair **out, size_t *n, const vt_baskets *baskets, const vt_pair_options *options, vt_error *err)
{
    vt_itemset_options wanted = set_options(options);
    vt_itemsets *sets = NULL;
    tested *pairs = NULL;
    int status = vt_pair_options_check(options, err);
    if (status != VT_OK || (status = vt_itemsets_find(&sets, baskets, &wanted, err)) != VT_OK) {
        return status;
    }
    size_t first = 0; /* the first set of two */
    while (first < sets->n && sets->offsets[first + 1] - sets->offsets[first] == 1) {
        first++;
    }
    pairs = vt_alloc(sets->n - first, sizeof *pairs, err);
    status = VT_ERR_NO_MEMORY;
    if (pairs != NULL) {
        for (size_t s = first; s < sets->n; s++) {
            const int32_t *items = sets->items + sets->offsets[s];
            int64_t a = vt_itemsets_count(sets, &items[0], 1), b = vt_itemsets_count(sets, &items[1], 1);
            pairs[s - first] = a <= b ? (tested){items[0], items[1], a, b, sets->count[s]}
                                      : (tested){items[1], items[0], b, a, sets->count[s]};
        }
        status = keep(out, n, pairs, sets->n - first, sets->n_baskets, options->max_adjusted, err);
    }
    vt_free(pairs);
    vt_itemsets_free(sets);
    return status;
}

/* Per item: baskets with it, and baskets with it and `item`; `last` (I) is workspace. */
static int count_beside(int64_t *total, int64_t *together, int32_t *last, const vt_baskets *baskets, int32_t item,
                        vt_error *err)
{
    for (int32_t i = 0; i < baskets->n_items; i++) {
        last[i] = -1;
    }
    for (size_t b = 0; b < baskets->n_baskets; b++) {
        int64_t begin = baskets->offsets[b], end = baskets->offsets[b + 1];
        int64_t held = 0;
        for (int64_t e = begin; e < end; e++) {
            if (baskets->items[e] < 0 || baskets->items[e] >= baskets->n_items) {
                return vt_fail(err, VT_ERR_FORMAT, "basket %zu holds item number %d; below %d is expected", b,
                               (int)baskets->items[e], (int)baskets->n_items);
            }
            held |= baskets->items[e] == item;
        }
        for (int64_t e = begin; e < end; e++) {
            int32_t other = baskets->items[e];
            if (last[other] != (int32_t)b) {
                last[other] = (int32_t)b;
                total[other]++;
                together[other] += held;
            }
        }
    }
    return VT_OK;
}

int vt_cross_sell_find(vt_pair **out, size_t *n, const vt_baskets *baskets, int32_t item,
                       const vt_pair_options *options, vt_error *err)
{
    int status = vt_pair_options_check(options, err);
    if (status != VT_OK) {
        return status;
    }
    if (item < 0 || item >= baskets->n_items || baskets->n_baskets >= INT32_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "there is no item number %d among %d items of fewer than 2^31 baskets",
                       (int)item, (int)baskets->n_items);
    }
    size_t items = (size_t)baskets->n_items, n_tested = 0;
    tested *pairs = NULL;
    int32_t *last = NULL;
    int64_t *total = vt_alloc_zero(items, sizeof *total, err);
    int64_t *together = total == NULL ? NULL : vt_alloc_zero(items, sizeof *together, err);
    last = together == NULL ? NULL : vt_alloc(items, sizeof *last, err);
    pairs = last == NULL ? NULL : vt_alloc(items, sizeof *pairs, err);
    status = pairs == NULL ? VT_ERR_NO_MEMORY : count_beside(total, together, last, baskets, item, err);
    if (status == VT_OK) {
        vt_itemset_options wanted = set_options(options);
        int64_t least = vt_itemset_min_count(&wanted, baskets->n_baskets);
        for (int32_t other = 0; other < baskets->n_items; other++) {
            if (other != item && together[other] >= least) {
                pairs[n_tested++] = (tested){item, other, total[item], total[other], together[other]};
            }
        }
        status = keep(out, n, pairs, n_tested, baskets->n_baskets, options->max_adjusted, err);
    }
    vt_free(total);
    vt_free(together);
    vt_free(last);
    vt_free(pairs);
    return status;
}
