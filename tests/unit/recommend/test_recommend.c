/* Recommendations and similar items over a shop of eight products: order, filters, filling, strangers, messages. */
#include "recommend_fixture.h"

#include "base/alloc.h"
#include "fault.h"
#include "hand_vectors.h"
#include "model/model.h"

static void check_recommended(const fixture *f, const vt_model *model, const vt_request *request, const char *expected)
{
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(ask_recommend(&answer, f->tea.shop, model, request, &err));
    check_answer(&answer, expected);
    vt_answer_done(&answer);
}

/*
 * dan bought black and mint. Others of their buyers bought green (ann, bob, cat), pot (ann), gone (bob, out of stock)
 * and later (cat, not on sale yet). What is left, cup and bare, is filled in by how often it was bought.
 */
static void neighbours_first_then_what_is_popular(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of("dan", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "green:itemknn pot:itemknn cup:popularity bare:popularity ");
    assert_int_equal(answer.history, 2);
    assert_int_equal(answer.candidates, 4);
    assert_string_equal(answer.currency, "EUR");
    assert_true(answer.items[0].score > answer.items[1].score && answer.items[1].score > 0);
    assert_true(answer.items[2].score == 1 && answer.items[3].score == 0);
    assert_string_equal(answer.items[0].title, "The green");
    assert_string_equal(answer.items[0].category, "Tea & Coffee > Green Tea");
    assert_string_equal(answer.items[0].brand, "Hillmist");
    assert_int_equal(answer.items[0].price, 1290);
    assert_string_equal(answer.items[3].title, "");
    assert_string_equal(answer.items[3].brand, "");
    assert_true(answer.items[3].price == VT_NONE);
    vt_answer_done(&answer);
    vt_answer_done(&answer);
    assert_null(answer.items);
}

static void filters_hold_for_scores_and_filling(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of("dan", 10);
    request.category = "tea & coffee";
    check_recommended(f, f->model, &request, "green:itemknn ");
    request.keep_unavailable = true;
    check_recommended(f, f->model, &request, "green:itemknn later:itemknn gone:itemknn ");
    request = request_of("dan", 10);
    request.brand = "TÖPFEREI";
    check_recommended(f, f->model, &request, "pot:itemknn cup:popularity ");
    request.price_max = 2000;
    check_recommended(f, f->model, &request, "cup:popularity ");
    request.category = "Garden";
    check_recommended(f, f->model, &request, "");
    request = request_of("dan", 2);
    request.keep_seen = true;
    request.category = "Tea & Coffee > Black Tea";
    check_recommended(f, f->model, &request, "black:itemknn ");
    /* a second later green's neighbour "later" is on sale, and cup no longer is */
    request = request_of("dan", 10);
    request.now = TEA_NOW + 1;
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    bool later = false;
    for (size_t i = 0; i < answer.n; i++) {
        later = later || strcmp(answer.items[i].item, "later") == 0;
        assert_string_not_equal(answer.items[i].item, "cup");
    }
    assert_true(later);
    vt_answer_done(&answer);
}

static void first_n_of_many(void **state)
{
    const fixture *f = *state;
    const char *users[] = {"ann", "bob", "cat", "dan", "eve", "zoe"};
    const vt_model *models[] = {f->model, f->popularity};
    for (size_t m = 0; m < 2; m++) {
        for (size_t u = 0; u < 6; u++) {
            vt_answer all = {0};
            vt_error err = VT_ERROR_INIT;
            vt_request request = request_of(users[u], 50);
            check_ok(ask_recommend(&all, f->tea.shop, models[m], &request, &err));
            for (request.n = 1; request.n <= (int32_t)all.n + 1; request.n++) {
                vt_answer some = {0};
                check_ok(ask_recommend(&some, f->tea.shop, models[m], &request, &err));
                assert_int_equal(some.n, request.n > (int32_t)all.n ? all.n : (size_t)request.n);
                for (size_t i = 0; i < some.n; i++) {
                    assert_string_equal(some.items[i].item, all.items[i].item);
                    assert_string_equal(some.items[i].source, all.items[i].source);
                }
                vt_answer_done(&some);
            }
            vt_answer_done(&all);
        }
    }
}

/* Bought most: green 4, black 3, then mint and pot with 2 by id, cup 1, bare 0. zoe did nothing. */
static void no_history_gets_what_is_popular(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of("zoe", 10);
    const char *popular = "green:popularity black:popularity mint:popularity pot:popularity cup:popularity "
                          "bare:popularity ";
    check_recommended(f, f->model, &request, popular);
    check_recommended(f, f->popularity, &request, popular);
}

