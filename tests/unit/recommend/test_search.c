/*
 * Searching a shop of eight products by words, by vectors written by hand and by both; what is missing is said, and the
 * rest answers.
 */
#include "tea_shop.h"

#include <math.h>

#include "encoders.h"
#include "engine.h"
#include "fault.h"
#include "hand_vectors.h"
#include "vitrine/search.h"

#define HASH "00000000000000000000000000000000000000000000000000000000000000aa"

/* What vectors are made for; no others. */
static const char *const ids[] = {"bare", "black", "cup", "gone", "green", "mint", "pot"};
/* Cosine with green: bare 0, black .96, cup .6, gone 1, mint .8, pot 0. */
static const float says[] = {0, 1, 0.96F, 0.28F, 0.6F, -0.8F, 1, 0, 1, 0, 0.8F, 0.6F, 0, -1};
/* Cosine with green: bare .96, black 0, cup .8, gone 0, mint .28, pot .6. */
static const float shows[] = {0.96F, 0.28F, 0, 1, 0.8F, 0.6F, 0, 1, 1, 0, 0.28F, 0.96F, 0.6F, 0.8F};

static int setup(void **state)
{
    static tea_shop tea;
    tea = (tea_shop){0};
    tea_shop_init(&tea, NULL);
    *state = &tea;
    return 0;
}

static int teardown(void **state)
{
    tea_shop_done(*state);
    return 0;
}

static void put_texts(const tea_shop *tea)
{
    put_vectors(vt_shop_path(tea->shop), VT_ENCODER_TEXT, "nowhere", HASH, says, ids, 7, 2);
}

static void put_photos(const tea_shop *tea)
{
    put_vectors(vt_shop_path(tea->shop), VT_ENCODER_IMAGE, "nowhere", HASH, shows, ids, 7, 2);
}

static vt_search_query query_of(const char *text, const char *item, vt_search_by by)
{
    vt_search_query query;
    vt_search_query_init(&query);
    query.text = text;
    query.by = by;
    query.request.item = item;
    query.request.now = TEA_NOW;
    return query;
}

/* The ids, best first, a blank after each. */
static void check_found(const tea_shop *tea, const vt_search_query *query, const char *expected, const char *degraded)
{
    vt_error err = VT_ERROR_INIT;
    vt_found found;
    char text[512] = "";
    check_ok(ask_search(&found, tea->shop, query, &err));
    for (size_t i = 0; i < found.answer.n; i++) {
        strncat(text, found.answer.items[i].item, 100);
        strncat(text, " ", 2);
        assert_true(i == 0 || found.answer.items[i].score <= found.answer.items[i - 1].score);
    }
    assert_string_equal(text, expected);
    if (degraded == NULL) {
        assert_string_equal(found.degraded, "");
    } else if (strstr(found.degraded, degraded) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", found.degraded, degraded);
    }
    vt_found_done(&found);
}

static void check_refused(const tea_shop *tea, const vt_search_query *query, int status, const char *message)
{
    vt_error err = VT_ERROR_INIT;
    vt_found found = {.answer.n = 77};
    assert_int_equal(ask_search(&found, tea->shop, query, &err), status);
    if (strstr(err.message, message) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    }
    assert_int_equal(found.answer.n, 77);
}

static void words_alone(void **state)
{
    const tea_shop *tea = *state;
    static const char says_so[] = "only words were compared";
    vt_search_query query = query_of("Green teas", NULL, VT_SEARCH_BOTH);
    /* green has it in its title; black says tea twice; gone is sold out, later not yet on sale */
    check_found(tea, &query, "green black mint pot ", says_so);
    check_found(tea, &query, "green black mint pot ", "encode\" makes them");
    query.request.keep_unavailable = true;
    check_found(tea, &query, "green gone black later mint pot ", says_so);
    query.request.n = 2;
    check_found(tea, &query, "green gone ", says_so);
    query = query_of("tea", NULL, VT_SEARCH_BOTH);
    query.request.category = "Tea & Coffee > Black Tea";
    check_found(tea, &query, "black ", says_so);
    query = query_of("töpferei OR \"mint", NULL, VT_SEARCH_BOTH);
    check_found(tea, &query, "mint cup pot ", says_so);
    query.request.price_max = 1500;
    check_found(tea, &query, "mint cup ", says_so);
    query.request.brand = "Brook";
    check_found(tea, &query, "", says_so);
}

