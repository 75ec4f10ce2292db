/* Parameters as people write them: what is taken, what is refused, and what the refusal says. */
#include "fault.h"

#include <math.h>

#include "model/params.h"

static const vt_param_spec specs[] = {
    {"factors", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "", "length"},
    {"half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days", "fading"},
    {"similarity", VT_PARAM_CHOICE, 1.0, 0.0, 0.0, "cosine|bm25|tfidf", "", "how"},
};
static const vt_preset presets[] = {{"small", "factors=8,half_life=0.1", ""}, {"large", "factors=512", ""}};
static const vt_model_kind kind = {"toy", "", "", 0, specs, 3, presets, 2};
static const vt_model_kind bare = {"bare", "", "", 0, specs, 1, NULL, 0};

static void check_text(const vt_params *params, const char *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf text;
    vt_buf_init(&text, 4096);
    check_ok(vt_params_text(&text, params, &err));
    assert_string_equal(text.data, expected);
    vt_buf_done(&text);
}

static void takes_settings(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_params params;
    check_ok(vt_params_init(&params, &kind, &err));
    check_text(&params, "factors=64,half_life=0,similarity=bm25");
    check_ok(vt_params_set(&params, " factors = 2048 , similarity=cosine,", &err));
    check_text(&params, "factors=2048,half_life=0,similarity=cosine");
    check_ok(vt_params_set(&params, "", &err));
    check_ok(vt_params_preset(&params, "small", &err));
    check_text(&params, "factors=8,half_life=0.1,similarity=cosine");
    check_ok(vt_params_set(&params, "half_life=0.30000000000000004,factors=1e3", &err));
    check_text(&params, "factors=1000,half_life=0.30000000000000004,similarity=cosine");
    vt_params_done(&params);
}

static void refuses_with_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *setting, *says;
    } cases[] = {
        {"factors=0", "toy: factors is \"0\"; a whole number from 1 to 2048 is expected"},
        {"factors=2049", "toy: factors is \"2049\"; a whole number from 1 to 2048 is expected"},
        {"factors=2.5", "toy: factors is \"2.5\"; a whole number from 1 to 2048 is expected"},
        {"factors=", "toy: factors is \"\"; a whole number from 1 to 2048 is expected"},
        {"half_life=-1", "toy: half_life is \"-1\"; a number from 0 to 36500 days is expected"},
        {"half_life=nan", "toy: half_life is \"nan\"; a number from 0 to 36500 days is expected"},
        {"half_life=1x", "toy: half_life is \"1x\"; a number from 0 to 36500 days is expected"},
        {"similarity=cos", "toy: similarity is \"cos\"; one of cosine|bm25|tfidf is expected"},
        {"factor=3", "toy has no parameter \"factor\"; did you mean \"factors\"?"},
        {"halflife=3", "toy has no parameter \"halflife\"; did you mean \"half_life\"?"},
        {"learning=3", "toy has no parameter \"learning\"; it has factors, half_life, similarity"},
        {"factors", "\"factors\" is no setting of toy; name=value is expected"},
    };
    vt_params params;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_params_init(&params, &kind, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(vt_params_set(&params, cases[i].setting, &err), VT_ERR_USAGE);
        assert_string_equal(err.message, cases[i].says);
    }
    assert_int_equal(vt_params_preset(&params, "huge", &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "toy has no preset \"huge\"; it has small, large");
    check_text(&params, "factors=64,half_life=0,similarity=bm25");
    vt_params_done(&params);
    check_ok(vt_params_init(&params, &bare, &err));
    assert_int_equal(vt_params_preset(&params, "huge", &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "bare has no preset \"huge\"");
    vt_params_done(&params);
}

static int make_text(void *context, vt_error *err)
{
    (void)context;
    vt_params params;
    vt_buf text;
    int status = vt_params_init(&params, &kind, err);
    if (status == VT_OK) {
        vt_buf_init(&text, 4096);
        status = vt_params_text(&text, &params, err);
        vt_buf_done(&text);
        vt_params_done(&params);
    }
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    assert_in_range(fault_allocations(make_text, NULL), 2, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_settings),
        cmocka_unit_test(refuses_with_a_sentence),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
