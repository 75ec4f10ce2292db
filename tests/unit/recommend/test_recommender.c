/*
 * A recommender that stays open: an event changes the next answer, new items take part, a new snapshot changes nothing,
 * requests run beside a writer, and a request costs the same in a shop with ten times the events.
 */
#include "live_shop.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "fault.h"
#include "vitrine/recommend.h"

#define NOW ((int64_t)1700000000)

enum { ITEMS = 40, USERS = 30, DAY = 86400 };

static const char *name(char out[16], const char *prefix, int n)
{
    snprintf(out, 16, "%s%02d", prefix, n);
    return out;
}

static void buy(vt_store *store, int user, int item, int64_t time)
{
    char who[16], what[16];
    vt_event event = live_event(name(who, "u", user), name(what, "i", item), VT_EVENT_PURCHASE, time);
    live_put(store, &event);
}

/* Everybody buys items near their own number, `times` over. */
static void fill(live_shop *s, int times)
{
    char id[16];
    vt_error err = VT_ERROR_INIT;
    live_shop_init(s);
    vt_store *store = live_begin(s);
    for (int i = 0; i < ITEMS; i++) {
        live_put_item(store, name(id, "i", i), i % 2 == 0 ? "Tea" : "Cups", 100 + i, VT_NONE);
    }
    for (int u = 0; u < USERS; u++) {
        for (int k = 0; k < 4 * times; k++) {
            buy(store, u, (u + k % 4) % ITEMS, NOW - (int64_t)(4 * times - k) * DAY - u);
        }
    }
    live_commit(s);
    check_ok(live_open(&s->live, s, 0, &err));
}

static vt_model *fit(live_shop *s, const char *kind, const char *setting)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options freeze;
    vt_fit_options options;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    vt_model *model = NULL;
    vt_snapshot_options_init(&freeze);
    vt_fit_options_init(&options);
    options.threads = 1;
    options.settings = &setting;
    options.n_settings = setting != NULL;
    check_ok(vt_snapshot_take(&snapshot, s->shop, &freeze, &err));
    check_ok(vt_interactions_create(&train, snapshot, NULL, 0, &err));
    check_ok(vt_model_fit(&model, kind, train, &options, &err));
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
    return model;
}

static vt_recommender *open_over(live_shop *s, const vt_model *model)
{
    vt_error err = VT_ERROR_INIT;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    vt_recommender_options_init(&options);
    options.threads = 1;
    check_ok(vt_recommender_create(&r, s->live, model, &options, &err));
    return r;
}

static void refresh(live_shop *s, vt_recommender *r)
{
    vt_error err = VT_ERROR_INIT;
    live_refresh(s);
    check_ok(vt_recommender_refresh(r, &err));
}

static int ask(vt_answer *out, vt_recommender *r, const char *user, int32_t n, vt_error *err)
{
    vt_request request;
    vt_request_init(&request);
    request.user = user;
    request.n = n;
    request.now = NOW;
    return vt_recommend(out, r, &request, err);
}

/* "i03 i04 ", as an answer lists them. */
static void listed(char out[512], vt_recommender *r, const char *user, int32_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_answer answer = {0};
    out[0] = '\0';
    check_ok(ask(&answer, r, user, n, &err));
    for (size_t i = 0; i < answer.n; i++) {
        size_t used = strlen(out);
        snprintf(out + used, 512 - used, "%s ", answer.items[i].item);
    }
    vt_answer_done(&answer);
}

static void an_event_changes_the_next_answer(void **state)
{
    (void)state;
    live_shop s;
    char before[512], after[512];
    fill(&s, 1);
    vt_model *model = fit(&s, "itemknn", NULL);
    vt_recommender *r = open_over(&s, model);
    listed(before, r, "u03", 3);
    char first[8];
    snprintf(first, sizeof first, "%.3s", before);
    vt_store *store = live_begin(&s);
    buy(store, 3, (int)strtol(first + 1, NULL, 10), NOW - 5);
    live_commit(&s);
    listed(after, r, "u03", 3);
    assert_string_equal(before, after); /* nobody has looked at the store yet */
    refresh(&s, r);
    listed(after, r, "u03", 3);
    assert_null(strstr(after, first)); /* bought by now */
    vt_recommender_free(r);
    vt_model_free(model);
    live_shop_done(&s);
}

