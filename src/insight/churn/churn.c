/*
 * Cross-fitting: four models of three quarters each tell how well a kind foretells what it has not seen and how its
 * scores become probabilities; a fifth of everything is what answers.
 */
#include "insight/churn/churn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "insight/churn/logistic.h"

enum { FOLDS = 4, CUSTOMERS_MIN = 20, OUTCOME_MIN = 5 };

struct vt_churn {
    vt_churn_model_kind kind;
    vt_logistic *logistic;
    vt_trees *trees;
    int n_trees;
    vt_calibration calibration;
    size_t f;
};

/* The customers to fit, and what folds say of them. */
typedef struct fitting {
    const vt_features *features;
    const uint8_t *outcome;
    const vt_churn_options *options;
    int32_t *row;       /* (n) */
    int32_t *part;      /* (n) scratch: rows of a fold, or of the others */
    uint8_t *fold;      /* (n) */
    uint8_t *label;     /* (n) */
    double *score[2];   /* (n) of unseen customers: logistic, trees */
    double *part_score; /* (n) scratch */
    size_t n;
} fitting;

void vt_churn_options_init(vt_churn_options *options)
{
    *options =
        (vt_churn_options){.size = sizeof *options, .ridge = 0.001, .test_share = 0.25, .seed = 42, .threads = 1};
    vt_tree_options_init(&options->trees);
}

static int check_options(const vt_churn_options *o, vt_error *err)
{
    if (!(o->ridge >= 0.0) || !isfinite(o->ridge)) {
        return vt_fail(err, VT_ERR_USAGE, "the ridge must be a number of 0 or more");
    }
    if (!(o->test_share > 0.0 && o->test_share < 0.9)) {
        return vt_fail(err, VT_ERR_USAGE, "the share of the test part is above 0 and below 0.9");
    }
    return o->threads >= 1 ? VT_OK : vt_fail(err, VT_ERR_USAGE, "at least one thread is needed");
}

typedef struct keyed {
    int64_t time;
    uint64_t chance;
    int32_t row;
} keyed;

static int by_time(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    if (x->chance != y->chance) {
        return x->chance < y->chance ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Those of an outcome (or of any known one) in order of time, then of chance. */
static size_t gather(keyed *out, const uint8_t *outcome, const int64_t *time, size_t n, int wanted, uint64_t seed)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (outcome[i] != VT_OUTCOME_UNKNOWN && (wanted < 0 || outcome[i] == wanted)) {
            vt_rng rng = vt_rng_at(seed, "churn-split", i, 0);
            out[count++] = (keyed){time == NULL ? 0 : time[i], vt_rng_u64(&rng), (int32_t)i};
        }
    }
    qsort(out, count, sizeof *out, by_time);
    return count;
}

int vt_churn_split(uint8_t *test, const uint8_t *outcome, const int64_t *time, size_t n,
                   const vt_churn_options *options, vt_error *err)
{
    int status = check_options(options, err);
    keyed *order = status == VT_OK ? vt_alloc(n, sizeof *order, err) : NULL;
    if (order == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    memset(test, 0, n);
    for (int wanted = time == NULL ? 0 : -1; wanted < (time == NULL ? 2 : 0); wanted++) {
        size_t count = gather(order, outcome, time, n, wanted, options->seed);
        size_t held = (size_t)(options->test_share * (double)count + 0.5);
        for (size_t i = count - held; i < count; i++) {
            test[order[i].row] = 1;
        }
    }
    vt_free(order);
    return VT_OK;
}

/* Folds by chance, as large in both outcomes. */
static int make_folds(fitting *s, vt_error *err)
{
    keyed *order = vt_alloc(s->n, sizeof *order, err);
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int wanted = 0; wanted < 2; wanted++) {
        size_t count = gather(order, s->label, NULL, s->n, wanted, s->options->seed + 1);
        for (size_t i = 0; i < count; i++) {
            s->fold[order[i].row] = (uint8_t)(i % FOLDS);
        }
    }
    vt_free(order);
    return VT_OK;
}

/* Rows of the fold (`held`), or of the others, into s->part. */
static size_t take(fitting *s, int fold, bool held)
{
    size_t count = 0;
    for (size_t i = 0; i < s->n; i++) {
        if ((s->fold[i] == fold) == held) {
            s->part[count++] = s->row[i];
        }
    }
    return count;
}

/* Puts the scores of a fold where they belong. */
static void put(fitting *s, double *score, int fold)
{
    size_t at = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->fold[i] == fold) {
            score[i] = s->part_score[at++];
        }
    }
}

