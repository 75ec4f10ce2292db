/* The hybrid: which member the weights follow, ranks by hand, members that cannot be, what sells as of the moment. */
#include "fault.h"
#include "fitting.h"
#include "scratch.h"

#include <math.h>

#define DAY ((int64_t)86400)

enum { GROUPS = 6, PER_GROUP = 6, ITEMS = GROUPS * PER_GROUP, USERS = 300, EVENTS = 4 };

static event_row rows[USERS * EVENTS];
static char users[USERS][8], items[ITEMS][8];

/* Every user chooses items of one group, on days by chance. */
static void make_rows(void)
{
    vt_rng rng = vt_rng_at(11, "test", 0, 0);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(items[i], sizeof items[i], "i%02d", i);
    }
    for (int u = 0; u < USERS; u++) {
        int order[PER_GROUP] = {0, 1, 2, 3, 4, 5};
        snprintf(users[u], sizeof users[u], "u%03d", u);
        for (int e = 0; e < EVENTS; e++) {
            int other = e + (int)vt_rng_below(&rng, (uint64_t)(PER_GROUP - e)), taken = order[other];
            order[other] = order[e];
            int item = u % GROUPS * PER_GROUP + taken;
            int64_t day = 100 * e + (int64_t)vt_rng_below(&rng, 100);
            rows[u * EVENTS + e] = (event_row){users[u], items[item], day * DAY, 5, 0, 0};
        }
    }
}

static data groups(void)
{
    make_rows();
    return data_of(rows, USERS * EVENTS);
}

/* How much the terms whose names begin so bring, by size. */
static double size_of_terms(const vt_model *model, const char *prefix)
{
    vt_model_term term;
    double sum = 0.0;
    for (size_t k = 0; vt_model_term_at(&term, model, k); k++) {
        sum += strncmp(term.name, prefix, strlen(prefix)) == 0 ? fabs(term.value) : 0.0;
    }
    return sum;
}

/* Whether all items of the user's group stand above all others. */
static bool own_group_leads(const data *d, const vt_model *model, int32_t user)
{
    vt_user_state state = state_of(d, user);
    float *scores = scores_of(d, model, &state), lowest = INFINITY, highest = -INFINITY;
    int own = state.item[0] / PER_GROUP;
    for (int32_t i = 0; i < ITEMS; i++) {
        float *of = i / PER_GROUP == own ? &lowest : &highest;
        bool seen = false;
        for (size_t h = 0; h < state.n; h++) {
            seen = seen || state.item[h] == i;
        }
        if (i / PER_GROUP == own && !seen) {
            *of = scores[i] < *of ? scores[i] : *of;
        } else if (i / PER_GROUP != own) {
            *of = scores[i] > *of ? scores[i] : *of;
        }
    }
    vt_free(scores);
    return lowest > highest;
}

/* Vectors by chance say nothing of the groups, what is bought together everything. */
static void weights_follow_the_member_that_knows(void **state)
{
    (void)state;
    data d = groups();
    vt_model *model = fitted(&d, "hybrid", "members=content(by=image)+itemknn,statistics=no,ridge=0.03");
    assert_true(size_of_terms(model, "itemknn") > 4.0 * size_of_terms(model, "content"));
    assert_true(size_of_terms(model, "sold") == 0.0);
    int led = 0;
    for (int32_t u = 0; u < USERS; u++) {
        led += own_group_leads(&d, model, u);
    }
    assert_in_range(led, USERS * 95 / 100, USERS);
    vt_model_free(model);
    data_done(&d);
}

/* Here the vectors are the groups, and popularity says nothing. */
static void weights_follow_the_vectors_that_know(void **state)
{
    (void)state;
    data d = groups();
    float *plane = vt_alloc_zero((size_t)ITEMS, VECTOR_SIZE * sizeof *plane, &(vt_error)VT_ERROR_INIT);
    assert_non_null(plane);
    for (int i = 0; i < d.vectors.n; i++) {
        plane[i * VECTOR_SIZE + (i + 1) / PER_GROUP] = 1.0F; /* the first item has none */
    }
    vt_free((void *)(uintptr_t)d.vectors.data);
    d.vectors.data = plane;
    vt_model *model = fitted(&d, "hybrid", "members=popularity+content,statistics=no,ridge=0.03");
    assert_true(size_of_terms(model, "content") > 4.0 * size_of_terms(model, "popularity"));
    vt_model_free(model);
    data_done(&d);
}

