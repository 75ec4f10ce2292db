/* Rates given appeals and appeals given rates have closed forms; going back and forth climbs the likelihood. */
#include "insight/position.h"

#include <math.h>

#include "base/alloc.h"
#include "math/special.h"

enum { ROUNDS = 500 };

#define SETTLED 1e-10

static void fit_items(double *appeal, const double *rate, const int32_t *n, const int32_t *c, size_t places,
                      size_t items)
{
    for (size_t i = 0; i < items; i++) {
        double looks = 0, clicks = 0;
        for (size_t p = 0; p < places; p++) {
            looks += n[p * items + i] * rate[p];
            clicks += c[p * items + i];
        }
        appeal[i] = looks > 0 ? clicks / looks : 0;
    }
}

/* The largest change of a rate, which are set against the first. */
static double fit_places(double *rate, const double *appeal, const int32_t *n, const int32_t *c, size_t places,
                         size_t items)
{
    double first = 1, change = 0;
    for (size_t p = 0; p < places; p++) {
        double expected = 0, clicks = 0;
        for (size_t i = 0; i < items; i++) {
            expected += n[p * items + i] * appeal[i];
            clicks += c[p * items + i];
        }
        double fresh = expected > 0 ? clicks / expected : 0;
        first = p == 0 && fresh > 0 ? fresh : first;
        fresh /= first;
        change = fmax(change, fabs(fresh - rate[p]));
        rate[p] = fresh;
    }
    return change;
}

/* Whether the place has an item with clicks that stood in another place too. */
static bool is_linked(size_t p, const int32_t *n, const int32_t *c, size_t places, size_t items)
{
    for (size_t i = 0; i < items; i++) {
        int64_t clicks = 0, elsewhere = 0;
        for (size_t q = 0; q < places; q++) {
            clicks += c[q * items + i];
            elsewhere += q == p ? 0 : n[q * items + i];
        }
        if (n[p * items + i] > 0 && clicks > 0 && elsewhere > 0) {
            return true;
        }
    }
    return false;
}

int vt_position_fit(vt_examined *out, const int32_t *n, const int32_t *c, size_t places, size_t items, vt_error *err)
{
    double *rate = vt_alloc(places, sizeof *rate, err), *appeal = vt_alloc(items, sizeof *appeal, err);
    int status = rate == NULL || appeal == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t p = 0; status == VT_OK && p < places; p++) {
        rate[p] = 1;
    }
    for (int round = 0; status == VT_OK && round < ROUNDS; round++) {
        fit_items(appeal, rate, n, c, places, items);
        if (fit_places(rate, appeal, n, c, places, items) < SETTLED) {
            break;
        }
    }
    double clicks_first = 0;
    for (size_t p = 0; status == VT_OK && p < places; p++) {
        double clicks = 0;
        for (size_t i = 0; i < items; i++) {
            clicks += c[p * items + i];
        }
        clicks_first = p == 0 ? clicks : clicks_first;
        double spread = vt_normal_quantile(.975) * sqrt(1 / clicks + 1 / clicks_first);
        bool known = clicks > 0 && clicks_first > 0 && (places == 1 || is_linked(p, n, c, places, items));
        out[p] = !known   ? (vt_examined){NAN, NAN, NAN}
                 : p == 0 ? (vt_examined){1, 1, 1}
                          : (vt_examined){rate[p], rate[p] * exp(-spread), rate[p] * exp(spread)};
    }
    vt_free(rate);
    vt_free(appeal);
    return status;
}
