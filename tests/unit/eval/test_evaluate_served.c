/* A model of an earlier state of the shop: it lists what it would have listed with the numbers of today. */
#include "eval_data.h"

#include "base/rng.h"

enum { USERS = 90, ITEMS = 40, OLD_ITEMS = 30, EVENTS = 8, KNOWN = 5 };

typedef struct shops {
    event_row all[USERS * EVENTS], before[USERS * KNOWN + 1];
    char users[USERS][16], items[ITEMS][16];
} shops;

/* Five events of each user before the model, three after it, also on ids that come in between and by new users. */
static void make(shops *s)
{
    vt_rng rng = vt_rng_at(5, "served-test", 0, 0);
    size_t n = 0, n_before = 0;
    for (int i = 0; i < ITEMS; i++) {
        snprintf(s->items[i], sizeof s->items[i], "i%03d%c", i % OLD_ITEMS, i < OLD_ITEMS ? 'a' : 'b');
    }
    for (int u = 0; u < USERS; u++) {
        snprintf(s->users[u], sizeof s->users[u], "u%03d", (u * 37) % USERS);
        for (int e = 0; e < EVENTS; e++) {
            bool old = e < KNOWN && u % 6 != 0;
            double at = vt_rng_unit(&rng);
            const char *item = s->items[(int)(at * at * (old ? OLD_ITEMS : ITEMS))];
            s->all[n++] = (event_row){s->users[u], item, (old ? 100 : 10000) + e * USERS + u,
                                      5,           0,    old ? VT_PART_TRAIN : VT_PART_TEST};
            if (old) {
                s->before[n_before++] = s->all[n - 1];
            }
        }
    }
    s->before[n_before] = (event_row){NULL, NULL, 0, 0, 0, 0};
}

static void fit(vt_model **out, const char *kind, const eval_data *data, const vt_split *split)
{
    vt_error err = VT_ERROR_INIT;
    vt_interactions *train = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_interactions_create(&train, data->snapshot, split, 1U << VT_PART_TRAIN, &err));
    check_ok(vt_model_fit(out, kind, train, &options, &err));
    vt_interactions_free(train);
}

static void the_same_lists_by_other_numbers(void **state)
{
    (void)state;
    static shops s;
    static const char *const kinds[] = {"itemknn", "popularity", "ease"};
    make(&s);
    eval_data now, then;
    size_t n_before = 0;
    while (s.before[n_before].user != NULL) {
        n_before++;
    }
    eval_data_split(&now, s.all, USERS * EVENTS, "given");
    eval_data_split(&then, s.before, n_before, "given");
    assert_true(then.snapshot->n_items < now.snapshot->n_items && then.snapshot->n_users < now.snapshot->n_users);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (int live = 0; live < 2; live++) {
            vt_error err = VT_ERROR_INIT;
            vt_model *of_now = NULL, *of_then = NULL;
            vt_evaluation a = {0}, b = {0};
            vt_protocol protocol;
            vt_protocol_init(&protocol);
            protocol.state = live ? VT_STATE_LIVE : VT_STATE_FROZEN;
            fit(&of_now, kinds[k], &now, now.split);
            fit(&of_then, kinds[k], &then, then.split);
            check_ok(vt_evaluate_fitted(&a, of_now, now.snapshot, now.split, &protocol, &err));
            check_ok(vt_evaluate_served(&b, of_then, now.snapshot, now.split, &protocol, &err));
            assert_int_equal(a.users, b.users);
            for (size_t c = 0; c < 2; c++) { /* of 20, items that nobody bought fill up where the kind ranks them */
                assert_true(a.figure[c][VT_METRIC_NDCG].value > 0);
                assert_true(fabs(a.figure[c][VT_METRIC_NDCG].value - b.figure[c][VT_METRIC_NDCG].value) < 1e-9);
            }
            vt_evaluation_done(&a);
            vt_evaluation_done(&b);
            vt_model_free(of_now);
            vt_model_free(of_then);
        }
    }
    eval_data_done(&now);
    eval_data_done(&then);
}

static void a_model_of_another_shop_is_refused(void **state)
{
    (void)state;
    const event_row rows[] = {{"u1", "x", 1, 5, 0, VT_PART_TRAIN}, {"u1", "y", 2, 5, 0, VT_PART_TEST}};
    vt_error err = VT_ERROR_INIT;
    eval_data tiny, other;
    vt_model *model = NULL;
    vt_evaluation result = {0};
    vt_protocol protocol;
    vt_protocol_init(&protocol);
    eval_data_tiny(&tiny);
    eval_data_split(&other, rows, 2, "given");
    fit(&model, "popularity", &other, other.split);
    assert_int_equal(vt_evaluate_served(&result, model, tiny.snapshot, tiny.split, &protocol, &err),
                     VT_ERR_UNSUPPORTED);
    vt_model_free(model);
    eval_data_done(&tiny);
    eval_data_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_lists_by_other_numbers),
        cmocka_unit_test(a_model_of_another_shop_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
