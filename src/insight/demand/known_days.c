/* Effects are few, so their equations are solved by elimination; the rest is counting days. */
#include "insight/demand/known_days.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { DAY = 86400, NEAR = 4 /* usual periods on either side */, NEAR_LEAST = 2, NAMES = VT_KNOWN_NAMES_MAX };

#define CLOSED .2    /* of the usual sales: under that nothing can be scaled up */
#define Z_80 1.28155 /* deviations of an interval of 80 % */

/* ---- the file ---------------------------------------------------------------------------------------------------- */

void vt_known_days_done(vt_known_days *k)
{
    vt_plain_file_free(k->file);
    vt_free(k->day);
    *k = (vt_known_days){0};
}

static int read_day(int64_t *out, vt_str text, const vt_plain_file *file, size_t row, vt_error *err)
{
    int64_t time = 0;
    if (vt_parse_time(&time, text, NULL, NULL) != VT_OK) {
        return vt_fail(err, VT_ERR_FORMAT, "%s:%lld: \"%.*s\" is no day; write it as 2026-12-24", file->path,
                       (long long)file->line[row], VT_STR_ARGS(text));
    }
    *out = time >= 0 ? time / DAY : -((DAY - 1 - time) / DAY);
    return VT_OK;
}

static int find_name(size_t *out, vt_known_days *k, vt_str name, size_t row, vt_error *err)
{
    if (name.len == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s:%lld: the day has no name", k->file->path,
                       (long long)k->file->line[row]);
    }
    for (*out = 0; *out < k->n_names; (*out)++) {
        if (vt_str_equal(k->name[*out], name)) {
            return VT_OK;
        }
    }
    if (k->n_names == NAMES) {
        return vt_fail(err, VT_ERR_LIMIT,
                       "%s:%lld: there are more than %d names of days; give days that are alike one "
                       "name",
                       k->file->path, (long long)k->file->line[row], NAMES);
    }
    k->name[k->n_names++] = name;
    return VT_OK;
}

static int read_row(vt_known_days *k, size_t row, const size_t column[2], const size_t *until, vt_error *err)
{
    vt_known_day *day = &k->day[k->n];
    int status = read_day(&day->first, vt_plain_cell(k->file, row, column[0]), k->file, row, err);
    status = status == VT_OK ? find_name(&day->name, k, vt_plain_cell(k->file, row, column[1]), row, err) : status;
    day->last = day->first;
    if (status == VT_OK && until != NULL && vt_plain_cell(k->file, row, *until).len > 0) {
        status = read_day(&day->last, vt_plain_cell(k->file, row, *until), k->file, row, err);
    }
    if (status == VT_OK && day->last < day->first) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s:%lld: the last day is before the first", k->file->path,
                         (long long)k->file->line[row]);
    }
    k->n += status == VT_OK;
    return status;
}

