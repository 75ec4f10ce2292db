/* What is known of a candidate for one user as of the moment: a row of numbers, and a score out of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "math/topk.h"
#include "model/history.h"
#include "model/ranker/ranker.h"

#define DAY 86400.0
#define MONTH (30.0 * DAY)
#define CLIP 5.0 /* standard deviations beyond which a feature says no more */

/* Days after which a look counts half; 0: all time. */
#define LOOK_HALF_LIFE 7.0

static const int windows[] = {1, 3, 7, 14, 30, 90, 365, 0};
enum { WINDOWS = sizeof windows / sizeof windows[0] };

/* Ranks beyond it are all one. */
enum { DEEPEST = 500 };

static const struct {
    const char *name;
    vt_reason_kind kind;
} fixed[VT_RANKER_FIXED] = {
    [VT_RANKER_SOLD_1] = {"sold_1_day", VT_REASON_SALES},
    [VT_RANKER_SOLD_3] = {"sold_3_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_7] = {"sold_7_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_14] = {"sold_14_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_30] = {"sold_30_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_90] = {"sold_90_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_365] = {"sold_365_days", VT_REASON_SALES},
    [VT_RANKER_SOLD_EVER] = {"sold_all_time", VT_REASON_SALES},
    [VT_RANKER_GROWTH] = {"growth", VT_REASON_SALES},
    [VT_RANKER_YOUNG] = {"young", VT_REASON_SALES},
    [VT_RANKER_NEVER_SOLD] = {"never_sold", VT_REASON_SALES},
    [VT_RANKER_TASTE] = {"taste_for_popular", VT_REASON_RELATION},
    [VT_RANKER_BRAND] = {"same_brand", VT_REASON_RELATION},
    [VT_RANKER_LAST_BRAND] = {"brand_of_the_last", VT_REASON_RELATION},
    [VT_RANKER_CATEGORY] = {"same_category", VT_REASON_RELATION},
    [VT_RANKER_LAST_CATEGORY] = {"category_of_the_last", VT_REASON_RELATION},
    [VT_RANKER_VIEWED] = {"viewed", VT_REASON_RELATION},
    [VT_RANKER_CARTED] = {"carted", VT_REASON_RELATION},
    [VT_RANKER_REFUSED] = {"refused", VT_REASON_RELATION},
};

size_t vt_ranker_features(const vt_ranker *m)
{
    return m->members.n * VT_RANKER_OF_MEMBER + VT_RANKER_FIXED;
}

void vt_ranker_feature_name(char *name, size_t size, const vt_ranker *m, size_t feature)
{
    size_t of_members = m->members.n * VT_RANKER_OF_MEMBER;
    if (feature < of_members) {
        vt_members_name(name, size, &m->members, feature / VT_RANKER_OF_MEMBER);
    } else {
        snprintf(name, size, "%s", fixed[feature - of_members].name);
    }
}

vt_reason_kind vt_ranker_feature_kind(const vt_ranker *m, size_t feature)
{
    size_t of_members = m->members.n * VT_RANKER_OF_MEMBER;
    return feature < of_members ? VT_REASON_MODEL : fixed[feature - of_members].kind;
}

int vt_ranker_audience(const vt_user_state *state)
{
    bool anything = state->n > 0 || (state->signals != NULL && state->signals->n > 0);
    return anything ? VT_RANKER_KNOWN : VT_RANKER_STRANGER;
}

/* The moment of the question; what was fitted stops at its last event, and stands for what came after. */
static int64_t moment_of(const vt_ranker *m, const vt_user_state *state)
{
    if (state->known != NULL && state->now != VT_NONE) {
        return state->now;
    }
    int64_t last = vt_item_clock_last(state->clock != NULL ? state->clock : m->clock);
    int64_t end = last == VT_NONE ? 0 : last + 1;
    return state->now == VT_NONE || state->now > end ? end : state->now;
}

/* Score against the catalogue, rank and whether there is none, of the member number k. */
static void put_member(vt_ranker_workspace *w, const vt_ranker *m, size_t k, size_t at)
{
    size_t n = (size_t)m->n_items, width = vt_ranker_features(m), found = 0;
    const float *score = w->member + (k * VT_RANKER_BATCH + at) * n;
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(score[i])) {
            sum += (double)score[i];
            square += (double)score[i] * (double)score[i];
            found++;
        }
    }
    double mean = found == 0 ? 0.0 : sum / (double)found;
    double variance = found == 0 ? 0.0 : square / (double)found - mean * mean;
    double spread = variance > 1e-12 * mean * mean + 1e-30 ? sqrt(variance) : 0.0;
    float *row = w->row + k * VT_RANKER_OF_MEMBER;
    const float beyond = -logf((float)DEEPEST + 1.0F);
    for (size_t c = 0; c < w->n; c++, row += width) {
        float s = score[w->item[c]];
        bool has = isfinite(s);
        row[VT_RANKER_SCORE] = has && spread > 0.0 ? (float)(((double)s - mean) / spread) : 0.0F;
        row[VT_RANKER_RANK] = beyond;
        row[VT_RANKER_MISSING] = has ? 0.0F : 1.0F;
    }
    size_t ranked = vt_topk(score, n, DEEPEST < n ? DEEPEST : n, w->rank);
    for (size_t r = 0; r < ranked; r++) {
        int32_t place = w->place[w->rank[r]];
        if (place >= 0) {
            w->row[(size_t)place * width + k * VT_RANKER_OF_MEMBER + VT_RANKER_RANK] = -logf((float)r + 1.0F);
        }
    }
}

