/* Kinds of computed rows, and how programs write and read them. */
#include "vitrine/results.h"

#include <string.h>

#include "base/clock.h"
#include "store/store.h"

static const vt_result_kind kinds[] = {
    {"next_item", VT_RESULT_OF_USER, true},          {"phrase_against", VT_RESULT_OF_ITEM, false},
    {"phrase_for", VT_RESULT_OF_ITEM, false},        {"sentiment", VT_RESULT_OF_ITEM, false},
    {"sentiment_quality", VT_RESULT_OF_SHOP, false}, {"method_ndcg", VT_RESULT_OF_SHOP, false},
    {"method_recall", VT_RESULT_OF_SHOP, false},     {"method_coverage", VT_RESULT_OF_SHOP, false},
    {"method_diversity", VT_RESULT_OF_SHOP, false},
};

const vt_result_kind *vt_result_kind_at(size_t i)
{
    return i < sizeof kinds / sizeof *kinds ? &kinds[i] : NULL;
}

const vt_result_kind *vt_result_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* An array as the store takes rows: one by one. */
typedef struct cursor {
    const vt_result *rows;
    size_t n, at;
} cursor;

static int next_row(void *context, const vt_result **row, vt_error *err)
{
    (void)err;
    cursor *c = context;
    *row = c->at < c->n ? &c->rows[c->at++] : NULL;
    return VT_OK;
}

int vt_results_replace(vt_shop *shop, const vt_result_rows *sets, size_t n, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    int64_t now = vt_now();
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        cursor c = {sets[i].rows, sets[i].n, 0};
        status = vt_store_replace_results(store, sets[i].kind, now, next_row, &c, err);
    }
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

int vt_results_each(vt_shop *shop, const char *kind, const char *subject, vt_result_each each, void *context,
                    vt_error *err)
{
    return vt_store_each_result(vt_shop_store(shop), kind, subject, each, context, err);
}