int vt_known_days_read(vt_known_days *out, const char *path, vt_error *err)
{
    vt_known_days k = {0};
    size_t column[2], until = 0;
    int status = vt_plain_file_read(&k.file, path, err);
    status = status == VT_OK ? vt_plain_file_column(&column[0], k.file, "date", "the days", err) : status;
    status = status == VT_OK ? vt_plain_file_column(&column[1], k.file, "name", "their names", err) : status;
    if (status == VT_OK) {
        k.day = vt_alloc(k.file->n, sizeof *k.day, err);
        status = k.day == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    bool ends = status == VT_OK && vt_plain_file_find(&until, k.file, "until");
    for (size_t row = 0; status == VT_OK && row < k.file->n; row++) {
        status = read_row(&k, row, column, ends ? &until : NULL, err);
    }
    if (status != VT_OK) {
        vt_known_days_done(&k);
        return status;
    }
    *out = k;
    return VT_OK;
}

/* ---- effects ----------------------------------------------------------------------------------------------------- */

static size_t width_of(const vt_known_effects *e)
{
    return e->n + e->horizon;
}

static void find_shares(vt_known_effects *e, const int64_t *day)
{
    for (size_t r = 0; r < e->known->n; r++) {
        const vt_known_day *row = &e->known->day[r];
        for (size_t k = 0; k < width_of(e); k++) {
            int64_t first = row->first > day[k] ? row->first : day[k];
            int64_t end = row->last + 1 < day[k + 1] ? row->last + 1 : day[k + 1];
            double *share = &e->share[row->name * width_of(e) + k];
            *share += end > first ? (double)(end - first) / (double)(day[k + 1] - day[k]) : 0;
            *share = fmin(*share, 1);
        }
    }
}

static bool is_usual(const vt_known_effects *e, size_t k)
{
    bool usual = true;
    for (size_t j = 0; j < e->known->n_names; j++) {
        usual = usual && e->share[j * width_of(e) + k] == 0;
    }
    return usual;
}

/* The mean of usual periods around `k`, from `begin` on; NaN where there are too few. */
static double usual_around(const double *y, const vt_known_effects *e, size_t begin, size_t k)
{
    double sum = 0, count = 0;
    for (size_t step = 1; step <= NEAR; step++) {
        size_t apart = step * e->season;
        if (k >= begin + apart && is_usual(e, k - apart)) {
            sum += y[k - apart];
            count++;
        }
        if (k + apart < e->n && is_usual(e, k + apart)) {
            sum += y[k + apart];
            count++;
        }
    }
    return count >= NEAR_LEAST ? sum / count : (double)NAN;
}

/* Inverts a symmetric matrix of `n` rows in place by elimination; rows that say nothing become 0. */
static void invert(double a[NAMES][NAMES], size_t n)
{
    for (size_t p = 0; p < n; p++) {
        bool empty = !(a[p][p] > 1e-9);
        double pivot = empty ? 0 : 1 / a[p][p];
        for (size_t j = 0; j < n; j++) {
            a[p][j] = j == p ? pivot : a[p][j] * pivot;
        }
        for (size_t i = 0; i < n; i++) {
            double times = a[i][p];
            for (size_t j = 0; i != p && j < n; j++) {
                a[i][j] = j == p ? -times * pivot : a[i][j] - times * a[p][j];
            }
        }
    }
}

/* Adds period `k`, whose sales are 1 + `apart` times the usual ones. */
static void add_period(double a[NAMES][NAMES], double b[NAMES], vt_known_effects *e, size_t k, double apart)
{
    size_t names = e->known->n_names, width = width_of(e);
    for (size_t i = 0; i < names; i++) {
        double x = e->share[i * width + k];
        b[i] += x * apart;
        e->of[i].periods += x > 0;
        for (size_t j = 0; j < names; j++) {
            a[i][j] += x * e->share[j * width + k];
        }
    }
}

static void fit(vt_known_effects *e, const double *y)
{
    double a[NAMES][NAMES] = {{0}}, b[NAMES] = {0}, noise = 0, usual = 0;
    size_t names = e->known->n_names, begin = 0;
    while (begin < e->n && y[begin] == 0) {
        begin++;
    }
    for (size_t k = begin; k < e->n; k++) {
        double around = usual_around(y, e, begin, k);
        if (!(around > 0)) {
            continue;
        }
        double apart = y[k] / around - 1;
        if (is_usual(e, k)) {
            noise += apart * apart;
            usual++;
        } else {
            add_period(a, b, e, k, apart);
        }
    }
    for (size_t i = 0; i < names; i++) {
        e->of[i].found = a[i][i] > 1e-9;
    }
    invert(a, names);
    for (size_t i = 0; i < names; i++) {
        for (size_t j = 0; j < names; j++) {
            e->of[i].effect += a[i][j] * b[j];
        }
        e->of[i].effect = fmax(-1, e->of[i].effect);
        /* Where more is sold it varies more: as the sales themselves, which is the most that is usual. */
        e->of[i].error = usual > 0 ? (1 + e->of[i].effect) * sqrt(noise / usual * fmax(a[i][i], 0)) : 0;
    }
}

int vt_known_effects_find(vt_known_effects *out, const vt_known_days *known, const double *y, size_t n, size_t horizon,
                          const int64_t *day, size_t season, vt_error *err)
{
    vt_known_effects e = {.known = known, .n = n, .horizon = horizon, .season = season == 7 ? 7 : 1};
    e.share = vt_alloc_zero(known->n_names * (n + horizon), sizeof *e.share, err);
    if (e.share == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    find_shares(&e, day);
    fit(&e, y);
    *out = e;
    return VT_OK;
}

void vt_known_effects_done(vt_known_effects *e)
{
    vt_free(e->share);
    *e = (vt_known_effects){0};
}

double vt_known_factor(const vt_known_effects *e, size_t k)
{
    double factor = 1;
    for (size_t j = 0; j < e->known->n_names; j++) {
        factor += e->of[j].effect * e->share[j * width_of(e) + k];
    }
    return fmax(0, factor);
}

void vt_known_take(double *y, const vt_known_effects *e, size_t begin)
{
    for (size_t k = begin; k < e->n; k++) {
        double factor = vt_known_factor(e, k);
        if (!is_usual(e, k) && factor >= CLOSED) {
            y[k] /= factor;
        } else if (!is_usual(e, k)) {
            double around = usual_around(y, e, begin, k);
            y[k] = isfinite(around) ? around : y[k];
        }
    }
}

/* Variance that the errors of the effects give a period with usual sales of `usual`; effects do not know each other. */
static double variance_at(const vt_known_effects *e, size_t k, double usual)
{
    double variance = 0;
    for (size_t j = 0; j < e->known->n_names; j++) {
        double part = usual * e->share[j * width_of(e) + k] * e->of[j].error;
        variance += part * part;
    }
    return variance;
}

void vt_known_put(double *mean, double *low, double *high, const vt_known_effects *e)
{
    for (size_t h = 0; h < e->horizon; h++) {
        double factor = vt_known_factor(e, e->n + h), wider = Z_80 * Z_80 * variance_at(e, e->n + h, mean[h]);
        double below = factor * (mean[h] - low[h]), above = factor * (high[h] - mean[h]);
        mean[h] *= factor;
        bool positive = low[h] >= 0;
        low[h] = mean[h] - sqrt(below * below + wider);
        low[h] = positive ? fmax(0, low[h]) : low[h];
        high[h] = mean[h] + sqrt(above * above + wider);
    }
}

double vt_known_deviation(const double *mean, const vt_known_effects *e)
{
    double variance = 0;
    for (size_t j = 0; j < e->known->n_names; j++) {
        double sum = 0;
        for (size_t h = 0; h < e->horizon; h++) {
            double factor = vt_known_factor(e, e->n + h);
            sum += factor > 0 ? mean[h] / factor * e->share[j * width_of(e) + e->n + h] : 0;
        }
        variance += sum * sum * e->of[j].error * e->of[j].error;
    }
    return sqrt(variance);
}
