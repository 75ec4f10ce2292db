/* P(next purchase within t) is P(more than 0 within t); given one within `ahead`, the chance to be alive cancels. */
#include "insight/clv/next.h"

#include <math.h>

enum { HALVINGS = 60 };

static double quantile(const vt_repeat_model *m, const vt_repeat_customer *c, double ahead, double wanted)
{
    double low = 0.0, high = ahead;
    for (int k = 0; k < HALVINGS && high - low > 1e-9 * ahead; k++) {
        double middle = 0.5 * (low + high);
        if (m->kind->beyond(m->parameter, c, middle, 0.0) < wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

vt_next_purchase vt_next_purchase_of(const vt_repeat_model *m, const vt_repeat_customer *c, double ahead, double level)
{
    double within = m->kind->beyond(m->parameter, c, ahead, 0.0), side = 0.5 * (1.0 - level);
    vt_next_purchase next = {m->kind->alive(m->parameter, c) * within, NAN, NAN, NAN};
    if (within > 0.0) {
        next.low = quantile(m, c, ahead, side * within);
        next.median = quantile(m, c, ahead, 0.5 * within);
        next.high = quantile(m, c, ahead, (1.0 - side) * within);
    }
    return next;
}

double vt_next_day(double time, double unit)
{
    return fmax(1.0, ceil(time * unit - 1e-6));
}

double vt_silence_chance(const vt_repeat_model *m, const vt_repeat_customer *c)
{
    /* both kinds have the gamma distribution of rates in their first two parameters */
    double r = m->parameter[0], alpha = m->parameter[1];
    return exp((r + c->x) * log((alpha + c->last) / (alpha + c->age)));
}

vt_next_held_out vt_next_compare(const vt_repeat_model *m, const vt_clv_summary *s, const vt_clv_groups *g,
                                 double level)
{
    vt_next_held_out out = {0};
    double ahead = (double)(s->end - s->until) / s->unit, side = 0.5 * (1.0 - level);
    for (size_t i = 0; i < s->n; i++) {
        size_t k = g->member[i];
        vt_repeat_customer c = {g->x[k], g->last[k], g->age[k]};
        if (!(s->later[i] > 0.0)) {
            continue;
        }
        /* A day is inside when its end is not before the low time and its beginning is before the high one. */
        double within = m->kind->beyond(m->parameter, &c, ahead, 0.0), day = 1.0 / s->unit;
        double end = m->kind->beyond(m->parameter, &c, s->again[i], 0.0);
        double begin = s->again[i] > day ? m->kind->beyond(m->parameter, &c, s->again[i] - day, 0.0) : 0.0;
        out.customers++;
        out.inside += end >= side * within && begin < (1.0 - side) * within;
    }
    return out;
}