static int cross_logistic(fitting *s, vt_error *err)
{
    int status = VT_OK;
    for (int fold = 0; status == VT_OK && fold < FOLDS; fold++) {
        vt_logistic *model = NULL;
        size_t n = take(s, fold, false);
        status =
            vt_logistic_fit(&model, s->features, s->outcome, s->part, n, s->options->ridge, s->options->threads, err);
        if (status == VT_OK) {
            n = take(s, fold, true);
            vt_logistic_score(s->part_score, model, s->features, s->part, n);
            put(s, s->score[0], fold);
        }
        vt_logistic_free(model);
    }
    return status;
}

/* Rows for LightGBM, copied together. The caller frees x and label. */
static int copy_rows(vt_tree_rows *out, double **x, float **label, const fitting *s, size_t n, vt_error *err)
{
    size_t f = s->features->f;
    *x = vt_alloc(n * f, sizeof **x, err);
    *label = *x == NULL ? NULL : vt_alloc(n, sizeof **label, err);
    if (*label == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(*x + i * f, s->features->x + (size_t)s->part[i] * f, f * sizeof **x);
        (*label)[i] = s->outcome[s->part[i]] == VT_OUTCOME_LOST ? 1.0F : 0.0F;
    }
    *out = (vt_tree_rows){.x = *x, .label = *label, .levels = s->features->levels, .n = n, .f = f};
    return VT_OK;
}

/* One fold: trees of the other folds, its losses added to `loss` (T) with the share of its customers. */
static int cross_tree(vt_trees **out, double *loss, double *own, fitting *s, int fold, vt_error *err)
{
    double *x[2] = {NULL, NULL};
    float *label[2] = {NULL, NULL};
    vt_tree_rows rows, held;
    size_t n = take(s, fold, false);
    int status = copy_rows(&rows, &x[0], &label[0], s, n, err);
    if (status == VT_OK) {
        n = take(s, fold, true);
        status = copy_rows(&held, &x[1], &label[1], s, n, err);
    }
    status = status == VT_OK ? vt_trees_fit(out, own, &rows, &held, &s->options->trees, err) : status;
    for (int t = 0; status == VT_OK && t < s->options->trees.trees; t++) {
        loss[t] += own[t] * (double)n / (double)s->n;
    }
    for (int i = 0; i < 2; i++) {
        vt_free(x[i]);
        vt_free(label[i]);
    }
    return status;
}

static int score_fold(fitting *s, const vt_trees *trees, int fold, int count, vt_error *err)
{
    double *x = NULL;
    float *label = NULL;
    vt_tree_rows rows;
    size_t n = take(s, fold, true);
    int status = copy_rows(&rows, &x, &label, s, n, err);
    status = status == VT_OK ? vt_trees_score(s->part_score, trees, &rows, count, err) : status;
    if (status == VT_OK) {
        put(s, s->score[1], fold);
    }
    vt_free(x);
    vt_free(label);
    return status;
}

/* The number of trees at which folds that were not seen lose least, and the scores of that many. */
static int cross_trees(int *n_trees, fitting *s, vt_error *err)
{
    vt_trees *trees[FOLDS] = {NULL};
    int most = s->options->trees.trees, best = 0;
    double *loss = vt_alloc_zero(2 * (size_t)most, sizeof *loss, err);
    int status = loss == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int fold = 0; status == VT_OK && fold < FOLDS; fold++) {
        status = cross_tree(&trees[fold], loss, loss + most, s, fold, err);
    }
    for (int t = 1; status == VT_OK && t < most; t++) {
        best = loss[t] < loss[best] ? t : best;
    }
    for (int fold = 0; status == VT_OK && fold < FOLDS; fold++) {
        status = score_fold(s, trees[fold], fold, best + 1, err);
    }
    for (int fold = 0; fold < FOLDS; fold++) {
        vt_trees_free(trees[fold]);
    }
    vt_free(loss);
    *n_trees = best + 1;
    return status;
}

/* Mean logarithmic loss of scores. */
static double loss_of(const fitting *s, const double *score)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        double z = s->label[i] != 0 ? -score[i] : score[i];
        sum += z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z));
    }
    return sum / (double)s->n;
}

