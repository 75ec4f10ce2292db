/* One request to a shop: the shop into memory, a recommender over it, the answer, and all closed again. */
#ifndef VT_TEST_ENGINE_H
#define VT_TEST_ENGINE_H

#include "check.h"

#include "vitrine/recommend.h"
#include "vitrine/search.h"
#include "vitrine/why.h"

/** The shop in memory and a recommender over it. */
typedef struct engine {
    vt_live *live;
    vt_recommender *recommender;
} engine;

/** `without`: why there is no model, NULL for the usual words. engine_close() is due also after a failure. */
static inline int engine_open(engine *a, vt_shop *shop, const vt_model *model, const char *without, vt_error *err)
{
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    of_recommender.without_model = without;
    of_recommender.threads = 1;
    of_recommender.once = true;
    *a = (engine){NULL, NULL};
    int status = vt_live_open(&a->live, vt_shop_path(shop), &options, err);
    return status != VT_OK ? status : vt_recommender_create(&a->recommender, a->live, model, &of_recommender, err);
}

static inline void engine_close(engine *a)
{
    vt_recommender_free(a->recommender);
    vt_live_close(a->live);
    *a = (engine){NULL, NULL};
}

static inline int ask_recommend(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request,
                                vt_error *err)
{
    engine a;
    int status = engine_open(&a, shop, model, NULL, err);
    status = status != VT_OK ? status : vt_recommend(out, a.recommender, request, err);
    engine_close(&a);
    return status;
}

static inline int ask_similar(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request,
                              vt_error *err)
{
    engine a;
    int status = engine_open(&a, shop, model, NULL, err);
    status = status != VT_OK ? status : vt_similar(out, a.recommender, request, err);
    engine_close(&a);
    return status;
}

static inline int ask_complement(vt_complements *out, vt_shop *shop, const vt_request *request, int32_t days,
                                 vt_error *err)
{
    engine a;
    int status = engine_open(&a, shop, NULL, NULL, err);
    status = status != VT_OK ? status : vt_complement(out, a.recommender, request, days, err);
    engine_close(&a);
    return status;
}

static inline int ask_explain(vt_why *out, vt_shop *shop, const vt_model *model, const vt_request *request,
                              vt_error *err)
{
    engine a;
    int status = engine_open(&a, shop, model, NULL, err);
    status = status != VT_OK ? status : vt_explain(out, a.recommender, request, err);
    engine_close(&a);
    return status;
}

static inline int ask_search(vt_found *out, vt_shop *shop, const vt_search_query *query, vt_error *err)
{
    engine a;
    int status = engine_open(&a, shop, NULL, NULL, err);
    status = status != VT_OK ? status : vt_search(out, a.recommender, query, err);
    engine_close(&a);
    return status;
}

#endif
