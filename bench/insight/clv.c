/*
 * Times the models of customer value, for bench/insight/clv.py, which runs the peer beside it on the same customers and
 * compares what was found.
 *
 *     bench_clv FILE UNTIL AHEAD RUNS OUT
 *
 * FILE has transactions, UNTIL is the last day of the calibration as days since 1970-01-01, AHEAD is in weeks. OUT gets
 * a line for each customer: x, t_x, T, mean amount, expected purchases and probability of being alive by BG/NBD and by
 * Pareto/NBD, expected amount. Prints a line for each model: name, median milliseconds of a fit (grouping included),
 * milliseconds of a forecast with all intervals, ln likelihood, parameters.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "insight/clv/forecast.h"
#include "insight/clv/transactions.h"

enum { RUNS_MAX = 1000, MODELS = 2 };

typedef struct customers {
    vt_transactions transactions;
    vt_clv_summary summary;
    vt_clv_groups groups;
    vt_repeat_model model[MODELS];
    vt_clv_forecast forecast[MODELS];
    vt_gamma_gamma spend;
    double ahead;
    int runs;
} customers;

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds, int n)
{
    qsort(seconds, (size_t)n, sizeof *seconds, by_size);
    return n % 2 == 1 ? seconds[n / 2] : 0.5 * (seconds[n / 2 - 1] + seconds[n / 2]);
}

static int read_customers(customers *c, const char *path, int64_t until, vt_error *err)
{
    vt_transactions_options options;
    vt_clv_summary_options of_summary;
    vt_transactions_options_init(&options);
    vt_clv_summary_options_init(&of_summary);
    of_summary.until = until;
    int status = vt_transactions_read(&c->transactions, path, &options, err);
    if (status == VT_OK) {
        vt_clv_purchases purchases = vt_transactions_purchases(&c->transactions);
        status = vt_clv_summarise(&c->summary, &purchases, &of_summary, err);
    }
    return status;
}

static int time_spend(customers *c, vt_error *err)
{
    double seconds[RUNS_MAX];
    const vt_clv_summary *s = &c->summary;
    for (int run = 0; run < c->runs; run++) {
        double begin = vt_seconds();
        int status = vt_gamma_gamma_fit(&c->spend, s->frequency, s->money, s->n, err);
        if (status != VT_OK) {
            return status;
        }
        seconds[run] = vt_seconds() - begin;
    }
    printf("gamma-gamma %.4f 0 %.6f %.8g %.8g %.8g\n", 1e3 * median(seconds, c->runs), c->spend.log_likelihood,
           c->spend.parameter[0], c->spend.parameter[1], c->spend.parameter[2] / 100.0);
    return VT_OK;
}

static int time_model(customers *c, int k, const vt_repeat_kind *kind, vt_error *err)
{
    double seconds[RUNS_MAX];
    vt_clv_forecast_options options;
    const vt_clv_summary *s = &c->summary;
    const vt_repeat_model *model = &c->model[k];
    vt_clv_forecast_options_init(&options);
    options.ahead = c->ahead;
    int status = VT_OK;
    for (int run = 0; run < c->runs && status == VT_OK; run++) {
        vt_clv_groups_done(&c->groups);
        double begin = vt_seconds();
        status = vt_clv_groups_make(&c->groups, s->frequency, s->recency, s->age, s->n, err);
        status = status != VT_OK ? status : vt_repeat_fit(&c->model[k], kind, &c->groups, err);
        seconds[run] = vt_seconds() - begin;
    }
    double begin = vt_seconds();
    if (status == VT_OK) {
        status = vt_clv_forecast_make(&c->forecast[k], model, &c->spend, &c->groups, s->n, s->money, &options, err);
    }
    double forecast = vt_seconds() - begin;
    if (status == VT_OK) {
        printf("%s %.4f %.4f %.6f %.8g %.8g %.8g %.8g\n", kind->name, 1e3 * median(seconds, c->runs), 1e3 * forecast,
               model->log_likelihood, model->parameter[0], model->parameter[1], model->parameter[2],
               model->parameter[3]);
    }
    return status;
}

static int write_customers(const char *path, const customers *c)
{
    const vt_clv_summary *s = &c->summary;
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return 1;
    }
    for (size_t i = 0; i < s->n; i++) {
        fprintf(out, "%.17g\t%.17g\t%.17g\t%.17g\t%.10g\t%.10g\t%.10g\t%.10g\t%.10g\n", s->frequency[i], s->recency[i],
                s->age[i], s->money[i] / 100.0, c->forecast[0].purchases[i], c->forecast[0].alive[i],
                c->forecast[1].purchases[i], c->forecast[1].alive[i], c->forecast[0].money[i] / 100.0);
    }
    return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static customers c;
    vt_error err = VT_ERROR_INIT;
    if (argc != 6) {
        fprintf(stderr, "usage: bench_clv FILE UNTIL AHEAD RUNS OUT\n");
        return 2;
    }
    c.ahead = strtod(argv[3], NULL);
    c.runs = (int)strtol(argv[4], NULL, 10);
    c.runs = c.runs < 1 ? 1 : c.runs > RUNS_MAX ? RUNS_MAX : c.runs;
    int status = read_customers(&c, argv[1], strtol(argv[2], NULL, 10), &err);
    status = status != VT_OK ? status : time_spend(&c, &err);
    status = status != VT_OK ? status : time_model(&c, 0, &vt_bg_nbd, &err);
    status = status != VT_OK ? status : time_model(&c, 1, &vt_pareto_nbd, &err);
    if (status != VT_OK) {
        fprintf(stderr, "bench_clv: %s\n", err.message);
    } else {
        status = write_customers(argv[5], &c);
    }
    vt_clv_forecast_done(&c.forecast[0]);
    vt_clv_forecast_done(&c.forecast[1]);
    vt_clv_groups_done(&c.groups);
    vt_clv_summary_done(&c.summary);
    vt_transactions_done(&c.transactions);
    return status == 0 ? 0 : 1;
}
