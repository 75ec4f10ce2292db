/*
 * A yes or no is a choice between a row and a row of zeros, so that the conditional logit fits it; the constant is the
 * first column and bears no penalty. All columns are centred, hence a contribution is a difference to the mean
 * customer.
 */
#include "insight/churn/logistic.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/logit.h"

enum { COLUMNS_MAX = VT_LOGIT_FEATURES_MAX - 1 };

/* An expanded column. */
typedef struct column {
    size_t feature;
    int32_t level;    /* of a category; NUMBER or MISSING */
    double mean;      /* of what the column holds */
    double scale;     /* 1 / standard deviation */
    double weight;    /* of the scaled column */
    double fill;      /* NUMBER: what stands for a missing number */
    double deviation; /* of the unscaled column: which columns are left out */
} column;

enum { NUMBER = -1, MISSING = -2 };

struct vt_logistic {
    size_t n_columns, f, left_out;
    double constant;
    column *columns;
};

static double value_of(const column *c, const vt_features *features, size_t row)
{
    double x = features->x[row * features->f + c->feature];
    if (c->level == NUMBER) {
        return isnan(x) ? c->fill : x;
    }
    if (c->level == MISSING) {
        return isnan(x) ? 1.0 : 0.0;
    }
    return x == (double)c->level ? 1.0 : 0.0;
}

/* Mean, scale and fill of a column over the rows; false when it is the same everywhere. */
static bool measure(column *c, const vt_features *features, const int32_t *row, size_t n)
{
    double sum = 0.0, squares = 0.0, known = 0.0;
    for (size_t i = 0; i < n && c->level == NUMBER; i++) {
        double x = features->x[(size_t)row[i] * features->f + c->feature];
        known += isnan(x) ? 0.0 : 1.0;
        sum += isnan(x) ? 0.0 : x;
    }
    c->fill = known > 0.0 ? sum / known : 0.0;
    sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += value_of(c, features, (size_t)row[i]);
    }
    c->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double difference = value_of(c, features, (size_t)row[i]) - c->mean;
        squares += difference * difference;
    }
    c->deviation = sqrt(squares / (double)n);
    bool varies = isfinite(c->deviation) && c->deviation > 1e-9 * (1.0 + fabs(c->mean));
    c->scale = varies ? 1.0 / c->deviation : 0.0;
    return varies;
}

static int by_deviation(const void *a, const void *b)
{
    const column *x = a, *y = b;
    double first = x->level == NUMBER ? 1.0 : x->deviation, second = y->level == NUMBER ? 1.0 : y->deviation;
    if (first != second) {
        return first > second ? -1 : 1;
    }
    if (x->feature != y->feature) {
        return x->feature < y->feature ? -1 : 1;
    }
    return x->level < y->level ? -1 : x->level > y->level;
}

/* All columns that vary; numbers come before the rarer levels of categories where not all can stay. */
static int expand(vt_logistic *m, const vt_features *features, const int32_t *row, size_t n, vt_error *err)
{
    size_t capacity = 0, count = 0;
    for (size_t f = 0; f < features->f; f++) {
        int32_t levels = vt_feature_levels(features, f);
        for (int32_t level = levels > 0 ? 0 : NUMBER; level < levels || level == NUMBER; level++) {
            column c = {.feature = f, .level = level};
            if (vt_alloc_next(&m->columns, &capacity, count, sizeof *m->columns, err) != VT_OK) {
                return VT_ERR_NO_MEMORY;
            }
            if (measure(&c, features, row, n)) {
                m->columns[count++] = c;
            }
        }
        column c = {.feature = f, .level = MISSING};
        if (vt_alloc_next(&m->columns, &capacity, count, sizeof *m->columns, err) != VT_OK) {
            return VT_ERR_NO_MEMORY;
        }
        if (measure(&c, features, row, n)) {
            m->columns[count++] = c;
        }
    }
    if (count > COLUMNS_MAX) {
        qsort(m->columns, count, sizeof *m->columns, by_deviation);
        m->left_out = count - COLUMNS_MAX;
        count = COLUMNS_MAX;
    }
    m->n_columns = count;
    return VT_OK;
}

