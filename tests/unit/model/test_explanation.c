/* Explanations of a shop whose items have brands, categories, prices and attributes: sums, splits and names. */
#include "explanations.h"
#include "fitting.h"

enum { USERS = 30, ITEMS = 24, EVENTS = 300, COLD = 4 }; /* the last items were never bought */

static const char *const brand[] = {"Hillmist", "Brook", NULL};
static const char *const category[] = {"Tea > Green", "Tea > Black", "Pots", NULL, "Cups"};

static data shop_of_teas(void)
{
    data d = {0};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_builder *builder = NULL;
    vt_rng rng = vt_rng_at(3, "test", 0, 0);
    vt_snapshot_options_init(&options);
    check_ok(vt_builder_create(&builder, &options, &err));
    for (int u = 0; u < USERS; u++) {
        char id[8];
        vt_user user;
        vt_user_init(&user);
        snprintf(id, sizeof id, "u%d", u);
        user.id = vt_str_of(id);
        user.region = vt_str_of(u % 2 == 0 ? "north" : "south");
        check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
    }
    for (int i = 0; i < ITEMS; i++) {
        char id[8];
        vt_item item;
        vt_item_init(&item);
        snprintf(id, sizeof id, "i%02d", i);
        item.id = vt_str_of(id);
        item.brand = vt_str_of(brand[i % 3]);
        item.category = vt_str_of(category[i % 5]);
        item.price = i % 4 == 0 ? VT_NONE : 100 << (i % 4);
        item.attributes = vt_str_of(i % 2 == 0 ? "{\"colour\":\"red\",\"size\":\"big\"}" : NULL);
        check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
    }
    int64_t day = 19000;
    for (int e = 0; e < EVENTS; e++) {
        day += (int64_t)vt_rng_below(&rng, 3);
        vt_event_row event = {.id = e + 1,
                              .user = (int64_t)vt_rng_below(&rng, USERS),
                              .item = (int64_t)vt_rng_below(&rng, ITEMS - COLD),
                              .time = day * 86400,
                              .quantity = VT_NONE,
                              .unit_price = VT_NONE,
                              .value = (double)NAN,
                              .kind = VT_EVENT_PURCHASE};
        check_ok(vt_builder_add_event(builder, &event, &err));
    }
    check_ok(vt_builder_finish(&d.snapshot, builder, NULL, &err));
    vt_builder_free(builder);
    check_ok(vt_interactions_create(&d.train, d.snapshot, NULL, 0, &err));
    make_vectors(&d);
    return d;
}

/* Every item for every user, for strangers, and for nobody; histories are longer than what attention reads. */
static void check_model(const data *d, const char *kind, const char *settings)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(d, kind, settings);
    int32_t items[ITEMS];
    vt_explanation made[ITEMS];
    for (int32_t i = 0; i < ITEMS; i++) {
        items[i] = i;
    }
    for (int32_t u = -2; u < d->train->n_users; u++) {
        vt_user_state query = state_of(d, u < 0 ? 0 : u);
        query.user = u < 0 ? -1 : u;
        query.n = u == -2 ? 0 : query.n;
        query.as_fitted = false;
        vt_user_state signals = {0};
        if (d->train->signals != NULL && u != -2) {
            signals = signals_of(d, u < 0 ? 0 : u);
            query.signals = &signals;
        }
        query.now = u % 3 == 0 ? VT_NONE : d->snapshot->time_max + 86400 * 9;
        float *scores = scores_of(d, model, &query);
        check_ok(vt_model_explain(made, model, &query, items, ITEMS, &err));
        for (int32_t i = 0; i < ITEMS; i++) {
            assert_true(isinf(scores[i]) || made[i].n_events == query.n + signals.n);
            check_explanation(&made[i], scores[i], kind, settings);
            vt_explanation_done(&made[i]);
        }
        vt_free(scores);
    }
    vt_model_free(model);
}

static void sums_with_all_there_is(void **state)
{
    (void)state;
    data d = shop_of_teas();
    check_model(&d, "fusion", "epochs=2,dimensions=8,length=4,layers=2,neighbours=5,half_life=20");
    check_model(&d, "fusion", "epochs=2,dimensions=8,batch=4,sampled=4");
    check_model(&d, "fusion", "epochs=1,dimensions=8,half_life=0,without=attributes");
    check_model(&d, "fusion", "epochs=1,dimensions=8,without=time");
    check_model(&d, "fusion", "epochs=1,dimensions=8,without=attention");
    check_model(&d, "hybrid", "members=itemknn+ease+itemknn(k=3)");
    check_model(&d, "hybrid", "members=itemknn+popularity,fusion=rrf");
    check_model(&d, "ranker", "members=itemknn+popularity(half_life=5)+itemknn(k=3)");
    check_model(&d, "ease", "half_life=30,brand=0.1,text=0.2");
    check_model(&d, "itemknn", "half_life=30");
    add_signals(&d);
    check_model(&d, "fusion", "epochs=2,dimensions=8,length=4,layers=2,neighbours=5,half_life=20,intent_half_life=3");
    check_model(&d, "fusion", "epochs=1,dimensions=8,without=signals");
    check_model(&d, "ranker", "members=itemknn+popularity,refits=1");
    data_done(&d);
}