/* Tries the kinds that were asked for; says which is taken. */
static int choose(vt_churn *c, vt_churn_summary *summary, fitting *s, vt_error *err)
{
    vt_churn_model_kind kind = s->options->kind;
    vt_error missing = VT_ERROR_INIT;
    int status = VT_OK;
    if (kind != VT_CHURN_LOGISTIC) {
        status = vt_trees_available(&missing);
        summary->trees_missing = status != VT_OK;
        if (status != VT_OK && kind == VT_CHURN_TREES) {
            return vt_fail(err, status, "%s", missing.message);
        }
        snprintf(summary->note, sizeof summary->note, "%.500s", missing.message);
        status = summary->trees_missing ? VT_OK : cross_trees(&c->n_trees, s, err);
    }
    if (status == VT_OK && (kind != VT_CHURN_TREES)) {
        status = cross_logistic(s, err);
        summary->loss_logistic = status == VT_OK ? loss_of(s, s->score[0]) : 0.0;
    }
    if (status != VT_OK) {
        return status;
    }
    bool tried = kind != VT_CHURN_LOGISTIC && !summary->trees_missing;
    summary->loss_trees = tried ? loss_of(s, s->score[1]) : 0.0;
    summary->trees = tried ? c->n_trees : 0;
    c->kind = kind == VT_CHURN_TREES || (tried && summary->loss_trees < summary->loss_logistic) ? VT_CHURN_TREES
                                                                                                : VT_CHURN_LOGISTIC;
    summary->kind = c->kind;
    return VT_OK;
}

/* The model of all customers to fit. */
static int fit_final(vt_churn *c, vt_churn_summary *summary, fitting *s, vt_error *err)
{
    if (c->kind == VT_CHURN_LOGISTIC) {
        int status = vt_logistic_fit(&c->logistic, s->features, s->outcome, s->row, s->n, s->options->ridge,
                                     s->options->threads, err);
        summary->left_out = status == VT_OK ? vt_logistic_left_out(c->logistic) : 0;
        return status;
    }
    double *x = NULL;
    float *label = NULL;
    vt_tree_rows rows;
    vt_tree_options options = s->options->trees;
    options.trees = c->n_trees;
    memcpy(s->part, s->row, s->n * sizeof *s->part);
    int status = copy_rows(&rows, &x, &label, s, s->n, err);
    status = status == VT_OK ? vt_trees_fit(&c->trees, NULL, &rows, NULL, &options, err) : status;
    vt_free(x);
    vt_free(label);
    return status;
}

/* Figures of the test part. */
static int evaluate(vt_churn_summary *summary, const vt_churn *c, const vt_features *features, const uint8_t *outcome,
                    const uint8_t *test, vt_error *err)
{
    double *chance = vt_alloc(features->n, sizeof *chance, err);
    uint8_t *lost = chance == NULL ? NULL : vt_alloc(features->n, sizeof *lost, err);
    int status = lost == NULL ? VT_ERR_NO_MEMORY : vt_churn_score(chance, c, features, err);
    size_t n = 0;
    for (size_t i = 0; status == VT_OK && i < features->n; i++) {
        if (test[i] != 0 && outcome[i] != VT_OUTCOME_UNKNOWN) {
            chance[n] = chance[i];
            lost[n++] = outcome[i];
        }
    }
    summary->tested = n;
    if (status == VT_OK) {
        vt_error why = VT_ERROR_INIT;
        int evaluated = vt_churn_quality_of(&summary->quality, chance, lost, n, &why);
        summary->evaluated = evaluated == VT_OK;
        if (evaluated == VT_ERR_UNSUPPORTED) {
            snprintf(summary->note, sizeof summary->note, "In the test part %.400s.", why.message);
        } else if (evaluated != VT_OK) {
            status = vt_fail(err, evaluated, "%s", why.message);
        }
    }
    vt_free(lost);
    vt_free(chance);
    return status;
}

static int fill(fitting *s, const uint8_t *test, vt_error *err)
{
    size_t n = s->features->n, lost = 0;
    s->row = vt_alloc(2 * n, sizeof *s->row, err);
    s->fold = s->row == NULL ? NULL : vt_alloc(2 * n, sizeof *s->fold, err);
    s->part_score = s->fold == NULL ? NULL : vt_alloc(3 * n, sizeof *s->part_score, err);
    if (s->part_score == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s->part = s->row + n;
    s->label = s->fold + n;
    s->score[0] = s->part_score + n;
    s->score[1] = s->score[0] + n;
    for (size_t i = 0; i < n; i++) {
        if (test[i] == 0 && s->outcome[i] != VT_OUTCOME_UNKNOWN) {
            s->label[s->n] = s->outcome[i];
            s->row[s->n++] = (int32_t)i;
            lost += s->outcome[i] == VT_OUTCOME_LOST;
        }
    }
    if (s->n < CUSTOMERS_MIN || lost < OUTCOME_MIN || s->n - lost < OUTCOME_MIN) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "a model of churn needs at least %d customers whose outcome is known, %d of them lost and %d kept; "
            "%zu are lost and %zu kept (without those held out)",
            CUSTOMERS_MIN, OUTCOME_MIN, OUTCOME_MIN, lost, s->n - lost);
    }
    return make_folds(s, err);
}

