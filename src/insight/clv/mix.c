/* Half-widths of intervals over the quantile of the normal distribution are what the models think of their errors. */
#include "insight/clv/mix.h"

#include <math.h>

#include "math/special.h"

double vt_clv_weight(double log_likelihood, double other)
{
    return 1.0 / (1.0 + exp(other - log_likelihood));
}

/* Within and between: variances and values of the two, the mean being at `mean`. */
static double joint(double weight, double a, double of_a, double b, double of_b, double mean)
{
    return weight * (of_a * of_a + (a - mean) * (a - mean)) + (1.0 - weight) * (of_b * of_b + (b - mean) * (b - mean));
}

/* Numbers above 0, whose intervals are symmetric on the logarithm. */
static void mix_positive(double *value, double *low, double *high, double other, double other_low, double other_high,
                         double weight, double z)
{
    double mean = weight * *value + (1.0 - weight) * other, by = 1.0;
    if (*value > 0.0 && other > 0.0) {
        by = exp(z * sqrt(joint(weight, log(*value), log(*high / *low) / (2.0 * z), log(other),
                                log(other_high / other_low) / (2.0 * z), log(mean))));
    }
    *value = mean;
    *low = mean / by;
    *high = mean * by;
}

/* Chances and sums: symmetric, within bounds. */
static void mix_plain(double *value, double *low, double *high, double other, double other_low, double other_high,
                      double weight, double z, double most)
{
    double mean = weight * *value + (1.0 - weight) * other;
    double by =
        z * sqrt(joint(weight, *value, (*high - *low) / (2.0 * z), other, (other_high - other_low) / (2.0 * z), mean));
    *value = mean;
    *low = isnan(by) ? NAN : fmax(mean - by, 0.0);
    *high = isnan(by) ? NAN : fmin(mean + by, most);
}

static void mix_total(vt_clv_total *out, const vt_clv_total *other, double weight, double z, double most)
{
    mix_plain(&out->value, &out->low, &out->high, other->value, other->low, other->high, weight, z, most);
}

void vt_clv_forecast_mix(vt_clv_forecast *out, const vt_clv_forecast *other, double weight, double level)
{
    double z = vt_normal_quantile(0.5 + 0.5 * level);
    for (size_t i = 0; i < out->n; i++) {
        mix_plain(&out->alive[i], &out->alive_low[i], &out->alive_high[i], other->alive[i], other->alive_low[i],
                  other->alive_high[i], weight, z, 1.0);
        mix_positive(&out->purchases[i], &out->purchases_low[i], &out->purchases_high[i], other->purchases[i],
                     other->purchases_low[i], other->purchases_high[i], weight, z);
        mix_positive(&out->value[i], &out->value_low[i], &out->value_high[i], other->value[i], other->value_low[i],
                     other->value_high[i], weight, z);
        out->count_low[i] = fmin(out->count_low[i], other->count_low[i]);
        out->count_high[i] = fmax(out->count_high[i], other->count_high[i]);
    }
    mix_total(&out->total_alive, &other->total_alive, weight, z, (double)out->n);
    mix_total(&out->total_purchases, &other->total_purchases, weight, z, INFINITY);
    mix_total(&out->total_value, &other->total_value, weight, z, INFINITY);
}
