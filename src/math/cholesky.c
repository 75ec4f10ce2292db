/* Cholesky's factor row by row, in plain loops: K is some dozens. */
#include "math/cholesky.h"

#include <math.h>
#include <string.h>

size_t vt_cholesky(double *a, size_t k, double tolerance)
{
    size_t left_out = 0;
    for (size_t i = 0; i < k; i++) {
        double own = a[i * k + i], rest = own;
        for (size_t j = 0; j < i; j++) {
            double sum = a[i * k + j];
            for (size_t c = 0; c < j; c++) {
                sum -= a[i * k + c] * a[j * k + c];
            }
            double pivot = a[j * k + j];
            a[i * k + j] = pivot > 0.0 ? sum / pivot : 0.0;
            rest -= a[i * k + j] * a[i * k + j];
        }
        if (own > 0.0 && rest > tolerance * own) {
            a[i * k + i] = sqrt(rest);
        } else {
            memset(a + i * k, 0, (i + 1) * sizeof *a);
            left_out++;
        }
    }
    return left_out;
}

void vt_cholesky_solve(double *x, const double *factor, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        double sum = x[i], pivot = factor[i * k + i];
        for (size_t j = 0; j < i; j++) {
            sum -= factor[i * k + j] * x[j];
        }
        x[i] = pivot > 0.0 ? sum / pivot : 0.0;
    }
    for (size_t i = k; i-- > 0;) {
        double sum = x[i], pivot = factor[i * k + i];
        for (size_t j = i + 1; j < k; j++) {
            sum -= factor[j * k + i] * x[j];
        }
        x[i] = pivot > 0.0 ? sum / pivot : 0.0;
    }
}

void vt_cholesky_inverse(double *inverse, const double *factor, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        double *row = inverse + i * k;
        memset(row, 0, k * sizeof *row);
        if (factor[i * k + i] > 0.0) {
            row[i] = 1.0;
            vt_cholesky_solve(row, factor, k);
        }
    }
}