static void put_sales(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state)
{
    size_t width = vt_ranker_features(m), n = w->n;
    int64_t now = moment_of(m, state);
    const vt_item_subset of = {n, w->item, (size_t)m->n_items, w->place};
    const vt_item_clock *clock = state->clock != NULL ? state->clock : m->clock;
    bool told = state->known != NULL && state->now != VT_NONE;
    if (told) {
        vt_item_times_recent(w->sold, state->known, &of, now, windows, WINDOWS);
    } else {
        vt_item_clock_recent(w->sold, clock, &of, now, windows, WINDOWS);
    }
    float *row = w->row + m->members.n * VT_RANKER_OF_MEMBER;
    for (size_t c = 0; c < n; c++, row += width) {
        for (size_t k = 0; k < WINDOWS; k++) {
            row[VT_RANKER_SOLD_1 + k] = w->sold[k * n + c];
        }
        int32_t item = w->item[c];
        bool sold = row[VT_RANKER_SOLD_EVER] > 0.0F;
        int64_t first = now;
        if (sold) {
            first = told ? state->known->time[state->known->ptr[item]] : vt_item_clock_first(clock, item);
        }
        row[VT_RANKER_GROWTH] = row[VT_RANKER_SOLD_7] - logf(1.0F + expm1f(row[VT_RANKER_SOLD_30]) * 7.0F / 30.0F);
        row[VT_RANKER_YOUNG] = sold && first < now ? (float)(1.0 / (1.0 + (double)(now - first) / MONTH)) : 0.0F;
        row[VT_RANKER_NEVER_SOLD] = sold ? 0.0F : 1.0F;
    }
}