/* yan came after the model was fitted and bought mint; views alone make no history. */
static void strangers_work_from_their_history(void **state)
{
    fixture *f = *state;
    const event_row rows[] = {{"yan", "mint", 400, 0, VT_EVENT_PURCHASE, 0}, {"wim", "mint", 400, 0, VIEW_ROW, 0}};
    tea_shop_add(&f->tea, rows, 2);
    vt_request request = request_of("yan", 3);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    assert_int_equal(answer.history, 1);
    assert_string_equal(answer.items[0].source, "itemknn");
    for (size_t i = 0; i < answer.n; i++) {
        assert_string_not_equal(answer.items[i].item, "mint");
    }
    vt_answer_done(&answer);
    request.user = "wim";
    check_recommended(f, f->model, &request, "green:popularity black:popularity mint:popularity ");
    /* what eve, whom the model knows, buys now is seen at once */
    const event_row more[] = {{"eve", "black", 500, 0, VT_EVENT_PURCHASE, 0}};
    tea_shop_add(&f->tea, more, 1);
    request = request_of("eve", 10);
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    for (size_t i = 0; i < answer.n; i++) {
        assert_string_not_equal(answer.items[i].item, "black");
    }
    assert_int_equal(answer.history, 4);
    vt_answer_done(&answer);
}

/* eve liked green and purchased pot and cup: what was only liked may be recommended. */
static void seen_means_purchased_or_rated(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of("eve", 1);
    check_recommended(f, f->popularity, &request, "green:popularity ");
    request.user = "cat"; /* rated green and mint */
    check_recommended(f, f->popularity, &request, "black:popularity ");
}

/* cat rated green 5, mint 4 and later 3: a model of purchases and ratings of 4 and more works from two of them. */
static void the_history_is_what_the_model_counts(void **state)
{
    (void)state;
    fixture f = {0};
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    vt_request request = request_of("cat", 10);
    request.keep_unavailable = true;
    tea_shop_init(&f.tea, "purchase|rating>=4");
    fit(&f, &f.model, "itemknn");
    const char *path = scratch_path(&f.tea.files, "m.safetensors");
    check_ok(vt_model_save(f.model, path, &err));
    vt_model_free(f.model);
    f.model = NULL;
    check_ok(vt_model_load(&f.model, path, &err));
    check_ok(ask_recommend(&answer, f.tea.shop, f.model, &request, &err));
    assert_int_equal(answer.history, 2);
    for (size_t i = 0; i < answer.n; i++) {
        assert_string_not_equal(answer.items[i].item, "later"); /* rated, so seen */
    }
    vt_answer_done(&answer);
    request.user = "eve"; /* the like of green does not count */
    check_ok(ask_recommend(&answer, f.tea.shop, f.model, &request, &err));
    assert_int_equal(answer.history, 2);
    vt_answer_done(&answer);
    vt_model_free(f.model);
    tea_shop_done(&f.tea);
}

/* Bought together with mint: green by cat, black by dan, later by cat. */
static void similar_items(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of(NULL, 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    request.item = "mint";
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    assert_int_equal(answer.n, 2);
    for (size_t i = 0; i < answer.n; i++) {
        const char *item = answer.items[i].item;
        assert_true(strcmp(item, "green") == 0 || strcmp(item, "black") == 0);
        assert_string_equal(answer.items[i].source, "itemknn");
        assert_true(i == 0 || answer.items[i - 1].score >= answer.items[i].score);
    }
    vt_answer_done(&answer);
    request.category = "Tea & Coffee > Green Tea";
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "green:itemknn ");
    vt_answer_done(&answer);
    request = request_of(NULL, 10);
    request.item = "bare"; /* nobody bought it */
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    assert_int_equal(answer.n, 0);
    vt_answer_done(&answer);
}

static void check_message(int status, int code, const vt_error *err, const char *why)
{
    assert_int_equal(status, code);
    assert_int_equal(err->code, code);
    if (strstr(err->message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err->message, why);
    }
}

