/* Scores are fifths of the customers in the order of a value; the segments are a table of two scores. */
#include "insight/segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const struct {
    const char *name, *advice;
} segments[VT_SEGMENTS] = {
    [VT_SEGMENT_CHAMPIONS] = {"champions", "Show them what is new first, and ask for reviews."},
    [VT_SEGMENT_LOYAL] = {"loyal", "Offer what goes with what they have."},
    [VT_SEGMENT_PROMISING] = {"promising", "Give them a reason for the next order."},
    [VT_SEGMENT_NEWCOMERS] = {"newcomers", "Write before the usual time of a second order is over."},
    [VT_SEGMENT_FADING] = {"fading", "Remind them of what they looked at."},
    [VT_SEGMENT_AT_RISK] = {"at-risk", "Win them back by hand: they used to buy often."},
    [VT_SEGMENT_LOST] = {"lost", "Spend little here."},
};

/* By recency (row, 1 to 5) and frequency (column, 1 to 5). */
static const uint8_t table[5][5] = {
    {VT_SEGMENT_LOST, VT_SEGMENT_LOST, VT_SEGMENT_AT_RISK, VT_SEGMENT_AT_RISK, VT_SEGMENT_AT_RISK},
    {VT_SEGMENT_LOST, VT_SEGMENT_LOST, VT_SEGMENT_AT_RISK, VT_SEGMENT_AT_RISK, VT_SEGMENT_AT_RISK},
    {VT_SEGMENT_FADING, VT_SEGMENT_FADING, VT_SEGMENT_LOYAL, VT_SEGMENT_LOYAL, VT_SEGMENT_LOYAL},
    {VT_SEGMENT_NEWCOMERS, VT_SEGMENT_PROMISING, VT_SEGMENT_PROMISING, VT_SEGMENT_PROMISING, VT_SEGMENT_CHAMPIONS},
    {VT_SEGMENT_NEWCOMERS, VT_SEGMENT_PROMISING, VT_SEGMENT_PROMISING, VT_SEGMENT_PROMISING, VT_SEGMENT_CHAMPIONS},
};

const char *vt_segment_name(vt_segment segment)
{
    return segments[segment].name;
}

const char *vt_segment_advice(vt_segment segment)
{
    return segments[segment].advice;
}

int vt_segment_parse(vt_segment *out, const char *name, vt_error *err)
{
    for (int s = 0; s < VT_SEGMENTS; s++) {
        if (strcmp(name, segments[s].name) == 0) {
            *out = (vt_segment)s;
            return VT_OK;
        }
    }
    return vt_fail(
        err, VT_ERR_USAGE,
        "\"%.60s\" is no segment; possible are: champions, loyal, promising, newcomers, fading, at-risk, lost", name);
}

typedef struct ranked {
    double value;
    int32_t user;
} ranked;

static int compare(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Fifths in the order of value; equal values get the fifth of the first of them. */
static void score(uint8_t *out, ranked *rows, int32_t n)
{
    qsort(rows, (size_t)n, sizeof *rows, compare);
    int32_t first = 0;
    for (int32_t i = 0; i < n; i++) {
        first = rows[i].value > rows[first].value ? i : first;
        out[rows[i].user] = (uint8_t)(1 + (int64_t)first * 5 / n);
    }
}

static void score_all(vt_segments *s, ranked *rows, int32_t n_users)
{
    uint8_t *const scores[] = {s->recency, s->frequency, s->money};
    for (int k = 0; k < 3; k++) {
        int32_t n = 0;
        for (int32_t u = 0; u < n_users; u++) {
            const vt_sums *sums = &s->sums[u];
            if (sums->orders > 0) {
                double value = k == 0 ? (double)sums->last : k == 1 ? (double)sums->orders : vt_sums_revenue(sums);
                rows[n++] = (ranked){value, u};
            }
        }
        score(scores[k], rows, n);
        s->customers = n;
    }
}

void vt_segments_done(vt_segments *s)
{
    vt_free(s->of_user);
    vt_free(s->recency);
    vt_free(s->frequency);
    vt_free(s->money);
    vt_free(s->sums);
    *s = (vt_segments){0};
}

int vt_segments_find(vt_segments *out, const vt_scope *scope, vt_error *err)
{
    vt_segments s = {0};
    size_t n = (size_t)scope->view->n_users;
    const vt_scope all = vt_scope_unfiltered(scope);
    const vt_period always = vt_scope_always(scope);
    s.of_user = vt_alloc(n, sizeof *s.of_user, err);
    s.recency = vt_alloc_zero(n, sizeof *s.recency, err);
    s.frequency = vt_alloc_zero(n, sizeof *s.frequency, err);
    s.money = vt_alloc_zero(n, sizeof *s.money, err);
    s.sums = vt_alloc_zero(n, sizeof *s.sums, err);
    ranked *rows = vt_alloc(n, sizeof *rows, err);
    bool ready = s.of_user != NULL && s.recency != NULL && s.frequency != NULL && s.money != NULL && s.sums != NULL &&
                 rows != NULL;
    vt_sums total;
    vt_grouping grouping = {.by = VT_BY_USER, .n = (int32_t)n, .sums = s.sums};
    int status = ready ? vt_sales_sum(&total, &all, &always, &grouping, 1, err) : VT_ERR_NO_MEMORY;
    if (status == VT_OK) {
        score_all(&s, rows, (int32_t)n);
        for (size_t u = 0; u < n; u++) {
            s.of_user[u] = s.recency[u] == 0 ? -1 : (int8_t)table[s.recency[u] - 1][s.frequency[u] - 1];
        }
        *out = s;
    } else {
        vt_segments_done(&s);
    }
    vt_free(rows);
    return status;
}
