/*
 * The category's coefficients by Newton's method. Columns of season and trend are the same for all products, so sums of
 * their squares are formed over periods, not over rows; levels of products are taken out product by product.
 */
#include "insight/price/demand.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/cholesky.h"

enum { STEPS = 60, HALVINGS = 30, OWN_MAX = 2 };

#define TOLERANCE 1e-9 /* share of a column's own variance that must be left beside the columns before it */

typedef struct fit {
    const vt_demand *demand;
    size_t p;          /* P */
    size_t own;        /* columns that are the row's own: log price, promotion */
    double *beta;      /* (P) */
    double *next;      /* (P) */
    double *gradient;  /* (P) of the log likelihood; then the step */
    double *hessian;   /* (P, P) lower triangle, of minus the log likelihood; then its factor */
    double *middle;    /* (P, P) of the robust covariance */
    double *inverse;   /* (P, P) */
    double *mean;      /* (P) of a product's rows, weighted */
    double *square;    /* (P) of a product's rows, weighted by squared residuals */
    double *by_period; /* (T, 1 + own) sums of weights, and of weights times own columns */
    double rows, levels;
} fit;

/* Adds by times (row outer other) to the lower triangle. */
static void add_outer(double *to, double by, const double *row, const double *other, size_t p)
{
    for (size_t a = 0; a < p; a++) {
        double scaled = by * row[a];
        for (size_t b = 0; b <= a && scaled != 0.0; b++) {
            to[a * p + b] += scaled * other[b];
        }
    }
}

/* Adds by times the row's columns to `sum` (P), and the row to the sums over periods. */
static void add_row(fit *s, double *sum, double *to, size_t r, double by)
{
    const vt_demand *d = s->demand;
    double own[OWN_MAX] = {d->x[r], d->promotion ? d->panel->promotion[r] : 0.0};
    for (size_t a = 0; a < s->own; a++) {
        sum[a] += by * own[a];
        for (size_t b = 0; b <= a; b++) {
            to[a * s->p + b] += by * own[a] * own[b];
        }
    }
    if (d->k > 0) {
        size_t period = (size_t)d->panel->period[r];
        double *at = s->by_period + period * (1 + s->own);
        const double *z = d->z + period * d->k;
        at[0] += by;
        for (size_t a = 0; a < s->own; a++) {
            at[1 + a] += by * own[a];
        }
        for (size_t c = vt_demand_from(d, period); c < vt_demand_until(d, period); c++) {
            sum[s->own + c] += by * z[c];
        }
    }
}

/* Adds what the sums over periods stand for, and empties them. */
static void add_periods(fit *s, double *to)
{
    const vt_demand *d = s->demand;
    for (size_t t = 0; d->k > 0 && t < d->panel->n_periods; t++) {
        double *at = s->by_period + t * (1 + s->own);
        const double *z = d->z + t * d->k;
        for (size_t c = 0; c < d->k && at[0] != 0.0; c++) {
            double *row = to + (s->own + c) * s->p;
            if (z[c] != 0.0) {
                for (size_t a = 0; a < s->own; a++) {
                    row[a] += at[1 + a] * z[c];
                }
                for (size_t e = 0; e <= c; e++) {
                    row[s->own + e] += at[0] * z[c] * z[e];
                }
            }
        }
        memset(at, 0, (1 + s->own) * sizeof *at);
    }
}

/* Loss at `beta`, whose controls are in the demand's offsets; gradient and Hessian with it when wanted. */
static double evaluate(fit *s, const double *beta, bool moments)
{
    const vt_demand *d = s->demand;
    vt_demand_offset(d, beta);
    double loss = 0.0;
    if (moments) {
        memset(s->gradient, 0, s->p * sizeof *s->gradient);
        memset(s->hessian, 0, s->p * s->p * sizeof *s->hessian);
    }
    for (size_t j = 0; j < d->n_products; j++) {
        size_t begin = (size_t)d->panel->ptr[d->product[j]], end = (size_t)d->panel->ptr[d->product[j] + 1];
        double weight = 0.0;
        loss += vt_demand_rows(d, (size_t)d->product[j], beta[0]);
        memset(s->mean, 0, s->p * sizeof *s->mean);
        for (size_t r = begin; r < end && moments; r++) {
            if (d->used[r]) {
                weight += d->w[r - begin];
                add_row(s, s->mean, s->hessian, r, d->w[r - begin]);
            }
        }
        if (weight > 0.0) {
            add_outer(s->hessian, -1.0 / weight, s->mean, s->mean, s->p);
        }
        for (size_t r = begin; r < end && moments; r++) {
            if (d->used[r]) {
                double residual = d->r[r - begin];
                s->gradient[0] += residual * d->x[r];
                if (d->promotion) {
                    s->gradient[1] += residual * d->panel->promotion[r];
                }
                size_t t = vt_demand_period(d, r);
                for (size_t c = vt_demand_from(d, t); c < vt_demand_until(d, t); c++) {
                    s->gradient[s->own + c] += residual * d->z[t * d->k + c];
                }
            }
        }
    }
    if (moments) {
        add_periods(s, s->hessian);
    }
    return loss;
}

