/*
 * recommend SHOP USER: what a shop would show a user, and why. Build it with the installed library:
 *
 *     cc -std=c17 examples/recommend.c $(pkg-config --cflags --libs vitrine) -o recommend
 */
#include <stdio.h>

#include "vitrine/choice.h"
#include "vitrine/live.h"
#include "vitrine/recommend.h"

static int recommend(vt_recommender *recommender, const char *user, vt_error *err)
{
    vt_request request;
    vt_answer answer;
    vt_request_init(&request);
    request.user = user;
    request.explain = true;
    int status = vt_recommend(&answer, recommender, &request, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < answer.n; i++) {
        printf("%2zu  %s  %s\n    %s\n", i + 1, answer.items[i].item, answer.items[i].title, answer.items[i].reason);
    }
    vt_answer_done(&answer);
    return VT_OK;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_live *live = NULL;
    vt_recommender *recommender = NULL;
    vt_chosen_model chosen; /* the shop's own: the active model, else the newest, else what is popular */
    vt_live_options in_memory;
    vt_recommender_options options;
    vt_live_options_init(&in_memory);
    vt_recommender_options_init(&options);
    if (argc != 3) {
        fprintf(stderr, "usage: recommend SHOP USER\n");
        return VT_ERR_USAGE;
    }
    int status = vt_live_open(&live, argv[1], &in_memory, &err);
    status = status != VT_OK ? status : vt_recommender_choose(&recommender, &chosen, live, NULL, &options, &err);
    status = status != VT_OK ? status : recommend(recommender, argv[2], &err);
    if (status != VT_OK) {
        fprintf(stderr, "recommend: %s\n", err.message);
    }
    vt_recommender_free(recommender);
    vt_live_close(live);
    return status;
}
