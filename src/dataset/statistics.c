/* Figures of a data set, in one pass over its events and one sort of the counts. */
#include "vitrine/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

static int by_count(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Counts above 0 move to the front, ascending; returns how many there are. */
static int64_t sort_positive(int64_t *count, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (count[i] > 0) {
            count[kept++] = count[i];
        }
    }
    qsort(count, (size_t)kept, sizeof *count, by_count);
    return kept;
}

/*
 * Gini coefficient of n ascending counts x_1 .. x_n with sum S: sum over i of (2 i - n - 1) x_i / (n S). 0 when all are
 * equal, (n - 1) / n when one has everything.
 */
static double gini(const int64_t *ascending, int64_t n)
{
    double weighted = 0;
    double total = 0;
    for (int64_t i = 0; i < n; i++) {
        weighted += (double)(2 * (i + 1) - n - 1) * (double)ascending[i];
        total += (double)ascending[i];
    }
    return n == 0 ? (double)NAN : weighted / ((double)n * total);
}

static void describe_users(vt_statistics *s, int64_t *count, int64_t n)
{
    s->users = sort_positive(count, n);
    s->gini_users = gini(count, s->users);
    s->per_user_mean = s->users == 0 ? (double)NAN : (double)s->interactions / (double)s->users;
    s->per_user_median = s->users == 0 ? 0 : count[(s->users - 1) / 2];
    s->per_user_max = s->users == 0 ? 0 : count[s->users - 1];
    for (int64_t i = 0; i < s->users && count[i] == 1; i++) {
        s->users_with_one++;
    }
}

static void describe_items(vt_statistics *s, int64_t *count, int64_t n)
{
    s->items = sort_positive(count, n);
    s->gini_items = gini(count, s->items);
    s->per_item_mean = s->items == 0 ? (double)NAN : (double)s->interactions / (double)s->items;
    s->per_item_median = s->items == 0 ? 0 : count[(s->items - 1) / 2];
    s->per_item_max = s->items == 0 ? 0 : count[s->items - 1];
    for (int64_t i = 0; i < s->items && count[i] == 1; i++) {
        s->items_with_one++;
    }
    int64_t head = (s->items + 4) / 5; /* a fifth, rounded up */
    int64_t in_head = 0;
    for (int64_t i = 0; i < head; i++) {
        in_head += count[s->items - 1 - i];
    }
    s->head_share = s->items == 0 ? (double)NAN : (double)in_head / (double)s->interactions;
    /* from the least popular up, until a fifth of the interactions is reached */
    int64_t in_tail = 0;
    while (5 * in_tail < s->interactions) {
        in_tail += count[s->tail_items++];
    }
}

/* Distinct ratings, ascending, while there are at most VT_RATING_BINS; beyond that no histogram is kept. */
static void count_rating(vt_statistics *s, double rating, bool *overflow)
{
    int at = 0;
    while (at < VT_RATING_BINS && s->rating_value[at] < rating) { /* NaN ends the search */
        at++;
    }
    if (at < VT_RATING_BINS && s->rating_value[at] == rating) {
        s->rating_bin[at]++;
        return;
    }
    if (!isnan(s->rating_value[VT_RATING_BINS - 1])) {
        *overflow = true;
        return;
    }
    memmove(s->rating_value + at + 1, s->rating_value + at, (size_t)(VT_RATING_BINS - 1 - at) * sizeof(double));
    memmove(s->rating_bin + at + 1, s->rating_bin + at, (size_t)(VT_RATING_BINS - 1 - at) * sizeof(int64_t));
    s->rating_value[at] = rating;
    s->rating_bin[at] = 1;
}

/* Mean and deviation in two passes: exact enough without cleverness. The deviation is that of the population. */
static void describe_ratings(vt_statistics *s, const vt_snapshot *snapshot)
{
    bool overflow = false;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < VT_RATING_BINS; i++) {
        s->rating_value[i] = NAN;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        if (snapshot->positive[e] && !isnan(snapshot->value[e])) {
            s->ratings++;
            sum += (double)snapshot->value[e];
            if (!overflow) {
                count_rating(s, (double)snapshot->value[e], &overflow);
            }
        }
    }
    for (int i = 0; overflow && i < VT_RATING_BINS; i++) {
        s->rating_value[i] = NAN;
        s->rating_bin[i] = 0;
    }
    s->rating_mean = s->ratings == 0 ? (double)NAN : sum / (double)s->ratings;
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        if (snapshot->positive[e] && !isnan(snapshot->value[e])) {
            double off = (double)snapshot->value[e] - s->rating_mean;
            squares += off * off;
        }
    }
    s->rating_deviation = s->ratings == 0 ? (double)NAN : sqrt(squares / (double)s->ratings);
}

static void describe_catalogue(vt_statistics *s, const vt_snapshot *snapshot)
{
    for (int32_t i = 0; i < snapshot->n_items; i++) {
        s->with_category += snapshot->item_category[i] >= 0;
        s->with_brand += snapshot->item_brand[i] >= 0;
        s->with_price += snapshot->item_price[i] != VT_NONE;
        s->with_attributes += snapshot->item_attribute_ptr[i + 1] > snapshot->item_attribute_ptr[i];
    }
}

/* Counts a user's and the items' interactions, and distinct pairs: `last` (I) is the last user seen with an item. */
static void count_events(vt_statistics *s, const vt_snapshot *snapshot, int64_t *by_user, int64_t *by_item,
                         int32_t *last)
{
    for (int32_t i = 0; i < snapshot->n_items; i++) {
        last[i] = -1;
    }
    for (int32_t u = 0; u < snapshot->n_users; u++) {
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1]; e++) {
            int32_t item = snapshot->item[e];
            s->events_by_kind[snapshot->kind[e]]++;
            if (snapshot->positive[e]) {
                s->interactions++;
                by_user[u]++;
                by_item[item]++;
                s->pairs += last[item] != u;
                last[item] = u;
            }
        }
    }
}

int vt_statistics_compute(vt_statistics *out, const vt_snapshot *snapshot, vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    vt_statistics s = {0};
    int64_t *by_user = vt_alloc_zero((size_t)snapshot->n_users, sizeof *by_user, err);
    int64_t *by_item = by_user == NULL ? NULL : vt_alloc_zero((size_t)snapshot->n_items, sizeof *by_item, err);
    int32_t *last = by_item == NULL ? NULL : vt_alloc((size_t)snapshot->n_items, sizeof *last, err);
    if (last == NULL) {
        goto out;
    }
    s.all_users = snapshot->n_users;
    s.catalogue = snapshot->n_items;
    s.time_min = snapshot->time_min;
    s.time_max = snapshot->time_max;
    count_events(&s, snapshot, by_user, by_item, last);
    describe_users(&s, by_user, snapshot->n_users);
    describe_items(&s, by_item, snapshot->n_items);
    s.sparsity = s.pairs == 0 ? (double)NAN : 1 - (double)s.pairs / ((double)s.users * (double)s.items);
    describe_ratings(&s, snapshot);
    describe_catalogue(&s, snapshot);
    *out = s;
    status = VT_OK;
out:
    vt_free(last);
    vt_free(by_item);
    vt_free(by_user);
    return status;
}
