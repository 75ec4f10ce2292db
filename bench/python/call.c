/*
 * What a call of the package costs in C: the same lists for one user at a time, from a fitted model over histories and
 * from a recommender over the shop in memory. bench/python/run asks Python for the same.
 *
 * call SHOP USER TIMES: prints microseconds of processors that a call of each sort takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "vitrine/history_ranker.h"
#include "vitrine/recommend.h"

enum { LENGTH = 10 };

/* Of processors, so that other work on the machine does not count. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void check(int status, const vt_error *err)
{
    if (status != VT_OK) {
        fprintf(stderr, "call: %s\n", err->message);
        exit(1);
    }
}

static double time_lists(const char *path, const char *user, long times, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    vt_interactions *all = NULL;
    vt_model *model = NULL;
    vt_history_ranker *ranker = NULL;
    vt_snapshot_options snapshot_options;
    vt_fit_options fit;
    vt_history_ranker_options options;
    vt_snapshot_options_init(&snapshot_options);
    vt_fit_options_init(&fit);
    vt_history_ranker_options_init(&options);
    check(vt_shop_open(&shop, path, VT_SHOP_READ, err), err);
    check(vt_snapshot_take(&snapshot, shop, &snapshot_options, err), err);
    check(vt_interactions_create(&all, snapshot, NULL, VT_PARTS_SIGNALS, err), err);
    check(vt_model_fit(&model, "popularity", all, &fit, err), err);
    check(vt_history_ranker_create(&ranker, model, all, err), err);
    double began = seconds();
    for (long i = 0; i < times; i++) {
        int32_t number = vt_ids_find(&snapshot->users, vt_str_of(user)), items[LENGTH];
        float scores[LENGTH];
        check(vt_history_ranker_list(ranker, &number, 1, LENGTH, &options, items, scores, err), err);
    }
    double each = (seconds() - began) / (double)times;
    vt_history_ranker_free(ranker);
    vt_model_free(model);
    vt_interactions_free(all);
    vt_snapshot_free(snapshot);
    vt_shop_close(shop);
    return each;
}

static double time_recommender(const char *path, const char *user, long times, vt_error *err)
{
    vt_live *live = NULL;
    vt_recommender *recommender = NULL;
    vt_live_options options;
    vt_recommender_options recommender_options;
    vt_request request;
    vt_live_options_init(&options);
    vt_recommender_options_init(&recommender_options);
    vt_request_init(&request);
    request.user = user;
    request.n = LENGTH;
    check(vt_live_open(&live, path, &options, err), err);
    check(vt_recommender_create(&recommender, live, NULL, &recommender_options, err), err);
    double began = seconds();
    for (long i = 0; i < times; i++) {
        vt_answer answer;
        check(vt_live_refresh(live, NULL, err), err);
        check(vt_recommender_refresh(recommender, err), err);
        check(vt_recommend(&answer, recommender, &request, err), err);
        vt_answer_done(&answer);
    }
    double each = (seconds() - began) / (double)times;
    vt_recommender_free(recommender);
    vt_live_close(live);
    return each;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    if (argc != 4) {
        fprintf(stderr, "usage: call SHOP USER TIMES\n");
        return 2;
    }
    long times = strtol(argv[3], NULL, 10);
    printf("%.3f %.3f\n", 1e6 * time_lists(argv[1], argv[2], times, &err),
           1e6 * time_recommender(argv[1], argv[2], times, &err));
    return 0;
}