static void what_cannot_be_is_said(void **state)
{
    fixture *f = *state;
    vt_answer answer = {.n = 77};
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = f->tea.shop;
    vt_request r = request_of("Dan", 10);
    check_message(ask_recommend(&answer, shop, f->model, &r, &err), VT_ERR_NOT_FOUND, &err, "no user \"Dan\" in shop ");
    assert_non_null(strstr(err.message, "; ids are case-sensitive"));
    r = request_of(NULL, 10);
    check_message(ask_recommend(&answer, shop, f->model, &r, &err), VT_ERR_USAGE, &err, "no user is named");
    check_message(ask_similar(&answer, shop, f->model, &r, &err), VT_ERR_USAGE, &err, "no item is named");
    r.item = "Mint";
    check_message(ask_similar(&answer, shop, f->model, &r, &err), VT_ERR_NOT_FOUND, &err, "no item \"Mint\" in shop ");
    check_message(ask_similar(&answer, shop, f->popularity, &r, &err), VT_ERR_UNSUPPORTED, &err,
                  "a model of kind popularity cannot tell");
    r = request_of("dan", 0);
    check_message(ask_recommend(&answer, shop, f->model, &r, &err), VT_ERR_USAGE, &err, "0 items cannot be asked for");
    r = request_of("dan", 1);
    r.price_min = 5;
    r.price_max = 4;
    check_message(ask_recommend(&answer, shop, f->model, &r, &err), VT_ERR_USAGE, &err, "is reversed");
    assert_int_equal(answer.n, 77);
}

static void put_item(fixture *f, const tea_item *row)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(f->tea.shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    tea_put_item(store, row);
    check_ok(vt_store_commit(store, 0, &err));
}

/*
 * A green tea of Hillmist that came after the model: .9 + .1 x 12.90 / 14.00 for green; black shares one level of two
 * and the brand, .9 x .625 and the price; mint one category written otherwise, and later one level.
 */
static void new_items_by_what_they_are(void **state)
{
    fixture *f = *state;
    const tea_item matcha = {"matcha", "Tea & Coffee > Green Tea", "Hillmist", 1400, 4, VT_NONE, VT_NONE};
    vt_request request = request_of(NULL, 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    put_item(f, &matcha);
    request.item = "matcha";
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "green:attributes black:attributes ");
    assert_true(fabs(answer.items[0].score - (0.9 + 0.1 * 1290 / 1400)) < 1e-5);
    assert_true(fabs(answer.items[1].score - (0.9 * 0.625 + 0.1 * 900 / 1400)) < 1e-5);
    assert_string_equal(answer.degraded,
                        "category, brand and price were compared: item \"matcha\" came after the model "
                        "was fitted, or it was fitted without");
    vt_answer_done(&answer);
    request.item = "bare"; /* the model has it, but nobody bought it, and nothing is known of it */
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "");
    assert_string_equal(answer.degraded,
                        "category, brand and price were compared: nobody has bought item \"bare\" yet, as "
                        "far as the model knows");
    vt_answer_done(&answer);
    request.item = "green";
    check_ok(ask_similar(&answer, f->tea.shop, NULL, &request, &err));
    check_answer(&answer, "matcha:attributes black:attributes ");
    assert_string_equal(answer.degraded, "category, brand and price were compared: there is no model");
    vt_answer_done(&answer);
}