/* Sixty sales of an item that nobody wanted bring it to the top of what sells, as a new fit would. */
static void fresh_sales_count_at_once(void **state)
{
    (void)state;
    static const char *const settings[] = {NULL, "window=30", "half_life=10"};
    for (size_t k = 0; k < 3; k++) {
        live_shop s;
        char top[512], anew[512];
        fill(&s, 1);
        vt_store *store = live_begin(&s);
        vt_event looked = live_event("zoe", "i01", VT_EVENT_VIEW, NOW - 9 * DAY); /* has nothing yet */
        live_put(store, &looked);
        vt_event liked = live_event("zoe", "i02", VT_EVENT_LIKE, NOW - 9 * DAY);
        live_put(store, &liked);
        live_commit(&s);
        live_refresh(&s);
        vt_model *model = fit(&s, "popularity", settings[k]);
        vt_recommender *r = open_over(&s, model);
        store = live_begin(&s);
        for (int n = 0; n < 60; n++) {
            buy(store, 40 + n, 35, NOW - 60 + n);
        }
        live_commit(&s);
        refresh(&s, r);
        listed(top, r, "zoe", 20);
        assert_memory_equal(top, "i35", 3);
        vt_model *second = fit(&s, "popularity", settings[k]);
        vt_recommender *other = open_over(&s, second);
        listed(anew, other, "zoe", 20);
        assert_string_equal(top, anew);
        vt_recommender_free(other);
        vt_recommender_free(r);
        vt_model_free(second);
        vt_model_free(model);
        live_shop_done(&s);
    }
}

/* A model in a file takes in an item that came after its fit, and one more at a later refresh. */
static void new_items_take_part(void **state)
{
    (void)state;
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    char path[4096];
    fill(&s, 1);
    vt_model *model = fit(&s, "fusion", "epochs=1");
    snprintf(path, sizeof path, "%s", scratch_path(&s.files, "fusion.safetensors"));
    check_ok(vt_model_save(model, path, &err));
    vt_model_free(model);
    for (int n = 0; n < 2; n++) {
        char id[16];
        vt_store *store = live_begin(&s);
        live_put_item(store, name(id, "new", n), "Tea", 100, VT_NONE);
        live_commit(&s);
        if (n == 0) {
            live_refresh(&s);
            vt_recommender_options_init(&options);
            options.threads = 1;
            check_ok(vt_recommender_open(&r, s.live, path, &options, &err));
        } else {
            refresh(&s, r);
        }
        assert_int_equal(vt_recommender_added(r), n + 1);
        vt_answer answer = {0};
        check_ok(ask(&answer, r, "u03", 1000, &err));
        bool found = false;
        for (size_t i = 0; i < answer.n; i++) {
            found = found || (strcmp(answer.items[i].item, id) == 0 && strcmp(answer.items[i].source, "fusion") == 0);
        }
        assert_true(found);
        vt_answer_done(&answer);
    }
    vt_recommender_free(r);
    live_shop_done(&s);
}

static void a_new_snapshot_changes_nothing(void **state)
{
    (void)state;
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    char before[512], after[512];
    fill(&s, 1);
    vt_model *model = fit(&s, "hybrid", NULL);
    vt_recommender *r = open_over(&s, model);
    vt_store *store = live_begin(&s);
    live_put_item(store, "aaa", "Tea", 1, VT_NONE); /* all numbers move by one */
    buy(store, 99, 7, NOW - 100);
    buy(store, 3, 30, NOW - 50);
    live_commit(&s);
    refresh(&s, r);
    listed(before, r, "u03", 12);
    check_ok(vt_live_freeze(s.live, &err));
    check_ok(vt_recommender_refresh(r, &err));
    listed(after, r, "u03", 12);
    assert_string_equal(before, after);
    vt_recommender_free(r);
    vt_model_free(model);
    live_shop_done(&s);
}

/* ---- beside a writer --------------------------------------------------------------------------------------------- */

typedef struct requesting {
    vt_recommender *recommender;
    atomic_bool *stop;
    int64_t answers;
    int status;
} requesting;

static void *ask_on(void *context)
{
    requesting *a = context;
    vt_error err = VT_ERROR_INIT;
    for (int n = 0; !atomic_load(a->stop) && a->status == VT_OK; n++) {
        char user[16];
        vt_answer answer = {0};
        vt_complements found = {.evidence = NULL};
        vt_request request;
        a->status = ask(&answer, a->recommender, name(user, "u", n % USERS), 5, &err);
        a->status = a->status == VT_OK && answer.n != 5 ? VT_ERR_FAILED : a->status;
        vt_answer_done(&answer);
        vt_request_init(&request);
        request.item = "i03";
        a->status = a->status != VT_OK ? a->status : vt_complement(&found, a->recommender, &request, 1, &err);
        vt_complements_done(&found);
        a->answers++;
    }
    return NULL;
}

