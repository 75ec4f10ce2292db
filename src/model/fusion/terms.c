/* Which terms the data have, and those of the moment: how items sell, which season it is. */
#include <math.h>
#include <string.h>

#include "model/fusion/fusion.h"

#define DAY 86400.0

bool vt_fusion_has_sales(const vt_fusion *m)
{
    return m->timed && (m->use & VT_USE_TIME) != 0;
}

bool vt_fusion_hidden_when_cold(int term)
{
    return term >= VT_TERM_SALES || vt_fusion_term_relation(term) == VT_RELATION_TOGETHER;
}

/* Planes over the shop's items, or over those with sales, into planes over the active items. */
static void spread(float *planes, const vt_fusion *m, const float *from, size_t wide, bool of_shop)
{
    for (size_t s = 0; s < VT_STATS; s++) {
        for (size_t i = 0; i < m->n; i++) {
            size_t at = of_shop ? (size_t)m->shop_item[i] : i;
            planes[s * m->n + i] = at < wide ? from[s * wide + at] : 0.0F;
        }
    }
}

int64_t vt_fusion_sales_until(const vt_item_clock *clock, int64_t now, double lag_days)
{
    int64_t end = vt_item_clock_last(clock);
    end = end == VT_NONE ? 0 : end + 1;
    int64_t until = (now == VT_NONE ? end : now) - (int64_t)(lag_days * DAY);
    return until > end ? end : until;
}

float vt_fusion_sales(float *planes, const vt_fusion *m, const vt_user_state *state, int64_t now, double lag_days,
                      float *scratch)
{
    if (!vt_fusion_has_sales(m)) {
        memset(planes, 0, VT_STATS * m->n * sizeof *planes);
        return 0.0F;
    }
    if (state != NULL && state->known != NULL && now != VT_NONE) {
        vt_item_times_at(state->known, now, scratch);
        spread(planes, m, scratch, (size_t)m->n_items, true);
        return 0.0F;
    }
    bool live = state != NULL && state->clock != NULL;
    const vt_item_clock *clock = live ? state->clock : m->clock;
    int64_t until = vt_fusion_sales_until(clock, now, lag_days);
    if (live) {
        vt_item_clock_at(clock, (size_t)m->n_items, NULL, until, scratch);
        spread(planes, m, scratch, (size_t)m->n_items, true);
    } else if (m->n == m->n_known) {
        vt_item_clock_at(clock, m->n_known, m->subset, until, planes);
    } else {
        vt_item_clock_at(clock, m->n_known, NULL, until, scratch);
        spread(planes, m, scratch, m->n_known, false);
    }
    return now == VT_NONE ? 0.0F : (float)(log1p((double)(now - until) / DAY) / 6.0);
}

float vt_fusion_log_count(const vt_fusion *m, const vt_user_state *state, int32_t item, int64_t moment)
{
    if (!vt_fusion_has_sales(m) || moment == VT_NONE) {
        return m->items.log_count[item];
    }
    int64_t count = state->known != NULL   ? vt_item_times_before(state->known, m->shop_item[item], moment)
                    : state->clock != NULL ? vt_item_clock_before(state->clock, m->shop_item[item], moment)
                                           : vt_item_clock_before(m->clock, item, moment);
    return log1pf((float)count);
}

void vt_fusion_waves(float waves[VT_SEASON_WAVES], int64_t now)
{
    double turn = 6.283185307179586 * (double)now / (365.2425 * DAY);
    memset(waves, 0, VT_SEASON_WAVES * sizeof *waves);
    if (now != VT_NONE) {
        waves[0] = (float)sin(turn);
        waves[1] = (float)cos(turn);
        waves[2] = (float)sin(2.0 * turn);
        waves[3] = (float)cos(2.0 * turn);
    }
}

void vt_fusion_query_terms_init(vt_fusion_query_terms *a, const vt_fusion *m, const float *u, int64_t now, float age)
{
    const float *p = m->params.value + m->at.sales, *w = m->params.value + m->at.term;
    bool seasons = m->timed && (m->use & VT_USE_TIME) != 0;
    a->age = age;
    for (size_t s = 0; s < VT_STATS; s++) {
        a->row[s] = 0.0F;
        for (size_t j = 0; j < m->d; j++) {
            a->row[s] += p[s * m->d + j] * u[j];
        }
        a->plain[s] = (w[VT_TERM_SALES + s] + age * w[VT_TERM_SALES_LAGGED + s]) * m->term_scale[VT_TERM_SALES + s];
    }
    vt_fusion_waves(a->waves, seasons ? now : VT_NONE);
}

void vt_fusion_add_sales(float *restrict logits, const vt_fusion *m, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_query_terms *a)
{
    enum { BLOCK = 1024 };
    float shared[BLOCK], plain[BLOCK];
    for (size_t begin = 0; begin < m->n; begin += BLOCK) {
        size_t count = m->n - begin < BLOCK ? m->n - begin : BLOCK;
        memset(shared, 0, sizeof shared);
        memset(plain, 0, sizeof plain);
        for (size_t s = 0; s < VT_STATS; s++) {
            const float *plane = sales + s * m->n + begin;
            for (size_t i = 0; i < count; i++) {
                shared[i] += a->row[s] * plane[i];
                plain[i] += a->plain[s] * plane[i];
            }
        }
        for (size_t i = 0; i < count; i++) {
            float share = alpha[(begin + i) * VT_MODALITIES + VT_MODALITY_SALES];
            plain[i] += share * shared[i];
        }
        for (size_t i = 0; i < count; i++) {
            logits[begin + i] += warm == NULL ? plain[i] : warm[begin + i] * plain[i];
        }
    }
}
