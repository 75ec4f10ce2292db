/*
 * Every split of every frequent set is tested, and only then those are kept that reach the confidence: p-values that
 * are adjusted for the kept ones alone would say too little, since these were chosen for being strong.
 */
#include "insight/baskets/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/format.h"
#include "math/false_discovery.h"

enum { SPLIT_MAX = 31 }; /* items of a set that can be split in all ways: the right side is a mask */

/* A split of a set: the counts of both sides. */
typedef struct split {
    int64_t left, right, count;
    uint32_t mask; /* items of the right side */
} split;

typedef struct maker {
    const vt_itemsets *sets;
    const vt_rule_options *options;
    double *adjusted; /* (tested) first the p-values */
    double *p_value;  /* (tested) */
    vt_rules *rules;
    size_t n_kept, n_items; /* rules to be kept, and their items */
} maker;

void vt_rule_options_init(vt_rule_options *options)
{
    *options = (vt_rule_options){.min_confidence = 0.5, .order = VT_RULES_BY_LIFT, .max_tested = 5000000};
}

int vt_rule_options_check(const vt_rule_options *o, vt_error *err)
{
    if (!(o->min_confidence >= 0.0 && o->min_confidence <= 1.0)) {
        return vt_fail(err, VT_ERR_USAGE, "the confidence is %g; a share from 0 to 1 is expected", o->min_confidence);
    }
    if (!(o->min_lift >= 0.0)) {
        return vt_fail(err, VT_ERR_USAGE, "the smallest lift is %g; a number from 0 is expected", o->min_lift);
    }
    if (o->max_tested < 1) {
        return vt_fail(err, VT_ERR_USAGE, "the cap on rules is %lld; at least 1 is expected", (long long)o->max_tested);
    }
    return VT_OK;
}

static size_t length_of(const vt_itemsets *sets, size_t s)
{
    return (size_t)(sets->offsets[s + 1] - sets->offsets[s]);
}

/* Splits of a set of n items. */
static int64_t n_splits(size_t n, bool all)
{
    return n < 2 ? 0 : all ? ((int64_t)1 << n) - 2 : (int64_t)n;
}

/* The i-th split of set s. */
static split split_at(const maker *m, size_t s, int64_t i)
{
    const int32_t *items = m->sets->items + m->sets->offsets[s];
    size_t n = length_of(m->sets, s), n_left = 0, n_right = 0;
    int32_t left[SPLIT_MAX + 1], right[SPLIT_MAX + 1];
    uint32_t mask = m->options->all_splits ? (uint32_t)(i + 1) : (uint32_t)1 << i;
    for (size_t k = 0; k < n; k++) {
        if ((mask >> k & 1U) != 0) {
            right[n_right++] = items[k];
        } else {
            left[n_left++] = items[k];
        }
    }
    return (split){vt_itemsets_count(m->sets, left, n_left), vt_itemsets_count(m->sets, right, n_right),
                   m->sets->count[s], mask};
}

static bool is_kept(const maker *m, const split *x)
{
    double lift = (double)x->count * (double)m->sets->n_baskets / ((double)x->left * (double)x->right);
    return (double)x->count / (double)x->left >= m->options->min_confidence && lift >= m->options->min_lift;
}

