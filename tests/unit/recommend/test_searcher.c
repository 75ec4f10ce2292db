/*
 * Many questions to one shop: a searcher that keeps what it opened, with an index over 1,500 vectors, answers as one
 * that opens everything anew and scans, and it follows what becomes of the items.
 */
#include "scratch.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "encode/vectors.h"
#include "engine.h"
#include "fault.h"
#include "store/store.h"
#include "vitrine/search.h"

enum { N = 1500, D = 16, ID = 5 };

#define HASH "00000000000000000000000000000000000000000000000000000000000000aa"

typedef struct fixture {
    scratch files;
    vt_shop *shop;
} fixture;

static void put(vt_store *store, int i, int64_t stock)
{
    vt_error err = VT_ERROR_INIT;
    char id[ID + 1];
    vt_item item;
    vt_put done;
    vt_item_init(&item);
    snprintf(id, sizeof id, "i%04d", i);
    item.id = vt_str_of(id);
    item.stock = stock;
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

/* Vectors that any two items have in common by chance only, as "vitrine encode" would leave them. */
static void put_vectors(const char *shop)
{
    static vt_content_key keys[N];
    static int64_t at[N + 1], ptr[N + 1], photo_at[N + 1];
    static char text[N * ID + 1];
    vt_error err = VT_ERROR_INIT;
    vt_vector_set *set = NULL;
    vt_rng rng = vt_rng_at(1, "searcher", 0, 0);
    check_ok(vt_vector_set_open(&set, shop, VT_ENCODER_TEXT, HASH, D, &err));
    for (int i = 0; i < N; i++) {
        float vector[D], square = 0.0F;
        for (size_t k = 0; k < D; k++) {
            vector[k] = (float)vt_rng_normal(&rng);
            square += vector[k] * vector[k];
        }
        for (size_t k = 0; k < D; k++) {
            vector[k] /= sqrtf(square);
        }
        snprintf(text + i * ID, ID + 1, "i%04d", i);
        vt_content_key_make(&keys[i], text + i * ID, ID);
        check_ok(vt_vector_set_add(set, &keys[i], vector, NULL, &err));
        at[i + 1] = (int64_t)(i + 1) * ID;
        ptr[i + 1] = i + 1;
    }
    check_ok(vt_vector_set_flush(set, &err));
    vt_vector_set_close(set);
    const vt_item_contents contents = {{N, at, text}, ptr, keys, {N, photo_at, ""}};
    check_ok(vt_item_contents_write(shop, VT_ENCODER_TEXT, "nowhere", HASH, D, &contents, &err));
}

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    f = (fixture){.shop = NULL};
    scratch_init(&f.files);
    check_ok(vt_shop_open(&f.shop, scratch_path(&f.files, "shop"), VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(f.shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (int i = 0; i < N; i++) {
        put(store, i, 1);
    }
    check_ok(vt_store_commit(store, 0, &err));
    put_vectors(vt_shop_path(f.shop));
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->files);
    return 0;
}

static vt_search_query beside(const char *item, int32_t n)
{
    vt_search_query query;
    vt_search_query_init(&query);
    query.by = VT_SEARCH_TEXT;
    query.request.item = item;
    query.request.n = n;
    return query;
}

/* A recommender that stays: it makes indexes. */
static int open_for_many(engine *a, vt_shop *shop, vt_error *err)
{
    vt_live_options options;
    vt_recommender_options of_recommender;
    vt_live_options_init(&options);
    vt_recommender_options_init(&of_recommender);
    of_recommender.threads = 1;
    *a = (engine){NULL, NULL};
    int status = vt_live_open(&a->live, vt_shop_path(shop), &options, err);
    return status != VT_OK ? status : vt_recommender_create(&a->recommender, a->live, NULL, &of_recommender, err);
}

/* Both ways give the same; the first item goes to `first`. */
static void check_same(char first[ID + 1], const fixture *f, engine *searcher, const vt_search_query *query)
{
    vt_error err = VT_ERROR_INIT;
    vt_found kept, fresh;
    check_ok(vt_search(&kept, searcher->recommender, query, &err));
    check_ok(ask_search(&fresh, f->shop, query, &err));
    assert_int_equal(kept.answer.n, query->request.n);
    assert_int_equal(kept.answer.n, fresh.answer.n);
    assert_int_equal(kept.answer.candidates, fresh.answer.candidates);
    for (size_t i = 0; i < kept.answer.n; i++) {
        assert_string_equal(kept.answer.items[i].item, fresh.answer.items[i].item);
        assert_float_equal(kept.answer.items[i].score, fresh.answer.items[i].score, 1e-6);
    }
    snprintf(first, ID + 1, "%s", kept.answer.items[0].item);
    vt_found_done(&kept);
    vt_found_done(&fresh);
}

static void answers_as_a_fresh_one(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    engine searcher;
    char first[ID + 1];
    check_ok(open_for_many(&searcher, f->shop, &err));
    for (int32_t i = 0; i < 20; i++) {
        char id[ID + 1];
        snprintf(id, sizeof id, "i%04d", (int)i * 70);
        vt_search_query query = beside(id, i % 2 == 0 ? 10 : 200);
        check_same(first, f, &searcher, &query);
    }
    vt_search_query more = beside("i0007", 300); /* more than the index gives: scanned */
    check_same(first, f, &searcher, &more);
    engine_close(&searcher);
}

static void follows_the_items(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(f->shop);
    engine searcher;
    char before[ID + 1], after[ID + 1];
    vt_search_query query = beside("i0007", 5);
    check_ok(open_for_many(&searcher, f->shop, &err));
    check_same(before, f, &searcher, &query);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    put(store, (int)strtol(before + 1, NULL, 10), 0); /* sold out */
    put(store, N, 1);                                 /* new, without a vector */
    check_ok(vt_store_commit(store, 0, &err));
    check_ok(vt_live_refresh(searcher.live, NULL, &err));
    check_ok(vt_recommender_refresh(searcher.recommender, &err));
    check_same(after, f, &searcher, &query);
    assert_string_not_equal(before, after);
    query.request.item = "i1500";
    vt_found found = {.answer.n = 77};
    assert_int_equal(vt_search(&found, searcher.recommender, &query, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(found.answer.n, 77);
    engine_close(&searcher);
}

static int ask_twice(void *context, vt_error *err)
{
    const fixture *f = context;
    engine searcher;
    int status = open_for_many(&searcher, f->shop, err);
    for (int i = 0; status == VT_OK && i < 2; i++) {
        vt_search_query query = beside(i == 0 ? "i0001" : "i0002", 3);
        vt_found found = {0};
        status = vt_search(&found, searcher.recommender, &query, err);
        vt_found_done(&found);
    }
    engine_close(&searcher);
    return status;
}

static void no_memory(void **state)
{
    assert_true(fault_allocations(ask_twice, *state) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_as_a_fresh_one, setup, teardown),
        cmocka_unit_test_setup_teardown(follows_the_items, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