/* Two rows a customer: what was chosen first. A yes chooses the row of values, a no the row of zeros. */
static void fill_choices(float *x, int64_t *ptr, const vt_logistic *m, const vt_features *features,
                         const uint8_t *label, const int32_t *row, size_t n)
{
    size_t k = m->n_columns + 1;
    for (size_t i = 0; i < n; i++) {
        float *at = x + (2 * i + (label[row[i]] != 0 ? 0 : 1)) * k;
        at[0] = 1.0F;
        for (size_t c = 0; c < m->n_columns; c++) {
            const column *col = &m->columns[c];
            at[1 + c] = (float)((value_of(col, features, (size_t)row[i]) - col->mean) * col->scale);
        }
        ptr[i + 1] = (int64_t)(2 * (i + 1));
    }
}

static int find_weights(vt_logistic *m, const vt_features *features, const uint8_t *label, const int32_t *row, size_t n,
                        double ridge, int threads, vt_error *err)
{
    double w[VT_LOGIT_FEATURES_MAX], rms[VT_LOGIT_FEATURES_MAX], loss = 0.0;
    size_t k = m->n_columns + 1;
    float *x = vt_alloc_zero(2 * n * k, sizeof *x, err);
    int64_t *ptr = x == NULL ? NULL : vt_alloc_zero(n + 1, sizeof *ptr, err);
    int status = ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        fill_choices(x, ptr, m, features, label, row, n);
        vt_choices choices = {.x = x, .ptr = ptr, .n = n, .k = k, .n_free = 1};
        /* Half of the rows are zeros: a scaled column has the root mean square sqrt(1/2), in whose units ridges are. */
        status = vt_logit_fit(w, rms, &loss, &choices, 2.0 * ridge, threads, err);
    }
    if (status == VT_OK) {
        m->constant = w[0];
        for (size_t c = 0; c < m->n_columns; c++) {
            m->columns[c].weight = w[1 + c];
        }
    }
    vt_free(ptr);
    vt_free(x);
    return status;
}

int vt_logistic_fit(vt_logistic **out, const vt_features *features, const uint8_t *label, const int32_t *row, size_t n,
                    double ridge, int threads, vt_error *err)
{
    size_t yes = 0;
    for (size_t i = 0; i < n; i++) {
        yes += label[row[i]] != 0;
    }
    if (yes == 0 || yes == n) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "all %zu rows have the same outcome; there is nothing to tell apart",
                       n);
    }
    vt_logistic *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->f = features->f;
    int status = expand(m, features, row, n, err);
    status = status == VT_OK ? find_weights(m, features, label, row, n, ridge, threads, err) : status;
    if (status != VT_OK) {
        vt_logistic_free(m);
        return status;
    }
    *out = m;
    return VT_OK;
}

void vt_logistic_free(vt_logistic *model)
{
    if (model != NULL) {
        vt_free(model->columns);
        vt_free(model);
    }
}

void vt_logistic_score(double *score, const vt_logistic *model, const vt_features *features, const int32_t *row,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double sum = model->constant;
        for (size_t c = 0; c < model->n_columns; c++) {
            const column *col = &model->columns[c];
            sum += col->weight * (value_of(col, features, (size_t)row[i]) - col->mean) * col->scale;
        }
        score[i] = sum;
    }
}

void vt_logistic_explain(double *contribution, const vt_logistic *model, const vt_features *features,
                         const int32_t *row, size_t n)
{
    size_t width = model->f + 1;
    memset(contribution, 0, n * width * sizeof *contribution);
    for (size_t i = 0; i < n; i++) {
        double *to = contribution + i * width;
        to[model->f] = model->constant;
        for (size_t c = 0; c < model->n_columns; c++) {
            const column *col = &model->columns[c];
            to[col->feature] += col->weight * (value_of(col, features, (size_t)row[i]) - col->mean) * col->scale;
        }
    }
}

size_t vt_logistic_left_out(const vt_logistic *model)
{
    return model->left_out;
}
