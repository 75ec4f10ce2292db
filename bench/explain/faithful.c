/*
 * Do explanations name the events that matter? For each of some users the item that a model recommends first is
 * explained, and each past event is left out, exactly, by scoring again. One line a case:
 *
 *     events, and of each way to weigh events five numbers, see print_source()
 *
 * Usage: bench_faithful SHOP MODEL CASES SEED
 */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/rng.h"
#include "recommend/context.h"
#include "recommend/variants.h"
#include "vitrine/explanation.h"

enum { EVENTS_MAX = 100 };

typedef struct bench {
    vt_live *live;
    vt_recommender *recommender;
    vt_model_info info;
    int64_t now;
    float *scores;
    uint8_t *allowed;
    vt_outcome *outcome;
    vt_variant *variant;
} bench;

static int64_t last_time(vt_live *live)
{
    vt_view *view = vt_live_view(live);
    vt_span span;
    int64_t last = VT_NONE;
    for (int64_t from = 0; vt_view_span(&span, view, from); from = span.begin + span.n) {
        for (int64_t k = 0; k < span.n; k++) {
            last = span.time[k] > last ? span.time[k] : last;
        }
    }
    vt_view_release(view);
    return last;
}

/* Rank correlation of two arrays (Spearman), ties by mean rank; NaN where one of them is the same throughout. */
static double spearman(const double *a, const double *b, size_t n)
{
    double rank[2][EVENTS_MAX], mean = ((double)n - 1.0) / 2.0, ab = 0.0, aa = 0.0, bb = 0.0;
    const double *of[2] = {a, b};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < n; i++) {
            double below = 0.0, same = 0.0;
            for (size_t j = 0; j < n; j++) {
                below += of[k][j] < of[k][i];
                same += !(of[k][j] < of[k][i]) && !(of[k][j] > of[k][i]);
            }
            rank[k][i] = below + (same - 1.0) / 2.0 - mean;
        }
    }
    for (size_t i = 0; i < n; i++) {
        ab += rank[0][i] * rank[1][i];
        aa += rank[0][i] * rank[0][i];
        bb += rank[1][i] * rank[1][i];
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : (double)NAN;
}

static size_t top_of(const double *x, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        best = x[i] > x[best] ? i : best;
    }
    return best;
}

/* What leaving out the event on top of `by` costs, and what leaving out another one costs on average. */
static void print_source(const double *by, const double *drop, size_t n)
{
    size_t top = top_of(by, n);
    double others = 0.0;
    for (size_t i = 0; i < n; i++) {
        others += i == top ? 0.0 : drop[i] / (double)(n - 1);
    }
    printf("\t%d\t%.6f\t%.6f\t%d\t%.6f", by[top] > 0.0, drop[top], others, top == top_of(drop, n),
           spearman(by, drop, n));
}

/* events, then of the split, of attention, and of leaving out itself, which is as good as can be. */
static int print_case(bench *b, const vt_context *c, int32_t item, float score, vt_error *err)
{
    vt_explanation e = {0};
    size_t n = c->history.n;
    double split[EVENTS_MAX], attention[EVENTS_MAX], drop[EVENTS_MAX];
    const vt_model *model = c->bound->model;
    vt_user_state state = vt_history_state(&c->history, -1, b->now);
    int status = vt_model_explain(&e, model, &state, &item, 1, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        b->variant[i] = (vt_variant){(int64_t)i, -1};
        split[i] = vt_explanation_of_event(&e, i);
        attention[i] = e.attended == NULL ? 0.0 : e.attended[i];
    }
    status = vt_variants_score(b->outcome, model, b->allowed, &state, item, b->variant, n, 0, (double)NAN, err);
    bool finite = true;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        drop[i] = (double)score - (double)b->outcome[i].score;
        finite = finite && isfinite(drop[i]);
    }
    if (status == VT_OK && finite) {
        printf("%zu", n);
        print_source(split, drop, n);
        print_source(attention, drop, n);
        print_source(drop, drop, n);
        printf("\n");
    }
    vt_explanation_done(&e);
    return status;
}

