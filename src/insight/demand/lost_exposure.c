/* The clock that demand runs by, and how much of it each product had stock. */
#include <string.h>

#include "insight/demand/lost_rates.h"

enum { WEEK = 7 };

#define DAY_PRIOR 30.0 /* pieces that a usual day counts as in what a day is */

static size_t days_of(const vt_lost_sales *l)
{
    return l->sales->periods->n;
}

static size_t block_of(const vt_lost_sales *l, size_t day)
{
    return (days_of(l) - 1 - day) / VT_LOST_BLOCK;
}

double vt_lost_hours(const vt_lost_sales *l, double part)
{
    double hour = 24 * part;
    size_t whole = hour < 24 ? (size_t)hour : 24;
    return whole == 24 ? 1 : l->hours[whole] + (hour - (double)whole) * (l->hours[whole + 1] - l->hours[whole]);
}

/* Usual days from the begin until a place in the days. */
static double passed(const vt_lost_sales *l, double place)
{
    size_t day = (size_t)place;
    return day >= days_of(l)
               ? l->passed[days_of(l)]
               : l->passed[day] + vt_lost_hours(l, place - (double)day) * (l->passed[day + 1] - l->passed[day]);
}

/* Adds the usual days between two places to the blocks they lie in, times `sign`. */
static void add_days(double *block, const vt_lost_sales *l, double from, double until, double sign)
{
    while (from < until) {
        size_t b = block_of(l, (size_t)from);
        double end = fmin(until, (double)(days_of(l) - b * VT_LOST_BLOCK));
        block[b] += sign * (passed(l, end) - passed(l, from));
        from = end;
    }
}

void vt_lost_expose(double *in, double *out, const vt_lost_sales *l, size_t item, double from, double until)
{
    const vt_stock_spells *s = &l->spells;
    memset(in, 0, l->n_blocks * sizeof *in);
    add_days(in, l, s->known_from[item], s->known_until[item], 1);
    if (out != NULL) {
        memset(out, 0, l->n_blocks * sizeof *out);
    }
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        const vt_stock_spell *spell = &s->spell[k];
        add_days(in, l, spell->from, spell->until, -1);
        if (out != NULL) {
            add_days(out, l, fmax(from, spell->from), fmin(until, spell->until), 1);
        }
    }
    for (size_t b = 0; b < l->n_blocks; b++) {
        in[b] = fmax(in[b], 0); /* differences of sums */
    }
}

void vt_lost_count(double *lines, const vt_lost_sales *l, size_t item)
{
    memset(lines, 0, l->n_blocks * sizeof *lines);
    for (size_t k = l->sales->start[item]; k < l->sales->start[item + 1]; k++) {
        double day = (double)l->sales->period[k];
        if (day + 1 > l->spells.known_from[item] && day < l->spells.known_until[item]) {
            lines[block_of(l, (size_t)l->sales->period[k])]++;
        }
    }
}

static size_t weekday_of(const vt_shop_periods *p, size_t day)
{
    return (size_t)(p->day[day] % WEEK + WEEK) % WEEK;
}

/* How much of a usual day each weekday is, from all sales. */
static void find_weekdays(double share[WEEK], const vt_lost_sales *l)
{
    const vt_shop_periods *p = l->sales->periods;
    double units[WEEK] = {0}, days[WEEK] = {0}, all = 0;
    for (size_t d = 0; d < p->n; d++) {
        size_t w = weekday_of(p, d);
        units[w] += l->sales->units[d];
        days[w] += 1;
        all += l->sales->units[d] / (double)p->n;
    }
    for (size_t w = 0; w < WEEK; w++) {
        share[w] = (units[w] + DAY_PRIOR) / (all * days[w] + DAY_PRIOR);
    }
}

/* How much of a day's sales has come by each hour; where few sales are known, evenly. */
static void find_hours(vt_lost_sales *l)
{
    double all = 0;
    for (size_t h = 0; h < 24; h++) {
        all += l->sales->hour[h] + 1;
    }
    l->hours[0] = 0;
    for (size_t h = 0; h < 24; h++) {
        l->hours[h + 1] = l->hours[h] + (l->sales->hour[h] + 1) / all;
    }
}

/* Pieces that the shop would have sold on a day. */
static double wanted_on(const vt_lost_sales *l, const double *missing, size_t day)
{
    return l->sales->units[day] + missing[day];
}

void vt_lost_clock(vt_lost_sales *l, const double *missing)
{
    const vt_shop_periods *p = l->sales->periods;
    double weekday[WEEK];
    find_weekdays(weekday, l);
    find_hours(l);
    l->passed[0] = 0;
    for (size_t begin = 0, end = 0; begin < p->n; begin = end) {
        double units = 0, usual = 0;
        for (end = begin; end < p->n && block_of(l, end) == block_of(l, begin); end++) {
            units += wanted_on(l, missing, end);
            usual += weekday[weekday_of(p, end)];
        }
        for (size_t d = begin; d < end; d++) {
            double share = weekday[weekday_of(p, d)], mean = share * units / usual;
            l->passed[d + 1] = l->passed[d] + share * (wanted_on(l, missing, d) + DAY_PRIOR) / (mean + DAY_PRIOR);
        }
    }
}

void vt_lost_add_missing(double *missing, const vt_lost_sales *l, size_t item, double rate)
{
    const vt_stock_spells *s = &l->spells;
    const double *course = l->course + (size_t)l->group[item] * l->n_blocks;
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        const vt_stock_spell *spell = &s->spell[k];
        for (size_t d = (size_t)spell->from; d < days_of(l) && (double)d < spell->until; d++) {
            double from = fmax(spell->from, (double)d), until = fmin(spell->until, (double)d + 1);
            missing[d] += rate * course[block_of(l, d)] * l->per_line * (passed(l, until) - passed(l, from));
        }
    }
}