static int test_all(maker *m, vt_error *err)
{
    double *log_factorials = vt_log_factorials(m->sets->n_baskets, err);
    if (log_factorials == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t at = 0;
    for (size_t s = 0; s < m->sets->n; s++) {
        size_t n = length_of(m->sets, s);
        for (int64_t i = 0; i < n_splits(n, m->options->all_splits); i++) {
            split x = split_at(m, s, i);
            m->p_value[at++] = vt_chance_of(log_factorials, (int64_t)m->sets->n_baskets, x.left, x.right, x.count);
            if (is_kept(m, &x)) {
                m->n_kept++;
                m->n_items += n;
            }
        }
    }
    vt_free(log_factorials);
    return vt_benjamini_hochberg(m->adjusted, m->p_value, at, err);
}

/* Left items, then right ones. */
static void add_rule(maker *m, size_t s, const split *x, size_t tested, int32_t *items)
{
    const int32_t *set = m->sets->items + m->sets->offsets[s];
    int32_t n = (int32_t)length_of(m->sets, s), n_right = __builtin_popcount(x->mask);
    int32_t *left = items, *right = items + (n - n_right);
    vt_rule *rule = &m->rules->rule[m->rules->n++];
    *rule = (vt_rule){.left = left, .right = right, .n_left = n - n_right, .n_right = n_right};
    for (int32_t k = 0; k < n; k++) {
        if ((x->mask >> k & 1U) != 0) {
            *right++ = set[k];
        } else {
            *left++ = set[k];
        }
    }
    rule->a = vt_association_of((int64_t)m->sets->n_baskets, x->left, x->right, x->count, m->p_value[tested],
                                m->adjusted[tested]);
    m->rules->by_chance += vt_by_chance(&rule->a);
}

static void add_rules(maker *m)
{
    size_t tested = 0;
    int32_t *items = m->rules->items;
    for (size_t s = 0; s < m->sets->n; s++) {
        size_t n = length_of(m->sets, s);
        for (int64_t i = 0; i < n_splits(n, m->options->all_splits); i++, tested++) {
            split x = split_at(m, s, i);
            if (is_kept(m, &x)) {
                add_rule(m, s, &x, tested, items);
                items += n;
            }
        }
    }
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

static int compare_items(const int32_t *a, int32_t n_a, const int32_t *b, int32_t n_b)
{
    if (n_a != n_b) {
        return n_a < n_b ? -1 : 1;
    }
    for (int32_t i = 0; i < n_a; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

static int more_first(double a, double b)
{
    return (a < b) - (a > b);
}

static int by_lift(const void *a, const void *b)
{
    const vt_rule *x = a, *y = b;
    int order = more_first(x->a.lift, y->a.lift);
    order = order != 0 ? order : more_first(x->a.confidence, y->a.confidence);
    order = order != 0 ? order : more_first(x->a.support, y->a.support);
    order = order != 0 ? order : compare_items(x->left, x->n_left, y->left, y->n_left);
    return order != 0 ? order : compare_items(x->right, x->n_right, y->right, y->n_right);
}

static int by_confidence(const void *a, const void *b)
{
    const vt_rule *x = a, *y = b;
    int order = more_first(x->a.confidence, y->a.confidence);
    return order != 0 ? order : by_lift(a, b);
}

static int by_support(const void *a, const void *b)
{
    const vt_rule *x = a, *y = b;
    int order = more_first(x->a.support, y->a.support);
    return order != 0 ? order : by_lift(a, b);
}

static void sort_rules(vt_rules *rules, vt_rule_order order)
{
    int (*compare)(const void *, const void *) = order == VT_RULES_BY_CONFIDENCE ? by_confidence
                                                 : order == VT_RULES_BY_SUPPORT  ? by_support
                                                                                 : by_lift;
    qsort(rules->rule, rules->n, sizeof *rules->rule, compare);
}

/* How many splits there are, refused over the cap. */
static int count_splits(int64_t *out, const vt_itemsets *sets, const vt_rule_options *o, vt_error *err)
{
    int64_t n = 0;
    for (size_t s = 0; s < sets->n; s++) {
        size_t length = length_of(sets, s);
        n = length > SPLIT_MAX ? INT64_MAX : n + n_splits(length, o->all_splits);
        if (n > o->max_tested) {
            char most[32], of[32];
            vt_format_count(most, o->max_tested);
            vt_format_count(of, (int64_t)sets->n);
            return vt_fail(err, VT_ERR_LIMIT, "more than %s rules can be made of %s sets of items; raise the support",
                           most, of);
        }
    }
    *out = n;
    return VT_OK;
}

int vt_rules_find(vt_rules **out, const vt_itemsets *sets, const vt_rule_options *options, vt_error *err)
{
    maker m = {.sets = sets, .options = options};
    int64_t tested = 0;
    int status = vt_rule_options_check(options, err);
    if (status != VT_OK || (status = count_splits(&tested, sets, options, err)) != VT_OK) {
        return status;
    }
    status = VT_ERR_NO_MEMORY;
    m.adjusted = vt_alloc((size_t)tested, sizeof *m.adjusted, err);
    m.p_value = m.adjusted == NULL ? NULL : vt_alloc((size_t)tested, sizeof *m.p_value, err);
    m.rules = m.p_value == NULL ? NULL : vt_alloc_zero(1, sizeof *m.rules, err);
    if (m.rules == NULL || (status = test_all(&m, err)) != VT_OK) {
        goto out;
    }
    status = VT_ERR_NO_MEMORY;
    m.rules->rule = vt_alloc(m.n_kept, sizeof *m.rules->rule, err);
    m.rules->items = m.rules->rule == NULL ? NULL : vt_alloc(m.n_items, sizeof *m.rules->items, err);
    if (m.rules->items != NULL) {
        m.rules->tested = tested;
        add_rules(&m);
        sort_rules(m.rules, options->order);
        *out = m.rules;
        m.rules = NULL;
        status = VT_OK;
    }
out:
    vt_free(m.adjusted);
    vt_free(m.p_value);
    vt_rules_free(m.rules);
    return status;
}

void vt_rules_free(vt_rules *rules)
{
    if (rules != NULL) {
        vt_free(rules->rule);
        vt_free(rules->items);
        vt_free(rules);
    }
}
