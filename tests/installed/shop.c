/*
 * What a program of somebody else does with the installed library: makes a shop, imports events, reads them, fits a
 * model and recommends. It sees public headers alone. Usage: shop FOLDER EVENTS.csv
 */
#include <stdio.h>

#include "vitrine/choice.h"
#include "vitrine/importer.h"
#include "vitrine/json.h"
#include "vitrine/read.h"
#include "vitrine/recommend.h"
#include "vitrine/version.h"

static int import_events(vt_shop *shop, const char *path, vt_error *err)
{
    vt_import_options options;
    vt_import_report report;
    vt_import_options_init(&options);
    options.kind = "csv";
    options.table = "events";
    options.paths = &path;
    options.n_paths = 1;
    int status = vt_import(shop, &options, &report, err);
    if (status == VT_OK) {
        printf("%lld events\n", (long long)report.events.added);
    }
    return status;
}

static int on_item(void *context, const vt_item *item)
{
    int *n = context;
    printf("%s%.*s", (*n)++ == 0 ? "" : " ", VT_STR_ARGS(item->id));
    return VT_OK;
}

static int on_event(void *context, const vt_event *event)
{
    (void)context;
    printf("%s %.*s\n", vt_event_kind_name((int)event->kind), VT_STR_ARGS(event->item));
    return VT_OK;
}

/* The catalogue, and what one user did. */
static int read_rows(vt_shop *shop, vt_error *err)
{
    int n = 0;
    int status = vt_shop_each_item(shop, on_item, &n, err);
    printf("\n");
    return status == VT_OK ? vt_shop_history(shop, vt_str_of("dan"), on_event, NULL, err) : status;
}

static int fit(vt_model **model, vt_shop *shop, vt_error *err)
{
    vt_snapshot_options freeze;
    vt_fit_options options;
    vt_snapshot *snapshot = NULL;
    vt_interactions *events = NULL;
    vt_snapshot_options_init(&freeze);
    vt_fit_options_init(&options);
    int status = vt_snapshot_take(&snapshot, shop, &freeze, err);
    if (status == VT_OK) {
        status = vt_interactions_create(&events, snapshot, NULL, 0, err);
    }
    if (status == VT_OK) {
        status = vt_model_fit(model, "popularity", events, &options, err);
    }
    vt_interactions_free(events);
    vt_snapshot_free(snapshot);
    return status;
}

static int recommend(vt_recommender *recommender, const char *user, vt_error *err)
{
    vt_request request;
    vt_answer answer;
    vt_request_init(&request);
    request.user = user;
    int status = vt_recommend(&answer, recommender, &request, err);
    for (size_t i = 0; status == VT_OK && i < answer.n; i++) {
        printf("%s %g\n", answer.items[i].item, answer.items[i].score);
    }
    if (status == VT_OK) {
        vt_text json = {NULL, 0};
        status = vt_answer_json(&json, &answer, &request, "popularity", false, err);
        printf("%.52s\n", status == VT_OK ? json.data : "");
        vt_text_free(&json);
        vt_answer_done(&answer);
    }
    return status;
}

/* A struct that was never initialised is answered, not read. */
static int is_refused(vt_recommender *recommender)
{
    vt_error err = VT_ERROR_INIT;
    vt_request request = {.size = 0, .user = "dan"};
    vt_answer answer;
    int status = vt_recommend(&answer, recommender, &request, &err);
    printf("%s: %s\n", vt_code_name(status), err.message);
    return status == VT_ERR_USAGE ? VT_OK : VT_ERR_FAILED;
}

/* The shop in memory, and questions to it. */
static int ask(const char *folder, const vt_model *model, vt_error *err)
{
    vt_live *live = NULL;
    vt_recommender *recommender = NULL;
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    int status = vt_live_open(&live, folder, &options, err);
    if (status == VT_OK) {
        status = vt_recommender_create(&recommender, live, model, &of_recommender, err);
    }
    if (status == VT_OK) {
        status = recommend(recommender, "dan", err);
    }
    if (status == VT_OK) {
        status = is_refused(recommender);
    }
    vt_recommender_free(recommender);
    vt_live_close(live);
    return status;
}

/* Nobody has kept a model in this shop yet. */
static int choose(const char *folder, vt_error *err)
{
    vt_live *live = NULL;
    vt_recommender *recommender = NULL;
    vt_chosen_model chosen;
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    int status = vt_live_open(&live, folder, &options, err);
    if (status == VT_OK) {
        status = vt_recommender_choose(&recommender, &chosen, live, NULL, &of_recommender, err);
    }
    printf("%s\n", status == VT_OK ? vt_code_name((int)chosen.why.code) : "");
    vt_recommender_free(recommender);
    vt_live_close(live);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_model *model = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: shop FOLDER EVENTS.csv\n");
        return VT_ERR_USAGE;
    }
    printf("vitrine %s\n", vt_version());
    int status = vt_shop_open(&shop, argv[1], VT_SHOP_CREATE, &err);
    if (status == VT_OK) {
        status = import_events(shop, argv[2], &err);
    }
    if (status == VT_OK) {
        status = read_rows(shop, &err);
    }
    if (status == VT_OK) {
        status = choose(argv[1], &err);
    }
    if (status == VT_OK) {
        status = fit(&model, shop, &err);
    }
    if (status == VT_OK) {
        status = ask(argv[1], model, &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
    }
    vt_model_free(model);
    vt_shop_close(shop);
    return status;
}