static void beside_an_item(void **state)
{
    const tea_shop *tea = *state;
    vt_search_query query = query_of(NULL, "green", VT_SEARCH_TEXT);
    check_refused(tea, &query, VT_ERR_NOT_FOUND, "encode");
    put_texts(tea);
    check_found(tea, &query, "black mint cup bare pot ", NULL);
    query.request.n = 2;
    check_found(tea, &query, "black mint ", NULL);
    query = query_of(NULL, "green", VT_SEARCH_IMAGE);
    check_refused(tea, &query, VT_ERR_NOT_FOUND, "encode");
    query.by = VT_SEARCH_BOTH;
    check_found(tea, &query, "black mint cup bare pot ", "only texts were compared");
    put_photos(tea);
    query.by = VT_SEARCH_IMAGE;
    check_found(tea, &query, "bare cup pot mint black ", NULL);
    query.by = VT_SEARCH_BOTH;
    /*
     * Ranks (text, image): black 1 5, mint 2 4, cup 3 2, bare 4 1, pot 5 3. 1/61 + 1/65 = .031778;
     * 1/62 + 1/64 = .031754; 1/63 + 1/62 = .032002; 1/64 + 1/61 = .032018; 1/65 + 1/63 = .031258
     */
    check_found(tea, &query, "bare cup black mint pot ", NULL);
    query.request.item = "later";
    check_refused(tea, &query, VT_ERR_NOT_FOUND, "item \"later\" has no text vector");
    query.request.item = "nobody";
    check_refused(tea, &query, VT_ERR_NOT_FOUND, "no item \"nobody\"");
}

/* Vectors are there, but not the encoder that a text would have to go through. */
static void no_encoder(void **state)
{
    const tea_shop *tea = *state;
    put_texts(tea);
    put_photos(tea);
    vt_search_query query = query_of("mint", NULL, VT_SEARCH_BOTH);
    check_found(tea, &query, "mint ", "only words were compared: ");
    query = query_of(NULL, NULL, VT_SEARCH_BOTH);
    query.photo = "/nowhere/photo.jpg";
    check_refused(tea, &query, VT_ERR_NOT_FOUND, "/nowhere/photo.jpg");
}

static void wrong_questions(void **state)
{
    const tea_shop *tea = *state;
    vt_search_query query = query_of(NULL, NULL, VT_SEARCH_BOTH);
    check_refused(tea, &query, VT_ERR_USAGE, "give one of them");
    query = query_of("tea", "green", VT_SEARCH_BOTH);
    check_refused(tea, &query, VT_ERR_USAGE, "give one of them");
    query = query_of(" \t ", NULL, VT_SEARCH_BOTH);
    check_refused(tea, &query, VT_ERR_USAGE, "is empty");
    query = query_of("tea", NULL, VT_SEARCH_BOTH);
    query.request.n = 0;
    check_refused(tea, &query, VT_ERR_USAGE, "0 items cannot be asked for");
    query.request.n = 10;
    query.photo = "p.jpg";
    check_refused(tea, &query, VT_ERR_USAGE, "give one of them");
}

/* Words and vectors together, through a small network: what both find stands first. */
static void words_and_vectors(void **state)
{
    const tea_shop *tea = *state;
    vt_error err = VT_ERROR_INIT;
    scratch files;
    vt_encoder *encoder = NULL;
    scratch_init(&files);
    put_encoder(&files, "tiny-text");
    if (!open_encoder(&encoder, "tiny-text", 1)) {
        scratch_done(&files);
        skip();
    }
    const vt_encoder_info *info = vt_encoder_describe(encoder);
    size_t d = (size_t)info->dimensions;
    float *vectors = vt_alloc(7 * d, sizeof *vectors, NULL);
    vt_str texts[7];
    for (int i = 0; i < 7; i++) {
        texts[i] = vt_str_of(ids[i]);
    }
    check_ok(vt_encoder_texts(encoder, texts, 7, vectors, &err));
    put_vectors(vt_shop_path(tea->shop), VT_ENCODER_TEXT, "tiny-text", info->hash, vectors, ids, 7, d);
    vt_search_query query = query_of("mint", NULL, VT_SEARCH_BOTH);
    vt_found found;
    check_ok(ask_search(&found, tea->shop, &query, &err));
    assert_string_equal(found.degraded, "");
    assert_string_equal(found.answer.items[0].item, "mint");
    assert_string_equal(found.answer.items[0].source, "words+text");
    assert_string_equal(found.answer.items[1].source, "text");
    assert_int_equal(found.answer.n, 6); /* all that may be listed and have a vector */
    vt_found_done(&found);
    put_vectors(vt_shop_path(tea->shop), VT_ENCODER_TEXT, "tiny-text", HASH, vectors, ids, 7, d);
    check_found(tea, &query, "mint ", "another than the one that made the shop's vectors");
    vt_encoder_close(encoder);
    vt_free(vectors);
    scratch_done(&files);
}

typedef struct one_search {
    vt_shop *shop;
    vt_search_query query;
} one_search;

static int search_once(void *context, vt_error *err)
{
    one_search *once = context;
    vt_found found;
    int status = ask_search(&found, once->shop, &once->query, err);
    vt_found_done(status == VT_OK ? &found : NULL);
    return status;
}

static void no_memory(void **state)
{
    const tea_shop *tea = *state;
    put_texts(tea);
    put_photos(tea);
    one_search once = {tea->shop, query_of(NULL, "green", VT_SEARCH_BOTH)};
    assert_true(fault_allocations(search_once, &once) > 20);
    once.query = query_of("green tea", NULL, VT_SEARCH_BOTH);
    assert_true(fault_allocations(search_once, &once) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(beside_an_item, setup, teardown),
        cmocka_unit_test_setup_teardown(no_encoder, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_questions, setup, teardown),
        cmocka_unit_test_setup_teardown(words_and_vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