/* One user; `*done` counts the cases. */
static int take_user(bench *b, int32_t user, int64_t *done, vt_error *err)
{
    char id[VT_ID_BYTES_MAX + 1];
    vt_context c = {0};
    vt_request request;
    vt_str text = vt_ids_get(&b->info.users, user);
    snprintf(id, sizeof id, "%.*s", VT_STR_ARGS(text));
    vt_request_init(&request);
    request.user = id;
    request.now = b->now;
    int status = vt_context_begin(&c, b->recommender, &request, err);
    status = status != VT_OK ? status : vt_context_history(&c, err);
    if (status == VT_OK && c.history.n >= 2 && c.history.n <= EVENTS_MAX) {
        vt_user_state state = vt_history_state(&c.history, -1, b->now);
        status = vt_model_score(c.bound->model, &state, 1, b->scores, err);
        int32_t best = -1;
        for (int32_t i = 0; i < b->info.n_items && status == VT_OK; i++) {
            int32_t shown = vt_numbers_view(c.serving->numbers, i);
            const vt_item_mark *mark = shown < 0 ? NULL : vt_history_mark(&c.history, shown);
            b->allowed[i] = mark == NULL || !mark->seen;
            bool scored = b->allowed[i] && isfinite(b->scores[i]);
            best = scored && (best < 0 || b->scores[i] > b->scores[best]) ? i : best;
        }
        if (status == VT_OK && best >= 0) {
            *done += 1;
            status = print_case(b, &c, best, b->scores[best], err);
        }
    }
    vt_context_done(&c);
    return status;
}

static int run(bench *b, int64_t cases, uint64_t seed, vt_error *err)
{
    int32_t n = b->info.n_users, *user = vt_alloc((size_t)n, sizeof *user, err);
    int64_t done = 0;
    int status = user == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_rng rng = vt_rng_at(seed, "faithful", 0, 0);
    for (int32_t i = 0; i < n && status == VT_OK; i++) {
        user[i] = i;
        int32_t other = (int32_t)vt_rng_below(&rng, (uint64_t)i + 1), mine = user[i];
        user[i] = user[other];
        user[other] = mine;
    }
    for (int32_t i = 0; i < n && done < cases && status == VT_OK; i++) {
        status = take_user(b, user[i], &done, err);
    }
    vt_free(user);
    return status;
}

int main(int argc, char **argv)
{
    bench b = {.now = 0};
    vt_error err = VT_ERROR_INIT;
    int64_t cases = 0, seed = 0;
    if (argc != 5 || !vt_parse_int(&cases, vt_str_of(argv[3])) || !vt_parse_int(&seed, vt_str_of(argv[4]))) {
        fprintf(stderr, "usage: bench_faithful SHOP MODEL CASES SEED\n");
        return 2;
    }
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    int status = vt_live_open(&b.live, argv[1], &options, &err);
    if (status == VT_OK) {
        status = vt_recommender_open(&b.recommender, b.live, argv[2], &of_recommender, &err);
    }
    if (status == VT_OK) {
        vt_recommender_describe(b.recommender, &b.info);
        size_t items = (size_t)b.info.n_items;
        b.scores = vt_alloc_aligned(items, sizeof *b.scores, &err);
        b.allowed = vt_alloc(items, 1, &err);
        b.outcome = vt_alloc(EVENTS_MAX, sizeof *b.outcome, &err);
        b.variant = vt_alloc(EVENTS_MAX, sizeof *b.variant, &err);
        bool allocated = b.scores != NULL && b.allowed != NULL && b.outcome != NULL && b.variant != NULL;
        status = allocated ? VT_OK : VT_ERR_NO_MEMORY;
        b.now = last_time(b.live) + 1;
    }
    if (status == VT_OK) {
        status = run(&b, cases, (uint64_t)seed, &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "bench_faithful: %s\n", err.message);
    }
    vt_free(b.scores);
    vt_free(b.allowed);
    vt_free(b.outcome);
    vt_free(b.variant);
    vt_recommender_free(b.recommender);
    vt_live_close(b.live);
    return status == VT_OK ? 0 : 1;
}