/* In the end all take one item, then all another, then a third: nothing but the statistics can know. */
static void what_sells_now_counts_as_of_the_moment(void **state)
{
    (void)state;
    make_rows();
    for (int u = 0; u < USERS; u++) {
        event_row *row = &rows[u * EVENTS];
        for (int e = 0; e < EVENTS - 1; e++) {
            row[e].time = (u + e) * DAY / 4;
        }
        row[EVENTS - 1].time = (USERS + u) * DAY / 4;
        row[EVENTS - 1].item = items[u / 100 * 12]; /* each has its 100 users, in turn */
    }
    data d = data_of(rows, USERS * EVENTS);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL, *without = NULL;
    const char *settings = "members=popularity,alternatives=30";
    check_ok(fit_with(&model, &d, "hybrid", settings, 1, &err));
    check_ok(fit_with(&without, &d, "hybrid", "members=popularity,statistics=no", 1, &err));
    assert_true(size_of_terms(model, "sold_7_days") > 0.1);
    vt_user_state query = {.user = -1, .now = (USERS + 80) * DAY / 4};
    float *early = scores_of(&d, model, &query), *same = scores_of(&d, without, &query);
    query.now = (USERS + 280) * DAY / 4;
    float *late = scores_of(&d, model, &query), *again = scores_of(&d, without, &query);
    int32_t first = item_of(&d, items[0]), third = item_of(&d, items[24]);
    assert_true(early[first] > early[third] && late[third] > late[first]);
    assert_memory_equal(same, again, (size_t)d.train->n_items * sizeof *same);
    vt_free(early);
    vt_free(late);
    vt_free(same);
    vt_free(again);
    vt_model_free(without);
    vt_model_free(model);
    data_done(&d);
}

static int by_score(const float *scores, int32_t item)
{
    int better = 0;
    for (int32_t i = 0; i < ITEMS; i++) {
        better += scores[i] > scores[item] || (scores[i] == scores[item] && i < item);
    }
    return better;
}

/* Each member gives 1 / (60 + rank). */
static void ranks_are_summed(void **state)
{
    (void)state;
    data d = groups();
    vt_model *model = fitted(&d, "hybrid", "members=popularity+itemknn(k=50),fusion=rrf");
    vt_model *popularity = fitted(&d, "popularity", NULL), *itemknn = fitted(&d, "itemknn", "k=50");
    vt_user_state query = state_of(&d, 3);
    float *sum = scores_of(&d, model, &query);
    float *one = scores_of(&d, popularity, &query), *two = scores_of(&d, itemknn, &query);
    for (int32_t i = 0; i < ITEMS; i++) {
        double want = isfinite(one[i]) ? 1.0 / (61.0 + by_score(one, i)) : 0.0;
        want += isfinite(two[i]) ? 1.0 / (61.0 + by_score(two, i)) : 0.0;
        assert_float_equal(sum[i], (float)want, 1e-6F);
    }
    assert_true(size_of_terms(model, "") == 0.0);
    vt_free(sum);
    vt_free(one);
    vt_free(two);
    vt_model_free(itemknn);
    vt_model_free(popularity);
    vt_model_free(model);
    data_done(&d);
}

/* Nobody has two events, so nothing can be held out. */
static void without_two_events_ranks_are_summed(void **state)
{
    (void)state;
    make_rows();
    for (int u = 0; u < USERS; u++) {
        rows[u] = rows[u * EVENTS];
    }
    data d = data_of(rows, USERS);
    vt_model *learned = fitted(&d, "hybrid", "members=popularity+content");
    vt_model *rrf = fitted(&d, "hybrid", "members=popularity+content,fusion=rrf");
    vt_model_term term;
    assert_false(vt_model_term_at(&term, learned, 0));
    vt_user_state query = state_of(&d, 0);
    float *a = scores_of(&d, learned, &query), *b = scores_of(&d, rrf, &query);
    assert_memory_equal(a, b, (size_t)d.train->n_items * sizeof *a);
    vt_free(a);
    vt_free(b);
    vt_model_free(rrf);
    vt_model_free(learned);
    data_done(&d);
}

