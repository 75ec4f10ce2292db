/* All figures come from one sorting by probability; customers of the same probability are one group throughout. */
#include "insight/churn/quality.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

#define Z95 1.959963984540054 /* 97.5 % quantile of the standard normal distribution */
#define CHANCE_MIN 1e-12

typedef struct customer {
    double chance;
    uint8_t lost;
} customer;

static int ascending(const void *a, const void *b)
{
    const customer *x = a, *y = b;
    return x->chance < y->chance ? -1 : x->chance > y->chance;
}

/* The end of the group of equal probabilities that begins at `i`. */
static size_t group_end(const customer *c, size_t i, size_t n, size_t *lost)
{
    size_t end = i;
    *lost = 0;
    while (end < n && c[end].chance == c[i].chance) {
        *lost += c[end++].lost != 0;
    }
    return end;
}

/* AUC, and its variance from the shares of the others that each customer is ahead of (mid-ranks). */
static void find_auc(vt_churn_quality *q, const customer *c)
{
    double n1 = (double)q->lost, n0 = (double)(q->n - q->lost), below1 = 0.0, below0 = 0.0;
    double sum = 0.0, squares1 = 0.0, squares0 = 0.0;
    for (size_t i = 0; i < q->n;) {
        size_t lost = 0, end = group_end(c, i, q->n, &lost);
        double m1 = (double)lost, m0 = (double)(end - i) - m1;
        double ahead = (below0 + 0.5 * m0) / n0;        /* of a lost one: kept ones with less */
        double beaten = 1.0 - (below1 + 0.5 * m1) / n1; /* of a kept one: lost ones with more */
        sum += m1 * ahead;
        squares1 += m1 * ahead * ahead;
        squares0 += m0 * beaten * beaten;
        below1 += m1;
        below0 += m0;
        i = end;
    }
    q->auc = sum / n1;
    q->auc_low = 0.0;
    q->auc_high = 1.0;
    if (q->lost > 1 && q->n - q->lost > 1) {
        double v1 = (squares1 - n1 * q->auc * q->auc) / (n1 - 1.0), v0 = (squares0 - n0 * q->auc * q->auc) / (n0 - 1.0);
        double deviation = sqrt(fmax(v1 / n1 + v0 / n0, 0.0));
        q->auc_low = fmax(0.0, q->auc - Z95 * deviation);
        q->auc_high = fmin(1.0, q->auc + Z95 * deviation);
    }
}

/* The tenth with the highest probabilities; a group that is only partly in it counts with its mean. */
static void find_lift(vt_churn_quality *q, const customer *c)
{
    double room = 0.1 * (double)q->n, taken = 0.0, found = 0.0;
    for (size_t end = q->n; end > 0 && taken < room;) {
        size_t begin = end, lost = 0;
        while (begin > 0 && c[begin - 1].chance == c[end - 1].chance) {
            lost += c[--begin].lost != 0;
        }
        double group = (double)(end - begin), part = fmin(group, room - taken);
        found += (double)lost * part / group;
        taken += part;
        end = begin;
    }
    q->found = found / (double)q->lost;
    q->lift = found / taken / ((double)q->lost / (double)q->n);
}

static void find_bins(vt_churn_quality *q, const customer *c)
{
    size_t begin = 0;
    for (size_t b = 0; b < VT_CHURN_BINS && begin < q->n; b++) {
        size_t end = q->n * (b + 1) / VT_CHURN_BINS;
        while (end > begin && end < q->n && c[end].chance == c[end - 1].chance) {
            end++;
        }
        if (end <= begin) {
            continue;
        }
        vt_churn_bin *bin = &q->bin[q->n_bins++];
        for (size_t i = begin; i < end; i++) {
            bin->foretold += c[i].chance;
            bin->observed += c[i].lost != 0 ? 1.0 : 0.0;
        }
        bin->n = end - begin;
        bin->foretold /= (double)bin->n;
        bin->observed /= (double)bin->n;
        q->calibration_error += fabs(bin->foretold - bin->observed) * (double)bin->n / (double)q->n;
        begin = end;
    }
}

static void find_brier_interval(vt_churn_quality *q, const double *chance, const uint8_t *lost)
{
    double n = (double)q->n, squares = 0.0;
    for (size_t i = 0; i < q->n; i++) {
        double error = chance[i] - (lost[i] != 0 ? 1.0 : 0.0), own = error * error - q->brier;
        squares += own * own;
    }
    double half = 1.959963984540054 * sqrt(squares / (n - 1.0) / n);
    q->brier_low = fmax(q->brier - half, 0.0);
    q->brier_high = fmin(q->brier + half, 1.0);
}

int vt_churn_quality_of(vt_churn_quality *out, const double *chance, const uint8_t *lost, size_t n, vt_error *err)
{
    vt_churn_quality q = {.n = n};
    for (size_t i = 0; i < n; i++) {
        double outcome = lost[i] != 0 ? 1.0 : 0.0, of_it = outcome > 0.0 ? chance[i] : 1.0 - chance[i];
        q.lost += lost[i] != 0;
        q.brier += (chance[i] - outcome) * (chance[i] - outcome) / (double)n;
        q.log_loss -= log(fmax(of_it, CHANCE_MIN)) / (double)n;
    }
    if (n == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "no customer's outcome is known: chances can be evaluated after a longer history");
    }
    if (q.lost == 0 || q.lost == n) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "%zu of %zu customers are lost: chances can be evaluated only where some are and some are not",
                       q.lost, n);
    }
    customer *c = vt_alloc(n, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    find_brier_interval(&q, chance, lost);
    for (size_t i = 0; i < n; i++) {
        c[i] = (customer){chance[i], lost[i]};
    }
    qsort(c, n, sizeof *c, ascending);
    double rate = (double)q.lost / (double)n;
    q.brier_of_rate = rate * (1.0 - rate);
    find_auc(&q, c);
    find_lift(&q, c);
    find_bins(&q, c);
    vt_free(c);
    *out = q;
    return VT_OK;
}
