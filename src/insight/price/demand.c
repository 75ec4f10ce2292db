/* Rows and moments of one product: levels are taken out in closed form, so each product costs a pass over its rows. */
#include "insight/price/demand.h"

#include <math.h>
#include <string.h>

#define LEVERAGE_MAX 0.95

/* Periods in which nothing of the category sold say nothing when each period has an effect of its own. */
static void mark_periods(vt_demand *d, double *sold)
{
    const vt_price_panel *p = d->panel;
    for (size_t j = 0; j < d->n_products; j++) {
        for (int64_t r = p->ptr[d->product[j]]; r < p->ptr[d->product[j] + 1]; r++) {
            sold[p->period[r]] += p->units[r];
        }
    }
    for (size_t j = 0; j < d->n_products; j++) {
        for (int64_t r = p->ptr[d->product[j]]; r < p->ptr[d->product[j] + 1]; r++) {
            d->used[r] = sold[p->period[r]] > 0.0 && d->used[r];
        }
    }
}

static void mark_filled(vt_demand *d)
{
    for (size_t t = 0; d->filled != NULL && t < d->panel->n_periods; t++) {
        const double *z = d->z + t * d->k;
        int32_t from = 0, until = (int32_t)d->k;
        while (from < until && z[from] == 0.0) {
            from++;
        }
        while (until > from && z[until - 1] == 0.0) {
            until--;
        }
        d->filled[2 * t] = from;
        d->filled[2 * t + 1] = until;
    }
}

void vt_demand_prepare(vt_demand *demand)
{
    const vt_price_panel *p = demand->panel;
    mark_filled(demand);
    for (size_t j = 0; j < demand->n_products; j++) {
        int64_t begin = p->ptr[demand->product[j]], end = p->ptr[demand->product[j] + 1], n = 0;
        double sum = 0.0, units = 0.0;
        for (int64_t r = begin; r < end; r++) {
            units += p->units[r];
            demand->used[r] = !demand->log_log || p->units[r] > 0.0;
            demand->x[r] = log(p->price[r]);
            demand->offset[r] = p->exposure == NULL ? 0.0 : log(p->exposure[r]);
            sum += demand->used[r] ? demand->x[r] : 0.0;
            n += demand->used[r];
        }
        for (int64_t r = begin; r < end; r++) {
            demand->x[r] -= n > 0 ? sum / (double)n : 0.0;
            demand->used[r] = demand->used[r] && units > 0.0;
        }
    }
    if (demand->k > 0 && demand->k + 1 == p->n_periods && p->n_periods <= VT_DEMAND_PERIODS_MAX) {
        double sold[VT_DEMAND_PERIODS_MAX] = {0};
        mark_periods(demand, sold);
    }
}

void vt_demand_offset(const vt_demand *demand, const double *beta)
{
    const vt_price_panel *p = demand->panel;
    const double *by_column = beta + (demand->promotion ? 2 : 1);
    for (size_t j = 0; j < demand->n_products; j++) {
        for (int64_t r = p->ptr[demand->product[j]]; r < p->ptr[demand->product[j] + 1]; r++) {
            double sum = p->exposure == NULL ? 0.0 : log(p->exposure[r]);
            sum += demand->promotion ? beta[1] * p->promotion[r] : 0.0;
            size_t t = vt_demand_period(demand, (size_t)r);
            for (size_t c = vt_demand_from(demand, t); c < vt_demand_until(demand, t); c++) {
                sum += by_column[c] * demand->z[t * demand->k + c];
            }
            demand->offset[r] = sum;
        }
    }
}