/* How brand and category of a candidate meet the history, and how popular what the user chose is. */
static int put_relations(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, vt_error *err)
{
    size_t width = vt_ranker_features(m), from = m->members.n * VT_RANKER_OF_MEMBER;
    size_t *kept = vt_alloc(state->n, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(w->masked, 0, (size_t)m->n_items * sizeof *w->masked);
    size_t n_kept = vt_history_first(kept, state, w->masked);
    size_t begin = n_kept > VT_RANKER_HISTORY ? n_kept - VT_RANKER_HISTORY : 0;
    double total = 0.0;
    for (size_t h = begin; h < n_kept; h++) {
        total += (double)vt_history_weight(state, kept, n_kept, h, m->half_life);
    }
    for (size_t h = begin; h < n_kept; h++) {
        int32_t item = state->item[kept[h]], brand = m->brand[item], category = m->category[item];
        float share = (float)((double)vt_history_weight(state, kept, n_kept, h, m->half_life) / total);
        bool last = h == n_kept - 1;
        for (size_t c = 0; c < w->n; c++) {
            float *row = w->row + c * width + from;
            bool same_brand = brand >= 0 && m->brand[w->item[c]] == brand;
            bool same_category = category >= 0 && m->category[w->item[c]] == category;
            row[VT_RANKER_BRAND] += same_brand ? share : 0.0F;
            row[VT_RANKER_CATEGORY] += same_category ? share : 0.0F;
            row[VT_RANKER_LAST_BRAND] += same_brand && last ? 1.0F : 0.0F;
            row[VT_RANKER_LAST_CATEGORY] += same_category && last ? 1.0F : 0.0F;
        }
    }
    vt_free(kept);
    return VT_OK;
}

/* What the user did with a candidate short of buying it; the latest of a kind counts. */
static void put_signals(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state)
{
    static const int8_t feature[VT_EVENT_KINDS] = {
        [VT_EVENT_VIEW] = VT_RANKER_VIEWED,     [VT_EVENT_CLICK] = VT_RANKER_VIEWED,
        [VT_EVENT_CART] = VT_RANKER_CARTED,     [VT_EVENT_RETURN] = VT_RANKER_REFUSED,
        [VT_EVENT_DISLIKE] = VT_RANKER_REFUSED,
    };
    const vt_user_state *signals = state->signals;
    size_t width = vt_ranker_features(m), from = m->members.n * VT_RANKER_OF_MEMBER;
    for (size_t e = 0; signals != NULL && e < signals->n; e++) {
        int32_t place = w->place[signals->item[e]];
        int at = signals->kind == NULL ? VT_RANKER_VIEWED : feature[signals->kind[e]];
        if (place < 0 || at == 0) {
            continue;
        }
        bool aged = signals->time != NULL && signals->time[e] != VT_NONE && state->now != VT_NONE;
        double age = aged ? (double)(state->now - signals->time[e]) / DAY : 0.0;
        float *cell = w->row + (size_t)place * width + from + at;
        *cell = fmaxf(*cell, (float)exp2(-fmax(age, 0.0) / LOOK_HALF_LIFE));
    }
}

/* How popular what the user chose is, against the candidates, times how popular a candidate is. */
static void put_taste(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state)
{
    if (m->trend < 0 || state->n == 0) {
        return;
    }
    size_t width = vt_ranker_features(m), from = m->members.n * VT_RANKER_OF_MEMBER;
    double all = 0.0;
    for (size_t c = 0; c < w->n; c++) {
        all += (double)w->row[c * width + from + VT_RANKER_SOLD_EVER];
    }
    double mean = w->n == 0 ? 0.0 : all / (double)w->n, own = 0.0;
    size_t begin = state->n > VT_RANKER_HISTORY ? state->n - VT_RANKER_HISTORY : 0;
    const vt_item_clock *clock = state->clock != NULL ? state->clock : m->clock;
    int64_t now = moment_of(m, state);
    bool told = state->known != NULL && state->now != VT_NONE;
    for (size_t h = begin; h < state->n; h++) {
        int64_t sold = told ? vt_item_times_before(state->known, state->item[h], now)
                            : vt_item_clock_before(clock, state->item[h], now);
        own += log1p((double)sold);
    }
    own = own / (double)(state->n - begin) - mean;
    for (size_t c = 0; c < w->n; c++) {
        float *row = w->row + c * width + from;
        row[VT_RANKER_TASTE] = (float)(own * ((double)row[VT_RANKER_SOLD_EVER] - mean));
    }
}

int vt_ranker_describe(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at, vt_error *err)
{
    memset(w->row, 0, w->n * vt_ranker_features(m) * sizeof *w->row);
    for (size_t k = 0; k < m->members.n; k++) {
        put_member(w, m, k, at);
    }
    put_sales(w, m, state);
    put_taste(w, m, state);
    put_signals(w, m, state);
    return put_relations(w, m, state, err);
}

double vt_ranker_sum(const vt_ranker_weights *learned, const float *row, size_t k, double *parts)
{
    double sum = learned->weight[k];
    for (size_t f = 0; f < k; f++) {
        double part = 0.0;
        if (learned->spread[f] > 0.0) {
            double z = ((double)row[f] - learned->mean[f]) / learned->spread[f];
            part = learned->weight[f] * fmin(fmax(z, -CLIP), CLIP);
        }
        if (parts != NULL) {
            parts[f] = part;
        }
        sum += part;
    }
    return sum;
}
