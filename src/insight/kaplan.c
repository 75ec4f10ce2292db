/* Steps where something happens; Greenwood's interval on a scale on which shares stay within 0 and 1. */
#include "insight/kaplan.h"

#include <math.h>
#include <stdlib.h>

#include "math/special.h"

static int compare(const void *a, const void *b)
{
    const vt_watched *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

/* Share and interval of what is left (`survival`) with Greenwood's sum. */
static vt_happened state(double survival, double greenwood, int64_t at_risk)
{
    vt_happened h = {1 - survival, 1 - survival, 1 - survival, at_risk};
    if (survival > 0 && survival < 1) {
        double spread = vt_normal_quantile(.975) * sqrt(greenwood) / fabs(log(survival));
        h.low = 1 - pow(survival, exp(-spread));
        h.high = 1 - pow(survival, exp(spread));
    }
    return h;
}

void vt_kaplan_meier(vt_happened *out, const double *at, size_t n_at, vt_watched *subjects, size_t n)
{
    double survival = 1, greenwood = 0;
    size_t i = 0;
    qsort(subjects, n, sizeof *subjects, compare);
    for (size_t a = 0; a < n_at; a++) {
        while (i < n && subjects[i].time <= at[a]) {
            size_t same = i, events = 0;
            while (same < n && subjects[same].time == subjects[i].time) {
                events += subjects[same++].happened;
            }
            double risk = (double)(n - i), d = (double)events;
            survival *= 1 - d / risk;
            greenwood += events > 0 && risk > d ? d / (risk * (risk - d)) : 0;
            i = same;
        }
        out[a] = state(survival, greenwood, (int64_t)(n - i));
        if (i == n && (n == 0 || at[a] > subjects[n - 1].time)) {
            out[a] = (vt_happened){NAN, NAN, NAN, 0};
        }
    }
}