int vt_churn_fit(vt_churn **out, vt_churn_summary *summary, const vt_features *features, const uint8_t *outcome,
                 const uint8_t *test, const vt_churn_options *options, vt_error *err)
{
    vt_churn_summary found = {0};
    fitting s = {.features = features, .outcome = outcome, .options = options};
    int status = check_options(options, err);
    if (status == VT_OK && (features->n == 0 || features->f == 0 || features->n > INT32_MAX)) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "a model of churn needs customers and at least one feature");
    }
    vt_churn *c = status == VT_OK ? vt_alloc_zero(1, sizeof *c, err) : NULL;
    if (c == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    c->f = features->f;
    status = fill(&s, test, err);
    status = status == VT_OK ? choose(c, &found, &s, err) : status;
    if (status == VT_OK) {
        status = vt_calibration_fit(&c->calibration, options->calibration, s.score[c->kind == VT_CHURN_TREES ? 1 : 0],
                                    s.label, s.n, err);
    }
    status = status == VT_OK ? fit_final(c, &found, &s, err) : status;
    found.fitted = s.n;
    found.calibration = c->calibration.kind;
    status = status == VT_OK ? evaluate(&found, c, features, outcome, test, err) : status;
    vt_free(s.part_score);
    vt_free(s.fold);
    vt_free(s.row);
    if (status != VT_OK) {
        vt_churn_free(c);
        return status;
    }
    *summary = found;
    *out = c;
    return VT_OK;
}

void vt_churn_free(vt_churn *churn)
{
    if (churn != NULL) {
        vt_logistic_free(churn->logistic);
        vt_trees_free(churn->trees);
        vt_calibration_done(&churn->calibration);
        vt_free(churn);
    }
}

/* 0 to N - 1. */
static int32_t *all_rows(size_t n, vt_error *err)
{
    int32_t *row = vt_alloc(n, sizeof *row, err);
    for (size_t i = 0; row != NULL && i < n; i++) {
        row[i] = (int32_t)i;
    }
    return row;
}

static int score_or_explain(double *out, bool explain, const vt_churn *c, const vt_features *features, vt_error *err)
{
    if (features->f != c->f) {
        return vt_fail(err, VT_ERR_USAGE, "this model is of %zu features, not of %zu", c->f, features->f);
    }
    if (c->kind == VT_CHURN_TREES) {
        vt_tree_rows rows = {.x = features->x, .levels = features->levels, .n = features->n, .f = features->f};
        return explain ? vt_trees_explain(out, c->trees, &rows, 0, err) : vt_trees_score(out, c->trees, &rows, 0, err);
    }
    int32_t *row = all_rows(features->n, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (explain) {
        vt_logistic_explain(out, c->logistic, features, row, features->n);
    } else {
        vt_logistic_score(out, c->logistic, features, row, features->n);
    }
    vt_free(row);
    return VT_OK;
}

int vt_churn_score(double *chance, const vt_churn *churn, const vt_features *features, vt_error *err)
{
    int status = score_or_explain(chance, false, churn, features, err);
    for (size_t i = 0; status == VT_OK && i < features->n; i++) {
        chance[i] = vt_calibrate(&churn->calibration, chance[i]);
    }
    return status;
}

int vt_churn_explain(double *contribution, const vt_churn *churn, const vt_features *features, vt_error *err)
{
    return score_or_explain(contribution, true, churn, features, err);
}

size_t vt_churn_reasons(vt_churn_reason *out, size_t k, const double *contribution, size_t f)
{
    size_t count = 0;
    for (size_t i = 0; i < f; i++) {
        double own = contribution[i];
        if (!(own > 0.0) || (count == k && own <= out[k - 1].contribution)) {
            continue;
        }
        size_t at = count < k ? count++ : k - 1;
        for (; at > 0 && out[at - 1].contribution < own; at--) {
            out[at] = out[at - 1];
        }
        out[at] = (vt_churn_reason){(int32_t)i, own};
    }
    return count;
}

double vt_winback_worth(double chance, double value, double response)
{
    double worth = chance * value * response;
    return isfinite(worth) ? worth : 0.0;
}
