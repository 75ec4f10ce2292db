/* Where the fit begins: the terms at a conditional logit of them alone, the network at small numbers. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/logit.h"
#include "model/fusion/fit.h"

enum { LESSONS = 2000, ALTERNATIVES = 200 };

/* What the lessons of the terms tell. */
typedef struct lessons {
    int term[VT_TERM_SALES_LAGGED]; /* which terms the data have */
    size_t n_terms;
    float *x; /* (lessons, ALTERNATIVES, n_terms) */
    vt_fusion_pass pass;
    float *sales, *scratch; /* (S, I) */
} lessons;

static void lessons_done(lessons *l)
{
    vt_fusion_pass_done(&l->pass);
    vt_free(l->x);
    vt_free(l->sales);
    vt_free(l->scratch);
}

/* Terms of which the data have something, and workspace for `most` lessons of them. */
static int lessons_init(lessons *l, const vt_fusion *m, size_t most, vt_error *err)
{
    *l = (lessons){.n_terms = 0};
    int status = vt_fusion_pass_init(&l->pass, m, err);
    if (status != VT_OK) {
        return status;
    }
    for (int term = 0; term < VT_TERM_SALES_LAGGED; term++) {
        if (term >= VT_TERM_RELATIONS || vt_fusion_pass_has(&l->pass, term)) {
            l->term[l->n_terms++] = term;
        }
    }
    l->x = vt_alloc(most * ALTERNATIVES, l->n_terms * sizeof *l->x, err);
    l->sales = l->x == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *l->sales, err);
    l->scratch = l->sales == NULL ? NULL : vt_alloc_aligned(VT_STATS * m->n, sizeof *l->scratch, err);
    return l->scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* The place in its row of a user's last event, behind others, on an item that is new; -1 when there is none. */
static int64_t last_new(const vt_fusion_work *w, const vt_fusion_event *row, size_t n, int32_t user)
{
    for (size_t e = n; e-- > 1;) {
        if (vt_fusion_is_positive(row[e].group) && w->rows.fresh[w->train.ptr[user] + row[e].index]) {
            return row[e].index > 0 ? (int64_t)e : -1;
        }
    }
    return -1;
}

/*
 * The rows of one lesson: what was the last new item of a user, and others by chance; some of them cold, as in the
 * steps. False where nothing is to be learned of the user.
 */
static bool put_lesson(float *x, lessons *l, const vt_fusion_work *w, int32_t user)
{
    const vt_fusion *m = w->m;
    size_t n = 0;
    vt_rng rng = vt_rng_at(w->fit->seed, "fusion-lessons", (uint64_t)user, 0);
    const vt_fusion_event *row = vt_fusion_draw_row(&n, w, user, &rng);
    int64_t last = last_new(w, row, n, user);
    if (last < 0) {
        return false;
    }
    int64_t now = row[last].time;
    bool stale = false;
    double lag = vt_fusion_draw_lag(&stale, w, &rng);
    size_t known = vt_fusion_known_events(row, (size_t)last, stale ? lag : 0.0);
    vt_fusion_pass_start(&l->pass, &w->rows, user);
    for (size_t e = 0; e < known; e++) {
        vt_fusion_pass_event(&l->pass, &row[e]);
    }
    vt_fusion_sales(l->sales, m, NULL, now, stale ? lag : 0.0, l->scratch);
    double cold = w->fit->params->value[VT_FUSION_COLD];
    for (int a = 0; a < ALTERNATIVES; a++, x += l->n_terms) {
        size_t item = a == 0 ? (size_t)row[last].item : (size_t)vt_rng_below(&rng, m->n);
        bool hides = vt_rng_unit(&rng) < cold;
        for (size_t k = 0; k < l->n_terms; k++) {
            int term = l->term[k];
            float value = term < VT_TERM_RELATIONS ? vt_fusion_pass_value(&l->pass, term, (int32_t)item) *
                                                         vt_fusion_pass_gain(&l->pass, term, now)
                                                   : l->sales[(size_t)(term - VT_TERM_SALES) * m->n + item];
            x[k] = hides && vt_fusion_hidden_when_cold(term) ? 0.0F : value;
        }
    }
    return true;
}

int vt_fusion_start_terms(vt_fusion_work *w, vt_error *err)
{
    vt_fusion *m = w->m;
    size_t n = 0, most = w->n_users < LESSONS ? w->n_users : LESSONS;
    lessons l;
    int status = lessons_init(&l, m, most, err);
    int64_t *ptr = status == VT_OK ? vt_alloc(most + 1, sizeof *ptr, err) : NULL;
    if (ptr == NULL) {
        lessons_done(&l);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < most; k++) {
        int32_t user = w->user[k * w->n_users / most];
        n += put_lesson(l.x + n * ALTERNATIVES * l.n_terms, &l, w, user);
    }
    double weight[VT_TERM_SALES_LAGGED] = {0}, size[VT_TERM_SALES_LAGGED] = {0}, loss = 0.0;
    for (size_t q = 0; q <= n; q++) {
        ptr[q] = (int64_t)(q * ALTERNATIVES);
    }
    vt_choices choices = {.x = l.x, .ptr = ptr, .n = n, .k = l.n_terms};
    status = vt_logit_fit(weight, size, &loss, &choices, 0.001, w->fit->threads, err);
    for (size_t k = 0; k < l.n_terms && status == VT_OK; k++) {
        double scale = size[k] > 0.0 ? 1.0 / size[k] : 1.0;
        m->term_scale[l.term[k]] = (float)scale;
        m->params.value[m->at.term + (size_t)l.term[k]] = (float)(weight[k] / scale);
    }
    lessons_done(&l);
    vt_free(ptr);
    return status;
}

void vt_fusion_start_network(vt_fusion *m, uint64_t seed)
{
    static const char *const narrow[] = {"id", "token", "kind", "rating", "position", "nobody", "user_token"};
    vt_nn_params *p = &m->params;
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        vt_nn_params_normal(p, narrow[i], VT_FUSION_SMALL, seed);
    }
    vt_nn_params_normal(p, "text", 0.05, seed);
    vt_nn_params_normal(p, "image", 0.05, seed);
    vt_nn_params_normal(p, "time", 0.02, seed);
    vt_nn_params_normal(p, "asked", 0.02, seed);
    vt_nn_params_normal(p, "longterm", sqrt(1.0 / (double)m->d), seed);
    vt_nn_encoder_start(&m->encoder, p, seed);
}
