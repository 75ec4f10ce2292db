/* What models weigh, as rows: made from the model, replaced by the next, no part of the shop's revisions. */
#include "tea_shop.h"

#include "fault.h"
#include "vitrine/explanation.h"
#include "vitrine/weights.h"

static vt_model *fit(const tea_shop *tea, const char *kind, const char *settings)
{
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    options.settings = &settings;
    options.n_settings = settings == NULL ? 0 : 1;
    check_ok(vt_model_fit(&model, kind, tea->train, &options, &err));
    return model;
}

/* Sums by topic; each place of modality or attention has its own. */
typedef struct sums {
    char place[64];
    double share; /* of the place at hand */
    size_t rows, places;
    int64_t items; /* behind "" */
} sums;

static int add(void *context, const vt_weight *weight)
{
    sums *s = context;
    char place[sizeof s->place];
    snprintf(place, sizeof place, "%.*s/%.*s", (int)weight->topic.len, weight->topic.ptr, (int)weight->place.len,
             weight->place.ptr);
    if (strcmp(place, s->place) != 0) {
        snprintf(s->place, sizeof s->place, "%s", place);
        s->share = 0.0;
        s->places++;
    }
    s->rows++;
    bool season = vt_str_equal(weight->topic, vt_str_of("season")); /* differences, which go below 0 */
    assert_true(weight->n > 0 && (season || (weight->value >= 0.0 && weight->value <= 1.0)));
    if (vt_str_equal(weight->topic, vt_str_of("modality"))) {
        s->share += weight->value;
        assert_true(s->share < 1.0 + 1e-5);
        s->items = weight->place.len == 0 ? weight->n : s->items;
        assert_true(strcmp(place, "modality/") != 0 || weight->n == TEA_ITEMS);
    }
    return VT_OK;
}

static void rows_of_fusion(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    sums s = {0}, again = {0}, other = {0};
    vt_shop_info before, after;
    tea_shop_init(&tea, NULL);
    vt_model *model = fit(&tea, "fusion", "epochs=2,dimensions=8,batch=3");
    check_ok(vt_shop_describe(tea.shop, &before, &err));
    check_ok(vt_weights_record(tea.shop, "fusion", model, tea.train, &err));
    check_ok(vt_weights_each(tea.shop, "fusion", add, &s, &err));
    assert_int_equal(s.items, TEA_ITEMS);
    assert_int_equal(s.places, 1 + 6 + 6 + 2); /* all items, six categories, their seasons, two heads of attention */
    /* once more: the same rows in place of those */
    check_ok(vt_weights_record(tea.shop, "fusion", model, tea.train, &err));
    check_ok(vt_weights_each(tea.shop, "fusion", add, &again, &err));
    assert_int_equal(again.rows, s.rows);
    check_ok(vt_weights_each(tea.shop, "another", add, &other, &err));
    assert_int_equal(other.rows, 0);
    check_ok(vt_shop_describe(tea.shop, &after, &err));
    assert_int_equal(before.revision, after.revision);
    assert_int_equal(before.imports, after.imports);
    vt_model_free(model);
    tea_shop_done(&tea);
}

static void nothing_of_other_kinds(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    sums s = {0};
    tea_shop_init(&tea, NULL);
    vt_model *fusion = fit(&tea, "fusion", "epochs=1,dimensions=8"), *popular = fit(&tea, "popularity", NULL);
    check_ok(vt_weights_record(tea.shop, "m", fusion, NULL, &err));
    check_ok(vt_weights_record(tea.shop, "m", popular, NULL, &err)); /* of that name there is now another model */
    check_ok(vt_weights_each(tea.shop, "m", add, &s, &err));
    assert_int_equal(s.rows, 0);
    vt_model_free(fusion);
    vt_model_free(popular);
    tea_shop_done(&tea);
}

typedef struct recorded {
    const tea_shop *tea;
    const vt_model *model;
} recorded;

static int record(void *context, vt_error *err)
{
    const recorded *r = context;
    return vt_weights_record(r->tea->shop, "fusion", r->model, r->tea->train, err);
}

/* A failure at any place leaves the rows of before. */
static void no_memory(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    sums s = {0}, again = {0};
    tea_shop_init(&tea, NULL);
    vt_model *model = fit(&tea, "fusion", "epochs=1,dimensions=8");
    check_ok(vt_weights_record(tea.shop, "fusion", model, tea.train, &err));
    check_ok(vt_weights_each(tea.shop, "fusion", add, &s, &err));
    recorded r = {&tea, model};
    assert_true(fault_allocations(record, &r) > 3);
    check_ok(vt_weights_each(tea.shop, "fusion", add, &again, &err));
    assert_int_equal(again.rows, s.rows);
    vt_model_free(model);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_fusion),
        cmocka_unit_test(nothing_of_other_kinds),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