static void requests_beside_a_writer(void **state)
{
    (void)state;
    enum { THREADS = 4, WRITES = 40 };
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    atomic_bool stop = false;
    pthread_t thread[THREADS];
    requesting work[THREADS];
    fill(&s, 1);
    vt_model *model = fit(&s, "hybrid", NULL);
    vt_recommender *r = open_over(&s, model);
    for (int t = 0; t < THREADS; t++) {
        work[t] = (requesting){r, &stop, 0, VT_OK};
        assert_int_equal(pthread_create(&thread[t], NULL, ask_on, &work[t]), 0);
    }
    for (int n = 0; n < WRITES; n++) {
        char id[16];
        vt_store *store = live_begin(&s);
        buy(store, n % 60, n * 7 % ITEMS, NOW - 1000 + n);
        live_put_item(store, name(id, n % 3 == 0 ? "n" : "i", n % ITEMS), "Tea", 200 + n, n % 5);
        live_commit(&s);
        refresh(&s, r);
        if (n % 16 == 15) {
            check_ok(vt_live_freeze(s.live, &err));
        }
    }
    atomic_store(&stop, true);
    for (int t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        assert_int_equal(work[t].status, VT_OK);
        assert_true(work[t].answers > 0);
    }
    vt_recommender_free(r);
    vt_model_free(model);
    live_shop_done(&s);
}

/* ---- cost -------------------------------------------------------------------------------------------------------- */

/* Allocations of one request, once all that stays is there. */
static int64_t cost_of(int times, const char *kind)
{
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    vt_answer answer = {0};
    fill(&s, times);
    vt_store *store = live_begin(&s);
    vt_event bought = live_event("ann", "i03", VT_EVENT_PURCHASE, NOW - 9); /* has the same history in every shop */
    live_put(store, &bought);
    live_commit(&s);
    live_refresh(&s);
    vt_model *model = fit(&s, kind, NULL);
    vt_recommender *r = open_over(&s, model);
    int64_t allocations = 0;
    for (int n = 0; n < 3; n++) {
        allocations = vt_alloc_count();
        check_ok(ask(&answer, r, "ann", 10, &err));
        allocations = vt_alloc_count() - allocations;
        vt_answer_done(&answer);
    }
    vt_recommender_free(r);
    vt_model_free(model);
    live_shop_done(&s);
    return allocations;
}

static void the_same_cost_with_ten_times_the_events(void **state)
{
    (void)state;
    assert_int_equal(cost_of(1, "itemknn"), cost_of(10, "itemknn"));
    assert_int_equal(cost_of(1, "hybrid"), cost_of(10, "hybrid"));
    assert_true(cost_of(1, "itemknn") < 20);
}

static int open_and_ask(void *context, vt_error *err)
{
    live_shop *s = context;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    vt_answer answer = {0};
    vt_recommender_options_init(&options);
    int status = vt_recommender_create(&r, s->live, NULL, &options, err);
    status = status != VT_OK ? status : vt_recommender_refresh(r, err);
    status = status != VT_OK ? status : ask(&answer, r, "u03", 3, err);
    vt_answer_done(&answer);
    vt_recommender_free(r);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    live_shop s;
    fill(&s, 1);
    assert_true(fault_allocations(open_and_ask, &s) > 10);
    live_shop_done(&s);
}

static void what_cannot_be_is_said(void **state)
{
    (void)state;
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    vt_recommender *r = NULL;
    vt_recommender_options options = {.threads = 1};
    fill(&s, 1);
    assert_int_equal(vt_recommender_create(&r, s.live, NULL, &options, &err), VT_ERR_USAGE);
    vt_recommender_options_init(&options);
    assert_int_equal(vt_recommender_open(&r, s.live, scratch_path(&s.files, "nothing"), &options, &err),
                     VT_ERR_NOT_FOUND);
    assert_null(r);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_changes_the_next_answer),
        cmocka_unit_test(fresh_sales_count_at_once),
        cmocka_unit_test(new_items_take_part),
        cmocka_unit_test(a_new_snapshot_changes_nothing),
        cmocka_unit_test(requests_beside_a_writer),
        cmocka_unit_test(the_same_cost_with_ten_times_the_events),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(what_cannot_be_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
