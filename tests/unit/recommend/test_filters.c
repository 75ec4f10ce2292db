/* Filters over a shop of eight products: what each lets through, by hand; case folding; paths level by level. */
#include "tea_shop.h"

#include "base/alloc.h"
#include "engine.h"
#include "fault.h"
#include "recommend/context.h"
#include "recommend/filters.h"

typedef struct fixture {
    tea_shop tea;
    engine engine;
} fixture;

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    check_ok(engine_open(&f.engine, f.tea.shop, NULL, NULL, &err));
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    engine_close(&f->engine);
    tea_shop_done(&f->tea);
    return 0;
}

/* The ids that pass, in order, with a space behind each. */
static void check_passing(const fixture *f, const vt_request *request, const char *expected)
{
    char ids[128] = "";
    vt_context c = {0};
    vt_error err = VT_ERROR_INIT;
    vt_request asked_at = *request;
    asked_at.now = TEA_NOW;
    check_ok(vt_context_begin(&c, f->engine.recommender, &asked_at, &err));
    for (int32_t i = 0; i < c.view->n_items; i++) {
        if (c.allowed[i]) {
            size_t length = strlen(ids);
            snprintf(ids + length, sizeof ids - length, "%.*s ", VT_STR_ARGS(vt_view_item_id(c.view, i)));
        }
    }
    vt_context_done(&c);
    assert_string_equal(ids, expected);
}

static void each_filter_by_hand(void **state)
{
    const fixture *f = *state;
    const struct {
        const char *category, *brand;
        int64_t price_min, price_max;
        bool keep_unavailable;
        const char *expected;
    } rows[] = {
        /* gone has no stock, later is not on sale yet; green begins and cup ends at this very second's edge */
        {NULL, NULL, VT_NONE, VT_NONE, false, "bare black cup green mint pot "},
        {NULL, NULL, VT_NONE, VT_NONE, true, "bare black cup gone green later mint pot "},
        {"Tea & Coffee", NULL, VT_NONE, VT_NONE, false, "black green mint "},
        {"TEA & COFFEE > green tea", NULL, VT_NONE, VT_NONE, true, "gone green "},
        {"Tea & Coffee>Green Tea > ", NULL, VT_NONE, VT_NONE, true, "gone green "},
        {"Tea", NULL, VT_NONE, VT_NONE, true, ""},
        {"Green Tea", NULL, VT_NONE, VT_NONE, true, ""},
        {"Tea & Coffee > Green Tea > Sencha", NULL, VT_NONE, VT_NONE, true, ""},
        {NULL, "HILLMIST", VT_NONE, VT_NONE, false, "black green mint "},
        {NULL, "töpferei", VT_NONE, VT_NONE, false, "cup pot "},
        {NULL, "to\xcc\x88pferei", VT_NONE, VT_NONE, false, "cup pot "}, /* o and a combining diaeresis */
        {NULL, "Hill", VT_NONE, VT_NONE, false, ""},
        {NULL, NULL, 900, 1500, false, "black cup green "}, /* both ends belong to it; bare has no price */
        {NULL, NULL, VT_NONE, 700, false, "mint "},
        {NULL, NULL, 1501, VT_NONE, false, "pot "},
        {"tea & coffee", "hillmist", 0, 899, false, "mint "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vt_request request;
        vt_request_init(&request);
        request.category = rows[i].category;
        request.brand = rows[i].brand;
        request.price_min = rows[i].price_min;
        request.price_max = rows[i].price_max;
        request.keep_unavailable = rows[i].keep_unavailable;
        check_passing(f, &request, rows[i].expected);
    }
}

static void folding(void **state)
{
    (void)state;
    const char *pairs[][2] = {
        {"STRASSE", "straße"}, {"Ünïcode", "ÜNÏCODE"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"", ""}, {"\xff\xfe", "\xff\xfe"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *a = NULL;
        char *b = NULL;
        vt_error err = VT_ERROR_INIT;
        check_ok(vt_fold(&a, vt_str_of(pairs[i][0]), &err));
        check_ok(vt_fold(&b, vt_str_of(pairs[i][1]), &err));
        assert_string_equal(a, b);
        vt_free(a);
        vt_free(b);
    }
}

static void refuse(const vt_request *request, const char *why)
{
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_request_check(request, &err), VT_ERR_USAGE);
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
}

static void impossible_requests_are_refused(void **state)
{
    (void)state;
    vt_request r;
    vt_error err = VT_ERROR_INIT;
    vt_request_init(&r);
    check_ok(vt_request_check(&r, &err));
    assert_int_equal(r.n, 10);
    r.n = 0;
    refuse(&r, "0 items cannot be asked for");
    r.n = 1001;
    refuse(&r, "1001 items cannot be asked for");
    vt_request_init(&r);
    r.price_min = 2500;
    r.price_max = 100;
    refuse(&r, "the price range is reversed: 2500 to 100");
    r.price_max = 2500;
    check_ok(vt_request_check(&r, &err));
    r.price_min = -1;
    refuse(&r, "negative");
    vt_request_init(&r);
    r.category = " > ";
    refuse(&r, "the category to filter by is empty");
    r.category = NULL;
    r.brand = "";
    refuse(&r, "the brand to filter by is empty");
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    vt_context c = {0};
    vt_request request;
    vt_request_init(&request);
    request.category = "Tea & Coffee";
    request.brand = "Hillmist";
    int status = vt_context_begin(&c, f->engine.recommender, &request, err);
    vt_context_done(&c);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run, *state) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_filter_by_hand, setup, teardown),
        cmocka_unit_test(folding),
        cmocka_unit_test(impossible_requests_are_refused),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
