/* Pairs and what to offer beside an item: by hand, against counting every pair, without what chance makes, faults. */
#include "fault.h"
#include "real_data.h"

#include <math.h>

#include "base/rng.h"
#include "insight/baskets/basket_file.h"
#include "insight/baskets/pairs.h"

enum { ITEMS = 12, BASKETS = 400 };

typedef struct drawn {
    int64_t offsets[BASKETS + 1];
    int32_t items[BASKETS * ITEMS * 2];
    vt_baskets baskets;
} drawn;

static drawn d;

/* Items are independent, but that 1 often brings 2, and 3 never comes with 4; some stand twice in a basket. */
static void draw(uint64_t seed, bool independent)
{
    vt_rng rng = vt_rng_at(seed, "pairs", 0, 0);
    int64_t n = 0;
    d.offsets[0] = 0;
    for (size_t b = 0; b < BASKETS; b++) {
        bool held[ITEMS];
        for (int32_t i = 0; i < ITEMS; i++) {
            held[i] = vt_rng_unit(&rng) < 0.08 + 0.02 * i;
        }
        if (!independent) {
            held[2] = held[2] || (held[1] && vt_rng_unit(&rng) < 0.5);
            held[3] = held[3] && !held[4];
        }
        for (int32_t i = 0; i < ITEMS; i++) {
            for (int times = held[i] ? 1 + (vt_rng_below(&rng, 10) == 0) : 0; times > 0; times--) {
                d.items[n++] = i;
            }
        }
        d.offsets[b + 1] = n;
    }
    d.baskets = (vt_baskets){BASKETS, ITEMS, d.offsets, d.items};
}

static int64_t count_both(int32_t x, int32_t y)
{
    int64_t count = 0;
    for (size_t b = 0; b < BASKETS; b++) {
        bool has_x = false, has_y = false;
        for (int64_t e = d.offsets[b]; e < d.offsets[b + 1]; e++) {
            has_x = has_x || d.items[e] == x;
            has_y = has_y || d.items[e] == y;
        }
        count += has_x && has_y;
    }
    return count;
}

static void check_pair(const vt_pair *p)
{
    assert_int_equal(p->a.count, count_both(p->item, p->other));
    assert_int_equal(p->a.left, count_both(p->item, p->item));
    assert_int_equal(p->a.right, count_both(p->other, p->other));
    assert_true(p->a.lift > 1.0 && p->a.lift_low <= p->a.lift);
}

static void counts_every_pair(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_pair_options options;
    vt_pair_options_init(&options);
    options.max_adjusted = 1.0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        draw(seed, false);
        vt_pair *pairs = NULL;
        size_t n = 0, wanted = 0;
        check_ok(vt_pairs_find(&pairs, &n, &d.baskets, &options, &err));
        for (int32_t x = 0; x < ITEMS; x++) {
            for (int32_t y = x + 1; y < ITEMS; y++) {
                int64_t both = count_both(x, y);
                wanted += both >= 3 && both * BASKETS > count_both(x, x) * count_both(y, y);
            }
        }
        assert_int_equal(n, wanted);
        for (size_t i = 0; i < n; i++) {
            check_pair(&pairs[i]);
            assert_true(pairs[i].a.left <= pairs[i].a.right);
            assert_true(i == 0 || pairs[i].a.lift_low <= pairs[i - 1].a.lift_low);
        }
        vt_free(pairs);
        size_t n_offered = 0;
        for (int32_t item = 0; item < ITEMS; item++) {
            vt_pair *offered = NULL;
            check_ok(vt_cross_sell_find(&offered, &n, &d.baskets, item, &options, &err));
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(offered[i].item, item);
                check_pair(&offered[i]);
            }
            n_offered += n;
            vt_free(offered);
        }
        assert_int_equal(n_offered, 2 * wanted); /* each pair from both sides */
    }
}

