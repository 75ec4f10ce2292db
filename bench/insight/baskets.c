/*
 * Times association rules, for bench/insight/baskets.py, which runs the peers beside it on the same baskets and
 * compares what was found.
 *
 *     bench_baskets FILE SUPPORT CONFIDENCE RUNS OUT
 *
 * Prints the median milliseconds of the sets alone and of sets and rules, reading the file left out. OUT gets a line
 * for each frequent set ("S", count, items) and each rule ("R", figures, items of the left side, "=>", the right item),
 * tabs between.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "insight/baskets/basket_file.h"
#include "insight/baskets/rules.h"

enum { RUNS_MAX = 1000 };

static int fail(const vt_error *err)
{
    fprintf(stderr, "bench_baskets: %s\n", err->message);
    return 1;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds, size_t n)
{
    qsort(seconds, n, sizeof *seconds, compare_seconds);
    return n % 2 == 1 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2.0;
}

static void write_items(FILE *out, const vt_basket_file *file, const int32_t *items, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        vt_str name = vt_basket_file_name(file, items[i]);
        fprintf(out, "\t%.*s", VT_STR_ARGS(name));
    }
}

static int write_all(const char *path, const vt_basket_file *file, const vt_itemsets *sets, const vt_rules *rules)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return 1;
    }
    for (size_t s = 0; s < sets->n; s++) {
        fprintf(out, "S\t%lld", (long long)sets->count[s]);
        write_items(out, file, sets->items + sets->offsets[s], sets->offsets[s + 1] - sets->offsets[s]);
        fprintf(out, "\n");
    }
    for (size_t i = 0; i < rules->n; i++) {
        const vt_rule *r = &rules->rule[i];
        fprintf(out, "R\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g", r->a.support, r->a.confidence, r->a.lift, r->a.conviction,
                r->a.leverage);
        write_items(out, file, r->left, r->n_left);
        fprintf(out, "\t=>");
        write_items(out, file, r->right, r->n_right);
        fprintf(out, "\n");
    }
    return fclose(out);
}

int main(int argc, char **argv)
{
    size_t runs = argc < 6 ? 0 : strtoul(argv[4], NULL, 10);
    if (runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: bench_baskets FILE SUPPORT CONFIDENCE RUNS OUT\n");
        return 2;
    }
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    if (vt_basket_file_read(&file, argv[1], NULL, NULL, &err) != VT_OK) {
        return fail(&err);
    }
    vt_itemset_options set_options;
    vt_rule_options rule_options;
    vt_itemset_options_init(&set_options);
    vt_rule_options_init(&rule_options);
    set_options.min_support = strtod(argv[2], NULL);
    set_options.max_length = INT32_MAX;
    rule_options.min_confidence = strtod(argv[3], NULL);
    double sets_seconds[RUNS_MAX], all_seconds[RUNS_MAX];
    vt_itemsets *sets = NULL;
    vt_rules *rules = NULL;
    for (size_t run = 0; run < runs; run++) {
        vt_itemsets_free(sets);
        vt_rules_free(rules);
        sets = NULL;
        rules = NULL;
        double begin = vt_seconds();
        if (vt_itemsets_find(&sets, &file->baskets, &set_options, &err) != VT_OK) {
            return fail(&err);
        }
        sets_seconds[run] = vt_seconds() - begin;
        if (vt_rules_find(&rules, sets, &rule_options, &err) != VT_OK) {
            return fail(&err);
        }
        all_seconds[run] = vt_seconds() - begin;
    }
    printf("%.6f %.6f\n", median(sets_seconds, runs) * 1e3, median(all_seconds, runs) * 1e3);
    int status = write_all(argv[5], file, sets, rules);
    vt_itemsets_free(sets);
    vt_rules_free(rules);
    vt_basket_file_free(file);
    return status == 0 ? 0 : 1;
}