/* The middle of the robust covariance: squared residuals times the outer products of centred rows. */
static void find_middle(fit *s)
{
    const vt_demand *d = s->demand;
    memset(s->middle, 0, s->p * s->p * sizeof *s->middle);
    for (size_t j = 0; j < d->n_products; j++) {
        size_t begin = (size_t)d->panel->ptr[d->product[j]], end = (size_t)d->panel->ptr[d->product[j] + 1], p = s->p;
        double weight = 0.0, squares = 0.0;
        vt_demand_rows(d, (size_t)d->product[j], s->beta[0]);
        memset(s->mean, 0, p * sizeof *s->mean);
        memset(s->square, 0, p * sizeof *s->square);
        for (size_t r = begin; r < end; r++) {
            double own[OWN_MAX] = {d->x[r], d->promotion ? d->panel->promotion[r] : 0.0}, w = d->w[r - begin];
            size_t t = vt_demand_period(d, r);
            if (d->used[r]) {
                weight += w;
                s->rows += 1.0;
                for (size_t a = 0; a < s->own; a++) {
                    s->mean[a] += w * own[a];
                }
                for (size_t c = vt_demand_from(d, t); c < vt_demand_until(d, t); c++) {
                    s->mean[s->own + c] += w * d->z[t * d->k + c];
                }
                squares += d->r[r - begin] * d->r[r - begin];
                add_row(s, s->square, s->middle, r, d->r[r - begin] * d->r[r - begin]);
            }
        }
        if (weight > 0.0) {
            for (size_t a = 0; a < p; a++) {
                s->mean[a] /= weight;
            }
            s->levels += 1.0;
            add_outer(s->middle, -1.0, s->square, s->mean, p);
            add_outer(s->middle, -1.0, s->mean, s->square, p);
            add_outer(s->middle, squares, s->mean, s->mean, p);
        }
    }
    add_periods(s, s->middle);
}

/* covariance = inverse middle inverse, HC1. */
static void find_covariance(double *covariance, fit *s, size_t left_out)
{
    size_t p = s->p;
    double spare = s->rows - s->levels - (double)(p - left_out), by = spare > 0.0 ? s->rows / spare : 0.0;
    vt_cholesky_inverse(s->inverse, s->hessian, p);
    for (size_t a = 0; a < p; a++) {
        for (size_t b = 0; b < p; b++) {
            double sum = 0.0;
            for (size_t c = 0; c < p; c++) {
                sum += s->middle[a > c ? a * p + c : c * p + a] * s->inverse[c * p + b];
            }
            covariance[a * p + b] = by * sum; /* middle inverse */
        }
    }
    for (size_t b = 0; b < p; b++) { /* column by column, in place: inverse times it */
        for (size_t a = 0; a < p; a++) {
            s->next[a] = 0.0;
            for (size_t c = 0; c < p; c++) {
                s->next[a] += s->inverse[a * p + c] * covariance[c * p + b];
            }
        }
        for (size_t a = 0; a < p; a++) {
            covariance[a * p + b] = s->next[a];
        }
    }
}

/* Share of the price's variance that is left beside all other columns: with the price last, Cholesky's last pivot. */
static double price_left(fit *s)
{
    size_t p = s->p;
    double *a = s->inverse, own = s->hessian[0];
    memset(a, 0, p * p * sizeof *a);
    for (size_t i = 1; i < p; i++) {
        memcpy(a + (i - 1) * p, s->hessian + i * p + 1, i * sizeof *a);
        a[(p - 1) * p + i - 1] = s->hessian[i * p];
    }
    a[p * p - 1] = own;
    vt_cholesky(a, p, TOLERANCE);
    return own > 0.0 ? a[p * p - 1] * a[p * p - 1] / own : 0.0;
}

/* Steps until nothing is gained. */
static void descend(fit *s)
{
    size_t p = s->p;
    double now = evaluate(s, s->beta, true);
    for (int t = 0; t < STEPS; t++) {
        vt_cholesky(s->hessian, p, TOLERANCE);
        vt_cholesky_solve(s->gradient, s->hessian, p);
        double share = 1.0, then = now;
        for (int h = 0; h < HALVINGS; h++, share *= 0.5) {
            for (size_t a = 0; a < p; a++) {
                s->next[a] = s->beta[a] + share * s->gradient[a];
            }
            then = evaluate(s, s->next, false);
            if (then <= now) {
                break;
            }
        }
        if (!(then <= now)) {
            break;
        }
        memcpy(s->beta, s->next, p * sizeof *s->beta);
        if (now - then <
            1e-10 * (1.0 + fabs(now))) { /* the step before this one left little, this one next to nothing */
            break;
        }
        now = evaluate(s, s->beta, true);
    }
}

int vt_demand_fit(double *beta, double *covariance, double *left, const vt_demand *demand, vt_error *err)
{
    fit s = {.demand = demand, .p = vt_demand_size(demand), .own = demand->promotion ? 2 : 1};
    size_t p = s.p, periods = demand->panel->n_periods * (1 + s.own);
    double *slab = vt_alloc_zero(5 * p + 3 * p * p + periods, sizeof *slab, err);
    if (slab == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    s.beta = slab;
    s.next = s.beta + p;
    s.gradient = s.next + p;
    s.mean = s.gradient + p;
    s.square = s.mean + p;
    s.hessian = s.square + p;
    s.middle = s.hessian + p * p;
    s.inverse = s.middle + p * p;
    s.by_period = s.inverse + p * p;
    descend(&s);
    evaluate(&s, s.beta, true);
    *left = price_left(&s);
    size_t left_out = vt_cholesky(s.hessian, p, TOLERANCE);
    find_middle(&s);
    find_covariance(covariance, &s, left_out);
    memcpy(beta, s.beta, p * sizeof *beta);
    vt_free(slab);
    return VT_OK;
}