/* The parts of fusion are those of its page, and attributes have their names. */
static void named_as_documented(void **state)
{
    (void)state;
    static const char *const name[] = {"id",          "text",   "image",      "attributes", "sales",
                                       "together",    "words",  "looks_last", "brand",      "category_last",
                                       "sold_7_days", "season", "sold_before"};
    data d = shop_of_teas();
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "fusion", "epochs=1,dimensions=8,half_life=20");
    vt_user_state query = state_of(&d, 2);
    const int32_t items[] = {6, ITEMS - 2}; /* i06: Hillmist, Black Tea; i22: never bought */
    vt_explanation made[2];
    check_ok(vt_model_explain(made, model, &query, items, 2, &err));
    for (size_t p = 0; p < sizeof name / sizeof *name; p++) {
        if (vt_explanation_part(&made[0], name[p]) == NULL) {
            fail_msg("there is no part %s", name[p]);
        }
    }
    assert_null(vt_explanation_part(&made[0], "nothing"));
    assert_null(vt_explanation_part(&made[1], "id"));
    assert_true(vt_explanation_part(&made[1], "together")->value == 0.0);
    static const char *const token[] = {"category=Tea > Black", "brand=Hillmist", "price_band=8", "colour=red",
                                        "size=big"};
    assert_int_equal(made[0].n_tokens, 5);
    for (size_t t = 0; t < 5; t++) {
        assert_string_equal(made[0].tokens[t].name, token[t]);
    }
    assert_int_equal(made[0].layers, 1);
    assert_int_equal(made[0].heads, 2);
    /* the last event alone brings what is of the last one; all events together what is told by event */
    double by_event = 0.0, splits = 0.0;
    for (size_t h = 0; h < query.n; h++) {
        by_event += vt_explanation_of_event(&made[0], h);
        assert_true(h + 1 == query.n || fabs(vt_explanation_part(&made[0], "together_last")->by_event[h]) <= 0.0);
    }
    for (size_t p = 0; p < made[0].n_parts; p++) {
        splits += made[0].parts[p].by_event == NULL ? 0.0 : made[0].parts[p].value;
        assert_true((made[0].parts[p].by_event != NULL) == (made[0].parts[p].kind == VT_REASON_RELATION));
    }
    assert_true(fabs(by_event - splits) < 1e-9 && fabs(splits) > 1e-6);
    vt_explanation_done(&made[0]);
    vt_explanation_done(&made[1]);
    vt_explanation_done(NULL);
    vt_model_free(model);
    data_done(&d);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (int k = 0; k < VT_REASON_KINDS; k++) {
        assert_non_null(vt_reason_kind_name(k));
    }
    assert_null(vt_reason_kind_name(-1));
    assert_null(vt_reason_kind_name(VT_REASON_KINDS));
}

/* What a pass over a model's weights finds. */
typedef struct weighed {
    char place[64];
    double share, season[12]; /* of the place at hand; over all, value times items */
    int64_t items;            /* of all places but "" */
    size_t n_places;
} weighed;

static int weigh(void *context, const vt_weight *weight)
{
    weighed *w = context;
    if (vt_str_equal(weight->topic, vt_str_of("season"))) {
        int month = (weight->name.ptr[0] - '0') * 10 + weight->name.ptr[1] - '0' - 1;
        assert_true(weight->name.len == 2 && month >= 0 && month < 12);
        w->season[month] += weight->value * (double)weight->n;
        return VT_OK;
    }
    if (weight->place.len != strlen(w->place) || memcmp(weight->place.ptr, w->place, weight->place.len) != 0 ||
        w->n_places == 0) {
        assert_true(w->n_places == 0 || fabs(w->share - 1.0) < 1e-5);
        snprintf(w->place, sizeof w->place, "%.*s", (int)weight->place.len, weight->place.ptr);
        w->share = 0.0;
        w->n_places++;
        w->items += weight->place.len > 0 ? weight->n : 0;
        assert_true(weight->place.len > 0 || weight->n == ITEMS);
    }
    w->share += weight->value;
    return VT_OK;
}

/* Shares are 1 together in every category; seasons are differences between the categories. */
static void weights_by_category(void **state)
{
    (void)state;
    data d = shop_of_teas();
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "fusion", "epochs=2,dimensions=8,learning_rate=0.05");
    weighed w = {0}, none = {0};
    double seen = 0.0;
    check_ok(vt_model_weights(model, weigh, &w, &err));
    assert_int_equal(w.n_places, 4 + 1);  /* distinct categories, all together */
    assert_int_equal(w.items, ITEMS - 5); /* five are in no category */
    vt_model_free(model);
    model = fitted(&d, "fusion", "epochs=1,dimensions=8,without=time");
    check_ok(vt_model_weights(model, weigh, &none, &err));
    for (int month = 0; month < 12; month++) {
        seen += fabs(w.season[month]);
        assert_true(none.season[month] == 0.0);
    }
    assert_true(seen > 1e-6);
    vt_model_free(model);
    model = fitted(&d, "itemknn", NULL);
    check_ok(vt_model_weights(model, weigh, &none, &err)); /* nothing to say */
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_with_all_there_is),
        cmocka_unit_test(named_as_documented),
        cmocka_unit_test(weights_by_category),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
