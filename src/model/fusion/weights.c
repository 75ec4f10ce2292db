/* What the model weighs by category: mean shares of the modalities, and the season through the year. */
#include <stdio.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"

enum { MONTHS = 12 };

#define DAY 86400.0
#define MONTH_DAYS (365.2425 / MONTHS)

typedef struct survey {
    const vt_fusion *m;
    size_t n_places; /* categories, and all items behind them */
    int64_t *items;  /* (P) */
    double *share;   /* (P, M) sums over items, then means */
    double *season;  /* (P, months) the same */
    vt_weight_each each;
    void *context;
} survey;

static void add_item(survey *s, size_t place, size_t item, float waves[MONTHS][VT_SEASON_WAVES])
{
    const vt_fusion *m = s->m;
    int32_t category = m->items.category[item];
    const float *season = m->params.value + m->at.season;
    s->items[place]++;
    for (size_t k = 0; k < VT_MODALITIES; k++) {
        s->share[place * VT_MODALITIES + k] += (double)m->alpha[item * VT_MODALITIES + k];
    }
    for (size_t month = 0; category >= 0 && month < MONTHS; month++) {
        for (size_t k = 0; k < VT_SEASON_WAVES; k++) {
            s->season[place * MONTHS + month] +=
                (double)season[(size_t)category * VT_SEASON_WAVES + k] * (double)waves[month][k];
        }
    }
}

static void take_means(survey *s)
{
    float waves[MONTHS][VT_SEASON_WAVES];
    size_t all = s->n_places - 1;
    for (size_t month = 0; month < MONTHS; month++) {
        vt_fusion_waves(waves[month], (int64_t)(((double)month + 0.5) * MONTH_DAYS * DAY));
    }
    for (size_t i = 0; i < s->m->n; i++) {
        int32_t category = s->m->items.category[i];
        add_item(s, all, i, waves);
        if (category >= 0) {
            add_item(s, (size_t)category, i, waves);
        }
    }
    for (size_t p = 0; p < s->n_places; p++) {
        double n = s->items[p] > 0 ? (double)s->items[p] : 1.0;
        for (size_t k = 0; k < VT_MODALITIES; k++) {
            s->share[p * VT_MODALITIES + k] /= n;
        }
        for (size_t month = 0; month < MONTHS; month++) {
            s->season[p * MONTHS + month] /= n;
        }
    }
}

/* The path of a category; "" of all items together. */
static vt_str place_name(const survey *s, size_t place, char spare[32])
{
    static const char prefix[] = "category=";
    const vt_fusion_items *items = &s->m->items;
    if (place + 1 == s->n_places) {
        return vt_str_of("");
    }
    if (items->name_ptr == NULL) {
        snprintf(spare, 32, "%zu", place);
        return vt_str_of(spare);
    }
    int64_t begin = items->name_ptr[place] + (int64_t)sizeof prefix - 1, end = items->name_ptr[place + 1];
    return (vt_str){items->name + begin, end > begin ? (size_t)(end - begin) : 0};
}

static int tell_place(const survey *s, size_t place)
{
    char spare[32], month_name[16];
    size_t all = s->n_places - 1;
    vt_weight w = {.topic = vt_str_of("modality"), .place = place_name(s, place, spare), .n = s->items[place]};
    int status = VT_OK;
    for (size_t k = 0; k < VT_MODALITIES && status == VT_OK; k++) {
        w.name = vt_str_of(vt_fusion_modality_name[k]);
        w.value = s->share[place * VT_MODALITIES + k];
        status = s->share[all * VT_MODALITIES + k] > 0.0 ? s->each(s->context, &w) : VT_OK;
    }
    w.topic = vt_str_of("season");
    for (size_t month = 0; month < MONTHS && status == VT_OK && place < all && vt_fusion_has_sales(s->m); month++) {
        snprintf(month_name, sizeof month_name, "%02zu", month + 1);
        w.name = vt_str_of(month_name);
        w.value = s->season[place * MONTHS + month] - s->season[all * MONTHS + month];
        status = s->each(s->context, &w);
    }
    return status;
}

int vt_fusion_weights(const void *state, vt_weight_each each, void *context, vt_error *err)
{
    const vt_fusion *m = state;
    survey s = {.m = m, .n_places = (size_t)m->items.n_categories + 1, .each = each, .context = context};
    s.items = vt_alloc_zero(s.n_places, sizeof *s.items, err);
    s.share = s.items == NULL ? NULL : vt_alloc_zero(s.n_places * VT_MODALITIES, sizeof *s.share, err);
    s.season = s.share == NULL ? NULL : vt_alloc_zero(s.n_places * MONTHS, sizeof *s.season, err);
    int status = s.season == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        take_means(&s);
    }
    for (size_t p = 0; p < s.n_places && status == VT_OK; p++) {
        status = s.items[p] > 0 ? tell_place(&s, p) : VT_OK;
    }
    vt_free(s.items);
    vt_free(s.share);
    vt_free(s.season);
    return status;
}
