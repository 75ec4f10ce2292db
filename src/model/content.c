/*
 * Content: an item scores by how alike it is, in words or looks, to what the user chose. Likenesses are sharpened by
 * a power, so that a few close neighbours count for more than many distant ones, and older choices fade. Nothing is
 * learnt: an item that nobody bought yet ranks on the same scale as the rest.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/history.h"
#include "model/kind.h"
#include "model/likeness.h"
#include "vitrine/encoder.h"

enum { BY, SHARPNESS, HALF_LIFE, EVENTS, POOL, PARAMS };
enum { POOL_SUM, POOL_MAX };
enum { BY_TEXT, BY_IMAGE };

/*
 * Rows of likenesses that are computed at once, of several states: a product of few rows costs as much as one of
 * many.
 */
enum { BLOCK = 64 };

static const vt_param_spec params[PARAMS] = {
    [BY] = {"by", VT_PARAM_CHOICE, BY_TEXT, 0.0, 0.0, "text|image", "", "which vectors of the items are compared"},
    [SHARPNESS] = {"sharpness", VT_PARAM_INT, 4.0, 1.0, 64.0, NULL, "",
                   "power that a cosine is raised to; negative ones count as 0"},
    [HALF_LIFE] = {"half_life", VT_PARAM_REAL, 60.0, 0.0, 36500.0, NULL, "days",
                   "age at which an event of the history counts half, in events where data have no times; 0 for no "
                   "fading"},
    [POOL] = {"pool", VT_PARAM_CHOICE, POOL_SUM, 0.0, 0.0, "sum|max", "",
              "what the likenesses to all events of a history come to"},
    [EVENTS] = {"events", VT_PARAM_INT, 50.0, 1.0, 10000.0, NULL, "events", "newest events of the history that count"},
};

static const vt_preset presets[] = {
    {"reviews", "sharpness=4,half_life=60", "few events a user, as in review data (found on Beauty-Health 2023)"},
};

/* Legend: I items, D dimensions. */
typedef struct content {
    size_t n_items;
    size_t d;
    float *vectors; /* (I, D) of length 1; all 0 where an item has none */
    uint8_t *has;   /* (I) */
    int sharpness;
    double half_life;
    size_t events;
    bool strongest; /* the likeness to one event counts, not the sum over all */
} content;

static void content_free(void *state)
{
    content *m = state;
    if (m != NULL) {
        vt_free(m->vectors);
        vt_free(m->has);
        vt_free(m);
    }
}

static int content_create(content **out, const vt_params *settings, int32_t n_items, size_t d, vt_error *err)
{
    content *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_items = (size_t)n_items;
    m->d = d;
    m->sharpness = (int)settings->value[SHARPNESS];
    m->half_life = settings->value[HALF_LIFE];
    m->events = (size_t)settings->value[EVENTS];
    m->strongest = (int)settings->value[POOL] == POOL_MAX;
    m->vectors = vt_alloc_aligned((size_t)n_items, d * sizeof *m->vectors, err);
    m->has = m->vectors == NULL ? NULL : vt_alloc_zero((size_t)n_items, 1, err);
    if (m->has == NULL) {
        content_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static int content_check(const vt_fit *fit, vt_error *err)
{
    bool by_text = (int)fit->params->value[BY] == BY_TEXT;
    if ((by_text ? fit->text : fit->image) == NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "content compares %s, and these items have no vectors of them; make them with "
                       "\"vitrine encode\"",
                       by_text ? "words" : "photos");
    }
    return VT_OK;
}

static int content_fit(void **state, const vt_fit *fit, vt_error *err)
{
    bool by_text = (int)fit->params->value[BY] == BY_TEXT;
    const vt_item_vectors *given = by_text ? fit->text : fit->image;
    const vt_ids *items = &fit->train->snapshot->items;
    const vt_progress_state progress = {"fitting content", "items", 0.0, (double)items->n, NULL};
    int status = vt_progress_report(fit->progress, &progress, err);
    if (status != VT_OK) {
        return status;
    }
    content *m = NULL;
    status = content_create(&m, fit->params, items->n, given->d, err);
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    size_t found = 0, row = m->d * sizeof *m->vectors;
    memset(m->vectors, 0, m->n_items * row);
    for (int32_t i = 0; i < items->n; i++) {
        int32_t at = vt_ids_find(&given->ids, vt_ids_get(items, i));
        if (at >= 0) {
            memcpy(m->vectors + (size_t)i * m->d, vt_item_vector(given, at, NULL), row);
            m->has[i] = 1;
            found++;
        }
    }
    if (found == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "none of the items has a vector of its %s; has the catalogue been imported and encoded "
                       "(\"vitrine encode\")?",
                       by_text ? "words" : "photos");
    }
    return VT_OK;
}

static int content_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const content *m = state;
    return vt_tensor_list_add(list, "content.vectors", VT_F32, (int64_t)m->n_items, (int64_t)m->d, m->vectors, err);
}

