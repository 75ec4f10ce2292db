/* The table of kinds, and answering a query of one. */
#include "insight/kind.h"

#include <string.h>

#include "base/suggest.h"
#include "insight/churn/churn_answer.h"
#include "insight/churn/churn_shop.h"
#include "insight/clv/answer.h"
#include "insight/demand/demand_answer.h"
#include "insight/price/elasticity_answer.h"
#include "insight/price/elasticity_shop.h"
#include "insight/rhythm/rhythm.h"

static const vt_insight_kind kinds[] = {
    {"overview", "how business goes, and what made the difference", vt_overview_of_shop, NULL},
    {"elasticity", "how sales answer to prices, and which price is worth trying", vt_elasticity_of_shop,
     vt_elasticity_of_file},
    {"prices", "which prices are worth trying, and what they should bring", vt_prices_of_shop, NULL},
    {"churn", "who is about to be lost, how sure that is, and why", vt_churn_of_shop, vt_churn_of_file},
    {"clv", "what customers will buy and bring, and who still buys", vt_clv_of_shop, vt_clv_of_file},
    {"baskets", "what is bought together, and dearer goods that were taken", vt_baskets_shop, vt_baskets_file},
    {"sales", "what explains a change, when people buy", vt_sales_of_shop, NULL},
    {"customers", "who buys, new and returning, and who spends more", vt_customers_of_shop, NULL},
    {"products", "what sells, what moved, what lies", vt_products_of_shop, NULL},
    {"trends", "what rises and falls, and when is the season of what", vt_trends_of_shop, NULL},
    {"recommendations", "what is shown, clicked and bought after it", vt_recommendations_of_shop, NULL},
    {"actions", "what is worth doing today", vt_actions_of_shop, NULL},
    {"sentiment", "what reviews say for and against which product", vt_sentiment_of_shop, NULL},
    {"segments", "groups of customers by recency, frequency and money", vt_segments_of_shop, NULL},
    {"cohorts", "who comes back, and when the second order comes", vt_cohorts_of_shop, NULL},
    {"rhythm", "how often customers order, when the next order comes, whose silence is too long", vt_rhythm_of_shop,
     vt_rhythm_of_file},
    {"demand", "what will be sold, what rises and falls, and what to have in stock", vt_demand_of_shop,
     vt_demand_of_file},
    {"stock", "what runs out, what to order, and what lies", vt_stock_of_shop, NULL},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

bool vt_insight_kind_at(vt_insight_info *out, size_t index)
{
    if (index >= KINDS) {
        return false;
    }
    const vt_insight_kind *kind = &kinds[index];
    *out = (vt_insight_info){kind->name, kind->summary, kind->of_shop != NULL, kind->of_file != NULL};
    return true;
}

static int find_kind(const vt_insight_kind **out, const char *name, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *out = &kinds[i];
            return VT_OK;
        }
        vt_suggestion_offer(&near, kinds[i].name, strlen(kinds[i].name));
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no insight \"%.60s\"; did you mean \"%.*s\"?", name,
                       (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no insight \"%.60s\"", name);
}

/* Finishes what was filled, or gives the first error. */
static int finish(vt_insight **out, vt_document *document, int status, vt_error *err)
{
    if (status != VT_OK) {
        vt_document_free(document);
        return status;
    }
    return vt_document_finish(out, document, err);
}

/* What the data lack is an answer too: the message becomes the sentence. */
static int say_what_is_missing(vt_document *document, vt_error *why)
{
    char first = why->message[0];
    size_t len = strlen(why->message);
    vt_document_lead(document, "%c%s%s", first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first, why->message + 1,
                     len > 0 && why->message[len - 1] == '.' ? "" : ".");
    return vt_document_status(document, why);
}

static int ask_view(vt_document *document, const vt_insight_kind *kind, const vt_view *view, const char *shop_path,
                    const vt_insight_options *options, vt_error *err)
{
    vt_scope scope;
    vt_error why = VT_ERROR_INIT;
    int status = vt_scope_open(&scope, view, options, err);
    if (status != VT_OK) {
        return status;
    }
    scope.shop_path = shop_path;
    if (options->masked) {
        vt_document_mask(document);
    }
    vt_scope_describe(document, &scope);
    status = kind->of_shop(document, &scope, options, &why);
    vt_scope_close(&scope);
    if (status == VT_ERR_UNSUPPORTED && why.message[0] != '\0') {
        status = say_what_is_missing(document, &why);
    }
    return status == VT_OK ? VT_OK : vt_fail(err, status, "%s", why.message);
}

int vt_insight_ask(vt_insight **out, vt_live *live, const char *name, const vt_insight_options *options, vt_error *err)
{
    const vt_insight_kind *kind = NULL;
    vt_document *document = NULL;
    int status = vt_insight_options_check(options, err);
    status = status != VT_OK ? status : find_kind(&kind, name, err);
    if (status == VT_OK && kind->of_shop == NULL) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "%s reads files; name one", name);
    }
    status = status != VT_OK ? status : vt_document_create(&document, kind->name, err);
    if (status != VT_OK) {
        return status;
    }
    vt_view *view = vt_live_view(live);
    status = ask_view(document, kind, view, vt_live_path(live), options, err);
    vt_view_release(view);
    return finish(out, document, status, err);
}

int vt_insight_file(vt_insight **out, const char *path, const char *name, const vt_insight_options *options,
                    vt_error *err)
{
    const vt_insight_kind *kind = NULL;
    vt_document *document = NULL;
    int status = vt_insight_options_check(options, err);
    status = status != VT_OK ? status : find_kind(&kind, name, err);
    if (status == VT_OK && kind->of_file == NULL) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED, "%s is asked of a shop, not of a file", name);
    }
    status = status != VT_OK ? status : vt_document_create(&document, kind->name, err);
    if (status != VT_OK) {
        return status;
    }
    return finish(out, document, kind->of_file(document, path, options, err), err);
}
