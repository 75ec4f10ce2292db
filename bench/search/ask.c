/*
 * Times whole questions to a shop of N items, "similar ITEM --by text" with vectors of D dimensions, on one thread:
 * asked once, which opens all there is and scans, and asked of a searcher, which keeps it and has an index.
 *
 *     bench_ask SHOP N D QUESTIONS
 *
 * Makes the shop in SHOP, with made-up vectors (lengths along the directions fall off as 1/sqrt(k)). Prints a line of
 * milliseconds: a question asked once (median), of it reading vectors and scanning them, the searcher's first question,
 * and the median and p99 of the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "encode/vectors.h"
#include "recommend/vector_rows.h"
#include "store/store.h"
#include "support/vectors.h"
#include "vitrine/search.h"

enum { ONCE = 5, RESULTS = 10 };

static int put_items(vt_shop *shop, size_t n, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        char id[16], title[32];
        vt_item item;
        vt_put done;
        vt_item_init(&item);
        snprintf(id, sizeof id, "%07zu", i);
        snprintf(title, sizeof title, "product %zu", i);
        item.id = vt_str_of(id);
        item.title = vt_str_of(title);
        status = vt_store_put_item(store, &item, &done, err);
    }
    return status == VT_OK ? vt_store_commit(store, 0, err) : status;
}

/* What stands in memory for one question, or for many. */
typedef struct opened {
    vt_live *live;
    vt_recommender *recommender;
} opened;

static void done(opened *o)
{
    vt_recommender_free(o->recommender);
    vt_live_close(o->live);
    *o = (opened){NULL, NULL};
}

static int open_shop(opened *o, vt_shop *shop, bool once, vt_error *err)
{
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    of_recommender.threads = 1;
    of_recommender.once = once;
    int status = vt_live_open(&o->live, vt_shop_path(shop), &options, err);
    return status != VT_OK ? status : vt_recommender_create(&o->recommender, o->live, NULL, &of_recommender, err);
}

/* Milliseconds of question `number`, to a shop that is opened for it where `stays` is NULL. */
static int ask(double *ms, vt_shop *shop, const opened *stays, size_t n, size_t number, vt_error *err)
{
    opened fresh = {NULL, NULL};
    char item[32];
    vt_found found = {0};
    vt_search_query query;
    vt_search_query_init(&query);
    snprintf(item, sizeof item, "%07zu", number * 7919 % n);
    query.by = VT_SEARCH_TEXT;
    query.request.item = item;
    query.request.n = RESULTS;
    double began = vt_seconds();
    int status = stays != NULL ? VT_OK : open_shop(&fresh, shop, true, err);
    status = status != VT_OK ? status
                             : vt_search(&found, stays != NULL ? stays->recommender : fresh.recommender, &query, err);
    *ms = (vt_seconds() - began) * 1e3;
    if (status == VT_OK && found.answer.n != RESULTS) {
        status = vt_fail(err, VT_ERR_CORRUPT, "%zu items were found", found.answer.n);
    }
    vt_found_done(&found);
    done(&fresh);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of a question asked once: reading the vectors, and scanning them. */
static int parts(double *read, double *scan, vt_shop *shop, vt_error *err)
{
    int32_t index[RESULTS];
    float score[RESULTS];
    vt_item_vectors *vectors = NULL;
    double began = vt_seconds();
    int status = vt_item_vectors_map(&vectors, vt_shop_path(shop), VT_ENCODER_TEXT, err);
    *read = (vt_seconds() - began) * 1e3;
    if (status == VT_OK) {
        const vt_rows rows = vt_vector_rows(vectors);
        began = vt_seconds();
        vt_nearest(index, score, &rows, vt_item_vector(vectors, 0, NULL), NULL, RESULTS);
        *scan = (vt_seconds() - began) * 1e3;
    }
    vt_item_vectors_free(vectors);
    return status;
}

static int run(vt_shop *shop, size_t n, size_t d, size_t questions, vt_error *err)
{
    double *ms = vt_alloc(questions + 1, sizeof *ms, err), once[ONCE], read = 0.0, scan = 0.0, first = 0.0;
    opened stays = {NULL, NULL};
    int status = ms == NULL ? VT_ERR_NO_MEMORY : put_items(shop, n, err);
    status = status == VT_OK ? bench_put_vectors(vt_shop_path(shop), VT_ENCODER_TEXT, "", n, d, err) : status;
    for (size_t i = 0; status == VT_OK && i < ONCE; i++) {
        status = ask(&once[i], shop, NULL, n, i, err);
    }
    status = status == VT_OK ? parts(&read, &scan, shop, err) : status;
    status = status == VT_OK ? open_shop(&stays, shop, false, err) : status;
    status = status == VT_OK ? ask(&first, shop, &stays, n, questions, err) : status;
    for (size_t i = 0; status == VT_OK && i < questions; i++) {
        status = ask(&ms[i], shop, &stays, n, i, err);
    }
    if (status == VT_OK) {
        qsort(once, ONCE, sizeof *once, by_size);
        qsort(ms, questions, sizeof *ms, by_size);
        printf("%.2f %.2f %.2f %.2f %.3f %.3f\n", once[ONCE / 2], read, scan, first, ms[questions / 2],
               ms[questions * 99 / 100]);
    }
    done(&stays);
    vt_free(ms);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    if (argc != 5) {
        fprintf(stderr, "usage: bench_ask SHOP N D QUESTIONS\n");
        return 2;
    }
    int status = vt_shop_open(&shop, argv[1], VT_SHOP_CREATE, &err);
    if (status == VT_OK) {
        status = run(shop, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10), &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "bench_ask: %s\n", err.message);
    }
    vt_shop_close(shop);
    return status;
}