static int content_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                        int32_t n_items, vt_error *err)
{
    (void)n_users;
    vt_tensor vectors;
    int status = vt_safetensors_tensor(file, "content.vectors", VT_F32, 2, n_items, -1, &vectors, err);
    content *m = NULL;
    if (status == VT_OK && vectors.shape[1] < 1) {
        return vt_fail(err, VT_ERR_CORRUPT, "the vectors of the content model are empty; fit the model again");
    }
    if (status == VT_OK) {
        status = content_create(&m, settings, n_items, (size_t)vectors.shape[1], err);
    }
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    memcpy(m->vectors, vectors.data, m->n_items * m->d * sizeof *m->vectors);
    for (size_t i = 0; i < m->n_items; i++) {
        double square = 0.0;
        for (size_t k = 0; k < m->d; k++) {
            square += (double)m->vectors[i * m->d + k] * (double)m->vectors[i * m->d + k];
        }
        if (!(square < 1.01)) { /* NaN too */
            return vt_fail(err, VT_ERR_CORRUPT,
                           "a vector of the content model is not of length 1; fit the model again");
        }
        m->has[i] = square > 0.0;
    }
    return VT_OK;
}

/* One event of a history that counts. */
typedef struct chosen {
    float *scores; /* (I) of its state */
    float weight;
} chosen;

/* Room for scoring some states. */
typedef struct workspace {
    size_t *kept;    /* (H) */
    float *vectors;  /* (BLOCK, D) */
    float *likeness; /* (BLOCK, I) */
    chosen event[BLOCK];
    size_t n; /* events gathered */
} workspace;

/* Adds the sharpened likenesses of the events that were gathered to the scores of their states. */
static void add_likeness(workspace *r, const content *m)
{
    vt_products(r->likeness, r->vectors, r->n, m->vectors, m->n_items, m->d);
    for (size_t h = 0; h < r->n; h++) {
        const float *row = r->likeness + h * m->n_items;
        float *scores = r->event[h].scores;
        for (size_t i = 0; i < m->n_items; i++) {
            float weighed = r->event[h].weight * vt_sharpen(row[i], m->sharpness);
            float most = scores[i] > weighed ? scores[i] : weighed;
            scores[i] = m->strongest ? most : scores[i] + weighed;
        }
    }
    r->n = 0;
}

/* Gathers the events of a state that count; false when there is none. */
static bool gather_events(workspace *r, const content *m, const vt_user_state *user, float *scores)
{
    memset(scores, 0, m->n_items * sizeof *scores);
    size_t n_kept = vt_history_first(r->kept, user, scores);
    bool known = false;
    for (size_t h = n_kept > m->events ? n_kept - m->events : 0; h < n_kept; h++) {
        size_t item = (size_t)user->item[r->kept[h]];
        if (m->has[item]) {
            known = true;
            memcpy(r->vectors + r->n * m->d, m->vectors + item * m->d, m->d * sizeof *r->vectors);
            r->event[r->n++] = (chosen){scores, vt_history_weight(user, r->kept, n_kept, h, m->half_life)};
        }
        if (r->n == BLOCK) {
            add_likeness(r, m);
        }
    }
    return known;
}

static void score_all(float *scores, const content *m, const vt_user_state *states, size_t n, workspace *r,
                      uint8_t *known)
{
    for (size_t s = 0; s < n; s++) {
        known[s] = gather_events(r, m, &states[s], scores + s * m->n_items);
    }
    add_likeness(r, m);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < m->n_items; i++) {
            float *score = &scores[s * m->n_items + i];
            *score = known[s] && m->has[i] ? *score : -INFINITY;
        }
    }
}

static int content_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const content *m = state;
    size_t longest = 1;
    for (size_t s = 0; s < n; s++) {
        longest = states[s].n > longest ? states[s].n : longest;
    }
    workspace r = {.n = 0};
    uint8_t *known = vt_alloc(n, sizeof *known, err);
    r.kept = known == NULL ? NULL : vt_alloc(longest, sizeof *r.kept, err);
    r.vectors = r.kept == NULL ? NULL : vt_alloc_aligned(BLOCK, m->d * sizeof *r.vectors, err);
    r.likeness = r.vectors == NULL ? NULL : vt_alloc_aligned(BLOCK, m->n_items * sizeof *r.likeness, err);
    if (r.likeness != NULL) {
        score_all(scores, m, states, n, &r, known);
    }
    int status = r.likeness == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(known);
    vt_free(r.kept);
    vt_free(r.vectors);
    vt_free(r.likeness);
    return status;
}

static int content_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const content *m = state;
    (void)err;
    vt_products(scores, m->vectors + (size_t)item * m->d, 1, m->vectors, m->n_items, m->d);
    for (size_t i = 0; i < m->n_items; i++) {
        scores[i] = m->has[item] && m->has[i] && i != (size_t)item ? scores[i] : -INFINITY;
    }
    return VT_OK;
}

const vt_model_ops vt_model_content = {
    .kind = {"content", "likeness of words or photos to what the user chose", "Pazzani and Billsus 2007",
             VT_MODEL_SIMILAR | VT_MODEL_NEEDS_VECTORS, params, PARAMS, presets, sizeof presets / sizeof presets[0]},
    .check = content_check,
    .fit = content_fit,
    .free = content_free,
    .save = content_save,
    .load = content_load,
    .score = content_score,
    .similar = content_similar,
};
