/* The figures follow from the counts by their definitions; the p-value sums the shorter tail, term by term. */
#include "insight/baskets/association.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"

#define Z95 1.959963984540054 /* the 97.5th percentile of the standard normal */

double *vt_log_factorials(size_t n, vt_error *err)
{
    double *table = vt_alloc(n + 1, sizeof *table, err);
    if (table == NULL) {
        return NULL;
    }
    double sum = 0.0, lost = 0.0; /* Kahan's sum: a million terms, and differences of the results are taken */
    table[0] = 0.0;
    for (size_t k = 1; k <= n; k++) {
        double term = log((double)k) - lost;
        double next = sum + term;
        lost = (next - sum) - term;
        sum = next;
        table[k] = sum;
    }
    return table;
}

static double log_choose(const double *log_factorials, int64_t n, int64_t k)
{
    return log_factorials[n] - log_factorials[k] - log_factorials[n - k];
}

/* P(X = k + step) / P(X = k) for a step up. */
static double ratio_up(int64_t n, int64_t left, int64_t right, int64_t k)
{
    return (double)(left - k) * (double)(right - k) / ((double)(k + 1) * (double)(n - left - right + k + 1));
}

double vt_chance_of(const double *log_factorials, int64_t n, int64_t left, int64_t right, int64_t count)
{
    int64_t low = left + right > n ? left + right - n : 0, high = left < right ? left : right;
    if (count <= low) {
        return 1.0;
    }
    if (count > high) {
        return 0.0;
    }
    bool upper = (double)count * (double)n > (double)left * (double)right;
    int64_t k = upper ? count : count - 1;
    double first = exp(log_choose(log_factorials, left, k) + log_choose(log_factorials, n - left, right - k) -
                       log_choose(log_factorials, n, right));
    double sum = 1.0, term = 1.0;
    while (upper && k < high && term > sum * 1e-17) {
        term *= ratio_up(n, left, right, k);
        sum += term;
        k++;
    }
    while (!upper && k > low && term > sum * 1e-17) {
        k--;
        term /= ratio_up(n, left, right, k);
        sum += term;
    }
    double tail = upper ? first * sum : 1.0 - first * sum;
    return fmin(1.0, fmax(0.0, tail));
}

void vt_wilson(double *low, double *high, int64_t successes, int64_t n)
{
    double trials = (double)n, share = (double)successes / trials, z2 = Z95 * Z95;
    double middle = (share + z2 / (2.0 * trials)) / (1.0 + z2 / trials);
    double half = Z95 / (1.0 + z2 / trials) * sqrt(share * (1.0 - share) / trials + z2 / (4.0 * trials * trials));
    *low = successes == 0 ? 0.0 : fmax(0.0, middle - half);
    *high = successes == n ? 1.0 : fmin(1.0, middle + half);
}

vt_association vt_association_of(int64_t n, int64_t left, int64_t right, int64_t count, double p_value, double adjusted)
{
    double all = (double)n, l = (double)left, r = (double)right, c = (double)count;
    vt_association a = {.count = count, .left = left, .right = right, .p_value = p_value, .adjusted = adjusted};
    a.support = c / all;
    a.confidence = c / l;
    a.lift = c * all / (l * r);
    a.conviction = count == left ? INFINITY : (1.0 - r / all) / (1.0 - a.confidence);
    a.leverage = c / all - l / all * (r / all);
    vt_wilson(&a.confidence_low, &a.confidence_high, count, left);
    double variance = 1.0 / c - 1.0 / l - 1.0 / r + 2.0 * c / (l * r) - 1.0 / all;
    double factor = exp(Z95 * sqrt(fmax(0.0, variance)));
    a.lift_low = a.lift / factor;
    a.lift_high = a.lift * factor;
    return a;
}