static void leaves_out_what_chance_makes(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_pair_options options;
    vt_pair_options_init(&options);
    int with_any = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        vt_pair *pairs = NULL;
        size_t n = 0;
        draw(seed, true);
        check_ok(vt_pairs_find(&pairs, &n, &d.baskets, &options, &err));
        with_any += n > 0;
        vt_free(pairs);
        draw(seed, false);
        check_ok(vt_pairs_find(&pairs, &n, &d.baskets, &options, &err));
        assert_true(n >= 1);
        assert_int_equal(pairs[0].item, 1); /* the rarer one first */
        assert_int_equal(pairs[0].other, 2);
        vt_free(pairs);
    }
    assert_true(with_any <= 10); /* independent items: something is found about 5 times in 100 */
}

static void offers_on_groceries(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, "groceries/groceries.csv") == NULL) {
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    check_ok(vt_basket_file_read(&file, path, NULL, NULL, &err));
    vt_pair_options options;
    vt_pair_options_init(&options);
    vt_pair *pairs = NULL;
    size_t n = 0;
    check_ok(vt_pairs_find(&pairs, &n, &file->baskets, &options, &err));
    assert_true(n > 100);
    size_t n_all = n, found = 0;
    int64_t milk = -1, vegetables = -1;
    assert_true(vt_map_get(file->names, vt_str_of("whole milk"), &milk));
    assert_true(vt_map_get(file->names, vt_str_of("other vegetables"), &vegetables));
    for (size_t i = 0; i < n_all; i++) {
        if (pairs[i].item == vegetables && pairs[i].other == milk) { /* 736 together of 1,903 and 2,513: lift 1.5136 */
            found++;
            assert_int_equal(pairs[i].a.count, 736);
            assert_true(fabs(pairs[i].a.lift - 1.513634) < 1e-6);
            assert_true(fabs(pairs[i].a.confidence - 0.386758) < 1e-6);
        }
    }
    assert_int_equal(found, 1);
    vt_free(pairs);
    check_ok(vt_cross_sell_find(&pairs, &n, &file->baskets, (int32_t)milk, &options, &err));
    assert_true(n > 20 && n < 169);
    vt_free(pairs);
    vt_basket_file_free(file);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    draw(1, false);
    vt_error err = VT_ERROR_INIT;
    vt_pair_options options;
    vt_pair_options_init(&options);
    vt_pair *pairs = NULL;
    size_t n = 7;
    assert_int_equal(vt_cross_sell_find(&pairs, &n, &d.baskets, ITEMS, &options, &err), VT_ERR_USAGE);
    assert_int_equal(vt_cross_sell_find(&pairs, &n, &d.baskets, -1, &options, &err), VT_ERR_USAGE);
    vt_baskets fewer = d.baskets;
    fewer.n_items = 3;
    assert_int_equal(vt_cross_sell_find(&pairs, &n, &fewer, 1, &options, &err), VT_ERR_FORMAT);
    options.max_adjusted = NAN;
    assert_int_equal(vt_pairs_find(&pairs, &n, &d.baskets, &options, &err), VT_ERR_USAGE);
    vt_pair_options_init(&options);
    options.max_pairs = 20;
    assert_int_equal(vt_pairs_find(&pairs, &n, &d.baskets, &options, &err), VT_ERR_LIMIT);
    assert_null(pairs);
    assert_int_equal(n, 7);
    vt_pair_options_init(&options);
    int64_t none[] = {0};
    const vt_baskets empty = {0, 0, none, NULL};
    check_ok(vt_pairs_find(&pairs, &n, &empty, &options, &err));
    assert_int_equal(n, 0);
    vt_free(pairs);
}

static int find_both(void *context, vt_error *err)
{
    (void)context;
    vt_pair_options options;
    vt_pair_options_init(&options);
    vt_pair *pairs = NULL, *offered = NULL;
    size_t n = 0;
    int status = vt_pairs_find(&pairs, &n, &d.baskets, &options, err);
    if (status == VT_OK) {
        status = vt_cross_sell_find(&offered, &n, &d.baskets, 1, &options, err);
    }
    vt_free(pairs);
    vt_free(offered);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    draw(1, false);
    assert_true(fault_allocations(find_both, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_every_pair),   cmocka_unit_test(leaves_out_what_chance_makes),
        cmocka_unit_test(offers_on_groceries), cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
