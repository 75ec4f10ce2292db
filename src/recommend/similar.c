/*
 * Items similar to one, as the model's own scores have it. Short lists stay short: what is popular is not similar. What
 * the model cannot judge is compared by what items say, show and are.
 */
#include <math.h>
#include <stdio.h>

#include "recommend/answer.h"
#include "vitrine/search.h"

#define PRICE_SHARE 0.1F /* of the likeness by attributes */

/* What the answer without the model says of itself. */
typedef struct reason {
    char text[512]; /* "" while the model answers */
} reason;

/* ---- by the model ------------------------------------------------------------------------------------------------ */

/* True when the model knows nothing of the item but that it is there. */
static bool knows_nothing(const vt_asking *a, int32_t item)
{
    if ((a->info.kind->abilities & (VT_MODEL_NEEDS_VECTORS | VT_MODEL_USES_VECTORS)) == 0 &&
        a->info.item_count[item] == 0) {
        return true;
    }
    for (int32_t i = 0; i < a->info.n_items; i++) {
        if (a->scores[i] > -INFINITY) {
            return false;
        }
    }
    return true;
}

/* Ranks by the model, or says why it cannot. */
static int rank(vt_asking *a, reason *why, vt_error *err)
{
    const char *id = a->request->item;
    int status = vt_find_item(a->store, id, vt_shop_path(a->shop), err);
    if (status != VT_OK) {
        return status;
    }
    int32_t item = vt_ids_find(&a->info.items, vt_str_of(id));
    if (item < 0) {
        snprintf(why->text, sizeof why->text,
                 "item \"%.200s\" came after the model was fitted, or it was fitted without", id);
        return VT_OK;
    }
    status = vt_model_similar(a->model, item, a->scores, err);
    if (status == VT_OK && knows_nothing(a, item)) {
        snprintf(why->text, sizeof why->text, "nobody has bought item \"%.200s\" yet, as far as the model knows", id);
    } else if (status == VT_OK) {
        a->allowed[item] = 0;
        status = vt_asking_choose(a, err);
    }
    return status;
}

static int ask_model(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, reason *why,
                     vt_error *err)
{
    vt_asking asking = {0};
    vt_model_info info;
    vt_model_describe(model, &info);
    if ((info.kind->abilities & VT_MODEL_SIMILAR) == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "a model of kind %s cannot tell which items are similar; train one that can, such as itemknn",
                       info.kind->name);
    }
    int status = vt_asking_begin(&asking, shop, model, request, err);
    if (status == VT_OK) {
        status = rank(&asking, why, err);
    }
    if (status == VT_OK && why->text[0] == '\0') {
        status = vt_asking_answer(out, &asking, err);
    }
    vt_asking_done(&asking);
    return status;
}

/* ---- without it -------------------------------------------------------------------------------------------------- */

/* Category and brand, and among what they have in common the price: 1 for the same, e^-1 for 2.7 times as much. */
static void score_attributes(vt_asking *a, int32_t item)
{
    const int64_t *price = a->catalogue->price;
    for (int32_t i = 0; i < a->info.n_items; i++) {
        float like = vt_like_attributes(a->catalogue, item, i);
        float near = price[item] > 0 && price[i] > 0 ? expf(-fabsf(logf((float)price[item] / (float)price[i]))) : 0.0F;
        a->scores[i] = like > 0 ? (1 - PRICE_SHARE) * like + PRICE_SHARE * near : -INFINITY;
    }
}

static int ask_attributes(vt_answer *out, vt_shop *shop, const vt_request *request, const reason *why, vt_error *err)
{
    vt_asking asking = {0};
    int status = vt_asking_begin(&asking, shop, NULL, request, err);
    if (status == VT_OK) {
        status = vt_find_item(asking.store, request->item, vt_shop_path(shop), err);
    }
    if (status == VT_OK) {
        int32_t item = vt_ids_find(&asking.info.items, vt_str_of(request->item));
        score_attributes(&asking, item);
        asking.allowed[item] = 0;
        status = vt_asking_choose(&asking, err);
    }
    for (size_t i = 0; i < asking.n_placed; i++) {
        asking.placed[i].by = VT_PLACED_BY_ATTRIBUTES;
    }
    if (status == VT_OK) {
        snprintf(asking.degraded, sizeof asking.degraded, "category, brand and price were compared: %s", why->text);
        status = vt_asking_answer(out, &asking, err);
    }
    vt_asking_done(&asking);
    return status;
}

static int ask_vectors(vt_answer *out, vt_shop *shop, const vt_request *request, const reason *why, vt_error *err)
{
    vt_search_query query;
    vt_found found = {0};
    vt_search_query_init(&query);
    query.request = *request;
    int status = vt_search(&found, shop, &query, err);
    if (status == VT_OK) {
        snprintf(found.answer.degraded, sizeof found.answer.degraded, "texts and photos were compared: %s%s%.400s",
                 why->text, found.degraded[0] == '\0' ? "" : "; ", found.degraded);
        *out = found.answer;
    }
    return status;
}

int vt_similar(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    reason why = {""};
    vt_error vectors = VT_ERROR_INIT;
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to find similar ones to; name one");
    }
    int status = VT_OK;
    if (model != NULL) {
        status = ask_model(out, shop, model, request, &why, err);
    } else {
        snprintf(why.text, sizeof why.text, "%s", request->without_model == NULL ? NO_MODEL : request->without_model);
    }
    if (status != VT_OK || why.text[0] == '\0') {
        return status;
    }
    status = ask_vectors(out, shop, request, &why, &vectors);
    if (status == VT_ERR_NOT_FOUND) { /* no vectors, or none of this item */
        return ask_attributes(out, shop, request, &why, err);
    }
    return status == VT_OK ? VT_OK : vt_fail(err, vectors.code, "%s", vectors.message);
}
