/* mlp-fusion beside the contract: what it tells of its inputs, and that it knows new users and items. */
#include "fitting.h"

#include <math.h>

#include "model/mlp_fusion.h"

static rows_of_chance chance;

static void weights_are_of_what_is_there(void **state)
{
    (void)state;
    make_random(&chance, 3);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "mlp-fusion", "size=8,epochs=2,batch=64"), *other = fitted(&d, "popularity", NULL);
    vt_user_state known = state_of(&d, 3), stranger = state_of(&d, 3);
    known.now = 40;
    stranger.user = -1;
    const int32_t items[] = {0, 1, 2}; /* the first has no vectors (fitting.h) */
    float weight[2][3][VT_FUSION_INPUTS];
    check_ok(vt_mlp_fusion_attention(&weight[0][0][0], model, &known, items, 3, &err));
    check_ok(vt_mlp_fusion_attention(&weight[1][0][0], model, &stranger, items, 3, &err));
    for (int s = 0; s < 2; s++) {
        for (int i = 0; i < 3; i++) {
            float sum = 0.0F;
            for (int k = 0; k < VT_FUSION_INPUTS; k++) {
                bool there = k == VT_FUSION_USER   ? s == 0
                             : k == VT_FUSION_TIME ? s == 0 /* the stranger's question has no moment */
                             : k == VT_FUSION_ITEM ? true
                                                   : i > 0;
                assert_true(there ? weight[s][i][k] > 0.0F : !(weight[s][i][k] > 0.0F));
                sum += weight[s][i][k];
            }
            assert_true(fabsf(sum - 1.0F) < 1e-5F);
        }
    }
    const int32_t wrong[] = {d.train->n_items};
    assert_int_equal(vt_mlp_fusion_attention(&weight[0][0][0], model, &known, wrong, 1, &err), VT_ERR_USAGE);
    known.user = d.train->n_users;
    assert_int_equal(vt_mlp_fusion_attention(&weight[0][0][0], model, &known, items, 1, &err), VT_ERR_USAGE);
    known.user = 3;
    assert_int_equal(vt_mlp_fusion_attention(&weight[0][0][0], other, &known, items, 1, &err), VT_ERR_UNSUPPORTED);
    vt_model_free(model);
    vt_model_free(other);
    data_done(&d);
}

/* What is left out has no weight, though its vectors are there. */
static void texts_or_photos_are_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        bool text, image;
    } without[] = {
        {"size=8,epochs=1,batch=64,without=nothing", true, true},
        {"size=8,epochs=1,batch=64,without=text", false, true},
        {"size=8,epochs=1,batch=64,without=image", true, false},
        {"size=8,epochs=1,batch=64,without=both", false, false},
    };
    make_random(&chance, 5);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_error err = VT_ERROR_INIT;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        vt_model *model = fitted(&d, "mlp-fusion", without[i].settings);
        vt_user_state known = state_of(&d, 3);
        const int32_t item = 1;
        float weight[VT_FUSION_INPUTS];
        check_ok(vt_mlp_fusion_attention(weight, model, &known, &item, 1, &err));
        assert_int_equal(weight[VT_FUSION_TEXT] > 0.0F, without[i].text);
        assert_int_equal(weight[VT_FUSION_IMAGE] > 0.0F, without[i].image);
        vt_model_free(model);
    }
    data_done(&d);
}

/* A stranger who rates everything low is predicted lower than one who rates the same high. */
static void strangers_are_read_from_their_ratings(void **state)
{
    (void)state;
    make_random(&chance, 4);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "mlp-fusion", "size=8,epochs=2,batch=64");
    const int32_t items[] = {1, 2, 3, 4, 5};
    const float low[] = {1, 1, 2, 1, 1}, high[] = {5, 5, 4, 5, 5};
    vt_user_state query = {.user = -1, .n = 5, .item = items, .value = low, .now = VT_NONE};
    float a = 0.0F, b = 0.0F;
    const int32_t wanted = 7;
    check_ok(vt_model_predict(model, &query, &wanted, 1, &a, &err));
    query.value = high;
    check_ok(vt_model_predict(model, &query, &wanted, 1, &b, &err));
    assert_true(b > a + 1.0F);
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_of_what_is_there),
        cmocka_unit_test(texts_or_photos_are_left_out),
        cmocka_unit_test(strangers_are_read_from_their_ratings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
