/*
 * Fits a rating model on each fold of a split and prints what it cost and how far off its predictions are, for
 * bench/ratings/run, which runs the peer beside it on the same ratings, and for finding settings.
 *
 *     bench_rate RATINGS SPLIT valid|once|test KIND THREADS SEED [preset=NAME] [name=value ...]
 *
 * RATINGS: lines "user item rating time part" of numbers, users and items from 0, part 0 none, 1 train, 2 valid,
 * 3 test. On `valid` the fit sees the part between its epochs and stops early; `once` evaluates that part at the end,
 * and `test` the test part. A line a fold: seconds of the processor,
 * epochs, best epoch, RMSE, MAE; then their means.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dataset/builder.h"
#include "vitrine/evaluation.h"

typedef struct figures {
    double seconds, rmse, mae;
    vt_fit_report report;
} figures;

static int read_rows(vt_builder *builder, FILE *file, vt_error *err)
{
    int64_t users = 0, items = 0, user = 0, item = 0, time = 0, n = 0;
    int part = 0, status = VT_OK;
    double value = 0.0;
    char id[24];
    while (status == VT_OK &&
           fscanf(file, "%" SCNd64 " %" SCNd64 " %lf %" SCNd64 " %d", &user, &item, &value, &time, &part) == 5) {
        for (; status == VT_OK && users <= user; users++) {
            vt_user row;
            vt_user_init(&row);
            snprintf(id, sizeof id, "%08" PRId64, users); /* sorted by bytes, so dense ids are the numbers */
            row.id = vt_str_of(id);
            status = vt_builder_add_user(builder, VT_NONE, &row, err);
        }
        for (; status == VT_OK && items <= item; items++) {
            vt_item row;
            vt_item_init(&row);
            snprintf(id, sizeof id, "%08" PRId64, items);
            row.id = vt_str_of(id);
            status = vt_builder_add_item(builder, VT_NONE, &row, err);
        }
        if (status == VT_OK) {
            vt_event_row row = {.id = n++, .user = user, .item = item, .time = time, .quantity = 1};
            row.unit_price = VT_NONE;
            row.value = value;
            row.kind = VT_EVENT_RATING;
            row.part = (uint8_t)part;
            status = vt_builder_add_event(builder, &row, err);
        }
    }
    return status;
}

static int read_ratings(vt_snapshot **out, const char *path, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "cannot open %s", path);
    }
    int status = vt_builder_create(&builder, &options, err);
    if (status == VT_OK) {
        status = read_rows(builder, file, err);
    }
    if (status == VT_OK) {
        status = vt_builder_finish(out, builder, NULL, err);
    }
    vt_builder_free(builder);
    fclose(file);
    return status;
}

static int run_fold(figures *out, const vt_snapshot *snapshot, const vt_split_spec *spec, int fold, const char *on,
                    const char *kind, vt_fit_options *options, vt_error *err)
{
    vt_split *split = NULL;
    vt_interactions *train = NULL;
    vt_model *model = NULL;
    vt_validation validation;
    vt_validation_part part;
    vt_rating_errors errors = {0, 0.0, 0.0};
    vt_protocol protocol;
    bool valid = strcmp(on, "test") != 0;
    vt_protocol_init(&protocol);
    protocol.part = valid ? VT_PART_VALID : VT_PART_TEST;
    protocol.threads = options->threads;
    int status = vt_split_create(&split, snapshot, spec, 42, fold, valid, err);
    if (status == VT_OK) {
        status = vt_interactions_create(&train, snapshot, split, 1U << VT_PART_TRAIN, err);
    }
    if (status == VT_OK) {
        bool evaluated =
            strcmp(on, "valid") == 0 && vt_validation_init(&validation, &part, kind, snapshot, split, &protocol);
        options->validation = evaluated ? &validation : NULL;
        options->report = &out->report;
        clock_t begin = clock();
        status = vt_model_fit(&model, kind, train, options, err);
        out->seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    }
    if (status == VT_OK) {
        status = vt_evaluate_ratings(&errors, model, snapshot, split, &protocol, err);
        out->rmse = errors.rmse;
        out->mae = errors.mae;
    }
    vt_model_free(model);
    vt_interactions_free(train);
    vt_split_free(split);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_split_spec spec;
    if (argc < 7) {
        fprintf(stderr, "use: bench_rate RATINGS SPLIT valid|once|test KIND THREADS SEED [name=value ...]\n");
        return 2;
    }
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = (int)strtol(argv[5], NULL, 10);
    options.seed = strtoull(argv[6], NULL, 10);
    bool preset = argc > 7 && strncmp(argv[7], "preset=", 7) == 0;
    options.preset = preset ? argv[7] + 7 : NULL;
    options.settings = (const char *const *)(argv + 7 + preset);
    options.n_settings = (size_t)(argc - 7 - preset);
    int status = read_ratings(&snapshot, argv[1], &err);
    if (status == VT_OK) {
        status = vt_split_parse(&spec, argv[2], &err);
    }
    int folds = status == VT_OK && spec.kind == VT_SPLIT_KFOLD ? spec.folds : 1;
    figures mean = {0};
    for (int fold = 0; status == VT_OK && fold < folds; fold++) {
        figures f = {0};
        status = run_fold(&f, snapshot, &spec, fold, argv[3], argv[4], &options, &err);
        if (status == VT_OK) {
            printf("fold %d: %.3f s, %d epochs, best %d, RMSE %.4f, MAE %.4f\n", fold, f.seconds, f.report.epochs,
                   f.report.best, f.rmse, f.mae);
            fflush(stdout);
            mean.seconds += f.seconds / folds;
            mean.rmse += f.rmse / folds;
            mean.mae += f.mae / folds;
        }
    }
    if (status == VT_OK) {
        printf("mean: %.3f s, RMSE %.4f, MAE %.4f\n", mean.seconds, mean.rmse, mean.mae);
    } else {
        fprintf(stderr, "bench_rate: %s\n", err.message);
    }
    vt_snapshot_free(snapshot);
    return status == VT_OK ? 0 : 1;
}