/* Expected pieces given the product's total, and what was sold beyond them. */
static double poisson_rows(const vt_demand *d, size_t begin, size_t n, double slope)
{
    double highest = -INFINITY, sum = 0.0, total = 0.0, loss = 0.0;
    for (size_t r = 0; r < n; r++) {
        double eta = d->offset[begin + r] + slope * d->x[begin + r];
        d->r[r] = eta;
        highest = d->used[begin + r] && eta > highest ? eta : highest;
    }
    for (size_t r = 0; r < n; r++) {
        double units = d->panel->units[begin + r];
        d->w[r] = d->used[begin + r] ? exp(d->r[r] - highest) : 0.0;
        sum += d->w[r];
        if (d->used[begin + r]) {
            total += units;
            loss -= units * (d->r[r] - highest);
        }
    }
    for (size_t r = 0; r < n; r++) {
        d->w[r] = sum > 0.0 ? total * d->w[r] / sum : 0.0;
        d->r[r] = d->used[begin + r] ? d->panel->units[begin + r] - d->w[r] : 0.0;
    }
    return sum > 0.0 ? loss + total * log(sum) : 0.0;
}

static double log_log_rows(const vt_demand *d, size_t begin, size_t n, double slope)
{
    double sum = 0.0, count = 0.0, loss = 0.0;
    for (size_t r = 0; r < n; r++) {
        d->w[r] = d->used[begin + r] ? 1.0 : 0.0;
        d->r[r] = 0.0;
        if (d->used[begin + r]) {
            d->r[r] = log(d->panel->units[begin + r]) - d->offset[begin + r] - slope * d->x[begin + r];
        }
        sum += d->r[r];
        count += d->w[r];
    }
    for (size_t r = 0; r < n; r++) {
        d->r[r] -= d->w[r] > 0.0 ? sum / count : 0.0;
        loss += 0.5 * d->r[r] * d->r[r];
    }
    return loss;
}

double vt_demand_rows(const vt_demand *demand, size_t i, double slope)
{
    size_t begin = (size_t)demand->panel->ptr[i], n = (size_t)demand->panel->ptr[i + 1] - begin;
    return demand->log_log ? log_log_rows(demand, begin, n, slope) : poisson_rows(demand, begin, n, slope);
}

/* -(sum of w x z) / information, both centred, for each column of the controls. */
static void find_along(double *along, const vt_demand *d, size_t begin, size_t n, const vt_demand_moments *m)
{
    size_t first = d->promotion ? 1 : 0;
    memset(along, 0, (first + d->k) * sizeof *along);
    for (size_t r = 0; r < n && m->information > 0.0; r++) {
        double share = d->w[r] * (d->x[begin + r] - m->mean_x) / m->information;
        if (share != 0.0) {
            size_t t = vt_demand_period(d, begin + r);
            if (d->promotion) {
                along[0] -= share * d->panel->promotion[begin + r];
            }
            for (size_t c = vt_demand_from(d, t); c < vt_demand_until(d, t); c++) {
                along[first + c] -= share * d->z[t * d->k + c];
            }
        }
    }
}

void vt_demand_moments_of(vt_demand_moments *out, double *along, const vt_demand *demand, size_t i, double slope)
{
    vt_demand_moments m = {0};
    size_t begin = (size_t)demand->panel->ptr[i], n = (size_t)demand->panel->ptr[i + 1] - begin;
    const double *w = demand->w, *res = demand->r, *x = demand->x + begin;
    vt_demand_rows(demand, i, slope);
    for (size_t r = 0; r < n; r++) {
        m.weight += w[r];
        m.rows += demand->used[begin + r] ? 1.0 : 0.0;
        m.mean_x += w[r] * x[r];
    }
    m.mean_x = m.weight > 0.0 ? m.mean_x / m.weight : 0.0;
    for (size_t r = 0; r < n; r++) {
        double centred = x[r] - m.mean_x;
        m.information += w[r] * centred * centred;
        m.score += res[r] * centred;
    }
    if (m.information < 1e-9 * m.weight) { /* the price moved by less than 0.003 % */
        m.information = 0.0;
        m.score = 0.0;
    }
    for (size_t r = 0; r < n && m.information > 0.0; r++) {
        double centred = x[r] - m.mean_x, leverage = w[r] * (1.0 / m.weight + centred * centred / m.information);
        double left = 1.0 - (leverage < LEVERAGE_MAX ? leverage : LEVERAGE_MAX);
        m.middle += res[r] * res[r] * centred * centred / (demand->log_log ? left * left : left);
    }
    if (along != NULL) {
        find_along(along, demand, begin, n, &m);
    }
    *out = m;
}