/* With vectors of texts: matcha says what mint says. */
static void new_items_by_what_they_say(void **state)
{
    fixture *f = *state;
    const tea_item matcha = {"matcha", NULL, NULL, 1400, 4, VT_NONE, VT_NONE};
    const char *const ids[] = {"black", "matcha", "mint"};
    const float vectors[] = {1, 0, 0, 1, 0.6F, 0.8F};
    char hash[65];
    vt_request request = request_of(NULL, 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    memset(hash, 'a', 64);
    hash[64] = '\0';
    put_item(f, &matcha);
    put_vectors(vt_shop_path(f->tea.shop), VT_ENCODER_TEXT, "hand", hash, vectors, ids, 3, 2);
    request.item = "matcha";
    check_ok(ask_similar(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "mint:text black:text ");
    assert_non_null(strstr(answer.degraded, "texts and photos were compared: item \"matcha\" came after the model"));
    assert_non_null(strstr(answer.degraded, "only texts were compared"));
    vt_answer_done(&answer);
    engine without;
    check_ok(engine_open(&without, f->tea.shop, NULL, "its file is damaged", &err));
    check_ok(vt_similar(&answer, without.recommender, &request, &err));
    assert_non_null(strstr(answer.degraded, "texts and photos were compared: its file is damaged; only texts"));
    engine_close(&without);
    vt_answer_done(&answer);
}

static void a_model_of_another_shop(void **state)
{
    fixture *f = *state;
    const event_row rows[] = {{"ann", "x", 1, 5, 0, 0}, {"ann", "y", 2, 5, 0, 0}};
    vt_error err = VT_ERROR_INIT;
    vt_answer answer = {0};
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_request request = request_of("ann", 5);
    vt_fit_options_init(&options);
    check_ok(snapshot_of(&snapshot, rows, 2, NULL, &err));
    check_ok(vt_interactions_create(&train, snapshot, NULL, 0, &err));
    check_ok(vt_model_fit(&model, "popularity", train, &options, &err));
    check_message(ask_recommend(&answer, f->tea.shop, model, &request, &err), VT_ERR_UNSUPPORTED, &err,
                  "the model knows none of the shop's items");
    vt_model_free(model);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

/* The rules of a row, joined: "boost brand=Acme:1.2; explore". */
/* dan's list is green and pot by the model, cup and bare by sales: see neighbours_first_then_what_is_popular. */
static void rules_of_the_shop_and_of_the_request(void **state)
{
    fixture *f = *state;
    vt_request request = request_of("dan", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_rules_save(f->tea.shop, "boost", "brand=Töpferei:+2;item=green:0.9", &err));
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "pot:itemknn green:itemknn cup:popularity bare:popularity ");
    assert_string_equal(answer.rules, "boost=brand=Töpferei:+2;item=green:0.9");
    assert_string_equal(answer.degraded, "");
    check_rules(&answer.items[0], "boost brand=Töpferei:+2");
    check_rules(&answer.items[1], "bury item=green:0.9");
    check_rules(&answer.items[3], "");
    assert_true(answer.items[0].score < answer.items[1].score); /* scores stay what they were */
    assert_true(answer.items[0].change == 2 && answer.items[0].rank == 2 && answer.items[1].rank == 1);
    vt_answer_done(&answer);
    vt_rules rules;
    vt_rules_init(&rules);
    request.rules = &rules;
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "green:itemknn pot:itemknn cup:popularity bare:popularity ");
    assert_string_equal(answer.rules, "none");
    assert_int_equal(answer.items[0].rank, 0);
    vt_answer_done(&answer);
    check_ok(vt_rules_set(&rules, "diversity", "0.5", &err));
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    assert_string_equal(answer.degraded, "items are compared by category and brand alone: run \"vitrine encode\" for "
                                         "their texts and photos");
    vt_answer_done(&answer);
    vt_rules_done(&rules);
}

/* A disliked item is left out until it is liked or bought after all; what is like it says so. */
static void what_is_disliked(void **state)
{
    fixture *f = *state;
    const event_row dislike[] = {{"zoe", "black", 400, 0, VT_EVENT_DISLIKE, 0}};
    const event_row like[] = {{"zoe", "black", 500, 0, VT_EVENT_LIKE, 0}};
    vt_request request = request_of("zoe", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    tea_shop_add(&f->tea, dislike, 1);
    check_ok(ask_recommend(&answer, f->tea.shop, f->popularity, &request, &err));
    check_answer(&answer, "green:popularity mint:popularity pot:popularity cup:popularity bare:popularity ");
    check_rules(&answer.items[0], "fewer like black");
    vt_answer_done(&answer);
    tea_shop_add(&f->tea, like, 1);
    const char *const fewer[] = {"pot"};
    request.fewer_like = fewer;
    request.n_fewer_like = 1;
    check_ok(ask_recommend(&answer, f->tea.shop, f->popularity, &request, &err));
    assert_string_equal(answer.items[0].item, "black"); /* as often wanted as green by now */
    for (size_t i = 0; i < answer.n; i++) {
        assert_string_not_equal(answer.items[i].item, "pot");
    }
    vt_answer_done(&answer);
    const char *const nothing[] = {"coffee"};
    request.fewer_like = nothing;
    assert_int_equal(ask_recommend(&answer, f->tea.shop, f->popularity, &request, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no item \"coffee\" in shop"));
}

/* green is bought again after ten days as a rule; dan bought black, which is not. */
static void what_is_due_comes_back(void **state)
{
    fixture *f = *state;
    enum { DAY = 86400 };
    const int64_t last = TEA_NOW - 10 * DAY;
    event_row rows[8];
    for (int i = 0; i < 8; i++) {
        rows[i] = (event_row){"ann", "green", last - (7 - i) * 10 * DAY, 0, VT_EVENT_PURCHASE, 0};
    }
    tea_shop_add(&f->tea, rows, 8);
    vt_rules rules;
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    vt_request request = request_of("ann", 10);
    vt_rules_init(&rules);
    request.rules = &rules;
    check_recommended(f, f->popularity, &request, "mint:popularity cup:popularity bare:popularity ");
    rules.replenish = true;
    check_ok(ask_recommend(&answer, f->tea.shop, f->popularity, &request, &err));
    check_answer(&answer, "green:popularity mint:popularity cup:popularity bare:popularity ");
    check_rules(&answer.items[0], "due again after 10 days");
    check_rules(&answer.items[1], "");
    vt_answer_done(&answer);
    request.now = TEA_NOW - 1;
    check_recommended(f, f->popularity, &request, "mint:popularity cup:popularity bare:popularity ");
}

/* Without a model: green 4, black 3, mint and pot 2, cup 1, as the store has them; dan has black and mint. */
static void no_model_leaves_what_is_popular(void **state)
{
    const fixture *f = *state;
    vt_request request = request_of("dan", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(ask_recommend(&answer, f->tea.shop, NULL, &request, &err));
    check_answer(&answer, "green:popularity pot:popularity cup:popularity bare:popularity ");
    assert_string_equal(answer.degraded, "what is popular answers: there is no model");
    assert_int_equal(answer.history, 2);
    assert_true(answer.items[0].score == 4 && answer.items[1].score == 2);
    vt_answer_done(&answer);
}

static int run_recommend(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    vt_request request = request_of("dan", 4);
    request.category = "Tea & Coffee";
    int status = ask_recommend(&answer, f->tea.shop, f->model, &request, err);
    vt_answer_done(&answer);
    return status;
}

static int run_similar(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    vt_request request = request_of(NULL, 4);
    request.item = "mint";
    int status = ask_similar(&answer, f->tea.shop, f->model, &request, err);
    vt_answer_done(&answer);
    return status;
}

static int run_with_rules(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    vt_rules rules;
    const char *const fewer[] = {"cup"};
    vt_request request = request_of("dan", 4);
    request.fewer_like = fewer;
    request.n_fewer_like = 1;
    vt_rules_init(&rules);
    rules.replenish = true;
    int status = vt_rules_set(&rules, "boost", "brand=hillmist:2", err);
    request.rules = &rules;
    if (status == VT_OK) {
        status = ask_recommend(&answer, f->tea.shop, NULL, &request, err);
    }
    vt_answer_done(&answer);
    vt_rules_done(&rules);
    return status;
}

static int no_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    (void)state;
    (void)states;
    (void)n;
    (void)scores;
    return vt_fail(err, VT_ERR_UNSUPPORTED, "its vectors are gone");
}

static int no_memory(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    (void)no_score(state, states, n, scores, err);
    return vt_fail(err, VT_ERR_NO_MEMORY, "out of memory");
}

/* A model that fails leaves the answer to what is popular; a lack of memory is no fault of the model. */
static void a_model_that_fails(void **state)
{
    fixture *f = *state;
    vt_request request = request_of("dan", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    const vt_model_ops *whole = f->model->ops;
    vt_model_ops broken = *whole;
    f->model->ops = &broken;
    broken.score = no_score;
    int status = ask_recommend(&answer, f->tea.shop, f->model, &request, &err);
    broken.score = no_memory;
    vt_answer nothing = {0};
    int starved = ask_recommend(&nothing, f->tea.shop, f->model, &request, &err);
    f->model->ops = whole;
    assert_int_equal(status, VT_OK);
    assert_int_equal(starved, VT_ERR_NO_MEMORY);
    check_answer(&answer, "green:popularity pot:popularity cup:popularity bare:popularity ");
    assert_string_equal(answer.degraded,
                        "what is popular answers: the model itemknn cannot score: its vectors are gone");
    vt_answer_done(&answer);
}

static int run_similar_without(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    vt_request request = request_of(NULL, 4);
    request.item = "mint";
    int status = ask_similar(&answer, f->tea.shop, NULL, &request, err);
    vt_answer_done(&answer);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run_similar_without, *state) > 20);
    assert_true(fault_allocations(run_with_rules, *state) > 40);
    assert_true(fault_allocations(run_recommend, *state) > 20);
    assert_true(fault_allocations(run_similar, *state) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(neighbours_first_then_what_is_popular, setup, teardown),
        cmocka_unit_test_setup_teardown(filters_hold_for_scores_and_filling, setup, teardown),
        cmocka_unit_test_setup_teardown(first_n_of_many, setup, teardown),
        cmocka_unit_test_setup_teardown(no_history_gets_what_is_popular, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_work_from_their_history, setup, teardown),
        cmocka_unit_test_setup_teardown(seen_means_purchased_or_rated, setup, teardown),
        cmocka_unit_test(the_history_is_what_the_model_counts),
        cmocka_unit_test_setup_teardown(similar_items, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_model_that_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(new_items_by_what_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(new_items_by_what_they_say, setup, teardown),
        cmocka_unit_test_setup_teardown(a_model_of_another_shop, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_of_the_shop_and_of_the_request, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_disliked, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_due_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(no_model_leaves_what_is_popular, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
