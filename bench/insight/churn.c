/*
 * Churn of a plain file, for bench/insight/churn.py: figures of the customers held out, every chance, and the seconds
 * of the fitting alone. Usage: bench_churn FILE TARGET auto|logistic|trees
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/churn/churn_table.h"

static int fail(const vt_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"auto", "logistic", "trees"};
    vt_error err = VT_ERROR_INIT;
    vt_plain_file *file = NULL;
    vt_churn_table *t = NULL;
    vt_churn *churn = NULL;
    vt_churn_summary s;
    vt_churn_options options;
    if (argc != 4) {
        fprintf(stderr, "usage: bench_churn FILE TARGET auto|logistic|trees\n");
        return 2;
    }
    vt_churn_options_init(&options);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        options.kind = strcmp(argv[3], kinds[k]) == 0 ? (vt_churn_model_kind)k : options.kind;
    }
    if (vt_plain_file_read(&file, argv[1], &err) != VT_OK || vt_churn_table_read(&t, file, argv[2], &err) != VT_OK) {
        return fail(&err);
    }
    size_t n = t->features.n;
    uint8_t *test = vt_alloc(n, sizeof *test, &err);
    double *chance = vt_alloc(n, sizeof *chance, &err);
    if (test == NULL || chance == NULL || vt_churn_split(test, t->outcome, t->time, n, &options, &err) != VT_OK) {
        return fail(&err);
    }
    vt_trees_available(NULL); /* loading is not timed */
    double begin = vt_seconds();
    int status = vt_churn_fit(&churn, &s, &t->features, t->outcome, test, &options, &err);
    double seconds = vt_seconds() - begin;
    if (status != VT_OK || vt_churn_score(chance, churn, &t->features, &err) != VT_OK) {
        return fail(&err);
    }
    printf("figures\t%s\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n", kinds[s.kind], s.trees, s.quality.auc,
           s.quality.brier, s.quality.log_loss, s.quality.calibration_error, s.quality.lift, s.quality.found);
    for (size_t i = 0; i < n; i++) {
        printf("customer\t%d\t%.9g\n", test[i], chance[i]);
    }
    printf("seconds\t%.4f\n", seconds);
    vt_churn_free(churn);
    vt_free(chance);
    vt_free(test);
    vt_churn_table_free(t);
    vt_plain_file_free(file);
    return 0;
}
