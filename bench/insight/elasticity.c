/*
 * Elasticities of a plain file, for bench/insight/elasticity.py: every product and category with its interval, and the
 * seconds of the estimation alone. Usage: bench_elasticity FILE poisson|log-log auto|none|trend|fourier|month|period
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/price/elasticity.h"
#include "insight/price/price_table.h"

static int fail(const vt_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

static void print(const vt_price_table *t, const vt_elasticity *product, const vt_category_elasticity *category)
{
    for (size_t c = 0; c < t->panel.n_categories; c++) {
        const vt_category_elasticity *e = &category[c];
        printf("category\t%.*s\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", (int)t->category[c].len, t->category[c].ptr,
               e->known, e->value, e->low, e->high, e->between, e->inflation);
    }
    for (size_t i = 0; i < t->panel.n_products; i++) {
        const vt_elasticity *e = &product[i];
        printf("product\t%.*s\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", (int)t->product[i].len, t->product[i].ptr,
               e->known, e->value, e->low, e->high, e->own_known ? e->own : 0.0, e->own_deviation, e->history.units);
    }
}

int main(int argc, char **argv)
{
    static const char *const seasons[] = {"auto", "none", "trend", "fourier", "month", "period"};
    vt_error err = VT_ERROR_INIT;
    vt_plain_file *file = NULL;
    vt_price_table *t = NULL;
    vt_price_columns columns = {.by = "product"};
    vt_elasticity_options options;
    if (argc != 4) {
        fprintf(stderr, "usage: bench_elasticity FILE poisson|log-log SEASON\n");
        return 2;
    }
    vt_elasticity_options_init(&options);
    options.likelihood = strcmp(argv[2], "log-log") == 0 ? VT_PRICE_LOG_LOG : VT_PRICE_POISSON;
    for (size_t s = 0; s < sizeof seasons / sizeof seasons[0]; s++) {
        options.season = strcmp(argv[3], seasons[s]) == 0 ? (vt_price_season)s : options.season;
    }
    if (vt_plain_file_read(&file, argv[1], &err) != VT_OK || vt_price_table_read(&t, file, &columns, &err) != VT_OK) {
        return fail(&err);
    }
    vt_elasticity *product = vt_alloc_zero(t->panel.n_products, sizeof *product, &err);
    vt_category_elasticity *category = vt_alloc_zero(t->panel.n_categories, sizeof *category, &err);
    if (product == NULL || category == NULL) {
        return fail(&err);
    }
    double begin = vt_seconds();
    int status = vt_elasticity_fit(product, category, &t->panel, &options, &err);
    double seconds = vt_seconds() - begin;
    if (status != VT_OK) {
        return fail(&err);
    }
    print(t, product, category);
    printf("seconds\t%.4f\n", seconds);
    vt_free(category);
    vt_free(product);
    vt_price_table_free(t);
    vt_plain_file_free(file);
    return 0;
}
