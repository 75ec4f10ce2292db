/*
 * Items similar to one, as the model's own scores have it. Short lists stay short: what is popular is not similar. What
 * the model cannot rank is compared by what items say, show and are.
 */
#include <math.h>
#include <stdio.h>

#include "recommend/context.h"
#include "vitrine/search.h"

#define PRICE_SHARE 0.1F /* of the likeness by attributes */

/* What the answer without the model says of itself. */
typedef struct reason {
    char text[512]; /* "" while the model answers */
} reason;

/* ---- by the model ------------------------------------------------------------------------------------------------ */

/* True when the model knows nothing of the item but that it is there. */
static bool knows_nothing(const vt_context *c, int32_t item)
{
    const vt_model_info *info = &c->bound->info;
    if ((info->kind->abilities & (VT_MODEL_NEEDS_VECTORS | VT_MODEL_USES_VECTORS)) == 0 &&
        info->item_count[item] == 0) {
        return true;
    }
    for (int32_t i = 0; i < info->n_items; i++) {
        if (c->raw[i] > -INFINITY) {
            return false;
        }
    }
    return true;
}

/* Ranks by the model, or says why it cannot. */
static int rank(vt_context *c, reason *why, vt_error *err)
{
    const char *id = c->request->item;
    int32_t shown = -1;
    int status = vt_context_item(&shown, c, id, err);
    if (status != VT_OK) {
        return status;
    }
    int32_t item = vt_numbers_model(c->serving->numbers, shown);
    if (item < 0) {
        snprintf(why->text, sizeof why->text,
                 "item \"%.200s\" came after the model was fitted, or it was fitted without", id);
        return VT_OK;
    }
    status = vt_model_similar(c->bound->model, item, c->raw, err);
    if (status == VT_OK && knows_nothing(c, item)) {
        snprintf(why->text, sizeof why->text, "nobody has bought item \"%.200s\" yet, as far as the model knows", id);
    } else if (status == VT_OK) {
        vt_context_spread(c);
        c->allowed[shown] = 0;
        status = vt_context_choose(c, err);
    }
    return status;
}

/* ---- without it -------------------------------------------------------------------------------------------------- */

/* Category and brand, and among what they have in common the price: 1 for the same, e^-1 for 2.7 times as much. */
static void score_attributes(vt_context *c, int32_t item)
{
    float own = (float)vt_view_item_price(c->view, item);
    for (int32_t i = 0; i < c->view->n_items; i++) {
        float like = vt_like_attributes(c->view, item, i);
        float price = (float)vt_view_item_price(c->view, i);
        float near = own > 0 && price > 0 ? expf(-fabsf(logf(own / price))) : 0.0F;
        c->scores[i] = like > 0 ? (1 - PRICE_SHARE) * like + PRICE_SHARE * near : -INFINITY;
    }
}

static int ask_attributes(vt_context *c, const reason *why, vt_error *err)
{
    int32_t item = -1;
    int status = vt_context_item(&item, c, c->request->item, err);
    if (status == VT_OK) {
        score_attributes(c, item);
        c->allowed[item] = 0;
        status = vt_context_choose(c, err);
    }
    for (size_t i = 0; i < c->n_placed; i++) {
        c->placed[i].by = VT_PLACED_BY_ATTRIBUTES;
    }
    snprintf(c->degraded, sizeof c->degraded, "category, brand and price were compared: %s", why->text);
    return status;
}

static int ask_vectors(vt_answer *out, vt_recommender *r, const vt_request *request, const reason *why, vt_error *err)
{
    vt_search_query query;
    vt_found found = {0};
    vt_search_query_init(&query);
    query.request = *request;
    int status = vt_search(&found, r, &query, err);
    if (status == VT_OK) {
        snprintf(found.answer.degraded, sizeof found.answer.degraded, "texts and photos were compared: %s%s%.400s",
                 why->text, found.degraded[0] == '\0' ? "" : "; ", found.degraded);
        *out = found.answer;
    }
    return status;
}

/* The model, then vectors, then what is known of any item. */
static int ask(vt_answer *out, vt_context *c, vt_error *err)
{
    reason why = {""};
    vt_error none = VT_ERROR_INIT;
    int status = VT_OK;
    if (c->bound->model != NULL) {
        if ((c->bound->info.kind->abilities & VT_MODEL_SIMILAR) == 0) {
            return vt_fail(
                err, VT_ERR_UNSUPPORTED,
                "a model of kind %s cannot tell which items are similar; train one that can, such as itemknn",
                c->bound->info.kind->name);
        }
        status = rank(c, &why, err);
    } else {
        snprintf(why.text, sizeof why.text, "%s", c->recommender->without_model);
    }
    if (status != VT_OK || why.text[0] == '\0') {
        return status != VT_OK ? status : vt_context_answer(out, c, err);
    }
    status = ask_vectors(out, c->recommender, c->request, &why, &none);
    if (status == VT_ERR_NOT_FOUND) { /* no vectors, or none of this item */
        status = ask_attributes(c, &why, err);
        return status != VT_OK ? status : vt_context_answer(out, c, err);
    }
    return status == VT_OK ? VT_OK : vt_fail(err, none.code, "%s", none.message);
}

int vt_similar(vt_answer *out, vt_recommender *recommender, const vt_request *request, vt_error *err)
{
    vt_context c = {0};
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to find similar ones to; name one");
    }
    int status = vt_context_begin(&c, recommender, request, err);
    status = status != VT_OK ? status : ask(out, &c, err);
    vt_context_done(&c);
    return status;
}