static void members_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        int status;
        const char *says;
    } cases[] = {
        {"nope", VT_ERR_USAGE, "\"nope\" cannot be a member"},
        {"popularity+hybrid", VT_ERR_USAGE, "\"hybrid\" cannot be a member"},
        {"popularity+", VT_ERR_USAGE, "cannot be a member"},
        {"", VT_ERR_USAGE, "cannot be a member"},
        {"itemknn(k=5", VT_ERR_USAGE, "\"itemknn(k=5\" is no member"},
        {"itemknn:nope", VT_ERR_USAGE, "nope"},
        {"popularity+itemknn(kk=5)", VT_ERR_USAGE, "kk"},
        {"popularity+itemknn(k=0)", VT_ERR_USAGE, "k"},
        {"popularity+popularity+popularity+popularity+popularity+popularity+popularity+popularity+popularity+"
         "popularity+popularity+popularity+popularity+popularity+popularity+popularity+popularity",
         VT_ERR_LIMIT, "at most 16 members"},
    };
    data d = groups();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char settings[512];
        vt_error err = VT_ERROR_INIT;
        vt_model *model = NULL;
        snprintf(settings, sizeof settings, "members=%s", cases[i].members);
        int status = fit_with(&model, &d, "hybrid", settings, 1, &err);
        if (status != cases[i].status || strstr(err.message, cases[i].says) == NULL) {
            fail_msg("%s: status %d, \"%s\"", cases[i].members, status, err.message);
        }
        assert_null(model);
    }
    data_done(&d);
}

/* Settings and presets of members reach them: a member is the model itself. */
static void settings_reach_the_members(void **state)
{
    (void)state;
    data d = groups();
    vt_model *model = fitted(&d, "hybrid", "members=popularity:recent+itemknn(k=2;similarity=jaccard)+itemknn(k=3)");
    static const char *const names[] = {"popularity",     "popularity (root)", "itemknn",
                                        "itemknn (root)", "itemknn 2",         "itemknn 2 (root)"};
    vt_model_term term;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        assert_true(vt_model_term_at(&term, model, k));
        assert_string_equal(term.name, names[k]);
    }
    vt_model *alone = fitted(&d, "itemknn", "k=2,similarity=jaccard");
    vt_model *only = fitted(&d, "hybrid", "members=itemknn(k=2;similarity=jaccard),fusion=rrf");
    vt_user_state query = state_of(&d, 7);
    float *a = scores_of(&d, alone, &query), *b = scores_of(&d, only, &query);
    for (int32_t i = 0; i < ITEMS; i++) {
        assert_int_equal(isfinite(a[i]), isfinite(b[i]));
        assert_true(!isfinite(a[i]) || fabsf(b[i] - 1.0F / (61.0F + (float)by_score(a, i))) < 1e-6F);
    }
    vt_free(a);
    vt_free(b);
    vt_model_free(only);
    vt_model_free(alone);
    vt_model_free(model);
    data_done(&d);
}

static void a_file_keeps_weights_and_scores(void **state)
{
    (void)state;
    data d = groups();
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_model *model = fitted(&d, "hybrid", "members=itemknn+content:reviews+popularity(window=30),alternatives=20");
    vt_model *loaded = NULL;
    check_ok(vt_model_save(model, scratch_path(&s, "hybrid"), &err));
    check_ok(vt_model_load(&loaded, scratch_path(&s, "hybrid"), &err));
    vt_model_term a, b;
    size_t k = 0;
    for (; vt_model_term_at(&a, model, k); k++) {
        assert_true(vt_model_term_at(&b, loaded, k));
        assert_string_equal(a.name, b.name);
        assert_true(a.value == b.value);
    }
    assert_int_equal(k, 3 * 2 + 9 + 4);
    assert_false(vt_model_term_at(&b, loaded, k));
    vt_user_state query = state_of(&d, 5);
    query.now = 250 * DAY;
    float *x = scores_of(&d, model, &query), *y = scores_of(&d, loaded, &query);
    assert_memory_equal(x, y, ITEMS * sizeof *x);
    vt_free(x);
    vt_free(y);
    vt_model_free(loaded);
    vt_model_free(model);
    scratch_done(&s);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_follow_the_member_that_knows),
        cmocka_unit_test(weights_follow_the_vectors_that_know),
        cmocka_unit_test(what_sells_now_counts_as_of_the_moment),
        cmocka_unit_test(ranks_are_summed),
        cmocka_unit_test(without_two_events_ranks_are_summed),
        cmocka_unit_test(members_that_cannot_be_are_refused),
        cmocka_unit_test(settings_reach_the_members),
        cmocka_unit_test(a_file_keeps_weights_and_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
